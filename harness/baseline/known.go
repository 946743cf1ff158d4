package baseline

import (
	"fmt"
	"io/fs"
	"slices"

	"authconform/harness/yamldoc"
)

// Known is a sentence of the baseline that a named release is known to break, so
// that its profile has no clause which judges the sentence.
type Known struct {
	Sentence string   `yaml:"sentence" json:"sentence"`
	Profiles []string `yaml:"profiles" json:"-"`
	Text     string   `yaml:"text" json:"text"`     // what the release does, in a sentence
	Source   string   `yaml:"source" json:"source"` // where that is known from
}

// LoadKnown reads schemas/<exchange>/known.yaml. An exchange without one has no
// release that is known to break the baseline.
func (l List) LoadKnown(fsys fs.FS, exchange string) ([]Known, error) {
	name := exchange + "/known.yaml"
	var list []Known
	if err := yamldoc.LoadIfAny(fsys, name, &list); err != nil {
		return nil, err
	}
	for i, k := range list {
		switch {
		case k.Text == "" || k.Source == "" || len(k.Profiles) == 0:
			return nil, fmt.Errorf("schemas/%s: entry %d: sentence, profiles, text and source are all required", name, i+1)
		case !slices.ContainsFunc(l, func(s Sentence) bool { return s.ID == k.Sentence }):
			return nil, fmt.Errorf("schemas/%s: entry %d: schemas/%s has no sentence %q", name, i+1, File, k.Sentence)
		}
	}
	return list, nil
}
