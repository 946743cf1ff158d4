// Package identity leases the target's accounts, one holder at a time.
//
// Ginkgo's processes share no memory, so the accounts are dealt out between them
// once, by a rule each process works out alike. A role too thinly filled for
// every process to have one belongs to process 1 alone.
package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"authconform/harness/target"
)

// Identity is a leased account. Each lease has its own; what outlives a lease,
// such as used one-time codes, is kept by Name.
type Identity struct {
	target.Identity
	pool    *Pool
	account *account
}

// account is what the pool remembers of an identity between leases.
type account struct {
	target.Identity
	holder     *Identity // nil: free
	turn       int       // of the last lease; 0: never leased
	lastUsed   time.Time // end of the last lease
	failures   int
	lastFailed time.Time
	spoiled    string
}

// Pool hands out the identities that belong to one process. It is safe for use
// by several goroutines.
type Pool struct {
	process, processes int
	now                func() time.Time
	window             time.Duration
	total              map[string]int // identities of a role in the target file

	mu       sync.Mutex
	accounts []*account // of this process, in file order
	turn     int
}

// NewPool deals ids out and keeps the share of one process; process counts from
// 1, as Ginkgo's do. window is how long a failed attempt weighs on an identity:
// the longest window or block the target declares.
func NewPool(ids []target.Identity, process, processes int, now func() time.Time, window time.Duration) *Pool {
	p := &Pool{process: process, processes: max(processes, 1), now: now, window: window, total: map[string]int{}}
	for _, id := range ids {
		for _, role := range id.Roles {
			p.total[role]++
		}
	}
	owners, _ := deal(ids, p.processes)
	for i, id := range ids {
		if owners[i] == process {
			p.accounts = append(p.accounts, &account{Identity: id})
		}
	}
	return p
}

// Lease hands out the identity of a role that has rested longest. The error is a
// *Shortage when none can be had now.
func (p *Pool) Lease(role string) (*Identity, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	var pick *account
	var state census
	for _, a := range p.accounts {
		if !slices.Contains(a.Roles, role) {
			continue
		}
		state.owned++
		switch {
		case a.spoiled != "":
			state.spoiled = append(state.spoiled, a.Name+" ("+a.spoiled+")")
		case a.holder != nil:
			state.leased++
		case a.cooling(now, p.window):
			state.cooling++
			if ready := a.lastFailed.Add(p.window); state.until.IsZero() || ready.Before(state.until) {
				state.until = ready
			}
		case pick == nil || a.turn < pick.turn:
			pick = a
		}
	}
	if pick == nil {
		return nil, p.shortage(role, state)
	}
	if !pick.cooling(now, p.window) {
		pick.failures = 0
	}
	p.turn++
	pick.turn = p.turn
	pick.holder = &Identity{Identity: pick.Identity, pool: p, account: pick}
	return pick.holder, nil
}

func (a *account) cooling(now time.Time, window time.Duration) bool {
	return a.failures > 0 && now.Before(a.lastFailed.Add(window))
}

// Release ends a lease. Releasing twice does no harm: the account may have a new
// holder by then, whose lease goes on.
func (p *Pool) Release(i *Identity) {
	if i == nil || i.pool != p {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i.account.holder == i {
		i.account.holder = nil
		i.account.lastUsed = p.now()
	}
}

// Fresh is an identity that no pool keeps: a spec made the account itself, and
// nobody uses it again.
func Fresh(id target.Identity) *Identity {
	return &Identity{Identity: id, pool: &Pool{now: time.Now}, account: &account{Identity: id}}
}

// Failed notes a failed sign-in or code, so that the identity rests for the
// pool's window before its next lease.
func (i *Identity) Failed() {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	i.account.failures++
	i.account.lastFailed = i.pool.now()
}

// Failures counts the failed attempts noted since the identity last rested.
func (i *Identity) Failures() int {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	return i.account.failures
}

// LastUsed is when the lease before this one ended; zero when there was none.
func (i *Identity) LastUsed() time.Time {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	return i.account.lastUsed
}

// Spoil takes the identity out of the pool for good: it is locked out, its
// password is unknown, or it cannot be brought back to how it was. The first
// reason given is kept; it must hold no secret.
func (i *Identity) Retire(reason string) {
	i.pool.mu.Lock()
	defer i.pool.mu.Unlock()
	if i.account.spoiled == "" {
		i.account.spoiled = cmp.Or(reason, "no reason given")
	}
}

// Shortage says why no identity of a role could be leased.
type Shortage struct {
	Role  string
	Have  int       // identities of the role in the target file
	Need  int       // how many would be enough; an estimate where identities have several roles
	Until time.Time // when a cooling identity can be had; zero when waiting is of no use
	Why   string
}

func (s *Shortage) Error() string {
	return fmt.Sprintf("no identity with role %s can be had: %s; the target file has %d with this role, %d would be enough: add identities with role %s",
		s.Role, s.Why, s.Have, s.Need, s.Role)
}

// census counts the identities of one role that belong to this process.
type census struct {
	owned, leased, cooling int
	until                  time.Time
	spoiled                []string
}

func (p *Pool) shortage(role string, c census) *Shortage {
	s := &Shortage{Role: role, Have: p.total[role], Until: c.until}
	switch {
	case s.Have == 0:
		s.Need, s.Why = 1, "there is none"
	case c.owned == 0:
		s.Need = p.processes
		s.Why = fmt.Sprintf("too few for %d parallel processes, so process 1 has them all and this is process %d", p.processes, p.process)
	default:
		s.Need = p.enough(s.Have, c.owned)
		var why []string
		if c.leased > 0 {
			why = append(why, fmt.Sprintf("%d in use", c.leased))
		}
		if c.cooling > 0 {
			why = append(why, fmt.Sprintf("%d cooling down after failed attempts until %s", c.cooling, c.until.UTC().Format(time.RFC3339)))
		}
		if len(c.spoiled) > 0 {
			why = append(why, "spoiled: "+strings.Join(c.spoiled, ", "))
		}
		s.Why = fmt.Sprintf("of the %d that process %d of %d has, %s", c.owned, p.process, p.processes, strings.Join(why, ", "))
	}
	return s
}

// enough is how many identities of a role would give this process one more than
// the owned ones.
func (p *Pool) enough(have, owned int) int {
	if have+1 < p.processes { // still scarce: all go to process 1
		return have + 1
	}
	return owned*p.processes + p.process
}
