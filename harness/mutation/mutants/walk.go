package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"authconform/harness/mutation/site"
)

// Generated is what the rules make of some packages.
type Generated struct {
	Mutants []Mutant
	Files   map[string][]byte   // absolute name -> rewritten source
	Users   map[place][]place   // the functions that use a package variable
	Readers map[site.ID][]place // the functions that use the field which a mutant changes
	Faults  map[place][]string  // the hand-written faults that a function asks for
}

// Generate applies every rule to every place of the packages that the patterns
// name. Code that only a hand-written fault can reach is left alone: it is no part
// of a correct back end.
func Generate(module string, patterns ...string) (*Generated, error) {
	packages, err := load(module, patterns...)
	if err != nil {
		return nil, err
	}
	out := &Generated{Files: map[string][]byte{}, Users: map[place][]place{}, Readers: map[site.ID][]place{}, Faults: map[place][]string{}}
	for _, p := range packages {
		faulty, fields := faultOnly(p), map[site.ID]types.Object{}
		variableUsers(p, out.Users)
		functionFaults(p, out.Faults)
		for i, file := range p.files {
			if isFaultFile(p.names[i]) {
				continue
			}
			g := &walker{
				out: out, pkg: p, file: p.fileOf(i),
				condition: map[ast.Expr]bool{}, kept: map[ast.Node]bool{}, faulty: faulty,
				fields: fields,
			}
			if err := g.rewrite(file, p.names[i]); err != nil {
				return nil, err
			}
		}
		fieldReaders(p, fields, out.Readers)
	}
	return out, nil
}

// isFaultFile tells whether a file holds nothing but the list of faults that people
// wrote.
func isFaultFile(name string) bool {
	return strings.HasPrefix(filepath.Base(name), "fault")
}

// walker makes the mutants of one file.
type walker struct {
	*rewriter
	out        *Generated
	pkg        *loaded
	file       string
	function   string
	signatures []*types.Signature // of the functions around, innermost last
	condition  map[ast.Expr]bool  // expressions that decide something
	kept       map[ast.Node]bool  // nodes whose own rule is another's already
	faulty     map[types.Object]bool
	again      []string                 // statements that set package variables anew
	fields     map[site.ID]types.Object // that a mutant changes, where a function without a receiver sets it
}

// pkgName is what rewritten files call package site.
const pkgName = "mutant_site"

func (g *walker) rewrite(file *ast.File, name string) error {
	source, err := readFile(name)
	if err != nil {
		return err
	}
	g.rewriter = &rewriter{source: source, file: g.pkg.fset.File(file.Pos())}
	before := len(g.out.Mutants)
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			g.funcDecl(d)
		case *ast.GenDecl:
			g.variables(d)
		}
	}
	if len(g.out.Mutants) == before {
		return nil
	}
	g.replace(file.Name.End(), file.Name.End(), fmt.Sprintf("; import %s %q", pkgName, "authconform/harness/mutation/site"))
	text := g.rewritten()
	if len(g.again) > 0 {
		text = append(text, []byte(fmt.Sprintf("\nfunc init() { %s.Again(func() { %s }) }\n", pkgName, strings.Join(g.again, "; ")))...)
	}
	g.out.Files[name] = text
	return nil
}

func (g *walker) funcDecl(d *ast.FuncDecl) {
	object, _ := g.pkg.types.Defs[d.Name].(*types.Func)
	if d.Body == nil || object == nil || g.faulty[object] {
		return
	}
	g.function = nameOf(d)
	g.in(object.Signature(), d.Body)
}

// nameOf is Type.method, or a function's name.
func nameOf(d *ast.FuncDecl) string {
	if d.Recv != nil && len(d.Recv.List) > 0 {
		return receiver(d.Recv.List[0].Type) + "." + d.Name.Name
	}
	return d.Name.Name
}

// fileOf is package/name.go.
func (p *loaded) fileOf(i int) string { return p.name + "/" + filepath.Base(p.names[i]) }

// variablePlace is where the initial value of a package variable stands.
func variablePlace(file, name string) place { return place{file, "var " + name} }

// variableUsers adds the functions that use each package variable: every spec comes by its
// initial value, and only those that come by such a function can tell it from another.
func variableUsers(p *loaded, users map[place][]place) {
	variables := map[types.Object]place{}
	for name, object := range p.types.Defs {
		if v, ok := object.(*types.Var); ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
			i := slices.IndexFunc(p.files, func(f *ast.File) bool { return f.FileStart <= v.Pos() && v.Pos() < f.FileEnd })
			variables[v] = variablePlace(p.fileOf(i), name.Name)
		}
	}
	inFunctions(p, func(at place, n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			if of, ok := variables[p.types.Uses[id]]; ok {
				users[of] = append(users[of], at)
			}
		}
	})
}

