// Package mutants measures a suite on defects that nobody picked: it changes the
// source of the references by rule, compiles all changes into one binary as
// switches (mutant schemata), and asks of each which clause notices it.
package mutants

import "authconform/harness/mutation/site"

// Operator names a rule by which source is changed.
type Operator string

// The rules.
const (
	Negate     Operator = "negate"      // a condition, or a truth value that is returned
	Boundary   Operator = "boundary"    // < for <=, and so on
	DropGuard  Operator = "drop-guard"  // the body of an if, or of a case, is never entered
	DropEffect Operator = "drop-effect" // a statement with an effect: call, assignment, delete, append
	SwapLogic  Operator = "swap-logic"  // && for ||, and the other way round
	DropSide   Operator = "drop-side"   // of && and ||
	OffByOne   Operator = "off-by-one"  // an integer, or a duration by its largest unit
	NoRefusal  Operator = "no-refusal"  // nil in place of an error, or of a pointer that is returned
	SwapArgs   Operator = "swap-args"   // two neighbouring arguments of one type
	LoopOnce   Operator = "loop-once"
	LoopNever  Operator = "loop-never"
	DropAppend Operator = "drop-append" // the slice as it was before
)

// Operators lists all rules.
var Operators = []Operator{
	Negate, Boundary, DropGuard, DropEffect, SwapLogic, DropSide, OffByOne, NoRefusal, SwapArgs, LoopOnce, LoopNever, DropAppend,
}

// Mutant is one change of one place.
type Mutant struct {
	ID       site.ID  `json:"id"`      // the number of its switch: of this build only
	Package  string   `json:"package"` // last element of the import path
	File     string   `json:"file"`    // package/name.go
	Line     int      `json:"line"`
	Function string   `json:"function"` // Type.method, function, or "var name"
	Operator Operator `json:"operator"`
	Before   string   `json:"before"` // the code that is changed
	After    string   `json:"after"`
}
