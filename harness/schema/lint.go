package schema

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const draft07 = "http://json-schema.org/draft-07/schema#"

// keywordKind says what stands behind a keyword, so that lint knows where
// further schemas are and what is mere data.
type keywordKind int

const (
	plainValue keywordKind = iota
	oneSchema
	schemaList
	schemaMap
	schemaOrList
	dependencyMap
)

// keywords are those of draft-07 that the engine really checks, and its
// annotations. contentEncoding and contentMediaType are draft-07 too, but the
// engine ignores them: a schema that uses them would promise what nothing checks.
var keywords = map[string]keywordKind{
	"$schema": plainValue, "$id": plainValue, "$ref": plainValue, "$comment": plainValue,
	"title": plainValue, "description": plainValue, "default": plainValue, "examples": plainValue,
	"readOnly": plainValue, "writeOnly": plainValue,
	"type": plainValue, "enum": plainValue, "const": plainValue, "format": plainValue, "pattern": plainValue,
	"multipleOf": plainValue, "maximum": plainValue, "exclusiveMaximum": plainValue,
	"minimum": plainValue, "exclusiveMinimum": plainValue, "maxLength": plainValue, "minLength": plainValue,
	"maxItems": plainValue, "minItems": plainValue, "uniqueItems": plainValue,
	"maxProperties": plainValue, "minProperties": plainValue, "required": plainValue,
	"not": oneSchema, "if": oneSchema, "then": oneSchema, "else": oneSchema,
	"additionalProperties": oneSchema, "additionalItems": oneSchema, "contains": oneSchema, "propertyNames": oneSchema,
	"allOf": schemaList, "anyOf": schemaList, "oneOf": schemaList,
	"properties": schemaMap, "patternProperties": schemaMap, "definitions": schemaMap,
	"items": schemaOrList, "dependencies": dependencyMap,
}

type linter struct {
	set      *Set
	file     string
	linted   map[string]bool // "file#pointer" of every schema seen
	refs     []reference
	problems []error
}

// reference is a $ref to be followed once all schemas are known.
type reference struct {
	file string
	at   []string
	text string
}

// lint finds what the engine would silently ignore or, for references, load
// from the network.
func (s *Set) lint() error {
	l := linter{set: s, linted: map[string]bool{}}
	for _, file := range slices.Sorted(maps.Keys(s.documents)) {
		l.file = file
		root, ok := s.documents[file].(map[string]any)
		if !ok {
			l.fail(nil, "a schema file holds one JSON object")
			continue
		}
		if version, _ := root["$schema"].(string); version != draft07 {
			l.fail([]string{"$schema"}, "must be %q, the only draft checked here", draft07)
		}
		l.schema(nil, root, false)
	}
	for _, ref := range l.refs {
		l.file = ref.file
		l.follow(ref)
	}
	return errors.Join(l.problems...)
}

func (l *linter) fail(at []string, format string, args ...any) {
	place := pointer(at)
	if place == "" {
		place = "/"
	}
	l.problems = append(l.problems, fmt.Errorf("%s at %s: %s", l.file, place, fmt.Sprintf(format, args...)))
}

func below(at []string, more ...string) []string { return append(slices.Clone(at), more...) }

// schema lints one schema. partial is set inside not, if, allOf and the like,
// where a schema rightly speaks of less than a whole value.
func (l *linter) schema(at []string, node any, partial bool) {
	l.linted[l.file+"#"+pointer(at)] = true
	object, ok := node.(map[string]any)
	if !ok {
		if _, isBool := node.(bool); !isBool {
			l.fail(at, "a schema is an object, true or false")
		}
		return
	}
	if _, isRef := object["$ref"]; isRef {
		l.reference(at, object)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		l.keyword(at, name, object[name])
	}
	_, typed := object["type"]
	if _, shaped := object["properties"]; shaped && !typed && !partial {
		l.fail(at, `"properties" without "type": anything that is no object would pass; add "type": "object"`)
	}
	l.pattern(at, object)
	l.requiredNames(at, object)
}

func (l *linter) keyword(at []string, name string, value any) {
	kind, known := keywords[name]
	if !known {
		l.fail(below(at, name), "unknown keyword; it would be ignored (draft-07 keywords only, contentEncoding and contentMediaType are not "+
			"checked)")
		return
	}
	here := below(at, name)
	inner := name == "not" || name == "if" || name == "then" || name == "else"
	switch kind {
	case oneSchema:
		l.schema(here, value, inner)
	case schemaList:
		l.list(here, value, true)
	case schemaOrList:
		if _, isList := value.([]any); isList {
			l.list(here, value, false)
		} else {
			l.schema(here, value, false)
		}
	case schemaMap, dependencyMap:
		l.members(here, value, kind == dependencyMap)
	case plainValue:
		if name == "$id" && len(at) > 0 {
			l.fail(here, "$id only at the root of a file; elsewhere references would resolve against it")
		}
		if format, isText := value.(string); name == "format" && (!isText || formats[format] == nil) {
			l.fail(here, "unknown format, which would pass anything; known are %s", strings.Join(Formats(), ", "))
		}
	}
}

