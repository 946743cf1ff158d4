package onlyoffice

import (
	"testing"

	"authconform/harness/reference/kit/kittest"
)

func TestEveryFaultIsConsulted(t *testing.T) { kittest.Consulted(t, append(Faults(), oddFaults()...)) }

func TestFaultsAreWellFormed(t *testing.T) {
	var ids []string
	for _, op := range operations() {
		ids = append(ids, op.id)
	}
	kittest.WellFormed(t, append(Faults(), oddFaults()...), ids, 110)
}

// Every fault, in every profile it belongs to, changes an answer a client sees.
func TestEveryFaultIsSeen(t *testing.T) {
	kittest.EachSeen(t, Faults(), both, scenarios, func(t *testing.T, observe scenario, profile string, faults ...string) string {
		return observe(start(t, profile, faults...))
	})
}
