package onlyoffice

import (
	"encoding/json"
	"strings"
)

// selectFields keeps the members of response that the repeatable query parameter
// `fields` names by dotted path; in a list, those of each item (1.0).
func selectFields(response any, fields []string) any {
	if len(fields) == 0 {
		return response
	}
	text, err := json.Marshal(response)
	if err != nil {
		return response
	}
	var tree any
	if json.Unmarshal(text, &tree) != nil {
		return response
	}
	paths := make([][]string, len(fields))
	for i, field := range fields {
		paths[i] = strings.Split(field, ".")
	}
	return prune(tree, paths)
}

func prune(tree any, paths [][]string) any {
	switch node := tree.(type) {
	case []any:
		for i := range node {
			node[i] = prune(node[i], paths)
		}
	case map[string]any:
		for name, member := range node {
			below, named := descend(paths, name)
			if !named {
				delete(node, name)
			} else if len(below) > 0 {
				node[name] = prune(member, below)
			}
		}
	}
	return tree
}

// descend returns the rests of the paths that start with name; none when a path
// ends there, which takes the whole member.
func descend(paths [][]string, name string) (rests [][]string, named bool) {
	for _, path := range paths {
		if !strings.EqualFold(path[0], name) {
			continue
		}
		if len(path) == 1 {
			return nil, true
		}
		named = true
		rests = append(rests, path[1:])
	}
	return rests, named
}
