package verdict

import (
	"fmt"
	"strings"
)

// The exit codes of a run. Usage is never returned by ExitCode: it belongs to
// the command, for a bad flag, target file, clause id or report folder.
const (
	ExitConformant    = 0
	ExitNotConformant = 1
	ExitUsage         = 2
	ExitIncomplete    = 3
)

// Weight is what one judged clause does to the exit code.
type Weight int

const (
	Neutral    Weight = iota
	Incomplete        // the run cannot vouch for the target: exit 3
	Broken            // a promise, or the list of deviations, is broken: exit 1
)

// Weight of a clause: FAIL and STALE break a run at every level, and so does
// WARN of a SHOULD when strict. A MUST that was not judged leaves the run
// incomplete. A SHOULD or INFO that was not judged is counted and named in the
// meaning, but is not red, as its failure would not have been either, unless it judges a
// sentence of the security baseline.
func (j Judged) Weight(strict bool) Weight {
	optional := !j.Baseline && (j.Level == SHOULD || j.Level == INFO)
	switch j.Verdict {
	case PASS, KNOWN, NOT_APPLICABLE, FILTERED:
		return Neutral
	case FAIL, STALE:
		return Broken
	case WARN:
		if strict && j.Level == SHOULD {
			return Broken
		}
		return Neutral
	}
	// UNTESTABLE, ERROR, NOT_RUN, and any verdict this package does not know.
	if optional {
		return Neutral
	}
	return Incomplete
}

// Count says how many clauses have each verdict. Every verdict has an entry.
func Count(judged []Judged) map[Verdict]int {
	counts := make(map[Verdict]int, len(All()))
	for _, v := range All() {
		counts[v] = 0
	}
	for _, j := range judged {
		counts[j.Verdict]++
	}
	return counts
}

// ExitCode gives the exit code of a run and its meaning in a sentence.
//
//	1  not conformant: any clause that is Broken
//	3  incomplete: any clause that is Incomplete, or nothing ran, which is to
//	   say no clause has PASS, FAIL, WARN, KNOWN or STALE
//	0  conformant otherwise
//
// 1 beats 3; the meaning then says both. With strict a WARN of a SHOULD
// counts as broken.
func ExitCode(judged []Judged, strict bool) (code int, meaning string) {
	broken, incomplete, unjudged := tally{}, tally{}, tally{}
	for _, j := range judged {
		switch w := j.Weight(strict); {
		case w == Broken:
			broken[j.Verdict]++
		case w == Incomplete:
			incomplete[j.Verdict]++
		case j.Verdict == UNTESTABLE || j.Verdict == ERROR || j.Verdict == NOT_RUN:
			unjudged[j.Verdict]++
		}
	}
	counts := Count(judged)
	ran := counts[PASS] + counts[FAIL] + counts[WARN] + counts[KNOWN] + counts[STALE]

	switch {
	case broken.sum() > 0:
		code, meaning = ExitNotConformant, "not conformant: "+broken.String()
		if incomplete.sum() > 0 {
			meaning += "; also incomplete: MUST clauses not judged: " + incomplete.String()
		}
	case incomplete.sum() > 0:
		code, meaning = ExitIncomplete, "incomplete: MUST clauses not judged: "+incomplete.String()
		if ran == 0 {
			meaning += "; nothing ran"
		}
	case ran == 0:
		code, meaning = ExitIncomplete, "incomplete: nothing ran"
	default:
		code, meaning = ExitConformant, "conformant: every judged clause holds or is excused"
	}
	return code, meaning + asides(counts, unjudged, strict)
}

// Worst is the exit code of a run over several exchanges, of the codes of each: 1
// beats 3, and 3 beats 0. No codes at all are 3, and so is one that no run ends
// with.
func Worst(codes ...int) int {
	worst := ExitConformant
	if len(codes) == 0 {
		worst = ExitIncomplete
	}
	for _, code := range codes {
		switch code {
		case ExitConformant:
		case ExitNotConformant:
			return ExitNotConformant
		default:
			worst = ExitIncomplete
		}
	}
	return worst
}

// asides names what a green result must not hide.
func asides(counts map[Verdict]int, unjudged tally, strict bool) string {
	var notes []string
	if n := counts[WARN]; n > 0 && !strict {
		notes = append(notes, fmt.Sprintf("%d WARN", n))
	}
	if n := counts[KNOWN]; n > 0 {
		notes = append(notes, fmt.Sprintf("%d accepted deviations", n))
	}
	if unjudged.sum() > 0 {
		notes = append(notes, "SHOULD or INFO clauses not judged: "+unjudged.String())
	}
	if n := counts[FILTERED]; n > 0 {
		notes = append(notes, fmt.Sprintf("%d clauses filtered out", n))
	}
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, "; ") + ")"
}

type tally map[Verdict]int

func (t tally) sum() int {
	n := 0
	for _, c := range t {
		n += c
	}
	return n
}

func (t tally) String() string {
	var parts []string
	rest := t.sum()
	for _, v := range All() {
		if t[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[v], v))
			rest -= t[v]
		}
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("%d of no known verdict", rest))
	}
	return strings.Join(parts, ", ")
}
