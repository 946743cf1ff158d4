package conform

import (
	"context"
	"errors"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// Ease is a limit on failed attempts that a target lets whoever tests it raise for a
// while, so that accounts need no rest between clauses that do not look at it.
type Ease struct {
	Attempts int      // that the raised limit takes
	Roles    []string // the roles whose attempts were seen to count towards it alone; none: it is not raised
	// Turn raises the limit, or puts it back to what it was.
	Turn func(ctx context.Context, raised bool) error
	// Tried is what finding out did to accounts, by their name.
	Tried map[string]identity.State
}

// Ease raises the limits of the target before any spec; nil where the suite knows no
// such way, or the target does not grant it.
func (s *Context) Ease(ctx context.Context) *Ease {
	if s.suite.Ease == nil {
		return nil
	}
	var e *Ease
	s.outside(func() { e = s.suite.Ease(ctx, s) })
	if e == nil {
		return nil
	}
	turn := e.Turn
	e.Turn = func(ctx context.Context, raised bool) error {
		err := errors.New("the target file has too little for it")
		s.outside(func() { err = turn(ctx, raised) })
		return err
	}
	return e
}

// outside lets something send requests that belong to no spec. What the target file
// has too little for ends it.
func (s *Context) outside(f func()) {
	none := clause.Clause{Operation: &contract.Operation{}}
	s.run = &run{before: true, clause: clause.Entry{Clause: none}}
	defer func() {
		s.run = nil
		if r := recover(); r != nil {
			if _, lacks := r.(unready); !lacks {
				panic(r)
			}
		}
	}()
	f()
}
