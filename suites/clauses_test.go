package suites_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/schemas"
	"authconform/suites"
)

var update = flag.Bool("update", false, "write schemas/<exchange>/clauses.yaml anew")

func clauses(t *testing.T, st conform.Suite) []clause.Info {
	t.Helper()
	list, err := runner.Clauses(st)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b clause.Info) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return list
}

// TestClausesAreFrozen makes every added, dropped or re-worded promise show in
// review: the generated list is committed.
func TestClausesAreFrozen(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			var text bytes.Buffer
			text.WriteString("# Every clause of the suite. Generated: go test ./suites -run Frozen -update\n")
			enc := yaml.NewEncoder(&text)
			enc.SetIndent(2)
			if err := enc.Encode(clauses(t, st)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("..", "schemas", st.Exchange, "clauses.yaml")
			if *update {
				if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			frozen, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(frozen, text.Bytes()) {
				t.Errorf("the suite's clauses differ from %s; if that is meant: go test ./suites -run Frozen -update", file)
			}
		})
	}
}

// TestCoverage accounts both ways: each operation has a clause, and each
// status that its documents name has one or an excuse.
func TestCoverage(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			c, err := contract.Load(schemas.FS, st.Exchange)
			if err != nil {
				t.Fatal(err)
			}
			list := clauses(t, st)
			for _, op := range c.Operations {
				covered := coveredStatuses(c, op, list)
				if len(covered) == 0 {
					t.Errorf("%s (%s %s) has no clause", op.ID, op.Method, op.Path)
				}
				for _, outcome := range op.Outcomes() {
					if !slices.ContainsFunc(list, func(info clause.Info) bool { return info.Operation == op.ID && info.Outcome == string(outcome) }) {
						t.Errorf("%s: outcome %s has no clause", op.ID, outcome)
					}
				}
				for status := range op.Statuses {
					if !covered[status] && op.Excuses[strconv.Itoa(status)] == "" {
						t.Errorf("%s: status %d has no clause and no excuse", op.ID, status)
					}
				}
			}
		})
	}
}

// coveredStatuses are those that some clause of the operation expects in some
// profile.
func coveredStatuses(c *contract.Contract, op *contract.Operation, list []clause.Info) map[int]bool {
	covered := map[int]bool{}
	for _, info := range list {
		if info.Operation != op.ID {
			continue
		}
		for _, profile := range info.Profiles {
			if answer, ok := op.Answer(contract.Outcome(info.Outcome), profile); ok {
				for _, status := range append(answer.Statuses, answer.Status) {
					covered[status] = true
				}
			}
		}
	}
	return covered
}

// TestTreesAreBuiltAlike: each of Ginkgo's processes builds the tree for itself,
// and they share the specs out by their number in it.
func TestTreesAreBuiltAlike(t *testing.T) {
	for _, st := range suites.All() {
		order := func() []string {
			list, err := runner.Clauses(st)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, info := range list {
				ids = append(ids, info.ID)
			}
			return ids
		}
		first := order()
		for range 5 {
			if diff := cmp.Diff(first, order()); diff != "" {
				t.Fatalf("%s: the tree differs from one time to the next; does a spec stand in a loop over a map?\n%s", st.Exchange, diff)
			}
		}
	}
}
