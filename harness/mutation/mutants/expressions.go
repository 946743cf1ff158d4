package mutants

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"authconform/harness/mutation/site"
)

func (g *walker) expression(e ast.Expr) bool {
	tv, known := g.pkg.types.Types[e]
	if known && tv.IsType() {
		return false
	}
	if known && tv.Value != nil {
		g.number(e, tv)
		return false
	}
	if g.condition[e] {
		g.decide(e, tv.Type)
	}
	switch e := e.(type) {
	case *ast.FuncLit:
		g.in(tv.Type.(*types.Signature), e.Body)
	case *ast.BinaryExpr:
		g.binary(e, tv.Type)
	case *ast.CallExpr:
		g.call(e)
	case *ast.KeyValueExpr:
		g.member(e)
	case *ast.CompositeLit:
		g.each(e.Elts)
	case *ast.SelectorExpr:
		g.walk(e.X)
	case *ast.TypeAssertExpr:
		g.walk(e.X)
	case *ast.IndexExpr:
		g.walk(e.X)
		g.walk(e.Index) // a type argument has nothing below it
	default:
		return true
	}
	return false
}

// decide negates a condition that has no operator of its own; what has one is left
// to it.
func (g *walker) decide(e ast.Expr, t types.Type) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		g.condition[e.X] = true
	case *ast.UnaryExpr:
		g.condition[e.X] = e.Op == token.NOT
	case *ast.BinaryExpr:
	default:
		if isBool(t) && g.fold(e) == unknown {
			g.negate(e)
		}
	}
}

func (g *walker) negate(e ast.Expr) {
	id := g.mutant(e.Pos(), Negate, g.code(e), "!("+g.code(e)+")")
	g.wrap(e.Pos(), e.End(), "((", fmt.Sprintf(") != %s.On(%d))", pkgName, id))
}

var comparisons = map[token.Token]struct {
	helper          string
	negated, shifts token.Token
}{
	token.LSS: {"Less", token.GEQ, token.LEQ}, token.LEQ: {"LessEqual", token.GTR, token.LSS},
	token.GTR: {"Greater", token.LEQ, token.GEQ}, token.GEQ: {"GreaterEqual", token.LSS, token.GTR},
}

func (g *walker) binary(e *ast.BinaryExpr, t types.Type) {
	loop := g.kept[e]
	switch e.Op {
	case token.LAND, token.LOR:
		g.logic(e, t, loop)
		return
	case token.EQL, token.NEQ:
		if !loop {
			g.negate(e)
		}
	}
	if c, ordered := comparisons[e.Op]; ordered && !loop && isOrdered(g.pkg.types.TypeOf(e.X)) {
		swapped := func(op token.Token) string { return g.code(e.X) + " " + op.String() + " " + g.code(e.Y) }
		id := g.mutant(e.Pos(), Negate, g.code(e), swapped(c.negated))
		g.mutant(e.Pos(), Boundary, g.code(e), swapped(c.shifts))
		g.wrap(e.Pos(), e.End(), fmt.Sprintf("%s.%s%s(%d, ", pkgName, c.helper, basicArgument(g.pkg.types.TypeOf(e.X)), id), ")")
		g.replace(e.X.End(), e.Y.Pos(), ", ")
	}
	g.walk(e.X)
	g.walk(e.Y)
}

func isOrdered(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsOrdered != 0 && b.Info()&types.IsUntyped == 0
}

// basicArgument is a type argument where the type has a name of Go's own.
func basicArgument(t types.Type) string {
	if b, ok := t.(*types.Basic); ok && b.Info()&types.IsUntyped == 0 {
		return "[" + b.Name() + "]"
	}
	return ""
}

// logic makes the mutants of && and ||. A side that only a hand-written fault
// changes is as good as not there.
func (g *walker) logic(e *ast.BinaryExpr, t types.Type, loop bool) {
	x, y := g.fold(e.X), g.fold(e.Y)
	for _, side := range []ast.Expr{e.X, e.Y} {
		g.condition[side], g.kept[side] = !loop, loop
	}
	if isBool(t) && x == unknown && y == unknown {
		left, right := g.code(e.X), g.code(e.Y)
		helper, op := "And", token.LOR
		if e.Op == token.LOR {
			helper, op = "Or", token.LAND
		}
		id := g.mutant(e.Pos(), SwapLogic, g.code(e), left+" "+op.String()+" "+right)
		g.mutant(e.Pos(), DropSide, g.code(e), right)
		g.mutant(e.Pos(), DropSide, g.code(e), left)
		g.wrap(e.Pos(), e.End(), fmt.Sprintf("%s.%s(%d, ", pkgName, helper, id), " })")
		g.replace(e.X.End(), e.Y.Pos(), ", func() bool { return ")
	}
	if x == unknown {
		g.walk(e.X)
	}
	if y == unknown {
		g.walk(e.Y)
	}
}

