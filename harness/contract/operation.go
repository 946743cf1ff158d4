package contract

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (l *loader) readOperation(pathKey *yaml.Node, method string, item, n *yaml.Node) {
	o := &Operation{
		ID: text(field(n, "operationId")), Method: method, Path: pathKey.Value,
		Area: text(field(n, "x-area")), Summary: strings.TrimSpace(text(field(n, "summary"))),
		NamedOnly: isTrue(field(n, "x-named-only")),
		Statuses:  map[int]string{}, Ranges: map[string]string{}, Excuses: map[string]string{}, answers: map[Outcome][]*Answer{},
	}
	where := o.ID
	if where == "" {
		where = method + " " + pathKey.Value
		l.fail(n, where, "operationId is missing")
	}
	if line, taken := l.lines[o.ID]; taken && o.ID != "" {
		l.fail(n, where, "operationId is used already on line %d", line)
	}
	l.lines[o.ID] = n.Line

	source := field(n, "x-source")
	o.Source = Source{Document: text(field(source, "document")), Section: text(field(source, "section"))}
	if o.Area == "" {
		l.fail(n, where, "x-area is missing")
	}
	if o.Source.Document == "" || o.Source.Section == "" {
		l.fail(n, where, "x-source is missing or incomplete, expected {document: ..., section: ...}")
	}
	l.readSecurity(o, n)
	l.readParameters(o, where, item)
	l.readParameters(o, where, n)
	l.checkPathParameters(o, where, n)
	l.readBody(o, where, field(n, "requestBody"))
	responses := l.readResponses(o, where, n)
	l.readOutcomes(o, where, field(n, "x-outcomes"), responses)
	l.readExcuses(o, where, field(n, "x-excuses"))
	l.checkAccounted(o, where, n)
	l.contract.Operations = append(l.contract.Operations, o)
}

// readSecurity follows OpenAPI 3.1 4.8.30: the operation's own list replaces
// the root's, and an empty requirement makes credentials optional.
func (l *loader) readSecurity(o *Operation, n *yaml.Node) {
	list := field(n, "security")
	if list == nil {
		list = field(l.root, "security")
	}
	schemes := field(field(l.root, "components"), "securitySchemes")
	optional, listed := false, false
	for _, requirement := range items(list) {
		listed = true
		named := 0
		for key := range pairs(requirement) {
			named++
			if field(schemes, key.Value) == nil {
				l.fail(key, o.ID, "security scheme %q is not declared in components/securitySchemes", key.Value)
			}
			if !slices.Contains(o.Security, key.Value) {
				o.Security = append(o.Security, key.Value)
			}
		}
		optional = optional || named == 0
	}
	o.Protected = listed && !optional
}

func (l *loader) readParameters(o *Operation, where string, holder *yaml.Node) {
	for _, entry := range items(field(holder, "parameters")) {
		n := l.deref(entry, where)
		p := Parameter{
			Name: text(field(n, "name")), In: text(field(n, "in")), Required: isTrue(field(n, "required")),
			Type: text(field(l.deref(field(n, "schema"), where), "type")),
		}
		if p.Name == "" || !slices.Contains([]string{"path", "query", "header", "cookie"}, p.In) {
			l.fail(entry, where, "a parameter needs a name and in: path, query, header or cookie")
			continue
		}
		same := func(other Parameter) bool { return other.Name == p.Name && other.In == p.In }
		o.Parameters = append(slices.DeleteFunc(o.Parameters, same), p)
	}
}

var pathVariable = regexp.MustCompile(`\{([^}]*)\}`)

func (l *loader) checkPathParameters(o *Operation, where string, n *yaml.Node) {
	declared := map[string]bool{}
	for _, p := range o.Parameters {
		if p.In == "path" {
			declared[p.Name] = true
			if !p.Required {
				l.fail(n, where, "path parameter %q must say required: true", p.Name)
			}
		}
	}
	for _, m := range pathVariable.FindAllStringSubmatch(o.Path, -1) {
		if !declared[m[1]] {
			l.fail(n, where, "path parameter %q is not declared", m[1])
		}
		delete(declared, m[1])
	}
	for name := range declared {
		l.fail(n, where, "path parameter %q is not in the path", name)
	}
}

func (l *loader) readBody(o *Operation, where string, n *yaml.Node) {
	if n = l.deref(n, where); n == nil {
		return
	}
	o.Body = &Body{Required: isTrue(field(n, "required"))}
	for mediaType, content := range pairs(field(n, "content")) {
		o.Body.MediaTypes = append(o.Body.MediaTypes, mediaType.Value)
		if len(o.Body.MediaTypes) == 1 {
			l.readMembers(o.Body, where, field(content, "schema"), maxNesting)
		}
	}
	if len(o.Body.MediaTypes) == 0 {
		l.fail(n, where, "requestBody has no content")
	}
}

// maxNesting bounds allOf, oneOf and anyOf, which references can bend into a
// circle.
const maxNesting = 8

