package coinrabbit

import (
	"slices"
	"strings"
	"testing"

	"authconform/harness/reference/kit/kittest"
)

func TestEveryFaultIsConsulted(t *testing.T) { kittest.Consulted(t, append(Faults(), oddFaults()...)) }

func TestFaultsAreWellFormed(t *testing.T) {
	var ids []string
	for _, op := range operations(policy{}) {
		ids = append(ids, op.id)
	}
	kittest.WellFormed(t, Faults(), ids, 30)
}

// Every fault, in every profile it belongs to, changes what a client sees on a
// tour of everything that a correct server refuses or grants.
func TestEveryFaultIsSeen(t *testing.T) {
	for _, profile := range both {
		right, again := tour(start(t, profile)), tour(start(t, profile))
		if right != again {
			t.Fatalf("the tour is not repeatable in profile %s:\n%s\n%s", profile, right, again)
		}
		for _, fault := range Faults() {
			if fault.In(profile) && tour(start(t, profile, fault.ID)) == right {
				t.Errorf("profile %s: nothing on the tour shows fault %s", profile, fault.ID)
			}
		}
	}
}

// What a correct server grants and refuses; the rest of the tour is refused.
func TestTourOfACorrectServer(t *testing.T) {
	granted := []string{"partner log-in", "another token each time", "token expires", "secret", "160 bits", "kept from caches",
		"new secret each time",
		"secret of its own for each user", "activation", "live secret stays", "deactivation", "anew", "log-in by code",
		"unknown address answered alike",
		"right code after one guess less", "limit ends", "expired token replaced", "activation shows nothing", "refusals show nothing"}
	for _, profile := range both {
		for line := range strings.Lines(tour(start(t, profile))) {
			step, answer, _ := strings.Cut(strings.TrimSpace(line), ": ")
			if got := strings.HasPrefix(answer, "yes"); got != slices.Contains(granted, step) {
				t.Errorf("profile %s, %s: %s", profile, step, answer)
			}
		}
	}
}
