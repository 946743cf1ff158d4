package hostile_test

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// leaks is a scanner of its own: it shares nothing with the redactor. It undoes the
// escapes of a text, takes letters and digits alone, and looks for each secret as it
// is, turned round, and encoded.
func leaks(text string, secrets []string) []string {
	views := map[string]bool{bare(text): true}
	for _, undo := range []func(string) string{unpercent, html.UnescapeString, unquote, unbackslash,
		func(s string) string { return unbackslash(html.UnescapeString(unpercent(s))) }} {
		views[bare(undo(text))] = true
	}
	var found []string
	for _, secret := range secrets {
		for name, needle := range needles(secret) {
			for view := range views {
				if len(needle) >= 10 && strings.Contains(view, needle) {
					found = append(found, fmt.Sprintf("%q as %s", secret, name))
					break
				}
			}
		}
	}
	return found
}

var notBare = regexp.MustCompile(`[^a-z0-9]+`)

func bare(s string) string { return notBare.ReplaceAllString(strings.ToLower(s), "") }

func needles(secret string) map[string]string {
	list := map[string]string{
		"itself": bare(secret), "reversed": bare(backwards(secret)), "base16": hex.EncodeToString([]byte(secret)),
		"base16 of UTF-16": bare(hex.EncodeToString([]byte(spread(secret)))),
	}
	for shift := range 3 {
		once := middle(base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift)+secret)), shift, 6, len(secret))
		list[fmt.Sprint("base64 at ", shift)] = bare(once)
		for second := range 3 {
			list[fmt.Sprint("base64 twice at ", shift, second)] = bare(middle(base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x",
				second)+once)), second, 6, len(once)))
		}
	}
	for shift := range 3 {
		list[fmt.Sprint("base64 of UTF-16 at ", shift)] =
			bare(middle(base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift)+spread(secret))), shift, 6, 2*len(secret)))
	}
	for shift := range 5 {
		list[fmt.Sprint("base32 at ",
			shift)] = bare(middle(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(strings.Repeat("x", shift)+secret)),
			shift, 5, len(secret)))
	}
	return list
}

// middle leaves out the characters that a value shares with its neighbours.
func middle(encoded string, shift, bits, length int) string {
	return encoded[(shift*8+bits-1)/bits : (shift+length)*8/bits]
}

func backwards(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func spread(s string) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte(s[i])
		b.WriteByte(0)
	}
	return b.String()
}

func unpercent(s string) string {
	for range 2 {
		s = regexp.MustCompile(`%[0-9A-Fa-f]{2}`).ReplaceAllStringFunc(s, func(e string) string { t, _ := url.PathUnescape(e); return t })
	}
	return s
}

func unquote(s string) string {
	return regexp.MustCompile(`=[0-9A-Fa-f]{2}|=\r?\n`).ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[1:], 16, 8)
		if err != nil {
			return ""
		}
		return string([]byte{byte(n)})
	})
}

func unbackslash(s string) string {
	return regexp.MustCompile(`\\+(u00[0-9A-Fa-f]{2}|x[0-9A-Fa-f]{2}|[nrtbf])`).ReplaceAllStringFunc(s, func(e string) string {
		e = strings.TrimLeft(e, `\`)
		if len(e) < 3 {
			return " "
		}
		n, _ := strconv.ParseUint(e[len(e)-2:], 16, 8)
		return string([]byte{byte(n)})
	})
}

// disguises are the spellings in which an echoing server repeats a secret.
var disguises = map[string]func(string) string{
	"itself":     func(s string) string { return s },
	"upper case": strings.ToUpper,
	"lower case": strings.ToLower,
	"reversed":   backwards,
	"base64":     func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64 twice": func(s string) string {
		return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(s))))
	},
	"base64 for URLs":    func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("x:" + s)) },
	"base32":             func(s string) string { return base32.StdEncoding.EncodeToString([]byte("z" + s)) },
	"base32, lower case": func(s string) string { return strings.ToLower(base32.StdEncoding.EncodeToString([]byte(s))) },
	"base16":             func(s string) string { return hex.EncodeToString([]byte(s)) },
	"base16, spaced":     func(s string) string { return eachByte(s, "%02x ") },
	"base16, colons":     func(s string) string { return eachByte(s, "%02X:") },
	"percent":            func(s string) string { return eachByte(s, "%%%02X") },
	"percent of percent": func(s string) string { return eachByte(s, "%%25%02X") },
	"entities":           func(s string) string { return eachByte(s, "&#%d;") },
	"base16 entities":    func(s string) string { return eachByte(s, "&#x%x;") },
	"quoted-printable":   func(s string) string { return eachByte(s, "=%02X") },
	"JSON escapes":       func(s string) string { return eachByte(s, `\u%04x`) },
	"C escapes":          func(s string) string { return eachByte(s, `\x%02x`) },
	"spaced":             func(s string) string { return eachByte(s, "%c ") },
	"dashed":             func(s string) string { return eachByte(s, "%c-") },
	"split":              func(s string) string { return s[:len(s)/2] + " ... " + s[len(s)/2:] },
	"UTF-16 in base64":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte(spread(s))) },
	"UTF-16 in base16":   func(s string) string { return hex.EncodeToString([]byte(spread(s))) },
}

func eachByte(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// TestTheScannerFindsEveryDisguise: a scanner that sees nothing would make every case pass.
func TestTheScannerFindsEveryDisguise(t *testing.T) {
	const secret = "Canary-4f7Qz-horses/9+Staple"
	for name, disguise := range disguises {
		if found := leaks("before "+disguise(secret)+" after", []string{secret}); len(found) == 0 {
			t.Errorf("%s: %q is not found", name, disguise(secret))
		}
	}
	if found := leaks("harmless text ‹password› 4f7Qz", []string{secret}); len(found) > 0 {
		t.Errorf("found %v in harmless text", found)
	}
}
