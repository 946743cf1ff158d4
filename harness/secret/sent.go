package secret

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// nearBytes of a normal form, at its beginning or its end, tell whose near miss a value is
// that is no more than nearLength longer or shorter.
const nearBytes, nearLength = 6, 2

// minSignature bytes and more has a signature or a hash: SHA-1 in hexadecimal digits.
const minSignature = 40

// mostSent bytes of a body are looked through for near misses: a longer one is filled up
// with something else.
const mostSent = 64 << 10

// LearnSent registers what a request sends in the places of secrets and nobody has
// registered: near misses of known secrets, such as a password without its last character,
// and signatures and hashes. A server that repeated one would tell all but a letter of a
// password, or hand on a signature that is good for another request. It is called before the
// request goes out. See does not see these values: they are no secrets. Other texts in such
// places stay: what a request tries in place of a token may stand anywhere.
func (v *Vault) LearnSent(h http.Header, values url.Values, contentType string, body []byte) {
	var found []pair
	note := func(name, value string) { found = append(found, pair{name, value}) }
	v.mu.RLock()
	for name, lines := range h {
		for _, line := range lines {
			v.sentHeader(name, line, note)
		}
	}
	v.sentValues(values, note)
	if len(body) > 0 && len(body) <= mostSent {
		v.sentBody(contentType, body, note)
	}
	unknown := found[:0]
	for _, p := range found {
		if v.giveaway(p) {
			unknown = append(unknown, p)
		}
	}
	v.mu.RUnlock()
	if len(unknown) == 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range unknown {
		label := cleanLabel(p.name)
		v.labels[label], v.near[p.value] = true, true
		v.spell(label, p.value, true)
	}
}

// pair is a value and the name of the place where it stands.
type pair struct{ name, value string }

// giveaway tells whether a value that was sent would tell something that is not known yet.
func (v *Vault) giveaway(p pair) bool {
	if len(p.value) < shortValue || len(p.value) > wholeValue || address(p.value) || v.values[p.value] || v.near[p.value] {
		return false
	}
	name, form := normal(p.name), stripped(p.value)
	if !tellsItself(form) {
		return v.weak[string(form)]
	}
	if strings.HasSuffix(name, "signature") || strings.HasSuffix(name, "hash") { // half of one too
		return len(p.value) >= minSignature && credential(p.value) || v.endsLike(form, 0)
	}
	for length := len(form) - nearLength; length <= len(form)+nearLength; length++ {
		if v.endsLike(form, length) {
			return true
		}
	}
	return false
}

// nearEnd is one end of a normal form of a length, or of any length where that is 0.
type nearEnd struct {
	text   [nearBytes]byte
	length int
}

func (v *Vault) endsLike(form []byte, length int) bool {
	return v.ends[nearEnd{[nearBytes]byte(form[:nearBytes]), length}] || v.ends[nearEnd{[nearBytes]byte(form[len(form)-nearBytes:]), length}]
}

// addEnds remembers by what the near misses of a value are told. Of one that other words
// are like, nothing but the same letters in another case are near.
func (v *Vault) addEnds(value string) {
	form := stripped(value)
	switch {
	case address(value):
		return
	case !tellsItself(form):
		if len(form) >= shortValue {
			v.weak[string(form)] = true
		}
		return
	}
	for _, length := range []int{0, len(form)} {
		v.ends[nearEnd{[nearBytes]byte(form[:nearBytes]), length}] = true
		v.ends[nearEnd{[nearBytes]byte(form[len(form)-nearBytes:]), length}] = true
	}
}

// address tells whether a value is one: those of one host are all near each other.
func address(value string) bool { return strings.Contains(value, "://") }

func (v *Vault) sentHeader(name, line string, note func(name, value string)) {
	switch normal(name) {
	case "cookie":
		for part := range strings.SplitSeq(line, ";") {
			if cookie, value, found := strings.Cut(strings.TrimSpace(part), "="); found {
				note("cookie-"+cookie, value)
			}
		}
	case "authorization", "proxyauthorization":
		scheme, credentials, found := strings.Cut(line, " ")
		if !found {
			scheme, credentials = "", line
		}
		note(name, credentials)
		if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil && strings.EqualFold(scheme, "basic") {
			_, password, _ := strings.Cut(string(plain), ":")
			note("password", password)
		}
	case "confirm":
		values, _ := url.ParseQuery(line) // what cannot be read is left out
		v.sentValues(values, note)
	default:
		if v.sensitive(name) {
			note(name, line)
		}
	}
}

func (v *Vault) sentValues(values url.Values, note func(name, value string)) {
	for name, list := range values {
		if v.sensitive(name) {
			for _, value := range list {
				note(name, value)
			}
		}
	}
}

func (v *Vault) sentBody(contentType string, body []byte, note func(name, value string)) {
	var doc any
	if json.Unmarshal(body, &doc) == nil {
		v.sentJSON("", doc, note)
		return
	}
	if media, _, _ := mime.ParseMediaType(contentType); media == "application/x-www-form-urlencoded" {
		values, _ := url.ParseQuery(string(body)) // what cannot be read is left out
		v.sentValues(values, note)
		return
	}
	for _, m := range looseForm.FindAllSubmatch(body, -1) {
		if v.sensitive(string(m[2])) {
			note(string(m[2]), string(m[3]))
		}
	}
	for _, m := range looseMember.FindAllSubmatch(body, -1) {
		if v.sensitive(string(m[2])) {
			note(string(m[2]), strings.Trim(string(m[4]), `"'`))
		}
	}
}

// sentJSON notes the texts under sensitive names, at any depth.
func (v *Vault) sentJSON(name string, value any, note func(name, value string)) {
	switch value := value.(type) {
	case map[string]any:
		for member, inner := range value {
			under := name
			if under == "" && v.sensitive(member) {
				under = member
			}
			v.sentJSON(under, inner, note)
		}
	case []any:
		for _, inner := range value {
			v.sentJSON(name, inner, note)
		}
	case string:
		if name != "" {
			note(name, value)
		}
	}
}
