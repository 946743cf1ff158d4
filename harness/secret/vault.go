// Package secret keeps every secret a run has read, issued or derived, and keeps them out of what the run writes.
//
// Redaction works twice: by structure (members, headers and query parameters whose names are known to carry secrets) and by
// value (every registered value, in each spelling it may take on a wire or in a report). Either alone leaks: structure misses
// a code quoted in an error message, value misses a token nobody registered.
package secret

import (
	"fmt"
	"strings"
	"sync"
)

const (
	open  = "‹"
	close = "›"

	// Below minValue bytes a value occurs everywhere by chance; structure still hides it.
	minValue = 4
	// Below shortValue bytes a value is replaced as a whole word only.
	shortValue = 8
	// An all-digit value up to this length is a one-time code: whole words only, and never scanned for, since any timestamp
	// or counter may equal it.
	digitsValue = 8
	// A value above wholeValue bytes is known in pieces of pieceValue bytes, and what is beyond mostValue bytes of it is not
	// known by value: a target decides how long the tokens are that it issues, and a text that repeats the beginning of a long
	// one would be compared with all of it at each place.
	wholeValue, pieceValue, mostValue = 4 << 10, 1 << 10, 64 << 10
)

// Vault knows the secrets of one process. Its zero value is not usable: call New. All methods are safe for concurrent use.
type Vault struct {
	mu      sync.RWMutex
	index   *index
	normals *normalIndex
	values  map[string]bool
	near    map[string]bool  // what was sent and is no secret itself
	ends    map[nearEnd]bool // of the normal forms of secrets
	weak    map[string]bool  // normal forms that say too little
	labels  map[string]bool
	names   map[string]bool
	issuing []string // names of a target's own, under which it hands out credentials
}

// Leak is a registered value found where none may stand. It never holds the value.
type Leak struct {
	Where  string // the name given to Scan: a file, usually
	Label  string // the label the value was registered under
	Offset int    // bytes from the start of the data
	Sent   bool   // it is what was sent and no secret, and may have stood there before it was sent
}

func (l Leak) String() string { return fmt.Sprintf("%s: %s at byte %d", l.Where, l.Label, l.Offset) }

// New returns a vault that knows the usual secret-bearing names and no value.
func New() *Vault {
	v := &Vault{index: newIndex(), normals: newNormalIndex(), values: map[string]bool{}, near: map[string]bool{},
		ends: map[nearEnd]bool{}, weak: map[string]bool{},
		labels: map[string]bool{imageLabel: true}, names: map[string]bool{}}
	for _, n := range defaultNames {
		v.names[normal(n)] = true
	}
	return v
}

// String counts the values, so that a vault printed by accident tells nothing.
func (v *Vault) String() string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return fmt.Sprintf("secret.Vault(%d values)", len(v.values))
}

// GoString is String: %#v must not print the values either.
func (v *Vault) GoString() string { return v.String() }

// Register makes a value known under a label; from now on it is replaced by ‹label›. A value keeps its first label. Values
// under 4 bytes are not replaced by value (structure still hides them). The label is printed: it must not hold a secret.
func (v *Vault) Register(label, value string) {
	label = cleanLabel(label)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.labels[label] = true
	v.add(label, value)
	// A secret read from a file or a command usually ends in a newline that is never sent.
	v.add(label, strings.TrimSpace(value))
}

func (v *Vault) add(label, value string) {
	for value = value[:min(len(value), mostValue)]; len(value) > wholeValue; value = value[pieceValue:] {
		v.add(label, value[:pieceValue])
	}
	if len(value) < minValue || v.values[value] {
		return
	}
	v.values[value] = true
	v.addEnds(value)
	v.spell(label, value, false)
}

