package yamldoc

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// resolver walks a document once, looking at each value once.
type resolver struct {
	root Node
	open map[*yaml.Node]bool // those that the walk is inside of
	done map[*yaml.Node]bool
}

// resolve puts what is meant in place of aliases and references, and reports
// keys given twice and merge keys.
func (r resolver) resolve(n Node) {
	if r.done[n.Node] {
		return
	}
	r.done[n.Node], r.open[n.Node] = true, true
	defer delete(r.open, n.Node)
	lines := make(map[string]int, len(n.Content)/2)
	for i := range n.Content {
		child := n.with(n.Content[i])
		if n.Kind == yaml.MappingNode {
			key := n.Content[i-i%2]
			child.Where = strings.TrimPrefix(n.Where+"/"+key.Value, "/")
			if i%2 == 0 {
				child.Require(key.Value != "<<", "merge keys are not read here; write the members out or alias a whole value")
				if first, twice := lines[key.Value]; twice {
					child.Require(false, "given twice, first on line %d", first)
				}
				lines[key.Value] = key.Line
				continue
			}
		}
		meant := r.follow(child)
		n.Content[i] = meant.Node
		r.resolve(meant)
	}
}

// follow finds what an alias, or a reference into this file, stands for.
func (r resolver) follow(n Node) Node {
	name, target := n.Member("$ref").Value, n.Alias
	switch {
	case n.Kind == yaml.AliasNode:
		name = "the anchor &" + n.Value
	case strings.HasPrefix(name, "#"):
		target = r.lookup(name)
	default:
		return n
	}
	r.open[n.Node] = true
	defer delete(r.open, n.Node)
	if !n.Require(target.Kind != 0, "$ref %q leads nowhere in this file", name) || !n.Require(!r.open[target], "%s contains itself", name) {
		return Node{&missing, n.Line, n.Where, n.document}
	}
	return r.follow(n.with(target))
}

var unescape = strings.NewReplacer("~1", "/", "~0", "~")

// lookup finds what a reference such as "#/components/responses/Refused" names.
func (r resolver) lookup(reference string) *yaml.Node {
	n := r.root
	for name := range strings.SplitSeq(strings.TrimPrefix(reference, "#/"), "/") {
		n = n.Member(unescape.Replace(name))
		if n.Kind == yaml.AliasNode {
			n.Node = n.Alias
		}
	}
	return n.Node
}
