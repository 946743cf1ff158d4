package secret

import (
	"bytes"
	"compress/gzip"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const long = "Tr0ub4dor-and/3+horses"

func perByte(format string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, format, s[i])
		}
		return b.String()
	}
}

func turned(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// disguises are spellings of a long secret, by name; those of one entry of `spellings`
// bear its name.
var disguises = map[string]func(string) string{
	"plain": strings.ToUpper,
	"swapped case": func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' {
				return r - 32
			}
			return r | 32
		}, s)
	},
	"each byte in percent":         perByte("%%%02X"),
	"percent of percent":           perByte("%%25%02x"),
	"decimal entities":             perByte("&#%d;"),
	"decimal entities, open":       func(s string) string { return perByte("&#%d")(s) + " " },
	"base16 entities":              perByte("&#x%X;"),
	"entities of entities":         perByte("&amp;#%d;"),
	"JSON escapes":                 perByte(`\u%04x`),
	"JSON escapes in JSON":         perByte(`\\u%04x`),
	"C escapes":                    perByte(`\x%02x`),
	"octal escapes":                perByte(`\%03o`),
	"quoted-printable, each byte":  perByte("=%02X"),
	"C bytes":                      perByte("0x%02x, "),
	"spaced":                       perByte("%c "),
	"split":                        func(s string) string { return s[:7] + "\r\n  " + s[7:] },
	"grouped":                      func(s string) string { return s[:4] + "-" + s[4:8] + "-" + s[8:] },
	"UTF-16":                       func(s string) string { return string(wide([]byte(s), binary.LittleEndian)) },
	"reversed":                     turned,
	"base16":                       perByte("%02x "),
	"base16 in capitals, colons":   perByte("%02X:"),
	"decimal":                      perByte("%d,"),
	"base32":                       func(s string) string { return base32.StdEncoding.EncodeToString([]byte("xy" + s + "z")) },
	"base64":                       func(s string) string { return strings.ToLower(b64("u:" + s)) },
	"base64 in lines":              func(s string) string { t := b64("user:" + s + "!"); return t[:12] + "\r\n" + t[12:] },
	"base64 twice":                 func(s string) string { return b64("a" + b64("bc"+s)) },
	"base64 for URLs twice":        func(s string) string { return b64(base64.RawURLEncoding.EncodeToString([]byte(s))) },
	"base16 of base64":             func(s string) string { return hex.EncodeToString([]byte(b64(s))) },
	"base64 of base16":             func(s string) string { return b64(hex.EncodeToString([]byte(s))) },
	"base64 of base16 in capitals": func(s string) string { return b64(upperHex([]byte(s))) },
	"utf-16 in base16":             func(s string) string { return hex.EncodeToString(wide([]byte(s), binary.BigEndian)) },
	"utf-16 in base64":             func(s string) string { return b64(string(wide([]byte(s), binary.LittleEndian))) },
}

// masked tells whether text lost what it held.
func masked(v *Vault, text string) bool {
	clean := v.Redact("before " + text + " after")
	return strings.Contains(clean, "‹pw›") && len(v.Scan("x", []byte(text))) > 0 && len(v.Scan("x", []byte(clean))) == 0 &&
		v.Redact(clean) == clean
}

func TestLongSecretsInAnySpelling(t *testing.T) {
	v := New()
	v.Register("pw", long)
	for name, disguise := range disguises {
		if text := disguise(long); !masked(v, text) {
			t.Errorf("%s: %q became %q", name, text, v.Redact(text))
		}
	}
	var quoted bytes.Buffer
	w := quotedprintable.NewWriter(&quoted)
	fmt.Fprint(w, strings.Repeat("é", 20)+long+"=")
	w.Close()
	if !masked(v, quoted.String()) {
		t.Errorf("quoted-printable %q became %q", quoted.String(), v.Redact(quoted.String()))
	}
	token := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." +
		"eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
	v.Register("pw", token)
	if !masked(v, strings.ToUpper(token)) {
		t.Error("a long token in capitals stays")
	}
	if other := token[:60]; v.Redact(other) != other {
		t.Error("what tokens have in common is taken for one of them")
	}
}

// TestNoSpellingMayBeLeftOut takes each one out in turn: something must then stay.
func TestNoSpellingMayBeLeftOut(t *testing.T) {
	all := spellings
	t.Cleanup(func() { spellings = all })
	for i, left := range all {
		disguise, known := disguises[left.name]
		if !known {
			t.Errorf("no text shows the spelling %q", left.name)
			continue
		}
		text := disguise(long)
		spellings = slices.Delete(slices.Clone(all), i, i+1)
		v := New()
		v.Register("pw", long)
		if masked(v, text) {
			t.Errorf("%q is masked without the spelling %q", text, left.name)
		}
	}
}

