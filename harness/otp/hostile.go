package otp

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Variant is a forged value for a code member.
type Variant struct {
	Check string // row of the catalogue of checks, I02 to I15
	Name  string // unique, stable
	Value any    // a JSON value; a string where only text can be sent
}

// Hostile lists what no target may take for the right code, each made from it, so that only its form is wrong. Whether refusing
// is a MUST depends on the row: I05 and I10 also allow a value to be normalised. Forms that happen to be the right code itself
// are left out. (I01, an absent member, is no value.) There are none of an empty code.
func Hostile(right string) []Variant {
	if right == "" {
		return nil
	}
	all := []Variant{
		{"I02", "null", nil},
		{"I03", "empty", ""},
		{"I03", "spaces only", strings.Repeat(" ", len(right))},
	}
	all = append(all, magic(right)...)
	all = append(all, otherTypes(right)...)
	all = append(all, Padded(right)...)
	all = append(all, otherDigits(right)...)
	all = append(all, lengths(right)...)
	all = append(all, numberSyntax(right)...)
	all = append(all, joined(right)...)
	all = append(all, markers(right)...)
	kept := all[:0]
	for _, v := range all {
		if v.Value != right {
			kept = append(kept, v)
		}
	}
	return kept
}

func magic(right string) []Variant {
	return []Variant{
		{"I04", "magic zeros", strings.Repeat("0", len(right))},
		{"I04", "magic 123456", "1234567890"[:min(len(right), 10)]},
		{"I04", "magic 654321", "9876543210"[10-min(len(right), 9)-1 : 9]},
		{"I04", "magic ones", strings.Repeat("1", len(right))},
		{"I04", "magic null", "null"},
		{"I04", "magic undefined", "undefined"},
		{"I04", "magic true", "true"},
		{"I04", "magic NaN", "NaN"},
		{"I04", "magic test", "test"},
	}
}

func otherTypes(right string) []Variant {
	guess := otherThan(right)
	variants := []Variant{
		{"I07", "array with the right code", []any{right}},
		{"I07", "array of guesses", []any{guess, right}},
		{"I07", "empty array", []any{}},
		{"I08", "object $ne", map[string]any{"$ne": ""}},
		{"I08", "object $gt", map[string]any{"$gt": ""}},
		{"I08", "empty object", map[string]any{}},
		{"I09", "boolean true", true},
		{"I09", "boolean false", false},
	}
	if n, err := strconv.ParseInt(right, 10, 64); err == nil {
		check, name := "I05", "JSON number"
		if right[0] == '0' {
			check, name = "I06", "JSON number without the leading zero"
		}
		variants = append(variants, Variant{check, name, json.Number(strconv.FormatInt(n, 10))})
	}
	return variants
}

// Padded lists the right code with whitespace around and inside: trimmed or refused, a target has to do the same every time.
func Padded(right string) []Variant {
	half := len(right) / 2
	return []Variant{
		{"I10", "leading space", " " + right},
		{"I10", "trailing space", right + " "},
		{"I10", "inner space", right[:half] + " " + right[half:]},
		{"I10", "inner dash", right[:half] + "-" + right[half:]},
		{"I10", "trailing newline", right + "\n"},
		{"I10", "leading tab", "\t" + right},
		{"I10", "trailing no-break space", right + "\u00a0"},
		{"I10", "leading zero-width space", "\u200b" + right},
	}
}

func otherDigits(right string) []Variant {
	return []Variant{
		{"I11", "full-width digits", shiftDigits(right, '０')},
		{"I11", "Arabic-Indic digits", shiftDigits(right, '٠')},
		{"I11", "Devanagari digits", shiftDigits(right, '०')},
		{"I11", "mathematical digits", shiftDigits(right, '𝟎')},
		{"I11", "one full-width digit", shiftDigits(right[:1], '０') + right[1:]},
	}
}

func shiftDigits(s string, zero rune) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return zero + r - '0'
	}, s)
}

func lengths(right string) []Variant {
	return []Variant{
		{"I12", "first digit only", right[:1]},
		{"I12", "last digit missing", right[:len(right)-1]},
		{"I12", "first digit missing", right[1:]},
		{"I12", "one digit more", right + "0"},
		{"I12", "one digit before", "0" + right},
		{"I12", "two digits more", right + "00"},
		{"I12", "64 digits", strings.Repeat(right, 64/len(right)+1)[:64]},
		{"I12", "right code plus letters", right + "abc"},
	}
}

func numberSyntax(right string) []Variant {
	variants := []Variant{
		{"I13", "minus sign", "-" + right},
		{"I13", "plus sign", "+" + right},
		{"I13", "decimal point", right + ".0"},
		{"I13", "exponent", right[:1] + "." + right[1:] + "e" + strconv.Itoa(len(right)-1)},
		{"I13", "zero exponent", right + "e0"},
	}
	if n, err := strconv.ParseInt(right, 10, 64); err == nil {
		hex, octal := strings.ToUpper(strconv.FormatInt(n, 16)), strconv.FormatInt(n, 8)
		variants = append(variants, Variant{"I13", "hexadecimal", "0x" + hex}, Variant{"I13", "octal", "0o" + octal},
			Variant{"I13", "JSON number with exponent", json.Number(strconv.FormatInt(n, 10) + "e0")},
			Variant{"I13", "negative JSON number", json.Number(strconv.FormatInt(-n-1, 10))})
	}
	return variants
}

func joined(right string) []Variant {
	guess := otherThan(right)
	var variants []Variant
	for _, by := range []struct{ name, text string }{{"comma", ","}, {"semicolon", ";"}, {"newline", "\n"}, {"space", " "}, {"pipe", "|"},
		{"ampersand", "&code="}} {
		variants = append(variants, Variant{"I14", "guesses joined by " + by.name, guess + by.text + right})
	}
	return variants
}

func markers(right string) []Variant {
	return []Variant{
		{"I15", "SQL wildcard %", "%"},
		{"I15", "SQL wildcards _", strings.Repeat("_", utf8.RuneCountInString(right))},
		{"I15", "glob *", "*"},
		{"I15", "quote after the code", right + "'"},
		{"I15", "SQL or", "' OR '1'='1"},
		{"I15", "NUL after the code", right + "\x00"},
		{"I15", "CRLF after the code", right + "\r\nX-Injected: 1"},
		{"I15", "template braces", "{{7*7}}"},
	}
}

// otherThan is a guess of the same length that is not the right code.
func otherThan(right string) string {
	guess := strings.Repeat("1", len(right))
	if guess == right {
		return strings.Repeat("2", len(right))
	}
	return guess
}
