package identity

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Ease is a limit that the run may raise while no spec looks at it as the target has it.
type Ease struct {
	Attempts int      // that the raised limit takes
	Roles    []string // the roles whose attempts count towards it alone
	// Turn raises the limit, or puts it back.
	Turn func(raised bool) error
}

// ease is an Ease and how it stands.
type ease struct {
	Ease
	raised, turning bool
	turns           sync.Mutex // held while it is turned
}

// EaseBy tells the broker of a limit that was raised just now.
func (b *Broker) EaseBy(e Ease) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ease.Ease, b.ease.raised = e, true
}

// Know tells the broker what was done to accounts before the first lease, by their name.
func (b *Broker) Know(states map[string]State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range b.accounts {
		if state, known := states[a.Name]; known {
			a.State = state
		}
	}
}

// EndEase puts a raised limit back for good. The run has to be over.
func (b *Broker) EndEase() error {
	b.ease.turns.Lock()
	defer b.ease.turns.Unlock()
	b.mu.Lock()
	raised := b.ease.raised
	b.ease.raised = false
	b.mu.Unlock()
	if !raised {
		return nil
	}
	return b.ease.Turn(false)
}

func (e *ease) raisedFor(role string) bool { return e.raised && slices.Contains(e.Roles, role) }

// mayBeSent tells whether what nothing raises has room for what a claim sends.
func (b *Broker) mayBeSent(a *account, c Claim, now time.Time) bool {
	if !now.Before(a.LastSent.Add(b.terms.Window + margin)) {
		a.Sent = 0
	}
	return a.Sent == 0 || left(b.terms.Attempts, a.Sent, c.Sends)
}

// indifferent tells whether a request makes no attempt that the limit counts, so that it
// may stand either way.
func (r Request) indifferent() bool {
	return !r.Fills && !r.Sets && !slices.ContainsFunc(r.Claims, func(c Claim) bool { return c.Full || c.Fails > c.Sends })
}

// suited tells whether the limit stands as a request needs it. Where it does not, it is
// turned as soon as nobody has an account who needs it as it is, and raised only when
// nobody waits any more to look at it; what already has an account is never kept
// waiting. It expects the lock to be held.
func (b *Broker) suited(t *ticket) bool {
	if b.ease.Turn == nil || len(t.Held) > 0 || (t.indifferent() || t.Fills != b.ease.raised) && !b.ease.turning {
		return true
	}
	held := func(a *account) bool { return a.holder != nil && !a.indifferent && a.fills != t.Fills }
	looks := func(other *ticket) bool { return other.Fills }
	if !b.ease.turning && !slices.ContainsFunc(b.accounts, held) && (t.Fills || !slices.ContainsFunc(b.queue, looks)) {
		b.ease.turning = true
		go b.turnEase()
	}
	return false
}

// turnEase raises the limit or puts it back, while nothing is granted. Where it cannot
// be put back, no verdict on it would be right.
func (b *Broker) turnEase() {
	b.ease.turns.Lock()
	defer b.ease.turns.Unlock()
	b.mu.Lock()
	raise, over := !b.ease.raised, b.over != "" // nobody else changes it meanwhile
	b.mu.Unlock()
	var err error
	if !over {
		err = b.ease.Turn(raise)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ease.turning = false
	switch {
	case over:
	case err == nil:
		b.ease.raised = raise
	case raise:
		b.ease.Turn = nil // it stays as the target has it
	default:
		b.end(fmt.Sprintf("the limit that the run had raised cannot be put back: %v", err))
	}
	b.assign()
}
