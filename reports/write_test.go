package reports

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/secret"
	"authconform/harness/verdict"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWriteWritesAllFilesAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, build(t, sampleRun()), journalWith(t, 2, nil), true); err != nil {
		t.Fatal(err)
	}
	if got, want := names(t, dir), []string{HARFile, JUnitFile, JSONFile, SummaryFile}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
}

func TestWriteKeepsTheOldFileWhenTheNewOneFails(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "x.json"), "old")
	boom := errors.New("boom")
	err := writeFile(dir, "x.json", func(w io.Writer) error {
		io.WriteString(w, "half")
		return boom
	})
	if !errors.Is(err, boom) || !strings.Contains(err.Error(), filepath.Join(dir, "x.json")) {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "x.json")); string(got) != "old" || len(names(t, dir)) != 1 {
		t.Errorf("holds %q, files %v", got, names(t, dir))
	}
}

func TestWriteGoesOnAfterOneFileFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, JUnitFile, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := Write(dir, build(t, sampleRun()), journalWith(t, 1, nil), true)
	if err == nil || !strings.Contains(err.Error(), JUnitFile) {
		t.Errorf("error %v", err)
	}
	for _, name := range []string{JSONFile, SummaryFile, HARFile} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestWriteIntoNoFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "absent")
	err := Write(dir, build(t, sampleRun()), journalWith(t, 0, nil), true)
	for _, name := range []string{JSONFile, JUnitFile, SummaryFile, HARFile} {
		if err == nil || !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("the error does not name %s: %v", name, err)
		}
	}
}

func TestCheckFolder(t *testing.T) {
	base := t.TempDir()
	file := put(t, filepath.Join(base, "file"), "")
	used := filepath.Join(base, "used")
	journaled := filepath.Join(base, "journaled")
	for _, dir := range []string{used, journaled} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	put(t, filepath.Join(used, JSONFile), "{}")
	put(t, filepath.Join(journaled, journal.FileName(3)), "")
	tests := []struct{ name, dir, want string }{
		{"a new folder", filepath.Join(base, "a", "b"), ""},
		{"an empty folder", t.TempDir(), ""},
		{"a file", file, "--out"},
		{"below a file", filepath.Join(file, "x"), "cannot create the report folder"},
		{"not writable", "/proc/self", "cannot write"},
		{"an earlier run's report", used, JSONFile + " of an earlier run"},
		{"an earlier run's journal", journaled, "journal-3.ndjson of an earlier run"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			err := CheckFolder(tc.dir)
			if tc.want == "" {
				if err != nil || len(names(t, tc.dir)) != 0 {
					t.Errorf("error %v, files %v", err, names(t, tc.dir))
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), tc.dir) {
				t.Errorf("error %v, want %q and the folder", err, tc.want)
			}
		})
	}
}

const canary = `S3cr&t"canary/42`

func vault() *secret.Vault {
	v := secret.New()
	v.Register("password", canary)
	return v
}

func TestGatePassesCleanOutputs(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, build(t, sampleRun()), journalWith(t, 3, nil), true); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	if err := Gate(dir, vault()); err != nil {
		t.Error(err)
	}
	if !slices.Equal(before, names(t, dir)) {
		t.Error("a clean file was deleted")
	}
}

// A secret that slipped past redaction is caught in every output, however its
// format escapes it.
func TestGateCatchesTheCanaryInEveryOutput(t *testing.T) {
	leaky := wrongStatus()
	leaky.Actual = []string{"body: " + canary}
	run := sampleRun()
	run.Results["open.wrong"] = result("open.wrong", verdict.Failed, leaky)
	calls := journalWith(t, 1, func(_ int, c *journal.Call) { c.Body = fmt.Sprintf(`{"echo":%q}`, canary) })

	dir := t.TempDir()
	if err := Write(dir, build(t, run), calls, true); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "clean.txt"), "nothing here")
	err := Gate(dir, vault())
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{JSONFile, JUnitFile, SummaryFile, HARFile} {
		if !strings.Contains(err.Error(), filepath.Join(dir, name)) {
			t.Errorf("the error does not name %s", name)
		}
	}
	if got := names(t, dir); !slices.Equal(got, []string{"clean.txt"}) {
		t.Errorf("left over: %v", got)
	}
	if !strings.Contains(err.Error(), "‹password› at byte ") || strings.Contains(err.Error(), "canary") {
		t.Errorf("error %v", err)
	}
}

func TestGateNamedFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a"), canary)
	put(t, filepath.Join(dir, "b"), canary)
	if err := Gate(dir, vault(), "a"); err == nil {
		t.Error("no error for a")
	}
	if got := names(t, dir); !slices.Equal(got, []string{"b"}) {
		t.Errorf("left over: %v", got)
	}
	if err := Gate(dir, vault(), "absent"); err == nil || !strings.Contains(err.Error(), "cannot scan") {
		t.Errorf("a file that cannot be scanned gave %v", err)
	}
	if err := Gate(filepath.Join(dir, "absent"), vault()); err == nil {
		t.Error("a missing folder must be an error")
	}
}

// plainScanner finds one word anywhere.
type plainScanner string

func (p plainScanner) Scan(name string, data []byte) []secret.Leak {
	var out []secret.Leak
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte(p))
		if i < 0 {
			return out
		}
		out = append(out, secret.Leak{Where: name, Label: "word", Offset: at + i})
		at += i + 1
	}
}

// Wherever it stands, a secret of one or of two lines is found at its offset.
func TestScanFileFindsAcrossChunks(t *testing.T) {
	filler := strings.Repeat("0123456\n", 40)
	for _, word := range []string{"SECRET", "SEC\nRET"} {
		for at := 0; at <= len(filler); at++ {
			path := put(t, filepath.Join(t.TempDir(), "f"), filler[:at]+word+filler[at:])
			leaks, err := scanFile(path, plainScanner(word), 64, 32)
			if err != nil {
				t.Fatal(err)
			}
			if len(leaks) == 0 || slices.ContainsFunc(leaks, func(l secret.Leak) bool { return l.Offset != at }) {
				t.Fatalf("%q at %d: %v", word, at, leaks)
			}
		}
	}
}

func TestScanFileWithoutNewlines(t *testing.T) {
	path := put(t, filepath.Join(t.TempDir(), "f"), strings.Repeat("x", 200_000)+"SECRET")
	leaks, err := scanFile(path, plainScanner("SECRET"), 64, 32)
	if err != nil || len(leaks) != 1 || leaks[0].Offset != 200_000 {
		t.Errorf("%v, %v", leaks, err)
	}
}

func bigRun(clauses int) Run {
	run := Run{Tool: Tool{"authconform", "1"}, Exchange: "barong", Started: t0, Finished: t0.Add(time.Minute), Results: map[string]journal.Result{}}
	for i := range clauses {
		id := fmt.Sprintf("barong.clause-%d", i)
		run.Clauses = append(run.Clauses, info(id, clause.MUST, fmt.Sprintf("operation%d", i%58), fmt.Sprintf("outcome-%d", i%9)))
		run.Results[id] = result(id, verdict.Passed)
		if i%10 == 0 {
			run.Results[id] = result(id, verdict.Failed, wrongStatus())
		}
	}
	return run
}

// 1,000 clauses, one in ten failing, and 5,000 calls.
func BenchmarkWrite(b *testing.B) {
	run := bigRun(1000)
	calls := journalWith(b, 5000, nil)
	dir := b.TempDir()
	b.ReportAllocs()
	for b.Loop() {
		r, err := Build(run)
		if err != nil {
			b.Fatal(err)
		}
		if err := Write(dir, r, calls, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkConsole(b *testing.B) {
	r := build(b, bigRun(1000))
	b.ReportAllocs()
	for b.Loop() {
		if err := Console(io.Discard, r, ConsoleOptions{Color: true}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGate(b *testing.B) {
	dir := b.TempDir()
	if err := Write(dir, build(b, bigRun(1000)), journalWith(b, 5000, nil), true); err != nil {
		b.Fatal(err)
	}
	v := vault()
	for b.Loop() {
		if err := Gate(dir, v); err != nil {
			b.Fatal(err)
		}
	}
}
