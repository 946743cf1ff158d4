package runner

import (
	"testing"
	"time"

	"authconform/harness/conform"
	"authconform/harness/identity"
	"authconform/harness/target"
)

// TestPlaces: the accounts of all roles are worn side by side, the heaviest clauses of each
// first, and who wears none comes at the start.
func TestPlaces(t *testing.T) {
	limit := &target.Limit{Attempts: 5, Window: time.Minute, Block: time.Minute}
	file := &target.Target{Limits: target.Limits{Password: limit}, Identities: []target.Identity{
		{Name: "a", Roles: []string{"user"}}, {Name: "b", Roles: []string{"user"}}, {Name: "c", Roles: []string{"spare"}},
		{Name: "d", Roles: []string{"app"}, TOTPSecret: "s"},
	}}
	claim := func(role string, fails int) identity.Claim { return identity.Claim{Role: role, Fails: fails} }
	claims := map[string][]identity.Claim{
		"fills": {claim("user", 6)}, "four": {claim("user", 4)}, "two": {claim("user", 2)}, "again": {claim("user", 2)},
		"free":  {claim("user", 0)},
		"locks": {claim("spare", 12)}, "long": {claim("app", 4), claim("app", 4), claim("app", 4), claim("app", 4)},
		"code": {claim("app", 0)}, "codes": {claim("app", 4), claim("app", 1)}, "both": {claim("app", 0), claim("user", 1)},
	}
	st := conform.Suite{Serves: map[string]string{"spare": "user"}}
	got := places(st, file, claims)
	// Three accounts serve users: a whole window takes them 20 s, half of it 10 s. The one
	// with an app takes a minute for a window; what takes a code from it and fails nothing is
	// spread over its five and a half. The spare one serves users until it has to be locked.
	want := map[string]int{"fills": 0, "four": 1, "again": 2, "two": 3, "long": 0, "codes": 16, "both": 0, "code": 11, "locks": 10}
	for id, place := range want {
		if got[id] != place {
			t.Errorf("%s has the place %d, want %d; all: %v", id, got[id], place, got)
		}
	}
	if _, has := got["free"]; has {
		t.Errorf("what wears no account has a place: %v", got)
	}
	file.Clock.AdvanceURL = "http://127.0.0.1/clock"
	if got := places(st, file, claims); got != nil {
		t.Errorf("places %v where a clock can be moved", got)
	}
}
