package page

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"authconform/harness/verdict"
	"authconform/reports"
)

type causeView struct {
	Anchor, Title, Waits string
	Index, Size, Width   int
	Counts               []count
}

// anchor is the id of a cause on the page; two exchanges may share a cause.
func anchor(exchange string, c reports.Cause) string { return exchange + "-" + c.ID }

// causes lists those of all exchanges, the largest first. Index is the place in the
// data, where they stand exchange by exchange.
func causes(runs []Run) []causeView {
	var out []causeView
	for _, r := range all(runs) {
		for _, c := range r.Causes {
			title := c.Title
			if len(runs) > 1 {
				title = r.Exchange + ": " + title
			}
			out = append(out, causeView{
				Anchor: anchor(r.Exchange, c), Title: title, Waits: c.Waits(), Index: len(out), Size: len(c.Clauses), Counts: counts(c.Counts),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b causeView) int { return b.Size - a.Size })
	for i := range out {
		out[i].Width = 1 + 5*out[i].Size/out[0].Size
	}
	return out
}

var levels = []string{string(verdict.MUST), string(verdict.SHOULD), string(verdict.INFO)}

type heatRow struct {
	Name, Request string
	Cells         []heatCell
}

type heatCell struct {
	Run, Operation, Level, Class string
	Bad, All                     int
}

// heat counts, by operation and level, the clauses that were asked and those of them
// that are not PASS.
func heat(runs []Run) []heatRow {
	var rows []heatRow
	for _, r := range all(runs) {
		at := map[string]int{}
		for _, e := range r.Verdicts {
			if e.Verdict == verdict.FILTERED || e.Verdict == verdict.NOT_APPLICABLE {
				continue
			}
			name := cmp.Or(e.Operation, "-")
			i, known := at[name]
			if !known {
				i, at[name] = len(rows), len(rows)
				rows = append(rows, heatRow{Name: name, Request: strings.TrimSpace(e.Method + " " + e.Path), Cells: make([]heatCell, len(levels))})
				if len(runs) > 1 {
					rows[i].Name = r.Exchange + " " + name
				}
			}
			cell := &rows[i].Cells[max(0, slices.Index(levels, string(e.Level)))]
			cell.Run, cell.Operation, cell.Level = r.Exchange, name, string(e.Level)
			cell.add(e.Verdict)
		}
	}
	return rows
}

func (c *heatCell) add(v verdict.Verdict) {
	c.All++
	if v != verdict.PASS {
		c.Bad++
	}
	class := "warn"
	switch v {
	case verdict.FAIL, verdict.STALE:
		class = "bad"
	case verdict.PASS:
		class = "good"
	}
	order := []string{"", "good", "warn", "bad"}
	c.Class = order[max(slices.Index(order, c.Class), slices.Index(order, class))]
}

type gridView struct {
	Name    string
	Worst   verdict.Verdict
	Trials  int
	Columns []string
	Rows    []gridRow
}

type gridRow struct {
	Name  string
	Cells [][]gridCell
}

type gridCell struct {
	ID, Sign string
	Verdict  verdict.Verdict
}

// signs stand beside the colour, so that no grid needs colours to be read.
var signs = map[verdict.Verdict]string{
	verdict.PASS: "✓", verdict.FAIL: "✗", verdict.STALE: "✗", verdict.WARN: "!", verdict.KNOWN: "k", verdict.ERROR: "E",
	verdict.UNTESTABLE: "?", verdict.NOT_RUN: "…",
}

// widest is how many columns a grid may have and still be read.
const widest = 60

// grids lay out what the families of suites/family try alike at several operations:
// spending and replaying codes, carriers of a credential, tokens, limits. Each file of
// a family is a grid, and the last part of a clause's id a column.
func grids(runs []Run) []gridView {
	var out []gridView
	for _, r := range all(runs) {
		var families []string
		of := map[string][]reports.Entry{}
		for _, e := range r.Verdicts {
			if path.Dir(e.File) != "suites/family" || signs[e.Verdict] == "" {
				continue
			}
			name := strings.TrimSuffix(path.Base(e.File), ".go")
			if of[name] == nil {
				families = append(families, name)
			}
			of[name] = append(of[name], e)
		}
		slices.Sort(families)
		for _, name := range families {
			g := gridOf(of[name])
			g.Name = name
			if len(runs) > 1 {
				g.Name = fmt.Sprintf("%s, %s", r.Exchange, name)
			}
			if len(g.Columns) > 1 && len(g.Columns) <= widest {
				out = append(out, g)
			}
		}
	}
	return out
}

func gridOf(entries []reports.Entry) gridView {
	g := gridView{Trials: len(entries), Worst: verdict.PASS}
	rows := map[string]int{}
	for _, e := range entries {
		trial := e.ID[strings.LastIndex(e.ID, ".")+1:]
		if !slices.Contains(g.Columns, trial) {
			g.Columns = append(g.Columns, trial)
		}
		if _, known := rows[e.Operation]; !known {
			rows[e.Operation] = len(g.Rows)
			g.Rows = append(g.Rows, gridRow{Name: e.Operation})
		}
		if slices.Index(verdict.All(), e.Verdict) < slices.Index(verdict.All(), g.Worst) {
			g.Worst = e.Verdict
		}
	}
	for i := range g.Rows {
		g.Rows[i].Cells = make([][]gridCell, len(g.Columns))
	}
	for _, e := range entries {
		column := slices.Index(g.Columns, e.ID[strings.LastIndex(e.ID, ".")+1:])
		cells := g.Rows[rows[e.Operation]].Cells
		cells[column] = append(cells[column], gridCell{e.ID, signs[e.Verdict], e.Verdict})
	}
	return g
}
