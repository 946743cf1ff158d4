// Package hostile_test puts runs to what misbehaves: servers, inboxes, target files and
// disks. Whatever they do, a run ends within its bounds and without a panic, its outputs
// hold no secret in any spelling, fit together, and are not green.
package hostile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"authconform/harness/plain"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites/onlyoffice"
)

// few clauses that send a password and a hash of one.
const few = "onlyoffice.login.[pw]*"

// stand is a reference with a target file, which cases put something hostile before.
type stand struct {
	url, text string   // of the target file
	secrets   []string // that the reference and its target file know
}

func newStand(t *testing.T) *stand {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "t.yaml")
	served, err := runner.ServeReference(onlyoffice.Suite, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadFile(filepath.Join(dir, "t.secrets.env"))
	if err != nil {
		t.Fatal(err)
	}
	// A few of its many identities will do: each costs time to load.
	const begin = "    - name: "
	parts := strings.Split(string(text), begin)
	last := parts[len(parts)-1]
	end := regexp.MustCompile(`(?m)^[a-z]`).FindAllStringIndex(last, 2)[1][0]
	short := parts[0]
	for i, names := 1, 0; i < len(parts)-1 && names < 8; i++ {
		if strings.Contains(parts[i], "[user]") {
			short += begin + parts[i]
			names++
		}
	}
	text = []byte(short + last[end:])
	s := &stand{url: served.URL, text: strings.ReplaceAll(string(text), "file:t.secrets.env", "file:"+filepath.Join(dir, "t.secrets.env"))}
	for line := range strings.Lines(string(entries)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.Contains(short, "#"+name+"\n") &&
			len(strings.Trim(value, `"`)) >= 12 {
			s.secrets = append(s.secrets, strings.Trim(value, `"`))
		}
	}
	if len(s.secrets) < 8 {
		t.Fatalf("the reference has %d secrets", len(s.secrets))
	}
	return s
}

// target writes a target file whose deployment is at url; change edits its text.
func (s *stand) target(t *testing.T, url string, change func(string) string) string {
	t.Helper()
	text := strings.Replace(s.text, "url: "+s.url+"\n", "url: "+url+"\n", 1)
	for setting, value := range map[string]string{"max-body": "64KiB", "timeout": "400ms", "max-wait": "1s"} {
		text = regexp.MustCompile(`\b`+setting+`: \S+`).ReplaceAllString(text, setting+": "+value)
	}
	if change != nil {
		text = change(text)
	}
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// bounds of one case. The time is generous: the tests of a whole project share the
// machine.
const (
	longestRun  = 90 * time.Second
	mostWritten = 200 << 20
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // as the command does: net/http logs what a target sent unasked
	os.Exit(m.Run())
}

// judged is what a run left.
type judged struct {
	report *reports.Report
	err    error
	out    string
}

// put runs the clauses of focus against a target file and holds the outputs against
// what is asked of every run.
func (s *stand) put(t *testing.T, file, focus string) judged {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longestRun)
	defer cancel()
	out := filepath.Join(t.TempDir(), "out")
	report, err := runner.Run(ctx, onlyoffice.Suite, runner.Options{TargetFile: file, Out: out, Focus: focus, Version: "test", Seed: 1})
	if ctx.Err() != nil {
		t.Errorf("the run took longer than %s", longestRun)
	}
	s.check(t, out, report, err)
	return judged{report, err, out}
}

// notGreen holds that a run has a report that is not green, or was refused as a mistake
// in the target file before it judged anything.
func (j judged) notGreen(t *testing.T) {
	t.Helper()
	var refused *runner.UsageError
	switch {
	case j.report != nil:
		if j.report.ExitCode == verdict.ExitConformant {
			t.Error("the report is green")
		}
	case !errors.As(j.err, &refused):
		t.Errorf("no report, and the error is %v", j.err)
	}
}

// check holds the outputs of a run against what is asked of all.
func (s *stand) check(t *testing.T, out string, report *reports.Report, err error) {
	t.Helper()
	texts := map[string]string{}
	if err != nil {
		texts["error"] = plain.Text(err.Error()) // as the command prints it
	}
	if report != nil {
		var console bytes.Buffer
		if err := reports.Console(&console, report, reports.ConsoleOptions{}); err != nil {
			t.Error(err)
		}
		texts["console"] = console.String()
		agree(t, out, report.ExitCode)
		for _, e := range report.Verdicts {
			if strings.Contains(e.Reason, "it panicked") {
				t.Errorf("%s: %s", e.ID, e.Reason)
			}
		}
	}
	written := int64(0)
	_ = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // a case may have taken it away
		}
		text, _ := os.ReadFile(path)
		texts[d.Name()] = string(text)
		written += int64(len(text))
		return nil
	})
	if written > mostWritten {
		t.Errorf("%d bytes were written", written)
	}
	for name, text := range texts {
		for _, found := range leaks(text, s.secrets) {
			t.Errorf("%s holds a secret: %s", name, found)
		}
		if name == "console" || name == "error" || strings.HasSuffix(name, ".md") {
			actedUpon(t, name, text)
		}
	}
}

// agree holds exit code, report.json, JUnit and summary against each other.
func agree(t *testing.T, out string, code int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, reports.JSONFile))
	if err != nil { // there is none, or a case has put something in its place
		if code == verdict.ExitConformant {
			t.Error("exit 0 without a report")
		}
		return
	}
	var whole struct {
		ExitCode int `json:"exit_code"`
	}
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Errorf("report.json: %v", err)
	}
	if whole.ExitCode != code {
		t.Errorf("exit code %d, report.json says %d", code, whole.ExitCode)
	}
	if junit, err := os.ReadFile(filepath.Join(out, reports.JUnitFile)); err == nil {
		if want := fmt.Sprintf(`name="exit_code" value="%d"`, code); !strings.Contains(string(junit), want) {
			t.Errorf("junit.xml does not say exit code %d", code)
		}
		for dec := xml.NewDecoder(bytes.NewReader(junit)); ; {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("junit.xml: %v", err)
				break
			}
		}
	}
	if summary, err := os.ReadFile(filepath.Join(out, reports.SummaryFile)); err == nil &&
		!strings.Contains(string(summary), fmt.Sprintf("**Exit code %d**", code)) {
		t.Errorf("summary.md does not say exit code %d", code)
	}
	if har, err := os.ReadFile(filepath.Join(out, reports.HARFile)); err == nil && !json.Valid(har) {
		t.Error("calls.har is no JSON")
	}
}

// actedUpon finds what a terminal or a CI system would act upon.
func actedUpon(t *testing.T, name, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		trimmed := strings.TrimSpace(line)
		if strings.HasPrefix(trimmed, "::") || strings.Contains(line, "##[") || strings.Contains(line, "##vso[") {
			t.Errorf("%s has a workflow command: %q", name, line)
		}
		if strings.ContainsAny(line, "\x00\x07\x08\x1b\r\x7f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f") {
			t.Errorf("%s has raw control characters: %q", name, line)
		}
	}
}
