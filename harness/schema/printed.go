package schema

import (
	"maps"
	"slices"
)

// Printed lists the names of the members, at any depth, at which the schema of a file lets
// a text stand. What it excludes by "not", false or another type is not printed.
func (s *Set) Printed(file string) []string {
	names, seen := map[string]bool{}, map[string]bool{}
	if document, ok := s.documents[s.path(file)]; ok {
		s.printed(s.path(file), "", document, names, seen)
	}
	return slices.Sorted(maps.Keys(names))
}

// printed collects the members of one schema; name is the member at which it stands, and
// seen holds the references that were followed for it.
func (s *Set) printed(file, name string, node any, names, seen map[string]bool) {
	object, ok := node.(map[string]any)
	if !ok {
		if node == true && name != "" {
			names[name] = true
		}
		return
	}
	if ref, ok := object["$ref"].(string); ok {
		followed := file + " " + ref + " " + name
		if target, to, err := s.resolve(file, ref); err == nil && !seen[followed] {
			seen[followed] = true
			s.printed(target, name, to, names, seen)
		}
		return
	}
	if name != "" && mayBeText(object) {
		names[name] = true
	}
	for keyword, value := range object {
		switch {
		case keyword == "properties":
			members, _ := value.(map[string]any)
			for member, inner := range members {
				s.printed(file, member, inner, names, seen)
			}
		case keyword == "not" || keyword == "if":
		case keywords[keyword] == oneSchema || keywords[keyword] == schemaOrList && !isList(value):
			s.printed(file, name, value, names, seen)
		case keywords[keyword] == schemaList || keywords[keyword] == schemaOrList:
			list, _ := value.([]any)
			for _, inner := range list {
				s.printed(file, name, inner, names, seen)
			}
		}
	}
}

// mayBeText tells whether a schema lets a text stand; "" alone is none.
func mayBeText(object map[string]any) bool {
	if value, fixed := object["const"]; fixed {
		text, is := value.(string)
		return is && text != ""
	}
	switch kind := object["type"].(type) {
	case string:
		return kind == "string"
	case []any:
		return slices.Contains(kind, any("string"))
	}
	return len(object) == 0 || object["pattern"] != nil || object["format"] != nil || object["enum"] != nil || object["minLength"] != nil
}
