package contract

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	rootExtensions      = []string{"x-answers", "x-profiles", "x-error-pointer", "x-status-pointers", "x-verdict-pointer", "x-excuses", "x-shared-schemas"}
	operationExtensions = []string{"x-area", "x-source", "x-named-only", "x-outcomes", "x-excuses"}
	operationKeys       = []string{"operationId", "summary", "description", "tags", "parameters", "requestBody",
		"responses", "security", "deprecated", "servers", "externalDocs", "callbacks"}
	pathItemKeys = append([]string{"summary", "description", "servers", "parameters"}, methods...)
)

// checkKeys finds keys given twice, YAML merge keys, and extensions or
// operation members nobody reads: a misspelled x-excuses must not pass.
func (l *loader) checkKeys() {
	l.checkNodes(l.root, map[*yaml.Node]bool{})
	if len(l.problems) > 0 {
		return // an alias inside itself would be walked forever
	}
	l.checkExtensions(l.root, "the document", rootExtensions)
	for pathKey, item := range pairs(field(l.root, "paths")) {
		l.checkAllowed(item, pathKey.Value, pathItemKeys)
		for method, operation := range pairs(item) {
			if !slices.Contains(methods, method.Value) {
				continue
			}
			where := strings.ToUpper(method.Value) + " " + pathKey.Value
			l.checkAllowed(operation, where, append(slices.Clone(operationKeys), operationExtensions...))
			for key, child := range pairs(operation) {
				if !strings.HasPrefix(key.Value, "x-") {
					l.checkNoExtensions(child, where)
				}
			}
		}
	}
	for key, child := range pairs(l.root) {
		if key.Value != "paths" && !strings.HasPrefix(key.Value, "x-") {
			l.checkNoExtensions(child, key.Value)
		}
	}
}

// checkNodes walks the whole document once. done is false for a node whose
// inside is being walked.
func (l *loader) checkNodes(n *yaml.Node, done map[*yaml.Node]bool) {
	n = resolveAlias(n)
	if finished, met := done[n]; met {
		if !finished {
			l.fail(n, "alias", "the anchor &%s contains itself", n.Anchor)
		}
		return
	}
	done[n] = false
	defer func() { done[n] = true }()
	if n.Kind != yaml.MappingNode {
		for _, child := range n.Content {
			l.checkNodes(child, done)
		}
		return
	}
	seen := make(map[string]int, len(n.Content)/2)
	for key, value := range pairs(n) {
		if key.Value == "<<" {
			l.fail(key, "<<", "merge keys are not read here; write the members out or alias a whole value")
		}
		if first, twice := seen[key.Value]; twice {
			l.fail(key, key.Value, "given twice, first on line %d", first)
		}
		seen[key.Value] = key.Line
		l.checkNodes(value, done)
	}
}

func (l *loader) checkExtensions(n *yaml.Node, where string, allowed []string) {
	for key := range pairs(n) {
		if strings.HasPrefix(key.Value, "x-") && !slices.Contains(allowed, key.Value) {
			l.fail(key, where, "unknown extension %s; allowed here are %s", key.Value, orNone(allowed))
		}
	}
}

func (l *loader) checkAllowed(n *yaml.Node, where string, allowed []string) {
	for key := range pairs(n) {
		if !slices.Contains(allowed, key.Value) {
			l.fail(key, where, "unknown key %s; allowed here are %s", key.Value, orNone(allowed))
		}
	}
}

// checkNoExtensions looks through everything below n. Names chosen by the
// documents (of headers and members) may begin with x-, so those maps' own
// keys are passed over.
func (l *loader) checkNoExtensions(n *yaml.Node, where string) {
	l.checkExtensions(n, where, nil)
	for key, child := range pairs(n) {
		if key.Value == "headers" || key.Value == "properties" {
			for _, named := range pairs(child) {
				l.checkNoExtensions(named, where)
			}
			continue
		}
		l.checkNoExtensions(child, where)
	}
	for _, child := range items(n) {
		l.checkNoExtensions(child, where)
	}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
