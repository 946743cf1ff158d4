// Package page writes index.html: what one run says, in one file that needs no
// network, for the people who have to act on it. Causes come first, then a heat map of
// operations and levels, grids of what is tried where, what bears on which requirement of
// a standard, and every clause with its source, its failure and its calls.
//
// Whatever a target may have had a hand in reaches the page as JSON, and the screen as
// text: the policy of the page allows its own style and script, by their hashes, and
// nothing else.
package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"time"

	"authconform/harness/journal"
	"authconform/harness/source"
	"authconform/harness/standard"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
)

// Run is what the page shows of one exchange.
type Run struct {
	Report *reports.Report
	// References say which clauses bear on which requirement of a standard; nil shows none.
	References *standard.References
	// Call finds a call by the process that made it and its id.
	Call func(process int, id string) (journal.Call, bool, error)
	// Passage finds what a reference of a source points to.
	Passage func(reference string) (source.Passage, error)
}

// Head is what a run comes to over all its exchanges.
type Head struct {
	ExitCode          int
	Meaning           string
	Started, Finished time.Time
	Findings          []journal.Finding // of no one exchange
	Lost              string            // why it is no whole run
	// Changes are what differs from an earlier run; nil where none is compared with.
	Changes *compare.Difference
}

var (
	//go:embed page.html
	markup string
	//go:embed page.css
	style string
	//go:embed page.js
	script string

	tmpl = template.Must(template.New(reports.PageFile).Parse(markup))
)

// policy allows the page's own style and script and nothing else.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(style), hash(script))
}

// view is what the template shows; the script shows the rest from Data.
type view struct {
	Policy, Title, Version, Promises, RunID, Started, Took string
	Verdict, Class, Subject, Meaning                       string
	ExitCode                                               int
	Runs                                                   []runView
	CausesLine                                             string
	Causes                                                 []causeView
	Levels                                                 []string
	Heat                                                   []heatRow
	Notices                                                []notice
	Changes                                                *changesView
	Grids, Standards                                       []title
	Scope                                                  string
	Style                                                  template.CSS
	Script, Data                                           template.JS
}

type runView struct {
	Exchange, Profile, Target, Class string
	Baseline                         string // how many sentences hold
	Sentences                        []sentenceList
	ExitCode                         int
	Counts                           []count
}

// title heads what the script draws when it is opened.
type title struct {
	Text string
	Bad  int // how much of it is not PASS
}

type count struct {
	Verdict verdict.Verdict
	N       int
}

// Write writes the page.
func Write(w io.Writer, head Head, runs []Run) error {
	first := runs[0].Report
	data, err := collect(runs)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	text, err := data.encode()
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	word, class := said(head.ExitCode)
	v := view{
		Policy: policy(), Version: first.Tool.Version, Promises: reports.Promises(first), RunID: first.RunID,
		Started: head.Started.Format("2006-01-02 15:04 MST"),
		Took:    head.Finished.Sub(head.Started).Round(time.Second).String(), Verdict: word, Class: class, Subject: subject(runs),
		Meaning: head.Meaning, ExitCode: head.ExitCode, CausesLine: reports.CausesLine(all(runs)...), Causes: causes(runs),
		Levels: levels, Heat: heat(runs), Notices: notices(head, runs), Changes: changes(head.Changes),
		Scope: standard.Scope,
		// Our own files, and JSON in which every angle bracket is escaped.
		Style: template.CSS(style), Script: template.JS(script), Data: template.JS(text),
	}
	for _, g := range data.Grids {
		v.Grids = append(v.Grids, title{g.Title, g.Bad})
	}
	for _, s := range data.Standards {
		v.Standards = append(v.Standards, title{s.Title, 0})
	}
	v.Title = fmt.Sprintf("%s: %s", v.Subject, word)
	for _, r := range all(runs) {
		_, class := said(r.ExitCode)
		v.Runs = append(v.Runs, runView{
			Exchange: r.Exchange, Profile: r.Profile, Target: r.Target, Class: class, ExitCode: r.ExitCode,
			Counts: counts(r.Counts), Baseline: fmt.Sprintf("%d of %d hold", r.Baseline.Hold, r.Baseline.Total()),
			Sentences: sentences(r.Baseline, len(runs)),
		})
	}
	return tmpl.Execute(w, v)
}

func all(runs []Run) []*reports.Report {
	var out []*reports.Report
	for _, r := range runs {
		out = append(out, r.Report)
	}
	return out
}

func said(exit int) (word, class string) {
	switch exit {
	case verdict.ExitConformant:
		return "conformant", "good"
	case verdict.ExitNotConformant:
		return "not conformant", "bad"
	}
	return "incomplete", "warn"
}

func subject(runs []Run) string {
	if len(runs) > 1 {
		return fmt.Sprintf("%d exchanges", len(runs))
	}
	r := runs[0].Report
	return fmt.Sprintf("%s, profile %s", r.Exchange, r.Profile)
}

// counts are the verdicts that occur, the worst first.
func counts(of map[verdict.Verdict]int) []count {
	var out []count
	for _, v := range verdict.All() {
		if of[v] > 0 {
			out = append(out, count{v, of[v]})
		}
	}
	return out
}
