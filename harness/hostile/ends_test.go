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
	"sync"
	"syscall"
	"testing"
	"time"

	"authconform/harness/verdict"
	"authconform/reports"
)

var (
	kills = flag.Int("kills", 67, "how often to end a run with each number of processes and each of three signals")
	chaos = flag.Uint64("seed", 0, "of the moments at which runs are ended; 0 draws one")
)

// command builds authconform.
func command(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "authconform")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary,
		"authconform/harness/cmd/authconform").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// TestRunsThatAreEnded: at whatever moment a run is told to end or killed, its exit code
// and its files agree, and no report is green of which a part is missing. The runs are
// short, so that a moment hits their beginning and their end as often as their middle,
// and four are ended side by side.
func TestRunsThatAreEnded(t *testing.T) {
	binary, seed := command(t), *chaos
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()) % 1_000_000
	}
	t.Logf("to see it again: go test ./harness/hostile -run %s -args -seed %d", t.Name(), seed)
	random := rand.New(rand.NewPCG(seed, 14))
	arguments := func(out, procs string) []string {
		return []string{"run", "coinrabbit", "--focus", "coinrabbit.login.*", "--procs", procs, "--out", out}
	}
	const side = 4
	places := make(chan struct{}, side)
	for _, procs := range []string{"1", "4"} { // in this process, and in others
		begun := time.Now()
		if out, err := exec.CommandContext(t.Context(), binary, arguments(filepath.Join(t.TempDir(), "out"),
			procs)...).CombinedOutput(); err != nil {
			t.Fatalf("a run that nobody ends: %v\n%s", err, out)
		}
		whole := time.Since(begun)
		for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT} {
			var group sync.WaitGroup
			for range *kills {
				after := time.Duration(random.Float64() * 1.5 * float64(whole)) // beside others it takes longer
				out := filepath.Join(t.TempDir(), "out")
				places <- struct{}{}
				group.Go(func() {
					defer func() { <-places }()
					cmd := exec.CommandContext(t.Context(), binary, arguments(out, procs)...)
					if err := cmd.Start(); err != nil {
						t.Error(err)
						return
					}
					timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(signal) })
					_ = cmd.Wait() // the exit code says how it ended
					timer.Stop()
					consistent(t, out, cmd.ProcessState.ExitCode(), fmt.Sprintf("%s after %s, --procs %s", signal, after, procs))
				})
			}
			group.Wait()
		}
	}
}

// consistent holds an exit code, -1 where the process was killed, against what a run left.
func consistent(t *testing.T, out string, code int, what string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, reports.JSONFile))
	if errors.Is(err, os.ErrNotExist) {
		if code == verdict.ExitConformant {
			t.Errorf("%s: exit 0 without a report", what)
		}
		return
	}
	var report reports.Report
	if err := errors.Join(err, json.Unmarshal(text, &report)); err != nil {
		t.Errorf("%s: report.json: %v", what, err)
		return
	}
	if code >= 0 && code != report.ExitCode {
		t.Errorf("%s: exit code %d, report.json says %d", what, code, report.ExitCode)
	}
	agree(t, out, report.ExitCode)
	if report.ExitCode != verdict.ExitConformant {
		return
	}
	if _, err := os.Stat(filepath.Join(out, reports.HARFile)); err != nil || report.Counts[verdict.NOT_RUN] > 0 || report.Interrupted {
		t.Errorf("%s: a green report of a run that is not whole: %v, %v", what, report.Counts, err)
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
				consistent(t, out, code, "a small disk")
			}
		})
	}
}
