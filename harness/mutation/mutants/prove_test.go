package mutants

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"authconform/harness/schema"
	"authconform/schemas"
)

// TestProof judges the mutants of a file twice, and then with a suite that lacks
// ten clauses.
func TestProof(t *testing.T) {
	o := Options{
		Module: module, Command: "./harness/cmd/authconform", Args: []string{"prove", "__mutants"},
		Patterns: []string{"./harness/reference/alphapoint"}, Surfaces: []Surface{{"kiiexap", "documented"}},
		Files: "alphapoint/login.go", Sample: 40, Seed: 1, Procs: 2,
	}
	p, err := prepare(o, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	prove := func() *Report {
		t.Helper()
		r, err := p.prove(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	states := func(r *Report) map[int]State {
		m := map[int]State{}
		for _, x := range r.Mutants {
			m[int(x.ID)] = x.State
		}
		return m
	}
	first, second := prove(), prove()
	if !maps.Equal(states(first), states(second)) || len(first.Mutants) != o.Sample {
		t.Errorf("the same seed gave other verdicts:\n%v\n%v", states(first), states(second))
	}
	p.Drop = busiest(first, 10)
	if weak := prove(); weak.Packages[0].Percent >= first.Packages[0].Percent {
		t.Errorf("without %v the score is %.1f %%, and with them %.1f %%", p.Drop, weak.Packages[0].Percent, first.Packages[0].Percent)
	}
	conforms(t, first)
}

// busiest are the clauses that killed the most mutants.
func busiest(r *Report, n int) []string {
	kills := map[string]int{}
	for _, m := range r.Mutants {
		if m.State == Killed {
			kills[m.Clause]++
		}
	}
	ids := slices.SortedFunc(maps.Keys(kills), func(a, b string) int { return cmp.Or(cmp.Compare(kills[b], kills[a]), cmp.Compare(a, b)) })
	return ids[:min(n, len(ids))]
}

func conforms(t *testing.T, r *Report) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	set, err := schema.LoadSet(schemas.FS, "report")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := set.Get("mutants.schema.json")
	if !ok {
		t.Fatal("schemas/report/mutants.schema.json is missing")
	}
	for _, m := range s.Check(text) {
		t.Error(m)
	}
}
