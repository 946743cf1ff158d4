package identity

import (
	"slices"

	"authconform/harness/target"
)

// deal gives each identity to one process, counted from 1. Identities of a role
// go round the processes in file order; all identities of a scarce role, one of
// which some process would have none, go to process 1. The result depends on
// nothing but the arguments, so every process works out the same one.
func deal(ids []target.Identity, processes int) (owners []int, scarce map[string]bool) {
	scarce = map[string]bool{}
	for {
		owners = round(ids, processes, scarce)
		// An identity with several roles can starve a role that seemed well
		// filled: such a role becomes scarce too, and the round is repeated.
		// Each repetition adds a role, so this ends.
		starved := false
		for role, n := range spread(ids, owners, processes) {
			if !scarce[role] && slices.Contains(n, 0) {
				scarce[role], starved = true, true
			}
		}
		if !starved {
			return owners, scarce
		}
	}
}

// round deals once, each identity to the process with the fewest of its roles.
func round(ids []target.Identity, processes int, scarce map[string]bool) []int {
	owners := make([]int, len(ids))
	held := map[string][]int{} // role -> identities per process
	for _, first := range []bool{true, false} {
		for i, id := range ids {
			isScarce := slices.ContainsFunc(id.Roles, func(r string) bool { return scarce[r] })
			if isScarce != first { // those bound to process 1 count before the others are spread
				continue
			}
			best, least := 0, 0
			for p := 0; p < processes && !isScarce; p++ {
				load := 0
				for _, role := range id.Roles {
					if held[role] != nil {
						load += held[role][p]
					}
				}
				if p == 0 || load < least {
					best, least = p, load
				}
			}
			for _, role := range id.Roles {
				if held[role] == nil {
					held[role] = make([]int, processes)
				}
				held[role][best]++
			}
			owners[i] = best + 1
		}
	}
	return owners
}

// spread counts the identities of each role per process.
func spread(ids []target.Identity, owners []int, processes int) map[string][]int {
	counts := map[string][]int{}
	for i, id := range ids {
		for _, role := range id.Roles {
			if counts[role] == nil {
				counts[role] = make([]int, processes)
			}
			counts[role][owners[i]-1]++
		}
	}
	return counts
}
