package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"authconform/harness/verdict"
)

// ConsoleOptions fit the console report to a terminal.
type ConsoleOptions struct {
	Color bool // ANSI colours; the caller heeds NO_COLOR
	Width int  // columns; 0 is 100
}

// Console prints the table of operations and outcomes with their verdicts,
// then each failure in full, then one line with the counts and what the exit
// code means. Rows that were not part of the run are left out and counted.
func Console(w io.Writer, r *Report, o ConsoleOptions) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	o.Width = max(o.Width, 40)
	p := &printer{o: o}
	fmt.Fprintln(&p.b, wrap(visible(fmt.Sprintf("%s, profile %s, at %s (%s %s, run %s)",
		r.Exchange, r.Profile, r.Target, r.Tool.Name, r.Tool.Version, r.RunID)), o.Width, "  "))
	p.table(r)
	for _, e := range explained(r) {
		p.entry(e)
	}
	p.notRun(r)
	fmt.Fprintf(&p.b, "\n%s\n", wrap(fmt.Sprintf("%s — exit %d, %s", p.counts(r.Counts), r.ExitCode, r.Meaning), o.Width, "  "))
	_, err := w.Write(p.b.Bytes())
	return err
}

type printer struct {
	o ConsoleOptions
	b bytes.Buffer
}

func (p *printer) table(r *Report) {
	rows, left := table(r), 0
	operation, outcome := len("OPERATION"), len("OUTCOME")
	for _, x := range rows {
		operation = max(operation, utf8.RuneCountInString(visible(x.operation)))
		outcome = max(outcome, utf8.RuneCountInString(visible(x.outcome)))
	}
	// At least 16 columns stay for the verdicts.
	operation = min(operation, max(12, (p.o.Width-20)/2))
	outcome = min(outcome, max(12, p.o.Width-20-operation))
	line := func(a, b, verdicts string) {
		fmt.Fprintf(&p.b, "%s  %s  %s\n", pad(shorten(a, operation), operation), pad(shorten(b, outcome), outcome), verdicts)
	}
	p.b.WriteString("\n")
	line("OPERATION", "OUTCOME", "VERDICTS")
	last := "\x00" // no operation has this name
	for _, x := range rows {
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
	if left > 0 {
		fmt.Fprintf(&p.b, "(%d rows filtered out)\n", left)
	}
}

func (p *printer) entry(e Entry) {
	fmt.Fprintf(&p.b, "\n%s %s (%s)\n", p.paint(e.Verdict, string(e.Verdict)), visible(e.ID), e.Level)
	for _, line := range strings.Split(strings.TrimRight(explain(e), "\n"), "\n") {
		fmt.Fprintf(&p.b, "  %s\n", line)
	}
}

func (p *printer) notRun(r *Report) {
	reasons, ids := notRun(r)
	for _, reason := range reasons {
		fmt.Fprintf(&p.b, "\n%s %d clauses: %s\n", p.paint(verdict.NOT_RUN, "NOT_RUN"), len(ids[reason]), visible(reason))
		fmt.Fprintf(&p.b, "  %s\n", wrap(visible(strings.Join(ids[reason], ", ")), p.o.Width, "  "))
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