// number makes a constant one more and one less.
func (g *walker) number(e ast.Expr, tv types.TypeAndValue) {
	basic, ok := tv.Type.(*types.Basic)
	duration := types.TypeString(tv.Type, nil) == "time.Duration"
	if !duration && (!ok || basic.Info()&types.IsInteger == 0 || basic.Info()&types.IsUntyped != 0) || hasChar(e) {
		return
	}
	value, exact := constant.Int64Val(constant.ToInt(tv.Value))
	if !exact {
		return
	}
	argument, unit, shown := "", int64(1), "1"
	if duration {
		if !importsTime(g.pkg, e.Pos()) {
			return
		}
		argument = "[time.Duration]"
		unit, shown = unitOf(value)
	} else {
		argument = "[" + basic.Name() + "]"
	}
	before := g.code(e)
	id := g.mutant(e.Pos(), OffByOne, before, before+" + "+shown)
	helper := "More"
	if !strings.HasPrefix(before, "http.Status") { // what is off by one is no less off by one the other way
		helper = "Shift"
		g.mutant(e.Pos(), OffByOne, before, before+" - "+shown)
	}
	g.wrap(e.Pos(), e.End(), fmt.Sprintf("%s.%s%s(%d, ", pkgName, helper, argument, id), ", "+strconv.FormatInt(unit, 10)+")")
}

func hasChar(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.CHAR {
			found = true
		}
		return !found
	})
	return found
}

func importsTime(p *loaded, at token.Pos) bool {
	for _, f := range p.files {
		if f.FileStart <= at && at < f.FileEnd {
			return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == `"time"` && s.Name == nil })
		}
	}
	return false
}

// unitOf is the largest unit that a duration has a whole number of.
func unitOf(d int64) (unit int64, name string) {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}} {
		if d != 0 && d%int64(u.unit) == 0 {
			return int64(u.unit), u.name
		}
	}
	return 1, "1"
}

func (g *walker) call(e *ast.CallExpr) {
	if g.fold(e) != unknown || isHook(g.pkg, e) {
		return
	}
	callee := g.pkg.types.Types[e.Fun]
	switch {
	case callee.IsType():
	case callee.IsBuiltin():
		switch e.Fun.(*ast.Ident).Name {
		case "append":
			g.dropAppend(e)
		case "make":
			return // sizes are seldom more than a hint
		}
	default:
		g.walk(e.Fun)
		g.swaps(e)
	}
	g.each(e.Args)
}

// dropAppend makes an append whose slice stays as it was.
func (g *walker) dropAppend(e *ast.CallExpr) {
	if !pure(e.Args[0]) || g.kept[e] {
		return
	}
	id := g.mutant(e.Pos(), DropAppend, g.code(e), g.code(e.Args[0]))
	g.wrap(e.Pos(), e.End(), fmt.Sprintf("%s.Pick(%d, ", pkgName, id), ", "+g.code(e.Args[0])+")")
}

// pure tells whether an expression can be evaluated twice.
func pure(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return pure(e.X)
	}
	return false
}

// symmetric are functions for which the order of two arguments does not matter.
var symmetric = []string{
	"Equal", "EqualFold", "SameSecret", "SameSentCode", "SameProof", "ConstantTimeCompare", "max", "min",
	"Sprintf", "Errorf", "Fprintf", // their arguments are text for people
}

// swaps exchanges each two neighbouring arguments of one type.
func (g *walker) swaps(e *ast.CallExpr) {
	switch f := e.Fun.(type) {
	case *ast.Ident:
		if slices.Contains(symmetric, f.Name) {
			return
		}
	case *ast.SelectorExpr:
		if slices.Contains(symmetric, f.Sel.Name) {
			return
		}
	}
	for i := 0; i+1 < len(e.Args); i++ {
		a, b := e.Args[i], e.Args[i+1]
		ta, tb := g.pkg.types.Types[a], g.pkg.types.Types[b]
		textA, textB := g.code(a), g.code(b)
		spread := e.Ellipsis.IsValid() && i+2 == len(e.Args)
		if isHook(g.pkg, a) || isHook(g.pkg, b) || ta.IsNil() || tb.IsNil() || spread || !types.Identical(ta.Type, tb.Type) || textA == textB {
			continue
		}
		argument := basicArgument(ta.Type)
		switch {
		case argument == "" && ta.Value != nil && tb.Value != nil:
		case pure(a) && pure(b):
			id := g.swap(e, textA, textB)
			g.wrap(a.Pos(), a.End(), fmt.Sprintf("%s.Pick%s(%d, ", pkgName, argument, id), ", "+textB+")")
			g.wrap(b.Pos(), b.End(), fmt.Sprintf("%s.Pick%s(%d, ", pkgName, argument, id), ", "+textA+")")
		case len(e.Args) == 2:
			id := g.swap(e, textA, textB)
			g.wrap(a.Pos(), b.End(), fmt.Sprintf("%s.Pair%s(%d, ", pkgName, argument, id), ")")
		}
	}
}

func (g *walker) swap(e *ast.CallExpr, a, b string) site.ID {
	return g.mutant(e.Pos(), SwapArgs, fmt.Sprintf("%s(… %s, %s …)", g.code(e.Fun), a, b), fmt.Sprintf("%s(… %s, %s …)", g.code(e.Fun), b, a))
}
