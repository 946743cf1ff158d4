package mutants

import (
	"fmt"
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
	for _, c := range newRanking(places, nil, nil, clauses).of(Mutant{ID: 1, File: "limits.go", Function: "take"}) {
		got = append(got, c.ID)
	}
	if got[0] != "full" || len(got) != len(clauses) {
		t.Errorf("order %v: want first the clause that fills the limit, and all of them", got)
	}
	r := newRanking(places, nil, nil, clauses)
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

// TestRankingHeedsFaultsOfTheFunction: of the clauses that are near to a mutant none before
// the other, so that those come next that judge what a hand-written fault of its function
// breaks.
func TestRankingHeedsFaultsOfTheFunction(t *testing.T) {
	places := []place{{}, {"limits.go", "take"}}
	var clauses []sighting
	for i := range 3 * mostNear {
		s := sighting{ID: fmt.Sprint("e.login.", i), Step: step{"login", "ok"}, Reached: site.NewSet(2), Differs: site.NewSet(2)}
		if i == 3*mostNear-1 {
			s.ID, s.Step = "e.throttle.reached", step{"login", "throttled"}
		}
		s.Reached.Add(1)
		s.Differs.Add(1)
		clauses = append(clauses, s)
	}
	breaks := map[site.ID]map[step]bool{1: {{"login", "throttled"}: true}}
	got := newRanking(places, nil, breaks, clauses).of(Mutant{ID: 1, File: "limits.go", Function: "take"})
	if got[mostNear].ID != "e.throttle.reached" {
		t.Errorf("next after the near ones comes %s; want e.throttle.reached", got[mostNear].ID)
	}
}
