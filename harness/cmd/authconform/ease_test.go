package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
)

// TestLimitsAreRaised: with two accounts of a role and in real time, clauses that fail
// more attempts together than the portal allows in a minute run without a rest, the
// clause that fills the limit finds it as the portal has it. A portal that counts by
// another rule than its settings keeps them.
func TestLimitsAreRaised(t *testing.T) {
	for name, tc := range map[string]struct {
		faults []string
		focus  string
		turns  []string
	}{
		"the portal counts as its settings say": {
			focus: "onlyoffice.login.no-password,onlyoffice.login.password-exact,onlyoffice.throttle.email-case",
			turns: []string{"raise", "put back"},
		},
		"the portal counts otherwise": {faults: []string{"limit-ignores-settings"}, focus: "onlyoffice.login.password"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, _ := servedOf(t, "onlyoffice", runner.ServeOptions{Accounts: 2, RealTime: true, Faults: tc.faults})
			out := filepath.Join(t.TempDir(), "out")
			if r := run(t, nil, "run", "onlyoffice", "--target", file, "--out", out, "--focus", tc.focus, "--procs", "2"); r.code != 0 {
				t.Fatalf("exit %d: %s", r.code, r.stderr)
			}
			log, err := os.ReadFile(filepath.Join(out, "provision.log"))
			if len(tc.turns) == 0 {
				if err == nil {
					t.Errorf("limits were turned: %s", log)
				}
				return
			}
			lines := strings.Split(strings.TrimSpace(string(log)), "\n")
			if len(lines) != len(tc.turns) {
				t.Fatalf("limits were turned so:\n%s\nwant %v", log, tc.turns)
			}
			for i, what := range tc.turns {
				if !strings.Contains(lines[i], " "+what+" the limits of the deployment done") {
					t.Errorf("line %d is %q, want that it tells of %q", i+1, lines[i], what)
				}
			}
		})
	}
}
