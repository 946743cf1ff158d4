package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// Cause is one thing that went wrong, with every clause of which it did. Clauses
// share a cause when the same operation broke the same facet in the same way, once
// what differs from call to call is masked. A clause that waits for a step belongs
// to the cause that broke the step.
type Cause struct {
	ID        string                  `json:"id"` // the same in every run
	Title     string                  `json:"title"`
	Operation string                  `json:"operation"` // empty where no single request went wrong
	Facet     verdict.Facet           `json:"facet,omitempty"`
	Expected  []string                `json:"expected,omitempty"` // masked
	Actual    []string                `json:"actual,omitempty"`   // masked, in the order of Expected
	Reason    string                  `json:"reason,omitempty"`   // masked; why the clauses were not judged
	Counts    map[verdict.Verdict]int `json:"counts"`
	Root      string                  `json:"root,omitempty"` // the clause that judges what the UNTESTABLE ones wait for
	Example   string                  `json:"example"`        // the clause to show in full
	Clauses   []string                `json:"clauses"`        // the worst verdict first
}

// actedOn lists the verdicts that somebody has to act on, the worst first.
var actedOn = []verdict.Verdict{verdict.FAIL, verdict.STALE, verdict.ERROR, verdict.WARN, verdict.UNTESTABLE, verdict.NOT_RUN}

// signature is what clauses of one cause have in common.
type signature struct {
	Operation        string
	Facet            verdict.Facet
	Expected, Actual []string
	Reason           string
}

// causesOf groups what has to be acted on, the largest group first.
func causesOf(entries []Entry) []Cause {
	at := map[string]int{}
	causes := []Cause{}
	for _, v := range actedOn {
		for _, e := range entries {
			if e.Verdict != v {
				continue
			}
			sign := sign(e)
			id := sign.id()
			i, known := at[id]
			if !known {
				i, at[id] = len(causes), len(causes)
				causes = append(causes, Cause{
					ID: id, Title: sign.title(), Operation: sign.Operation, Facet: sign.Facet, Expected: sign.Expected, Actual: sign.Actual,
					Reason: sign.Reason, Counts: map[verdict.Verdict]int{}, Example: e.ID,
				})
			}
			causes[i].Counts[v]++
			causes[i].Clauses = append(causes[i].Clauses, e.ID)
		}
	}
	for i := range causes {
		causes[i].Root = root(causes[i], entries)
	}
	slices.SortStableFunc(causes, func(a, b Cause) int { return len(b.Clauses) - len(a.Clauses) })
	return causes
}

func sign(e Entry) signature {
	if len(e.Failures) == 0 {
		return signature{Reason: mask(cmp.Or(e.Reason, string(e.Verdict)))}
	}
	f := e.Failures[0] // the others are seldom more than an echo of it
	s := signature{Operation: cmp.Or(f.Operation, e.Operation), Facet: f.Facet}
	if len(f.Expected) == 0 {
		s.Reason = mask(f.Title)
		return s
	}
	expected, actual := decisive(f)
	for i := range expected {
		s.Expected = append(s.Expected, mask(expected[i]))
	}
	for i := range actual {
		s.Actual = append(s.Actual, mask(actual[i]))
	}
	return s
}

// decisive leaves of the mismatches the one that the others follow from: another
// status has another body, and a body that is no JSON fits no schema.
func decisive(f journal.Failure) (expected, actual []string) {
	if len(f.Expected) != len(f.Actual) {
		return f.Expected, f.Actual
	}
	for _, check := range []string{"status: ", "body: "} {
		for i, line := range f.Expected {
			if strings.HasPrefix(line, check) {
				return f.Expected[i : i+1], f.Actual[i : i+1]
			}
		}
	}
	return f.Expected, f.Actual
}

func (s signature) id() string {
	text, _ := json.Marshal(s) // strings only: it cannot fail
	return fmt.Sprintf("cause-%x", sha256.Sum256(text))[:len("cause-")+10]
}

// title is one line, short enough for a heading.
func (s signature) title() string {
	text := s.Reason
	if len(s.Expected) > 0 {
		text = "expected " + strings.Replace(s.Expected[0], ": ", " ", 1)
		if len(s.Actual) > 0 {
			text += ", got " + withoutLabel(s.Expected[0], s.Actual[0])
		}
		if n := len(s.Expected) - 1; n > 0 {
			text += fmt.Sprintf(" (and %d more differences)", n)
		}
	}
	if s.Operation != "" {
		text = s.Operation + ": " + text
	}
	return shorten(strings.Join(strings.Fields(visible(text)), " "), 240)
}

// withoutLabel drops the name of the check where both lines begin with it.
func withoutLabel(expected, actual string) string {
	label, _, found := strings.Cut(expected, ": ")
	if rest, same := strings.CutPrefix(actual, label+": "); found && same {
		return rest
	}
	return actual
}

// root finds the clause that judges what the UNTESTABLE clauses of a cause wait for:
// one that broke of the same cause, or else that of the same operation and outcome.
func root(c Cause, entries []Entry) string {
	if c.Counts[verdict.UNTESTABLE] == 0 || c.Operation == "" {
		return ""
	}
	byID := map[string]Entry{}
	for _, e := range entries {
		byID[e.ID] = e
	}
	for _, id := range c.Clauses {
		if e := byID[id]; e.Operation == c.Operation && (e.Verdict == verdict.FAIL || e.Verdict == verdict.WARN) {
			return id
		}
	}
	outcome := byID[c.Clauses[len(c.Clauses)-1]].Failures[0].Outcome
	found := ""
	for _, e := range entries {
		if e.Operation != c.Operation || e.Outcome != outcome || outcome == "" {
			continue
		}
		if e.Verdict == verdict.FAIL || e.Verdict == verdict.WARN {
			return e.ID
		}
		if found == "" && e.Verdict == verdict.PASS {
			found = e.ID
		}
	}
	return found
}

// Waits says what the UNTESTABLE clauses of a cause wait for; empty where none is
// known.
func (c Cause) Waits() string {
	if c.Root == "" {
		return ""
	}
	return fmt.Sprintf("%s for %s", plural(c.Counts[verdict.UNTESTABLE], "clause waits", "clauses wait"), c.Root)
}

// inWords is one line on the cause for the text of one of its clauses.
func (c Cause) inWords() string {
	text := fmt.Sprintf("cause     %s: %s (%s)\n", c.ID, c.Title, plural(len(c.Clauses), "clause", "clauses"))
	if waits := c.Waits(); waits != "" {
		text += fmt.Sprintf("          %s\n", visible(waits))
	}
	return text
}

// causeOf finds the cause of each clause that has one.
func causeOf(r *Report) map[string]*Cause {
	at := map[string]*Cause{}
	for i := range r.Causes {
		for _, id := range r.Causes[i].Clauses {
			at[id] = &r.Causes[i]
		}
	}
	return at
}

// CausesLine is how many causes there are and how many clauses they explain.
func CausesLine(runs ...*Report) string {
	causes, clauses := 0, 0
	for _, r := range runs {
		causes += len(r.Causes)
		for _, c := range r.Causes {
			clauses += len(c.Clauses)
		}
	}
	if causes == 0 {
		return ""
	}
	return plural(causes, "cause", "causes") + ", " + plural(clauses, "clause", "clauses")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
