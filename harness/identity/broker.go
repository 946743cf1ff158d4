package identity

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"authconform/harness/target"
)

// Terms are what a target allows its accounts.
type Terms struct {
	// Attempts is how many failures a limit takes before it holds; 0 means that the
	// target declares none, so that nobody rests.
	Attempts int
	// Window is how long a target may count a failure: the longest window or block
	// that it declares. Another failure within it may prolong it.
	Window time.Duration
	// Renewed tells that right attempts renew what a target counts, as ONLYOFFICE's
	// released server does: who uses a worn account then prolongs its rest.
	Renewed bool
	// Patience is the longest rest that a lease waits out.
	Patience time.Duration
	// Serves says by role which other one its accounts fill as well, where those of that
	// role would keep a lease waiting.
	Serves map[string]string
}

// Broker holds the accounts of a run. It is safe for use by several goroutines.
type Broker struct {
	terms Terms
	clock func() time.Time

	mu       sync.Mutex
	ahead    time.Duration // of the target's clock before clock, as requests tell
	accounts []*account    // in file order
	queue    []*ticket     // of requests that wait, as enqueue orders them
	turn     int
	timer    *time.Timer
	over     string    // why the run has ended; "" while it lasts
	until    time.Time // when it ends at the latest, by the local clock; zero: never
	sources  sources
	ease     ease
}

// account is what the broker knows of an identity.
type account struct {
	target.Identity
	State
	holder *holder // nil: free
	fills  bool    // what holds it looks at a limit as the target has it
	// indifferent: what holds it makes no attempt that the limit counts
	indifferent bool
	sets        bool   // what holds it may set limits of its own
	turn        int    // of the last lease; 0: never leased
	as          string // the role of the last lease
	full        string // the role in which its limit was filled
	made        bool   // by a Provider
}

// holder is who has accounts: one process of the run.
type holder struct {
	_ byte // pointers to nothing at all would be equal
}

// margin is added to a window: the target's clock and ours differ by less.
const margin = 2 * time.Second

// worthwhile is how much longer a full limit must hold for another spec to look
// at it.
const worthwhile = 15 * time.Second

// NewBroker makes a broker of a target's accounts; clock is the local time.
func NewBroker(ids []target.Identity, terms Terms, clock func() time.Time) *Broker {
	b := &Broker{terms: terms, clock: clock}
	for _, id := range ids {
		b.accounts = append(b.accounts, &account{Identity: id})
	}
	return b
}

// Lease implements Lender for the broker's own process.
func (b *Broker) Lease(_ context.Context, r Request) ([]Grant, error) { return b.lease(nil, r) }

var own = &holder{}

func (b *Broker) lease(by *holder, r Request) ([]Grant, error) {
	if by == nil {
		by = own
	}
	t := &ticket{Request: r, by: by, done: make(chan struct{})}
	b.mu.Lock()
	b.ahead = max(b.ahead, r.Now.Sub(b.clock()))
	t.since = b.now()
	b.enqueue(t)
	b.assign()
	b.mu.Unlock()
	<-t.done
	return t.grants, t.err
}

func (b *Broker) now() time.Time { return b.clock().Add(b.ahead) }

// Return implements Lender. An account that is not leased is left alone.
func (b *Broker) Return(name string, s State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.accounts, func(a *account) bool { return a.Name == name && a.holder != nil })
	if i < 0 {
		return
	}
	a := b.accounts[i]
	// What was failed under another limit than the raised one may have filled that.
	s.Filled = s.Filled || b.ease.Turn != nil && (a.fills || a.sets) && s.Failed > a.Failed
	if s.Full.After(a.Full) {
		a.full = a.as
	}
	a.State, a.holder = s, nil
	b.assign()
}

// End ends every wait: the run is over. The first reason counts.
func (b *Broker) End(why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.end(why)
	b.assign()
}

func (b *Broker) end(why string) { b.over = cmp.Or(b.over, why) }

// EndAfter ends the run in a while.
func (b *Broker) EndAfter(d time.Duration, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.until = b.clock().Add(d)
	time.AfterFunc(d, func() { b.End(why) })
}

// Course implements Lender.
func (b *Broker) Course() Course {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Course{Over: b.over, Until: b.until}
}

