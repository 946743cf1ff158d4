package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// Mismatch is one way in which a body is not what its schema asks. It holds
// nothing of the body but member names and JSON types.
type Mismatch struct {
	Pointer string `json:"pointer"` // RFC 6901; for a missing member, the object that lacks it
	Rule    string `json:"rule"`    // draft-07 keyword, or "json" when the body could not be decoded
	Want    string `json:"want"`    // what the schema asks there
	Member  string `json:"-"`       // that the object at Pointer lacks; "" for other rules
}

func (m Mismatch) String() string {
	place := m.Pointer
	if place == "" {
		place = "(whole body)"
	}
	return fmt.Sprintf("%s: %s: %s", place, m.Rule, m.Want)
}

// Schema is one compiled *.schema.json file.
type Schema struct {
	name     string
	raw      []byte
	compiled *gojsonschema.Schema
}

// Name is the file's name in its folder, such as "login.schema.json".
func (s *Schema) Name() string { return s.name }

// Check decodes body strictly and returns every mismatch, sorted by place; nil
// means the body is exactly as described.
func (s *Schema) Check(body []byte) []Mismatch {
	value, err := Decode(body)
	if err != nil {
		return []Mismatch{undecodable(err)}
	}
	return s.CheckValue(value, body)
}

// CheckValue is Check for a body [Decode] has already read: value is what it
// returned for raw. It saves the second decoding.
func (s *Schema) CheckValue(value any, raw []byte) []Mismatch {
	// A nil value is the JSON null only when there were bytes to read it from.
	if value == nil && len(raw) == 0 {
		return s.Check(nil)
	}
	result, err := s.compiled.Validate(gojsonschema.NewRawLoader(value))
	if err != nil {
		return []Mismatch{{Rule: "schema", Want: "a value the schema engine can read"}}
	}
	var found []Mismatch
	for _, e := range result.Errors() {
		found = append(found, describe(e))
	}
	slices.SortFunc(found, func(a, b Mismatch) int {
		return cmp.Or(cmp.Compare(a.Pointer, b.Pointer), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Want, b.Want))
	})
	return slices.Compact(found)
}

func undecodable(err error) Mismatch {
	m := Mismatch{Rule: "json", Want: err.Error()}
	if d, ok := err.(*DecodeError); ok {
		m.Pointer = d.Pointer
	}
	return m
}

// describe words one engine error from what the schema says. The engine's own
// texts and Value() quote the body and must not be used.
func describe(e gojsonschema.ResultError) Mismatch {
	path := instancePath(e)
	detail := func(key string) string { return shorten(fmt.Sprint(e.Details()[key])) }
	mismatch := func(rule, want string) Mismatch { return Mismatch{Pointer: pointer(path), Rule: rule, Want: want} }

	switch e.Type() {
	case "required":
		return missing(mismatch("required", "member "+quote(detail("property"))+" present"), e.Details()["property"])
	case "additional_property_not_allowed":
		name, _ := e.Details()["property"].(string)
		path = append(path, name)
		return mismatch("additionalProperties", "no such member")
	case "invalid_type":
		return mismatch("type", detail("expected")+", not "+detail("given"))
	case "const":
		return mismatch("const", detail("allowed"))
	case "enum":
		return mismatch("enum", "one of "+detail("allowed"))
	case "format":
		return mismatch("format", detail("format"))
	case "pattern":
		return mismatch("pattern", detail("pattern"))
	case "string_gte":
		return mismatch("minLength", "at least "+detail("min")+" characters")
	case "string_lte":
		return mismatch("maxLength", "at most "+detail("max")+" characters")
	case "number_gte":
		return mismatch("minimum", "at least "+detail("min"))
	case "number_gt":
		return mismatch("exclusiveMinimum", "more than "+detail("min"))
	case "number_lte":
		return mismatch("maximum", "at most "+detail("max"))
	case "number_lt":
		return mismatch("exclusiveMaximum", "less than "+detail("max"))
	case "multiple_of":
		return mismatch("multipleOf", "a multiple of "+detail("multiple"))
	case "array_min_items":
		return mismatch("minItems", "at least "+detail("min")+" items")
	case "array_max_items":
		return mismatch("maxItems", "at most "+detail("max")+" items")
	case "array_min_properties":
		return mismatch("minProperties", "at least "+detail("min")+" members")
	case "array_max_properties":
		return mismatch("maxProperties", "at most "+detail("max")+" members")
	case "missing_dependency":
		return missing(mismatch("dependencies", "member "+quote(detail("dependency"))+" present as well"), e.Details()["dependency"])
	}
	if rule, ok := plainRules[e.Type()]; ok {
		return mismatch(rule[0], rule[1])
	}
	return mismatch("schema", "what the schema describes")
}

func missing(m Mismatch, name any) Mismatch {
	m.Member, _ = name.(string)
	return m
}

var plainRules = map[string][2]string{
	"array_no_additional_items": {"additionalItems", "no further items"},
	"unique":                    {"uniqueItems", "items that all differ"},
	"contains":                  {"contains", "an item as described"},
	"invalid_property_pattern":  {"additionalProperties", "member names as described"},
	"invalid_property_name":     {"propertyNames", "member names as described"},
	"number_any_of":             {"anyOf", "at least one of the alternatives"},
	"number_one_of":             {"oneOf", "exactly one of the alternatives"},
	"number_all_of":             {"allOf", "all of the alternatives"},
	"number_not":                {"not", "something other than what is forbidden here"},
	"condition_then":            {"then", "what follows from the condition"},
	"condition_else":            {"else", "what follows from the condition"},
	"false":                     {"false", "nothing at this place"},
}

// instancePath splits the engine's context at a byte no UTF-8 text can hold,
// so that member names with dots and slashes stay whole.
func instancePath(e gojsonschema.ResultError) []string {
	const separator = "\xff"
	return strings.Split(e.Context().String(separator), separator)[1:]
}

func quote(text string) string { return `"` + text + `"` }

func shorten(text string) string {
	const limit = 200
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "..."
}
