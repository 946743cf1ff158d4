package runner

import (
	"slices"
	"strings"
	"time"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/target"
)

// Estimate is what the clauses of a run ask of the accounts of one role, and for how long
// those keep the run waiting: after as many failed attempts as a limit takes, an account
// rests for a window.
type Estimate struct {
	Role     string
	Accounts int           // that the target file has
	Least    int           // that serve all clauses, however long that takes
	Clauses  int           // that borrow one
	Attempts int           // that they fail
	Waits    time.Duration // of all rests, with the accounts there are; 0 with fewer than Least
	OneMore  time.Duration // the same with one account more
}

// Estimates are those of a target in real time, one for each role that a clause borrows,
// those that keep the run waiting longest first. None is made where nothing limits
// attempts, or a test clock or more accounts spare all rests.
func Estimates(st conform.Suite, c *contract.Contract, t *target.Target) ([]Estimate, error) {
	terms := TermsOf(st, t.Limits)
	claims, err := Claims(st.Exchange)
	if err != nil || terms.Attempts == 0 || t.Clock.AdvanceURL != "" || len(t.Provision.Command) > 0 {
		return nil, err
	}
	all, err := entries(st, c, t.Profile, "", "")
	if err != nil {
		return nil, err
	}
	eased := st.Ease != nil && t.Allow.Disruptive
	byRole := map[string]*load{}
	for _, e := range all {
		if slices.Contains(e.Info.Profiles, t.Profile) {
			takeClaims(byRole, claims[e.ID], eased && !e.Own)
		}
	}
	var list []Estimate
	for role, l := range byRole {
		if st.Provide != nil {
			if _, made := st.Provide(t, role, ""); made {
				continue
			}
		}
		list = append(list, l.estimate(role, st, t, terms))
	}
	slices.SortFunc(list, func(a, b Estimate) int {
		if a.Waits != b.Waits {
			return int(b.Waits - a.Waits)
		}
		return strings.Compare(a.Role, b.Role)
	})
	return list, nil
}

// load is what clauses ask of the accounts of a role.
type load struct {
	clauses, together int
	fails             []int // of each claim
}

// takeClaims adds what a clause asks; eased, its attempts wear no account.
func takeClaims(byRole map[string]*load, claims []identity.Claim, eased bool) {
	count := map[string]int{}
	for _, claim := range claims {
		l := byRole[claim.Role]
		if l == nil {
			l = &load{}
			byRole[claim.Role] = l
		}
		if count[claim.Role]++; count[claim.Role] == 1 {
			l.clauses++
		}
		if !claim.Few {
			l.together = max(l.together, count[claim.Role])
		}
		if eased {
			claim.Fails = claim.Sends
		}
		l.fails = append(l.fails, claim.Fails)
	}
}

func (l *load) estimate(role string, st conform.Suite, t *target.Target, terms identity.Terms) Estimate {
	e := Estimate{Role: role, Clauses: l.clauses, Least: l.together}
	for _, id := range t.Identities {
		if slices.Contains(id.Roles, role) {
			e.Accounts++
		}
	}
	if slices.Contains(st.UsedUp, role) {
		e.Least = len(l.fails)
	}
	windows := 0.0
	most := max(1, terms.Attempts-1)
	for _, fails := range l.fails {
		e.Attempts += fails
		windows += min(1, float64(fails)/float64(most))
	}
	waits := func(accounts int) time.Duration {
		if accounts < max(1, e.Least) || slices.Contains(st.UsedUp, role) {
			return 0
		}
		return time.Duration(windows / float64(accounts) * float64(terms.Window))
	}
	e.Waits, e.OneMore = waits(e.Accounts), waits(e.Accounts+1)
	return e
}
