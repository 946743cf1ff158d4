// Package standard says which clauses bear on which requirement of a published
// standard, and where there is none. It is a cross-walk of evidence, and no
// certification by whoever publishes the standard.
package standard

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"authconform/harness/glob"

	"authconform/harness/yamldoc"

	"authconform/harness/baseline"
	"authconform/harness/clause"
	"authconform/harness/source"
)

// Standard is what we refer to of one standard.
type Standard struct {
	ID           string        `yaml:"id"`        // such as "asvs-5.0.0", the name of its file
	Authority    string        `yaml:"authority"` // as sources cite it, such as "OWASP ASVS 5.0.0"
	Title        string        `yaml:"title"`
	URL          string        `yaml:"url"`
	Levels       string        `yaml:"levels"` // what stands before the number of a level, such as "L"; empty where there are none
	Requirements []Requirement `yaml:"requirements"`
}

// Requirement is one of a standard's, in our words.
type Requirement struct {
	ID        string   `yaml:"id"`
	Level     int      `yaml:"level"` // 0 where the standard has no levels
	Name      string   `yaml:"name"`
	Checks    []string `yaml:"checks"`    // of schemas/standards/checks.md
	Sentences []string `yaml:"sentences"` // of the security baseline
	Gap       string   `yaml:"gap"`       // why no clause bears on it where an exchange gives no reason of its own
}

// Cited is how a source names a requirement.
func (s *Standard) Cited(r Requirement) string { return s.Authority + " " + r.ID }

// LevelOf is the level of a requirement as the standard writes it.
func (s *Standard) LevelOf(r Requirement) string {
	if r.Level == 0 {
		return "-"
	}
	return fmt.Sprintf("%s%d", s.Levels, r.Level)
}

// reference is what an exchange says of one requirement: clauses, or a gap.
type reference struct {
	Clauses []string `yaml:"clauses"` // globs over clause ids
	Gap     string   `yaml:"gap"`     // why no clause bears on it
}

// References are what an exchange says of the requirements of all standards.
type References struct {
	exchange  string
	standards []*Standard
	baseline  baseline.List
	authority map[string][]string             // what a sentence of the baseline rests on
	listed    map[string]map[string]reference // by standard and requirement
}

// Row is one requirement on one exchange.
type Row struct {
	Requirement
	Clauses []string // ids; empty where there is a gap
	Gap     string
}

// Scope is what has to be said wherever rows are shown.
const Scope = "This is black-box evidence of how an API answered on one day. It is no certification by the body whose standard it names."

// Load reads a standard from the schemas folder.
func Load(fsys fs.FS, id string) (*Standard, error) {
	all, err := All(fsys)
	if err != nil {
		return nil, err
	}
	return find(all, id)
}

func find(all []*Standard, id string) (*Standard, error) {
	var ids []string
	for _, s := range all {
		if s.ID == id {
			return s, nil
		}
		ids = append(ids, s.ID)
	}
	return nil, fmt.Errorf("unknown standard %q; there is: %s", id, strings.Join(ids, ", "))
}

// All reads every standard of the schemas folder: the files that say which they are.
func All(fsys fs.FS) ([]*Standard, error) {
	files, err := fs.Glob(fsys, "standards/*.yaml")
	if err != nil {
		return nil, err
	}
	var all []*Standard
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return nil, err
		}
		id := strings.TrimSuffix(path.Base(file), ".yaml")
		if !bytes.Contains(text, []byte("\nid: "+id+"\n")) && !bytes.HasPrefix(text, []byte("id: "+id+"\n")) {
			continue // the baseline, and the list of authorities
		}
		var s Standard
		if err := yamldoc.Load(fsys, file, &s); err != nil {
			return nil, err
		}
		seen := map[string]bool{}
		for _, r := range s.Requirements {
			if r.ID == "" || r.Name == "" || seen[r.ID] {
				return nil, fmt.Errorf("schemas/%s: requirement %q has no id or no name, or stands there twice", file, r.ID)
			}
			seen[r.ID] = true
		}
		all = append(all, &s)
	}
	return all, nil
}

// LoadReferences reads what an exchange says of all standards. An unknown requirement
// or standard is an error, and so is one that names clauses and a gap.
func LoadReferences(fsys fs.FS, exchange string) (*References, error) {
	all, err := All(fsys)
	if err != nil {
		return nil, err
	}
	sentences, err := baseline.Load(fsys)
	if err != nil {
		return nil, err
	}
	if err := known(all, sentences); err != nil {
		return nil, err
	}
	refs := &References{exchange: exchange, standards: all, baseline: sentences, authority: map[string][]string{},
		listed: map[string]map[string]reference{}}
	for _, s := range sentences {
		for _, reference := range source.Split(s.Authority) {
			refs.authority[s.ID] = append(refs.authority[s.ID], places(reference)...)
		}
	}
	file := path.Join(exchange, "references.yaml")
	if err := yamldoc.LoadIfAny(fsys, file, &refs.listed); err != nil {
		return nil, err
	}
	var wrong []error
	for _, id := range slices.Sorted(maps.Keys(refs.listed)) {
		s, err := find(all, id)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("schemas/%s: %w", file, err))
			continue
		}
		for _, requirement := range slices.Sorted(maps.Keys(refs.listed[id])) {
			r := refs.listed[id][requirement]
			switch {
			case !slices.ContainsFunc(s.Requirements, func(r Requirement) bool { return r.ID == requirement }):
				wrong = append(wrong, fmt.Errorf("schemas/%s: %s has no requirement %q; schemas/standards/%s.yaml lists them",
					file, id, requirement, id))
			case (len(r.Clauses) > 0) == (r.Gap != ""):
				wrong = append(wrong, fmt.Errorf("schemas/%s: %s %s: name clauses, or say under gap why there are none", file, id, requirement))
			}
		}
	}
	return refs, errors.Join(wrong...)
}

