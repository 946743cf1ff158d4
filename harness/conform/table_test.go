package conform_test

import (
	"fmt"
	"runtime"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/verdict"
)

// TestTable: each row is a spec with a clause, a place in the source and a given of
// its own; the decorators hold for all.
func TestTable(t *testing.T) {
	given := map[string]int{}
	_, file, line, _ := runtime.Caller(0)
	f := trial{specs: func(s *conform.Context, o ops) {
		conform.Table(func(_ SpecContext, n int) {
			given[CurrentSpecReport().LeafNodeText] = n
			s.Holds("the given is even", n%2 == 0, "it is odd")
		}, []conform.Row[int]{
			{Text: "two", Clause: clause.Must("ex.spec.two", o.logIn, contract.OK), Given: 2},
			{Text: "three", Clause: clause.Must("ex.spec.three", o.logIn, contract.OK), Given: 3},
		}, Serial)
	}}.run(t)
	if fmt.Sprint(given) != "map[three:3 two:2]" {
		t.Errorf("the rows were given %v", given)
	}
	for id, want := range map[string]struct {
		state verdict.State
		line  int
	}{"two": {verdict.Passed, line + 6}, "three": {verdict.Failed, line + 7}} {
		if got := f.results[id].State; got != want.state {
			t.Errorf("%s: %s, want %s", id, got, want.state)
		}
		info := f.entries[id].Info
		if info.Text != id || info.Line != want.line || info.File != "harness/conform/table_test.go" {
			t.Errorf("%s is registered as %q at %s, want line %d of %s", id, info.Text, info.Place(), want.line, file)
		}
		if !f.ginkgo[id].IsSerial {
			t.Errorf("%s: the table's decorator does not hold for it", id)
		}
	}
}
