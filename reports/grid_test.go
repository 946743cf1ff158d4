package reports

import (
	"encoding/json"
	"testing"

	"authconform/harness/grid"
	"authconform/harness/verdict"
)

// TestGridsShowTheWorst: a cell shows the worst verdict of its clauses, one without any
// says why, and the report with them fits the published schema.
func TestGridsShowTheWorst(t *testing.T) {
	sample := sampleRun()
	sample.Grids = grid.List{{
		ID: "endings", Title: "A closed session is dead.", Rows: grid.Axis{Are: "the end", Names: []string{"closing"}},
		Columns: grid.Axis{Are: "the carrier", Names: []string{"cookie", "header", "link", "key"}},
		Cells: map[string]map[string]grid.Cell{"closing": {
			"cookie": {Clauses: []string{"open.right", "open.wrong"}}, "header": {Clauses: []string{"open.right"}},
			"link": {Excuse: "There are no links."}, "key": {Clauses: []string{"of.another-profile"}},
		}},
	}}
	report, err := Build(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := []GridCell{
		{"closing", "cookie", verdict.FAIL, []string{"open.right", "open.wrong"}, ""},
		{"closing", "header", verdict.PASS, []string{"open.right"}, ""},
		{"closing", "link", verdict.NOT_APPLICABLE, []string{}, "There are no links."},
		{"closing", "key", verdict.NOT_APPLICABLE, []string{}, elsewhere},
	}
	got, _ := json.Marshal(report.Grids[0].Cells)
	if expected, _ := json.Marshal(want); string(got) != string(expected) {
		t.Errorf("got %s\nwant %s", got, expected)
	}
	text, err := Encode([]*Report{report})
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, schemaOf(t, "report.schema.json"), string(text)); err != nil {
		t.Error(err)
	}
}
