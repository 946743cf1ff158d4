package main

import (
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// TestBaselineTellsOldFromNew: against a server with one fault more than the run
// that is the baseline, only what that fault breaks is red.
func TestBaselineTellsOldFromNew(t *testing.T) {
	const focus = "kiiex.code.*"
	ran := func(args []string, faults ...string) (string, result) {
		file, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: faults})
		out := filepath.Join(t.TempDir(), "out")
		return out, run(t, nil, append([]string{"run", "kiiex", "--target", file, "--focus", focus, "--out", out}, args...)...)
	}
	old, res := ran(nil, "replayed-code-accepted")
	if res.code != verdict.ExitNotConformant {
		t.Fatal(res)
	}
	if _, res := ran([]string{"--baseline", old}, "replayed-code-accepted"); res.code != verdict.ExitConformant || !strings.Contains(res.stdout, "no new failure") {
		t.Errorf("the same server: %s", res)
	}
	_, res = ran([]string{"--baseline", old}, "replayed-code-accepted", "foreign-code-accepted")
	_, compared, _ := strings.Cut(res.stdout, "New failures")
	if res.code != verdict.ExitNotConformant || !strings.Contains(compared, "kiiex.code.foreign") || strings.Contains(compared, "kiiex.code.replayed") {
		t.Errorf("one fault more: %s", res)
	}
	if _, res = ran([]string{"--baseline", old}); res.code != verdict.ExitConformant || !strings.Contains(res.stdout, "Mended") {
		t.Errorf("no fault at all: %s", res)
	}
	if _, res = ran([]string{"--baseline", filepath.Join(old, "absent")}); res.code != verdict.ExitUsage || !strings.Contains(res.stderr, "--baseline") {
		t.Errorf("no run to compare with: %s", res)
	}
}
