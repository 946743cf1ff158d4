package runner_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites/onlyoffice"
)

// endings is a suite whose specs end in every way a spec can.
func endings() conform.Suite {
	st := onlyoffice.Suite
	st.Features = map[string]conform.Feature{
		"captcha": st.Features["captcha"],
		"sms":     st.Features["sms"],
	}
	st.Specs = func(s *conform.Context) {
		login, settings := s.Operation("authenticateMe"), s.Operation("getSettings")
		must := func(id string, options ...clause.Option) clause.Clause {
			return clause.Must("onlyoffice.ending."+id, settings, contract.OK, options...)
		}
		ask := func(ctx SpecContext) {
			s.Expect(s.Do(ctx, s.Anonymous(), settings, conform.Request{}), settings, contract.OK)
		}
		It("passes", must("pass"), ask)
		It("passes although it is listed as failing", must("stale"), ask)
		It("fails", must("fail"), func(SpecContext) { s.Holds("this holds", false, "it does not") })
		It("fails as listed", must("known"), func(SpecContext) { s.Holds("this holds", false, "it does not") })
		It("fails as a SHOULD", clause.Should("onlyoffice.ending.warn", settings, contract.OK),
			func(SpecContext) { s.Holds("this holds", false, "it does not") })
		It("checks nothing", must("empty"), func(SpecContext) {})
		It("panics", must("panic"), func(SpecContext) { panic("with a reason") })
		It("cannot be prepared", must("untestable"), func(ctx SpecContext) {
			s.Refuses(ctx, conform.Refusal{
				Operation: login, By: s.Anonymous(), Outcome: contract.BadCredentials,
				Control: func() conform.Request { return conform.Request{JSON: conform.Object{}} },
			})
		})
		It("wants an identity that there is not", must("shortage"), func(SpecContext) { s.Lease("nobody") })
		It("is about what the target file does not declare", must("undeclared", clause.Needs("sms")), ask)
		It("is about what the target file declares absent", must("absent-yet-there", clause.Needs("captcha")), ask)
		It("disturbs others", must("disrupts", clause.Disrupts()), ask)
		It("cannot be cleaned up", must("cleanup"), func(ctx SpecContext) {
			DeferCleanup(func() { s.Error("it cannot be brought back") })
			ask(ctx)
		})
	}
	return st
}

// TestEveryEnding: a spec's end becomes exactly the verdict it should, whichever
// way it ends, and the exit code follows.
func TestEveryEnding(t *testing.T) {
	served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0",
		TargetOut: filepath.Join(t.TempDir(), "t.yaml")})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	file := filepath.Join(t.TempDir(), "t.yaml")
	text := "version: 1\nexchange: onlyoffice\nurl: " + served.URL + "\nfeatures: {captcha: false}\nidentities: []\n" +
		"deviations:\n" +
		"  - {clause: onlyoffice.ending.known, reason: accepted, owner: qa, link: https://example.com/1, expires: 2999-01-01}\n" +
		"  - {clause: onlyoffice.ending.stale, reason: accepted, owner: qa, link: https://example.com/2, expires: 2999-01-01}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := runner.Run(t.Context(), endings(), runner.Options{TargetFile: file, Out: filepath.Join(t.TempDir(), "out"),
		Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]verdict.Verdict{
		"pass": verdict.PASS, "stale": verdict.STALE, "fail": verdict.FAIL, "known": verdict.KNOWN, "warn": verdict.WARN,
		"empty": verdict.ERROR, "panic": verdict.ERROR, "untestable": verdict.UNTESTABLE, "shortage": verdict.UNTESTABLE,
		"undeclared": verdict.NOT_APPLICABLE, "absent-yet-there": verdict.FAIL, "disrupts": verdict.UNTESTABLE, "cleanup": verdict.ERROR,
		"onlyoffice.shape.get-settings.ok": verdict.PASS,
	}
	if len(report.Verdicts) != len(want) {
		t.Errorf("%d verdicts, want %d", len(report.Verdicts), len(want))
	}
	for _, e := range report.Verdicts {
		name := strings.TrimPrefix(e.ID, "onlyoffice.ending.")
		if e.Verdict != want[name] {
			t.Errorf("%s: %s (%s), want %s", name, e.Verdict, e.Reason, want[name])
		}
		if e.Verdict != verdict.PASS && e.Reason == "" && len(e.Failures) == 0 {
			t.Errorf("%s: %s without a reason", name, e.Verdict)
		}
	}
	if report.ExitCode != verdict.ExitNotConformant {
		t.Errorf("exit code %d, want %d", report.ExitCode, verdict.ExitNotConformant)
	}
}

func TestUnknownDeviationIsAUsageError(t *testing.T) {
	served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	file := filepath.Join(t.TempDir(), "t.yaml")
	text := "version: 1\nexchange: onlyoffice\nurl: " + served.URL + "\nidentities: []\n" +
		"deviations:\n  - {clause: onlyoffice.no.such, reason: accepted, owner: qa, link: https://example.com/1, expires: 2999-01-01}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = runner.Run(t.Context(), onlyoffice.Suite, runner.Options{TargetFile: file, Out: filepath.Join(t.TempDir(), "out")})
	if err == nil || !strings.Contains(err.Error(), "onlyoffice.no.such") || !strings.Contains(err.Error(), "t.yaml:6") {
		t.Errorf("error %v: want one that names the clause and the line", err)
	}
}
