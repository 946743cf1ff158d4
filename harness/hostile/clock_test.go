package hostile_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authconform/harness/journal"
	"authconform/harness/runner"
	"authconform/harness/target"
	"authconform/harness/verdict"
	"authconform/suites/onlyoffice"
)

// TestTargetsWhoseClockIsOff: an hour of difference is one finding about the clock. Codes
// follow the target's clock, and no clause is failed for it.
func TestTargetsWhoseClockIsOff(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.yaml")
	served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file})
	if err != nil {
		t.Fatal(err)
	}
	defer served.Close()
	described, err := runner.Contract(onlyoffice.Suite.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	read, err := target.Load(file, target.Options{
		Exchanges: map[string]target.Exchange{"onlyoffice": runner.ExchangeOf(onlyoffice.Suite, described)}, Secret: func(string, string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	for ahead := 3600; ahead > 0; ahead -= 600 {
		answer, err := http.Post(read.Clock.AdvanceURL, "application/json", strings.NewReader(`{"seconds": 600}`))
		if err != nil || answer.StatusCode >= http.StatusBadRequest {
			t.Fatalf("the clock cannot be set: %v, %v", answer, err)
		}
		answer.Body.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), longestRun)
	defer cancel()
	report, err := runner.Run(ctx, onlyoffice.Suite, runner.Options{
		TargetFile: file, Out: filepath.Join(t.TempDir(), "out"), Focus: "onlyoffice.login.*,onlyoffice.code.*,onlyoffice.tfa*",
		Version: "test", Seed: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	clocks := 0
	for _, f := range report.Findings {
		if f.Kind == journal.Clock && strings.Contains(f.Text, time.Hour.String()) {
			clocks++
		}
	}
	if clocks != 1 {
		t.Errorf("findings %v, want one, about the clock", report.Findings)
	}
	for _, e := range report.Verdicts {
		switch e.Verdict {
		case verdict.FAIL, verdict.WARN, verdict.ERROR, verdict.UNTESTABLE:
			t.Errorf("%s: %s (%s)", e.ID, e.Verdict, e.Reason)
		}
	}
	if report.Counts[verdict.PASS] < 50 {
		t.Errorf("%d clauses were judged", report.Counts[verdict.PASS])
	}
}
