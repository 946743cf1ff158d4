package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites"
)

// verdicts is what a report says of each clause.
func verdicts(r *reports.Report) map[string]verdict.Verdict {
	out := map[string]verdict.Verdict{}
	for _, e := range r.Verdicts {
		out[e.ID] = e.Verdict
	}
	return out
}

// TestDoorsAgree runs each suite through the binary in one process, the binary in
// four, and Ginkgo's command line, and compares every verdict.
func TestDoorsAgree(t *testing.T) {
	for _, st := range suites.All() {
		t.Run(st.Exchange, func(t *testing.T) {
			t.Parallel() // several processes wait for real time steps
			dir := t.TempDir()
			for name, args := range map[string][]string{"one": {}, "four": {"--procs", "4"}} {
				got := run(t, nil, append([]string{"run", st.Exchange, "--out", filepath.Join(dir, name)}, args...)...)
				if got.code != verdict.ExitConformant {
					t.Fatalf("%s\n%s", name, got)
				}
			}
			ginkgo := exec.CommandContext(t.Context(), "go", "tool", "ginkgo", "-p", "--randomize-all", "./suites/"+st.Exchange)
			ginkgo.Dir = filepath.Join("..", "..", "..")
			ginkgo.Env = append(os.Environ(), "AUTHCONFORM_OUT="+filepath.Join(dir, "ginkgo"))
			if out, err := ginkgo.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			want := verdicts(report(t, filepath.Join(dir, "one")))
			for _, name := range []string{"four", "ginkgo"} {
				if diff := cmp.Diff(want, verdicts(report(t, filepath.Join(dir, name)))); diff != "" {
					t.Errorf("%s differs from one process:\n%s", name, diff)
				}
				for _, file := range []string{reports.JSONFile, reports.JUnitFile, reports.SummaryFile, reports.HARFile} {
					if _, err := os.Stat(filepath.Join(dir, name, file)); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				}
			}
		})
	}
}
