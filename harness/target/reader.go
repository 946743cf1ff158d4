package target

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader walks one target file and gathers what is wrong with it.
type reader struct {
	file, dir string
	opt       Options
	exchange  Exchange // zero unless known
	known     bool     // the file names a known exchange

	env        map[string]string
	overridden map[*yaml.Node]string // node -> variable whose value it holds
	referred   map[string]bool       // variables the file names as ${NAME}

	secretFiles map[string]map[string]string
	secrets     []string
	places      map[string]place
	problems    []Problem
}

// place is where a field was set.
type place struct {
	file string
	line int
}

// members maps the names a mapping may hold to what reads their values.
type members map[string]func(n *yaml.Node, field string)

// need is a name a mapping must hold, and what it should be set to.
type need struct {
	name, want string
}

func (r *reader) report(p Problem) { r.problems = append(r.problems, p) }

func (r *reader) at(n *yaml.Node) place {
	if name, ok := r.overridden[n]; ok {
		return place{file: "environment variable " + name}
	}
	return place{r.file, n.Line}
}

// bad reports a value's fault. The fault's text follows the value as written,
// or "the value" where that could show a secret.
func (r *reader) bad(n *yaml.Node, field string, w *wrong) {
	p := r.at(n)
	r.report(Problem{File: p.file, Line: p.line, Field: field, What: r.shown(n) + " " + w.what, Want: w.want, Do: w.do})
}

// badSecret is bad for fields whose value must not be repeated even as written.
func (r *reader) badSecret(n *yaml.Node, field string, w *wrong) {
	p := r.at(n)
	r.report(Problem{File: p.file, Line: p.line, Field: field, What: "the value " + w.what, Want: w.want, Do: w.do})
}

// shown is a value as it stands in the file, references unresolved.
func (r *reader) shown(n *yaml.Node) string {
	_, fromEnvironment := r.overridden[n]
	if fromEnvironment || n.Kind != yaml.ScalarNode || n.Value == "" || strings.Contains(n.Value, "@") {
		return "the value" // an @ may close a URL's user:password
	}
	if len(n.Value) > 60 {
		return fmt.Sprintf("%.60q...", n.Value)
	}
	return fmt.Sprintf("%q", n.Value)
}

// object reads a mapping of fixed names.
func (r *reader) object(n *yaml.Node, field string, needs []need, m members) bool {
	seen, ok := r.pairs(n, field, func(key, value *yaml.Node, at string) {
		read, known := m[key.Value]
		if !known {
			r.unknownName(n, key, value, at, "field", sorted(m))
			return
		}
		read(value, at)
	})
	if !ok {
		return false
	}
	for _, need := range needs {
		if !seen[need.name] {
			p := r.at(n)
			r.report(Problem{File: p.file, Line: p.line, Field: join(field, need.name), What: "is missing", Want: need.want, Do: "add " + need.name})
		}
	}
	return true
}

// pairs calls each for every name of a mapping, reporting what is no mapping,
// no plain name, or a name given twice.
func (r *reader) pairs(n *yaml.Node, field string, each func(key, value *yaml.Node, at string)) (seen map[string]bool, ok bool) {
	if !r.kind(n, field, yaml.MappingNode, "fields with values, as name: value lines") {
		return nil, false
	}
	seen = map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.ShortTag() != "!!str" {
			r.report(Problem{File: r.file, Line: key.Line, Field: field, What: "a field's name is not a plain word", Want: "name: value", Do: "write the name as text; << merging, lists and numbers are no names"})
			continue
		}
		at := join(field, key.Value)
		if seen[key.Value] {
			r.report(Problem{File: r.file, Line: key.Line, Field: at, What: "is given twice", Want: "each field once", Do: "remove one of them"})
			continue
		}
		seen[key.Value] = true
		r.places[at] = r.at(value)
		each(key, value, at)
	}
	return seen, true
}

// unknownName reports a name that is not among the known ones.
func (r *reader) unknownName(parent, key, value *yaml.Node, at, kind string, known []string) {
	if parent.Style&yaml.FlowStyle != 0 && value.ShortTag() == "!!null" && value.Value == "" {
		// {password: ab,cd}: "cd" would be the tail of a secret, so it is not repeated.
		r.report(Problem{File: r.file, Line: key.Line, Field: strings.TrimSuffix(strings.TrimSuffix(at, key.Value), "."),
			What: "a name stands without a value", Want: "name: value", Do: "put a value that holds a comma or a brace in quotes"})
		return
	}
	r.report(Problem{File: r.file, Line: key.Line, Field: at, What: "unknown " + kind, Do: suggest(key.Value, known)})
}

// list reads a sequence.
func (r *reader) list(n *yaml.Node, field string, each func(item *yaml.Node, field string)) {
	if !r.kind(n, field, yaml.SequenceNode, "a list, as [a, b] or as lines beginning with -") {
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", field, i)
		r.places[at] = r.at(item)
		each(item, at)
	}
}

// kind reports a node that is of another kind than asked for.
func (r *reader) kind(n *yaml.Node, field string, kind yaml.Kind, want string) bool {
	if n.Kind == kind && n.Anchor == "" && (n.Style&yaml.TaggedStyle == 0) {
		return true
	}
	w := &wrong{what: "is " + describe(n), want: want, do: "correct it"}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		w.what = "uses a YAML anchor or alias (& or *), which target files do not have"
		w.do = "write the value out; a value that begins with & or * needs quotes"
	case n.Style&yaml.TaggedStyle != 0:
		w.what = "has a YAML tag (!), which target files do not have"
		w.do = "remove the tag; a value that begins with ! needs quotes"
	}
	r.badSecret(n, field, w)
	return false
}

func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!null":
		return "absent"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	default:
		return "text"
	}
}

// scalar reports a node that is not a scalar of one of the tags asked for.
func (r *reader) scalar(n *yaml.Node, field, want string, tags ...string) bool {
	if !r.kind(n, field, yaml.ScalarNode, want) {
		return false
	}
	if slices.Contains(tags, n.ShortTag()) {
		return true
	}
	do := "correct it"
	if tags[0] == "!!str" && n.ShortTag() != "!!null" {
		do = "put it in quotes"
	}
	r.badSecret(n, field, &wrong{what: "is " + describe(n), want: want, do: do})
	return false
}

// scrubbed returns the problems with every secret known by now cut out of them:
// a secret may have been repeated by mistake in a field that is none.
func (r *reader) scrubbed() []Problem {
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range r.secrets {
		if len(s) >= 4 {
			pairs = append(pairs, s, "‹secret›")
		}
	}
	cut := strings.NewReplacer(pairs...)
	for i, p := range r.problems {
		r.problems[i] = Problem{cut.Replace(p.File), p.Line, cut.Replace(p.Field), cut.Replace(p.What), cut.Replace(p.Want), cut.Replace(p.Do)}
	}
	return r.problems
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}