// assign serves the queue: the first request first, and whatever can be granted
// beside it. The first one that has to wait keeps the accounts that it waits for;
// so does any other, but only those that nobody can fail with before they have
// rested. Who fails nothing may have a kept account while it rests, unless that
// prolongs the rest.
func (b *Broker) assign() {
	now := b.now()
	kept := map[*account]time.Time{}
	var wake time.Time
	var waiting []*ticket
	for _, t := range b.queue {
		picks, ready := b.reach(t, kept, now)
		if b.over == "" && !b.suited(t) {
			waiting = append(waiting, t)
			continue
		}
		if b.settle(t, picks, ready, now) {
			close(t.done)
			continue
		}
		for i, a := range picks {
			if a == nil || len(waiting) > 0 && !b.worn(a, now) {
				continue
			}
			if _, earlier := kept[a]; !earlier {
				kept[a] = b.ready(a, t.Claims[i], now)
			}
		}
		if ready.After(now) && (wake.IsZero() || ready.Before(wake)) {
			wake = ready
		}
		waiting = append(waiting, t)
	}
	b.queue = waiting
	b.provide()
	if b.timer != nil {
		b.timer.Stop()
	}
	if !wake.IsZero() {
		b.timer = time.AfterFunc(wake.Sub(now)+time.Millisecond, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.assign()
		})
	}
}

// settle grants a request or refuses it for good; false lets it wait.
func (b *Broker) settle(t *ticket, picks []*account, ready, now time.Time) bool {
	complete := !slices.Contains(picks, nil)
	switch {
	case b.over != "":
		t.err = &Ended{b.over}
	case complete && !ready.After(now):
		for i, a := range picks {
			b.turn++
			if a.rested(now, b.terms) {
				a.forget()
			}
			a.as = t.Claims[i].Role
			a.turn, a.holder, a.fills, a.sets = b.turn, t.by, t.Fills, t.Sets
			// What wore it under a raised limit may fill the limit that is put back meanwhile.
			a.indifferent = t.indifferent() && len(t.Held) == 0 && left(b.terms.Attempts, a.counted(), 0)
			t.grants = append(t.grants, Grant{a.Identity, a.State, b.terms.Window + margin})
		}
	default:
		short := b.short(t, now)
		switch {
		case short != nil: // for ever
			t.err = short
		case t.AtOnce, complete && ready.Sub(now) > b.terms.Patience, len(t.Held) > 0 && now.Sub(t.since) > b.terms.Patience:
			t.err = b.shortage(t.Claims[0].Role, now, ready)
		default:
			return false
		}
	}
	return true
}

// pick finds for each claim the account that can be had soonest, nil where others
// keep all, and says when the last of them can be had.
func (b *Broker) pick(t *ticket, kept map[*account]time.Time, now time.Time) (picks []*account, ready time.Time) {
	for _, c := range t.Claims {
		best, at := b.soonest(c, now, func(a *account) bool {
			until, other := kept[a]
			return a.suits(c, t.Held) && !slices.Contains(picks, a) && !(other && b.reserved(until, c, now))
		})
		if best == nil || at.Sub(now) > brief {
			other, otherAt := b.soonest(c, now, func(a *account) bool {
				_, waitedFor := kept[a]
				return b.standsIn(a, c, t.Held) && !slices.Contains(picks, a) && !waitedFor
			})
			// One that is out of reach for longer than anybody waits serves nobody.
			if other != nil && otherAt.Sub(now) <= b.terms.Patience && (best == nil || otherAt.Before(at)) {
				best, at = other, otherAt
			}
		}
		picks = append(picks, best)
		if at.After(ready) {
			ready = at
		}
	}
	return picks, ready
}

// soonest finds the account, of those that may serve a claim, that can be had first.
func (b *Broker) soonest(c Claim, now time.Time, may func(*account) bool) (best *account, at time.Time) {
	for _, a := range b.accounts {
		if !may(a) {
			continue
		}
		if when := b.ready(a, c, now); best == nil || b.prefer(a, when, best, at, c, now) {
			best, at = a, when
		}
	}
	return best, at
}

// reserved tells whether an account that is kept for an older request until it has rested
// is out of reach of a claim: of one that would prolong the rest, or may outlast it.
func (b *Broker) reserved(until time.Time, c Claim, now time.Time) bool {
	if until.Sub(now) < brief || c.Full {
		return true
	}
	if b.ease.raisedFor(c.Role) {
		return c.Sends > 0
	}
	return b.terms.Renewed || c.Fails > 0
}

