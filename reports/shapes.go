package reports

import (
	"fmt"
	"maps"
	"strings"

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

// notesOn says of each call of a spec whose answer has another shape than promised where
// it differs, and which clause judges that.
func notesOn(c Clause, result journal.Result) []string {
	var notes []string
	for _, check := range result.Evidence {
		if check.Kind == journal.Form && !check.Holds {
			notes = append(notes, fmt.Sprintf("call %s: another shape than promised (%s), judged by %s",
				check.Call, strings.Join(check.Wrong, ", "), c.ShapeOf()))
		}
	}
	return notes
}
