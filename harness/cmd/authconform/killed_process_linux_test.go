package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"authconform/harness/journal"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
)

// TestKilledProcess: of four processes one is killed. The others keep their accounts and
// come to their verdicts, the run ends as incomplete, and the account that the killed one
// had is listed as one of which nobody knows what became of it.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	file, _ := servedOf(t, "kiiexap", runner.ServeOptions{RealTime: true, Latency: 100 * time.Millisecond})
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.CommandContext(t.Context(), binary, "run", "kiiexap", "--target", file, "--out", out, "--procs", "4", "--focus",
		"kiiexap.code.*,kiiexap.signature.*,kiiexap.session.*")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for judged(out) < 10 {
		time.Sleep(10 * time.Millisecond)
	}
	processes := suiteProcesses(t, cmd.Process.Pid)
	if len(processes) != 4 {
		t.Fatalf("the run has the processes %v, want 4", processes)
	}
	if err := syscall.Kill(processes[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	before := judged(out)
	_ = cmd.Wait() // the exit code says how it ended
	list, err := reports.Read(out)
	if err != nil {
		t.Fatal(err)
	}
	report := list[0]
	if code := cmd.ProcessState.ExitCode(); code != verdict.ExitIncomplete || report.ExitCode != code {
		t.Errorf("exit %d, report %d; want %d", code, report.ExitCode, verdict.ExitIncomplete)
	}
	if report.Counts[verdict.PASS] < before || report.Counts[verdict.FAIL]+report.Counts[verdict.ERROR] > 1 {
		t.Errorf("%d clauses were judged when it was killed, and then %v", before, report.Counts)
	}
	const lost = "its process ended before it gave it back"
	if !slices.ContainsFunc(report.Findings, func(f journal.Finding) bool {
		return f.Kind == journal.Accounts &&
			strings.Contains(f.Text, lost)
	}) {
		text, _ := json.Marshal(report.Findings)
		t.Errorf("no finding tells of an account whose process was killed: %s", text)
	}
}

// suiteProcesses are the processes below another one that run specs.
func suiteProcesses(t *testing.T, root int) []int {
	t.Helper()
	var found []int
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", root))
	if err != nil {
		t.Fatal(err)
	}
	for _, thread := range threads { // each has the children that it started
		children, _ := os.ReadFile(thread) // the thread may be gone
		for _, field := range bytes.Fields(children) {
			pid, err := strconv.Atoi(string(field))
			if err != nil {
				t.Fatal(err)
			}
			args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			if name, _, _ := bytes.Cut(args, []byte{0}); bytes.HasSuffix(name, []byte(".test")) {
				found = append(found, pid)
			}
			found = append(found, suiteProcesses(t, pid)...)
		}
	}
	return found
}
