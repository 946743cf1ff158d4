package reports

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
)

// summaryLimit keeps a summary below what GitHub takes for a step (1 MiB) and shows
// in a comment's place, in bytes, whatever a target answers.
const summaryLimit = 1_000_000

// What the summary shows of one cause, so that none can take the room of all: a
// request that tries an oversized body is as long as that.
const (
	longestLine    = 2_000  // runes
	longestExample = 20_000 // runes
	mostListed     = 200    // ids
)

// Summary writes the report for a pull request or a CI page, in GitHub
// Flavored Markdown, causes first. What a target may have had a hand in stands in
// code blocks only, so that it can neither format nor link anything, and so that
// the leak scan sees it as it is. It is less than a million bytes long: what does
// not fit is counted, and stands in report.json.
func Summary(w io.Writer, r *Report) error {
	b := &bounded{left: summaryLimit}
	summarySection(b, r, "#")
	_, err := w.Write(b.Bytes())
	return err
}

// SummarySeveral writes what a run over several exchanges comes to, and then the
// summary of each as a section, each with its share of the room.
func SummarySeveral(w io.Writer, s *Several) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %d exchanges: %s\n\n**Exit code %d**: %s\n\n", len(s.Runs), status(s.ExitCode), s.ExitCode, s.Meaning)
	if text := CausesLine(s.Runs...); text != "" {
		fmt.Fprintf(&b, "%s\n\n", text)
	}
	b.WriteString("| Exchange | Profile | Exit code | Causes | Verdicts |\n|---|---|---:|---:|---|\n")
	for _, r := range s.Runs {
		fmt.Fprintf(&b, "| %s | %s | %d | %d | %s |\n", plain.Cell(r.Exchange), plain.Cell(r.Profile), r.ExitCode, len(r.Causes),
			countsLine(r.Counts))
	}
	fmt.Fprintf(&b, "| all | | %d | | %s |\n", s.ExitCode, countsLine(s.Counts))
	for _, f := range s.Findings {
		fmt.Fprintf(&b, "\nFinding:\n\n%s", plain.Fence(f.String()))
	}
	share := (summaryLimit - b.Len()) / len(s.Runs)
	for _, r := range s.Runs {
		section := &bounded{left: share}
		section.WriteString("\n")
		summarySection(section, r, "##")
		b.Write(section.Bytes())
	}
	_, err := w.Write(b.Bytes())
	return err
}

// bounded is a text that takes no more than what it has room for.
type bounded struct {
	bytes.Buffer
	left    int // bytes
	dropped int // blocks that did not fit
}

// block takes a whole block, or counts it where it does not fit beside what always
// stands in a section: its run, its counts, and what did not fit.
func (b *bounded) block(text string) {
	const always = 8_000
	if b.Len()+len(text) > b.left-always {
		b.dropped++
		return
	}
	b.WriteString(text)
}

// summarySection writes one report under a heading of the given depth.
func summarySection(b *bounded, r *Report, heading string) {
	fmt.Fprintf(b, "%s %s: %s\n\n", heading, r.Exchange, status(r.ExitCode))
	fmt.Fprintf(b, "**Exit code %d**: %s\n\n", r.ExitCode, r.Meaning)
	for _, text := range r.baselineLines() {
		fmt.Fprintf(b, "%s\n\n", strings.ToUpper(text[:1])+text[1:])
	}
	summaryFindings(b, r.Findings)
	heading += "#"
	summaryCauses(b, r, heading)
	summaryMetadata(b, r)
	summaryCounts(b, r, heading)
	summaryTable(b, r, heading)
	summaryKnown(b, r, heading)
	if b.dropped > 0 {
		fmt.Fprintf(b, "\n%s did not fit in here: see report.json or index.html.\n", plural(b.dropped, "block", "blocks"))
	}
}

func summaryFindings(b *bounded, findings []journal.Finding) {
	for _, f := range findings {
		b.block(fmt.Sprintf("Finding:\n\n%s\n", plain.Fence(f.String())))
	}
}

