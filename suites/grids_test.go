package suites_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"authconform/harness/clause"
	"authconform/harness/runner"
	"authconform/suites"
)

// TestGridsNameClauses: each glob in a cell of a grid matches a clause, and a cell without one
// says why.
func TestGridsNameClauses(t *testing.T) {
	for _, st := range suites.All() {
		c, err := runner.Contract(st.Exchange)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Grids) < 5 {
			t.Errorf("%s has %d grids only", st.Exchange, len(c.Grids))
		}
		all := clauses(t, st)
		for _, g := range c.Grids {
			for row, cells := range g.Cells {
				for column, cell := range cells {
					if len(cell.Clauses) == 0 && (len(cell.Excuse) < 10 || strings.Contains(cell.Excuse, "judges it yet")) {
						t.Errorf("%s, grid %s, row %q, column %q: neither a clause nor a reason that lasts: %q", st.Exchange, g.ID, row, column, cell.Excuse)
					}
					for _, glob := range cell.Clauses {
						if !slices.ContainsFunc(all, func(c clause.Info) bool { ok, _ := path.Match(glob, c.ID); return ok }) {
							t.Errorf("%s, grid %s, row %q, column %q: %q matches no clause", st.Exchange, g.ID, row, column, glob)
						}
					}
				}
			}
		}
	}
}
