package reports

import (
	"fmt"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// accepted lists the ids of the clauses that are KNOWN, by reason in the order of
// first appearance.
func accepted(r *Report) (reasons []string, ids map[string][]string) {
	ids = map[string][]string{}
	for _, e := range r.Verdicts {
		if e.Verdict != verdict.KNOWN {
			continue
		}
		if ids[e.Reason] == nil {
			reasons = append(reasons, e.Reason)
		}
		ids[e.Reason] = append(ids[e.Reason], e.ID)
	}
	return reasons, ids
}

// entry finds the verdict on a clause of the report.
func (r *Report) entry(id string) Entry {
	for _, e := range r.Verdicts {
		if e.ID == id {
			return e
		}
	}
	return Entry{ID: id}
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
	for _, note := range e.Notes {
		line("note", note)
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