// summaryCauses writes the list of causes, then each in full.
func summaryCauses(b *bounded, r *Report, heading string) {
	if len(r.Causes) == 0 {
		return
	}
	fmt.Fprintf(b, "%s %s\n\n", heading, CausesLine(r))
	for i, c := range r.Causes {
		if b.dropped > 0 {
			b.dropped += len(r.Causes) - i
			break
		}
		var cause bytes.Buffer
		fmt.Fprintf(&cause, "%d. %s: %s\n", i+1, countsLine(c.Counts), plain.Span(c.Title))
		if waits := c.Waits(); waits != "" {
			fmt.Fprintf(&cause, "   %s\n", visible(waits))
		}
		e := r.entry(c.Example)
		fmt.Fprintf(&cause, "\n<details><summary>%s %s <code>%s</code></summary>\n\n%s\n</details>\n",
			e.Verdict, e.Level, html.EscapeString(visible(e.ID)), plain.Fence(shorten(shortLines(explain(e)), longestExample)))
		if len(c.Clauses) > 1 {
			ids := strings.Join(c.Clauses[:min(len(c.Clauses), mostListed)], "\n")
			if n := len(c.Clauses) - mostListed; n > 0 {
				ids += fmt.Sprintf("\nand %d more in %s", n, JSONFile)
			}
			fmt.Fprintf(&cause, "<details><summary>%d clauses</summary>\n\n%s\n</details>\n", len(c.Clauses), plain.Fence(ids))
		}
		b.block(cause.String() + "\n")
	}
}

// shortLines cuts the lines that no reader would scroll through.
func shortLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = shorten(line, longestLine)
	}
	return strings.Join(lines, "\n")
}

func status(code int) string {
	switch code {
	case verdict.ExitConformant:
		return "conformant"
	case verdict.ExitNotConformant:
		return "not conformant"
	}
	return "incomplete"
}

func summaryMetadata(b *bounded, r *Report) {
	b.WriteString("| | |\n|---|---|\n")
	for _, pair := range [][2]string{
		{"Target", r.Target},
		{"Profile", r.Profile},
		{"Promises", Promises(r)},
		{"Started", r.Started.Format(time.RFC3339)},
		{"Took", r.took().Round(time.Millisecond).String()},
		{"Run", r.RunID},
		{"Tool", r.Tool.Name + " " + r.Tool.Version},
		{"Strict", fmt.Sprint(r.Strict)},
		{"Processes", fmt.Sprint(r.Procs)},
		{"Seed", fmt.Sprint(r.Seed)},
	} {
		fmt.Fprintf(b, "| %s | %s |\n", pair[0], plain.Cell(pair[1]))
	}
}

// Promises names the version of the contract and the clause list that a run judged by.
func Promises(r *Report) string {
	if r.Promises == 0 {
		return "version not recorded"
	}
	return fmt.Sprintf("version %d", r.Promises)
}

func summaryCounts(b *bounded, r *Report, heading string) {
	fmt.Fprintf(b, "\n%s Counts\n\n| Verdict | Clauses |\n|---|---:|\n", heading)
	for _, v := range verdict.All() {
		if n := r.Counts[v]; n > 0 {
			fmt.Fprintf(b, "| %s | %d |\n", v, n)
		}
	}
}

func summaryTable(b *bounded, r *Report, heading string) {
	fmt.Fprintf(b, "\n%s Operations and outcomes\n\n| Operation | Request | Outcome | Verdicts |\n|---|---|---|---|\n", heading)
	for _, x := range table(r) {
		b.block(fmt.Sprintf("| %s | %s | %s | %s |\n", plain.Cell(x.operation), plain.Cell(x.request), plain.Cell(x.outcome),
			countsLine(x.counts)))
	}
}

func summaryKnown(b *bounded, r *Report, heading string) {
	reasons, ids := accepted(r)
	if len(reasons) > 0 {
		fmt.Fprintf(b, "\n%s Accepted\n", heading)
	}
	for _, reason := range reasons {
		b.block(fmt.Sprintf("\n%s\n", plain.Fence(reason+"\n"+strings.Join(ids[reason], "\n"))))
	}
}