// known says which sentences of the baseline a requirement names that there are not.
func known(standards []*Standard, sentences baseline.List) error {
	var wrong []error
	for _, s := range standards {
		for _, r := range s.Requirements {
			for _, id := range r.Sentences {
				if !slices.ContainsFunc(sentences, func(s baseline.Sentence) bool { return s.ID == id }) {
					wrong = append(wrong, fmt.Errorf("schemas/standards/%s.yaml: %s: the baseline has no sentence %q",
						s.ID, r.ID, id))
				}
			}
		}
	}
	return errors.Join(wrong...)
}

// Check holds what is said of the standards against all clauses of the exchange: a glob
// that is over none, a gap where clauses are, a requirement without either, and a place
// of a standard that a clause cites and its list does not have.
func (refs *References) Check(clauses []clause.Info) error {
	var wrong []error
	for _, s := range refs.standards {
		for _, row := range refs.Rows(s, clauses) {
			where := fmt.Sprintf("schemas/%s/references.yaml: %s %s", refs.exchange, s.ID, row.ID)
			listed := refs.listed[s.ID][row.ID]
			for _, g := range listed.Clauses {
				if !slices.ContainsFunc(clauses, func(c clause.Info) bool { return glob.Fits(g, c.ID) }) {
					wrong = append(wrong, fmt.Errorf("%s: %q is over no clause of %s", where, g, refs.exchange))
				}
			}
			switch {
			case listed.Gap != "" && len(row.Clauses) > 0:
				wrong = append(wrong, fmt.Errorf("%s: it is said to be a gap, but %s bears on it", where, row.Clauses[0]))
			case len(row.Clauses) == 0 && row.Gap == "":
				wrong = append(wrong, fmt.Errorf("%s: no clause bears on it, and nothing says why", where))
			}
		}
		wrong = append(wrong, s.uncited(clauses)...)
	}
	return errors.Join(wrong...)
}

// uncited says what clauses cite of the standard that its list does not have.
func (s *Standard) uncited(clauses []clause.Info) (wrong []error) {
	for _, c := range clauses {
		for _, reference := range source.Split(c.Source) {
			for _, one := range places(reference) {
				ofIt := strings.HasPrefix(one, s.Authority+" ")
				if ofIt && !slices.ContainsFunc(s.Requirements, func(r Requirement) bool { return s.Cited(r) == one }) {
					wrong = append(wrong, fmt.Errorf("clause %s cites %q, which schemas/standards/%s.yaml does not list", c.ID, one, s.ID))
				}
			}
		}
	}
	return wrong
}

// Standards are all that there are.
func (refs *References) Standards() []*Standard { return refs.standards }

// Rows says, requirement by requirement, which of the clauses bear on it: those that
// schemas/<exchange>/references.yaml lists, those whose source cites it, itself or by a
// check, and those that judge a sentence of the baseline that it names or that rests on it.
func (refs *References) Rows(s *Standard, clauses []clause.Info) []Row {
	cited := map[string][]string{} // clauses by what they cite or judge
	for _, c := range clauses {
		for _, reference := range source.Split(c.Source) {
			for _, one := range places(reference) {
				cited[one] = append(cited[one], c.ID)
			}
		}
		for _, sentence := range c.Baseline {
			cited["baseline#"+sentence] = append(cited["baseline#"+sentence], c.ID)
			for _, one := range refs.authority[sentence] {
				cited[one] = append(cited[one], c.ID)
			}
		}
	}
	var rows []Row
	for _, r := range s.Requirements {
		bears := map[string]bool{}
		for _, reference := range slices.Concat([]string{s.Cited(r)}, prefixed("checks#", r.Checks), prefixed("baseline#", r.Sentences)) {
			for _, id := range cited[reference] {
				bears[id] = true
			}
		}
		listed := refs.listed[s.ID][r.ID]
		row := Row{Requirement: r}
		for _, c := range clauses {
			if bears[c.ID] || slices.ContainsFunc(listed.Clauses, func(g string) bool { return glob.Fits(g, c.ID) }) {
				row.Clauses = append(row.Clauses, c.ID)
			}
		}
		if len(row.Clauses) == 0 {
			row.Gap = refs.gap(listed, r)
		}
		rows = append(rows, row)
	}
	return rows
}

// gap is why no clause bears on a requirement; empty where nobody has said so.
func (refs *References) gap(listed reference, r Requirement) string {
	if listed.Gap != "" || len(listed.Clauses) > 0 {
		return cmp.Or(listed.Gap, "Its clauses belong to another profile.")
	}
	var excuses []string
	for _, s := range refs.baseline {
		if excuse := s.Excuses[refs.exchange]; excuse != "" && slices.Contains(r.Sentences, s.ID) && !slices.Contains(excuses, excuse) {
			excuses = append(excuses, excuse)
		}
	}
	return cmp.Or(strings.Join(excuses, " "), r.Gap)
}

// places takes a reference apart that names several places of one standard, such as
// "RFC 9110 11.6.1, 15.5.2", and writes each as the list of requirements has it.
func places(reference string) []string {
	first, more, several := strings.Cut(strings.Replace(reference, " section ", " ", 1), ", ")
	out := []string{first}
	if !several {
		return out
	}
	standard := first[:max(0, strings.LastIndexByte(first, ' '))]
	for place := range strings.SplitSeq(more, ", ") {
		if place == "" || place[0] < '0' || place[0] > '9' { // a part of the place before it
			out[len(out)-1] += " " + place
			continue
		}
		out = append(out, standard+" "+place)
	}
	return out
}

func prefixed(prefix string, names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, prefix+name)
	}
	return out
}
