// Package harness_test holds what is true of the project's packages together.
package harness_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// room is one package, or the packages of a pattern, and what of the project it
// may import: everything to its left in the road, unless it says less.
type room struct {
	name string
	only []string // nothing else; an empty list, but not nil, is a leaf
	not  []string // everything to its left but this
}

// The road of a run, from what is promised to what is said of it. A package may
// import what stands above it, and packages of one line know nothing of each other.
// harness/README.md draws the same picture.
var road = []room{
	{name: "schemas", only: []string{}},
	{name: "harness/plain", only: []string{}},
	{name: "harness/program", only: []string{}},
	{name: "harness/schema", only: []string{}},
	{name: "harness/secret", only: []string{}},
	{name: "harness/yamldoc", only: []string{}},
	{name: "harness/source", only: []string{"harness/yamldoc"}},
	{name: "harness/glob", only: []string{}},
	{name: "harness/verdict", only: []string{"harness/glob"}},
	{name: "harness/baseline", only: []string{"harness/glob", "harness/yamldoc"}},
	{name: "harness/grid", only: []string{"harness/glob", "harness/yamldoc"}},
	{name: "harness/target", only: []string{"schemas", "harness/schema"}},
	{name: "harness/alien", only: []string{"harness/target"}}, // second back ends, that their suites are put to
	{name: "harness/otp", only: []string{"harness/secret"}},
	{name: "harness/httpclient", only: []string{"harness/secret"}},
	{name: "harness/inbox", only: []string{"harness/httpclient", "harness/program"}},
	{name: "harness/identity", only: []string{"harness/target"}},
	{name: "harness/value", only: []string{"harness/httpclient"}},
	{name: "harness/contract", only: []string{"harness/baseline", "harness/grid", "harness/schema", "harness/source", "harness/yamldoc"}},
	{name: "harness/clause", only: []string{"harness/contract", "harness/verdict"}},
	{name: "harness/standard", only: []string{"harness/baseline", "harness/clause", "harness/glob", "harness/source", "harness/yamldoc"}},
	{name: "harness/expect", only: []string{"harness/contract", "harness/httpclient", "harness/schema", "harness/value", "harness/verdict"}},
	{name: "harness/journal", only: []string{"harness/httpclient", "harness/plain", "harness/secret", "harness/verdict"}},

	{name: "harness/conform", not: []string{"schemas"}},
	{name: "suites/family", not: []string{"schemas", "harness/journal", "harness/verdict"}},
	{name: "suites/*/client", not: []string{"schemas", "harness/journal", "harness/verdict", "suites/family"}},
	{name: "suites/alphapoint", not: []string{"schemas", "harness/journal", "harness/verdict"}}, // what kiiex and kiiexap share
	{name: "suites/*", not: []string{"schemas", "harness/journal", "harness/verdict"}},
	{name: "suites", only: []string{"harness/conform", "suites/*"}},

	{name: "harness/mutation/site", only: []string{}}, // what a mutated reference asks whether it is
	{name: "harness/reference/kit", only: []string{}},
	{name: "harness/reference/kit/kittest", only: []string{"harness/reference/kit"}},
	{name: "harness/reference/*", only: []string{"harness/reference/kit"}},
	{name: "harness/reference", only: []string{"harness/reference/*"}},

	{name: "reports", only: []string{"harness/baseline", "harness/clause", "harness/grid", "harness/journal", "harness/plain",
		"harness/secret", "harness/verdict"}},
	{name: "reports/compare", only: []string{"harness/clause", "harness/plain", "harness/verdict", "reports"}},
	{name: "harness/attest", only: []string{"harness/clause", "harness/contract", "harness/expect", "harness/httpclient", "harness/journal",
		"harness/schema", "harness/verdict", "reports"}},
	{name: "reports/page", only: []string{"harness/clause", "harness/journal", "harness/source", "harness/standard", "harness/verdict",
		"reports",
		"reports/compare"}},
	{name: "reports/oscal", only: []string{"harness/clause", "harness/standard", "harness/verdict", "reports"}},
	{name: "harness/runner", not: []string{"suites", "suites/*", "suites/*/client", "suites/family"}},
	{name: "harness/doctor", not: []string{"suites", "suites/*", "suites/*/client", "suites/family"}},
	{name: "harness/mutation", not: []string{"suites", "suites/*", "suites/*/client", "suites/family"}},
	{name: "harness/mutation/mutants", not: []string{"suites", "suites/*", "suites/*/client", "suites/family"}},
	{name: "harness/cmd/authconform"},
}

