// Package reports turns the judged clauses of one run into the files a person
// or a machine reads: report.json, junit.xml, summary.md, calls.har, and the
// table on the console. It judges nothing itself and holds no secret: what it
// is given is redacted, and Gate proves that of what it wrote.
package reports

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"authconform/harness/baseline"
	"authconform/harness/clause"
	"authconform/harness/grid"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// SchemaVersion is the version of report.json's format; its schema is
// schemas/report/report.schema.json. It grows with every change that a reader
// of the older version could trip over: since 2, method and path of an entry stand under
// operations, and what is empty is left out.
const SchemaVersion = 2

// Run is all that is known of one run against one exchange.
type Run struct {
	Tool       Tool
	RunID      string
	Exchange   string
	Profile    string
	Promises   int       // version of the contract and the clause list; 0 where it is not known
	Target     string    // base URL
	Started    time.Time // also the moment at which a deviation must hold
	Finished   time.Time
	Strict     bool
	Procs      int
	Seed       int64
	Clauses    []Clause // every clause of the exchange in the profile, in document order
	Results    map[string]journal.Result
	Findings   []journal.Finding
	Deviations []verdict.Deviation
	// Known are sentences of the security baseline that the release of the profile is
	// known to break.
	Known []baseline.Known
	Grids grid.List
}

// Tool names the program that made a report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Clause is a clause and whether this run was asked to check it.
type Clause struct {
	clause.Info
	Selected bool
}

// Report is what a run says of one exchange.
type Report struct {
	SchemaVersion int                     `json:"schema_version"`
	Tool          Tool                    `json:"tool"`
	RunID         string                  `json:"run_id"`
	Exchange      string                  `json:"exchange"`
	Profile       string                  `json:"profile"`
	Promises      int                     `json:"contract_version,omitempty"` // of the contract and the clause list
	Target        string                  `json:"target"`
	Started       time.Time               `json:"started"`
	Finished      time.Time               `json:"finished"`
	Strict        bool                    `json:"strict"`
	Procs         int                     `json:"procs"`
	Seed          int64                   `json:"seed"`
	ExitCode      int                     `json:"exit_code"`
	Meaning       string                  `json:"meaning"` // of the exit code
	Counts        map[verdict.Verdict]int `json:"counts"`  // every verdict has an entry
	Baseline      BaselineTally           `json:"baseline"`
	Known         []baseline.Known        `json:"known"` // sentences that the release is known to break; no clause judges them
	Grids         []Grid                  `json:"grids,omitempty"`
	Causes        []Cause                 `json:"causes"`     // the largest first
	Operations    map[string]Place        `json:"operations"` // as written only; in memory each entry has its own
	Verdicts      []Entry                 `json:"verdicts"`
	Ending        []verdict.Deviation     `json:"ending,omitempty"`      // deviations that are red within two weeks
	Interrupted   bool                    `json:"interrupted,omitempty"` // from outside: it is no whole run
	Findings      []journal.Finding       `json:"findings,omitempty"`
	Lost          string                  `json:"lost,omitempty"` // why it is no whole run, although nothing interrupted it

	kept map[callID]bool // calls whose ids are listed; nil: all of them
}

// Place is what a request to an operation begins with, as the contract has it.
type Place struct {
	Method string `json:"method"`
	Path   string `json:"path"`
}

// Entry is the verdict on one clause.
type Entry struct {
	ID         string            `json:"id"`
	Level      clause.Level      `json:"level"`
	Verdict    verdict.Verdict   `json:"verdict"`
	Reason     string            `json:"reason,omitempty"`
	Text       string            `json:"text"`
	Operation  string            `json:"operation"`
	Method     string            `json:"method,omitempty"`
	Path       string            `json:"path,omitempty"`
	Outcome    string            `json:"outcome"`
	Source     string            `json:"source"`
	Provenance string            `json:"provenance"`
	Baseline   []string          `json:"baseline,omitempty"` // sentences of the security baseline that it judges
	File       string            `json:"file"`               // where the clause stands in the project's source
	Line       int               `json:"line"`
	Checks     int               `json:"checks"`
	Process    int               `json:"process"` // 0 when no spec ran
	DurationMS float64           `json:"duration_ms"`
	Calls      []string          `json:"calls,omitempty"` // ids in the journal of the process
	Failures   []journal.Failure `json:"failures,omitempty"`
	Notes      []string          `json:"notes,omitempty"` // on its calls: what another clause judges
}