// TestNoExactFormMayBeLeftOut does the same for values in which a normal form has
// nothing to hold on to.
func TestNoExactFormMayBeLeftOut(t *testing.T) {
	all := exact
	t.Cleanup(func() { exact = all })
	values := []string{`p"ä+(/%o <&'!\` + "\n\x01", "~ü>?/ÿ~>ÿ?o", "ÿ?>~ÿ+ o*"}
	for i, left := range all {
		needed := false
		for _, value := range values {
			for _, text := range left.of(value) {
				exact = all
				v := New()
				v.Register("pw", value)
				if got := v.Redact(text); !strings.HasPrefix(got, "‹pw›") && !left.long {
					t.Errorf("%s: %q became %q", left.name, text, got)
				}
				whole := v.Redact(text)
				exact = slices.Delete(slices.Clone(all), i, i+1)
				v = New()
				v.Register("pw", value)
				needed = needed || v.Redact(text) != whole
			}
		}
		if !needed {
			t.Errorf("nothing shows that the form %q is needed", left.name)
		}
	}
}

func TestShortAndOrdinaryTextStays(t *testing.T) {
	v := New()
	v.Register("pw", "sesame")
	v.Register("pw", "open-sesame")
	v.Register("pw", "12-34-56-78")
	for _, text := range []string{"SESAME", "Open Sesame", "2012 34 56 78", "s e s a m e"} {
		if got := v.Redact(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestBodiesAreRedactedAsUnderstood(t *testing.T) {
	wideJSON := func(mark string, order binary.AppendByteOrder) []byte {
		return append([]byte(mark), wide([]byte(`{"token":"unregistered-1","a":"`+long+`"}`), order)...)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	fmt.Fprint(w, long)
	w.Close()
	v := New()
	v.Register("pw", long)
	for name, c := range map[string]struct{ contentType, body, want string }{
		"UTF-16 with a mark":    {"application/json", string(wideJSON("\xff\xfe", binary.LittleEndian)), `{"token":"‹token›","a":"‹pw›"}`},
		"UTF-16 by name":        {"application/json; charset=UTF-16BE", string(wideJSON("", binary.BigEndian)), `{"token":"‹token›","a":"‹pw›"}`},
		"UTF-16 by its looks":   {"application/json", string(wideJSON("", binary.LittleEndian)), `{"token":"‹token›","a":"‹pw›"}`},
		"an unknown charset":    {"text/plain; charset=IBM037", "\xe3\x99\xf0", "‹withheld: 3 bytes in a character set that is not read›"},
		"Latin-1":               {"text/plain; charset=iso-8859-1", "\xe4 " + long, "\xe4 ‹pw›"},
		"an archive":            {"application/json", zipped.String(), fmt.Sprintf("‹withheld: %d bytes that are no text›", zipped.Len())},
		"split between members": {"application/json", `["` + long[:9] + `","` + long[9:] + `"]`, `["‹pw›"]`},
		"split between objects": {"application/json", `{"a":"` + long[:9] + `","-":{"_":"` + long[9:] + `"}}`, `"‹secret›"`},
		"a recased member name": {"application/json", `{"` + strings.ToUpper(long) + `":1}`, `{"‹pw›":1}`},
	} {
		if got := string(v.RedactBody(c.contentType, []byte(c.body))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	v.Learn(http.Header{}, append([]byte("\xff\xfe"), wide([]byte(`{"token":"/issued-T0ken-in-UTF16"}`), binary.LittleEndian)...))
	if got := v.Redact("/issued-T0ken-in-UTF16"); got != "‹token›" {
		t.Errorf("a token that begins with a slash, in UTF-16, was not learnt: %s", got)
	}
}

func TestCutBodiesEndBeforeTheCut(t *testing.T) {
	v := New()
	v.Register("pw", long)
	body := strings.Repeat("harmless words ", 200)
	for _, end := range []string{long[:15], b64(long)[:17], "T r 0 u b 4 d o r", `{"password":"` + long[:6]} {
		got := string(v.RedactCut("text/plain", []byte(body+end)))
		if strings.Contains(got, end[len(end)-6:]) || !strings.HasPrefix(got, "harmless words") || !strings.HasSuffix(got, "left out)") {
			t.Errorf("%q ends as %q", end, got[max(0, len(got)-80):])
		}
	}
}

func TestHeaderNamesAndLists(t *testing.T) {
	v := New()
	v.Register("pw", long)
	h := v.RedactHeader(http.Header{"X-" + strings.ToUpper(long): {"a", hex.EncodeToString([]byte(long))}})
	if got := fmt.Sprint(h); strings.Contains(strings.ToLower(got), strings.ToLower(long)) ||
		strings.Contains(got, hex.EncodeToString([]byte(long))) {
		t.Error(got)
	}
}
