package secret

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// RedactBody redacts by structure and by value. Valid JSON stays valid JSON and a form stays a form, whatever the content type
// claims; anything else gets a textual pass over "name":"value", name=value and <name>value</name>.
func (v *Vault) RedactBody(contentType string, body []byte) []byte {
	if len(body) == 0 {
		return body
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	s, withheld := understood(contentType, body)
	if withheld != "" {
		return []byte(withheld)
	}
	if valid := json.Valid([]byte(s)); valid {
		clean := v.redactJSON(s, 0)
		spelt := v.unspell(clean)
		if spelt != clean && !json.Valid([]byte(spelt)) {
			return []byte(quote(hidden("secret"))) // it went across members
		}
		return []byte(spelt)
	}
	media, _, _ := mime.ParseMediaType(contentType)
	if media == "application/x-www-form-urlencoded" {
		return []byte(v.unspell(v.redactQuery(v.redact(s))))
	}
	return []byte(v.unspell(v.redact(v.loose(v.redact(s)))))
}

// cutTail is what is left out at the end of a text that was cut: more than the
// spelling of a value whose end, and so whose form, is missing.
const cutTail = 1 << 10

// RedactCut is RedactBody for a body that was cut off somewhere: what may be the
// beginning of a secret at its end is left out.
func (v *Vault) RedactCut(contentType string, body []byte) []byte {
	clean := v.RedactBody(contentType, body)
	end := max(0, len(clean)-cutTail)
	if gap := bytes.LastIndexAny(clean[:end], " \t\r\n\"'<>,;{}[]"); gap >= 0 {
		end = gap
	}
	return append(bytes.ToValidUTF8(clean[:end:end], nil), "… (the end is left out)"...)
}

// RedactHeader returns a redacted copy. Authentication schemes, cookie names and cookie attributes stay.
func (v *Vault) RedactHeader(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	clean := make(http.Header, len(h))
	for name, values := range h {
		list := make([]string, len(values))
		for i, value := range values {
			list[i] = v.unspell(v.headerValue(name, value))
		}
		clean[v.unspell(v.redact(name))] = list
	}
	return clean
}

func (v *Vault) headerValue(name, value string) string {
	value = v.redact(value)
	switch normal(name) {
	case "cookie":
		return v.cookies(value, len(value))
	case "setcookie":
		end := strings.IndexByte(value, ';')
		if end < 0 {
			end = len(value)
		}
		return v.cookies(value, end)
	case "authorization", "proxyauthorization":
		return v.authorization(name, value)
	case "confirm":
		// ONLYOFFICE sends the confirmation link's query in this header: type=...&key=...&uid=...
		if !strings.Contains(value, "=") {
			return v.hide(name, value)
		}
		return v.redactQuery(value)
	case "location", "contentlocation", "referer", "link", "refresh":
		return v.redactURL(value)
	}
	if v.sensitive(name) {
		return v.hide(name, value)
	}
	return v.structured(value, 0)
}

// hide prefers the label of a registered value, which says whose secret it is, to the bare name.
func (v *Vault) hide(name, value string) string {
	if value == "" {
		return ""
	}
	if clean := v.redact(value); v.isPlaceholder(clean) {
		return clean
	}
	return hidden(name)
}

// authorization keeps the scheme (RFC 9110 section 11.4: scheme, then credentials).
func (v *Vault) authorization(name, value string) string {
	scheme, credentials, found := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "basic", "bearer", "digest", "apikey", "token", "negotiate", "hmac":
		if found {
			return scheme + " " + v.hide(name, credentials)
		}
		return value
	}
	return v.hide(name, value)
}

// cookies hides the values of the pairs before end; an empty value (a cookie taken away) stays visible.
func (v *Vault) cookies(value string, end int) string {
	parts := strings.Split(value[:end], ";")
	for i, part := range parts {
		name, secret, found := strings.Cut(part, "=")
		if !found {
			if strings.TrimSpace(part) != "" {
				parts[i] = v.hide("cookie", part)
			}
			continue
		}
		parts[i] = v.redact(name) + "=" + v.hide("cookie", secret)
	}
	return strings.Join(parts, ";") + v.redact(value[end:])
}

// RedactURL hides the password of the user part, sensitive query and fragment parameters, and registered values anywhere,
// however they are percent-encoded.
func (v *Vault) RedactURL(raw string) string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.unspell(v.redactURL(raw))
}

func (v *Vault) redactURL(raw string) string {
	rest, fragment, hasFragment := strings.Cut(v.redact(raw), "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	clean := v.redactPath(path)
	if hasQuery {
		clean += "?" + v.redactQuery(query)
	}
	if hasFragment {
		clean += "#" + v.redactQuery(fragment)
	}
	return v.redact(clean)
}

var userinfo = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://[^/@:]*:)([^/@]+)@`)

func (v *Vault) redactPath(path string) string {
	path = userinfo.ReplaceAllString(path, "${1}"+hidden("password")+"@")
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = v.encoded(segment, url.PathUnescape)
	}
	return strings.Join(segments, "/")
}

