package mutants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// loaded is one package with what its names mean.
type loaded struct {
	name  string // last element of its import path
	dir   string
	fset  *token.FileSet
	files []*ast.File
	names []string // of the files, absolute
	types *types.Info
}

// listed is what `go list` says of a package.
type listed struct {
	Dir, ImportPath, Export string
	GoFiles                 []string
}

// load reads the packages of a module that the patterns name, with the types of
// everything in them. The Go tool compiles what they import.
func load(module string, patterns ...string) ([]*loaded, error) {
	all, err := list(module, append([]string{"-export", "-deps"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, p := range all {
		exports[p.ImportPath] = p.Export
	}
	wanted, err := list(module, patterns...)
	if err != nil {
		return nil, err
	}
	var out []*loaded
	for _, p := range wanted {
		l, err := check(p, exports)
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

func list(module string, args ...string) ([]listed, error) {
	cmd := exec.Command("go", append([]string{"list", "-json=Dir,ImportPath,Export,GoFiles"}, args...)...)
	cmd.Dir = module
	var said bytes.Buffer
	cmd.Stderr = &said
	text, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the Go tool cannot read the sources under %s: %w\n%s", module, err, said.String())
	}
	var out []listed
	decoder := json.NewDecoder(bytes.NewReader(text))
	for {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			return out, nil
		} else if err != nil {
			return nil, fmt.Errorf("cannot read what `go list` says: %w", err)
		}
		out = append(out, p)
	}
}

func check(p listed, exports map[string]string) (*loaded, error) {
	l := &loaded{name: p.ImportPath[strings.LastIndex(p.ImportPath, "/")+1:], dir: p.Dir, fset: token.NewFileSet()}
	for _, name := range p.GoFiles {
		path := filepath.Join(p.Dir, name)
		file, err := parser.ParseFile(l.fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		l.files, l.names = append(l.files, file), append(l.names, path)
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	config := types.Config{Importer: importer.ForCompiler(l.fset, "gc", lookup)}
	l.types = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	if _, err := config.Check(p.ImportPath, l.fset, l.files, l.types); err != nil {
		return nil, fmt.Errorf("package %s does not type-check: %w", p.ImportPath, err)
	}
	return l, nil
}
