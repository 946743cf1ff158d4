package target

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader turns the tree of one target file into what the schema judges and the
// decoder takes, and gathers what is wrong with it.
type reader struct {
	file, dir string
	opt       Options
	rules     *rules

	env        map[string]string
	overridden map[*yaml.Node]string // node -> variable whose value it holds
	referred   map[string]bool       // variables the file names as ${NAME}

	spots       map[string]*spot // by JSON pointer
	secretFiles map[string]map[string]string
	secrets     []string
	files       map[string][]byte // by path, as they were read
	faulty      map[string]bool   // fields with a problem: one each is enough
	problems    []Problem
}

// spot is a value of the file: where it stands and what is asked of it.
type spot struct {
	rule
	pointer     string // RFC 6901
	field       string // such as identities[0].password
	key, parent *yaml.Node
	value       *yaml.Node
	written     string // the text as it stands in the file
}

// place is where a field was set.
type place struct {
	file string
	line int
}

func (r *reader) at(n *yaml.Node) place {
	if name, ok := r.overridden[n]; ok {
		return place{file: "environment variable " + name}
	}
	return place{r.file, n.Line}
}

// report adds a problem, one for each field: what else is said of a value that is
// wrong already follows from that.
func (r *reader) report(p Problem) {
	if p.Field == "" || !r.faulty[p.Field] {
		r.add(p)
	}
}

func (r *reader) add(p Problem) {
	r.faulty[p.Field] = true
	r.problems = append(r.problems, p)
}

// fault reports what is wrong with the value of a spot.
func (r *reader) fault(s *spot, w *wrong) {
	p, shown := r.at(s.value), r.shown(s)
	if w.hide {
		shown = "the value"
	}
	r.report(Problem{File: p.file, Line: p.line, Field: s.field, What: shown + " " + w.what,
		Want: cmp.Or(w.want, s.want(), s.about), Do: cmp.Or(w.do, "correct it")})
}

// shown is a value as it stands in the file, references unresolved.
func (r *reader) shown(s *spot) string {
	text := cmp.Or(s.written, s.value.Value)
	_, fromEnvironment := r.overridden[s.value]
	if fromEnvironment || s.hidden() || s.value.Kind != yaml.ScalarNode || text == "" || strings.Contains(text, "@") {
		return "the value" // an @ may close a URL's user:password
	}
	if len(text) > 60 {
		return fmt.Sprintf("%.60q...", text)
	}
	return fmt.Sprintf("%q", text)
}

// read returns a value as JSON for the schema to judge, and leaves the tree in the
// form that Target's own tags decode. What no rule describes is not looked into.
func (r *reader) read(s *spot) any {
	r.spots[s.pointer] = s
	if s.body == nil {
		return nil
	}
	if w := foreign(s.value); w != nil {
		r.fault(s, w)
		*s.value = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: s.value.Line}
		return nil
	}
	switch s.value.Kind {
	case yaml.MappingNode:
		return r.mapping(s)
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range s.value.Content {
			index := strconv.Itoa(i)
			list = append(list, r.read(&spot{
				rule: r.rules.below(s.rule, index), pointer: s.pointer + "/" + index, field: s.field + "[" + index + "]", parent: s.value, value: item,
			}))
		}
		return list
	}
	return r.scalar(s)
}

// mapping keeps the members that the decoder may see: each name once.
func (r *reader) mapping(s *spot) any {
	members := map[string]any{}
	content := s.value.Content
	s.value.Content = nil
	for i := 0; i+1 < len(content); i += 2 {
		key, value := content[i], content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			r.report(Problem{File: r.file, Line: key.Line, Field: s.field, What: "a field's name is not a plain word",
				Want: "name: value", Do: "write the name as text; << merging, lists and numbers are no names"})
			continue
		}
		next := &spot{
			rule: r.rules.below(s.rule, key.Value), pointer: s.pointer + "/" + escape.Replace(key.Value), field: join(s.field, key.Value),
			key: key, parent: s.value, value: value,
		}
		if _, twice := members[key.Value]; twice {
			r.keyFault(next, "is given twice", "each field once")
			continue
		}
		s.value.Content = append(s.value.Content, key, value)
		members[key.Value] = r.read(next)
	}
	return members
}

// keyFault reports what is wrong with a member's name.
func (r *reader) keyFault(s *spot, what, want string) {
	r.report(Problem{File: r.file, Line: s.key.Line, Field: s.field, What: what, Want: want, Do: "remove one of them"})
}

// noInteger stands for every number that no field accepts.
const noInteger = json.Number("0.5")

func (r *reader) scalar(s *spot) any {
	n := s.value
	switch tag := n.ShortTag(); tag {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		var whole int64
		if tag == "!!float" || n.Decode(&whole) != nil {
			return noInteger
		}
		return json.Number(strconv.FormatInt(whole, 10))
	case "!!timestamp": // YAML's dates are text to JSON
		if s.definition != "day" {
			r.mistyped(s)
		}
		n.Tag = "!!str"
	}
	if s.text("type") != "string" {
		return n.Value
	}
	s.written = n.Value
	return r.string(s)
}

// string resolves and converts a text, and returns what the schema shall judge.
func (r *reader) string(s *spot) any {
	n := s.value
	if s.secret() {
		return r.secret(s)
	}
	value, ok := r.resolve(s)
	if !ok {
		return n.Value
	}
	n.Value = value
	if strings.TrimSpace(value) == "" {
		return value
	}
	tag, converted, w := "!!str", value, (*wrong)(nil)
	if known, ok := conversions[s.definition]; ok {
		tag = known.tag
		converted, w = known.parse(value)
	} else if s.definition == "path" || s.definition == "key" {
		converted, w = r.path(value, s.definition == "key")
	}
	if w != nil {
		r.fault(s, w)
		return value
	}
	n.Tag, n.Value = tag, converted
	return value
}

// foreign finds what YAML has and target files do not.
func foreign(n *yaml.Node) *wrong {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return &wrong{what: "uses a YAML anchor or alias (& or *), which target files do not have",
			do: "write the value out; a value that begins with & or * needs quotes", hide: true}
	case n.Style&yaml.TaggedStyle != 0:
		return &wrong{what: "has a YAML tag (!), which target files do not have",
			do: "remove the tag; a value that begins with ! needs quotes", hide: true}
	}
	return nil
}

// child returns the value of a name in a mapping, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

var escape = strings.NewReplacer("~", "~0", "/", "~1")

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
