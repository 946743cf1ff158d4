package suites_test

import (
	"path"
	"slices"
	"testing"

	"authconform/harness/baseline"
	"authconform/harness/clause"
	"authconform/harness/source"
	"authconform/schemas"
	"authconform/suites"
)

// TestBaselineIsJudgedEverywhere: each sentence of the security baseline has
// clauses, or an excuse, on every exchange, and none of them is merely recorded.
func TestBaselineIsJudgedEverywhere(t *testing.T) {
	list, err := baseline.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 40 {
		t.Errorf("the baseline has %d sentences only", len(list))
	}
	sources := source.NewLibrary(schemas.FS)
	for _, s := range list {
		if err := sources.Check(s.Authority); err != nil {
			t.Errorf("%s: %v", s.ID, err)
		}
	}
	for _, st := range suites.All() {
		known, err := list.LoadKnown(schemas.FS, st.Exchange)
		if err != nil {
			t.Error(err)
		}
		for _, k := range known {
			if err := sources.Check(k.Source); err != nil {
				t.Errorf("schemas/%s/known.yaml: %s: %v", st.Exchange, k.Sentence, err)
			}
		}
		all := clauses(t, st)
		for _, s := range list {
			if len(s.Clauses[st.Exchange]) == 0 && s.Excuses[st.Exchange] == "" {
				t.Errorf("%s: %s has neither a clause nor an excuse", s.ID, st.Exchange)
			}
			for _, glob := range s.Clauses[st.Exchange] {
				judges := slices.DeleteFunc(slices.Clone(all), func(c clause.Info) bool { ok, _ := path.Match(glob, c.ID); return !ok })
				if len(judges) == 0 {
					t.Errorf("%s: %q matches no clause", s.ID, glob)
				}
				for _, c := range judges {
					if c.Level == clause.INFO {
						t.Errorf("%s: %s is INFO: a breach of the baseline is never merely recorded", s.ID, c.ID)
					}
				}
			}
		}
	}
}
