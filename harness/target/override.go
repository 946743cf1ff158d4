package target

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// overridable lists the fields an environment variable may set, with the YAML
// tag their values get. Lists are comma-separated.
var overridable = map[string]string{
	"url": "!!str", "profile": "!!str",
	"inbox.kind": "!!str", "inbox.url": "!!str", "inbox.sms-address": "!!str",
	"captcha.response":         "!!str",
	"clock.advance-url":        "!!str",
	"limits.password.attempts": "!!int", "limits.password.window": "!!str", "limits.password.block": "!!str",
	"limits.second-factor.attempts": "!!int", "limits.second-factor.window": "!!str", "limits.second-factor.block": "!!str",
	"limits.pace": "!!str", "limits.max-wait": "!!str",
	"allow.hosts": "!!seq", "allow.production": "!!bool", "allow.disruptive": "!!bool",
	"http.timeout": "!!str", "http.max-body": "!!str", "http.proxy": "!!str",
	"http.ca-file": "!!str", "http.client-cert-file": "!!str", "http.client-key-file": "!!str",
}

// variables adds the exchange's own settings and features to overridable, by
// variable name.
func (r *reader) variables(exchange string) map[string]string {
	fields := map[string]string{}
	for field := range overridable {
		fields[variable(exchange, field)] = field
	}
	for name := range r.exchange.Settings {
		fields[variable(exchange, "settings."+name)] = "settings." + name
	}
	for name := range r.exchange.Features {
		fields[variable(exchange, "features."+name)] = "features." + name
	}
	return fields
}

func tagOf(field string) string {
	if strings.HasPrefix(field, "features.") {
		return "!!bool"
	}
	if tag, ok := overridable[field]; ok {
		return tag
	}
	return "!!str"
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
	for name, field := range r.variables(exchange) {
		if value, set := r.env[name]; set {
			r.put(root, strings.Split(field, "."), r.node(name, value, tagOf(field)))
		}
	}
}

func (r *reader) node(name, value, tag string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	r.overridden[n] = name
	switch tag {
	case "!!seq":
		n.Kind, n.Tag, n.Value = yaml.SequenceNode, tag, ""
		for _, item := range strings.Split(value, ",") {
			n.Content = append(n.Content, r.node(name, strings.TrimSpace(item), "!!str"))
		}
	case "!!bool":
		if strings.EqualFold(value, "true") || strings.EqualFold(value, "false") {
			n.Tag = tag
		}
	case "!!int":
		if _, err := strconv.Atoi(value); err == nil {
			n.Tag = tag
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
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[0]}
	if len(path) == 1 {
		parent.Content = append(parent.Content, key, value)
		return
	}
	section := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	r.overridden[section] = r.overridden[value]
	parent.Content = append(parent.Content, key, section)
	r.put(section, path[1:], value)
}

// unknownVariables reports variables that look like overrides but are none: a
// misspelt one would otherwise leave the file's value in force unnoticed.
func (r *reader) unknownVariables(exchange string) {
	known := r.variables(exchange)
	for name := range r.env {
		if known[name] != "" || r.referred[name] || !strings.HasPrefix(name, prefix(exchange)) {
			continue
		}
		do := "unset it"
		if near := nearest(name, sorted(known)); near != "" {
			do = "did you mean " + near + "? Otherwise unset it"
		}
		r.report(Problem{File: "environment variable " + name, What: "sets no field of the target file", Want: "a field's path in capitals, such as " + variable(exchange, "limits.max-wait"), Do: do})
	}
}
