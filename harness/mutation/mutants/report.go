package mutants

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// SchemaVersion is the version of mutants.json; its schema is
// schemas/report/mutants.schema.json.
const SchemaVersion = 1

// Report is what a proof on mutants found.
type Report struct {
	SchemaVersion int       `json:"schema_version"`
	Surfaces      []Surface `json:"surfaces"`
	Generated     int       `json:"generated"` // mutants of all files
	Seed          uint64    `json:"seed"`      // of the sample; 0 where all are judged
	Packages      []Score   `json:"packages"`
	Files         []Score   `json:"files"`
	Operators     []Score   `json:"operators"`
	Mutants       []Result  `json:"mutants"`
	Stale         []string  `json:"stale"` // entries of the lists of equivalent mutants that fit no survivor
}

// Score counts the mutants of one kind.
type Score struct {
	Name   string        `json:"name"`
	Counts map[State]int `json:"counts"`
	// Percent is killed of killed and survived: what the suites notice of what they
	// reach and what could be noticed.
	Percent float64 `json:"percent"`
}

// states are the columns of a table.
var states = []State{Killed, Survived, Equivalent, Unreached, Hung, Broken}

func score(results []Result, name func(Result) string) []Score {
	var scores []Score
	for _, r := range results {
		i := slices.IndexFunc(scores, func(s Score) bool { return s.Name == name(r) })
		if i < 0 {
			i = len(scores)
			scores = append(scores, Score{Name: name(r), Counts: map[State]int{}})
			for _, s := range states {
				scores[i].Counts[s] = 0
			}
		}
		scores[i].Counts[r.State]++
	}
	for i, s := range scores {
		scores[i].Percent = 100
		if n := s.Counts[Killed] + s.Counts[Survived]; n > 0 {
			scores[i].Percent = 100 * float64(s.Counts[Killed]) / float64(n)
		}
	}
	slices.SortFunc(scores, func(a, b Score) int { return cmp.Compare(a.Name, b.Name) })
	return scores
}

func newReport(o Options, all []Mutant, results []Result) *Report {
	stale := exempt(results, all, o.Exempt)
	return &Report{
		SchemaVersion: SchemaVersion, Surfaces: o.Surfaces, Generated: len(all), Seed: o.Seed,
		Mutants: results, Stale: append([]string{}, stale...),
		Packages:  score(results, func(m Result) string { return m.Package }),
		Files:     score(results, func(m Result) string { return m.File }),
		Operators: score(results, func(m Result) string { return string(m.Operator) }),
	}
}

// Print writes the report for a person.
func (r *Report) Print(w io.Writer) error {
	for _, m := range r.Mutants {
		if m.State == Killed || m.State == Equivalent {
			continue
		}
		fmt.Fprintf(w, "%s %s:%d %s, %s\n  - %s\n  + %s\n  %s\n", m.State, m.File, m.Line, m.Function, m.Operator, m.Before, m.After, m.Reason)
		for _, id := range m.Nearest {
			fmt.Fprintf(w, "  near: %s\n", id)
		}
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.table(out, "FILE", r.Files)
	r.table(out, "OPERATOR", r.Operators)
	r.table(out, "REFERENCE", r.Packages)
	if err := out.Flush(); err != nil {
		return err
	}
	for _, s := range r.Stale {
		fmt.Fprintf(w, "STALE: take this entry out of the list of equivalent mutants: %s\n", s)
	}
	_, err := fmt.Fprintf(w, "\n%d of %d mutants; killed only by SHOULD clauses: %d; seed %d\n", len(r.Mutants), r.Generated, r.mild(), r.Seed)
	return err
}

func (r *Report) table(w io.Writer, title string, scores []Score) {
	fmt.Fprintf(w, "\n%s", title)
	for _, s := range states {
		fmt.Fprintf(w, "\t%s", s)
	}
	fmt.Fprintln(w, "\tscore")
	for _, s := range scores {
		fmt.Fprint(w, s.Name)
		for _, state := range states {
			fmt.Fprintf(w, "\t%d", s.Counts[state])
		}
		fmt.Fprintf(w, "\t%.1f %%\n", s.Percent)
	}
}

// Markdown writes the scores as README.md shows them: a row for each reference, and one
// for each of its files.
func (r *Report) Markdown(w io.Writer) error {
	var b strings.Builder
	markdownTable(&b, "reference", r.Packages)
	b.WriteString("\n<details><summary>The same by file</summary>\n\n")
	markdownTable(&b, "file", r.Files)
	b.WriteString("\n</details>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func markdownTable(b *strings.Builder, title string, scores []Score) {
	fmt.Fprintf(b, "| %s |", title)
	for _, s := range states {
		fmt.Fprintf(b, " %s |", s)
	}
	b.WriteString(" score |\n|---|" + strings.Repeat("---|", len(states)+1) + "\n")
	for _, s := range scores {
		fmt.Fprintf(b, "| %s |", s.Name)
		for _, state := range states {
			fmt.Fprintf(b, " %d |", s.Counts[state])
		}
		fmt.Fprintf(b, " %.1f %% |\n", s.Percent)
	}
}

// mild counts the mutants whose killer is no MUST and not of the baseline.
func (r *Report) mild() (n int) {
	for _, m := range r.Mutants {
		if m.State == Killed && m.Level == "SHOULD" {
			n++
		}
	}
	return n
}
