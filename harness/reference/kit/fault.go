package kit

import (
	"fmt"
	"slices"
)

// Fault is one defect that can be switched on in a reference. A conformance
// suite worth its name fails when it is on.
type Fault struct {
	ID         string   // kebab-case slug
	Text       string   // what is wrong, in one sentence
	Operations []string // operationIds whose behaviour differs
	Outcomes   []string // outcomes of these operations that differ
	Profiles   []string // profiles in which it is a fault; empty: all
}

// In tells whether the fault makes sense in a profile.
func (f Fault) In(profile string) bool {
	return len(f.Profiles) == 0 || slices.Contains(f.Profiles, profile)
}

// Faults is the set of faults that are on. It never changes, so it needs no lock.
type Faults struct{ on map[string]bool }

// NewFaults switches the named faults on. A name that is not in the registry, or
// makes no sense in the profile, is an error: a proof that believes a fault is
// on while it is not would count nothing as a kill.
func NewFaults(registry []Fault, profile string, names []string) (*Faults, error) {
	on := map[string]bool{}
	for _, name := range names {
		at := slices.IndexFunc(registry, func(f Fault) bool { return f.ID == name })
		if at < 0 {
			return nil, fmt.Errorf("unknown fault %q; list the faults of this exchange to see the known ones", name)
		}
		if !registry[at].In(profile) {
			return nil, fmt.Errorf("fault %q is none in profile %q; it belongs to %q", name, profile, registry[at].Profiles)
		}
		on[name] = true
	}
	return &Faults{on: on}, nil
}

// On tells whether a fault is switched on. No fault has the id "", and a nil set
// has none.
func (f *Faults) On(id string) bool { return f != nil && f.on[id] }
