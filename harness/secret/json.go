package secret

import (
	"bytes"
	"encoding/json"
	"strings"
)

const (
	// maxNesting bounds JSON inside a JSON string inside a JSON string.
	maxNesting = 3
	// A number of fewer digits under a sensitive name is a status or an error number, never a code; it stays as evidence.
	minCodeDigits = 4
	imageLabel    = "image"
)

// walker copies a valid JSON text and changes only the strings and numbers that give a secret away: spacing, member order,
// duplicate members and number spellings are evidence.
type walker struct {
	v      *Vault
	in     string
	at     int
	out    strings.Builder
	nested int
}

// redactJSON expects valid JSON (json.Valid, which also bounds the depth) and returns valid JSON.
func (v *Vault) redactJSON(valid string, nested int) string {
	w := &walker{v: v, in: valid, nested: nested}
	w.out.Grow(len(valid) + 64)
	w.value("")
	w.out.WriteString(w.in[w.at:])
	return w.out.String()
}

// value copies one value. A name makes every string and number in it hidden, at any depth.
func (w *walker) value(name string) {
	w.space()
	switch c := w.in[w.at]; {
	case c == '{':
		w.composite('}', func() {
			raw := w.string()
			member := decoded(raw)
			w.out.WriteString(w.text(raw, member, ""))
			w.space()
			w.copy(1) // the colon
			inner := name
			if inner == "" && w.v.sensitive(member) {
				inner = member
			}
			w.value(inner)
		})
	case c == '[':
		w.composite(']', func() { w.value(name) })
	case c == '"':
		raw := w.string()
		w.out.WriteString(w.text(raw, decoded(raw), name))
	default:
		w.literal(name)
	}
}

func (w *walker) composite(end byte, element func()) {
	w.copy(1)
	for {
		w.space()
		switch w.in[w.at] {
		case end:
			w.copy(1)
			return
		case ',':
			w.copy(1)
			w.space()
		}
		element()
	}
}

func (w *walker) copy(n int) {
	w.out.WriteString(w.in[w.at : w.at+n])
	w.at += n
}

func (w *walker) space() {
	start := w.at
	for w.at < len(w.in) && strings.IndexByte(" \t\r\n", w.in[w.at]) >= 0 {
		w.at++
	}
	w.out.WriteString(w.in[start:w.at])
}

// string takes the next string literal, quotes included, without writing it.
func (w *walker) string() string {
	start := w.at
	for w.at++; w.in[w.at] != '"'; w.at++ {
		if w.in[w.at] == '\\' {
			w.at++
		}
	}
	w.at++
	return w.in[start:w.at]
}

// text returns the literal to write for a string.
func (w *walker) text(raw, value, name string) string {
	if value == "" || w.v.isPlaceholder(value) {
		return raw
	}
	var clean string
	switch {
	case name != "":
		clean = w.v.hide(name, value)
	case strings.HasPrefix(value, "data:image/"):
		clean = open + imageLabel + close // a QR image shows the second factor's secret
	default:
		clean = w.v.structured(value, w.nested)
	}
	if clean == value && len(raw) == len(value)+2 {
		return raw // nothing hidden, nothing escaped
	}
	literal := raw
	if clean != value {
		literal = quote(clean)
	}
	// Escaping may spell a secret the decoded text does not hold ("\n" before "abc" spells "nabc"), and Scan would find it.
	if by := w.v.redact(literal); by != literal {
		return quote(hidden("secret"))
	}
	return literal
}

func (w *walker) literal(name string) {
	start := w.at
	for w.at < len(w.in) && strings.IndexByte(",]} \t\r\n", w.in[w.at]) < 0 {
		w.at++
	}
	lit := w.in[start:w.at]
	number := lit[0] == '-' || lit[0] >= '0' && lit[0] <= '9'
	clean := lit
	if number {
		clean = w.v.redact(lit)
		if clean == lit && name != "" && countDigits(lit) >= minCodeDigits {
			clean = hidden(name)
		}
	}
	if clean != lit {
		if inner, whole := strings.CutSuffix(clean, close); whole {
			clean = inner + numberMark + close
		}
		clean = quote(clean)
	}
	w.out.WriteString(clean)
}

// structured redacts text that may hold JSON, a URL or name=value pairs, and then by value.
func (v *Vault) structured(s string, nested int) string {
	if nested < maxNesting && looksJSON(s) && json.Valid([]byte(s)) {
		return v.redactJSON(s, nested+1)
	}
	// By value first: a pair's value ends at "&", which a secret may hold.
	clean := v.redact(s)
	if strings.Contains(clean, "=") {
		clean = v.redact(v.pairs(clean))
	}
	return clean
}

func looksJSON(s string) bool {
	t := strings.TrimLeft(s, " \t\r\n")
	return t != "" && (t[0] == '{' || t[0] == '[')
}

func decoded(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1]
	}
	var s string
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		return raw
	}
	return s
}

func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `"` + hidden("secret") + `"`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
