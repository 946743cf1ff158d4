// Package plain is the one way in which text that others control (a target's answers,
// names, settings, paths) comes to be printed: nothing in it is acted upon by a
// terminal, a CI system or a reader's eye that trusts the order of letters.
package plain

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text spells out what a terminal would act upon, an XML 1.0 document must not hold
// (section 2.2, Char) or a reader could not see: control characters but newline and
// tab, format characters such as direction overrides, non-characters, and bytes that
// are not UTF-8. It also keeps any line from being a command to a CI system.
func Text(s string) string { return defused(spell(s, "\n\t")) }

// Line is Text on one line.
func Line(s string) string { return defused(spell(s, "")) }

func spell(s, allowed string) string {
	odd := func(r rune) bool { return acts(r) && !strings.ContainsRune(allowed, r) }
	if !strings.ContainsFunc(s, odd) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case odd(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case r == '\n' && odd(r):
			b.WriteString(`\n`)
		case odd(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

func acts(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	return r&0xfffe == 0xfffe || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) // U+FFFE, U+FFFF and their like in every plane
}

// defused keeps text from being a workflow command: of GitHub (::error:: at the
// beginning of a line, whatever the indent, or ##[error]), Azure (##vso[) and TeamCity
// (##teamcity[).
func defused(s string) string {
	if !strings.Contains(s, "::") && !strings.Contains(s, "##") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		start := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
		if strings.HasPrefix(line[start:], "::") {
			line = line[:start] + `\x3a` + line[start+1:]
		}
		for _, command := range []string{"##[", "##vso[", "##teamcity["} {
			line = strings.ReplaceAll(line, command, `\x23`+command[1:])
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// JSON escapes in a JSON text what a viewer of the text would act upon, which
// encoding/json leaves as it is: its meaning stays.
func JSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, odd) {
		return text
	}
	var b bytes.Buffer
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case !odd(r) || r == utf8.RuneError:
			b.Write(text[:size])
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return b.Bytes()
}

func odd(r rune) bool { return r >= 0x7f && acts(r) }

// Cell is Span for a cell of a table, where GitHub reads a backslash before a pipe even
// within code.
func Cell(s string) string { return strings.ReplaceAll(Span(s), "|", `\|`) }

// Span makes a code span of GitHub Flavored Markdown that the text cannot leave: one
// line, between more ticks than it holds.
func Span(s string) string {
	s = strings.Join(strings.Fields(Line(strings.Join(strings.Fields(s), " "))), " ")
	if s == "" {
		return ""
	}
	ticks := strings.Repeat("`", longestRun(s)+1)
	return ticks + " " + s + " " + ticks
}

// Fence makes a code block that the text cannot close.
func Fence(s string) string {
	ticks := strings.Repeat("`", max(3, longestRun(s)+1))
	return ticks + "text\n" + strings.TrimRight(Text(s), "\n") + "\n" + ticks + "\n"
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
