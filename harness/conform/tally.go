package conform

import (
	"encoding/json"
	"slices"
	"strings"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/journal"
)

// counted are the outcomes that targets count towards a limit.
var counted = []contract.Outcome{
	contract.BadCredentials, contract.SecondFactorWrong, contract.SecondFactorReplayed,
	contract.Throttled, contract.SecondFactorThrottled, contract.AccountDisabled,
}

// counts tells whether a target may count a call towards a limit: the operation has
// one, and the call was answered as a counted outcome is and not as a success.
func (s *Context) counts(call *httpclient.Call, op *contract.Operation) bool {
	if s.suite.Tallies || !limited(op) {
		return false
	}
	is := func(outcome contract.Outcome) bool { return s.Is(call, op, outcome) }
	return slices.ContainsFunc(counted, is) && !is(contract.OK)
}

func limited(op *contract.Operation) bool {
	outcomes := op.Outcomes()
	return slices.Contains(outcomes, contract.Throttled) || slices.Contains(outcomes, contract.SecondFactorThrottled)
}

// lease is an account that the running spec has borrowed.
type lease struct {
	who    *identity.Identity
	role   string
	handed bool // the spec has it; otherwise it is kept for the spec
	back   bool // the spec gave it back
}

func (r *run) lend(who *identity.Identity, role string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leases = append(r.leases, &lease{who: who, role: role})
}

// nextInTurn is a claim to the next of the accounts that a clause declares of a role. All
// that come after the declared ones are like the last.
func (r *run) nextInTurn(c identity.Claim, declared []identity.Claim) identity.Claim {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := 0
	for _, l := range r.leases {
		if l.role == c.Role {
			left++
		}
	}
	for _, d := range declared {
		if d.Role != c.Role {
			continue
		}
		c.Fails, c.Sends = d.Fails, d.Sends
		if left--; left < 0 {
			break
		}
	}
	return c
}

// handOut is an identity of the role that is kept for the spec; nil when none is.
func (r *run) handOut(role string) *identity.Identity {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.leases {
		if l.role == role && !l.handed && !l.back {
			l.handed = true
			return l.who
		}
	}
	return nil
}

// giveBack tells whether the spec still had the identity.
func (r *run) giveBack(who *identity.Identity) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.leases {
		if l.who == who && !l.back {
			l.back = true
			return true
		}
	}
	return false
}

// names are those of the identities that the spec has.
func (r *run) names() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var names []string
	for _, l := range r.leases {
		if !l.back {
			names = append(names, l.who.Name)
		}
	}
	return names
}

// attempted notes an attempt with each leased account that the request names, or else
// with the one that sent it.
func (r *run) attempted(by *identity.Identity, request Request, note func(*identity.Identity)) {
	body, _ := json.Marshal(request.JSON) // it was sent, so it can be encoded
	text := strings.ToLower(string(body) + string(request.Raw))
	names := func(l *lease) bool {
		return l.who.Login != "" && strings.Contains(text, strings.ToLower(l.who.Login)) ||
			l.who.ID != "" && strings.Contains(text, strings.ToLower(`"`+l.who.ID+`"`))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	named := slices.ContainsFunc(r.leases, names)
	for _, l := range r.leases {
		if named && names(l) || !named && l.who == by {
			note(l.who)
		}
	}
}

// borrowed is what the journal keeps of the leases that the spec made use of.
func (r *run) borrowed() []journal.Lease {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []journal.Lease
	for _, l := range r.leases {
		if l.handed {
			failed, sent := l.who.Attempts()
			all = append(all, journal.Lease{Identity: l.who.Name, Role: l.role, Failed: failed, Sent: sent, Few: r.atMost[l.role] > 0})
		}
	}
	return all
}
