package hostile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authconform/harness/journal"
	"authconform/harness/plain"
	"authconform/harness/verdict"
	"authconform/reports"
)

// mostMemory is limits.max-memory where a target file does not say otherwise.
const mostMemory = 256 << 20

// many is a JSON object with a member for each number.
func many(n int, member func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(member(i) + ",")
	}
	return "{" + b.String() + `"z":1}`
}

// TestBoundsOfARun: what a run writes and the memory that it takes stay below the bounds
// of the target file, whatever the target sends, and nobody takes such a run for a whole
// one.
func TestBoundsOfARun(t *testing.T) {
	binary, s := command(t), newStand(t)
	var calls atomic.Int64
	for _, c := range []struct {
		name, limits string // limits are lines of the target file
		answer       func() string
		finding      string // what the report says of the bound; "" where none is reached
	}{
		{"long headers", "max-evidence: 16MiB", func() string {
			return body("X-A: "+strings.Repeat("a", 250<<10)+"\r\n", "{}")
		}, "limits.max-evidence"},
		{"many headers", "max-evidence: 16MiB", func() string { return body(strings.Repeat("X-A: b\r\n", 30_000), "{}") }, ""},
		{"long bodies", "max-evidence: 16MiB", func() string { return body("", strings.Repeat("\x1b", 1<<20)) }, "limits.max-evidence"},
		{"many long names", "", func() string {
			return body("", many(45_000, func(i int) string { return fmt.Sprintf(`"%020d":1`, i) }))
		}, ""},
		{"tokens of which no two are alike", "max-memory: 40MiB", func() string {
			call := calls.Add(1)
			return body("", many(300, func(i int) string {
				return fmt.Sprintf(`"%d-token":"t0ken%08d%s%08d"`, i, call, strings.Repeat("x", 200), i)
			}))
		}, "limits.max-memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := raw(t, func(conn net.Conn) { io.WriteString(conn, c.answer()) })
			file := s.target(t, address, func(text string) string {
				text = strings.ReplaceAll(text, "max-body: 64KiB", "max-body: 1MiB")
				text = strings.ReplaceAll(text, "timeout: 400ms", "timeout: 5s")
				return strings.Replace(text, "    max-wait: 1s", "    max-wait: 1s\n    "+c.limits, 1)
			})
			focus := few
			if c.finding != "" { // it takes more than a few answers
				focus = "onlyoffice.login.*"
			}
			report, memory, written := s.bounded(t, binary, file, focus)
			if report.ExitCode == verdict.ExitConformant {
				t.Error("the report is green")
			}
			if memory == 0 || memory > mostMemory {
				t.Errorf("it took %d MiB of memory", memory>>20)
			}
			if most := int64(16 << 20); c.finding == "limits.max-evidence" && written > most {
				t.Errorf("it wrote %d MiB", written>>20)
			}
			if c.finding != "" && !found(report, journal.Evidence, c.finding) {
				t.Errorf("no finding names %s: %v", c.finding, report.Findings)
			}
		})
	}
	t.Run("calls", func(t *testing.T) {
		file := s.target(t, s.url, func(text string) string {
			return strings.Replace(text, "    max-wait: 1s", "    max-wait: 1s\n    max-calls: 100", 1)
		})
		report, _, _ := s.bounded(t, binary, file, "onlyoffice.*")
		left := 0
		for _, e := range report.Verdicts {
			if e.Verdict == verdict.NOT_RUN && strings.Contains(e.Reason, "limits.max-calls (100)") {
				left++
			}
		}
		if left == 0 || report.ExitCode == verdict.ExitConformant {
			t.Errorf("exit code %d, %d clauses did not fit", report.ExitCode, left)
		}
	})
}

func found(report *reports.Report, kind, text string) bool {
	for _, f := range report.Findings {
		if f.Kind == kind && strings.Contains(f.Text, text) {
			return true
		}
	}
	return false
}

// bounded runs the command in a process of its own, and says what it took at most.
func (s *stand) bounded(t *testing.T, binary, file, focus string) (report *reports.Report, memory, written int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestRun)
	defer cancel()
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.CommandContext(ctx, binary,
		"run", "onlyoffice", "--target", file, "--focus", focus, "--procs", "1", "--out", out, "--evidence", "all")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	highest := make(chan int64, 1)
	go func() { highest <- peak(ctx, cmd.Process.Pid) }()
	_ = cmd.Wait() // the exit code says how it ended
	cancel()
	memory = <-highest
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		t.Fatalf("it took longer than %s", longestRun)
	}
	text, err := os.ReadFile(filepath.Join(out, reports.JSONFile))
	if err != nil {
		t.Fatalf("%v\n%s", err, &said)
	}
	report = &reports.Report{}
	if err := json.Unmarshal(text, report); err != nil {
		t.Fatal(err)
	}
	agree(t, out, report.ExitCode)
	actedUpon(t, "standard output and error", said.String())
	if code := cmd.ProcessState.ExitCode(); code != report.ExitCode {
		t.Errorf("exit code %d, report.json says %d\n%s", code, report.ExitCode, plain.Text(said.String()))
	}
	_ = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if info, err := d.Info(); err == nil {
			written += info.Size()
		}
		return nil
	})
	return report, memory, written
}

// peak is the most memory that a process ever had, as Linux counts it. The usage that
// waiting for a process gives begins with that of the process which started it.
func peak(ctx context.Context, pid int) (most int64) {
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		var kib int64
		if _, err := fmt.Sscan(after, &kib); err == nil {
			most = max(most, kib<<10)
		}
		select {
		case <-ctx.Done():
			return most
		case <-ticker.C:
		}
	}
}
