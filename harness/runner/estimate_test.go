package runner

import (
	"testing"
	"time"

	"authconform/harness/conform"
	"authconform/harness/identity"
	"authconform/harness/target"
)

// TestEstimate: a clause that fails as much as an account may takes a whole window of it,
// smaller ones share one, and what is used up never rests.
func TestEstimate(t *testing.T) {
	byRole := map[string]*load{}
	takeClaims(byRole, []identity.Claim{{Role: "user", Fails: 6}, {Role: "user", Fails: 2}}, false)
	takeClaims(byRole, []identity.Claim{{Role: "user", Fails: 2}, {Role: "new"}}, false)
	takeClaims(byRole, []identity.Claim{{Role: "user", Fails: 9}}, true)
	file := &target.Target{Identities: []target.Identity{{Roles: []string{"user"}}, {Roles: []string{"user", "new"}}}}
	terms := identity.Terms{Attempts: 5, Window: time.Minute}
	for role, want := range map[string]Estimate{
		"user": {Role: "user", Accounts: 2, Least: 2, Clauses: 3, Attempts: 10, Waits: time.Minute, OneMore: 40 * time.Second},
		"new":  {Role: "new", Accounts: 1, Least: 1, Clauses: 1},
	} {
		if got := byRole[role].estimate(role, conform.Suite{UsedUp: []string{"new"}}, file, terms); got != want {
			t.Errorf("estimate %+v, want %+v", got, want)
		}
	}
	few := &target.Target{Identities: file.Identities[:1]}
	if got := byRole["user"].estimate("user", conform.Suite{}, few, terms); got.Waits != 0 || got.OneMore != time.Minute {
		t.Errorf("with fewer accounts than one clause borrows: %+v", got)
	}
}
