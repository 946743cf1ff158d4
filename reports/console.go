package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// ConsoleOptions fit the console report to a terminal.
type ConsoleOptions struct {
	Color bool // ANSI colours; the caller heeds NO_COLOR
	Width int  // columns; 0 is 100
}

// Console prints the table of operations and outcomes with their verdicts, then
// each cause with one failure in full, the largest first, then the lines with the
// counts and what the exit code means. Rows that were not part of the run are left
// out and counted.
func Console(w io.Writer, r *Report, o ConsoleOptions) error {
	p := newPrinter(o)
	p.line(fmt.Sprintf("%s (%s %s, run %s)", subject(r), r.Tool.Name, r.Tool.Version, r.RunID))
	p.table([]*Report{r})
	p.details("", r)
	p.findings(r.Findings)
	p.baseline("", r)
	p.causes(r)
	p.verdict(r.Counts, r.ExitCode, r.Meaning)
	_, err := w.Write(p.b.Bytes())
	return err
}

// ConsoleSeveral is Console for a run over several exchanges: one table, grouped
// by exchange, the failures of each in full, and one line over all.
func ConsoleSeveral(w io.Writer, s *Several, o ConsoleOptions) error {
	p := newPrinter(o)
	p.line(fmt.Sprintf("%d exchanges: %s (%s %s, run %s)", len(s.Runs), strings.Join(s.exchanges(), ", "), s.Tool.Name, s.Tool.Version,
		s.RunID))
	p.table(s.Runs)
	for _, r := range s.Runs {
		p.details(r.Exchange+", ", r)
	}
	for _, r := range s.Runs {
		p.findings(r.Findings)
		p.baseline(r.Exchange+", ", r)
	}
	p.findings(s.Findings)
	p.causes(s.Runs...)
	p.verdict(s.Counts, s.ExitCode, s.Meaning)
	_, err := w.Write(p.b.Bytes())
	return err
}

func subject(r *Report) string {
	return fmt.Sprintf("%s, profile %s, at %s", r.Exchange, r.Profile, r.Target)
}

type printer struct {
	o ConsoleOptions
	b bytes.Buffer
}

func newPrinter(o ConsoleOptions) *printer {
	if o.Width <= 0 {
		o.Width = 100
	}
	o.Width = max(o.Width, 40)
	return &printer{o: o}
}

func (p *printer) line(text string) {
	fmt.Fprintln(&p.b, wrap(visible(text), p.o.Width, "  "))
}

// mostIDs is how many clauses of a cause the console names; the report names all.
const mostIDs = 20

func (p *printer) details(prefix string, r *Report) {
	reasons, ids := accepted(r)
	for _, reason := range reasons {
		fmt.Fprintf(&p.b, "\n%s %s: %s\n", p.paint(verdict.KNOWN, "KNOWN"), plural(len(ids[reason]), "clause", "clauses"), visible(reason))
		p.ids(ids[reason])
	}
	for i, c := range r.Causes {
		p.cause(fmt.Sprintf("%scause %d of %d", prefix, i+1, len(r.Causes)), c, r)
	}
}

func (p *printer) cause(heading string, c Cause, r *Report) {
	fmt.Fprintf(&p.b, "\n%s\n", wrap(visible(heading)+", "+p.counts(c.Counts)+": "+c.Title, p.o.Width, "  "))
	if waits := c.Waits(); waits != "" {
		fmt.Fprintf(&p.b, "  %s\n", visible(waits))
	}
	e := r.entry(c.Example)
	fmt.Fprintf(&p.b, "  %s %s (%s)\n", p.paint(e.Verdict, string(e.Verdict)), visible(e.ID), e.Level)
	for _, line := range strings.Split(strings.TrimRight(explain(e), "\n"), "\n") {
		fmt.Fprintf(&p.b, "    %s\n", line)
	}
	if len(c.Clauses) > 1 {
		p.ids(c.Clauses)
	}
}

