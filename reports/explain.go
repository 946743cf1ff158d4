package reports

import (
	"fmt"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// explained lists the entries that a reader has to see in full, worst first.
func explained(r *Report) []Entry {
	var out []Entry
	for _, v := range []verdict.Verdict{verdict.FAIL, verdict.STALE, verdict.ERROR, verdict.UNTESTABLE, verdict.WARN, verdict.KNOWN} {
		for _, e := range r.Verdicts {
			if e.Verdict == v {
				out = append(out, e)
			}
		}
	}
	return out
}

// notRun lists the ids of the clauses that the run ended before, by reason in
// the order of first appearance.
func notRun(r *Report) (reasons []string, ids map[string][]string) {
	ids = map[string][]string{}
	for _, e := range r.Verdicts {
		if e.Verdict != verdict.NOT_RUN {
			continue
		}
		if ids[e.Reason] == nil {
			reasons = append(reasons, e.Reason)
		}
		ids[e.Reason] = append(ids[e.Reason], e.ID)
	}
	return reasons, ids
}

// explain prints one entry in full as plain text: the promise, where it stands,
// why the verdict fell, and each failure with its request, expected, actual and
// how to repeat it. It holds nothing a terminal would act upon.
func explain(e Entry) string {
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-9s %s\n", label, text)
		}
	}
	line("promise", e.Text)
	line("request", request(e))
	line("outcome", e.Outcome)
	line("baseline", strings.Join(e.Baseline, ", "))
	line("source", e.Source)
	if e.File != "" {
		line("spec", fmt.Sprintf("%s:%d", e.File, e.Line))
	}
	if !(len(e.Failures) > 0 && e.Reason == e.Failures[0].Title) {
		line("reason", e.Reason)
	}
	for i, f := range e.Failures {
		if len(e.Failures) > 1 {
			fmt.Fprintf(&b, "failure %d of %d: ", i+1, len(e.Failures))
		}
		b.WriteString(journal.Describe(f))
	}
	return visible(b.String())
}

// headline is the first failure in one line, or else the reason.
func headline(e Entry) string {
	text := e.Reason
	if len(e.Failures) > 0 {
		text = e.Failures[0].Title
	}
	if text == "" {
		text = e.Text
	}
	return visible(strings.Join(strings.Fields(text), " "))
}
