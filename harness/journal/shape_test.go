package journal

import (
	"testing"

	"authconform/harness/verdict"
)

// TestShapeResult: a shape is judged by all answers that the specs about its outcome came
// to, and where there is none, by why.
func TestShapeResult(t *testing.T) {
	spec := func(state verdict.State, forms ...bool) Result {
		r := Result{Clause: "spec", State: state, Reason: "because", Process: 2}
		for _, holds := range forms {
			r.Evidence = append(r.Evidence, Check{Kind: Promise, Holds: true}, Check{Kind: Form, Holds: holds, Call: "c"})
			if !holds {
				r.Notes = append(r.Notes, Failure{Facet: verdict.Shape, Title: "broken"})
			}
		}
		if state == verdict.Failed || state == verdict.Untestable {
			r.Failures = []Failure{{Title: "root"}}
		}
		return r
	}
	for name, c := range map[string]struct {
		specs  []Result
		state  verdict.State
		checks int
		title  string
	}{
		"all answers as promised": {[]Result{spec(verdict.Passed, true, true), spec(verdict.Passed, true)}, verdict.Passed,
			3, ""},
		"the last answer broken": {[]Result{spec(verdict.Passed, true), spec(verdict.Passed, true, false)}, verdict.Failed,
			3, "broken"},
		"broken first, and then as promised": {[]Result{spec(verdict.Passed, false), spec(verdict.Passed, true)}, verdict.Failed, 2,
			"broken"},
		"broken in a spec that fails elsewhere": {[]Result{spec(verdict.Failed, false)}, verdict.Failed, 1, "broken"},
		"an answer after a spec that had none":  {[]Result{spec(verdict.Failed), spec(verdict.Passed, true)}, verdict.Passed, 1, ""},
		"no answer of the outcome":              {[]Result{spec(verdict.Failed)}, verdict.Untestable, 0, "root"},
		"no spec that could be brought to it": {[]Result{spec(verdict.NotApplicable), spec(verdict.Untestable)}, verdict.Untestable, 0,
			"root"},
		"the run ended first":                     {[]Result{spec(verdict.Untestable), spec(verdict.NotRun)}, verdict.NotRun, 0, ""},
		"none applies":                            {[]Result{spec(verdict.NotApplicable)}, verdict.NotApplicable, 0, ""},
		"a spec that passes without such a check": {[]Result{spec(verdict.Passed)}, verdict.Untestable, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			results, ids := map[string]Result{}, []string{}
			for i, r := range c.specs {
				id := string(rune('a' + i))
				results[id], ids = r, append(ids, id)
			}
			got, ended := ShapeResult("x.shape", append(ids, "not-run"), results)
			title := ""
			if len(got.Failures) > 0 {
				title = got.Failures[0].Title
			}
			if !ended || got.Clause != "x.shape" || got.State != c.state || got.Checks != c.checks || title != c.title {
				t.Errorf("%+v (ended %v), want %s after %d checks, %q", got, ended, c.state, c.checks, c.title)
			}
			if c.checks > 0 && (got.Process != 2 || len(got.Calls) != 1) {
				t.Errorf("process %d, calls %v: want the call that shows it", got.Process, got.Calls)
			}
		})
	}
	if _, ended := ShapeResult("x.shape", []string{"a"}, nil); ended {
		t.Error("no spec ended, and the shape has a result")
	}
}