// suits tells whether an account is of the kind that a claim asks for.
func (a *account) suits(c Claim, held []string) bool {
	return a.Retired == "" && a.is(c.Role) && !slices.Contains(held, a.Name)
}

// is tells whether an account has a role: one that was given another has only that.
func (a *account) is(role string) bool {
	if a.Became != "" {
		return a.Became == role
	}
	return slices.Contains(a.Roles, role)
}

// standsIn tells whether an account fills the role of a claim beside its own.
func (b *Broker) standsIn(a *account, c Claim, held []string) bool {
	return a.Retired == "" && a.Became == "" && !slices.Contains(held, a.Name) &&
		slices.ContainsFunc(a.Roles, func(role string) bool { return b.terms.Serves[role] == c.Role })
}

// brief is what a spec hardly ever takes longer than.
const brief = 10 * time.Second

// busy is when an account that somebody has is expected back.
const busy = 2 * time.Second

// ready is when an account can serve a claim.
func (b *Broker) ready(a *account, c Claim, now time.Time) time.Time {
	if c.Full { // it has to fill the limit itself where none is full
		c.Fails = max(c.Fails, b.terms.Attempts)
	}
	switch {
	case a.holder != nil:
		return now.Add(busy)
	case a.isFull(c, now.Add(worthwhile)), b.room(a, c, now):
		return now
	}
	rested := a.LastFailed.Add(b.terms.Window + margin)
	if b.ease.raisedFor(c.Role) && !a.Filled {
		rested = a.LastSent.Add(b.terms.Window + margin)
	}
	if rested.After(a.Full) {
		return rested
	}
	return a.Full
}

// isFull tells whether a limit that a claim looks at holds until then. What was filled in
// another role is another limit, or a lock.
func (a *account) isFull(c Claim, until time.Time) bool {
	return c.Full && a.full == c.Role && a.Full.After(until)
}

// room tells whether an account can fail so many attempts more and then still
// be let in. What fills the limit itself needs an account that nothing is counted
// of.
func (b *Broker) room(a *account, c Claim, now time.Time) bool {
	if b.terms.Attempts == 0 || a.counted() == 0 || a.rested(now, b.terms) {
		return true
	}
	if b.ease.raisedFor(c.Role) {
		return left(b.ease.Attempts, a.counted(), c.Fails) && (c.Sends == 0 || b.mayBeSent(a, c, now))
	}
	return left(b.terms.Attempts, a.counted(), c.Fails)
}

// left tells whether a limit has room for so many attempts more, and then still for a
// right one.
func left(attempts, counted, fails int) bool { return fails < attempts && counted < attempts-fails }

func (a *account) rested(now time.Time, terms Terms) bool {
	return a.counted() > 0 && !a.Full.After(now) && !now.Before(a.LastFailed.Add(terms.Window+margin))
}

// worn tells whether an account has to rest before it can fail once more.
func (b *Broker) worn(a *account, now time.Time) bool {
	return a.holder == nil && !b.room(a, Claim{Fails: 1}, now)
}

// prefer orders the accounts that suit a claim: those that can be had soonest, full
// ones for who looks at a full limit, and those that nobody had yet. Small failures
// gather on one account, so that the others stay free for who needs all attempts; so
// does what fails nothing, unless that prolongs a rest.
func (b *Broker) prefer(a *account, at time.Time, other *account, otherAt time.Time, c Claim, now time.Time) bool {
	if !at.Equal(otherAt) {
		return at.Before(otherAt)
	}
	if isFull, otherFull := a.isFull(c, now), other.isFull(c, now); isFull != otherFull {
		return isFull
	}
	if fresh, otherFresh := a.turn == 0, other.turn == 0; fresh != otherFresh {
		return fresh
	} else if fresh {
		return false // file order
	}
	if mine, others := a.counted(), other.counted(); mine != others {
		return (mine > others) == (c.Fails > 0 || !b.terms.Renewed)
	}
	return a.turn < other.turn
}

// Waiting is how many requests wait, and for how long the next one still has to.
func (b *Broker) Waiting() (requests int, rest time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	for i, t := range b.queue {
		_, ready := b.pick(t, nil, now)
		if wait := ready.Sub(now); i == 0 || wait < rest {
			rest = max(0, wait)
		}
	}
	return len(b.queue), rest
}
