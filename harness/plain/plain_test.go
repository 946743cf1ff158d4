package plain

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"plain text, ä 漢 😀\n\tnext":          "plain text, ä 漢 😀\n\tnext",
		"\x1b[31mred\x1b[0m\r\x07":           `\u001b[31mred\u001b[0m\u000d\u0007`,
		"a\u202eb\u2066c\u200fd\u2028e":      `a\u202eb\u2066c\u200fd\u2028e`,
		"bad \xff utf-8":                     `bad \xff utf-8`,
		"\x9b1m and \u009b1m":                `\x9b1m and \u009b1m`,
		"\U000e0041":                         `\U000e0041`,
		"::error::x\n  ::warning::y\na::b":   "\\x3a:error::x\n  \\x3a:warning::y\na::b",
		"##[group]a ##vso[x] ##teamcity[y ]": `\x23#[group]a \x23#vso[x] \x23#teamcity[y ]`,
	} {
		if got := Text(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := Line("a\n::error::b\tc"); got != `a\n::error::b\u0009c` {
		t.Errorf("a line is %q", got)
	}
}

func TestCell(t *testing.T) {
	for in, want := range map[string]string{"a|b": "` a\\|b `", "tick ` in": "`` tick ` in ``", "two\nlines": "` two lines `", "": ""} {
		if got := Cell(in); got != want {
			t.Errorf("Cell(%q) = %q, want %q", in, got, want)
		}
	}
}

// harmless holds of anything that is printed.
func harmless(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for _, r := range text {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			t.Errorf("%U stands in %q", r, text)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
			t.Errorf("a line is a command: %q", line)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"::error::x", " \t::x", "##[a]", "###[a]", "\x1b[2J", "a\u202e|b",
		"```\n~~~", "<b>`|`</b>", "\u200b::x", "\r::x", "\u2003::x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		harmless(t, Text(s))
		line := Line(s)
		harmless(t, line)
		if strings.ContainsAny(line, "\n\t") {
			t.Errorf("more than a line: %q", line)
		}
		cell := Cell(s)
		harmless(t, cell)
		if strings.Contains(strings.ReplaceAll(cell, `\|`, ""), "|") {
			t.Errorf("the cell %q ends early", cell)
		}
		block := Fence(s)
		harmless(t, block)
		ticks := block[:strings.Index(block, "text\n")]
		if strings.Count("\n"+block, "\n"+ticks) != 2 {
			t.Errorf("the block is closed early: %q", block)
		}
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Skip()
		}
		var before, after string
		clean := JSON(encoded)
		harmless(t, strings.ReplaceAll(strings.ReplaceAll(string(clean), "::", ""), "##", ""))
		if json.Unmarshal(encoded, &before) != nil || json.Unmarshal(clean, &after) != nil || before != after {
			t.Errorf("%s means %q, and %s means %q", encoded, before, clean, after)
		}
	})
}
