package baseline

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
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
	text, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Known
	decoder := yaml.NewDecoder(strings.NewReader(string(text)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil {
		return nil, fmt.Errorf("schemas/%s: %w", name, err)
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
