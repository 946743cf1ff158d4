package target

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"authconform/harness/schema"
	"authconform/schemas"
)

const schemaFile = "config/target.schema.json"

// orReference is what the published schema adds to each pattern for editors, which
// see ${NAME} and file:PATH where Load sees what they refer to.
var orReference = []byte(`|^file:.|(^|[^$])\\$\\{"`)

// rules are the published schema, completed by what one exchange knows.
type rules struct{ document map[string]any }

// rule is what the rules say of one place, references followed.
type rule struct {
	definition string         // name of the definition it refers to
	about      string         // what the place is for
	body       map[string]any // nil: nothing may, or need, stand there
}

func (r rule) text(keyword string) string {
	text, _ := r.body[keyword].(string)
	return text
}

// want words what the place asks of a value.
func (r rule) want() string { return phrase(r.body) }

// phrase is a schema's description within a sentence of ours.
func phrase(body map[string]any) string {
	text, _ := body["description"].(string)
	text = strings.TrimSuffix(text, ".")
	if len(text) > 1 && (text[1] == ' ' || text[1] >= 'a' && text[1] <= 'z') { // neither PEM nor ${NAME}
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return text
}

func (r rule) secret() bool { return r.definition == "secret" || r.definition == "totp-secret" }

// hidden tells whether a value must not be shown even as it stands in the file.
func (r rule) hidden() bool { return r.secret() || r.definition == "header" }

// members lists the names that a mapping may hold.
func (r rule) members() []string {
	properties, _ := r.body["properties"].(map[string]any)
	return sorted(properties)
}

func (r rule) choices() []string {
	var names []string
	list, _ := r.body["enum"].([]any)
	for _, choice := range list {
		if name, ok := choice.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// newRules completes the schema. exchange is nil where the file names none of names.
func newRules(names []string, exchange *Exchange) (*rules, error) {
	raw, err := schemas.FS.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	value, err := schema.Decode(bytes.ReplaceAll(raw, orReference, []byte(`"`)))
	if err != nil {
		return nil, err
	}
	s := &rules{document: value.(map[string]any)}
	s.properties("")["exchange"] = choice("exchange", names)
	if exchange != nil {
		s.complete(exchange)
	}
	return s, nil
}

// check returns every way in which a value is not what the rules ask.
func (s *rules) check(value any) ([]schema.Mismatch, error) {
	complete, err := json.Marshal(s.document)
	if err != nil {
		return nil, err
	}
	compiled, err := schema.Compile(schemaFile, complete)
	if err != nil {
		return nil, err
	}
	return compiled.CheckValue(value, complete), nil
}

func (s *rules) complete(exchange *Exchange) {
	root := s.properties("")
	root["profile"] = choice("profile", exchange.Profiles)
	settings, features := map[string]any{}, map[string]any{}
	for name, setting := range exchange.Settings {
		settings[name] = setting.rule()
	}
	for name := range exchange.Features {
		features[name] = map[string]any{"type": "boolean", "description": "true or false."}
	}
	root["settings"] = map[string]any{"type": "object", "properties": settings, "additionalProperties": false}
	root["features"] = map[string]any{"type": "object", "properties": features, "additionalProperties": false}
	for _, list := range []string{"operations", "except"} {
		root[list].(map[string]any)["items"] = choice("operation", exchange.Operations)
	}
	s.properties("identity")["roles"].(map[string]any)["items"] = choice("role", sorted(exchange.Roles))
	identity := s.definition("identity")
	for _, name := range exchange.Needs {
		identity["required"] = append(identity["required"].([]any), name)
	}
}

// choice is the rule of one of the known names; with none known, nothing passes.
func choice(title string, known []string) any {
	if len(known) == 0 {
		return false
	}
	names := make([]any, len(known))
	for i, name := range known {
		names[i] = name
	}
	return map[string]any{"title": title, "description": "one of " + strings.Join(known, ", "), "type": "string", "enum": names}
}

func (s Setting) rule() any {
	switch {
	case s.Secret:
		return map[string]any{"$ref": "#/definitions/secret"}
	case s.URL:
		return map[string]any{"$ref": "#/definitions/url"}
	case s.Path:
		return map[string]any{"$ref": "#/definitions/url-path"}
	case s.Form != "":
		return map[string]any{"title": "value", "description": s.Text, "type": "string", "pattern": "^(" + s.Form + ")$"}
	case len(s.Values) > 0:
		return choice("value", s.Values)
	}
	return map[string]any{"$ref": "#/definitions/text"}
}

func (s *rules) definition(name string) map[string]any {
	definition, _ := s.document["definitions"].(map[string]any)[name].(map[string]any)
	return definition
}

func (s *rules) properties(definition string) map[string]any {
	if definition == "" {
		return s.document["properties"].(map[string]any)
	}
	return s.definition(definition)["properties"].(map[string]any)
}

// below returns the rule of a mapping's member, or of any item of a list.
func (s *rules) below(r rule, name string) rule {
	properties, _ := r.body["properties"].(map[string]any)
	for _, next := range []any{properties[name], r.body["additionalProperties"], r.body["items"]} {
		if next != nil {
			return s.follow(next)
		}
	}
	return rule{}
}

func (s *rules) root() rule { return s.follow(s.document) }

func (s *rules) follow(node any) rule {
	body, _ := node.(map[string]any)
	r := rule{body: body, about: phrase(body)}
	if ref, ok := body["$ref"].(string); ok {
		r.definition = strings.TrimPrefix(ref, "#/definitions/")
		r.body = s.definition(r.definition)
		if r.about == "" {
			r.about = r.want()
		}
	}
	return r
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
