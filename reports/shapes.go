package reports

import (
	"maps"

	"authconform/harness/clause"
	"authconform/harness/journal"
)

// withShapes adds to the results of specs those of the clauses about the shape of their
// answers.
func withShapes(clauses []Clause, results map[string]journal.Result) map[string]journal.Result {
	infos := make([]clause.Info, 0, len(clauses))
	for _, c := range clauses {
		infos = append(infos, c.Info)
	}
	all := maps.Clone(results)
	for id, specs := range clause.Shapes(infos) {
		if r, ended := journal.ShapeResult(id, specs, results); ended {
			all[id] = r
		}
	}
	return all
}
