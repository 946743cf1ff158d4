package main

import (
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// TestFailedFrom: a second run takes exactly what the first did not pass, and skips what
// it is told to; where nothing is left, it says so.
func TestFailedFrom(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{Faults: []string{"replayed-code-accepted"}})
	first, again := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "again")
	took := run(t, nil, "run", "onlyoffice", "--target", file, "--focus", "onlyoffice.code.*", "--out", first)
	if took.code != verdict.ExitNotConformant {
		t.Fatalf("exit %d: %s%s", took.code, took.stdout, took.stderr)
	}
	run(t, nil, "run", "onlyoffice", "--target", file, "--failed-from", first, "--out", again)
	before, after := report(t, first), report(t, again)
	for i, v := range before.Verdicts {
		ran := after.Verdicts[i].Verdict != verdict.FILTERED
		wanted := v.Verdict != verdict.PASS && v.Verdict != verdict.FILTERED && v.Verdict != verdict.NOT_APPLICABLE
		if after.Verdicts[i].ID != v.ID || ran != wanted {
			t.Errorf("%s was %s and then %s", v.ID, v.Verdict, after.Verdicts[i].Verdict)
		}
	}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a skip of all":   {[]string{"--failed-from", first, "--skip", "onlyoffice.*"}, "less what is skipped"},
		"a skip of none":  {[]string{"--skip", "onlyoffice.no-such"}, `the skip "onlyoffice.no-such" matches no clause`},
		"a focus besides": {[]string{"--failed-from", first, "--focus", "onlyoffice.code.*"}, "give one of them"},
		"no earlier run":  {[]string{"--failed-from", t.TempDir()}, "--failed-from:"},
		"no failures":     {[]string{"--max-failures", "0"}, "from 1 on"},
	} {
		got := run(t, nil, append([]string{"run", "onlyoffice", "--target", file}, c.args...)...)
		if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: exit %d, %s; want %q", name, got.code, got.stderr, c.want)
		}
	}
}
