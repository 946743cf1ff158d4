package page

import (
	"cmp"
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

// sentenceList is what of the security baseline does not simply hold.
type sentenceList struct {
	Label, Class string
	IDs          []string
	Few          bool // so that they need not be folded
}

func sentences(t reports.BaselineTally, runs int) []sentenceList {
	const few = 4
	lists := []sentenceList{{Label: "BROKEN", Class: "bad", IDs: t.Broken}, {Label: "KNOWN", Class: "warn", IDs: t.Known},
		{Label: "not judged", Class: "warn", IDs: t.Unjudged}}
	lists = slices.DeleteFunc(lists, func(l sentenceList) bool { return len(l.IDs) == 0 })
	for i := range lists {
		lists[i].Few = runs == 1 && len(lists[i].IDs) <= few
	}
	return lists
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