func (p *printer) ids(ids []string) {
	more := ""
	if n := len(ids) - mostIDs; n > 0 {
		ids, more = ids[:mostIDs], fmt.Sprintf(" and %d more, see %s", n, SummaryFile)
	}
	fmt.Fprintf(&p.b, "  %s\n", wrap(visible("clauses: "+strings.Join(ids, ", ")+more), p.o.Width, "    "))
}

// causes prints how many causes there are.
func (p *printer) causes(runs ...*Report) {
	if text := CausesLine(runs...); text != "" {
		fmt.Fprintf(&p.b, "\n%s\n", text)
	}
}

func (p *printer) verdict(counts map[verdict.Verdict]int, exit int, meaning string) {
	fmt.Fprintf(&p.b, "\n%s\n", wrap(fmt.Sprintf("%s — exit %d, %s", p.counts(counts), exit, meaning), p.o.Width, "  "))
}

// findings prints what was noticed beside the clauses.
func (p *printer) findings(list []journal.Finding) {
	for _, f := range list {
		fmt.Fprintf(&p.b, "\nFINDING %s\n", wrap(visible(f.String()), p.o.Width, "  "))
	}
}

// baseline prints the line on the security baseline.
func (p *printer) baseline(prefix string, r *Report) {
	for i, line := range r.baselineLines() {
		if i == 0 {
			line = "\n" + visible(prefix+line)
		} else {
			line = visible(line)
		}
		fmt.Fprintf(&p.b, "%s\n", wrap(line, p.o.Width, "  "))
	}
}

// table prints one table. The rows of several reports stand under a line each
// that names the exchange.
func (p *printer) table(runs []*Report) {
	left := 0
	operation, outcome := len("OPERATION"), len("OUTCOME")
	for _, r := range runs {
		for _, x := range table(r) {
			operation = max(operation, utf8.RuneCountInString(visible(x.operation)))
			outcome = max(outcome, utf8.RuneCountInString(visible(x.outcome)))
		}
	}
	// At least 16 columns stay for the verdicts.
	operation = min(operation, max(12, (p.o.Width-20)/2))
	outcome = min(outcome, max(12, p.o.Width-20-operation))
	line := func(a, b, verdicts string) {
		fmt.Fprintf(&p.b, "%s  %s  %s\n", pad(shorten(a, operation), operation), pad(shorten(b, outcome), outcome), verdicts)
	}
	p.b.WriteString("\n")
	line("OPERATION", "OUTCOME", "VERDICTS")
	for _, r := range runs {
		if len(runs) > 1 {
			fmt.Fprintf(&p.b, "\n%s: exit %d, %s\n", visible(subject(r)), r.ExitCode, p.counts(r.Counts))
		}
		last := "\x00" // no operation has this name
		for _, x := range table(r) {
			if x.filteredOut() {
				left++
				continue
			}
			name := visible(x.operation)
			if x.operation == last {
				name = ""
			}
			last = x.operation
			line(name, visible(x.outcome), p.counts(x.counts))
		}
	}
	if left > 0 {
		fmt.Fprintf(&p.b, "(%d rows filtered out)\n", left)
	}
}

func (p *printer) counts(counts map[verdict.Verdict]int) string {
	text := countsLine(counts)
	if !p.o.Color {
		return text
	}
	parts := strings.Split(text, ", ")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, " ")
		parts[i] = p.paint(verdict.Verdict(name), part)
	}
	return strings.Join(parts, ", ")
}

// paint colours a text as its verdict: red for what is red in every run,
// yellow for what a reader should look at, green for what holds.
func (p *printer) paint(v verdict.Verdict, text string) string {
	if !p.o.Color {
		return text
	}
	color := "2" // faint
	switch v {
	case verdict.FAIL, verdict.STALE, verdict.ERROR, verdict.UNTESTABLE, verdict.NOT_RUN:
		color = "31"
	case verdict.WARN, verdict.KNOWN:
		color = "33"
	case verdict.PASS:
		color = "32"
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}
