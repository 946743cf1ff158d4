package reports

import (
	"bytes"
	"encoding/json"
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

// write writes all outputs of a run, as a runner does.
func write(dir string, r *Report, calls *journal.Reader) error {
	return errors.Join(WriteHAR(dir, r, calls, Extent{Every: true}), WriteVerdicts(dir, r, secret.New(), renamed))
}

func renamed(_ int, rename func() error) error { return rename() }

func TestWriteWritesAllFilesAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir, build(t, sampleRun()), journalWith(t, 2, nil)); err != nil {
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

// TestVerdictsStayWhenTheNewOnesCannotBeWritten: exit code, report.json, JUnit and
// summary agree, whatever becomes of a run.
func TestVerdictsStayWhenTheNewOnesCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	begun := build(t, sampleRun())
	begun.Interrupt()
	if err := WriteVerdicts(dir, begun, vault(), renamed); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(filepath.Join(dir, JSONFile))
	if err := os.MkdirAll(filepath.Join(dir, temporary(SummaryFile), "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := WriteVerdicts(dir, build(t, sampleRun()), vault(), renamed); err == nil || !strings.Contains(err.Error(), SummaryFile) {
		t.Errorf("error %v", err)
	}
	after, _ := os.ReadFile(filepath.Join(dir, JSONFile))
	if !bytes.Equal(before, after) {
		t.Error("report.json has changed although the summary could not be written")
	}
}

func TestClaimIsForOneRun(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	release, err := Claim(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Claim(dir); err == nil || !strings.Contains(err.Error(), "another run writes") {
		t.Errorf("a second run gets the folder: %v", err)
	}
	release()
	release, err = Claim(dir)
	if err != nil {
		t.Fatalf("the folder stays locked: %v", err)
	}
	release()
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
	if err := write(dir, build(t, sampleRun()), journalWith(t, 3, nil)); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	if findings, err := Gate(dir, vault()); err != nil || len(findings) > 0 {
		t.Error(findings, err)
	}
	if !slices.Equal(before, names(t, dir)) {
		t.Error("a clean file was deleted")
	}
}

// TestGateMasksTheCanaryInEveryOutput: a secret that slipped past redaction is found in
// every output, however its format escapes it, and masked; the outputs stay what they are.
func TestGateMasksTheCanaryInEveryOutput(t *testing.T) {
	leaky := wrongStatus()
	leaky.Actual = []string{"body: " + canary}
	run := sampleRun()
	run.Results["open.wrong"] = result("open.wrong", verdict.Failed, leaky)
	calls := journalWith(t, 1, func(_ int, c *journal.Call) { c.Body = fmt.Sprintf(`{"echo":%q}`, canary) })

	dir := t.TempDir()
	if err := write(dir, build(t, run), calls); err != nil {
		t.Fatal(err)
	}
	before := names(t, dir)
	findings, err := Gate(dir, vault())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{JSONFile, JUnitFile, SummaryFile, HARFile} {
		if !slices.ContainsFunc(findings, func(f journal.Finding) bool {
			return f.Open() && strings.HasPrefix(f.Text, name+" held secrets") && strings.Contains(f.Text, "‹password› at byte ")
		}) {
			t.Errorf("no finding names %s: %v", name, findings)
		}
	}
	if !slices.Equal(before, names(t, dir)) || strings.Contains(fmt.Sprint(findings), "canary") {
		t.Errorf("files %v, findings %v", names(t, dir), findings)
	}
	if again, err := Gate(dir, vault()); err != nil || len(again) > 0 {
		t.Error("not masked", again, err)
	}
	var report Report
	text, _ := os.ReadFile(filepath.Join(dir, JSONFile))
	if err := json.Unmarshal(text, &report); err != nil || !strings.Contains(string(text), "‹password›") {
		t.Errorf("report.json is spoilt: %v", err)
	}
}

// TestVerdictsThatHeldASecretAreNotGreen: what is found while the verdicts are written
// stands in them.
func TestVerdictsThatHeldASecretAreNotGreen(t *testing.T) {
	run := greenRun(t, canary)
	dir := t.TempDir()
	if err := WriteVerdicts(dir, run, vault(), renamed); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(filepath.Join(dir, JSONFile))
	if run.ExitCode != verdict.ExitIncomplete || len(run.Findings) == 0 || strings.Contains(string(text), "canary") ||
		!strings.Contains(string(text), `"exit_code":3`) {
		t.Errorf("exit %d, findings %v\n%s", run.ExitCode, run.Findings, text)
	}
}

// greenRun is a conformant report with a word in it.
func greenRun(t *testing.T, word string) *Report {
	t.Helper()
	r := reportOf(t, clause.MUST, false, &journal.Result{Clause: "x", State: verdict.Passed, Checks: 1, Reason: word})
	if r.ExitCode != verdict.ExitConformant {
		t.Fatalf("exit %d", r.ExitCode)
	}
	return r
}

// TestGateMasksJournalLinesThatWouldBreak: a secret that reaches across members leaves
// a record without the target's words.
func TestGateMasksJournalLinesThatWouldBreak(t *testing.T) {
	dir := t.TempDir()
	name := journal.FileName(1)
	w, err := journal.Create(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	long := secret.New()
	long.Register("password", "Tr0ub4dorAndHorses")
	if err := errors.Join(
		w.Call(journal.Call{ID: "1-1", Method: "GET", Body: `{"a":"Tr0ub4dor","-":{"":"AndHorses"}}`}),
		w.Call(journal.Call{ID: "1-2", Header: map[string][]string{"Tr0ub4dor": {"-"}, "-": {"AndHorses"}}}),
		w.Close(),
	); err != nil {
		t.Fatal(err)
	}
	findings, err := Gate(dir, long, name)
	if err != nil || len(findings) != 1 {
		t.Fatalf("findings %v, error %v", findings, err)
	}
	calls, err := journal.Open(dir)
	if err != nil || calls.Len() != 2 {
		t.Fatalf("%d calls, error %v", calls.Len(), err)
	}
	calls.Close()
}

func TestGateDeletesWhatItCannotMask(t *testing.T) {
	dir := t.TempDir()
	long := secret.New()
	long.Register("password", "Tr0ub4dorAndHorses")
	put(t, filepath.Join(dir, "a.json"), `{"Tr0ub4dor":{"-":"AndHorses"}}`)
	put(t, filepath.Join(dir, "b"), "Tr0ub4dorAndHorses")
	if _, err := Gate(dir, long, "a.json"); err == nil || !strings.Contains(err.Error(), "it was deleted") {
		t.Errorf("error %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"b"}) {
		t.Errorf("left over: %v", got)
	}
	if _, err := Gate(dir, vault(), "absent"); err == nil || !strings.Contains(err.Error(), "cannot scan") {
		t.Errorf("a file that cannot be scanned gave %v", err)
	}
	if _, err := Gate(filepath.Join(dir, "absent"), vault()); err == nil {
		t.Error("a missing folder must be an error")
	}
}

// plainScanner finds one word anywhere.
type plainScanner string

func (p plainScanner) Redact(text string) string { return text }

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
	run := Run{Tool: Tool{"authconform", "1"}, Exchange: "barong", Started: t0, Finished: t0.Add(time.Minute),
		Results: map[string]journal.Result{}}
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
		if err := write(dir, r, calls); err != nil {
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
	if err := write(dir, build(b, bigRun(1000)), journalWith(b, 5000, nil)); err != nil {
		b.Fatal(err)
	}
	v := vault()
	for b.Loop() {
		if _, err := Gate(dir, v); err != nil {
			b.Fatal(err)
		}
	}
}
