package mutants

import (
	"go/ast"
	"go/constant"
	"slices"

	"authconform/harness/mutation/site"
	"authconform/harness/reference"
)

// functionFaults adds, by function, the hand-written faults that it asks for: what
// notices one of these is about what the function decides, and the likeliest to notice a
// mutant of it.
func functionFaults(p *loaded, faults map[place][]string) {
	for i, file := range p.files {
		if isFaultFile(p.names[i]) {
			continue
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			at := place{p.fileOf(i), nameOf(f)}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isSwitch(p, call) {
					if v := p.types.Types[call.Args[0]].Value; v != nil && v.Kind() == constant.String {
						faults[at] = append(faults[at], constant.StringVal(v))
					}
				}
				return true
			})
		}
	}
}

// faultsOf tells, by number, which faults the functions of mutants ask for.
func (p *prover) faultsOf(mutants []Mutant) map[site.ID][]string {
	faults := map[site.ID][]string{}
	for _, m := range mutants {
		if list := p.faults[p.places[m.ID]]; len(list) > 0 {
			faults[m.ID] = list
		}
	}
	return faults
}

// touched tells, by mutant, the steps that the faults of its function differ in.
func touched(exchange string, faults map[site.ID][]string) map[site.ID]map[step]bool {
	steps := map[site.ID]map[step]bool{}
	known := reference.Faults(exchange)
	for id, names := range faults {
		steps[id] = map[step]bool{}
		for _, f := range known {
			if !slices.Contains(names, f.ID) {
				continue
			}
			for _, operation := range f.Operations {
				for _, outcome := range f.Outcomes {
					steps[id][step{operation, outcome}] = true
				}
			}
		}
	}
	return steps
}
