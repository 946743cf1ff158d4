package secret

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// TestOneEscapedCharacter: a value of which one character alone is escaped looks like no
// other spelling of it, so that nothing but the reading of that escape finds it.
func TestOneEscapedCharacter(t *testing.T) {
	v := New()
	v.Register("pw", long)
	const at = 9 // the letter n of "and"
	for _, escaped := range []string{
		"%6e", "%6E", "%256e", "%25256E", "&#110;", "&#110", "&#x6e;", "&#X6E;", "&amp;#110;", "&amp;amp;#x6E;",
		`\u006e`, `\\u006E`, `\x6e`, `\156`, "=6E", "=6e",
	} {
		escaped = strings.ReplaceAll(escaped, "6e", fmt.Sprintf("%02x", long[at]))
		escaped = strings.ReplaceAll(escaped, "6E", fmt.Sprintf("%02X", long[at]))
		escaped = strings.ReplaceAll(escaped, "110", fmt.Sprint(long[at]))
		escaped = strings.ReplaceAll(escaped, "156", fmt.Sprintf("%03o", long[at]))
		if text := long[:at] + escaped + long[at+1:]; !masked(v, text) {
			t.Errorf("%q became %q", text, v.Redact(text))
		}
	}
	for _, between := range []string{`\n`, `\r`, `\t`, `\b`, `\f`, "&lt;", "&gt;", "&quot;", "&apos;", "&nbsp;", "%20", "&#32;", "=\r\n",
		" ", "-", ":", "_", "\n"} {
		if text := long[:at] + between + long[at:]; !masked(v, text) {
			t.Errorf("%q became %q", text, v.Redact(text))
		}
	}
}

// TestEachPlaceAndOrder: an encoding shows a value otherwise at each place that it can
// take behind something else, and UTF-16 in each order of its bytes.
func TestEachPlaceAndOrder(t *testing.T) {
	v := New()
	v.Register("pw", long)
	little, big := string(wide([]byte(long), binary.LittleEndian)), string(wide([]byte(long), binary.BigEndian))
	url := base64.RawURLEncoding.EncodeToString
	texts := map[string]string{"base16 of UTF-16LE": hex.EncodeToString([]byte(little)), "base16 of UTF-16BE": hex.EncodeToString([]byte(big))}
	for n := range 15 {
		before := strings.Repeat("~", n)
		texts[fmt.Sprint("base32 behind ", n)] = base32.StdEncoding.EncodeToString([]byte(before + long + "~~"))
		texts[fmt.Sprint("base64 behind ", n)] = strings.ToUpper(b64(before + long + "~"))
		texts[fmt.Sprint("base64 for URLs behind ", n)] = url([]byte(before + long + "~"))
		texts[fmt.Sprint("base64 twice behind ", n)] = b64(before + b64(strings.Repeat("~", n/3)+long+"~"))
		texts[fmt.Sprint("base64 of UTF-16LE behind ", n)] = b64(before + little + "~")
		texts[fmt.Sprint("base64 of UTF-16BE behind ", n)] = b64(before + big + "~")
	}
	for name, text := range texts {
		if !masked(v, text) {
			t.Errorf("%s: %q became %q", name, text, v.Redact(text))
		}
	}
}

// TestWideBodiesInEachOrder: by their name, their mark and their looks.
func TestWideBodiesInEachOrder(t *testing.T) {
	v := New()
	v.Register("pw", long)
	text := "a text with the value " + long + " in it, and some more words"
	quad := func(order binary.ByteOrder) string {
		var b []byte
		for _, r := range text {
			b = append(b, 0, 0, 0, 0)
			order.PutUint32(b[len(b)-4:], uint32(r))
		}
		return string(b)
	}
	two := func(order binary.AppendByteOrder) string { return string(wide([]byte(text), order)) }
	for name, c := range map[string]struct{ charset, body string }{
		"UTF-16LE by its mark": {"", "\xff\xfe" + two(binary.LittleEndian)}, "UTF-16BE by its mark": {"", "\xfe\xff" + two(binary.BigEndian)},
		"UTF-16LE by its looks": {"", two(binary.LittleEndian)}, "UTF-16BE by its looks": {"", two(binary.BigEndian)},
		"UTF-16LE by its name":  {"; charset=utf-16le", two(binary.LittleEndian)},
		"UTF-16BE by its name":  {"; charset=UTF-16BE", two(binary.BigEndian)},
		"UTF-32LE by its mark":  {"", "\xff\xfe\x00\x00" + quad(binary.LittleEndian)},
		"UTF-32BE by its mark":  {"", "\x00\x00\xfe\xff" + quad(binary.BigEndian)},
		"UTF-32LE by its looks": {"", quad(binary.LittleEndian)}, "UTF-32BE by its looks": {"", quad(binary.BigEndian)},
		"UTF-32BE by its name": {"; charset=utf-32be", quad(binary.BigEndian)},
	} {
		got := string(v.RedactBody("text/plain"+c.charset, []byte(c.body)))
		if want := strings.ReplaceAll(text, long, "‹pw›"); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
