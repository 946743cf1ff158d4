package mutation_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/mutation"
	"authconform/harness/schema"
	"authconform/schemas"
	"authconform/suites/onlyoffice"
)

// prove runs a proof of some faults in this process.
func prove(t *testing.T, st conform.Suite, o mutation.Options) *mutation.Proof {
	t.Helper()
	shard, err := mutation.Prove(t.Context(), st, o)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := mutation.Merge(st.Exchange, o.Profile, []*mutation.Shard{shard}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return proof
}

// weakSuite is a suite whose spec on a wrong password asserts nothing about the
// refusal.
var weakSuite = conform.Suite{Exchange: "onlyoffice", Specs: func(s *conform.Context) {
	login := s.Operation("authenticateMe")
	It("refuses a wrong password", clause.Must("onlyoffice.login.wrong-password", login, contract.BadCredentials),
		func(ctx SpecContext) {
			who := s.Lease("user")
			call := s.Do(ctx, s.Anonymous(), login, conform.Request{JSON: conform.Object{"userName": who.Login, "password": "wrong"}})
			s.Holds("the call was answered", call.Status > 0, "it was not")
		})
}}

func TestWeakSpecIsNoticed(t *testing.T) {
	one := prove(t, weakSuite, mutation.Options{Profile: "documented", Faults: "bad-credentials-as-400"})
	if one.Holds() || len(one.Survivors) != 1 || one.Survivors[0] != "bad-credentials-as-400" {
		t.Errorf("survivors %v: want the one fault that was put to the suite", one.Survivors)
	}
	proof := prove(t, weakSuite, mutation.Options{Profile: "documented"})
	if proof.Proven || !slices.Contains(proof.Survivors, "bad-credentials-as-400") {
		t.Errorf("proven %v, survivors %v: want the fault that slips through a spec that asserts nothing", proof.Proven, proof.Survivors)
	}
	if len(proof.Idle) != 1 || proof.Idle[0] != "onlyoffice.login.wrong-password" {
		t.Errorf("idle %v: want the MUST clause that asserts nothing", proof.Idle)
	}
	var text strings.Builder
	if err := proof.Print(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SURVIVORS", "bad-credentials-as-400", "IDLE", "onlyoffice.login.wrong-password", "NOT PROVEN"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the printed matrix lacks %q:\n%s", want, text.String())
		}
	}
}

// TestPristineMustPass: a suite that is red on the correct server proves nothing.
func TestPristineMustPass(t *testing.T) {
	red := conform.Suite{Exchange: "onlyoffice", Specs: func(s *conform.Context) {
		login := s.Operation("authenticateMe")
		It("expects the wrong thing", clause.Must("onlyoffice.login.impossible", login, contract.OK),
			func(ctx SpecContext) {
				s.Expect(s.Do(ctx, s.Anonymous(), login, conform.Request{JSON: conform.Object{}}), login, contract.OK)
			})
	}}
	_, err := mutation.Prove(t.Context(), red, mutation.Options{Profile: "documented"})
	if err == nil || !strings.Contains(err.Error(), "onlyoffice.login.impossible") {
		t.Errorf("error %v: want one that names the red clause", err)
	}
}

func TestProofMatchesItsSchema(t *testing.T) {
	proof := prove(t, weakSuite, mutation.Options{Profile: "documented", Faults: "bad-credentials-*"})
	text, err := json.Marshal(proof)
	if err != nil {
		t.Fatal(err)
	}
	set, err := schema.LoadSet(schemas.FS, "report")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := set.Get("proof.schema.json")
	if !ok {
		t.Fatal("schemas/report/proof.schema.json is missing")
	}
	for _, m := range s.Check(text) {
		t.Error(m)
	}
}

func BenchmarkShard(b *testing.B) {
	for b.Loop() {
		if _, err := mutation.Prove(b.Context(), onlyoffice.Suite, mutation.Options{Profile: "documented", Shard: 0, Shards: 100}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSample: the same seed draws the same faults, another seed others, and what is
// drawn says nothing of idle clauses.
func TestSample(t *testing.T) {
	drawn := func(seed uint64) string {
		proof := prove(t, weakSuite, mutation.Options{Profile: "documented", Sample: 3, Seed: seed})
		if !proof.Partial || proof.Proven || len(proof.Idle) > 0 || len(proof.Faults) != 6 {
			t.Fatalf("partial %v, proven %v, idle %v, %d faults: want a part of 3 behaviour and 3 wire faults, which proves nothing",
				proof.Partial, proof.Proven, proof.Idle, len(proof.Faults))
		}
		var ids []string
		for _, f := range proof.Faults {
			ids = append(ids, f.ID)
		}
		return strings.Join(ids, " ")
	}
	if one, again, other := drawn(1), drawn(1), drawn(2); one != again || one == other {
		t.Errorf("seed 1 drew %q and %q, seed 2 drew %q", one, again, other)
	}
}
