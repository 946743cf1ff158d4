package secret

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// issuedNames are the endings of names under which a server hands out credentials. Names such as "code" or "key" are left
// out: they also carry error codes, and registering one of those would black out the report.
var issuedNames = []string{"token", "secret", "jwt", "session", "sessionid", "sid", "tfakey", "manualentrykey", "cookievalue", "apikey"}

// minIssued bytes and more tell a credential from a word.
const minIssued = 16

// mostIssued is how many credentials of one answer are learnt. No answer issues so many;
// each costs memory for the rest of the run.
const mostIssued = 256

// Learn registers the credentials a response issues (Set-Cookie values, tokens and secrets in JSON members, the secret of an
// otpauth URI), so that they are known by value before anything about the response is written. What merely might be a
// credential is left to structure.
func (v *Vault) Learn(h http.Header, body []byte) {
	left := mostIssued
	for _, line := range h.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		if credential(value) && left > 0 {
			v.Register("cookie-"+name, value)
			left--
		}
	}
	text, withheld := understood(h.Get("Content-Type"), body)
	defer v.learnSigned(h, text, &left) // last: a name tells more of a value than its form
	if withheld != "" || !looksJSON(text[:min(len(text), 64)]) || !v.mayIssue([]byte(text)) {
		return
	}
	var doc any
	if err := json.Unmarshal([]byte(text), &doc); err == nil {
		v.learn("", doc, &left)
	}
}

// Signed is the label of a signed token that only its form tells.
const Signed = "signed-token"

// signed fits a JSON Web Token in its compact form (RFC 7515 section 3.1), with or without
// a signature: whatever the name under which it is given, it may open a session.
var signed = regexp.MustCompile(`eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*`)

func (v *Vault) learnSigned(h http.Header, body string, left *int) {
	texts := []string{body}
	for _, values := range h {
		texts = append(texts, values...)
	}
	for _, text := range texts {
		if *left <= 0 || !strings.Contains(text, "eyJ") {
			continue
		}
		for _, token := range signed.FindAllString(text, *left) {
			v.Register(Signed, token)
			*left--
		}
	}
}

// mayIssue spares most bodies their decoding: without one of the names or an
// escape that could spell one, nothing in them is learnt.
func (v *Vault) mayIssue(body []byte) bool {
	lower := bytes.ToLower(body)
	if bytes.Contains(lower, []byte(`\u`)) || bytes.Contains(lower, []byte("otpauth:")) {
		return true
	}
	bare := lower[:0]
	for _, c := range lower { // as normal reads names
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			bare = append(bare, c)
		}
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	named := func(name string) bool { return bytes.Contains(bare, []byte(name)) }
	return slices.ContainsFunc(issuedNames, named) || slices.ContainsFunc(v.issuing, named)
}

func (v *Vault) learn(name string, value any, left *int) {
	if *left <= 0 {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for member, inner := range value {
			v.learn(member, inner, left)
		}
	case []any:
		for _, inner := range value {
			v.learn(name, inner, left)
		}
	case string:
		if v.issued(name) && credential(value) {
			v.Register(name, value)
			*left--
		}
		if u, err := url.Parse(value); err == nil && u.Scheme == "otpauth" {
			v.Register("totp-secret", u.Query().Get("secret"))
			*left--
		}
	}
}

func (v *Vault) issued(name string) bool {
	n := normal(name)
	for _, end := range issuedNames {
		if strings.HasSuffix(n, end) {
			return true
		}
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Contains(v.issuing, n)
}

// credential tells whether a value looks drawn rather than written: long, of token characters, with letters and digits.
func credential(value string) bool {
	if len(value) < minIssued {
		return false
	}
	letters, digits := false, false
	for i := range len(value) {
		switch c := value[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters = true
		case strings.IndexByte("+/=._~%|!$-", c) < 0:
			return false
		}
	}
	return letters && digits && !path(value)
}

// path tells whether a value reads like a path that was written, as a cookie that
// remembers a page holds: Base64 of that length has capitals.
func path(value string) bool {
	return (strings.HasPrefix(value, "/") || strings.Contains(value, "%2f")) && strings.ToLower(value) == value
}
