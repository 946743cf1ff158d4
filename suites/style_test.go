package suites_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authconform/harness/clause"
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

// shared are files whose spec functions put one promise to several areas at once:
// the same session, key or token, judged by two operations.
var shared = map[string][]string{
	"suites/barong/documents.go":        {"addresses"},
	"suites/barong/info.go":             {"captcha"},
	"suites/barong/keys_credentials.go": {"authz-keys"},
	"suites/barong/keys_lists.go":       {"service-keys"},
	"suites/barong/mailed_tokens.go":    {"email", "password-reset"},
	"suites/barong/service_accounts.go": {"service-keys", "authz-service-keys"},
	"suites/barong/sessions.go":         {"authz"},
}

// TestAreaNamesTheFile: the second word of an id is where its spec is found. Only
// families that hold for many operations stand in files of their own: those of
// suites/family, and those of an exchange whose area is an operation's name.
func TestAreaNamesTheFile(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			for _, c := range clauses(t, st) {
				if c.IsShape() { // it has no spec, and stands with the first clause that comes to such an answer
					continue
				}
				area := strings.ReplaceAll(strings.Split(c.ID, ".")[1], "-", "_")
				name := strings.TrimSuffix(filepath.Base(c.File), ".go")
				generated := filepath.Dir(c.File) == filepath.Join("suites", "family") || strings.Split(c.ID, ".")[1] == clause.Slug(c.Operation)
				if !generated && !slices.Contains(shared[c.File], strings.Split(c.ID, ".")[1]) && name != area && !strings.HasPrefix(name, area+"_") {
					t.Errorf("%s stands in %s; want %s.go or %s_<facet>.go", c.ID, c.Place(), area, area)
				}
			}
		})
	}
}

// TestPlacesAreReal: the line that a failure names is one that states a clause.
func TestPlacesAreReal(t *testing.T) {
	lines := map[string][]string{}
	states := regexp.MustCompile(`\b(Must|Should|Note|Graded|Clause|state)\(`)
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
