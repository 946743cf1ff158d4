package secret

import (
	"bytes"
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

// forms lists the spellings a value may take in a URL, a header, a JSON or XML body, a Go error, or an HTML report. Most
// collapse into one for values of letters and digits. The value itself comes first.
func forms(value string, short bool) []string {
	list := []string{value}
	seen := map[string]bool{value: true}
	add := func(texts ...string) {
		for _, t := range texts {
			// Escaping must not shorten a value into a fragment that matches by chance.
			if t != "" && !seen[t] && len(t) >= minValue {
				seen[t] = true
				list = append(list, t)
			}
		}
	}
	add(percentForms(value)...)
	for _, j := range jsonForms(value) {
		// Twice: a JSON body quoted as a string inside a JSON report; and inside an HTML or XML report.
		add(j, jsonText(j, false))
		add(markupForms(j)...)
	}
	add(markupForms(value)...)
	quoted, ascii := strconv.Quote(value), strconv.QuoteToASCII(value)
	add(quoted[1:len(quoted)-1], ascii[1:len(ascii)-1])
	add(base64Forms(value, short)...)
	h := hex.EncodeToString([]byte(value))
	add(h, strings.ToUpper(h))
	return list
}

// percentForms follows RFC 3986 section 2.1, with both cases of the hex digits, the form media type's "+" for a space, and
// JavaScript's encodeURIComponent.
func percentForms(value string) []string {
	query, path := url.QueryEscape(value), url.PathEscape(value)
	component := strings.ReplaceAll(query, "+", "%20")
	script := strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*").Replace(component)
	all := []string{query, path, component, script}
	for _, form := range all[:4] {
		all = append(all, lowerPercent(form))
	}
	return all
}

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

// jsonForms covers the escaping habits of common serializers (RFC 8259 section 7 allows them all): Go, Ruby and JavaScript,
// PHP ("\/"), Python (ASCII only), .NET (upper-case \u for quotes, "+" and more).
func jsonForms(value string) []string {
	plain := jsonText(value, false)
	return []string{
		plain,
		jsonText(value, true),
		strings.ReplaceAll(plain, "/", `\/`),
		unicodeEscaped(plain, "", "%04x"),
		unicodeEscaped(strings.ReplaceAll(plain, `\"`, `\u0022`), "&'+<>`\x7f", "%04X"),
	}
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

// markupForms covers html/template (which also escapes "+") and encoding/xml.
func markupForms(value string) []string {
	h := html.EscapeString(value)
	var x bytes.Buffer
	if err := xml.EscapeText(&x, []byte(value)); err != nil {
		return []string{h}
	}
	return []string{h, strings.ReplaceAll(h, "+", "&#43;"), x.String()}
}

// base64Forms covers the value encoded alone, and its inner part when it was encoded behind something else (as the password
// in "Basic base64(user:password)" is), which shifts it by one or two bytes.
func base64Forms(value string, short bool) []string {
	raw := []byte(value)
	std := base64.StdEncoding.EncodeToString(raw)
	list := []string{
		std, base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
		url.QueryEscape(std), strings.ReplaceAll(std, "/", `\/`), strings.ReplaceAll(std, "+", `\u002B`),
	}
	if short {
		return list // the inner part of a short value is too short to be told from chance
	}
	for shift := range 3 {
		for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := enc.EncodeToString(append(make([]byte, shift), raw...))
			bits := (shift + len(raw)) * 8
			list = append(list, text[(shift*8+5)/6:bits/6])
		}
	}
	return list
}
