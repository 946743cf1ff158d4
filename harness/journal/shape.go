package journal

import (
	"fmt"

	"authconform/harness/verdict"
)

// ShapeResult is what the specs about one operation and outcome, in order, found of the
// shape of its answers: the result of the clause about it, which has no spec of its own.
// The second value is false where none of them has ended.
func ShapeResult(id string, specs []string, results map[string]Result) (Result, bool) {
	out := Result{Clause: id, State: verdict.NotApplicable}
	ended := false
	for _, spec := range specs {
		r, ran := results[spec]
		if !ran {
			continue
		}
		ended = true
		if !out.shapes(r) && out.Checks == 0 {
			out.without(r)
		}
	}
	if out.Checks > 0 && out.State != verdict.Failed {
		out.State, out.Reason, out.Failures = verdict.Passed, "", nil
	}
	return out, ended
}

// shapes takes over what a spec noted of shapes; false where it came to no answer. One
// call stands for all: the first, or the first that breaks its shape.
func (r *Result) shapes(spec Result) (any bool) {
	for _, c := range spec.Evidence {
		if c.Kind != Form {
			continue
		}
		any = true
		broken := !c.Holds && r.State != verdict.Failed
		if r.Checks++; r.Checks == 1 || broken {
			r.Process, r.Calls = spec.Process, []string{c.Call}
		}
		if broken {
			r.State, r.Reason, r.Failures = verdict.Failed, "", spec.Notes[:min(1, len(spec.Notes))]
		}
	}
	return any
}

// without says why a spec shows no answer of the outcome. The first one that did not come
// to an end counts, and else the first one that applies and did not come to the answer.
func (r *Result) without(spec Result) {
	switch {
	case r.State == verdict.NotRun || r.State == verdict.Untestable && spec.State != verdict.NotRun:
	case spec.State == verdict.NotApplicable || spec.State == verdict.NotRun:
		r.State, r.Reason, r.Failures = spec.State, spec.Reason, nil
	default:
		r.State, r.Failures = verdict.Untestable, spec.Failures[:min(1, len(spec.Failures))]
		r.Reason = fmt.Sprintf("it waits for an answer of this outcome, and %s has none", spec.Clause)
		if spec.State == verdict.Untestable && len(spec.Failures) == 0 { // both belong to one cause
			r.Reason = spec.Reason
		}
	}
}
