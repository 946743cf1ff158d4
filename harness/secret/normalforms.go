package secret

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strconv"
	"unicode/utf16"
)

// spelling turns a value into texts whose skeletons are its normal forms. Each is
// named, so that a test can show that none may be left out.
type spelling struct {
	name string
	of   func(raw []byte) []string
}

// spellings that a normal form knows beyond those that the skeleton itself undoes
// (case, separators, escapes of characters).
var spellings = []spelling{
	{"plain", func(raw []byte) []string { return []string{string(raw)} }},
	{"reversed", func(raw []byte) []string {
		turned := slices.Clone(raw)
		slices.Reverse(turned)
		return []string{string(turned)}
	}},
	{"base16", func(raw []byte) []string { return []string{hex.EncodeToString(raw)} }},
	{"decimal", func(raw []byte) []string { return []string{decimals(raw)} }},
	{"base32", inner32},
	{"base64", func(raw []byte) []string { return inner64(raw, base64.RawStdEncoding) }},
	{"base64 twice", twice},
	{"base16 of base64", func(raw []byte) []string { return each(inner64Both(raw), hex.EncodeToString) }},
	{"base64 of base16", func(raw []byte) []string {
		lower := []byte(hex.EncodeToString(raw))
		upper := []byte(upperHex(raw))
		return append(inner64(lower, base64.RawStdEncoding), inner64(upper, base64.RawStdEncoding)...)
	}},
	{"utf-16 in base16", func(raw []byte) []string {
		return []string{hex.EncodeToString(wide(raw, binary.LittleEndian)), hex.EncodeToString(wide(raw, binary.BigEndian))}
	}},
	{"utf-16 in base64", func(raw []byte) []string {
		return append(inner64(wide(raw, binary.LittleEndian), base64.RawStdEncoding),
			inner64(wide(raw, binary.BigEndian), base64.RawStdEncoding)...)
	}},
}

// addNormal makes the normal forms of a value known; short ones would be met by chance.
func (v *Vault) addNormal(label, value string, sent bool) {
	raw := []byte(value)
	if len(raw) > longValue {
		raw = raw[len(raw)-tailValue:]
	}
	skeleton := stripped(string(raw))
	if !tellsItself(skeleton) {
		return
	}
	for _, s := range spellings {
		for _, text := range s.of(raw) {
			v.normals.add(stripped(text), label, sent)
		}
	}
	// A value may itself be escaped, as a cookie's is.
	if plain := v.normalize(string(raw), decodeEscape).text; tellsItself(plain) && !bytes.Equal(plain, skeleton) {
		v.normals.add(plain, label, sent)
	}
}

// tellsItself tells whether a normal form is long and mixed enough not to be met by chance.
func tellsItself(form []byte) bool {
	digits := 0
	for _, c := range form {
		if c <= '9' {
			digits++
		}
	}
	switch {
	case digits == 0:
		return len(form) >= minLetters
	case digits == len(form):
		return len(form) >= minNumber
	}
	return len(form) >= minNormal
}

// inner64 is a value in Base64 at each of the three places it can take behind something
// else, without the characters that it shares with its neighbours.
func inner64(raw []byte, encoding *base64.Encoding) []string {
	var list []string
	for shift := range 3 {
		text := encoding.EncodeToString(append(make([]byte, shift), raw...))
		list = append(list, text[(shift*8+5)/6:(shift+len(raw))*8/6])
	}
	return list
}

func inner64Both(raw []byte) []string {
	return append(inner64(raw, base64.RawStdEncoding), inner64(raw, base64.RawURLEncoding)...)
}

func inner32(raw []byte) []string {
	var list []string
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	for shift := range 5 {
		text := encoding.EncodeToString(append(make([]byte, shift), raw...))
		list = append(list, text[(shift*8+4)/5:(shift+len(raw))*8/5])
	}
	return list
}

func twice(raw []byte) []string {
	var list []string
	for _, once := range inner64Both(raw) {
		list = append(list, inner64([]byte(once), base64.RawStdEncoding)...)
	}
	return list
}

func each(texts []string, encode func([]byte) string) []string {
	var list []string
	for _, text := range texts {
		list = append(list, encode([]byte(text)))
	}
	return list
}

func upperHex(raw []byte) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, 2*len(raw))
	for _, c := range raw {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

func decimals(raw []byte) string {
	var out []byte
	for _, c := range raw {
		out = strconv.AppendUint(out, uint64(c), 10)
	}
	return string(out)
}

func wide(raw []byte, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(raw))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}
