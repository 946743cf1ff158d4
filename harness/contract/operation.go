package contract

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"authconform/harness/yamldoc"
)

var operationKeys = []string{"operationId", "summary", "description", "tags", "parameters", "requestBody", "responses", "security",
	"deprecated", "servers", "externalDocs", "callbacks", "x-area", "x-called", "x-source", "x-named-only", "x-outcomes", "x-excuses"}

// readOperation reads what stands at a method of a path item.
func (l *loader) readOperation(method, path string, item, n yamldoc.Node) {
	n.Where = method + " " + path
	n.Only(operationKeys...)
	for key, value := range n.Members() {
		if !strings.HasPrefix(key.Value, "x-") {
			checkPlain(value, false)
		}
	}
	o := &Operation{
		ID: n.Text("operationId"), Method: method, Path: path, Area: n.Text("x-area"), Summary: n.Text("summary"),
		Called: n.Text("x-called"), Source: n.Text("x-source"), NamedOnly: n.Flag("x-named-only"), Statuses: map[int]string{},
		answers: map[Outcome][]*Answer{},
	}
	if n.Require(o.ID != "", "operationId is missing") {
		n.Where = o.ID
		n.Require(l.lines[o.ID] == 0, "operationId is used already on line %d", l.lines[o.ID])
		l.lines[o.ID] = n.Line
	}
	n.Require(o.Area != "", "x-area is missing")
	if n.Require(o.Source != "", "x-source is missing or incomplete, expected a reference such as barong#2.2-createLabel") {
		l.checkSource(n, o.Source)
	}
	l.readSecurity(o, n)
	for _, p := range append(item.Member("parameters").Items(), n.Member("parameters").Items()...) {
		p.Where = n.Where
		o.readParameter(p)
	}
	o.checkPathParameters(n)
	o.readBody(n.Member("requestBody"))
	o.readResponses(n.Member("responses"))
	l.readOutcomes(o, n)
	l.excuse(o, n)
	l.contract.Operations = append(l.contract.Operations, o)
}

func (l *loader) checkSource(n yamldoc.Node, source string) {
	err := l.contract.Sources.Check(source)
	n.Require(err == nil, "%v", err)
}

// readSecurity follows OpenAPI 3.1 4.8.30: the operation's own list replaces
// the root's, and an empty requirement makes credentials optional.
func (l *loader) readSecurity(o *Operation, n yamldoc.Node) {
	list := n.Member("security")
	if list.Missing() {
		list = l.root.Member("security")
	}
	schemes := l.root.Member("components").Member("securitySchemes")
	o.Protected = len(list.Items()) > 0
	for _, requirement := range list.Items() {
		o.Protected = o.Protected && len(requirement.Content) > 0
		for key := range requirement.Members() {
			key.Where = n.Where
			key.Require(!schemes.Member(key.Value).Missing(), "security scheme %q is not declared in components/securitySchemes", key.Value)
			if !slices.Contains(o.Security, key.Value) {
				o.Security = append(o.Security, key.Value)
			}
		}
	}
}

func (o *Operation) readParameter(n yamldoc.Node) {
	p := Parameter{
		Name: n.Text("name"), In: n.Text("in"), Required: n.Flag("required"), Type: strings.Join(n.Member("schema").Texts("type"), ","),
	}
	in := []string{"path", "query", "header", "cookie"}
	if n.Require(p.Name != "" && slices.Contains(in, p.In), "a parameter needs a name and in: path, query, header or cookie") {
		same := func(other Parameter) bool { return other.Name == p.Name && other.In == p.In }
		o.Parameters = append(slices.DeleteFunc(o.Parameters, same), p)
	}
}

var pathVariable = regexp.MustCompile(`\{([^}]*)\}`)

