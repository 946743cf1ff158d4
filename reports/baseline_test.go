package reports

import (
	"slices"
	"strings"
	"testing"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// TestBaselineIsJudgedByBehaviour: a SHOULD of the baseline is FAIL, exit 1, where
// behaviour breaks, and WARN where only the shape of a refusal differs; one that
// cannot be judged makes the run incomplete.
func TestBaselineIsJudgedByBehaviour(t *testing.T) {
	for name, c := range map[string]struct {
		state   verdict.State
		facet   verdict.Facet
		verdict verdict.Verdict
		code    int
		line    string
	}{
		"holds":            {verdict.Passed, "", verdict.PASS, verdict.ExitConformant, "security baseline: 1 of 1 hold"},
		"broken":           {verdict.Failed, verdict.Behaviour, verdict.FAIL, verdict.ExitNotConformant, "0 of 1 hold; BROKEN: code-once"},
		"another shape":    {verdict.Failed, verdict.Shape, verdict.WARN, verdict.ExitConformant, "1 of 1 hold"},
		"cannot be judged": {verdict.Untestable, "", verdict.UNTESTABLE, verdict.ExitIncomplete, "not judged: code-once"},
	} {
		t.Run(name, func(t *testing.T) {
			result := journal.Result{Clause: "a", State: c.state, Checks: 1}
			if c.facet != "" {
				result.Failures = []journal.Failure{{Facet: c.facet, Title: "it differs"}}
			}
			now := time.Now()
			r, err := Build(Run{
				Exchange: "shop", Started: now, Finished: now,
				Results: map[string]journal.Result{"a": result, "b": {Clause: "b", State: verdict.Passed, Checks: 1}},
				Clauses: []Clause{
					{Info: clause.Info{ID: "a", Level: clause.SHOULD, Baseline: []string{"code-once"}}, Selected: true},
					{Info: clause.Info{ID: "b", Level: clause.MUST}, Selected: true},
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			at := slices.IndexFunc(r.Verdicts, func(e Entry) bool { return e.ID == "a" })
			if got := r.Verdicts[at].Verdict; got != c.verdict || r.ExitCode != c.code || !strings.Contains(r.Baseline.String(), c.line) {
				t.Errorf("%s, exit %d, %q; want %s, exit %d, %q", got, r.ExitCode, r.Baseline, c.verdict, c.code, c.line)
			}
		})
	}
}
