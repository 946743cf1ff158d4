package compare

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"authconform/harness/plain"
	"authconform/reports"
)

// The formats of a difference.
const (
	TextFormat     = "text"
	JSONFormat     = "json"
	MarkdownFormat = "markdown"
)

// Write writes a difference in one of the formats.
func (d *Difference) Write(w io.Writer, format string) error {
	var b bytes.Buffer
	switch format {
	case TextFormat:
		d.text(&b)
	case MarkdownFormat:
		d.markdown(&b)
	case JSONFormat:
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(d); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown --format %q; there are: %s, %s, %s and html", format, TextFormat, JSONFormat, MarkdownFormat)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// Group is one list of a difference under its heading.
type Group struct {
	Heading string
	Changes []Change
}

// Groups are the lists of clauses, those to act on first.
func (x *Exchange) Groups() []Group {
	return []Group{
		{"New failures", x.Failures}, {"No longer judged", x.Lost}, {"Fails for another cause", x.Causes}, {"Mended", x.Mended},
		{"Other changes of the verdict", x.Others}, {"New clauses", x.Added}, {"Dropped clauses", x.Dropped},
	}
}

func (d *Difference) text(b *bytes.Buffer) {
	for _, x := range d.Exchanges {
		fmt.Fprintf(b, "%s\n  old  %s\n  new  %s\n", x.Exchange, x.Old, x.New)
		for _, g := range x.Groups() {
			if len(g.Changes) == 0 {
				continue
			}
			fmt.Fprintf(b, "\n  %s (%d)\n", g.Heading, len(g.Changes))
			for _, c := range g.Changes {
				fmt.Fprintf(b, "    %-26s %-6s %s\n", c.verdicts(), c.Level, c.Clause)
				for _, line := range c.Lines() {
					fmt.Fprintf(b, "      %s\n", reports.Visible(line))
				}
			}
		}
		if len(x.Calls) > 0 {
			fmt.Fprintf(b, "\n  Changed answers (%d)\n", len(x.Calls))
		}
		for _, c := range x.Calls {
			fmt.Fprintf(b, "    %s %d\n", c.Operation, c.Status)
			for _, line := range c.Lines() {
				fmt.Fprintf(b, "      %s\n", reports.Visible(line))
			}
		}
		fmt.Fprintln(b)
	}
	fmt.Fprintf(b, "exit code %d: %s\n", d.ExitCode, d.Meaning)
}

func (d *Difference) markdown(b *bytes.Buffer) {
	fmt.Fprintf(b, "# Difference of two runs\n\n**Exit code %d**: %s\n", d.ExitCode, d.Meaning)
	for _, x := range d.Exchanges {
		fmt.Fprintf(b, "\n## %s\n\n| | |\n|---|---|\n| old | %s |\n| new | %s |\n", x.Exchange, cell(x.Old.String()), cell(x.New.String()))
		for _, g := range x.Groups() {
			if len(g.Changes) == 0 {
				continue
			}
			fmt.Fprintf(b, "\n### %s (%d)\n\n| Clause | Level | Verdict | Cause |\n|---|---|---|---|\n", g.Heading, len(g.Changes))
			for _, c := range g.Changes {
				fmt.Fprintf(b, "| %s | %s | %s | %s |\n", cell(c.Clause), c.Level, c.verdicts(), cells(c.Lines()))
			}
		}
		if len(x.Calls) > 0 {
			fmt.Fprintf(b, "\n### Changed answers (%d)\n\n| Operation | Status | Change |\n|---|---:|---|\n", len(x.Calls))
		}
		for _, c := range x.Calls {
			fmt.Fprintf(b, "| %s | %d | %s |\n", cell(c.Operation), c.Status, cells(c.Lines()))
		}
	}
}

func cell(text string) string { return plain.Cell(text) }

func cells(lines []string) string {
	var out []string
	for _, line := range lines {
		out = append(out, cell(line))
	}
	return strings.Join(out, "<br>")
}

// String tells a run in one line.
func (s *Side) String() string {
	if s == nil {
		return "not covered"
	}
	return reports.Visible(fmt.Sprintf("run %s of %s, profile %s, %s, exit code %d", s.RunID, s.Started.Format(time.RFC3339), s.Profile,
		s.Target, s.ExitCode))
}

func (c Change) verdicts() string {
	switch {
	case c.Old == "":
		return string(c.New)
	case c.New == "":
		return string(c.Old)
	case c.Old == c.New:
		return string(c.New)
	}
	return string(c.Old) + " -> " + string(c.New)
}

// Lines tell the causes; where both runs have one, the old one first.
func (c Change) Lines() []string {
	var out []string
	if len(c.NewCause) > 0 {
		for _, cause := range c.OldCause {
			out = append(out, "- "+cause)
		}
	}
	for _, cause := range c.NewCause {
		out = append(out, "+ "+cause)
	}
	return out
}

// Lines tell what is gone, and what is new.
func (c Call) Lines() []string {
	var out []string
	for _, place := range c.Gone {
		out = append(out, "- "+place)
	}
	for _, place := range c.New {
		out = append(out, "+ "+place)
	}
	return out
}
