package contract

import (
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolveAlias follows YAML aliases, so that the rest sees only real nodes.
func resolveAlias(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// pairs yields the keys and values of a mapping; nothing for other nodes.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		if n = resolveAlias(n); n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], resolveAlias(n.Content[i+1])) {
				return
			}
		}
	}
}

// items yields the entries of a sequence; nothing for other nodes.
func items(n *yaml.Node) iter.Seq2[int, *yaml.Node] {
	return func(yield func(int, *yaml.Node) bool) {
		if n = resolveAlias(n); n == nil || n.Kind != yaml.SequenceNode {
			return
		}
		for i, item := range n.Content {
			if !yield(i, resolveAlias(item)) {
				return
			}
		}
	}
}

// field is the value of a mapping's member, nil when there is none.
func field(n *yaml.Node, name string) *yaml.Node {
	for key, value := range pairs(n) {
		if key.Value == name {
			return value
		}
	}
	return nil
}

func isScalar(n *yaml.Node) bool { return n != nil && n.Kind == yaml.ScalarNode }

// text is a scalar as written, "" for anything else.
func text(n *yaml.Node) string {
	if !isScalar(n) || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func isTrue(n *yaml.Node) bool { return isScalar(n) && n.Tag == "!!bool" && n.Value == "true" }

func texts(n *yaml.Node) []string {
	if n = resolveAlias(n); isScalar(n) && text(n) != "" {
		return []string{n.Value}
	}
	var out []string
	for _, item := range items(n) {
		out = append(out, text(item))
	}
	return out
}

// lookup follows a local reference such as "#/components/responses/Refused".
func lookup(root *yaml.Node, ref string) *yaml.Node {
	rest, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return nil
	}
	n := root
	for name := range strings.SplitSeq(rest, "/") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "~1", "/"), "~0", "~")
		if i, err := strconv.Atoi(name); err == nil && n != nil && n.Kind == yaml.SequenceNode {
			if i < 0 || i >= len(n.Content) {
				return nil
			}
			n = resolveAlias(n.Content[i])
			continue
		}
		if n = field(n, name); n == nil {
			return nil
		}
	}
	return n
}
