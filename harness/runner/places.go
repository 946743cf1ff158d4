package runner

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"authconform/harness/conform"
	"authconform/harness/identity"
	"authconform/harness/target"
)

// order gives the clauses of the run their places.
func (r *runner) order() error {
	claims, err := Claims(r.suite.Exchange)
	if err != nil || !r.Plan.Beside {
		return err
	}
	if claims = maps.Clone(claims); r.Plan.FillsLast {
		for _, c := range r.clauses {
			if !r.own[c.Info.ID] { // it wears no account
				claims[c.Info.ID] = eased(claims[c.Info.ID])
			}
		}
	}
	r.Plan.Places = places(r.suite, r.target, claims)
	return nil
}

// eased are claims under a raised limit.
func eased(claims []identity.Claim) []identity.Claim {
	claims = slices.Clone(claims)
	for i := range claims {
		claims[i].Fails = claims[i].Sends
	}
	return claims
}

// places says when, in a run that has to wait for accounts, each clause should come: in units
// of stride from the start, at which the accounts that it wears most would have served those
// before it. So the accounts of all roles are worn side by side, and no process holds a
// clause that waits for one role while clauses that wait for nobody stand in line. The
// heaviest of a role come first: small ones fill what these leave. nil is where nobody waits.
func places(st conform.Suite, t *target.Target, claims map[string][]identity.Claim) map[string]int {
	terms := TermsOf(st, t.Limits)
	if terms.Attempts == 0 || t.Clock.AdvanceURL != "" {
		return nil
	}
	roles, codes := pools(st, t)
	heavy, light := map[string][]wear{}, map[string][]wear{}
	for _, id := range slices.Sorted(maps.Keys(claims)) {
		worn, fails := map[string]time.Duration{}, map[string]int{}
		for _, c := range claims[id] {
			worn[c.Role] += wears(c, terms, codes[c.Role]) / time.Duration(max(1, roles[c.Role]))
			fails[c.Role] += c.Fails
		}
		most := wear{clause: id}
		role := ""
		for _, r := range slices.Sorted(maps.Keys(worn)) {
			if worn[r] > most.time {
				role, most.time = r, worn[r]
			}
		}
		switch {
		case most.time > 0 && fails[role] > 0:
			heavy[role] = append(heavy[role], most)
		case most.time > 0:
			light[role] = append(light[role], most)
		}
	}
	found, ends := map[string]int{}, time.Duration(0)
	for role := range roles {
		slices.SortStableFunc(heavy[role], func(a, b wear) int { return cmp.Compare(b.time, a.time) })
		begins := inARow(found, heavy[role])
		ends = max(ends, begins, beside(found, light[role], begins))
	}
	for id, all := range claims {
		if lasts := uses(st, terms, all); lasts > 0 {
			found[id] = int(max(0, ends-lasts) / stride)
		}
	}
	return found
}

// inARow places clauses one after another, and says when the last of them has ended.
func inARow(found map[string]int, list []wear) (begins time.Duration) {
	for _, w := range list {
		found[w.clause] = int(begins / stride)
		begins += w.time
	}
	return begins
}

// beside spreads clauses that take a code each and fail nothing over the time that those which
// fail take: accounts that rest have a new code every half a minute, and nobody else wants it.
func beside(found map[string]int, list []wear, ends time.Duration) time.Duration {
	var taken time.Duration
	for _, w := range list {
		taken += w.time
	}
	ends = max(ends, taken)
	for i, w := range list {
		found[w.clause] = int(ends * time.Duration(i) / time.Duration(len(list)) / stride)
	}
	return ends
}

// uses is for how long a clause has an account that fills in for another role, where it makes
// more attempts than a limit takes, one limit after another: it locks the account, or comes
// near that. Such a clause comes last, just early enough not to prolong the run: until then
// the account serves others, and hardly ever afterwards. It is 0 for all other clauses.
func uses(st conform.Suite, terms identity.Terms, claims []identity.Claim) (lasts time.Duration) {
	for _, c := range claims {
		if limits := c.Fails / terms.Attempts; st.Serves[c.Role] != "" && limits > 1 {
			lasts = max(lasts, time.Duration(limits+1)*terms.Window)
		}
	}
	return lasts
}

// stride is within which clauses stay in the order that chance gives them.
const stride = 15 * time.Second

// wear is for how long a clause takes all accounts of a role.
type wear struct {
	clause string
	time   time.Duration
}

// wears is for how long a claim takes an account: its part of the window in which that has
// attempts, and a time step where it takes a code.
func wears(c identity.Claim, terms identity.Terms, codes bool) time.Duration {
	windows := min(1, float64(c.Fails)/float64(max(1, terms.Attempts-1)))
	wait := time.Duration(windows * float64(terms.Window))
	if codes {
		wait = max(wait, timeStep)
	}
	return wait
}

// timeStep is how long a one-time code stays the newest (RFC 6238 section 4.1).
const timeStep = 30 * time.Second

// pools counts, by role, the accounts that serve it sooner or later, and tells which roles
// have one-time codes.
func pools(st conform.Suite, t *target.Target) (accounts map[string]int, codes map[string]bool) {
	accounts, codes = map[string]int{}, map[string]bool{}
	for _, id := range t.Identities {
		for _, role := range id.Roles {
			accounts[role]++
			codes[role] = codes[role] || id.TOTPSecret != ""
			for _, others := range []map[string]string{st.Serves, st.Becomes} {
				if other := others[role]; other != "" {
					accounts[other]++
				}
			}
		}
	}
	return accounts, codes
}
