package mutants

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"authconform/harness/mutation/site"
)

// In the middle of a reference every spec comes by. A mutant there is put to so many
// clauses of one surface at most, the first of them those near to it; what all of
// these let pass counts as survived, at worst wrongly so.
const (
	mostAsked   = 120
	mostNear    = 20
	mostTouched = 30 // of those about what hand-written faults of the same function differ in
	mostAgain   = 40 // in the other profiles of an exchange, where the same clauses judge by other statuses
	// A mutant that is listed as equivalent is only asked whether its entry is stale.
	mostExempt = 10
	// Where a spec waits for a step that failed, so many that judge the step come next.
	mostHurried = 8
	// After so many that could not judge, no other one of a surface will.
	mostWasted = 32
)

// ranking tells which clauses are the likeliest to notice a mutant. Near to it are
// those that, of the places in its function and then in its file, come to the ones
// that few do. After them come clauses that differ the most from each other: a
// change of a limit is noticed by who reaches the limit, not by who logs in.
type ranking struct {
	clauses []sighting
	places  []place
	users   map[site.ID][]place       // of the variable or field that a mutant changes
	touched map[site.ID]map[step]bool // that hand-written faults of a mutant's function differ in
	rarity  []float64                 // of each place: 1 when one clause comes to it
	byWhere map[string][]float64
	sizes   []int
	turn    []int // of each clause, in an order in which each next one comes to the most that is new
}

func newRanking(places []place, users map[site.ID][]place, touched map[site.ID]map[step]bool, clauses []sighting) *ranking {
	r := &ranking{
		clauses: clauses, places: places, users: users, touched: touched,
		rarity: make([]float64, len(places)), byWhere: map[string][]float64{},
	}
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
	r.spread()
	return r
}

// spread puts the clauses into turns: again and again those first that together
// come to every place.
func (r *ranking) spread() {
	r.turn = make([]int, len(r.clauses))
	left := make([]int, len(r.clauses))
	for i := range left {
		left[i] = i
	}
	fresh := r.all()
	gain := func(i int) (sum float64) {
		for at, b := range r.clauses[i].Reached {
			for b &= fresh[at]; b != 0; b &= b - 1 {
				sum += r.rarity[at*8+bits.TrailingZeros8(b)]
			}
		}
		return sum
	}
	for turn := range r.clauses {
		best, most := 0, gain(left[0])
		for at, i := range left[1:] {
			if g := gain(i); g > most {
				best, most = at+1, g
			}
		}
		if most == 0 {
			fresh = r.all()
		}
		i := left[best]
		left = slices.Delete(left, best, best+1)
		r.turn[i] = turn
		for at, b := range r.clauses[i].Reached {
			fresh[at] &^= b
		}
	}
}

// all is every place that some clause comes to.
func (r *ranking) all() site.Set {
	union := site.NewSet(len(r.places))
	for _, c := range r.clauses {
		for at, b := range c.Reached {
			union[at] |= b
		}
	}
	return union
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
	here := []place{{m.File, m.Function}}
	if users := r.users[m.ID]; len(users) > 0 {
		here = users
	}
	function := r.weights(fmt.Sprint(here), func(p place) bool { return slices.Contains(here, p) })
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
	if len(order) > mostNear {
		r.vary(m, order)
	}
	list := make([]*sighting, len(order))
	for i, at := range order {
		list[i] = &r.clauses[at]
	}
	return list
}

// vary orders the clauses behind those that are near: first those about a step in which a
// hand-written fault of the same function differs, then one about each step that none
// of these is about, then one of each kind, those about the operation that comes to the
// place the most often and rare kinds first, then the rest in turns. The kind of a clause is
// the last word of its id, such as "no-store".
func (r *ranking) vary(m Mutant, order []int) {
	rest := order[mostNear:]
	slices.SortFunc(rest, func(a, b int) int { return cmp.Compare(r.turn[a], r.turn[b]) })
	steps, kinds, many := map[step]bool{}, map[string]bool{}, map[string]int{}
	for _, i := range order[:mostNear] {
		steps[r.clauses[i].Step], kinds[r.kind(i)] = true, true
	}
	for _, i := range order {
		many[r.kind(i)]++
	}
	own, touched := r.operation(m), r.aboutFaults(m, rest)
	place := map[int]int{}
	for _, i := range rest {
		switch c := r.clauses[i]; {
		case slices.Contains(touched, i):
			place[i] = -1
		case !steps[c.Step]:
			place[i] = 0
		case !kinds[r.kind(i)] && c.Step.Operation == own:
			place[i] = 1
		case !kinds[r.kind(i)]:
			place[i] = 1 + many[r.kind(i)]
		default:
			place[i] = 2 + len(order)
		}
		steps[r.clauses[i].Step], kinds[r.kind(i)] = true, true
	}
	slices.SortStableFunc(rest, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
}

// usersOf tells, by number, which functions use the package variables and fields that mutants change.
func (p *prover) usersOf(mutants []Mutant) map[site.ID][]place {
	users := map[site.ID][]place{}
	for _, m := range mutants {
		if list := p.users[p.places[m.ID]]; len(list) > 0 {
			users[m.ID] = list
		}
		if list := p.readers[m.ID]; len(list) > 0 {
			users[m.ID] = list
		}
	}
	return users
}

// aboutFaults picks the clauses about a step in which a hand-written fault of the mutant's
// function differs: those first that judge what few do.
func (r *ranking) aboutFaults(m Mutant, rest []int) []int {
	var about []int
	many := map[step]int{}
	for _, i := range rest {
		if s := r.clauses[i].Step; r.touched[m.ID][s] {
			about = append(about, i)
			many[s]++
		}
	}
	slices.SortStableFunc(about, func(a, b int) int { return cmp.Compare(many[r.clauses[a].Step], many[r.clauses[b].Step]) })
	return about[:min(len(about), mostTouched)]
}

// operation is the one whose clauses come to a place the most often; empty where those of
// several all do.
func (r *ranking) operation(m Mutant) string {
	id := m.ID
	if users := r.users[id]; len(users) > 0 {
		id = max(0, site.ID(slices.Index(r.places, users[0])))
	}
	come, all := map[string]int{}, map[string]int{}
	for _, c := range r.clauses {
		all[c.Step.Operation]++
		if c.Reached.Has(id) {
			come[c.Step.Operation]++
		}
	}
	best, most, tied := "", 0.0, false
	for name, n := range come {
		switch share := float64(n) / float64(all[name]); {
		case share > most:
			best, most, tied = name, share, false
		case share == most:
			tied = true
		}
	}
	if tied {
		return ""
	}
	return best
}

func (r *ranking) kind(i int) string {
	id := r.clauses[i].ID
	return id[strings.LastIndex(id, ".")+1:]
}

func size(s site.Set) (n int) {
	for _, b := range s {
		n += bits.OnesCount8(b)
	}
	return n
}
