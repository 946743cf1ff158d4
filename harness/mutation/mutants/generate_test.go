package mutants

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "../../.."

// TestEachRuleChangesWhatItSays builds a small package with all its mutants and
// looks at what each of them, and no other function, returns.
func TestEachRuleChangesWhatItSays(t *testing.T) {
	g, err := Generate(module, "./harness/mutation/mutants/testdata/fixture")
	if err != nil {
		t.Fatal(err)
	}
	binary, err := g.Build(module, "./harness/mutation/mutants/testdata/fixture", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(binary, fmt.Sprint(len(g.Mutants))).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	pristine := strings.Split(lines[0], " | ")
	var got []string
	for _, m := range g.Mutants {
		if m.Function == "main" || m.Function == "join" || m.Function == "faults.On" {
			continue
		}
		text := fmt.Sprintf("%s: %s => %s:", m.Operator, m.Before, m.After)
		for i, said := range strings.Split(lines[m.ID], " | ") {
			if said != pristine[i] {
				text += " " + said
			}
		}
		got = append(got, text)
	}
	want := strings.Split(strings.TrimSpace(`
off-by-one: 3 => 3 + 1: allowed 4
off-by-one: 3 => 3 - 1: allowed 2
negate: n < two => n >= two: less false true true
boundary: n < two => n <= two: less true true false
off-by-one: two => two + 1: less true true false
off-by-one: two => two - 1: less false false false
swap-logic: a && b => a || b: both true true true
drop-side: a && b => b: both true false true
drop-side: a && b => a: both true true false
negate: a => !(a): both false false true
negate: b => !(b): both false true false
swap-logic: a || b => a && b: either false false false
drop-side: a || b => b: either false true false
drop-side: a || b => a: either true false false
negate: a => !(a): either false true true
negate: b => !(b): either true false true
drop-guard: if refused { return "refused" } => : guarded taken taken
negate: refused => !(refused): guarded taken refused
drop-effect: delete(m, "a") => : forget 1
off-by-one: 5 * time.Minute => 5 * time.Minute + time.Minute: wait 6m0s
off-by-one: 5 * time.Minute => 5 * time.Minute - time.Minute: wait 4m0s
no-refusal: return … errEmpty => return … nil: checked <nil>
swap-args: join(… a, b …) => join(… b, a …): ordered ba
loop-never: for _, text := range list => : total 
loop-once: for _, text := range list => its first turn only: total a
drop-append: append(list, "x") => list: longer 0
negate: a => !(a): faulty false`), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, op := range Operators {
		if !slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, string(op)+":") }) {
			t.Errorf("no line is about %s", op)
		}
	}
}

// TestReadersOfFields: who is asked about a status that a policy names are the clauses that
// come to where it is refused with, not all that start a server.
func TestReadersOfFields(t *testing.T) {
	g, err := Generate(module, "./harness/reference/onlyoffice")
	if err != nil {
		t.Fatal(err)
	}
	want := place{"onlyoffice/authentication.go", "Server.authenticateWithCode"}
	found := false
	for _, m := range g.Mutants {
		if m.Function != "documentedPolicy" || m.Before != "403" {
			continue
		}
		found = found || slices.Contains(g.Readers[m.ID], want)
	}
	if !found {
		t.Errorf("no mutant of a status of documentedPolicy is read in %v", want)
	}
}
