package page

import (
	info "authconform/harness/clause"
	"authconform/harness/standard"
	"authconform/harness/verdict"
)

// grid is a table of what is tried where. The script draws it when it is opened.
type grid struct {
	Title   string     `json:"title"`
	Bad     int        `json:"bad"` // cells that are neither PASS nor excused
	Are     [2]string  `json:"are"` // what rows and columns are
	Columns []string   `json:"columns"`
	Rows    []gridLine `json:"rows"`
}

type gridLine struct {
	Name  string `json:"name"`
	Cells []cell `json:"cells"`
}

// cell holds the clauses of a place in a table, or why there are none.
type cell struct {
	Clauses []int  `json:"c,omitempty"` // indices of Clauses
	Excuse  string `json:"e,omitempty"`
}

// places are the indices of clauses in the data, by id.
func (d *data) places() map[string]int {
	at := make(map[string]int, len(d.Clauses))
	for i, c := range d.Clauses {
		at[c.ID] = i
	}
	return at
}

// grids lays out those of all exchanges.
func (d *data) grids(runs []Run) {
	at := d.places()
	for _, r := range all(runs) {
		for _, g := range r.Grids {
			shown := grid{Title: g.Title, Are: [2]string{g.Rows.Are, g.Columns.Are}, Columns: g.Columns.Names}
			if len(runs) > 1 {
				shown.Title = r.Exchange + ": " + g.Title
			}
			for i, name := range g.Rows.Names {
				line := gridLine{Name: name}
				for _, c := range g.Cells[i*len(g.Columns.Names) : (i+1)*len(g.Columns.Names)] {
					line.Cells = append(line.Cells, cell{indices(at, c.Clauses), c.Excuse})
					if c.Verdict != verdict.PASS && c.Verdict != verdict.NOT_APPLICABLE {
						shown.Bad++
					}
				}
				shown.Rows = append(shown.Rows, line)
			}
			d.Grids = append(d.Grids, shown)
		}
	}
}

func indices(at map[string]int, ids []string) (out []int) {
	for _, id := range ids {
		if i, known := at[id]; known {
			out = append(out, i)
		}
	}
	return out
}

// standardView is a standard, requirement by requirement.
type standardView struct {
	Title        string        `json:"title"`
	URL          string        `json:"url"`
	Requirements []requirement `json:"requirements"`
}

type requirement struct {
	ID    string `json:"id"` // as sources cite it
	Level string `json:"level"`
	Name  string `json:"name"`
	Cells []cell `json:"cells"` // one for each exchange
}

// standards lays out which clauses bear on which requirement.
func (d *data) standards(runs []Run) {
	at := d.places()
	for x, r := range runs {
		if r.References == nil {
			continue
		}
		var clauses []info.Info
		for _, e := range r.Report.Verdicts {
			clauses = append(clauses, info.Info{ID: e.ID, Source: e.Source, Baseline: e.Baseline})
		}
		for i, s := range r.References.Standards() {
			if i == len(d.Standards) {
				d.Standards = append(d.Standards, viewOf(s, len(runs)))
			}
			for j, row := range r.References.Rows(s, clauses) {
				d.Standards[i].Requirements[j].Cells[x] = cell{indices(at, row.Clauses), row.Gap}
			}
		}
	}
}

func viewOf(s *standard.Standard, runs int) standardView {
	v := standardView{Title: s.Title, URL: s.URL}
	for _, r := range s.Requirements {
		v.Requirements = append(v.Requirements, requirement{s.Cited(r), s.LevelOf(r), r.Name, make([]cell, runs)})
	}
	return v
}
