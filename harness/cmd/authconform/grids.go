package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"authconform/harness/clause"
	"authconform/harness/grid"
	"authconform/harness/verdict"
	"authconform/reports"
)

// printGrids draws grids with how many clauses each cell has, and lists below each of
// them what the cells hold.
func printGrids(w io.Writer, list grid.List, clauses []clause.Info) {
	entries := make([]reports.Entry, 0, len(clauses))
	for _, c := range clauses {
		entries = append(entries, reports.Entry{ID: c.ID, Verdict: verdict.PASS})
	}
	for _, g := range reports.Grids(list, entries) {
		fmt.Fprintf(w, "\n%s: %s\n\n", g.ID, g.Title)
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintf(table, "%s \\ %s\t%s\n", g.Rows.Are, g.Columns.Are, strings.Join(g.Columns.Names, "\t"))
		for i, row := range g.Rows.Names {
			line := []string{row}
			for _, cell := range g.Cells[i*len(g.Columns.Names) : (i+1)*len(g.Columns.Names)] {
				line = append(line, inCell(cell))
			}
			fmt.Fprintln(table, strings.Join(line, "\t"))
		}
		_ = table.Flush() // to a writer whose errors show nowhere else either
		fmt.Fprintln(w)
		for _, cell := range g.Cells {
			what := cell.Excuse
			if len(cell.Clauses) > 0 {
				what = strings.Join(cell.Clauses, ", ")
			}
			fmt.Fprintf(w, "  %s, %s: %s\n", cell.Row, cell.Column, what)
		}
	}
}

// inCell is how many clauses judge a cell.
func inCell(cell reports.GridCell) string {
	switch n := len(cell.Clauses); n {
	case 0:
		return "-"
	case 1:
		return "1 clause"
	default:
		return fmt.Sprintf("%d clauses", n)
	}
}
