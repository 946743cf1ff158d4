package reports

import (
	"slices"

	"authconform/harness/grid"
	"authconform/harness/verdict"
)

// Grid is a table of verdicts: "a code that was spent here, presented there".
type Grid struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"` // what holds in each cell
	Rows    grid.Axis  `json:"rows"`
	Columns grid.Axis  `json:"columns"`
	Cells   []GridCell `json:"cells"` // row by row, each with all its columns
}

// GridCell is where a row and a column meet.
type GridCell struct {
	Row     string          `json:"row"`
	Column  string          `json:"column"`
	Verdict verdict.Verdict `json:"verdict"` // the worst of its clauses; NOT_APPLICABLE where it has none
	Clauses []string        `json:"clauses"`
	Excuse  string          `json:"excuse,omitempty"` // why no clause judges it
}

// elsewhere is the excuse of a cell whose clauses belong to other profiles.
const elsewhere = "No clause of this profile judges it."

// Grids puts the verdicts of a run into the grids of its exchange.
func Grids(list grid.List, entries []Entry) []Grid {
	var grids []Grid
	for _, g := range list {
		filled := Grid{ID: g.ID, Title: g.Title, Rows: g.Rows, Columns: g.Columns, Cells: []GridCell{}}
		for _, row := range g.Rows.Names {
			for _, column := range g.Columns.Names {
				filled.Cells = append(filled.Cells, cellOf(row, column, g.Cells[row][column], entries))
			}
		}
		grids = append(grids, filled)
	}
	return grids
}

func cellOf(row, column string, cell grid.Cell, entries []Entry) GridCell {
	filled := GridCell{Row: row, Column: column, Verdict: verdict.NOT_APPLICABLE, Clauses: []string{}, Excuse: cell.Excuse}
	worst := len(verdict.All())
	for _, e := range entries {
		if !cell.Has(e.ID) {
			continue
		}
		filled.Clauses = append(filled.Clauses, e.ID)
		if weight := slices.Index(verdict.All(), e.Verdict); weight < worst {
			worst, filled.Verdict = weight, e.Verdict
		}
	}
	if len(filled.Clauses) == 0 && filled.Excuse == "" {
		filled.Excuse = elsewhere
	}
	return filled
}