func (e Entry) judged() verdict.Judged {
	return verdict.Judged{ID: e.ID, Level: e.Level, Verdict: e.Verdict, Baseline: len(e.Baseline) > 0}
}

// Interrupt marks a report of a run that was ended from outside: whatever was
// judged, nobody may take it for a whole run.
func (r *Report) Interrupt() {
	r.Interrupted = true
	r.ExitCode, r.Meaning = verdict.ExitIncomplete, "incomplete: the run was interrupted; so far it is "+r.Meaning
}

// Find adds a finding: one that leaves something open keeps the run from being green.
func (r *Report) Find(f journal.Finding) {
	r.Findings = append(r.Findings, f)
	if f.Open() {
		r.Fail(f.Text)
	}
}

// Fail makes the report of a run say that it is not whole, and why.
func (r *Report) Fail(why string) {
	r.Lost = cmp.Or(r.Lost, why)
	if r.ExitCode == verdict.ExitConformant {
		r.ExitCode, r.Meaning = verdict.ExitIncomplete, "incomplete: "+why
	}
}

// Build judges every clause of a run. It refuses a run that does not fit
// together, because a verdict on it could be wrong: a clause twice, a result or
// a deviation of an unknown clause, no start or end.
//
// A clause without a result is NOT_RUN, or FILTERED when it was not selected.
// A clause that has a result is judged by it, selected or not. A result that
// says passed but carries failures is judged as failed.
func Build(run Run) (*Report, error) {
	known := make(map[string]bool, len(run.Clauses))
	var wrong []error
	for _, c := range run.Clauses {
		if c.ID == "" || known[c.ID] {
			wrong = append(wrong, fmt.Errorf("clause id %q is empty or listed twice", c.ID))
		}
		known[c.ID] = true
	}
	for key, r := range run.Results {
		if !known[key] || r.Clause != key {
			wrong = append(wrong, fmt.Errorf("a result names the clause %q (%q), which exchange %q does not have in profile %q", key, r.Clause,
				run.Exchange, run.Profile))
		}
	}
	for i, d := range run.Deviations {
		listed := slices.ContainsFunc(run.Clauses, func(c Clause) bool { return d.Lists(c.ID) })
		if !listed || slices.ContainsFunc(run.Deviations[:i], func(other verdict.Deviation) bool { return other.Clause == d.Clause }) {
			wrong = append(wrong, fmt.Errorf("a deviation names the clause %q, which exchange %q does not have in profile %q, or which is "+
				"listed twice: correct the target file", d.Clause, run.Exchange, run.Profile))
		}
	}
	if run.Started.IsZero() || run.Finished.IsZero() {
		wrong = append(wrong, errors.New("the run has no start or no end, so no deviation can be dated"))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("reports: the run does not fit together: %w", errors.Join(wrong...))
	}

	r := &Report{
		SchemaVersion: SchemaVersion, Tool: run.Tool, RunID: run.RunID, Exchange: run.Exchange,
		Profile: run.Profile, Promises: run.Promises, Target: withoutUser(run.Target), Started: run.Started.UTC(), Finished: run.Finished.UTC(),
		Strict: run.Strict, Procs: run.Procs, Seed: run.Seed, Verdicts: make([]Entry, 0, len(run.Clauses)),
	}
	deviations := assign(run)
	for _, d := range run.Deviations {
		if d.EndsSoon(run.Started) {
			r.Ending = append(r.Ending, d)
		}
	}
	judged := make([]verdict.Judged, 0, len(run.Clauses))
	results := withShapes(run.Clauses, run.Results)
	for _, c := range run.Clauses {
		result, ran := results[c.ID]
		e := judge(c, result, ran, deviations[c.ID], run.Started)
		r.Verdicts = append(r.Verdicts, e)
		judged = append(judged, e.judged())
	}
	r.Counts = verdict.Count(judged)
	r.Baseline, r.Known = tallyBaseline(r.Verdicts), append([]baseline.Known{}, run.Known...)
	r.Grids, r.Causes = Grids(run.Grids, r.Verdicts), causesOf(r.Verdicts)
	r.ExitCode, r.Meaning = verdict.ExitCode(judged, run.Strict)
	if silent := r.silentOperations(); r.ExitCode == verdict.ExitConformant && len(silent) > 0 {
		r.ExitCode, r.Meaning = verdict.ExitIncomplete, fmt.Sprintf("incomplete: nothing was judged of %s; what the deployment lacks "+
			"belongs under except in the target file; what was judged is %s", strings.Join(silent, ", "), r.Meaning)
	}
	for _, f := range run.Findings {
		r.Find(f)
	}
	return r, nil
}

