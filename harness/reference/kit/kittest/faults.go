package kittest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/reference/kit"
)

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// WellFormed fails for a fault list that is shorter than least, repeats an id, or
// names an operation that is not there.
func WellFormed(t *testing.T, faults []kit.Fault, operations []string, least int) {
	t.Helper()
	seen := map[string]bool{}
	for _, fault := range faults {
		if seen[fault.ID] || !slug.MatchString(fault.ID) {
			t.Errorf("fault id %q is used twice or is no slug", fault.ID)
		}
		seen[fault.ID] = true
		if !strings.HasSuffix(fault.Text, ".") || len(fault.Outcomes) == 0 || len(fault.Operations) == 0 {
			t.Errorf("fault %s lacks a sentence, operations or outcomes", fault.ID)
		}
		for _, op := range fault.Operations {
			if !slices.Contains(operations, op) {
				t.Errorf("fault %s names operation %q, which does not exist", fault.ID, op)
			}
		}
	}
	if len(seen) < least {
		t.Errorf("%d faults, want at least %d", len(seen), least)
	}
}

// Consulted reads the source of the package in the current folder and fails for a
// fault whose constant no decision point reads (it would survive for the wrong
// reason), for a constant that is no listed fault (it would never be on), and for an
// id that is spelt out where its constant belongs.
func Consulted(t *testing.T, faults []kit.Fault) {
	t.Helper()
	source := readSource(t)
	listed := map[string]bool{}
	for _, fault := range faults {
		listed[fault.ID] = true
	}
	for name, id := range source.constants {
		if !listed[id] {
			t.Errorf("constant %s is %q, which is no fault of the list", name, id)
		}
		if source.reads[name] == 0 {
			t.Errorf("no decision point reads %s", name)
		}
		delete(listed, id)
	}
	for id := range listed {
		t.Errorf("fault %s has no constant", id)
	}
	for _, id := range source.literals {
		if slices.ContainsFunc(faults, func(f kit.Fault) bool { return f.ID == id }) {
			t.Errorf("fault %s is spelt out; use its constant", id)
		}
	}
}

// source is what the files of a package that are no tests say of its faults.
type source struct {
	constants map[string]string // name of a fault constant: id
	reads     map[string]int    // uses of a constant outside the list
	literals  []string          // texts outside the declarations of constants
}

func readSource(t *testing.T) source {
	t.Helper()
	out := source{constants: map[string]string{}, reads: map[string]int{}}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, out.visit)
	}
	return out
}

func (s *source) visit(node ast.Node) bool {
	switch n := node.(type) {
	case *ast.ValueSpec:
		if strings.HasPrefix(n.Names[0].Name, "fault") && len(n.Values) == 1 {
			if literal, isLiteral := n.Values[0].(*ast.BasicLit); isLiteral {
				s.constants[n.Names[0].Name], _ = strconv.Unquote(literal.Value)
				return false
			}
		}
	case *ast.KeyValueExpr:
		key, named := n.Key.(*ast.Ident)
		_, constant := n.Value.(*ast.Ident)
		return !(named && constant && key.Name == "ID") // the list is no decision point
	case *ast.Ident:
		s.reads[n.Name]++
	case *ast.BasicLit:
		if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
			s.literals = append(s.literals, text)
		}
	}
	return true
}

// Seen runs what shows a fault three times, twice without it, and fails unless the
// fault alone changes what a client sees.
func Seen(t *testing.T, fault string, observe func(faults ...string) string) {
	t.Helper()
	right, wrong := observe(), observe(fault)
	if right == wrong {
		t.Errorf("with and without the fault a client sees\n%s", right)
	}
	if again := observe(); again != right {
		t.Errorf("the scenario is not repeatable:\n%s\nthen\n%s", right, again)
	}
}

// EachSeen has every fault shown in every profile it belongs to by the scenario of
// its id, and fails for a fault without a scenario and a scenario without a fault.
func EachSeen[Scenario any](
	t *testing.T, faults []kit.Fault, profiles []string, scenarios map[string]Scenario,
	observe func(t *testing.T, one Scenario, profile string, faults ...string) string,
) {
	t.Helper()
	for _, fault := range faults {
		one, known := scenarios[fault.ID]
		if !known {
			t.Errorf("fault %s has no scenario", fault.ID)
			continue
		}
		for _, profile := range profiles {
			if fault.In(profile) {
				t.Run(fault.ID+"/"+profile, func(t *testing.T) {
					Seen(t, fault.ID, func(on ...string) string { return observe(t, one, profile, on...) })
				})
			}
		}
	}
	for id := range scenarios {
		if !slices.ContainsFunc(faults, func(f kit.Fault) bool { return f.ID == id }) {
			t.Errorf("scenario %s is for no fault", id)
		}
	}
}
