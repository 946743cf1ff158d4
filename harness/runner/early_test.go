package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites/onlyoffice"
)

// tired is a suite of one clause that fails, one that waits for the account that the
// first has worn out, and one that needs nothing but time.
func tired() conform.Suite {
	st := onlyoffice.Suite
	st.Ease = nil // accounts are to be worn
	st.Specs = func(s *conform.Context) {
		op := s.Operation("getSettings")
		Describe("one after the other", Ordered, ContinueOnFailure, func() {
			It("fails", clause.Must("onlyoffice.tired.fails", op, contract.OK), func(SpecContext) {
				for who, n := s.Lease("owner"), s.Target().Limits.Password.Attempts; n > 1; n-- {
					who.Failed()
				}
				s.Holds("this holds", false, "it does not")
			})
			It("waits for an account", clause.Should("onlyoffice.tired.account", op, contract.OK), func(SpecContext) { s.Lease("owner") })
			It("waits for time", clause.Should("onlyoffice.tired.time", op, contract.OK), func(ctx SpecContext) {
				s.Wait(ctx, 50*time.Second, "a window has to pass")
			})
		})
	}
	return st
}

func runTired(t *testing.T, limit string, o runner.Options) map[string]reports.Entry {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.yaml")
	served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file, Accounts: 1,
		RealTime: true})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "    max-wait: 120s", "    max-wait: 120s"+limit, 1)),
		0o600); err != nil {
		t.Fatal(err)
	}
	o.TargetFile, o.Out, o.Version = file, filepath.Join(t.TempDir(), "out"), "test"
	report, err := runner.Run(t.Context(), tired(), o)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]reports.Entry{}
	for _, v := range report.Verdicts {
		found[strings.TrimPrefix(v.ID, "onlyoffice.tired.")] = v
	}
	if report.ExitCode != verdict.ExitNotConformant && found["fails"].Verdict == verdict.FAIL || report.ExitCode == verdict.ExitConformant {
		t.Errorf("exit code %d", report.ExitCode)
	}
	return found
}

// TestMaxFailures: a run ends at as many failures as it was asked to, and who waits for
// an account then waits no longer.
func TestMaxFailures(t *testing.T) {
	for id, v := range runTired(t, "", runner.Options{Failures: 1}) {
		want := verdict.NOT_RUN
		if id == "fails" {
			want = verdict.FAIL
		}
		if v.Verdict != want || want == verdict.NOT_RUN && !strings.Contains(v.Reason, "--max-failures") {
			t.Errorf("%s: %s (%s), want %s", id, v.Verdict, v.Reason, want)
		}
	}
}

// TestMaxRun: what does not fit into limits.max-run is NOT_RUN, whether it waits for an
// account or for time, and no such run is conformant.
func TestMaxRun(t *testing.T) {
	for id, v := range runTired(t, "\n    max-run: 1s", runner.Options{Focus: "onlyoffice.tired.*", Skip: "onlyoffice.tired.f*"}) {
		want := verdict.NOT_RUN
		if id == "fails" {
			want = verdict.FILTERED
		} else if id == "account" {
			continue // nothing has worn the account: it may be judged in time
		}
		if v.Verdict != want || want == verdict.NOT_RUN && !strings.Contains(v.Reason, "limits.max-run") {
			t.Errorf("%s: %s (%s), want %s", id, v.Verdict, v.Reason, want)
		}
	}
}
