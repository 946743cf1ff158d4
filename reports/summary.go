package reports

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"authconform/harness/verdict"
)

// Summary writes the report for a pull request or a CI page, in GitHub
// Flavored Markdown. What a target may have had a hand in stands in code
// blocks only, so that it can neither format nor link anything, and so that
// the leak scan sees it as it is.
func Summary(w io.Writer, r *Report) error {
	var b bytes.Buffer
	summarySection(&b, r, "#")
	_, err := w.Write(b.Bytes())
	return err
}

// SummarySeveral writes what a run over several exchanges comes to, and then the
// summary of each as a section.
func SummarySeveral(w io.Writer, s *Several) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %d exchanges: %s\n\n**Exit code %d**: %s\n\n", len(s.Runs), status(s.ExitCode), s.ExitCode, s.Meaning)
	b.WriteString("| Exchange | Profile | Exit code | Verdicts |\n|---|---|---:|---|\n")
	for _, r := range s.Runs {
		fmt.Fprintf(&b, "| %s | %s | %d | %s |\n", code(r.Exchange), code(r.Profile), r.ExitCode, countsLine(r.Counts))
	}
	fmt.Fprintf(&b, "| all | | %d | %s |\n", s.ExitCode, countsLine(s.Counts))
	for _, r := range s.Runs {
		b.WriteString("\n")
		summarySection(&b, r, "##")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// summarySection writes one report under a heading of the given depth.
func summarySection(b *bytes.Buffer, r *Report, heading string) {
	fmt.Fprintf(b, "%s %s: %s\n\n", heading, r.Exchange, status(r.ExitCode))
	fmt.Fprintf(b, "**Exit code %d**: %s\n\n", r.ExitCode, r.Meaning)
	if text := r.Baseline.String(); text != "" {
		fmt.Fprintf(b, "%s\n\n", strings.ToUpper(text[:1])+text[1:])
	}
	heading += "#"
	summaryMetadata(b, r)
	summaryCounts(b, r, heading)
	summaryTable(b, r, heading)
	summaryDetails(b, r, heading)
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

func summaryMetadata(b *bytes.Buffer, r *Report) {
	b.WriteString("| | |\n|---|---|\n")
	for _, pair := range [][2]string{
		{"Target", r.Target},
		{"Profile", r.Profile},
		{"Started", r.Started.Format(time.RFC3339)},
		{"Took", r.took().Round(time.Millisecond).String()},
		{"Run", r.RunID},
		{"Tool", r.Tool.Name + " " + r.Tool.Version},
		{"Strict", fmt.Sprint(r.Strict)},
		{"Processes", fmt.Sprint(r.Procs)},
		{"Seed", fmt.Sprint(r.Seed)},
	} {
		fmt.Fprintf(b, "| %s | %s |\n", pair[0], code(pair[1]))
	}
}

func summaryCounts(b *bytes.Buffer, r *Report, heading string) {
	fmt.Fprintf(b, "\n%s Counts\n\n| Verdict | Clauses |\n|---|---:|\n", heading)
	for _, v := range verdict.All() {
		if n := r.Counts[v]; n > 0 {
			fmt.Fprintf(b, "| %s | %d |\n", v, n)
		}
	}
}

func summaryTable(b *bytes.Buffer, r *Report, heading string) {
	fmt.Fprintf(b, "\n%s Operations and outcomes\n\n| Operation | Request | Outcome | Verdicts |\n|---|---|---|---|\n", heading)
	for _, x := range table(r) {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", code(x.operation), code(x.request), code(x.outcome), countsLine(x.counts))
	}
}

func summaryDetails(b *bytes.Buffer, r *Report, heading string) {
	if entries := explained(r); len(entries) > 0 {
		fmt.Fprintf(b, "\n%s In full\n", heading)
		for _, e := range entries {
			fmt.Fprintf(b, "\n<details><summary>%s %s <code>%s</code></summary>\n\n%s\n</details>\n",
				e.Verdict, e.Level, html.EscapeString(visible(e.ID)), fence(explain(e)))
		}
	}
	reasons, ids := notRun(r)
	if len(reasons) > 0 {
		fmt.Fprintf(b, "\n%s Not run\n", heading)
	}
	for _, reason := range reasons {
		fmt.Fprintf(b, "\n%s\n", fence(visible(reason+"\n"+strings.Join(ids[reason], "\n"))))
	}
}

// code makes a code span for a table cell. In a cell GitHub reads a backslash
// before a pipe even within code.
func code(s string) string {
	s = strings.Join(strings.Fields(visible(s)), " ")
	if s == "" {
		return ""
	}
	ticks := strings.Repeat("`", longestRun(s)+1)
	return ticks + " " + strings.ReplaceAll(s, "|", `\|`) + " " + ticks
}

// fence makes a code block that the text cannot close.
func fence(s string) string {
	ticks := strings.Repeat("`", max(3, longestRun(s)+1))
	return ticks + "text\n" + strings.TrimRight(s, "\n") + "\n" + ticks + "\n"
}

func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
