package mutants

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// block visits statements one after the other. A sole statement of a guarded body
// is not dropped by itself: dropping the guard does the same.
func (g *walker) block(list []ast.Stmt, guarded bool) {
	for _, s := range list {
		if g.effect(s) && !(guarded && len(list) == 1) {
			id := g.mutant(s.Pos(), DropEffect, g.code(s), "")
			g.wrap(s.Pos(), s.End(), fmt.Sprintf("if !%s.On(%d) { ", pkgName, id), " }")
		}
		g.walk(s)
	}
}

// locking are methods that no mutant drops: without them a program dies, hangs, or
// is right by luck.
var locking = []string{"Lock", "Unlock", "RLock", "RUnlock"}

// effect tells whether a statement does something that can be left out.
func (g *walker) effect(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && g.droppable(call)
	case *ast.DeferStmt:
		return g.droppable(s.Call)
	case *ast.GoStmt:
		return g.droppable(s.Call)
	case *ast.AssignStmt:
		return s.Tok != token.DEFINE && !(len(s.Rhs) == 1 && isHook(g.pkg, s.Rhs[0]))
	case *ast.IncDecStmt, *ast.SendStmt:
		return true
	}
	return false
}

func (g *walker) droppable(call *ast.CallExpr) bool {
	if isHook(g.pkg, call) {
		return false
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name != "panic"
	case *ast.SelectorExpr:
		return !slices.Contains(locking, f.Sel.Name)
	}
	return true
}

func (g *walker) ifStmt(n *ast.IfStmt) {
	switch truth := g.fold(n.Cond); truth {
	case never:
		g.walkStmt(n.Else)
		return
	case always:
		g.walkStmt(n.Init)
		g.block(n.Body.List, false)
		return
	}
	g.walkStmt(n.Init)
	g.guard(n.Cond, "if "+g.code(n.Cond)+" "+g.code(n.Body))
	g.condition[n.Cond] = true
	g.walk(n.Cond)
	g.block(n.Body.List, n.Else == nil)
	g.walkStmt(n.Else)
}

// guard makes the mutant that never enters what a condition guards.
func (g *walker) guard(cond ast.Expr, whole string) {
	id := g.mutant(cond.Pos(), DropGuard, whole, "")
	g.wrap(cond.Pos(), cond.End(), "(", fmt.Sprintf(") && !%s.On(%d)", pkgName, id))
}

func (g *walker) switchStmt(n *ast.SwitchStmt) {
	g.walkStmt(n.Init)
	if n.Tag != nil {
		g.walk(n.Tag)
	}
	g.clauses(n.Body.List, n.Tag == nil)
}

// clauses visits the cases of a switch, whose expressions are conditions where it
// has no tag.
func (g *walker) clauses(list []ast.Stmt, conditions bool) {
	for _, s := range list {
		c := s.(*ast.CaseClause)
		if conditions && len(c.List) > 0 {
			open := 0
			for _, e := range c.List {
				if g.fold(e) == never {
					continue
				}
				open++
				if g.fold(e) == unknown {
					g.guard(e, "case "+g.code(e))
					g.condition[e] = true
					g.walk(e)
				}
			}
			if open == 0 {
				continue
			}
		}
		g.block(c.Body, conditions && len(c.List) == 1)
	}
}

func (g *walker) forStmt(n *ast.ForStmt) {
	g.walkStmt(n.Init)
	if n.Cond == nil {
		g.block(n.Body.List, false)
		return
	}
	g.kept[n.Cond] = true // what negates it is a loop that never runs, or never ends
	g.walk(n.Cond)
	g.loop(n, n.Body)
}

// loop makes a loop run never, and once.
func (g *walker) loop(n ast.Stmt, body *ast.BlockStmt) {
	head := g.text(n.Pos(), body.Lbrace)
	id := g.mutant(n.Pos(), LoopNever, head, "")
	text := fmt.Sprintf(" if %s.On(%d) { break }; ", pkgName, id)
	if !g.kept[n] {
		id = g.mutant(n.Pos(), LoopOnce, head, "its first turn only")
		g.wrap(n.Pos(), n.End(), fmt.Sprintf("{ var mutant_turns%d int; ", id), " }")
		text += fmt.Sprintf("if %s.Once(%d, &mutant_turns%d) { break }; ", pkgName, id, id)
	}
	g.replace(body.Lbrace+1, body.Lbrace+1, text)
	g.block(body.List, true)
}

func (g *walker) returnStmt(n *ast.ReturnStmt) {
	results := g.signatures[len(g.signatures)-1].Results()
	if len(n.Results) == results.Len() {
		for i, e := range n.Results {
			g.result(e, results.At(i).Type())
		}
	}
	g.each(n.Results)
}

// result makes a mutant of a value that is returned: the other truth, or nil.
func (g *walker) result(e ast.Expr, want types.Type) {
	tv := g.pkg.types.Types[e]
	if isBool(want) {
		if tv.Value != nil {
			g.negate(e)
		}
		g.condition[e] = true
		return
	}
	_, pointer := want.Underlying().(*types.Pointer)
	typeArgument := ""
	switch {
	case tv.IsNil():
		return
	case isError(want):
		typeArgument = "[error]"
	case !pointer || !types.Identical(tv.Type, want):
		return
	}
	id := g.mutant(e.Pos(), NoRefusal, "return … "+g.code(e), "return … nil")
	g.wrap(e.Pos(), e.End(), fmt.Sprintf("%s.Zero%s(%d, ", pkgName, typeArgument, id), ")")
}

func isBool(t types.Type) bool {
	return types.Identical(t, types.Typ[types.Bool]) || types.Identical(t, types.Typ[types.UntypedBool])
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }
