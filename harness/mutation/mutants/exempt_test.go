package mutants

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestExemptionsMarkSurvivorsAndGrowStale(t *testing.T) {
	all := []Mutant{
		{ID: 1, File: "shop/a.go", Function: "f", Operator: Negate, Before: "x", Line: 7},
		{ID: 2, File: "shop/a.go", Function: "f", Operator: Negate, Before: "y"},
		{ID: 3, File: "shop/a.go", Function: "g", Operator: Negate, Before: "x"},
	}
	results := []Result{{Mutant: all[0], State: Survived}, {Mutant: all[1], State: Killed}}
	entry := func(function, code string) Exemption {
		return Exemption{File: "shop/a.go", Function: function, Operator: Negate, Code: code, Reason: "because"}
	}
	stale := exempt(results, all, []Exemption{entry("f", "x"), entry("f", "y"), entry("g", "x"), entry("f", "z")})
	if results[0].State != Equivalent || results[0].Reason != "because" || results[1].State != Killed {
		t.Errorf("results %+v", results)
	}
	want := []string{"shop/a.go, f, negate: y (a clause notices it)", "shop/a.go, f, negate: z (there is no such code)"}
	if !slices.Equal(stale, want) { // g was not judged: its entry may well hold
		t.Errorf("stale %q, want %q", stale, want)
	}
}

func TestExemptionsRefuse(t *testing.T) {
	const right = "- {file: shop/a.go, function: f, operator: negate, code: x, reason: because}\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"an entry without a reason":    {"shop", "- {file: shop/a.go, function: f, operator: negate, code: x}\n", "reason are all required"},
		"an unknown member":            {"shop", "- {file: shop/a.go, line: 3}\n", "line"},
		"an entry of another's folder": {"fair", right, "belongs into the list of that package"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Exemptions(fstest.MapFS{c.file + "/equivalent-mutants.yaml": {Data: []byte(c.text)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if list, err := Exemptions(fstest.MapFS{"shop/equivalent-mutants.yaml": {Data: []byte(right)}}); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}
