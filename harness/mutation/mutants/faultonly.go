package mutants

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// truth is what an expression is while no hand-written fault is on.
type truth int

const (
	unknown truth = iota
	never
	always
)

// fold tells what a condition is as far as hand-written faults decide it.
func (g *walker) fold(e ast.Expr) truth { return fold(g.pkg, e) }

func fold(p *loaded, e ast.Expr) truth {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return fold(p, e.X)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return map[truth]truth{never: always, always: never}[fold(p, e.X)]
		}
	case *ast.BinaryExpr:
		x, y := fold(p, e.X), fold(p, e.Y)
		switch {
		case e.Op == token.LAND && (x == never || y == never), e.Op == token.LOR && x == never && y == never:
			return never
		case e.Op == token.LOR && (x == always || y == always), e.Op == token.LAND && x == always && y == always:
			return always
		}
	case *ast.CallExpr:
		if isSwitch(p, e) || isHook(p, e) && isBool(p.types.TypeOf(e)) {
			return never
		}
	}
	return unknown
}

// isSwitch tells whether a call asks for a hand-written fault: a method On that
// takes the fault's name.
func isSwitch(p *loaded, e *ast.CallExpr) bool {
	selector, ok := e.Fun.(*ast.SelectorExpr)
	if !ok || selector.Sel.Name != "On" || len(e.Args) != 1 {
		return false
	}
	argument, ok := p.types.TypeOf(e.Args[0]).Underlying().(*types.Basic)
	return ok && argument.Info()&types.IsString != 0 && isBool(p.types.TypeOf(e))
}

// isHook tells whether a call asks the hand-written faults what to do: its function
// stands in one of their files, and changes nothing while none of them is on.
func isHook(p *loaded, e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	var name *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f
	case *ast.SelectorExpr:
		name = f.Sel
	default:
		return false
	}
	f, ok := p.types.Uses[name].(*types.Func)
	return ok && isFaultFile(p.fset.Position(f.Pos()).Filename)
}

// faultOnly finds the functions of a package that are used only where a
// hand-written fault is on, or by each other.
func faultOnly(p *loaded) map[types.Object]bool {
	users := map[types.Object][]types.Object{} // the functions around each use; nil for a use outside of all
	mentioned := map[types.Object]bool{}
	for i, file := range p.files {
		for _, d := range file.Decls {
			var user types.Object
			if f, ok := d.(*ast.FuncDecl); ok {
				user = p.types.Defs[f.Name]
			}
			if isFaultFile(p.names[i]) {
				continue
			}
			alive(p, d, func(id *ast.Ident) { users[p.types.Uses[id]] = append(users[p.types.Uses[id]], user) })
		}
	}
	for _, o := range p.types.Uses {
		mentioned[o] = true // what nothing names may still serve an interface
	}
	faulty := map[types.Object]bool{}
	for before := -1; len(faulty) > before; {
		before = len(faulty)
		for _, o := range p.types.Defs {
			f, ok := o.(*types.Func)
			serves := func(user types.Object) bool { return user == nil || user != o && !faulty[user] }
			if ok && mentioned[f] && !f.Exported() && !slices.ContainsFunc(users[f], serves) {
				faulty[f] = true
			}
		}
	}
	return faulty
}

// alive visits the names that occur where no hand-written fault has to be on.
func alive(p *loaded, n ast.Node, visit func(*ast.Ident)) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			visit(n)
		case *ast.IfStmt:
			if fold(p, n.Cond) == never {
				if n.Else != nil {
					alive(p, n.Else, visit)
				}
				return false
			}
		case *ast.CaseClause:
			return len(n.List) == 0 || slices.ContainsFunc(n.List, func(e ast.Expr) bool { return fold(p, e) != never })
		}
		return true
	})
}