func (l *loader) readMembers(body *Body, where string, n *yaml.Node, nesting int) {
	n = l.requestSchema(n, where)
	if nesting == 0 {
		l.fail(n, where, "the request body's schema contains itself or nests too deeply")
		return
	}
	for _, part := range items(field(n, "allOf")) {
		l.readMembers(body, where, part, nesting-1)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if choices := l.alternatives(n, where, nesting); len(choices) == 1 && field(n, keyword) != nil {
			l.readMembers(body, where, choices[0], nesting-1) // one alternative is no choice
		}
	}
	for key, value := range pairs(field(n, "properties")) {
		value = l.requestSchema(value, where)
		body.Members = append(body.Members, Member{Name: key.Value, Types: l.types(value, where, maxNesting), Enum: l.enum(value, where, maxNesting)})
	}
	for _, name := range texts(field(n, "required")) {
		i := slices.IndexFunc(body.Members, func(m Member) bool { return m.Name == name })
		if i < 0 {
			l.fail(n, where, "the request body requires %q but does not describe it", name)
			continue
		}
		body.Members[i].Required = true
	}
}

// requestSchema follows references, also into a schema file.
func (l *loader) requestSchema(n *yaml.Node, where string) *yaml.Node {
	n = l.deref(n, where)
	ref := text(field(n, "$ref"))
	if ref == "" {
		return n
	}
	inlined, err := l.contract.Schemas.Inline(ref)
	if err != nil {
		l.fail(n, where, "$ref: %v", err)
		return nil
	}
	var document yaml.Node
	if err := document.Encode(inlined); err != nil {
		l.fail(n, where, "$ref %s: %v", ref, err)
		return nil
	}
	return &document
}

// alternatives are the schemas behind oneOf and anyOf.
func (l *loader) alternatives(n *yaml.Node, where string, nesting int) []*yaml.Node {
	var out []*yaml.Node
	for _, keyword := range []string{"oneOf", "anyOf"} {
		for _, alternative := range items(field(n, keyword)) {
			out = append(out, l.requestSchema(alternative, where))
		}
	}
	if nesting == 0 && len(out) > 0 {
		l.fail(n, where, "the schema of a member contains itself or nests too deeply")
		return nil
	}
	return out
}

func (l *loader) types(n *yaml.Node, where string, nesting int) []string {
	types := texts(field(n, "type"))
	for _, alternative := range l.alternatives(n, where, nesting) {
		for _, t := range l.types(alternative, where, nesting-1) {
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types
}

func (l *loader) enum(n *yaml.Node, where string, nesting int) []any {
	var values []any
	for _, item := range items(field(n, "enum")) {
		var value any
		if err := item.Decode(&value); err != nil {
			l.fail(item, where, "enum value: %v", err)
		}
		values = append(values, value)
	}
	for _, alternative := range l.alternatives(n, where, nesting) {
		values = append(values, l.enum(alternative, where, nesting-1)...)
	}
	return values
}

func (l *loader) readResponses(o *Operation, where string, n *yaml.Node) map[string]*yaml.Node {
	responses := map[string]*yaml.Node{}
	for key, value := range pairs(field(n, "responses")) {
		code, exact := status(key)
		if _, several := statusRange(key); !exact && !several {
			l.fail(key, where, "responses: %q is no HTTP status (100 to 599), no range such as 2XX and not default", key.Value)
			continue
		}
		response := l.deref(value, where)
		responses[key.Value] = response
		sentence := strings.TrimSpace(text(field(response, "description")))
		if sentence == "" {
			l.fail(key, where, "responses: %s has no description; give the document's sentence", key.Value)
		}
		if exact {
			o.Statuses[code] = sentence
		} else {
			o.Ranges[key.Value] = sentence
		}
	}
	if len(responses) == 0 {
		l.fail(n, where, "responses are missing")
	}
	return responses
}

func (l *loader) readExcuses(o *Operation, where string, n *yaml.Node) {
	for code, reason := range l.excuses {
		if number, _ := strconv.Atoi(code); o.Statuses[number] != "" && !o.answersWith(number) {
			o.Excuses[code] = reason
		}
	}
	for key, value := range pairs(n) {
		number, _ := status(key)
		reason := strings.TrimSpace(text(value))
		l.checkExcuse(key, where, reason)
		if o.Statuses[number] == "" {
			l.fail(key, where, "x-excuses: %s does not stand in responses", key.Value)
		}
		o.Excuses[key.Value] = reason
	}
}

func (o *Operation) answersWith(code int) bool {
	for _, answers := range o.answers {
		if slices.ContainsFunc(answers, func(a *Answer) bool { return a.Status == code }) {
			return true
		}
	}
	return false
}

// checkAccounted asks an outcome or an excuse for every documented status, so
// that no promise is dropped in silence.
func (l *loader) checkAccounted(o *Operation, where string, n *yaml.Node) {
	for _, code := range slices.Sorted(maps.Keys(o.Statuses)) {
		if o.Excuses[strconv.Itoa(code)] == "" && !o.answersWith(code) {
			l.fail(n, where, "status %d stands in responses but in no outcome; add one, or an entry in x-excuses with the reason", code)
		}
	}
}
