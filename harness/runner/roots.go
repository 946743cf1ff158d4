package runner

import (
	"context"
	"slices"
	"strings"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
	"authconform/reports"
)

// deepest is how many times a root may wait for another one.
const deepest = 3

// roots runs, after a part of the clauses, those that judge what others of it wait for:
// a report then says what is wrong with a step, and not only that clauses wait for it.
func (r *runner) roots(ctx context.Context) error {
	plan := r.Plan
	defer func() { r.Plan = plan }()
	for i := range deepest {
		if ctx.Err() != nil || r.accounts.Course().Over != "" || r.selected() == len(r.clauses) {
			return nil
		}
		ids, err := r.awaited(plan.Skip)
		if err != nil || len(ids) == 0 {
			return err
		}
		r.Plan.Focus, r.Plan.Procs, r.Plan.Behind = strings.Join(ids, ","), 1, plan.Procs+i
		if err := r.specs(ctx); err != nil {
			return err
		}
	}
	return nil
}

// awaited names for each step that clauses wait for a clause that judges it, where none
// of these has run.
func (r *runner) awaited(skip string) ([]string, error) {
	calls, err := journal.Open(r.Plan.Out)
	if err != nil {
		return nil, err
	}
	defer calls.Close()
	results := calls.Results()
	report, err := r.judge(results, nil, nil)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range report.Verdicts {
		if e.Verdict != verdict.UNTESTABLE || len(e.Failures) == 0 || e.Failures[0].Outcome == "" {
			continue
		}
		if id := r.root(e.Failures[0], results, skip); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// root is a clause about the operation and outcome of a step that has not run: one of the
// exchange's own specs before those of families, which need the step themselves, and a
// MUST before others. It is empty where one has judged the step.
func (r *runner) root(step journal.Failure, results map[string]journal.Result, skip string) string {
	about := slices.DeleteFunc(slices.Clone(r.clauses), func(c reports.Clause) bool {
		return c.IsShape() || c.Operation != step.Operation || c.Outcome != step.Outcome || skips(skip)(c.Info)
	})
	best := ""
	weight := -1
	for _, c := range about {
		switch results[c.ID].State {
		case verdict.Passed, verdict.Failed:
			return ""
		case "":
		default:
			continue
		}
		w := 0
		if !strings.HasPrefix(c.ID, c.Exchange+"."+clause.Slug(c.Operation)+".") {
			w += 2
		}
		if c.Level == clause.MUST {
			w++
		}
		if w > weight {
			best, weight = c.ID, w
		}
	}
	return best
}