// place finds a package in the road; -1 where it has none. Its own line goes before
// a pattern's.
func place(pkg string) int {
	if at := slices.IndexFunc(road, func(r room) bool { return r.name == pkg }); at >= 0 {
		return at
	}
	return slices.IndexFunc(road, func(r room) bool { return matches(r.name, pkg) })
}

func matches(pattern, pkg string) bool {
	ok, err := path.Match(pattern, pkg)
	return ok && err == nil
}

// mayImport tells why a package of the project must not import another; "" when it
// may.
func mayImport(from, to string) string {
	at, of := place(from), place(to)
	listed := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, to) })
	}
	switch r := road[at]; {
	case of >= at:
		return "it does not stand to its left"
	case r.only != nil && !listed(r.only):
		return "it may import only [" + strings.Join(r.only, " ") + "]"
	case listed(r.not):
		return "it may import nothing of [" + strings.Join(r.not, " ") + "]"
	}
	return ""
}

func TestImportsPointOneWay(t *testing.T) {
	seen := map[int]bool{}
	files(t, parser.ImportsOnly, func(pkg, file string, parsed *ast.File, at func(token.Pos) string) {
		if strings.HasSuffix(file, "_test.go") {
			return // a test may build whatever it needs around its package
		}
		if place(pkg) < 0 {
			t.Errorf("%s: package %s has no place in the road: add it to `road` in harness/imports_test.go", file, pkg)
			return
		}
		seen[place(pkg)] = true
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			to, inside := strings.CutPrefix(name, "authconform/")
			if !inside {
				continue
			}
			if place(to) < 0 {
				t.Errorf("%s: %s has no place in the road", at(spec.Pos()), to)
			} else if why := mayImport(pkg, to); why != "" {
				t.Errorf("%s: %s imports %s: %s", at(spec.Pos()), pkg, to, why)
			}
		}
	})
	for i, r := range road {
		if !seen[i] {
			t.Errorf("no package is %s: take the line out of `road`", r.name)
		}
	}
}

// stating are the words that state a spec or a clause, by package.
var stating = map[string][]string{
	"ginkgo": {
		"It", "Specify", "Entry", "Describe", "Context", "When", "DescribeTable", "DescribeTableSubtree", "BeforeEach", "AfterEach",
	},
	"clause":  {"Must", "Should", "Note", "Graded"},
	"conform": {"Table"},
}

// TestClientsStateNothing: how to talk to an exchange is one thing, what it
// promises another. Clients may use Ginkgo to end a spec or to clean up after it.
func TestClientsStateNothing(t *testing.T) {
	const ginkgo = "github.com/onsi/ginkgo/v2"
	files(t, parser.SkipObjectResolution, func(pkg, file string, parsed *ast.File, at func(token.Pos) string) {
		if !matches("suites/*/client", pkg) {
			return
		}
		for _, spec := range parsed.Imports {
			if spec.Path.Value == strconv.Quote(ginkgo) && spec.Name != nil {
				t.Errorf("%s: a client imports Ginkgo as %s: import it by its own name", at(spec.Pos()), spec.Name.Name)
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && slices.Contains(stating[x.Name], selector.Sel.Name) {
				t.Errorf("%s: a client uses %s.%s: specs and clauses belong to %s", at(n.Pos()), x.Name, selector.Sel.Name, path.Dir(pkg))
			}
			return true
		})
	})
}

// files visits every Go file of the project; pkg is its folder below the top.
func files(t *testing.T, mode parser.Mode, visit func(pkg, file string, parsed *ast.File, at func(token.Pos) string)) {
	t.Helper()
	visited := 0
	fset := token.NewFileSet()
	for _, top := range []string{"suites", "harness", "schemas", "fixtures", "reports"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
				return err
			}
			parsed, err := parser.ParseFile(fset, name, nil, mode)
			if err != nil {
				return err
			}
			file := strings.TrimPrefix(filepath.ToSlash(name), "../")
			visited++
			visit(path.Dir(file), file, parsed, func(p token.Pos) string {
				return file + ":" + strconv.Itoa(fset.Position(p).Line)
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if visited < 100 {
		t.Fatalf("only %d files were visited", visited)
	}
}
