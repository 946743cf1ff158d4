// Package site holds the switches of source mutants. Package mutants rewrites the
// references so that they ask here, at each place where a rule could change them,
// whether to be changed: thousands of mutants are one binary, with one of them on
// at a time. Nothing on disk imports it but the machine that throws the switches.
//
// A function with several mutants takes the number of the first; the others follow.
package site

import (
	"cmp"
	"sync/atomic"
)

// ID numbers a mutant, from 1.
type ID = int32

var (
	active    atomic.Int32
	recording atomic.Bool
	// seen has, by id, what a recording met: it is never shortened while one lasts.
	seen  []atomic.Uint32
	again []func()
)

// What a recording tells of a mutant.
const (
	reached = 1 << iota // its place was come to
	differs             // and it would have computed something else there
)

// Size makes room for the mutants 1 to n. It belongs to the start of a process.
func Size(n int) { seen = make([]atomic.Uint32, n+1) }

// Activate turns one mutant on, 0 none, and sets the package variables anew that
// have one in their initial value.
func Activate(id ID) {
	active.Store(id)
	for _, set := range again {
		set()
	}
}

// Again remembers how a package variable is set. It is called by rewritten sources.
func Again(set func()) { again = append(again, set) }

// Record forgets what was met and notes from here on what is.
func Record() {
	for i := range seen {
		seen[i].Store(0)
	}
	recording.Store(true)
}

// Recorded ends a recording and tells which mutants were reached, and which of them
// would have made a difference, as sets of bits.
func Recorded() (reachedSet, differsSet Set) {
	recording.Store(false)
	reachedSet, differsSet = NewSet(len(seen)), NewSet(len(seen))
	for i := range seen {
		bits := seen[i].Load()
		if bits&reached != 0 {
			reachedSet.Add(ID(i))
		}
		if bits&differs != 0 {
			differsSet.Add(ID(i))
		}
	}
	return reachedSet, differsSet
}

func met(id ID, different bool) {
	if !recording.Load() || int(id) >= len(seen) {
		return
	}
	bits := uint32(reached)
	if different {
		bits |= differs
	}
	if old := seen[id].Load(); old|bits != old {
		seen[id].Or(bits)
	}
}

// On tells whether a mutant is on that makes a difference wherever it is reached.
func On(id ID) bool {
	met(id, true)
	return active.Load() == id
}

// Once tells whether a loop ends with its first turn; turns counts them.
func Once(id ID, turns *int) bool {
	*turns++
	return *turns > 1 && On(id)
}

// And is `a && b`; its mutants are `a || b`, `b` and `a`.
func And(id ID, a bool, b func() bool) bool {
	now := active.Load()
	if !a {
		met(id, true)
		met(id+1, true)
		met(id+2, false)
		return (now == id || now == id+1) && b()
	}
	if now == id || now == id+2 {
		return true
	}
	right := b()
	met(id, !right)
	met(id+1, false)
	met(id+2, !right)
	return right
}

// Or is `a || b`; its mutants are `a && b`, `b` and `a`.
func Or(id ID, a bool, b func() bool) bool {
	now := active.Load()
	if a {
		met(id, true)
		met(id+1, true)
		met(id+2, false)
		return now != id && now != id+1 || b()
	}
	if now == id || now == id+2 {
		return false
	}
	right := b()
	met(id, right)
	met(id+1, false)
	met(id+2, right)
	return right
}

// Less is `a < b`; its mutants are `a >= b` and `a <= b`.
func Less[T cmp.Ordered](id ID, a, b T) bool { return compare(id, a < b, a <= b, a == b) }

// LessEqual is `a <= b`; its mutants are `a > b` and `a < b`.
func LessEqual[T cmp.Ordered](id ID, a, b T) bool { return compare(id, a <= b, a < b, a == b) }

// Greater is `a > b`; its mutants are `a <= b` and `a >= b`.
func Greater[T cmp.Ordered](id ID, a, b T) bool { return compare(id, a > b, a >= b, a == b) }

// GreaterEqual is `a >= b`; its mutants are `a < b` and `a > b`.
func GreaterEqual[T cmp.Ordered](id ID, a, b T) bool { return compare(id, a >= b, a > b, a == b) }

func compare(id ID, right, shifted, equal bool) bool {
	met(id, true)
	met(id+1, equal)
	switch active.Load() {
	case id:
		return !right
	case id + 1:
		return shifted
	}
	return right
}

// Number is what a constant can be.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// Shift is a constant; its mutants are one unit more and one less.
func Shift[T Number](id ID, v, unit T) T {
	switch {
	case On(id):
		return v + unit
	case On(id + 1):
		return v - unit
	}
	return v
}

// More is a constant; its mutant is one unit more.
func More[T Number](id ID, v, unit T) T {
	if On(id) {
		return v + unit
	}
	return v
}

// Zero is a value; its mutant is the zero value.
func Zero[T any](id ID, v T) T {
	if On(id) {
		var zero T
		return zero
	}
	return v
}

// Pick is a; its mutant is b.
func Pick[T any](id ID, a, b T) T {
	if On(id) {
		return b
	}
	return a
}

// Pair is two arguments; its mutant swaps them.
func Pair[T any](id ID, a, b T) (T, T) {
	if On(id) {
		return b, a
	}
	return a, b
}

// Set is a set of mutants.
type Set []byte

// NewSet is an empty set with room for the numbers below n.
func NewSet(n int) Set { return make(Set, (n+7)/8) }

// Add puts a mutant in.
func (s Set) Add(id ID) { s[id/8] |= 1 << (id % 8) }

// Has tells whether a mutant is in.
func (s Set) Has(id ID) bool { return int(id/8) < len(s) && s[id/8]&(1<<(id%8)) != 0 }