// redactQuery handles name=value pairs as in a query or a form; order and empty values stay.
func (v *Vault) redactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			pairs[i] = v.encoded(pair, url.QueryUnescape)
			continue
		}
		plain, err := url.QueryUnescape(name)
		if err != nil {
			plain = name
		}
		if v.sensitive(plain) {
			value = v.hide(plain, value)
		} else {
			value = v.encoded(value, url.QueryUnescape)
		}
		pairs[i] = v.encoded(name, url.QueryUnescape) + "=" + value
	}
	return strings.Join(pairs, "&")
}

// reencode restores the escapes without which a redacted part would not be one part any more.
var reencode = strings.NewReplacer("%", "%25", "&", "%26", "+", "%2B", "#", "%23", "?", "%3F", "/", "%2F", " ", "%20", "\n", "%0A",
	"\r", "%0D")

// encoded redacts by value what the text means, so that no unusual spelling (%61 for a) hides a secret. A nested URL or pair
// inside the text is handled too. Without a secret the spelling stays as it was.
func (v *Vault) encoded(text string, decode func(string) (string, error)) string {
	if strings.ContainsAny(text, "%+") {
		if plain, err := decode(text); err == nil {
			if clean := v.structured(plain, 0); clean != plain {
				return reencode.Replace(clean)
			}
		}
	}
	return v.redact(text)
}

// pairs hides name=value wherever it stands in running text: a link in a JSON string, an error message.
func (v *Vault) pairs(s string) string {
	var out strings.Builder
	done := 0
	for at := 0; ; {
		eq := strings.IndexByte(s[at:], '=')
		if eq < 0 {
			break
		}
		eq += at
		at = eq + 1
		name := eq
		for name > done && nameByte(s[name-1]) {
			name--
		}
		if name == eq || !v.sensitive(s[name:eq]) {
			continue
		}
		start, end := pairValue(s, eq+1)
		if start == end {
			continue
		}
		out.WriteString(s[done:start])
		out.WriteString(v.hide(s[name:eq], s[start:end]))
		done, at = end, end
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

func nameByte(c byte) bool { return wordByte(c) || c == '-' || c == '[' || c == ']' || c == '.' }

// pairValue finds the value at i: up to the closing quote when it is quoted, else up to what cannot stand in a query value.
func pairValue(s string, i int) (start, end int) {
	if i < len(s) && (s[i] == '"' || s[i] == '\'') {
		if n := strings.IndexByte(s[i+1:], s[i]); n >= 0 {
			return i + 1, i + 1 + n
		}
		return i + 1, len(s)
	}
	n := strings.IndexAny(s[i:], "&;,#\"'<>\\ \t\r\n)}]")
	if n < 0 {
		n = len(s) - i
	}
	return i, i + n
}

var (
	// A member of broken or truncated JSON; the value may lack its closing quote.
	looseMember = regexp.MustCompile(`(["'])([^"'\\\r\n]{1,64})(["']\s*:\s*)("(?:[^"\\]|\\.)*(?:"|\\?$)|'[^']*(?:'|$)|-?[0-9][0-9.eE+-]*)`)
	looseTag    = regexp.MustCompile(`<([A-Za-z_][\w:.-]{0,63})(?:\s[^<>]*)?>([^<]+)`)
	// A part of a multipart/form-data body (RFC 7578): its name, the blank line, its value.
	looseForm = regexp.MustCompile(`(?i)(form-data;[^\r\n]*?name="([^"\r\n]{1,64})"[^\r\n]*\r?\n(?:[^\r\n]+\r?\n)*\r?\n)([^\r\n]+)`)
)

// loose is the conservative pass over text of unknown shape.
func (v *Vault) loose(s string) string {
	if strings.Contains(s, ":") {
		s = v.replace(s, looseMember, 2, 4)
		s = v.replace(s, looseForm, 2, 3)
	}
	if strings.Contains(s, "</") {
		s = v.replace(s, looseTag, 1, 2)
	}
	return v.pairs(s)
}

// replace hides the text of one group where the other group is a sensitive name.
func (v *Vault) replace(s string, pattern *regexp.Regexp, name, value int) string {
	var out strings.Builder
	done := 0
	for _, m := range pattern.FindAllStringSubmatchIndex(s, -1) {
		member := s[m[2*name]:m[2*name+1]]
		if !v.sensitive(member) {
			continue
		}
		text := s[m[2*value]:m[2*value+1]]
		start, end := m[2*value], m[2*value+1]
		number := text[0] == '-' || digit(text, 0)
		if pattern == looseMember && number && countDigits(text) < minCodeDigits {
			continue
		}
		open, closing := "", ""
		if pattern == looseMember {
			open, closing = `"`, `"`
			if !number {
				text = strings.TrimSuffix(text[1:], text[:1])
			}
		}
		out.WriteString(s[done:start])
		out.WriteString(open + v.hide(member, text) + closing)
		done = end
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}
