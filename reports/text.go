package reports

import (
	"strings"
	"unicode/utf8"

	"authconform/harness/plain"
)

// visible is a text as it may be printed, over several lines.
func visible(s string) string { return plain.Text(s) }

// wrap breaks a line at spaces so that it fits the width where it can;
// following lines are indented. Words are never broken: an address or a
// command must stay copyable.
func wrap(text string, width int, indent string) string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(text) {
		switch {
		case current == "":
			current = word
		// A line that began with two colons would be a command to GitHub, whatever the indent.
		case utf8.RuneCountInString(indent+current+" "+word) > width && !strings.HasPrefix(word, "::"):
			lines = append(lines, current)
			current = word
		default:
			current += " " + word
		}
	}
	lines = append(lines, current)
	return strings.Join(lines, "\n"+indent)
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// shorten cuts a text that does not fit its column.
func shorten(s string, width int) string {
	if runes := []rune(s); len(runes) > width && width > 1 {
		return string(runes[:width-1]) + "…"
	}
	return s
}