// silentOperations lists the operations of which some clause applies and none was
// judged, whatever their level: a run in which they are missing vouches for less than
// it seems to.
func (r *Report) silentOperations() []string {
	var order []string
	heard := map[string]bool{}
	for _, e := range r.Verdicts {
		switch e.Verdict {
		case verdict.NOT_APPLICABLE, verdict.FILTERED:
			continue
		case verdict.UNTESTABLE, verdict.ERROR, verdict.NOT_RUN:
		default:
			heard[e.Operation] = true
		}
		if !slices.Contains(order, e.Operation) {
			order = append(order, e.Operation)
		}
	}
	return slices.DeleteFunc(order, func(operation string) bool { return heard[operation] })
}

// took is how long the run lasted; a clock that was set back makes it no less
// than nothing.
func (r *Report) took() time.Duration { return max(0, r.Finished.Sub(r.Started)) }

func judge(c Clause, result journal.Result, ran bool, dev *verdict.Deviation, today time.Time) Entry {
	state, note, level := result.State, result.Reason, c.Level
	if len(c.Baseline) > 0 && slices.ContainsFunc(result.Failures, breaksBehaviour) {
		level = clause.MUST
	}
	switch {
	case !ran && c.Selected:
		state = verdict.NotRun
	case !ran:
		state = verdict.Filtered
	case state == verdict.Passed && len(result.Failures) > 0:
		state, note = verdict.Failed, "the spec passed although it recorded a failure"
	}
	v, reason := verdict.Judge(level, state, result.Checks, dev, today)
	if reason != "" && note != "" {
		reason += " — " + note
	}
	return Entry{
		ID: c.ID, Level: c.Level, Verdict: v, Reason: cmp.Or(reason, note), Text: c.Text,
		Operation: c.Operation, Method: c.Method, Path: c.Path, Outcome: c.Outcome,
		Baseline: c.Baseline, Source: c.Source, Provenance: c.Provenance, File: c.File, Line: c.Line,
		Checks: result.Checks, Process: result.Process, DurationMS: result.DurationMS,
		Calls: append([]string{}, result.Calls...), Failures: append([]journal.Failure{}, result.Failures...),
		Notes: notesOn(c, result),
	}
}

func breaksBehaviour(f journal.Failure) bool { return f.Facet == verdict.Behaviour }

// withoutUser drops credentials from a URL. A text that is no URL is dropped
// whole: what it holds is not known.
func withoutUser(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "(not a URL)"
	}
	u.User = nil
	return u.String()
}

// countsLine is the counts of the verdicts that occur, as in "FAIL 1, PASS 3".
func countsLine(counts map[verdict.Verdict]int) string {
	var parts []string
	for _, v := range verdict.All() {
		if n := counts[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", v, n))
		}
	}
	if len(parts) == 0 {
		return "no clauses"
	}
	return strings.Join(parts, ", ")
}
