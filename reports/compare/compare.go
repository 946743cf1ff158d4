// Package compare says what differs between two runs: which promises are newly
// broken, which are kept again, and what else a release changed. It judges
// nothing itself: it reads the verdicts of two reports.
package compare

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"authconform/harness/clause"
	"authconform/harness/verdict"
	"authconform/reports"
)

// Difference is what lies between two runs.
type Difference struct {
	SchemaVersion int        `json:"schema_version"`
	ExitCode      int        `json:"exit_code"`
	Meaning       string     `json:"meaning"` // of the exit code
	Exchanges     []Exchange `json:"exchanges"`
}

// SchemaVersion is the version of the format of a Difference in JSON; its schema
// is schemas/report/diff.schema.json.
const SchemaVersion = 1

// Exchange is what differs on one exchange. A clause stands in one list at most.
type Exchange struct {
	Exchange string `json:"exchange"`
	Old      *Side  `json:"old"` // nil where that run did not cover the exchange
	New      *Side  `json:"new"`
	Compared int    `json:"compared"` // clauses that both runs were asked to check

	Failures []Change `json:"new_failures"` // FAIL, WARN or STALE, and not before; or a failed SHOULD that is a FAIL now
	Lost     []Change `json:"lost"`         // UNTESTABLE, ERROR or NOT_RUN, and not before
	Causes   []Change `json:"changed_causes"`
	Mended   []Change `json:"mended"` // failed before, and PASS now
	Others   []Change `json:"others"` // any other change of the verdict
	Added    []Change `json:"added"`  // clauses that the old run did not know
	Dropped  []Change `json:"dropped"`
	Calls    []Call   `json:"calls"` // what is new or gone in the shape of the answers

	strict bool
}

// Side is one of the two runs.
type Side struct {
	RunID    string    `json:"run_id"`
	Tool     string    `json:"tool"`
	Target   string    `json:"target"`
	Profile  string    `json:"profile"`
	Started  time.Time `json:"started"`
	ExitCode int       `json:"exit_code"`
}

// Change is one clause on which the runs differ. The verdict of a run that does
// not have the clause is empty.
type Change struct {
	Clause   string          `json:"clause"`
	Level    clause.Level    `json:"level"`
	Text     string          `json:"text"`
	Old      verdict.Verdict `json:"old"`
	New      verdict.Verdict `json:"new"`
	OldCause []string        `json:"old_cause,omitempty"` // one line for each failure, without what differs from run to run
	NewCause []string        `json:"new_cause,omitempty"`

	baseline bool
}

// Runs compares the reports of two runs, exchange by exchange. An exchange that
// only one of them covers is all added or all dropped; two runs that have none in
// common cannot be compared.
func Runs(old, new []*reports.Report) (*Difference, error) {
	d := &Difference{SchemaVersion: SchemaVersion}
	common := false
	for _, n := range new {
		at := slices.IndexFunc(old, func(o *reports.Report) bool { return o.Exchange == n.Exchange })
		if at < 0 {
			d.Exchanges = append(d.Exchanges, compare(nil, n))
			continue
		}
		common = true
		d.Exchanges = append(d.Exchanges, compare(old[at], n))
	}
	for _, o := range old {
		if !slices.ContainsFunc(new, func(n *reports.Report) bool { return n.Exchange == o.Exchange }) {
			d.Exchanges = append(d.Exchanges, compare(o, nil))
		}
	}
	if !common {
		return nil, fmt.Errorf("the two runs have no exchange in common: the old one covers %s, the new one %s", names(old), names(new))
	}
	d.judge()
	for _, n := range new {
		if n.Lost != "" && d.ExitCode == verdict.ExitConformant {
			d.ExitCode, d.Meaning = verdict.ExitIncomplete, d.Meaning+", but the new run is not whole: "+n.Lost
		}
	}
	return d, nil
}

func names(runs []*reports.Report) string {
	var out []string
	for _, r := range runs {
		out = append(out, r.Exchange)
	}
	return strings.Join(out, ", ")
}

func side(r *reports.Report) *Side {
	if r == nil {
		return nil
	}
	return &Side{
		RunID: r.RunID, Tool: r.Tool.Name + " " + r.Tool.Version, Target: r.Target, Profile: r.Profile,
		Started: r.Started, ExitCode: r.ExitCode,
	}
}

