// Package reference names the embedded, correct back ends, one per exchange. A
// reference shares no code with the suite that judges it. What is particular to an
// exchange stands in the exchange's own package: here it is only registered.
package reference

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"authconform/harness/reference/alphapoint"
	"authconform/harness/reference/barong"
	"authconform/harness/reference/coinrabbit"
	"authconform/harness/reference/kit"
	"authconform/harness/reference/onlyoffice"
)

// registered are all references.
var registered = byExchange(
	alphapoint.LegacyReference,
	alphapoint.TradingReference,
	barong.Reference,
	coinrabbit.Reference,
	onlyoffice.Reference,
)

// What a reference says of itself; see package kit.
type (
	Instance   = kit.Instance
	Options    = kit.Options
	Limit      = kit.Limit
	Setting    = kit.Setting
	Deployment = kit.Deployment
)

func byExchange(references ...kit.Reference) map[string]kit.Reference {
	all := map[string]kit.Reference{}
	for _, r := range references {
		all[r.Exchange] = r
	}
	return all
}

// New starts the reference of an exchange. Its identities and secrets are drawn
// anew each time.
func New(exchange string, o Options) (*Instance, error) {
	r, known := registered[exchange]
	if !known {
		names := strings.Join(slices.Sorted(maps.Keys(registered)), ", ")
		return nil, fmt.Errorf("there is no reference for %q; there is one for: %s", exchange, names)
	}
	return r.New(o)
}

// Settings lists what Options.Set may say of the exchange's reference.
func Settings(exchange string) []Setting { return registered[exchange].Settings }

// Deployments lists the ways to set up the exchange's reference that together
// show everything its contract promises, the usual one first.
func Deployments(exchange string) []Deployment {
	return append([]Deployment{{Name: "usual"}}, registered[exchange].Deployments...)
}

// Faults lists the behaviour faults that the exchange's reference knows.
func Faults(exchange string) []kit.Fault {
	r, known := registered[exchange]
	if !known {
		return nil
	}
	return r.Faults()
}
