package suites_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/suites"
)

// subject is how a clause's sentence begins: with an operation, or with a word
// that a noun follows.
var subject = regexp.MustCompile(`^((GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) /\S* |` +
	`(A|An|The|Each|Every|No|Any|One|Two|Three|Ten|Only|All|Several|Both|Neither|At most|Right|Wrong)\s)`)

// TestClausesAreSentences: each text says by itself what is promised, whoever
// reads it and wherever: it has a subject, and no other clause of the exchange has
// the same text.
func TestClausesAreSentences(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			taken := map[string]string{}
			for _, c := range clauses(t, st) {
				if other, twice := taken[c.Text]; twice {
					t.Errorf("%s and %s have the same text: %s", other, c.ID, c.Text)
				}
				taken[c.Text] = c.ID
				switch {
				case !subject.MatchString(c.Text):
					t.Errorf("%s (%s) does not begin with its subject, an operation or a noun: %s", c.ID, c.Place(), c.Text)
				case len(strings.Fields(c.Text)) < 4 || strings.HasSuffix(c.Text, ".") || strings.Contains(c.Text, "  "):
					t.Errorf("%s (%s) is no whole sentence without its full stop: %q", c.ID, c.Place(), c.Text)
				}
			}
		})
	}
}

// TestAreaNamesTheFile: the second word of an id is where its spec is found,
// except for the families that hold for every operation.
func TestAreaNamesTheFile(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			for _, c := range clauses(t, st) {
				area := strings.ReplaceAll(strings.Split(c.ID, ".")[1], "-", "_")
				name := strings.TrimSuffix(filepath.Base(c.File), ".go")
				if filepath.Dir(c.File) != filepath.Join("suites", "family") && name != area && !strings.HasPrefix(name, area+"_") {
					t.Errorf("%s stands in %s; want %s.go or %s_<facet>.go", c.ID, c.Place(), area, area)
				}
			}
		})
	}
}

// TestPlacesAreReal: the line that a failure names is one that states a clause.
func TestPlacesAreReal(t *testing.T) {
	lines := map[string][]string{}
	states := regexp.MustCompile(`\b(Must|Should|Note|Graded|Clause)\(`)
	for _, st := range suites.All() {
		for _, c := range clauses(t, st) {
			if lines[c.File] == nil {
				text, err := os.ReadFile(filepath.Join("..", c.File))
				if err != nil {
					t.Fatal(err)
				}
				lines[c.File] = strings.Split(string(text), "\n")
			}
			// A call may be wrapped: its name then stands some lines above its end.
			from := max(c.Line-4, 0)
			if !slices.ContainsFunc(lines[c.File][from:c.Line], states.MatchString) {
				t.Errorf("%s: %s states no clause", c.ID, c.Place())
			}
		}
	}
}