// spell makes the spellings of a value known; sent says that it is no secret itself.
func (v *Vault) spell(label, value string, sent bool) {
	code := len(value) <= digitsValue && allDigits(value)
	short := code || len(value) < shortValue
	for _, text := range forms(value, short) {
		v.index.add(text, form{label: label, whole: short, code: code, sent: sent})
	}
	if !short {
		v.addNormal(label, value, sent)
	}
	if !short && strings.HasSuffix(label, "password") {
		for _, text := range digests(value) { // whoever has one can try passwords at leisure
			v.index.add(text, form{label: label + "-digest", sent: sent})
		}
	}
}

// Redact replaces each registered value, in any of its spellings, by its label. Overlapping values are replaced as one, so
// that no fragment of either remains. Text without a registered value is returned unchanged.
func (v *Vault) Redact(s string) string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.unspell(v.redact(s))
}

// redact replaces by exact spelling alone; unspell does the rest, once for each document. It and every other unexported method
// expect the lock to be held: one lock covers one document.
func (v *Vault) redact(s string) string { return replaceSpans(s, v.index.find(s, v.placeholder)) }

func replaceSpans(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	var out strings.Builder
	out.Grow(len(s))
	at := 0
	for _, sp := range spans {
		out.WriteString(s[at:sp.start])
		out.WriteString(open)
		out.WriteString(sp.form.label)
		out.WriteString(close)
		at = sp.end
	}
	out.WriteString(s[at:])
	return out.String()
}

// RedactBytes is Redact for bytes. The argument is not modified.
func (v *Vault) RedactBytes(b []byte) []byte { return []byte(v.Redact(string(b))) }

// Scan finds registered values in data that should hold none: the gate every output passes. One-time codes (up to 8 digits)
// are not searched for: a timestamp would collide.
func (v *Vault) Scan(name string, data []byte) []Leak {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var leaks []Leak
	text := string(data)
	for _, sp := range merge(append(v.index.find(text, v.placeholder), v.normalSpans(text)...)) {
		if !sp.scanned {
			continue
		}
		leaks = append(leaks, Leak{Where: name, Label: sp.form.label, Offset: sp.start, Sent: sp.sent})
	}
	return leaks
}

// placeholder gives the length of the placeholder s begins with, or 0. Placeholders are passed over: the password "password"
// must not be found again in ‹password›.
func (v *Vault) placeholder(s string) int {
	if !strings.HasPrefix(s, open) {
		return 0
	}
	inner, _, found := strings.Cut(s[len(open):min(len(s), maxLabel+32)], close)
	if !found {
		return 0
	}
	label := strings.TrimSuffix(inner, numberMark)
	if !v.labels[label] && !v.sensitive(label) {
		return 0
	}
	return len(open) + len(inner) + len(close)
}

// isPlaceholder tells whether s is one placeholder and nothing else.
func (v *Vault) isPlaceholder(s string) bool {
	return s != "" && v.placeholder(s) == len(s)
}

const (
	maxLabel = 48
	// numberMark inside a placeholder says that a JSON number stood there.
	numberMark = ":number"
)

// cleanLabel keeps a label harmless inside JSON, HTML, XML, a URL and a shell line.
func cleanLabel(label string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("._-", r):
			return r
		}
		return '-'
	}, strings.TrimSpace(label))
	if len(clean) > maxLabel {
		clean = clean[:maxLabel]
	}
	if clean == "" {
		return "secret"
	}
	return clean
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Sighting is a registered value that a text shows. It never holds the value.
type Sighting struct {
	Label      string
	Start, End int
	Code       bool // a one-time code, which any number may equal by chance
}

// See finds registered values in a text that the run read, in their exact spellings: for
// whoever looks whether an answer tells what it has no reason to.
func (v *Vault) See(text string) []Sighting {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var all []Sighting
	for _, sp := range v.index.find(text, v.placeholder) {
		if sp.sent {
			continue
		}
		all = append(all, Sighting{Label: sp.form.label, Start: sp.start, End: sp.end, Code: !sp.scanned})
	}
	return all
}
