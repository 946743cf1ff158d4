package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// Several is what one run says of several exchanges: a whole report of each, and
// what they come to together.
type Several struct {
	SchemaVersion int                     `json:"schema_version"`
	Tool          Tool                    `json:"tool"`
	RunID         string                  `json:"run_id"`
	Started       time.Time               `json:"started"`
	Finished      time.Time               `json:"finished"`
	Strict        bool                    `json:"strict"`
	Procs         int                     `json:"procs"`
	Seed          int64                   `json:"seed"`
	ExitCode      int                     `json:"exit_code"`
	Meaning       string                  `json:"meaning"` // of the exit code
	Counts        map[verdict.Verdict]int `json:"counts"`  // over all runs; every verdict has an entry
	Findings      []journal.Finding       `json:"findings,omitempty"`
	Lost          string                  `json:"lost,omitempty"` // why it is no whole run, although nothing interrupted it
	Runs          []*Report               `json:"runs"`           // in the order in which they ran
}

// Combine puts the reports of one run's exchanges together. Its exit code is the
// worst of theirs.
func Combine(runs []*Report) (*Several, error) {
	if len(runs) == 0 {
		return nil, errors.New("reports: a run over no exchange has no report")
	}
	first := runs[0]
	s := &Several{
		SchemaVersion: SchemaVersion, Tool: first.Tool, RunID: first.RunID, Started: first.Started, Finished: first.Finished,
		Strict: first.Strict, Procs: first.Procs, Seed: first.Seed, Runs: runs,
	}
	var codes []int
	var judged []verdict.Judged
	seen := map[string]bool{}
	for _, r := range runs {
		if seen[r.Exchange] {
			return nil, fmt.Errorf("reports: a run has two reports on %s", r.Exchange)
		}
		seen[r.Exchange] = true
		codes = append(codes, r.ExitCode)
		for _, e := range r.Verdicts {
			judged = append(judged, e.judged())
		}
		if r.Started.Before(s.Started) {
			s.Started = r.Started
		}
		if r.Finished.After(s.Finished) {
			s.Finished = r.Finished
		}
	}
	s.Counts = verdict.Count(judged)
	s.ExitCode = verdict.Worst(codes...)
	if slices.ContainsFunc(runs, func(r *Report) bool { return r.Interrupted }) {
		s.ExitCode = verdict.ExitIncomplete
	}
	if s.ExitCode == verdict.ExitConformant {
		_, s.Meaning = verdict.ExitCode(judged, s.Strict)
	} else {
		s.Meaning = status(s.ExitCode) + "; " + strings.Join(culprits(runs), "; ")
	}
	return s, nil
}

// Find adds a finding that is of no one exchange.
func (s *Several) Find(f journal.Finding) {
	s.Findings = append(s.Findings, f)
	if f.Open() {
		s.Fail(f.Text)
	}
}

// Fail makes the report say that the run is not whole, and why.
func (s *Several) Fail(why string) {
	s.Lost = cmp.Or(s.Lost, why)
	if s.ExitCode == verdict.ExitConformant {
		s.ExitCode, s.Meaning = verdict.ExitIncomplete, "incomplete: "+why
	}
}

// culprits say of each exchange that is not conformant why, those that broke a
// promise first.
func culprits(runs []*Report) []string {
	var red []string
	for _, code := range []int{verdict.ExitNotConformant, verdict.ExitIncomplete} {
		for _, r := range runs {
			if r.ExitCode == code {
				red = append(red, r.Exchange+" is "+r.Meaning)
			}
		}
	}
	return red
}

// exchanges names those of a run.
func (s *Several) exchanges() []string {
	var names []string
	for _, r := range s.Runs {
		names = append(names, r.Exchange)
	}
	return names
}

// WriteCalls writes the calls of a run over several exchanges. calls holds the
// journals of each, in the order of the runs; nil where there are none.
func WriteCalls(dir string, s *Several, calls []*journal.Reader, extent Extent) error {
	var pages []harPage
	for i, r := range s.Runs {
		pages = append(pages, harPage{
			Started: harTime(r.Started), ID: r.Exchange, Title: subject(r),
			calls: calls[i], most: extent.Most * 4 / 10,
		})
		if extent.Every {
			continue
		}
		if err := pages[i].choose(r); err != nil {
			return err
		}
	}
	slices.SortStableFunc(pages, func(a, b harPage) int { return strings.Compare(a.Started, b.Started) })
	return writeFile(dir, HARFile, func(w io.Writer) error { return writeHAR(w, s.Tool, pages) })
}

// listed is the report as report.json has it.
func (s *Several) listed() *Several {
	out := *s
	out.Runs = nil
	for _, r := range s.Runs {
		out.Runs = append(out.Runs, r.listed())
	}
	return &out
}
