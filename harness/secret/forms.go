package secret

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
)

// spelled is one way in which a value may be spelt. Each has a name, so that a test can
// show that none may be left out.
type spelled struct {
	name  string
	of    func(value string) []string
	long  bool // only of values that are long enough not to be met by chance in part
	every bool // changes every value; the others leave letters, digits and -._~ as they are
}

func of(spell func(string) string) func(string) []string {
	return func(value string) []string { return []string{spell(value)} }
}

// exact are the spellings a value may take in a URL, a header, a JSON or XML body, a Go error, or an HTML report. Most
// collapse into one for values of letters and digits.
//
// Those in percent-encoding follow RFC 3986 section 2.1, with both cases of the hex digits, the form media type's "+" for a
// space, and JavaScript's encodeURIComponent; those in JSON the habits of common serializers (RFC 8259 section 7 allows them
// all): Go, Ruby and JavaScript, PHP ("\/"), Python (ASCII only), .NET (upper-case \u for quotes, "+" and more).
var exact = []spelled{
	{name: "query", of: of(url.QueryEscape)},
	{name: "query, lower case", of: of(func(s string) string { return lowerPercent(url.QueryEscape(s)) })},
	{name: "path", of: of(url.PathEscape)},
	{name: "path, lower case", of: of(func(s string) string { return lowerPercent(url.PathEscape(s)) })},
	{name: "component", of: of(component)},
	{name: "component, lower case", of: of(func(s string) string { return lowerPercent(component(s)) })},
	{name: "script", of: of(script)},
	{name: "script, lower case", of: of(func(s string) string { return lowerPercent(script(s)) })},
	{name: "json", of: of(func(s string) string { return jsonText(s, false) })},
	{name: "json for html", of: of(func(s string) string { return jsonText(s, true) })},
	{name: "json of PHP", of: of(func(s string) string { return strings.ReplaceAll(jsonText(s, false), "/", `\/`) })},
	{name: "json of Python", of: of(func(s string) string { return unicodeEscaped(jsonText(s, false), "", "%04x") })},
	{name: "json of .NET", of: of(dotnetText)},
	{name: "json twice", of: func(s string) []string {
		return every(jsonForms(s), func(j string) string { return jsonText(j, false) })
	}},
	{name: "json in html", of: func(s string) []string { return every(markedForms(s), html.EscapeString) }},
	{name: "json in html, plus", of: func(s string) []string { return every(markedForms(s), htmlPlus) }},
	{name: "html", of: of(html.EscapeString)},
	{name: "html, plus", of: of(htmlPlus)},
	{name: "xml", of: of(xmlText)},
	{name: "go", of: of(func(s string) string { return inQuotes(strconv.Quote(s)) })},
	{name: "go in ASCII", of: of(func(s string) string { return inQuotes(strconv.QuoteToASCII(s)) })},
	{name: "base64", every: true, of: of(func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) })},
	{name: "base64 without padding", every: true, of: of(func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte(s)) })},
	{name: "base64 for URLs", every: true, of: of(func(s string) string { return base64.URLEncoding.EncodeToString([]byte(s)) })},
	{name: "base64 for URLs without padding", every: true,
		of: of(func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) })},
	{name: "base64 in a query", every: true,
		of: of(func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) })},
	{name: "base64 of PHP", every: true, of: of(func(s string) string {
		return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(s)), "/", `\/`)
	})},
	{name: "base64 of .NET", every: true, of: of(func(s string) string {
		return strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(s)), "+", `\u002B`)
	})},
	// As the password in "Basic base64(user:password)" is.
	{name: "base64 behind something else", long: true, every: true,
		of: func(s string) []string { return inner64(([]byte)(s), base64.RawStdEncoding) }},
	{name: "base64 for URLs behind something else", long: true, every: true,
		of: func(s string) []string { return inner64(([]byte)(s), base64.RawURLEncoding) }},
	{name: "base16", every: true, of: of(func(s string) string { return hex.EncodeToString([]byte(s)) })},
	{name: "base16 in capitals", every: true, of: of(func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) })},
}

// forms lists the exact spellings of a value; the value itself comes first.
func forms(value string, short bool) []string {
	list := []string{value}
	seen := map[string]bool{value: true}
	plain := unreserved(value)
	for _, spelling := range exact {
		if spelling.long && short || plain && !spelling.every {
			continue
		}
		for _, text := range spelling.of(value) {
			// Escaping must not shorten a value into a fragment that matches by chance.
			if len(text) >= minValue && !seen[text] {
				seen[text] = true
				list = append(list, text)
			}
		}
	}
	return list
}

// unreserved tells whether a value has only characters that no spelling but an encoding of
// the whole changes, as most tokens have (RFC 3986 section 2.3).
func unreserved(value string) bool {
	for i := range len(value) {
		if !wordByte(value[i]) && strings.IndexByte("-.~", value[i]) < 0 {
			return false
		}
	}
	return true
}

// digests are a password's, as servers have kept them: in hexadecimal digits of either case
// and in Base64.
func digests(value string) []string {
	md, sha, sha2, sha5 := md5.Sum([]byte(value)), sha1.Sum([]byte(value)), sha256.Sum256([]byte(value)), sha512.Sum512([]byte(value))
	var texts []string
	for _, sum := range [][]byte{md[:], sha[:], sha2[:], sha5[:]} {
		text := hex.EncodeToString(sum)
		texts = append(texts, text, strings.ToUpper(text), base64.RawStdEncoding.EncodeToString(sum))
	}
	return texts
}

func every(texts []string, change func(string) string) []string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = change(text)
	}
	return list
}

func component(value string) string { return strings.ReplaceAll(url.QueryEscape(value), "+", "%20") }

var unescapedByScript = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")

func script(value string) string { return unescapedByScript.Replace(component(value)) }

func inQuotes(quoted string) string { return quoted[1 : len(quoted)-1] }

func lowerPercent(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:], bytes.ToLower(b[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// jsonForms are a value's spellings in JSON, for what stands in JSON that stands in
// something else.
func jsonForms(value string) []string { return append(markedForms(value), dotnetText(value)) }

// markedForms are those of them that markup changes.
func markedForms(value string) []string {
	plain := jsonText(value, false)
	return []string{plain, jsonText(value, true), strings.ReplaceAll(plain, "/", `\/`), unicodeEscaped(plain, "", "%04x")}
}

func dotnetText(value string) string {
	return unicodeEscaped(strings.ReplaceAll(jsonText(value, false), `\"`, `\u0022`), "&'+<>`\x7f", "%04X")
}

func jsonText(s string, escapeHTML bool) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(escapeHTML)
	if err := enc.Encode(s); err != nil {
		return s
	}
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(b.String(), "\n"), `"`), `"`)
}

func unicodeEscaped(s, also, format string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80 && !strings.ContainsRune(also, r):
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u`+format, u)
			}
		}
	}
	return b.String()
}

// htmlPlus is what html/template makes of a text.
func htmlPlus(value string) string { return strings.ReplaceAll(html.EscapeString(value), "+", "&#43;") }

func xmlText(value string) string {
	var x bytes.Buffer
	if err := xml.EscapeText(&x, []byte(value)); err != nil {
		return value
	}
	return x.String()
}
