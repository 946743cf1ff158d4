package target

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// overridable lists the fields an environment variable may set, with their types:
// each of the file's own single values, and allow.hosts, separated by commas.
func (s *rules) overridable() map[string]string {
	fields := map[string]string{}
	var gather func(field string, at rule)
	gather = func(field string, at rule) {
		kind := at.text("type")
		if kind == "string" || kind == "boolean" || kind == "integer" || field == "allow.hosts" {
			fields[field] = kind
		}
		for _, name := range at.members() {
			gather(join(field, name), s.below(at, name))
		}
	}
	gather("", s.root())
	delete(fields, "version")
	delete(fields, "exchange")
	return fields
}

// variables maps the names of environment variables to the fields they set.
func (s *rules) variables(exchange string) map[string]string {
	fields := map[string]string{}
	for field := range s.overridable() {
		fields[variable(exchange, field)] = field
	}
	return fields
}

// variable names the environment variable of a field:
// AUTHCONFORM_ONLYOFFICE_LIMITS_MAX_WAIT for limits.max-wait.
func variable(exchange, field string) string {
	return prefix(exchange) + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(field))
}

func prefix(exchange string) string { return "AUTHCONFORM_" + strings.ToUpper(exchange) + "_" }

// override puts the values of set variables into the tree, so that they pass
// through the same checks as the file's own.
func (r *reader) override(root *yaml.Node, exchange string) {
	kinds := r.rules.overridable()
	for name, field := range r.rules.variables(exchange) {
		if value, set := r.env[name]; set {
			r.put(root, strings.Split(field, "."), r.node(name, value, kinds[field]))
		}
	}
}

func (r *reader) node(name, value, kind string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	r.overridden[n] = name
	switch lower := strings.ToLower(value); kind {
	case "array":
		n.Kind, n.Tag, n.Value = yaml.SequenceNode, "!!seq", ""
		for item := range strings.SplitSeq(value, ",") {
			n.Content = append(n.Content, r.node(name, strings.TrimSpace(item), "string"))
		}
	case "boolean":
		if lower == "true" || lower == "false" {
			n.Tag, n.Value = "!!bool", lower
		}
	case "integer":
		if number, err := strconv.Atoi(value); err == nil {
			n.Tag, n.Value = "!!int", strconv.Itoa(number)
		}
	}
	return n
}

// put sets the value at path, adding mappings on the way. A path that leads
// through something else is left alone: that will be reported when it is read.
func (r *reader) put(parent *yaml.Node, path []string, value *yaml.Node) {
	if parent.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if parent.Content[i].Value != path[0] {
			continue
		}
		if len(path) == 1 {
			parent.Content[i+1] = value
		} else {
			r.put(parent.Content[i+1], path[1:], value)
		}
		return
	}
	for _, name := range slices.Backward(path[1:]) {
		section := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{word(name), value}}
		r.overridden[section] = r.overridden[value]
		value = section
	}
	parent.Content = append(parent.Content, word(path[0]), value)
}

func word(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
}

// unknownVariables reports variables that look like overrides but are none: a
// misspelt one would otherwise leave the file's value in force unnoticed.
func (r *reader) unknownVariables(exchange string) {
	known := r.rules.variables(exchange)
	for name := range r.env {
		if known[name] != "" || r.referred[name] || !strings.HasPrefix(name, prefix(exchange)) {
			continue
		}
		do := "unset it"
		if near := nearest(name, sorted(known)); near != "" {
			do = "did you mean " + near + "? Otherwise unset it"
		}
		r.report(Problem{File: "environment variable " + name, What: "sets no field of the target file",
			Want: "a field's path in capitals, such as " + variable(exchange, "limits.max-wait"), Do: do})
	}
}
