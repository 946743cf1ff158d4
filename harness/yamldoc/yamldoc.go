// Package yamldoc reads YAML files that people write: every value knows its
// line, mappings keep their order, and all problems are reported together, as
// "file:line: where: what was expected".
package yamldoc

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is one YAML file and the problems found in it so far.
type Document struct {
	Root     Node
	file     string
	problems []error
}

// Node is a value of a document. A problem with it is reported on its line,
// under Where, which names an operation, for example.
type Node struct {
	*yaml.Node
	Line     int // of the parent, when the value is missing
	Where    string
	document *Document
}

// Parse reads a file. Aliases, and references into the same file, are replaced
// by what they stand for; one that leads back into itself is a problem.
func Parse(file string, text []byte) (*Document, error) {
	var parsed yaml.Node
	if err := yaml.Unmarshal(text, &parsed); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	d := &Document{file: file}
	d.Root = Node{&missing, 1, "the document", d}
	if len(parsed.Content) == 1 {
		d.Root = d.Root.with(parsed.Content[0])
	}
	r := resolver{d.Root, map[*yaml.Node]bool{}, map[*yaml.Node]bool{}}
	r.resolve(d.Root.Under(""))
	return d, nil
}

// Err is all problems found so far, nil when there is none.
func (d *Document) Err() error { return errors.Join(d.problems...) }

// Require reports a problem with the value unless ok.
func (n Node) Require(ok bool, format string, args ...any) bool {
	if !ok {
		problem := fmt.Errorf("%s:%d: %s: %s", n.document.file, n.Line, n.Where, fmt.Sprintf(format, args...))
		n.document.problems = append(n.document.problems, problem)
	}
	return ok
}

// RequireOneOf reports a word that is none of those allowed.
func (n Node) RequireOneOf(what, word string, allowed ...string) {
	if !slices.Contains(allowed, word) {
		n.Require(false, "%s %q is none of %s", what, word, strings.Join(allowed, ", "))
	}
}

// Under is the value with another name for what problems are reported under.
func (n Node) Under(where string) Node { return Node{n.Node, n.Line, where, n.document} }

// with is another value that problems are reported under the same name of.
func (n Node) with(value *yaml.Node) Node { return Node{value, value.Line, n.Where, n.document} }

// Missing tells whether there is no such value.
func (n Node) Missing() bool { return n.Kind == 0 }

var missing yaml.Node

// Members yields keys and values in the order of the file; none for what is no mapping.
func (n Node) Members() iter.Seq2[Node, Node] {
	return func(yield func(Node, Node) bool) {
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.with(n.Content[i]), n.with(n.Content[i+1])) {
				return
			}
		}
	}
}

// Member is the value at a key; it may be missing.
func (n Node) Member(name string) Node {
	for key, value := range n.Members() {
		if key.Value == name {
			return value
		}
	}
	return Node{&missing, n.Line, n.Where, n.document}
}

// Items are the entries of a sequence; none for anything else.
func (n Node) Items() []Node {
	if n.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]Node, len(n.Content))
	for i, item := range n.Content {
		items[i] = n.with(item)
	}
	return items
}

// List are the entries of a sequence, or the value itself: a list may be
// written as its only entry.
func (n Node) List() []Node {
	if n.Kind == yaml.SequenceNode || n.Missing() {
		return n.Items()
	}
	return []Node{n}
}

// Only reports the keys that are none of those allowed.
func (n Node) Only(allowed ...string) {
	for key := range n.Members() {
		if !slices.Contains(allowed, key.Value) {
			key.Require(false, "unknown key %s; allowed here are %s", key.Value, strings.Join(allowed, ", "))
		}
	}
}

// Text is the scalar at a key, without the line breaks that folded text ends in;
// "" when it is missing.
func (n Node) Text(key string) string { return n.Member(key).text(key) }

func (n Node) text(key string) string {
	if n.Missing() || n.Tag == "!!null" || !n.Require(n.Kind == yaml.ScalarNode, "%s is not text", key) {
		return ""
	}
	return strings.TrimRight(n.Value, "\n")
}

// Texts is the list at a key, which may be written as its only entry.
func (n Node) Texts(key string) []string {
	var texts []string
	for _, item := range n.Member(key).List() {
		texts = append(texts, item.text(key))
	}
	return texts
}

// Flag is the truth value at a key, false when it is missing.
func (n Node) Flag(key string) bool {
	flag, m := false, n.Member(key)
	m.Require(m.Missing() || m.Decode(&flag) == nil, "%s is neither true nor false", key)
	return flag
}
