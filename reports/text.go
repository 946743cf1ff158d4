package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// visible spells out what a terminal would act upon, an XML 1.0 document must
// not hold (section 2.2, Char) or a reader could not see: control characters
// but newline and tab, direction overrides, non-characters, and bytes that are
// not UTF-8. A target's answer can hold any of them.
func visible(s string) string {
	if !strings.ContainsFunc(s, hidden) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case hidden(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

func hidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	}
	return r&0xfffe == 0xfffe // U+FFFE, U+FFFF and their like in every plane
}

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
		case utf8.RuneCountInString(indent+current+" "+word) > width:
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
