// Package standard says which clauses bear on which requirement of a published
// standard, and where there is none. It is a cross-walk of evidence, and no
// certification by whoever publishes the standard.
package standard

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/clause"
	"authconform/harness/source"
)

// Standard is what we refer to of one standard.
type Standard struct {
	ID           string        `yaml:"id"`        // such as "asvs-5.0.0", the name of its file
	Authority    string        `yaml:"authority"` // as sources cite it, such as "OWASP ASVS 5.0.0"
	Title        string        `yaml:"title"`
	Requirements []Requirement `yaml:"requirements"`
}

// Requirement is one of a standard's, in our words.
type Requirement struct {
	ID     string   `yaml:"id"`
	Level  int      `yaml:"level"`
	Name   string   `yaml:"name"`
	Checks []string `yaml:"checks"` // of schemas/standards/checks.md
}

// reference is what an exchange says of one requirement: clauses, or a gap.
type reference struct {
	Clauses []string `yaml:"clauses"` // globs over clause ids
	Gap     string   `yaml:"gap"`     // why no clause bears on it
}

// Row is one requirement on one exchange.
type Row struct {
	Requirement
	Clauses []string // ids; empty where there is a gap
	Gap     string
}

// Scope is what has to be said wherever rows are shown.
const Scope = "This is black-box evidence of how an API answers. It is no certification by the body whose standard it names."

// Load reads a standard from the schemas folder.
func Load(fsys fs.FS, id string) (*Standard, error) {
	file := path.Join("standards", id+".yaml")
	var s Standard
	if err := decode(fsys, file, &s); errors.Is(err, fs.ErrNotExist) || err == nil && s.ID != id {
		return nil, fmt.Errorf("unknown standard %q; there is: %s", id, strings.Join(known(fsys), ", "))
	} else if err != nil {
		return nil, err
	}
	return &s, nil
}

// known lists the standards: the files that say which they are.
func known(fsys fs.FS) []string {
	var ids []string
	files, _ := fs.Glob(fsys, "standards/*.yaml")
	for _, file := range files {
		id := strings.TrimSuffix(path.Base(file), ".yaml")
		var s Standard
		if decode(fsys, file, &s) == nil && s.ID == id {
			ids = append(ids, id)
		}
	}
	return ids
}

func decode(fsys fs.FS, file string, into any) error {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("schemas/%s: %w", file, err)
	}
	return nil
}

// Rows says, requirement by requirement, which clauses of an exchange bear on it: those
// that schemas/<exchange>/references.yaml lists, and those whose source cites it,
// itself or by a check. An unknown requirement or standard, and a glob that is over no
// clause, are errors.
func (s *Standard) Rows(fsys fs.FS, exchange string, clauses []clause.Info) ([]Row, error) {
	file := path.Join(exchange, "references.yaml")
	all := map[string]map[string]reference{}
	if err := decode(fsys, file, &all); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var wrong []error
	for id := range all {
		if _, err := Load(fsys, id); err != nil {
			wrong = append(wrong, fmt.Errorf("schemas/%s: %w", file, err))
		}
	}
	listed := all[s.ID]
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		if !slices.ContainsFunc(s.Requirements, func(r Requirement) bool { return r.ID == id }) {
			wrong = append(wrong, fmt.Errorf("schemas/%s: %s has no requirement %q; schemas/standards/%s.yaml lists them", file, s.ID, id, s.ID))
		}
		for _, glob := range listed[id].Clauses {
			if !slices.ContainsFunc(clauses, func(c clause.Info) bool { return matches(glob, c.ID) }) {
				wrong = append(wrong, fmt.Errorf("schemas/%s: %s: %q is over no clause of %s", file, id, glob, exchange))
			}
		}
	}
	var rows []Row
	for _, r := range s.Requirements {
		row := Row{Requirement: r}
		for _, c := range clauses {
			if slices.ContainsFunc(listed[r.ID].Clauses, func(glob string) bool { return matches(glob, c.ID) }) || s.cites(c, r) {
				row.Clauses = append(row.Clauses, c.ID)
			}
		}
		if len(row.Clauses) == 0 {
			row.Gap = listed[r.ID].Gap
			if row.Gap == "" {
				row.Gap = "no clause of " + exchange + " is mapped to it: none cites it, and references.yaml lists none"
			}
		}
		rows = append(rows, row)
	}
	return rows, errors.Join(wrong...)
}

func matches(glob, id string) bool {
	ok, err := path.Match(glob, id)
	return ok && err == nil
}

// cites tells whether a clause rests on the requirement.
func (s *Standard) cites(c clause.Info, r Requirement) bool {
	return slices.ContainsFunc(source.Split(c.Source), func(reference string) bool {
		check, isCheck := strings.CutPrefix(reference, "checks#")
		return isCheck && slices.Contains(r.Checks, check) || reference == s.Authority+" "+r.ID
	})
}