// inFunctions visits each node of the functions that are no hand-written faults.
func inFunctions(p *loaded, visit func(at place, n ast.Node)) {
	for i, file := range p.files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || isFaultFile(p.names[i]) {
				continue
			}
			at := place{p.fileOf(i), nameOf(f)}
			ast.Inspect(f, func(n ast.Node) bool {
				visit(at, n)
				return true
			})
		}
	}
}

// member walks the value of a key. What a function without a receiver sets a field to is
// often a decision that a server is started with, so that every spec comes by it.
func (g *walker) member(e *ast.KeyValueExpr) {
	before := site.ID(len(g.out.Mutants))
	g.walk(e.Value)
	key, named := e.Key.(*ast.Ident)
	if field, ok := g.pkg.types.Uses[key].(*types.Var); named && ok && field.IsField() && !strings.ContainsAny(g.function, ". ") {
		for id := before + 1; id <= site.ID(len(g.out.Mutants)); id++ {
			g.fields[id] = field // of a literal in a literal, the outer one tells more
		}
	}
}

// fieldReaders adds the functions that use each field, as variableUsers does for variables.
func fieldReaders(p *loaded, fields map[site.ID]types.Object, readers map[site.ID][]place) {
	uses := map[types.Object][]place{}
	inFunctions(p, func(at place, n ast.Node) {
		if e, ok := n.(*ast.SelectorExpr); ok {
			uses[p.types.Uses[e.Sel]] = append(uses[p.types.Uses[e.Sel]], at)
		}
	})
	for id, field := range fields {
		readers[id] = uses[field]
	}
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

func (g *walker) in(s *types.Signature, body *ast.BlockStmt) {
	g.signatures = append(g.signatures, s)
	g.block(body.List, false)
	g.signatures = g.signatures[:len(g.signatures)-1]
}

// variables mutates what package variables begin with. A program sets them before
// any switch is thrown, so those with a mutant are set anew with each.
func (g *walker) variables(d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		if len(v.Names) != len(v.Values) {
			continue
		}
		for i, value := range v.Values {
			g.function = variablePlace(g.file, v.Names[i].Name).Function
			before := len(g.out.Mutants)
			g.walk(value)
			if len(g.out.Mutants) > before && v.Names[i].Name != "_" {
				g.again = append(g.again, v.Names[i].Name+" = "+g.rendered(value.Pos(), value.End()))
			}
		}
	}
}

// mutant numbers one more, of code that becomes another.
func (g *walker) mutant(at token.Pos, op Operator, before, after string) site.ID {
	id := site.ID(len(g.out.Mutants) + 1)
	g.out.Mutants = append(g.out.Mutants, Mutant{
		ID: id, Package: g.pkg.name, File: g.file, Line: g.pkg.fset.Position(at).Line, Function: g.function,
		Operator: op, Before: oneLine(before), After: oneLine(after),
	})
	return id
}

// oneLine is code without its line breaks, cut where it is long.
func oneLine(code string) string {
	const most = 160
	text := strings.Join(strings.Fields(code), " ")
	if len(text) > most {
		return text[:most] + " …"
	}
	return text
}

func (g *walker) code(n ast.Node) string { return g.text(n.Pos(), n.End()) }

// walk visits everything below a node.
func (g *walker) walk(n ast.Node) {
	if n != nil {
		ast.Inspect(n, g.enter)
	}
}

func (g *walker) each(list []ast.Expr) {
	for _, e := range list {
		g.walk(e)
	}
}

// enter tells whether what is below a node remains to be visited.
func (g *walker) enter(n ast.Node) bool {
	if e, ok := n.(ast.Expr); ok {
		return g.expression(e)
	}
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case *ast.BlockStmt:
		g.block(n.List, false)
	case *ast.IfStmt:
		g.ifStmt(n)
	case *ast.SwitchStmt:
		g.switchStmt(n)
	case *ast.TypeSwitchStmt:
		g.walkStmt(n.Init)
		g.clauses(n.Body.List, false)
	case *ast.CommClause:
		g.block(n.Body, false)
	case *ast.LabeledStmt:
		g.kept[n.Stmt] = true // a counter cannot stand between a label and its loop
		return true
	case *ast.ForStmt:
		g.forStmt(n)
	case *ast.RangeStmt:
		g.walk(n.X)
		g.loop(n, n.Body)
	case *ast.ReturnStmt:
		g.returnStmt(n)
	case *ast.AssignStmt:
		for _, e := range n.Rhs {
			g.kept[e] = n.Tok == token.ASSIGN // dropping the statement is dropping its append
			g.walk(e)
		}
	case *ast.IncDecStmt:
	default:
		return true
	}
	return false
}

func (g *walker) walkStmt(s ast.Stmt) {
	if s != nil {
		g.walk(s)
	}
}
