package runner

import (
	"context"
	"time"

	"authconform/harness/identity"
)

// putBack brings accounts back to how the run found them that their clean-ups had to leave
// for want of a code. What stays changed is a finding.
func (r *runner) putBack() {
	if r.options.TargetFile == "" || r.suite.PutBack == nil || r.accounts == nil {
		return // an embedded reference ends with the run
	}
	left := r.accounts.Left()
	if len(left) == 0 {
		return
	}
	w, err := openWire(r.Plan, r.target, r.vault, 0)
	if err != nil {
		return // so did the run, and said why
	}
	// Nothing that ends a run may keep its accounts from being put back.
	ctx, cancel := context.WithTimeout(context.Background(), putBackPatience)
	defer cancel()
	s := apart(r.Plan, r.suite, r.contract, r.target, r.vault, w)
	for _, grant := range left {
		r.accounts.Know(map[string]identity.State{grant.Identity.Name: s.PutBack(ctx, grant)})
	}
}

// putBackPatience bounds what that may take: a time step or two for each of a few accounts.
const putBackPatience = 2 * time.Minute
