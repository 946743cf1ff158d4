package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Inline returns the schema of a file with every reference replaced by what it
// refers to and without $schema, $id and definitions, to be put into another
// document. A schema that contains itself cannot be written so and is an error.
func (s *Set) Inline(file string) (any, error) {
	name := s.path(file)
	document, ok := s.documents[name]
	if !ok {
		return nil, fmt.Errorf("%s: no such schema file", file)
	}
	return s.inline(name, document, []string{name + "#"})
}

// inline copies one schema of file. open lists the references being followed.
func (s *Set) inline(file string, node any, open []string) (any, error) {
	object, ok := node.(map[string]any)
	if !ok {
		return node, nil
	}
	if ref, ok := object["$ref"].(string); ok {
		return s.inlineRef(file, ref, open)
	}
	out := make(map[string]any, len(object))
	for name, value := range object {
		var err error
		switch kind := keywords[name]; {
		case name == "$schema" || name == "$id" || name == "definitions":
			continue
		case kind == plainValue:
			out[name] = value // data, even where it looks like a schema
		case kind == oneSchema || kind == schemaOrList && !isList(value):
			out[name], err = s.inline(file, value, open)
		default:
			out[name], err = s.inlineAll(file, value, open)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// inlineAll copies a list or a map of schemas. Lists of names, as dependencies
// may hold, pass through unchanged.
func (s *Set) inlineAll(file string, node any, open []string) (any, error) {
	switch node := node.(type) {
	case []any:
		out := make([]any, len(node))
		for i := range node {
			var err error
			if out[i], err = s.inline(file, node[i], open); err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(node))
		for name, value := range node {
			var err error
			if out[name], err = s.inline(file, value, open); err != nil {
				return nil, err
			}
		}
		return out, nil
	default:
		return node, nil
	}
}

func (s *Set) inlineRef(file, ref string, open []string) (any, error) {
	target, node, err := s.resolve(file, ref)
	if err != nil {
		return nil, err
	}
	_, fragment, _ := strings.Cut(ref, "#")
	place := target + "#" + fragment
	if slices.Contains(open, place) {
		return nil, fmt.Errorf("%s: %s contains itself and cannot be inlined", file, place)
	}
	return s.inline(target, node, append(slices.Clone(open), place))
}

func isList(value any) bool {
	_, ok := value.([]any)
	return ok
}
