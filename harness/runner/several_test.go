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
	"authconform/reports"
	"authconform/suites/kiiex"
	"authconform/suites/kiiexap"
	"authconform/suites/onlyoffice"
)

// threeSuites are of one clause each: the first learns a password, the second does
// harm, the third is to be judged all the same.
func threeSuites(harm func(s *conform.Context, ctx SpecContext, foreign string)) []conform.Suite {
	var foreign string
	first, second, third := onlyoffice.Suite, kiiex.Suite, kiiexap.Suite
	first.Specs = func(s *conform.Context) {
		op := s.Operation("getSettings")
		It("learns", clause.Should("onlyoffice.several.learns", op, contract.OK), func(SpecContext) {
			foreign = s.Lease("user").Password
			s.Holds("there is a password", len(foreign) > 8, "there is none")
		})
	}
	second.Specs = func(s *conform.Context) {
		It("does harm", clause.Should("kiiex.several.harm", s.Operation("AuthenticateUser"), contract.OK), func(ctx SpecContext) {
			s.Holds("all is well", true, "")
			harm(s, ctx, foreign)
		})
	}
	third.Specs = func(s *conform.Context) {
		It("holds", clause.Should("kiiexap.several.holds", s.Operation("AuthenticateUser"), contract.OK), func(SpecContext) {
			s.Holds("all is well", true, "")
		})
	}
	return []conform.Suite{first, second, third}
}

// TestSeveralKeepsWhatOthersFound: an exchange whose evidence is spoilt is NOT_RUN; what
// the others found is written. A secret of another exchange is masked, which is a
// finding, and no output holds it.
func TestSeveralKeepsWhatOthersFound(t *testing.T) {
	var out string
	for name, c := range map[string]struct {
		harm    func(s *conform.Context, ctx SpecContext, foreign string)
		want    string // of the error; "" is none
		verdict verdict.Verdict
	}{
		"a spoilt journal": {func(*conform.Context, SpecContext, string) {
			if err := os.WriteFile(filepath.Join(out, "kiiex", "journal-9.ndjson"), []byte("no record\n"), 0o600); err != nil {
				t.Error(err)
			}
		}, "journal-9.ndjson:1", verdict.NOT_RUN},
		"a secret of another exchange": {func(s *conform.Context, ctx SpecContext, foreign string) {
			s.Do(ctx, s.Anonymous(), s.Operation("AuthenticateUser"), conform.Request{JSON: conform.Object{"note": foreign}})
		}, "", verdict.PASS},
	} {
		t.Run(name, func(t *testing.T) {
			out = filepath.Join(t.TempDir(), "out")
			var secret string
			list := threeSuites(func(s *conform.Context, ctx SpecContext, foreign string) {
				secret = foreign
				c.harm(s, ctx, foreign)
			})
			whole, err := runner.RunSeveral(t.Context(), list, runner.Options{Out: out, Version: "test"})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v: want one with %q", err, c.want)
			}
			if whole == nil {
				t.Fatal("no report")
			}
			for i, want := range []verdict.Verdict{verdict.PASS, c.verdict, verdict.PASS} {
				if got := whole.Runs[i].Verdicts[0]; got.Verdict != want {
					t.Errorf("%s is %s (%s), want %s", got.ID, got.Verdict, got.Reason, want)
				}
			}
			if whole.ExitCode != verdict.ExitIncomplete {
				t.Errorf("exit code %d", whole.ExitCode)
			}
			for _, file := range []string{reports.JSONFile, reports.JUnitFile, reports.SummaryFile, reports.HARFile} {
				text, err := os.ReadFile(filepath.Join(out, file))
				if err != nil || strings.Contains(string(text), secret) {
					t.Errorf("%s: %v, or it holds the secret", file, err)
				}
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Error("the error holds the secret")
			}
			if c.want == "" && (len(whole.Findings) == 0 || !strings.Contains(whole.Findings[0].Text, "held secrets, which are masked")) {
				t.Errorf("findings %v", whole.Findings)
			}
		})
	}
}
