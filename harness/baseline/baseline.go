// Package baseline reads the security baseline: the sentences that no
// authentication API may break, whatever its documents leave out. Each names the
// clauses that judge it, exchange by exchange.
package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"authconform/harness/glob"
	"authconform/harness/yamldoc"
)

// File is where the baseline stands, below the schemas folder.
const File = "standards/baseline.yaml"

// Sentence is one sentence of the baseline.
type Sentence struct {
	ID        string `yaml:"id"`        // a slug, such as "second-factor-replayed"
	Text      string `yaml:"text"`      // a whole sentence
	Authority string `yaml:"authority"` // references as of package source
	// Clauses are globs over clause ids, by exchange.
	Clauses map[string][]string `yaml:"clauses"`
	// Excuses say, by exchange, why no clause judges the sentence there.
	Excuses map[string]string `yaml:"excuses"`
}

// List is the whole baseline, in the order of its file.
type List []Sentence

// Load reads and checks the baseline. A file system without one has none.
func Load(fsys fs.FS) (List, error) {
	var l List
	if err := yamldoc.LoadIfAny(fsys, File, &l); err != nil {
		return nil, err
	}
	return l, l.check()
}

func (l List) check() error {
	var wrong []error
	seen := map[string]bool{}
	for _, s := range l {
		fail := func(format string, args ...any) {
			wrong = append(wrong, fmt.Errorf("schemas/%s: sentence %q: %s", File, s.ID, fmt.Sprintf(format, args...)))
		}
		switch {
		case s.ID == "" || s.Text == "" || s.Authority == "":
			fail("id, text and authority are all required")
		case seen[s.ID]:
			fail("the id is used twice")
		}
		seen[s.ID] = true
		for _, exchange := range slices.Sorted(maps.Keys(s.Clauses)) {
			for _, glob := range s.Clauses[exchange] {
				if _, err := path.Match(glob, ""); err != nil || !strings.HasPrefix(glob, exchange+".") {
					fail("%q is no glob over the clause ids of %s", glob, exchange)
				}
			}
			if s.Excuses[exchange] != "" {
				fail("%s has both clauses and an excuse", exchange)
			}
		}
	}
	return errors.Join(wrong...)
}

// Of names the sentences that a clause judges.
func (l List) Of(id string) []string {
	exchange, _, _ := strings.Cut(id, ".")
	var sentences []string
	for _, s := range l {
		if slices.ContainsFunc(s.Clauses[exchange], func(g string) bool { return glob.Fits(g, id) }) {
			sentences = append(sentences, s.ID)
		}
	}
	return sentences
}