// compare takes nil for a run that does not cover the exchange.
func compare(old, new *reports.Report) Exchange {
	none := []Change{}
	x := Exchange{
		Old: side(old), New: side(new), Failures: none, Lost: none, Causes: none, Mended: none, Others: none, Added: none,
		Dropped: none, Calls: []Call{},
	}
	before := map[string]*reports.Entry{}
	if old != nil {
		x.Exchange = old.Exchange
		for i, e := range old.Verdicts {
			before[e.ID] = &old.Verdicts[i]
		}
	}
	if new != nil {
		x.Exchange, x.strict = new.Exchange, new.Strict
		for i := range new.Verdicts {
			e := &new.Verdicts[i]
			x.add(before[e.ID], e)
			delete(before, e.ID)
		}
	}
	if old != nil {
		for i, e := range old.Verdicts {
			if before[e.ID] != nil {
				x.add(&old.Verdicts[i], nil)
			}
		}
	}
	return x
}

// add puts one clause into the list that it belongs to. A clause that the new run
// alone has, and that fails, is a new failure as well as any other.
func (x *Exchange) add(old, new *reports.Entry) {
	c := change(old, new)
	switch {
	case new == nil:
		x.Dropped = append(x.Dropped, c)
		return
	case new.Verdict == verdict.FILTERED || old != nil && old.Verdict == verdict.FILTERED:
		return
	}
	if old != nil {
		x.Compared++
	}
	switch {
	case fails(new) && (old == nil || !fails(old) || old.Verdict == verdict.WARN && new.Verdict != verdict.WARN):
		x.Failures = append(x.Failures, c)
	case old == nil:
		x.Added = append(x.Added, c)
	case unjudged(new) && !unjudged(old):
		x.Lost = append(x.Lost, c)
	case fails(new) && fails(old):
		if !slices.Equal(c.OldCause, c.NewCause) {
			x.Causes = append(x.Causes, c)
		}
	case new.Verdict == verdict.PASS && (fails(old) || old.Verdict == verdict.KNOWN):
		x.Mended = append(x.Mended, c)
	case new.Verdict != old.Verdict:
		x.Others = append(x.Others, c)
	}
}

func change(old, new *reports.Entry) Change {
	var c Change
	if old != nil {
		c = Change{Clause: old.ID, Level: old.Level, Text: old.Text, Old: old.Verdict, OldCause: causes(old)}
	}
	if new != nil {
		c.Clause, c.Level, c.Text, c.New, c.NewCause = new.ID, new.Level, new.Text, new.Verdict, causes(new)
		c.baseline = len(new.Baseline) > 0
	}
	return c
}

func fails(e *reports.Entry) bool {
	return e.Verdict == verdict.FAIL || e.Verdict == verdict.WARN || e.Verdict == verdict.STALE
}

func unjudged(e *reports.Entry) bool {
	return e.Verdict == verdict.UNTESTABLE || e.Verdict == verdict.ERROR || e.Verdict == verdict.NOT_RUN
}

// fleeting is what differs between two runs of one failure: numbers, addresses,
// identifiers.
var fleeting = regexp.MustCompile(`[0-9a-fA-F-]{8,}|\b[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+|\d{4,}`)

// causes tell why a clause failed, or why it was not judged.
func causes(e *reports.Entry) []string {
	if !fails(e) && !unjudged(e) && e.Verdict != verdict.KNOWN {
		return nil
	}
	var out []string
	for _, f := range e.Failures {
		text := f.Title
		for i, expected := range f.Expected {
			text += "; expected " + expected
			if i < len(f.Actual) {
				text += ", got " + f.Actual[i]
			}
		}
		out = append(out, fleeting.ReplaceAllString(text, "…"))
	}
	if len(out) == 0 && e.Reason != "" {
		out = append(out, fleeting.ReplaceAllString(e.Reason, "…"))
	}
	return out
}

// judge comes to the exit code: 1 where a promise is newly broken, 3 where one
// that had to be judged no longer was, or nothing could be compared.
func (d *Difference) judge() {
	failures, lost, compared := 0, 0, 0
	for i := range d.Exchanges {
		x := &d.Exchanges[i]
		compared += x.Compared
		for _, c := range x.Failures {
			if c.Level != clause.INFO || c.New != verdict.WARN {
				failures++
			}
		}
		for _, c := range x.Lost {
			if (verdict.Judged{Level: c.Level, Verdict: c.New, Baseline: c.baseline}).Weight(x.strict) == verdict.Incomplete {
				lost++
			}
		}
	}
	switch {
	case failures > 0:
		d.ExitCode, d.Meaning = verdict.ExitNotConformant, plural(failures, "new failure")
	case lost > 0:
		d.ExitCode, d.Meaning = verdict.ExitIncomplete, "no new failure, but "+plural(lost,
			"clause")+" that had to be judged could not be this time"
	case compared == 0:
		d.ExitCode, d.Meaning = verdict.ExitIncomplete, "the two runs have no clause in common that both were asked to check"
	default:
		d.Meaning = fmt.Sprintf("no new failure among %d clauses compared", compared)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
