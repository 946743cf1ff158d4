package target

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a target file. No part of it holds a secret.
type Problem struct {
	File  string // the target file, a secrets file, or "environment variable NAME"
	Line  int    // 1-based; 0 when it has none
	Field string // path such as identities[0].password; "" for the whole file
	What  string
	Want  string
	Do    string
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	b.WriteString(": ")
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.What)
	if p.Want != "" {
		b.WriteString("\n\twant: " + p.Want)
	}
	if p.Do != "" {
		b.WriteString("\n\tdo:   " + p.Do)
	}
	return b.String()
}

// Error holds every problem found, sorted by line; those without a line last.
type Error struct {
	Problems []Problem
}

func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func newError(problems []Problem) *Error {
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.File, b.File), cmp.Compare(a.Field, b.Field))
	})
	return &Error{Problems: problems}
}

// scrubbed returns the problems with every secret known by now cut out of them:
// a secret may have been repeated by mistake in a field that is none.
func (r *reader) scrubbed() []Problem {
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range r.secrets {
		if len(s) >= 4 {
			pairs = append(pairs, s, "‹secret›")
		}
	}
	cut := strings.NewReplacer(pairs...)
	for i, p := range r.problems {
		r.problems[i] = Problem{cut.Replace(p.File), p.Line, cut.Replace(p.Field), cut.Replace(p.What), cut.Replace(p.Want), cut.Replace(p.Do)}
	}
	return r.problems
}

// wrong is a value's fault before it is known where the value stands. Its What
// follows the value's own name: "is not a duration".
type wrong struct {
	what     string
	want, do string // "" is what the schema says of the place, and "correct it"
	hide     bool   // the value is not shown
}

// suggest words what to do about an unknown name.
func suggest(name string, known []string) string {
	if len(known) == 0 {
		return "remove it: none is known here"
	}
	list := "known: " + strings.Join(known, ", ")
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %s? %s", near, list)
	}
	return "remove it or use one of them; " + list
}

// nearest returns the known name closest to name, or "" when none is close
// enough to be what was meant.
func nearest(name string, known []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
