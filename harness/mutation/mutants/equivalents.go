package mutants

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"authconform/harness/yamldoc"

	"authconform/harness/mutation/site"
)

// Exemption is a change that no client could notice, with the reason. It is keyed
// by the code and not by its line, so that unrelated edits leave it valid. "*" is any
// function, operator or code.
type Exemption struct {
	File     string   `yaml:"file"`     // package/name.go
	Function string   `yaml:"function"` // Type.method, function, or "var name"
	Operator Operator `yaml:"operator"`
	Code     string   `yaml:"code"`            // before the change
	After    string   `yaml:"after,omitempty"` // only this change of the code; empty: each
	Reason   string   `yaml:"reason"`
}

func (e Exemption) String() string {
	return fmt.Sprintf("%s, %s, %s: %s", e.File, e.Function, e.Operator, e.Code)
}

// anything stands for every function, operator or code.
const anything = "*"

func (e Exemption) fits(m Mutant) bool {
	is := func(want, got string) bool { return want == anything || want == got }
	return e.File == m.File && is(e.Function, m.Function) && is(string(e.Operator), string(m.Operator)) &&
		is(e.Code, m.Before) && (e.After == "" || e.After == m.After)
}

// folders holds the lists of packages that belong to no exchange, by package.
var folders = map[string]string{"kit": "standards"}

// Exemptions reads the lists of all packages: schemas/<exchange>/equivalent-mutants.yaml,
// and for what all references share the one in schemas/standards.
func Exemptions(fsys fs.FS) ([]Exemption, error) {
	names, err := fs.Glob(fsys, "*/equivalent-mutants.yaml")
	if err != nil {
		return nil, err
	}
	var all []Exemption
	for _, name := range names {
		var list []Exemption
		if err := yamldoc.Load(fsys, name, &list); err != nil {
			return nil, err
		}
		for i, e := range list {
			switch folder := path.Dir(e.File); {
			case e.File == "" || e.Function == "" || e.Operator == "" || e.Code == "" || e.Reason == "":
				return nil, fmt.Errorf("schemas/%s: entry %d: file, function, operator, code and reason are all required", name, i+1)
			case path.Dir(name) != folder && path.Dir(name) != folders[folder]:
				return nil, fmt.Errorf("schemas/%s: entry %d is about %s: it belongs into the list of that package", name, i+1, e.File)
			}
		}
		all = append(all, list...)
	}
	return all, nil
}

// exempt marks the listed survivors, and returns the entries that are stale: no
// mutant is what they describe, or every one of those is noticed by now. all are
// the mutants of every file, judged or not.
func exempt(results []Result, all []Mutant, list []Exemption) (stale []string) {
	judged := map[site.ID]int{}
	for i := range results {
		judged[results[i].ID] = i
	}
	for _, e := range list {
		matched, open, kept := 0, 0, false
		for _, m := range all {
			if !e.fits(m) {
				continue
			}
			matched++
			i, ok := judged[m.ID]
			if !ok {
				open++
				continue
			}
			if r := &results[i]; r.State == Survived || r.State == Equivalent {
				r.State, r.Reason, kept = Equivalent, e.Reason, true
			}
		}
		switch {
		case matched == 0:
			stale = append(stale, e.String()+" (there is no such code)")
		case open == 0 && !kept:
			stale = append(stale, e.String()+" (a clause notices it)")
		}
	}
	return stale
}

// exempt names those of some mutants that are listed as equivalent.
func (p *prover) exempt(mutants []Mutant) []site.ID {
	var ids []site.ID
	for _, m := range mutants {
		if slices.ContainsFunc(p.Exempt, func(e Exemption) bool { return e.fits(m) }) {
			ids = append(ids, m.ID)
		}
	}
	return ids
}
