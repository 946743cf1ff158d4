package page

import (
	"fmt"

	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
)

// mostChanges is how many lines of one list the page shows; `authconform diff` shows all.
const mostChanges = 400

// changesView is what differs from an earlier run.
type changesView struct {
	Meaning, Class string
	ExitCode       int
	Exchanges      []changedExchange
}

type changedExchange struct {
	Exchange, Old, New string
	Groups             []changedGroup
}

type changedGroup struct {
	Heading string
	N, More int
	Changes []change
}

// change is one line: a clause with both its verdicts, or an answer with what it has
// become.
type change struct {
	Clause, Level, Text string
	Old, New            verdict.Verdict
	Lines               []string
}

func changes(d *compare.Difference) *changesView {
	if d == nil {
		return nil
	}
	_, class := said(d.ExitCode)
	v := &changesView{Meaning: d.Meaning, Class: class, ExitCode: d.ExitCode}
	for _, x := range d.Exchanges {
		shown := changedExchange{Exchange: x.Exchange, Old: x.Old.String(), New: x.New.String()}
		for _, g := range x.Groups() {
			shown.add(g.Heading, len(g.Changes), func(i int) change {
				c := g.Changes[i]
				return change{Clause: c.Clause, Level: string(c.Level), Text: reports.Visible(c.Text), Old: c.Old, New: c.New, Lines: lines(c.Lines())}
			})
		}
		shown.add("Changed answers", len(x.Calls), func(i int) change {
			c := x.Calls[i]
			return change{Text: fmt.Sprintf("%s, status %d", c.Operation, c.Status), Lines: lines(c.Lines())}
		})
		v.Exchanges = append(v.Exchanges, shown)
	}
	return v
}

func (x *changedExchange) add(heading string, n int, at func(int) change) {
	if n == 0 {
		return
	}
	g := changedGroup{Heading: heading, N: n, More: max(0, n-mostChanges)}
	for i := range n - g.More {
		g.Changes = append(g.Changes, at(i))
	}
	x.Groups = append(x.Groups, g)
}

func lines(texts []string) (out []string) {
	for _, text := range texts {
		out = append(out, reports.Visible(shorten(text, longestPassage)))
	}
	return out
}
