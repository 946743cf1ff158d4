package clause_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/schemas"
)

func onlyoffice(t *testing.T) (*contract.Contract, *contract.Operation) {
	t.Helper()
	c, err := contract.Load(schemas.FS, "onlyoffice")
	if err != nil {
		t.Fatal(err)
	}
	login, ok := c.Operation("authenticateMe")
	if !ok {
		t.Fatal("the contract has no authenticateMe")
	}
	return c, login
}

func body() {}

// transform puts an It through the registry as Ginkgo does.
func transform(r *clause.Registry, args ...any) ([]any, []error) {
	_, out, errs := r.Transform(types.NodeTypeIt, 0, "keeps a promise", args)
	return out, errs
}

func TestTransformRefuses(t *testing.T) {
	c, login := onlyoffice(t)
	for name, tc := range map[string]struct {
		args []any
		want string
	}{
		"a spec without a clause":       {[]any{body}, "states no clause"},
		"an id of another exchange":     {[]any{clause.Must("barong.login", login, contract.OK)}, `begins with "onlyoffice."`},
		"an id that is no slug":         {[]any{clause.Must("onlyoffice.Login_1", login, contract.OK)}, "dotted slug"},
		"a clause without an operation": {[]any{clause.Must("onlyoffice.login.x", nil, contract.OK)}, "no operation"},
		"an outcome that there is not":  {[]any{clause.Must("onlyoffice.login.x", login, "teapot")}, `no outcome "teapot"`},
		"a MUST on a mere standard":     {[]any{clause.Must("onlyoffice.login.x", login, contract.MethodRefused)}, "make it a SHOULD"},
		"a MUST whose source is inferred": {[]any{clause.Must("onlyoffice.login.x", login, contract.OK,
			clause.From(contract.Inferred, "RFC 9110"))}, "make it a SHOULD"},
		"a source that does not resolve": {[]any{clause.Should("onlyoffice.login.x", login, contract.OK,
			clause.From(contract.Standard, "onlyoffice#nowhere"))}, `no anchor "nowhere"`},
		"a profile without the outcome": {[]any{clause.Should("onlyoffice.login.x", login, contract.OK, clause.Only("documented", "9.9"))},
			`profile "9.9"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, errs := transform(clause.NewRegistry(c, nil), tc.args...)
			if len(errs) != 1 || !strings.Contains(errs[0].Error(), tc.want) {
				t.Errorf("errors %v, want one with %q", errs, tc.want)
			}
		})
	}
}

func TestTransformRefusesAnIdTwice(t *testing.T) {
	c, login := onlyoffice(t)
	r := clause.NewRegistry(c, nil)
	if _, errs := transform(r, clause.Must("onlyoffice.login.x", login, contract.OK)); len(errs) != 0 {
		t.Fatal(errs)
	}
	if _, errs := transform(r, clause.Must("onlyoffice.login.x", login, contract.OK)); len(errs) != 1 ||
		!strings.Contains(errs[0].Error(), "is taken") {
		t.Errorf("errors %v", errs)
	}
}

func TestTransformRegistersAndLabels(t *testing.T) {
	c, login := onlyoffice(t)
	r := clause.NewRegistry(c, func(i clause.Info) bool { return i.ID == "onlyoffice.login.a" })
	chosen, errs := transform(r, clause.Must("onlyoffice.login.a", login, contract.BadCredentials), body)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	left, errs := transform(r, clause.Should("onlyoffice.login.b", login, contract.Throttled, clause.Disrupts()), body)
	if len(errs) != 0 {
		t.Fatal(errs)
	}
	if labels := labelsOf(chosen); !slices.Contains(labels, "onlyoffice.login.a") || slices.Contains(labels, clause.Unselected) {
		t.Errorf("labels of the selected clause: %v", labels)
	}
	if labels := labelsOf(left); !slices.Contains(labels, clause.Unselected) {
		t.Errorf("labels of the unselected clause: %v", labels)
	}
	if !slices.ContainsFunc(left, func(a any) bool { return a == any(ginkgo.Serial) }) {
		t.Error("a clause that disrupts is not serial")
	}
	e, ok := r.Lookup([]string{"MUST", "onlyoffice.login.a"})
	want := []string{"documented", "3.7"}
	if !ok || e.Info.Text != "keeps a promise" || e.Info.Method != "POST" || !slices.Equal(e.Info.Profiles, want) ||
		e.Info.Provenance != "documented, observed" {
		t.Errorf("registered %+v", e.Info)
	}
}

func labelsOf(args []any) (labels []string) {
	for _, a := range args {
		if l, ok := a.(ginkgo.Labels); ok {
			labels = append(labels, l...)
		}
	}
	return labels
}

// TestPlaces: clauses come in the order of their places, those without one first; what fills
// limits after the others comes after them, and what disturbs others or looks back keeps
// its own.
func TestPlaces(t *testing.T) {
	c, login := onlyoffice(t)
	const id = "onlyoffice.login.a"
	fills := clause.Should(id, login, contract.Throttled, clause.Fills())
	for name, tc := range map[string]struct {
		args  []any
		place int
		want  ginkgo.SpecPriority
	}{
		"it waits for nobody":     {[]any{clause.Must(id, login, contract.BadCredentials)}, 0, 8},
		"it comes second":         {[]any{clause.Must(id, login, contract.BadCredentials)}, 2, 6},
		"it comes last":           {[]any{clause.Must(id, login, contract.BadCredentials)}, 3, 5},
		"it fills a limit":        {[]any{fills}, 0, 4},
		"it fills the last limit": {[]any{fills}, 3, 1},
		"it disturbs others":      {[]any{clause.Should(id, login, contract.Throttled, clause.Disrupts())}, 3, -1},
		"it looks back":           {[]any{clause.Must(id, login, contract.BadCredentials), ginkgo.Serial, ginkgo.SpecPriority(-2)}, 3, -2},
	} {
		t.Run(name, func(t *testing.T) {
			r := clause.NewRegistry(c, nil)
			r.Beside, r.FillsLast, r.Places = true, true, map[string]int{id: tc.place, "onlyoffice.login.other": 3}
			args, errs := transform(r, tc.args...)
			if len(errs) != 0 {
				t.Fatal(errs)
			}
			var got []any
			for _, a := range args {
				if _, is := a.(ginkgo.SpecPriority); is {
					got = append(got, a)
				}
			}
			if len(got) != 1 || got[0] != any(tc.want) {
				t.Errorf("priorities %v, want %d alone", got, tc.want)
			}
		})
	}
}

// TestSerial: what disturbs others is always serial. What is serial because it moves a
// clock is not where nobody moves one, unless it looks back at all others.
func TestSerial(t *testing.T) {
	c, login := onlyoffice(t)
	for name, tc := range map[string]struct {
		args          []any
		moved, beside bool // serial where a clock is moved, and where none is
	}{
		"it waits":           {[]any{clause.Must("onlyoffice.login.a", login, contract.BadCredentials), ginkgo.Serial}, true, false},
		"it fills a limit":   {[]any{clause.Should("onlyoffice.login.b", login, contract.Throttled, clause.Fills())}, true, false},
		"it disturbs others": {[]any{clause.Should("onlyoffice.login.c", login, contract.Throttled, clause.Disrupts())}, true, true},
		"it looks back at all": {[]any{clause.Must("onlyoffice.login.d", login, contract.BadCredentials), ginkgo.Serial,
			ginkgo.SpecPriority(-2)}, true, true},
		"it is like most specs": {[]any{clause.Must("onlyoffice.login.e", login, contract.BadCredentials)}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			for beside, want := range map[bool]bool{false: tc.moved, true: tc.beside} {
				r := clause.NewRegistry(c, nil)
				r.Beside = beside
				args, errs := transform(r, tc.args...)
				if len(errs) != 0 {
					t.Fatal(errs)
				}
				if serial := slices.ContainsFunc(args, func(a any) bool { return a == any(ginkgo.Serial) }); serial != want {
					t.Errorf("beside others %t: serial %t, want %t", beside, serial, want)
				}
			}
		})
	}
}
