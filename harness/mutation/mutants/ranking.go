package mutants

import (
	"cmp"
	"math/bits"
	"slices"

	"authconform/harness/mutation/site"
)

// mostAsked is how many clauses of one surface a mutant is put to. In the middle of
// a reference every spec comes by; a mutant there that the likeliest of them let
// pass counts as survived, at worst wrongly so.
const mostAsked = 60

// ranking tells which clauses are the likeliest to notice a mutant: those that, of
// the places in its function and then in its file, come to the ones that few do. A
// change of a limit is noticed by who reaches the limit, not by who logs in.
type ranking struct {
	clauses []sighting
	places  []place
	rarity  []float64 // of each place: 1 when one clause comes to it
	byWhere map[string][]float64
	sizes   []int
}

func newRanking(places []place, clauses []sighting) *ranking {
	r := &ranking{clauses: clauses, places: places, rarity: make([]float64, len(places)), byWhere: map[string][]float64{}}
	for _, c := range clauses {
		r.sizes = append(r.sizes, size(c.Reached))
		for id := range places {
			if c.Reached.Has(site.ID(id)) {
				r.rarity[id]++
			}
		}
	}
	for id, n := range r.rarity {
		r.rarity[id] = 1 / max(n, 1)
	}
	return r
}

// weights says, clause by clause, how much of what is rare in some places it
// comes to.
func (r *ranking) weights(where string, here func(place) bool) []float64 {
	if known := r.byWhere[where]; known != nil {
		return known
	}
	weights := make([]float64, len(r.clauses))
	for id, p := range r.places {
		if !here(p) {
			continue
		}
		for i, c := range r.clauses {
			if c.Reached.Has(site.ID(id)) {
				weights[i] += r.rarity[id]
			}
		}
	}
	r.byWhere[where] = weights
	return weights
}

// of lists the clauses to which a mutant makes a difference, the likeliest first.
func (r *ranking) of(m Mutant) []*sighting {
	function := r.weights(m.File+" "+m.Function, func(p place) bool { return p.File == m.File && p.Function == m.Function })
	file := r.weights(m.File, func(p place) bool { return p.File == m.File })
	var order []int
	for i, c := range r.clauses {
		if c.Differs.Has(m.ID) {
			order = append(order, i)
		}
	}
	weight := func(i int) float64 { return 4*function[i] + file[i] }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(weight(b), weight(a)), cmp.Compare(r.sizes[a], r.sizes[b]))
	})
	list := make([]*sighting, len(order))
	for i, at := range order {
		list[i] = &r.clauses[at]
	}
	return list
}

func size(s site.Set) (n int) {
	for _, b := range s {
		n += bits.OnesCount8(b)
	}
	return n
}
