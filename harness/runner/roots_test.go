package runner_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites/kiiex"
)

// TestRootsAreJudged: where the clauses of a focus wait for a step, the clause that
// judges the step is run too, so that the report says what is wrong; nothing else is.
func TestRootsAreJudged(t *testing.T) {
	file := accepting(t)
	report, err := runner.Run(t.Context(), kiiex.Suite, runner.Options{
		TargetFile: file, Out: filepath.Join(t.TempDir(), "out"), Focus: "kiiex.authenticate2fa.*", Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, v := range report.Verdicts {
		if v.Verdict == verdict.FAIL {
			failed = append(failed, v.ID)
		}
	}
	const root = "kiiex.pending.required"
	if !slices.Equal(failed, []string{root}) || report.ExitCode != verdict.ExitNotConformant {
		t.Errorf("exit code %d, failed %v: want %s alone", report.ExitCode, failed, root)
	}
	if len(report.Causes) != 1 || report.Causes[0].Root != root || !strings.HasSuffix(report.Causes[0].Waits(), "clauses wait for "+root) {
		t.Errorf("causes %+v: want one, whose root is %s", report.Causes, root)
	}
	if n := report.Counts[verdict.FILTERED]; n < 200 {
		t.Errorf("%d clauses are filtered: the focus should leave out all others", n)
	}
}

// accepting is the target file of a venue whose first step answers 202.
func accepting(t *testing.T) string {
	t.Helper()
	return gated(t, kiiex.Suite, func(r *http.Response) {
		if strings.EqualFold(r.Request.URL.Path, "/authenticateuser") && r.StatusCode == http.StatusOK {
			r.StatusCode = http.StatusAccepted
		}
	})
}

// TestRootsAreJudgedThroughGinkgo: Ginkgo's own command line runs a tree once. The clause
// that judges the step which others wait for is run after it, and is in its report.
func TestRootsAreJudgedThroughGinkgo(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	door := exec.CommandContext(t.Context(), "go", "test", "./suites/kiiex", "-count=1", "-ginkgo.focus", "Authenticate2fa|authenticate2fa")
	door.Dir = filepath.Join("..", "..")
	door.Env = append(os.Environ(), "AUTHCONFORM_TARGET="+accepting(t), "AUTHCONFORM_OUT="+out)
	said, err := door.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "exit code 1") {
		t.Errorf("%v, want exit code 1\n%s", err, said)
	}
	all, err := reports.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	report := all[0]
	const root = "kiiex.pending.required"
	if i := slices.IndexFunc(report.Verdicts, func(e reports.Entry) bool { return e.ID == root }); report.Verdicts[i].Verdict != verdict.FAIL {
		t.Errorf("%s is %s: want FAIL, as the step is answered with another status", root, report.Verdicts[i].Verdict)
	}
	if !slices.ContainsFunc(report.Causes, func(c reports.Cause) bool { return c.Root == root }) {
		t.Errorf("no cause has the root %s", root)
	}
}
