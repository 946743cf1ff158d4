package barong

import "authconform/harness/reference/kit"

// holdingFaults concern what an account holds: labels, profiles, phones,
// documents, stored data, its log and its end.
func holdingFaults() []kit.Fault {
	return []kit.Fault{}
}
