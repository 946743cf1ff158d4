// Package identity is the economy of the target's accounts. One broker a run holds
// what is known of each: who has it, the failed attempts that a target may still
// count, the one-time codes that were used. Specs lease accounts from it, in
// whichever process they run, and give them back with what they did to them.
package identity

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"authconform/harness/target"
)

// Claim is what a spec needs an account for.
type Claim struct {
	Role  string
	Fails int  // attempts of it that a target may count towards a limit
	Sends int  // those of them that count towards a limit of their own, which nothing raises
	Few   bool // the clause makes do with fewer accounts, where the target file has no more
	// Full says that an account will do whose limit an earlier spec filled: one
	// episode of a full limit serves every spec that looks at it.
	Full bool
}

// Request asks for accounts that are all granted together or not at all, so that
// two specs which need two accounts each never wait for each other.
type Request struct {
	Claims []Claim
	Held   []string  // names of the accounts that the spec has already
	Now    time.Time // the target's time
	AtOnce bool      // do not wait: a *Shortage says until when there is nothing
	Fills  bool      // the spec looks at a limit as the target has it, and not as the run raised it
	Sets   bool      // the spec may set limits of its own
}

// State is what outlives a lease. It travels with the account.
type State struct {
	Failed     int                 // attempts that a target may still count
	Sent       int                 // those of them that count towards a limit of their own
	LastSent   time.Time           // when the last of those was
	LastFailed time.Time           // when the last of them was, or what renews them
	Filled     bool                // a limit was filled on purpose, whatever Failed counts
	Full       time.Time           // until when that limit surely holds; zero: none
	Retired    string              // why nobody may have it any more
	Became     string              // the role that it has now, in place of those of the target file
	Unsettled  bool                // its last attempt may have failed: a right one would end a row of wrong ones
	Used       map[string][]string // used one-time codes, by shared secret
	Kept       map[string]string   // what a later lease has to know, such as a factor left on
}

// Format shows no code and no secret.
func (s State) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "failed=%d retired=%q", s.Failed, s.Retired)
}

// Grant is an account that was leased, with its state.
type Grant struct {
	Identity target.Identity
	State    State
	Rest     time.Duration // after the last failure, until nothing is counted any more
}

// Lender grants accounts and takes them back: the broker itself, or a way to it
// from another process.
type Lender interface {
	// Lease waits until it can grant what is asked. The error is a *Shortage where
	// that will never be, and for AtOnce where it is not now; or an *Ended.
	Lease(context.Context, Request) ([]Grant, error)
	// Return ends a lease.
	Return(name string, s State)
	// Course tells whether the run still goes on.
	Course() Course
}

// Course is how long a run goes on.
type Course struct {
	Over  string    // why it has ended; "" while it lasts
	Until time.Time // when it ends at the latest, by the local clock; zero: never
}

// Ended is the error of who asks for an account after the end of the run.
type Ended struct{ Why string }

func (e *Ended) Error() string { return "the run ended: " + e.Why }

// Identity is a leased account. Each lease has its own. It is safe for use by
// several goroutines.
type Identity struct {
	target.Identity

	mu       sync.Mutex
	state    State
	attempts int
	sent     int
	now      func() time.Time
	rest     time.Duration // after which nothing is counted any more
}

// Leased is an account as a grant gives it; now is the target's time.
func Leased(g Grant, now func() time.Time) *Identity {
	return &Identity{Identity: g.Identity, state: g.State, now: now, rest: g.Rest}
}

// Fresh is an identity that no broker keeps: a spec made the account itself, and
// nobody uses it again.
func Fresh(id target.Identity) *Identity { return &Identity{Identity: id, now: time.Now} }

// State is what has become of the account so far.
func (i *Identity) State() State {
	i.mu.Lock()
	defer i.mu.Unlock()
	s := i.state
	s.Used, s.Kept = maps.Clone(s.Used), maps.Clone(s.Kept)
	return s
}

// counted is State.Failed, or more than any limit allows where one was filled.
func (s State) counted() int {
	if s.Filled {
		return math.MaxInt32
	}
	return s.Failed
}

// forget is after a rest.
func (s *State) forget() { s.Failed, s.Sent, s.Filled = 0, 0, false }

// Failed notes an attempt that a target may count towards a limit.
func (i *Identity) Failed() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.state.Failed++
	i.state.LastFailed = i.now()
	i.attempts++
}

// Sent notes a request that a target may count towards a limit of its own, whatever
// came of it: of mails, for one.
func (i *Identity) Sent() {
	i.Failed()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.state.Sent++
	i.state.LastSent = i.state.LastFailed
	i.sent++
}

// Tried notes a right attempt that renews what a target counts, as Terms.Renewed says.
// After a whole rest nothing is left to renew.
func (i *Identity) Tried() {
	now := i.now()
	i.change(func(s *State) {
		if s.counted() == 0 {
			return
		}
		if i.rest > 0 && !s.Full.After(now) && !now.Before(s.LastFailed.Add(i.rest)) {
			s.forget()
		}
		s.LastFailed = now
	})
}

// Attempts is how many attempts failed within this lease, forgotten or not, and how
// many of them were noted by Sent.
func (i *Identity) Attempts() (failed, sent int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.attempts, i.sent
}

// Fill notes that a spec filled a limit on purpose, and until when it surely holds.
func (i *Identity) Fill(until time.Time) {
	now := i.now()
	i.change(func(s *State) { s.Filled, s.Full, s.LastFailed = true, until, now })
}

// FullFor is for how long from now a limit surely holds that was filled on purpose.
func (i *Identity) FullFor(now time.Time) time.Duration { return max(0, i.State().Full.Sub(now)) }

// Recovered notes that a limit has ended: nothing is counted any more.
func (i *Identity) Recovered() {
	i.change(func(s *State) {
		s.forget()
		s.Full = time.Time{}
	})
}

// Retire takes the account away for good: it is locked out, its password is
// unknown, or it cannot be brought back to how it was. The first reason given is
// kept; it must hold no secret.
func (i *Identity) Retire(reason string) {
	i.change(func(s *State) { s.Retired = cmp.Or(s.Retired, reason, "no reason given") })
}

// Become gives the account another role for good, in place of those it had: a spec
// brought it into that state, which no documented call takes back. It rests first, for what
// failed on that way may count towards a limit of the new role.
func (i *Identity) Become(role string) {
	now := i.now()
	i.change(func(s *State) { s.Became, s.Filled, s.LastFailed = role, true, now })
}

// Settle notes whether the last attempt with the account was right.
func (i *Identity) Settle(right bool) {
	i.change(func(s *State) { s.Unsettled = !right })
}

// Rested tells whether a target counts nothing of the account any more, although its last
// attempt may have failed.
func (i *Identity) Rested() bool {
	s := i.State()
	return s.Unsettled && s.counted() == 0 && !s.Full.After(i.now())
}

// Use notes one-time codes of a secret as used.
func (i *Identity) Use(secret string, codes []string) {
	i.change(func(s *State) {
		if s.Used == nil {
			s.Used = map[string][]string{}
		}
		s.Used[secret] = slices.Clone(codes)
	})
}

// Keep leaves a word for later leases of the account; "" takes it back.
func (i *Identity) Keep(name, word string) {
	i.change(func(s *State) {
		if s.Kept == nil {
			s.Kept = map[string]string{}
		}
		if s.Kept[name] = word; word == "" {
			delete(s.Kept, name)
		}
	})
}

// Kept is the word that an earlier lease left.
func (i *Identity) Kept(name string) string { return i.State().Kept[name] }

func (i *Identity) change(f func(*State)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	f(&i.state)
}
