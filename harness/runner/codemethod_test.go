package runner_test

import (
	"context"
	"path/filepath"
	"testing"

	"authconform/harness/conform"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites/kiiex"
	"authconform/suites/kiiexap"
)

// TestCodeInTheQuery: a venue that takes GET ?Code=, as public clients send it, keeps every
// promise about codes, and what is promised of bodies does not apply to it; one of its
// faults is red all the same.
func TestCodeInTheQuery(t *testing.T) {
	for _, c := range []struct {
		st     conform.Suite
		fault  string
		exit   int
		judged int // at least
	}{
		{kiiex.Suite, "", verdict.ExitConformant, 20},
		{kiiexap.Suite, "", verdict.ExitConformant, 20},
		{kiiex.Suite, "window-far-too-wide", verdict.ExitNotConformant, 20},
	} {
		t.Run(c.st.Exchange+c.fault, func(t *testing.T) {
			options := runner.ServeOptions{
				Addr: "127.0.0.1:0", TargetOut: filepath.Join(t.TempDir(), "t.yaml"), Set: map[string]string{"code-method": "GET"},
			}
			if c.fault != "" {
				options.Faults = []string{c.fault}
			}
			served, err := runner.ServeReference(c.st, options)
			if err != nil {
				t.Fatal(err)
			}
			defer served.Close()
			name := c.st.Exchange
			report, err := runner.Run(context.Background(), c.st, runner.Options{
				TargetFile: options.TargetOut, Out: filepath.Join(t.TempDir(), "out"),
				Focus: name + ".code.*," + name + ".authenticate2fa.*," + name + ".fail-open.code",
			})
			if err != nil {
				t.Fatal(err)
			}
			if report.ExitCode != c.exit {
				t.Errorf("exit code %d: %s", report.ExitCode, report.Meaning)
			}
			if judged := report.Counts[verdict.PASS]; judged < c.judged {
				t.Errorf("%d clauses pass: %v", judged, report.Counts)
			}
			if without := report.Counts[verdict.NOT_APPLICABLE]; without < 4 {
				t.Errorf("%d clauses about a body or its place do not apply: expected malformed, media-type, method and in-url", without)
			}
		})
	}
}
