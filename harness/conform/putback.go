package conform

import (
	"context"

	"authconform/harness/identity"
)

// PutBack does, after the last spec, what a clean-up left undone for want of a code: here
// nobody is held up. What it cannot do stays in the account's state.
func (s *Context) PutBack(ctx context.Context, left identity.Grant) identity.State {
	who := identity.Leased(left, s.Now)
	s.outside(func() {
		s.learn(who)
		s.suite.PutBack(ctx, s, who)
	})
	return who.State()
}
