package mutants

import (
	"slices"
	"testing"

	"authconform/harness/mutation/site"
)

// TestRankingPrefersWhoReachesWhatIsRare: of the clauses that come by a mutant, the
// first are those that come to what few do in its function; the others follow so
// that each next one comes to something new.
func TestRankingPrefersWhoReachesWhatIsRare(t *testing.T) {
	places := make([]place, 1, 40)
	for range 3 {
		places = append(places, place{"limits.go", "take"})
	}
	for range 30 {
		places = append(places, place{"login.go", "login"})
	}
	clause := func(id string, ids ...site.ID) sighting {
		s := sighting{ID: id, Reached: site.NewSet(len(places)), Differs: site.NewSet(len(places))}
		for _, n := range append(ids, 1) {
			s.Reached.Add(n)
			s.Differs.Add(n)
		}
		return s
	}
	clauses := []sighting{clause("log-in", 4), clause("full", 2, 3), clause("log-in again", 4), clause("log-out", 5)}
	var got []string
	for _, c := range newRanking(places, nil, clauses).of(Mutant{ID: 1, File: "limits.go", Function: "take"}) {
		got = append(got, c.ID)
	}
	if got[0] != "full" || len(got) != len(clauses) {
		t.Errorf("order %v: want first the clause that fills the limit, and all of them", got)
	}
	r := newRanking(places, nil, clauses)
	turns := map[string]int{}
	for i, c := range clauses {
		turns[c.ID] = r.turn[i]
	}
	if turns["log-in again"] != len(clauses)-1 {
		t.Errorf("turns %v: the clause that comes to nothing new is the last", turns)
	}
	if all := slices.Sorted(slices.Values(r.turn)); !slices.Equal(all, []int{0, 1, 2, 3}) {
		t.Errorf("turns %v: want each once", all)
	}
}
