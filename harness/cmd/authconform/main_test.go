package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authconform/harness/runner"
	"authconform/reports"
)

// binary is the command under test, built once: exit codes, child processes and
// signals are only real in a process of its own.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "authconform-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "authconform")
	build := exec.Command("go", "build", "-o", binary, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s\n%v\n", out, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// result is what a command line did.
type result struct {
	code           int
	stdout, stderr string
}

func (r result) String() string {
	return fmt.Sprintf("exit %d\n--- stdout\n%s\n--- stderr\n%s", r.code, r.stdout, r.stderr)
}

// run executes the command with extra environment variables.
func run(t *testing.T, env []string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// served starts the ONLYOFFICE reference in this process and returns the path of
// its target file.
func served(t *testing.T, o runner.ServeOptions) (targetFile string, s *runner.Served) {
	t.Helper()
	return servedOf(t, "onlyoffice", o)
}

// servedOf is served for any exchange.
func servedOf(t *testing.T, exchange string, o runner.ServeOptions) (targetFile string, s *runner.Served) {
	t.Helper()
	o.Addr, o.TargetOut = "127.0.0.1:0", filepath.Join(t.TempDir(), "t.yaml")
	st, err := findSuite(exchange)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = runner.ServeReference(st, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return o.TargetOut, s
}

// edit changes a target file.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), old, new, 1)
	if changed == string(text) {
		t.Fatalf("%q is not in the target file", old)
	}
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, dir string) *reports.Report {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, reports.JSONFile))
	if err != nil {
		t.Fatal(err)
	}
	var r reports.Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}
