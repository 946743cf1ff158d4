package hostile_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"authconform/harness/verdict"
	"authconform/reports"
)

var kills = flag.Int("kills", 6, "how often to end a run with each number of processes and each signal")

// command builds authconform.
func command(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "authconform")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "authconform/harness/cmd/authconform").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// TestRunsThatAreEnded: at whatever moment a run is told to end or killed, its exit code
// and its files agree, and no report is green of which a part is missing.
func TestRunsThatAreEnded(t *testing.T) {
	binary := command(t)
	random := rand.New(rand.NewPCG(14, 14))
	arguments := func(out, procs string) []string {
		return []string{"run", "coinrabbit", "--focus", "coinrabbit.l*", "--procs", procs, "--out", out}
	}
	for _, procs := range []string{"1", "2", "4"} {
		begun := time.Now()
		if out, err := exec.CommandContext(t.Context(), binary, arguments(filepath.Join(t.TempDir(), "out"), procs)...).CombinedOutput(); err != nil {
			t.Fatalf("a run that nobody ends: %v\n%s", err, out)
		}
		whole := time.Since(begun)
		for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
			t.Run(fmt.Sprintf("%s, --procs %s", signal, procs), func(t *testing.T) {
				for range *kills {
					after := time.Duration(random.Float64() * 1.1 * float64(whole))
					out := filepath.Join(t.TempDir(), "out")
					cmd := exec.CommandContext(t.Context(), binary, arguments(out, procs)...)
					if err := cmd.Start(); err != nil {
						t.Fatal(err)
					}
					timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) })
					_ = cmd.Wait() // the exit code says how it ended
					timer.Stop()
					consistent(t, out, cmd.ProcessState.ExitCode(), after)
				}
			})
		}
	}
}

// consistent holds an exit code, -1 where the process was killed, against what a run left.
func consistent(t *testing.T, out string, code int, after time.Duration) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, reports.JSONFile))
	if errors.Is(err, os.ErrNotExist) {
		if code == verdict.ExitConformant {
			t.Errorf("after %s: exit 0 without a report", after)
		}
		return
	}
	var report reports.Report
	if err := errors.Join(err, json.Unmarshal(text, &report)); err != nil {
		t.Fatalf("after %s: report.json: %v", after, err)
	}
	if code >= 0 && code != report.ExitCode {
		t.Errorf("after %s: exit code %d, report.json says %d", after, code, report.ExitCode)
	}
	agree(t, out, report.ExitCode)
	if report.ExitCode != verdict.ExitConformant {
		return
	}
	if _, err := os.Stat(filepath.Join(out, reports.HARFile)); err != nil || report.Counts[verdict.NOT_RUN] > 0 || report.Interrupted {
		t.Errorf("after %s: a green report of a run that is not whole: %v, %v", after, report.Counts, err)
	}
}

// TestFilesThatMayNotGrow: where the disk takes no more, the command says so and is not
// green, and does not crash.
func TestFilesThatMayNotGrow(t *testing.T) {
	binary := command(t)
	for _, blocks := range []int{0, 1, 2, 8, 32, 64, 96, 128} {
		t.Run(fmt.Sprintf("%d KiB", blocks), func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), longestRun)
			defer cancel()
			out := filepath.Join(t.TempDir(), "out")
			cmd := exec.CommandContext(ctx, "bash", "-c", `ulimit -f "$1"; shift; exec "$@"`, "bash", fmt.Sprint(blocks),
				binary, "run", "coinrabbit", "--focus", "coinrabbit.[l-r]*", "--out", out)
			var said strings.Builder
			cmd.Stdout, cmd.Stderr = &said, &said
			_ = cmd.Run() // the exit code says how it ended
			code := cmd.ProcessState.ExitCode()
			if code != verdict.ExitIncomplete && code != verdict.ExitUsage {
				t.Errorf("exit code %d\n%s", code, said.String())
			}
			if strings.Contains(said.String(), "goroutine ") {
				t.Errorf("it crashed:\n%s", said.String())
			}
			if _, err := os.Stat(filepath.Join(out, reports.JSONFile)); err == nil {
				consistent(t, out, code, 0)
			}
		})
	}
}