func (l *linter) list(at []string, value any, partial bool) {
	list, ok := value.([]any)
	if !ok {
		l.fail(at, "must be a list of schemas")
		return
	}
	for i, item := range list {
		l.schema(below(at, strconv.Itoa(i)), item, partial)
	}
}

func (l *linter) members(at []string, value any, dependencies bool) {
	object, ok := value.(map[string]any)
	if !ok {
		l.fail(at, "must be an object")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if _, isList := object[name].([]any); isList && dependencies {
			continue
		}
		l.schema(below(at, name), object[name], dependencies)
	}
}

// reference checks a $ref. Draft-07 ignores every neighbour of $ref, so a
// constraint written there would never be checked.
func (l *linter) reference(at []string, object map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		switch name {
		case "$ref", "$comment", "title", "description":
		case "$schema":
			if len(at) > 0 {
				l.fail(below(at, name), "$schema only at the root of a file")
			}
		default:
			l.fail(below(at, name), "stands beside $ref, where draft-07 ignores it; use allOf")
		}
	}
	ref, ok := object["$ref"].(string)
	if !ok {
		l.fail(below(at, "$ref"), "must be a string")
		return
	}
	l.refs = append(l.refs, reference{l.file, below(at, "$ref"), ref})
}

// follow checks that a reference, and those it leads on to, end at a schema.
func (l *linter) follow(start reference) {
	file, ref, seen := start.file, start.text, map[string]bool{}
	for {
		target, node, err := l.set.resolve(file, ref)
		if err != nil {
			l.fail(start.at, "%v", err)
			return
		}
		_, fragment, _ := strings.Cut(ref, "#")
		place := target + "#" + fragment
		if !l.linted[place] {
			l.fail(start.at, "%q refers to something that is no schema", ref)
			return
		}
		if seen[place] {
			l.fail(start.at, "refers in a circle")
			return
		}
		seen[place] = true
		next, _ := node.(map[string]any)
		nextRef, isRef := next["$ref"].(string)
		if !isRef {
			return
		}
		file, ref = target, nextRef
	}
}

// resolve finds what ref, written in file, refers to inside the set.
func (s *Set) resolve(file, ref string) (target string, node any, err error) {
	target, fragment, _ := strings.Cut(ref, "#")
	if strings.ContainsAny(target, ":\\") || strings.HasPrefix(target, "/") {
		return "", nil, fmt.Errorf("%q leaves the folder and those it shares; only their files can be referred to", ref)
	}
	if target == "" {
		target = path.Base(file)
	}
	target = path.Join(path.Dir(file), target)
	node, ok := s.documents[target]
	if !ok {
		return "", nil, fmt.Errorf("%q refers to no schema file of this folder or of those it shares", ref)
	}
	if fragment == "" {
		return target, node, nil
	}
	if !strings.HasPrefix(fragment, "/") {
		return "", nil, fmt.Errorf("%q: after # a JSON pointer is expected", ref)
	}
	for name := range strings.SplitSeq(fragment[1:], "/") {
		object, _ := node.(map[string]any)
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		if node, ok = object[name]; !ok {
			return "", nil, fmt.Errorf("%q refers to nothing: there is no %q", ref, name)
		}
	}
	return target, node, nil
}

func (l *linter) pattern(at []string, object map[string]any) {
	if text, ok := object["pattern"].(string); ok {
		if _, err := regexp.Compile(text); err != nil {
			l.fail(below(at, "pattern"), "not a regular expression of RE2: %v", err)
		}
	}
	named, _ := object["patternProperties"].(map[string]any)
	for _, text := range slices.Sorted(maps.Keys(named)) {
		if _, err := regexp.Compile(text); err != nil {
			l.fail(below(at, "patternProperties", text), "not a regular expression of RE2: %v", err)
		}
	}
}

// requiredNames finds a required member that a closed object does not allow:
// no body could ever match.
func (l *linter) requiredNames(at []string, object map[string]any) {
	required, _ := object["required"].([]any)
	properties, _ := object["properties"].(map[string]any)
	_, patterns := object["patternProperties"]
	if closed, ok := object["additionalProperties"].(bool); !ok || closed || patterns {
		return
	}
	for i, name := range required {
		if text, ok := name.(string); ok {
			if _, described := properties[text]; !described {
				l.fail(below(at, "required", strconv.Itoa(i)), "%q is required but not described, and additionalProperties is false", text)
			}
		}
	}
}