func (o *Operation) checkPathParameters(n yamldoc.Node) {
	inPath := map[string]bool{}
	for _, m := range pathVariable.FindAllStringSubmatch(o.Path, -1) {
		inPath[m[1]] = true
	}
	for _, p := range o.Parameters {
		if p.In == "path" {
			n.Require(p.Required, "path parameter %q must say required: true", p.Name)
			n.Require(inPath[p.Name], "path parameter %q is not in the path", p.Name)
			delete(inPath, p.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(inPath)) {
		n.Require(false, "path parameter %q is not declared", name)
	}
}

func (o *Operation) readBody(n yamldoc.Node) {
	if n.Missing() {
		return
	}
	o.Body = &Body{Required: n.Flag("required")}
	for mediaType, content := range n.Member("content").Members() {
		o.Body.MediaTypes = append(o.Body.MediaTypes, mediaType.Value)
		if len(o.Body.MediaTypes) == 1 {
			o.Body.readMembers(content.Member("schema"))
		}
	}
	n.Require(len(o.Body.MediaTypes) > 0, "requestBody has no content")
}

// readMembers adds the members that a schema of the body describes.
func (b *Body) readMembers(n yamldoc.Node) {
	for _, part := range n.Member("allOf").Items() {
		b.readMembers(part)
	}
	if choices := alternatives(n); len(choices) == 1 { // one alternative is no choice
		b.readMembers(choices[0])
	}
	for key, value := range n.Member("properties").Members() {
		m := Member{Name: key.Value}
		m.read(value)
		b.Members = append(b.Members, m)
	}
	for _, name := range n.Member("required").Items() {
		i := slices.IndexFunc(b.Members, func(m Member) bool { return m.Name == name.Value })
		if name.Require(i >= 0, "the request body requires %q but does not describe it", name.Value) {
			b.Members[i].Required = true
		}
	}
}

// read adds the types and values that a schema of the member allows.
func (m *Member) read(n yamldoc.Node) {
	for _, t := range n.Texts("type") {
		if !slices.Contains(m.Types, t) {
			m.Types = append(m.Types, t)
		}
	}
	for _, item := range n.Member("enum").Items() {
		var value any
		item.Require(item.Decode(&value) == nil, "enum: %q cannot be read", item.Value)
		m.Enum = append(m.Enum, value)
	}
	for _, alternative := range alternatives(n) {
		m.read(alternative)
	}
}

// alternatives are the schemas of oneOf and anyOf. A reference that is left in
// n leads to another file: those into this one are followed already.
func alternatives(n yamldoc.Node) []yamldoc.Node {
	reference := n.Text("$ref")
	n.Require(reference == "", "$ref %q: the schema of a request stands in this file", reference)
	return append(n.Member("oneOf").Items(), n.Member("anyOf").Items()...)
}

func (o *Operation) readResponses(n yamldoc.Node) {
	n.Require(len(n.Content) > 0, "responses are missing")
	for key, response := range n.Members() {
		status, _, ok := parseStatus(key.Value)
		key.Require(ok, "responses: %q is no HTTP status (100 to 599), no range such as 2XX and not default", key.Value)
		sentence := response.Text("description")
		key.Require(sentence != "", "responses: %s has no description; give the document's sentence", key.Value)
		if ok && status != 0 {
			o.Statuses[status] = sentence
		}
	}
}

// excuse asks an outcome or an excuse for every documented status, so that no
// promise is dropped in silence.
func (l *loader) excuse(o *Operation, n yamldoc.Node) {
	own := n.Member("x-excuses")
	o.Excuses = readExcuses(own)
	for key := range own.Members() {
		key.Require(!n.Member("responses").Member(key.Value).Missing(), "x-excuses: %s does not stand in responses", key.Value)
	}
	answered := map[int]bool{}
	for _, answers := range o.answers {
		for _, a := range answers {
			for _, status := range append(a.Statuses, a.Status) {
				answered[status] = true
			}
		}
	}
	for _, status := range slices.Sorted(maps.Keys(o.Statuses)) {
		if answered[status] {
			continue
		}
		key := strconv.Itoa(status)
		reason := cmp.Or(o.Excuses[key], l.root.Member("x-excuses").Text(key))
		if n.Require(reason != "", "status %d stands in responses but in no outcome; add one, or an entry in x-excuses with the reason", status) {
			o.Excuses[key] = reason
		}
	}
}
