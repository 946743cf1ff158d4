package mutation

import (
	"testing"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// TestJudge: a fault that keeps the specs from judging anything is reported as
// such, and is no kill.
func TestJudge(t *testing.T) {
	results := func(states ...verdict.State) *outcome {
		o := &outcome{results: map[string]journal.Result{}}
		for i, s := range states {
			o.results[string(rune('a'+i))] = journal.Result{State: s, Reason: "because"}
		}
		return o
	}
	for name, c := range map[string]struct {
		result Result
		run    *outcome
		want   State
	}{
		"a clause of its own failed":          {Result{KilledBy: []string{"x"}, Ran: 2}, results(verdict.Failed, verdict.Errored), Killed},
		"everything passed":                   {Result{Ran: 2}, results(verdict.Passed, verdict.Passed), Survived},
		"only a clause of another failed":     {Result{Accidents: []string{"x"}, Ran: 1}, results(verdict.Failed), Survived},
		"the server answers nothing any more": {Result{Ran: 2}, results(verdict.Errored, verdict.Errored), Broken},
		"nothing could be prepared":           {Result{Ran: 2}, results(verdict.Untestable, verdict.Errored), Broken},
		"some passed, some were not judged":   {Result{Ran: 2}, results(verdict.Passed, verdict.Untestable), Survived},
		"nothing ran":                         {Result{}, results(), Survived},
	} {
		if got, reason := judge(c.result, c.run); got != c.want || got != Killed && reason == "" {
			t.Errorf("%s: %s (%q), want %s with a reason", name, got, reason, c.want)
		}
	}
}

func TestMergeRefusesMissingFaults(t *testing.T) {
	if _, err := Merge("x", "p", []*Shard{{Total: 2, Results: []Result{{ID: "a"}}}}, nil); err == nil {
		t.Error("a proof that lost a fault must not hold")
	}
}

func TestExemptions(t *testing.T) {
	shard := &Shard{Total: 3, Results: []Result{{ID: "wire/a", State: Survived}, {ID: "wire/b", State: Killed}, {ID: "c", State: Survived}}}
	p, err := Merge("x", "p", []*Shard{shard}, []Exemption{{Fault: "wire/*", Reason: "r"}, {Fault: "gone", Reason: "r"},
		{Fault: "other", Profiles: []string{"q"}, Reason: "r"}})
	if err != nil {
		t.Fatal(err)
	}
	if p.Counts[Equivalent] != 1 || len(p.Survivors) != 1 || p.Survivors[0] != "c" || len(p.Stale) != 1 || p.Stale[0] != "gone" || p.Proven {
		t.Errorf("counts %v, survivors %v, stale %v, proven %v", p.Counts, p.Survivors, p.Stale, p.Proven)
	}
}
