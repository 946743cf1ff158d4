package runner

import (
	"context"
	"time"

	"authconform/harness/identity"
)

// easeLimits raises what limits the accounts of the run, where the deployment lets its
// administrator do so and the target file allows what disrupts: then no account has to
// rest between clauses that do not look at the limit.
func (r *runner) easeLimits(ctx context.Context) {
	terms := TermsOf(r.suite, r.target.Limits)
	if !r.Plan.Beside || terms.Attempts == 0 || !r.target.Allow.Disruptive {
		return
	}
	w, err := openWire(r.Plan, r.target, r.vault, 0)
	if err != nil {
		return // so does the run, and says why
	}
	e := apart(r.Plan, r.suite, r.contract, r.target, r.vault, w).Ease(ctx)
	if e == nil {
		return
	}
	r.accounts.Know(e.Tried)
	if len(e.Roles) == 0 {
		return
	}
	log := r.accountLog()
	r.Plan.FillsLast = true
	r.accounts.EaseBy(identity.Ease{Attempts: e.Attempts, Roles: e.Roles, Turn: func(raised bool) error {
		// Nothing that ends a run may keep the limit from being put back.
		ctx, cancel := context.WithTimeout(context.Background(), easePatience)
		defer cancel()
		err := e.Turn(ctx, raised)
		log.turned(raised, err)
		return err
	}})
	log.turned(true, nil)
	stop := r.stop
	r.stop = func() {
		r.accounts.End("the run ended")
		_ = r.accounts.EndEase() // the log tells
		stop()
	}
}

// easePatience bounds the turning of a limit: a log-in, a setting and a log-out.
const easePatience = 30 * time.Second
