package target

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"authconform/harness/schema"
)

// explain words what the schema found, in the place where it stands.
func (r *reader) explain(found []schema.Mismatch) {
	for _, m := range found {
		s := r.spots[m.Pointer]
		switch m.Rule {
		case "required":
			p := r.at(s.value)
			r.report(Problem{File: p.file, Line: p.line, Field: join(s.field, m.Member), What: "is missing",
				Want: r.rules.below(s.rule, m.Member).about, Do: "add " + m.Member})
		case "dependencies":
			r.fault(s, &wrong{what: "lacks " + m.Member, want: "all or none of the fields that go together", do: "add it, or remove the other"})
		case "additionalProperties":
			r.unknownName(s)
		case "type":
			r.mistyped(s)
		case "enum":
			known := s.choices()
			if s.field == "exchange" && len(known) == 1 {
				r.fault(s, &wrong{what: "is not the exchange whose suite was asked for", want: known[0],
					do: "run the suite of the file, as `authconform run EXCHANGE --target FILE`, or take a file of " + known[0]})
				continue
			}
			r.fault(s, &wrong{what: "is not a known " + s.text("title"), do: suggest(s.value.Value, known)})
		case "false":
			r.unwanted(s)
		case "const", "pattern", "minLength", "minimum", "maximum", "minItems":
			if m.Rule != "pattern" || s.value.Kind == yaml.ScalarNode { // names of headers are checked by headers
				r.fault(s, s.misfit())
			}
		}
	}
	if len(found) > 0 && len(r.problems) == 0 { // nothing the schema refuses may pass
		s := r.spots[found[0].Pointer]
		r.fault(s, &wrong{what: "is not what " + schemaFile + " describes", want: found[0].Want, hide: true})
	}
}

// misfit words a value of the right type that breaks its rule.
func (s *spot) misfit() *wrong {
	switch {
	case s.value.Kind == yaml.SequenceNode:
		return &wrong{what: "is an empty list", want: s.about, do: "fill it in", hide: true}
	case s.definition == "header":
		return &wrong{what: "is empty or has control characters"}
	case s.secret():
		return &wrong{what: "is written into the target file",
			do: "move the secret to an environment variable or a file, and change it if this file was shared"}
	case strings.TrimSpace(s.value.Value) == "":
		return &wrong{what: "is empty", do: "fill it in, or remove the field"}
	case s.text("type") == "integer" && s.text("title") == "":
		return &wrong{what: "is out of range", want: s.about}
	}
	if s.text("title") == "value" { // of a setting: its sentence says which there are
		return &wrong{what: "is none that the setting takes"}
	}
	return &wrong{what: "is not " + s.text("title")}
}

// units of the definitions whose values are numbers with a unit.
var units = map[string]string{"duration": "s for seconds", "size": "MiB", "volume": "MiB", "pace": "/s for each second"}

// mistyped reports a value that is, say, a list where text belongs. It never shows
// the value: what was put in the wrong place may be a secret.
func (r *reader) mistyped(s *spot) {
	types := map[string]string{
		"object": "fields with values, as name: value lines", "boolean": "true or false",
		"array": "a list, as [a, b] or as lines beginning with -",
	}
	w := &wrong{what: "is " + describe(s.value), want: types[s.text("type")], hide: true}
	number := s.value.Kind == yaml.ScalarNode && slices.Contains([]string{"!!int", "!!float"}, s.value.ShortTag())
	switch {
	case number && units[s.definition] != "":
		w.do = "write the unit behind the number, such as " + units[s.definition]
	case number && s.text("type") == "integer":
		w.what = "is no whole number, or out of range"
	case s.text("type") == "string" && s.value.Kind == yaml.ScalarNode && s.value.ShortTag() != "!!null" && s.definition != "day":
		w.do = "put it in quotes"
	}
	r.fault(s, w)
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

// unknownName reports a name that its mapping may not hold.
func (r *reader) unknownName(s *spot) {
	if s.parent.Style&yaml.FlowStyle != 0 && s.value.ShortTag() == "!!null" && s.value.Value == "" {
		// {password: ab,cd}: "cd" would be the tail of a secret, so it is not repeated.
		r.report(Problem{File: r.file, Line: s.key.Line, Field: strings.TrimSuffix(strings.TrimSuffix(s.field, s.key.Value), "."),
			What: "a name stands without a value", Want: "name: value", Do: "put a value that holds a comma or a brace in quotes"})
		return
	}
	kind := "field"
	if section, _, below := strings.Cut(s.field, "."); below && slices.Contains([]string{"settings", "features"}, section) {
		kind = strings.TrimSuffix(section, "s")
	}
	parent := r.spots[s.pointer[:strings.LastIndexByte(s.pointer, '/')]]
	r.report(Problem{File: r.file, Line: s.key.Line, Field: s.field, What: "unknown " + kind, Do: suggest(s.key.Value, parent.members())})
}

// unwanted reports what nothing can stand in place of: a member that does not go
// with the others, or a name of which the exchange knows none.
func (r *reader) unwanted(s *spot) {
	if kind := child(s.parent, "kind"); kind != nil {
		r.fault(s, &wrong{what: "does not go with kind " + kind.Value, want: s.about, do: "remove it, or correct the kind", hide: true})
		return
	}
	r.fault(s, &wrong{what: "is not known", do: suggest("", nil)})
}
