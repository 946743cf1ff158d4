package onlyoffice

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"authconform/harness/reference/kit"
)

// decode reads the body of an operation. Every refusal is one of the generic
// bodies: media type, malformed, wrong type of a member.
func (s *Server) decode(r *request, into any) *refusal {
	contentType := r.http.Header.Get("Content-Type")
	body := r.body
	if len(body) == 0 && contentType == "" && s.policy.absentBodyIsEmpty {
		contentType, body = "application/json", []byte("{}") // the documents mark every body optional
	}
	err := kit.DecodeJSON(contentType, body, into)
	var unusable *kit.BodyError
	if !errors.As(err, &unusable) {
		return nil
	}
	why := invalid("$", "The request body is not valid JSON.")
	switch unusable.Problem {
	case kit.MediaType:
		why = refusal{status: 415, message: "Unsupported Media Type"}
	case kit.InvalidType:
		why = wrongType(unusable.Field)
	}
	return &why
}

func wrongType(member string) refusal {
	path := "$"
	if member != "" {
		path += "." + member
	}
	return invalid(path, "The JSON value could not be converted. Path: "+path)
}

// wholeNumber is a JSON integer; quoted tells that it came as text ("5").
type wholeNumber struct {
	value  int
	quoted bool
}

func (n *wholeNumber) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if len(text) > 2 && text[0] == '"' {
		text, n.quoted = text[1:len(text)-1], true
	}
	value, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[int]()}
	}
	n.value = int(value)
	return nil
}

// flag is a JSON boolean that may be absent but not null.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if text != "true" && text != "false" {
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[bool]()}
	}
	*f = text == "true"
	return nil
}

// choice is a member of an enumeration, sent as a name or as its number.
type choice struct {
	name   string
	number int
	named  bool
}

func (c *choice) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	if number, err := strconv.Atoi(string(raw)); err == nil {
		c.number = number
		return nil
	}
	c.named = true
	return json.Unmarshal(raw, &c.name)
}

// pick finds the chosen one of names; an absent choice is the first.
func (c choice) pick(names []string) (int, bool) {
	if !c.named {
		return c.number, c.number >= 0 && c.number < len(names)
	}
	at := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, c.name) })
	return at, at >= 0
}

// codeText is the member `code` exactly as sent: which JSON kind decides between
// a wrong type, a missing and a wrong code.
type codeText struct {
	kind string // "" (absent), null, string, number, boolean, array, object
	text string // of a string, or the literal of a number
}

func (c *codeText) UnmarshalJSON(raw []byte) error {
	switch c.kind = kit.KindOf(raw); c.kind {
	case kit.KindString:
		return json.Unmarshal(raw, &c.text)
	case kit.KindNumber:
		c.text = string(raw)
	}
	return nil
}

// isEmail is the rule of the product's model validation: one @, neither first
// nor last.
func isEmail(text string) bool {
	name, domain, found := strings.Cut(text, "@")
	return found && name != "" && domain != "" && !strings.Contains(domain, "@")
}

// isUUID accepts the form the product writes, 8-4-4-4-12 hexadecimal digits.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
