package reports

import (
	"fmt"
	"slices"
	"strings"

	"authconform/harness/verdict"
)

// BaselineTally says how a run found the security baseline: the sentences that no
// authentication API may break, whatever its documents leave out.
type BaselineTally struct {
	Hold     int      `json:"hold"`     // sentences of which every clause that applies was judged and none was broken
	Broken   []string `json:"broken"`   // some clause found the behaviour broken
	Known    []string `json:"known"`    // broken, and a deviation accepts it
	Unjudged []string `json:"unjudged"` // some clause could not be judged
}

// tallyBaseline leaves out sentences none of whose clauses applies to the target or
// was selected.
func tallyBaseline(entries []Entry) BaselineTally {
	const (
		holds = iota + 1
		unjudged
		known
		broken
	)
	worst := map[string]int{}
	var order []string
	for _, e := range entries {
		state := holds
		switch e.Verdict {
		case verdict.NOT_APPLICABLE, verdict.FILTERED:
			continue
		case verdict.FAIL:
			state = broken
		case verdict.KNOWN:
			state = known
		case verdict.ERROR, verdict.UNTESTABLE, verdict.NOT_RUN:
			state = unjudged
		}
		if state != holds && len(e.Failures) > 0 && !slices.ContainsFunc(e.Failures, breaksBehaviour) {
			state = holds // a breach of shape alone
		}
		for _, sentence := range e.Baseline {
			if worst[sentence] == 0 {
				order = append(order, sentence)
			}
			worst[sentence] = max(worst[sentence], state)
		}
	}
	t := BaselineTally{Broken: []string{}, Known: []string{}, Unjudged: []string{}}
	slices.Sort(order)
	for _, sentence := range order {
		switch worst[sentence] {
		case holds:
			t.Hold++
		case unjudged:
			t.Unjudged = append(t.Unjudged, sentence)
		case known:
			t.Known = append(t.Known, sentence)
		case broken:
			t.Broken = append(t.Broken, sentence)
		}
	}
	return t
}

// baselineLines are what a reader sees of the security baseline: the tally, and a
// line for each sentence that the release is known to break.
func (r *Report) baselineLines() []string {
	var lines []string
	if text := r.Baseline.String(); text != "" {
		lines = append(lines, text)
	}
	for _, k := range r.Known {
		lines = append(lines, fmt.Sprintf("the release is known to break %s: %s (%s)", k.Sentence, k.Text, k.Source))
	}
	return lines
}

// Total is how many sentences have a clause that applies.
func (t BaselineTally) Total() int { return t.Hold + len(t.Broken) + len(t.Known) + len(t.Unjudged) }

// String is the line that a reader sees: "security baseline: 52 of 52 hold". It is
// empty where no sentence applies.
func (t BaselineTally) String() string {
	if t.Total() == 0 {
		return ""
	}
	text := fmt.Sprintf("security baseline: %d of %d hold", t.Hold, t.Total())
	for _, part := range []struct {
		label string
		ids   []string
	}{{"BROKEN", t.Broken}, {"KNOWN", t.Known}, {"not judged", t.Unjudged}} {
		if len(part.ids) > 0 {
			text += "; " + part.label + ": " + strings.Join(part.ids, ", ")
		}
	}
	return text
}
