package alphapoint

import (
	"testing"

	"authconform/harness/reference/kit/kittest"
)

var (
	surfaces = []string{Legacy, Trading}
	both     = []string{Documented, Platform}
)

func TestEveryFaultIsConsulted(t *testing.T) {
	all := append(Faults(Legacy), oddFaults()...)
	known := map[string]bool{}
	for _, fault := range all {
		known[fault.ID] = true
	}
	for _, fault := range Faults(Trading) {
		if !known[fault.ID] {
			all = append(all, fault)
		}
	}
	kittest.Consulted(t, all)
}

func TestFaultsAreWellFormed(t *testing.T) {
	for _, surface := range surfaces {
		var ids []string
		for _, op := range operations(surface) {
			ids = append(ids, op.id)
		}
		kittest.WellFormed(t, Faults(surface), ids, 40)
	}
}

// Every fault, on every surface and in every profile it belongs to, changes what a
// client sees. A surface has only the faults of its own calls.
func TestEveryFaultIsSeen(t *testing.T) {
	known := map[string]bool{}
	for _, surface := range surfaces {
		own := map[string]scenario{}
		for _, fault := range Faults(surface) {
			known[fault.ID] = true
			if observe := scenarios[fault.ID]; observe != nil {
				own[fault.ID] = observe
			}
		}
		t.Run(surface, func(t *testing.T) {
			kittest.EachSeen(t, Faults(surface), both, own, func(t *testing.T, observe scenario, profile string, faults ...string) string {
				return observe(start(t, surface, profile, faults...))
			})
		})
	}
	for id := range scenarios {
		if !known[id] {
			t.Errorf("scenario %s is for no fault", id)
		}
	}
}

// A fault belongs to a profile when the server starts with it there, and to no
// other.
func TestFaultsOfProfiles(t *testing.T) {
	for _, surface := range surfaces {
		for _, profile := range both {
			for _, fault := range Faults(surface) {
				_, err := New(Config{Surface: surface, Profile: profile, Faults: []string{fault.ID}, Pool: map[string]int{roleUser: 1}})
				if (err == nil) != fault.In(profile) {
					t.Errorf("%s in %s: fault %s: %v", surface, profile, fault.ID, err)
				}
			}
		}
	}
	for name, config := range map[string]Config{
		"surface": {Surface: "barong"}, "profile": {Surface: Legacy, Profile: "3.7"},
		"fault": {Surface: Legacy, Faults: []string{"no-such"}}, "role": {Surface: Legacy, Pool: map[string]int{"admin": 1}},
	} {
		if _, err := New(config); err == nil {
			t.Errorf("an unknown %s is taken", name)
		}
	}
}
