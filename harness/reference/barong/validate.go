package barong

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// kind is the type an operation declares for a parameter.
type kind int

const (
	text    kind = iota // numbers and booleans are turned into text
	untyped             // taken as it comes
	integer
	boolean
	date  // YYYY-MM-DD
	files // an array; its elements are the handler's business
	textOrObject
)

// param is one declared parameter. Keys that are "" follow from the operation's
// namespace and the name.
type param struct {
	name     string
	kind     kind
	required bool
	filled   bool // must not be blank
	// missing replaces the key of an absent parameter, wrongType ("invalid") that
	// of a value of another type.
	missing, wrongType string
	values             []string // the only ones allowed
	valuesKey          string   // "value"
	low, high          int64    // range of an integer; high 0: no upper end
	rangeKey           string
	names400           bool // like operation.names400, for this one
}

// need is a required text that must not be blank.
func need(name string) param { return param{name: name, required: true, filled: true} }

// optional is a text that may be absent or blank.
func optional(name string) param { return param{name: name} }

// filled is a text that may be absent but not blank.
func filled(name string) param { return param{name: name, filled: true} }

// raw is a value of any type.
func raw(name string) param { return param{name: name, kind: untyped} }

// oneOf is an optional text of a fixed list.
func oneOf(name, key string, values ...string) param {
	return param{name: name, values: values, valuesKey: key}
}

// paging is page and limit, which every paged list takes.
func paging() []param {
	return []param{
		{name: "page", kind: integer, wrongType: "non_integer_page", low: 1, rangeKey: "non_positive_page"},
		{name: "limit", kind: integer, wrongType: "non_integer_limit", low: 1, high: 100, rangeKey: "invalid_limit"},
	}
}

// validate refuses bad parameters, all at once in the order of declaration, and
// leaves in request.params only declared ones, coerced.
func (s *Server) validate(r *request) *answer {
	given := r.params
	r.sent = given
	r.params = map[string]any{}
	var keys []string
	status := 0
	for _, p := range r.op.params {
		if p.name == "totp_code" && s.On(faultKeyWithoutCode) || p.name == "otp_code" && s.On(faultOddCodeList) {
			p = raw(p.name)
		}
		found, named := p.judge(given, r.op.namespace)
		if len(found) > 1 && !named && s.On(faultFirstValidatorAlone) {
			found = found[:1]
		}
		if value, sent := given[p.name]; sent && len(found) == 0 {
			r.params[p.name], _ = p.coerce(value)
		}
		if len(found) > 0 && status == 0 {
			status = http.StatusUnprocessableEntity
			if named && p.required && (r.op.names400 || p.names400) {
				status = s.policy.missing
			}
		}
		keys = append(keys, found...)
	}
	if keys == nil {
		return nil
	}
	return refusal(status, keys...)
}

// judge returns the keys a parameter earns; absent tells that they say it is
// missing or empty.
func (p param) judge(given map[string]any, namespace string) (keys []string, absent bool) {
	value, sent := given[p.name]
	empty := namespace + ".empty_" + p.name
	switch {
	case !sent && p.required:
		missing := p.missing
		if missing == "" {
			missing = namespace + ".missing_" + p.name
		}
		if p.filled {
			return []string{missing, empty}, true
		}
		return []string{missing}, true
	case !sent:
		return nil, false
	}
	// A failed coercion stops no other validator of grape 1.4: they see the value as it was sent.
	coerced, fits := p.coerce(value)
	if !fits {
		coerced = value
		keys = append(keys, orElse(p.wrongType, "invalid"))
	}
	if p.filled && blank(coerced) {
		return append(keys, empty), fits
	}
	return append(keys, p.outOfBounds(coerced)...), false
}

// outOfBounds is the key of a value, or of an element of a list, that is none of
// those allowed: those of the wrong type are not either.
func (p param) outOfBounds(value any) []string {
	elements, isList := value.([]any)
	if !isList {
		elements = []any{value}
	}
	for _, element := range elements {
		if element != nil && !p.allows(element) {
			return []string{orElse(orElse(p.rangeKey, p.valuesKey), "value")}
		}
	}
	return nil
}

func (p param) allows(value any) bool {
	if p.rangeKey != "" {
		number, isNumber := value.(int64)
		return isNumber && number >= p.low && (p.high == 0 || number <= p.high)
	}
	text, isText := value.(string)
	return p.values == nil || isText && slices.Contains(p.values, text)
}

func orElse(key, otherwise string) string {
	if key == "" {
		return otherwise
	}
	return key
}

// coerce turns a value into the declared type. A null stays one.
func (p param) coerce(value any) (any, bool) {
	if value == nil || p.kind == untyped {
		return value, true
	}
	if _, isObject := value.(map[string]any); p.kind == files || isObject && p.kind == textOrObject {
		return value, true
	}
	plain, isPlain := plainText(value)
	if !isPlain {
		return nil, false
	}
	switch p.kind {
	case integer:
		if plain == "" {
			return nil, true
		}
		number, err := strconv.ParseInt(plain, 10, 64)
		return number, err == nil
	case boolean:
		if plain == "" {
			return nil, true
		}
		return plain == "true", plain == "true" || plain == "false"
	case date:
		if strings.TrimSpace(plain) == "" {
			return nil, true
		}
		day, err := time.Parse(time.DateOnly, plain)
		return day, err == nil
	}
	return plain, true
}

// plainText is a JSON scalar as text.
func plainText(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// blank is what Rails calls blank: null, white space, an empty collection.
func blank(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(v) == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// given tells whether a parameter was sent, even as null.
func (r *request) given(name string) bool {
	_, sent := r.params[name]
	return sent
}

// text is a parameter's text, "" when it is absent, null or no text.
func (r *request) text(name string) string {
	plain, _ := plainText(r.params[name])
	return plain
}

// optionalText is nil for an absent or null parameter.
func (r *request) optionalText(name string) *string {
	plain, isText := plainText(r.params[name])
	if !isText {
		return nil
	}
	return &plain
}

// integer is a parameter's number, or otherwise when it is absent or null.
func (r *request) integer(name string, otherwise int64) int64 {
	if number, isNumber := r.params[name].(int64); isNumber {
		return number
	}
	return otherwise
}

func (r *request) boolean(name string) bool { return r.params[name] == true }

// date is nil for an absent or null parameter.
func (r *request) date(name string) *time.Time {
	day, isDay := r.params[name].(time.Time)
	if !isDay {
		return nil
	}
	return &day
}
