package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// DecodeError says why a body is not exactly one well-formed JSON value. It
// names places, never values, so it may be shown and stored.
type DecodeError struct {
	Offset  int64  // bytes from the start of the body
	Pointer string // RFC 6901; empty for the whole body or where no place is known
	Problem string
}

func (e *DecodeError) Error() string {
	if e.Pointer == "" {
		return fmt.Sprintf("byte %d: %s", e.Offset, e.Problem)
	}
	return fmt.Sprintf("byte %d, at %s: %s", e.Offset, e.Pointer, e.Problem)
}

// Decode reads body as exactly one JSON value (RFC 8259) in UTF-8 without a
// byte order mark. Unlike encoding/json it refuses trailing bytes and members
// named twice, both of which hide what a server really answered, and numbers
// no exact arithmetic should be asked to hold (see maxNumberLength).
// Objects become map[string]any, arrays []any, numbers json.Number.
// Errors are *DecodeError.
func Decode(body []byte) (any, error) {
	if err := checkText(body); err != nil {
		return nil, err
	}
	if !json.Valid(body) {
		return nil, explainSyntax(body)
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(body))}
	w.dec.UseNumber()
	return w.value()
}

func checkText(body []byte) error {
	switch {
	case len(body) == 0:
		return &DecodeError{Problem: "the body is empty, a JSON value was expected"}
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return &DecodeError{Problem: "the body begins with a byte order mark, which JSON forbids (RFC 8259 8.1)"}
	}
	for i := 0; i < len(body); {
		r, size := utf8.DecodeRune(body[i:])
		if r == utf8.RuneError && size == 1 {
			return &DecodeError{Offset: int64(i), Problem: "the body is not UTF-8 (RFC 8259 8.1)"}
		}
		i += size
	}
	return nil
}

func explainSyntax(body []byte) error {
	var raw json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(body))
	if dec.Decode(&raw) == nil {
		return &DecodeError{Offset: dec.InputOffset(), Problem: "bytes follow the JSON value, exactly one value was expected"}
	}
	err := json.Unmarshal(body, &raw)
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		if strings.Contains(syntax.Error(), "max depth") {
			return &DecodeError{Offset: syntax.Offset, Problem: "nested deeper than 10000 levels"}
		}
		return &DecodeError{Offset: syntax.Offset, Problem: "not JSON (RFC 8259)"}
	}
	return &DecodeError{Problem: "not JSON (RFC 8259)"}
}

// Schema engines turn numbers into exact rationals: 1e999999999 would need
// gigabytes. No answer this harness knows comes near these bounds.
const (
	maxNumberLength = 400
	maxExponent     = 400
)

// walker builds the value of a body already known to be well-formed.
type walker struct {
	dec  *json.Decoder
	path []string
}

func (w *walker) fail(problem string) error {
	return &DecodeError{Offset: w.dec.InputOffset(), Pointer: pointer(w.path), Problem: problem}
}

func (w *walker) value() (any, error) {
	token, err := w.dec.Token()
	if err != nil {
		return nil, w.fail("not JSON (RFC 8259)")
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return w.object()
		}
		return w.array()
	case json.Number:
		if tooLong(string(token)) {
			return nil, w.fail("a number too long to compare exactly")
		}
		return token, nil
	default:
		return token, nil
	}
}

func (w *walker) object() (any, error) {
	object := map[string]any{}
	for w.dec.More() {
		token, err := w.dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, w.fail("not JSON (RFC 8259)")
		}
		w.path = append(w.path, name)
		if _, seen := object[name]; seen {
			return nil, w.fail("a member of this name was given before in the same object")
		}
		if object[name], err = w.value(); err != nil {
			return nil, err
		}
		w.path = w.path[:len(w.path)-1]
	}
	return object, w.end()
}

func (w *walker) array() (any, error) {
	array := []any{}
	for w.dec.More() {
		w.path = append(w.path, strconv.Itoa(len(array)))
		value, err := w.value()
		if err != nil {
			return nil, err
		}
		array = append(array, value)
		w.path = w.path[:len(w.path)-1]
	}
	return array, w.end()
}

func (w *walker) end() error {
	if _, err := w.dec.Token(); err != nil {
		return w.fail("not JSON (RFC 8259)")
	}
	return nil
}

func tooLong(number string) bool {
	if len(number) > maxNumberLength {
		return true
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return false
	}
	exponent, err := strconv.Atoi(number[i+1:])
	return err != nil || exponent > maxExponent || exponent < -maxExponent
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer writes path as a JSON Pointer (RFC 6901).
func pointer(path []string) string {
	var b strings.Builder
	for _, name := range path {
		b.WriteByte('/')
		pointerEscapes.WriteString(&b, name)
	}
	return b.String()
}
