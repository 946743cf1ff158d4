package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/verdict"
)

var t0 = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func sampleCall(id string, at time.Duration) Call {
	return Call{
		ID: id, Actor: "alice", Clause: "x.open", Operation: "open", Method: "POST",
		URL: "http://127.0.0.1/open?a=<b>&c", Path: "/open",
		RequestHeader: http.Header{"Content-Type": {"application/json"}}, RequestBody: `{"password":"‹password›"}`,
		Status: 200, Header: http.Header{"Set-Cookie": {"a=‹session›", "b=‹csrf›"}}, Body: "line one\nline two\u2028",
		Started: t0.Add(at), DurationMS: 1.25,
	}
}

func sampleResult(clause string) Result {
	return Result{
		Clause: clause, State: verdict.Failed, Reason: "status 200", Checks: 2, Calls: []string{"1"}, Started: t0, DurationMS: 3,
		Failures: []Failure{{Title: "t", Expected: []string{"401"}, Actual: []string{"200"}, Pointer: "/a", Says: "s", Source: "doc",
			Curl: "curl x"}},
	}
}

func write(t *testing.T, dir string, process int, records ...any) {
	t.Helper()
	w, err := Create(dir, process)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		switch r := r.(type) {
		case Call:
			err = w.Call(r)
		case Result:
			err = w.Result(r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, dir string) *Reader {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func ids(t *testing.T, r *Reader) string {
	t.Helper()
	var got []string
	if err := r.Calls(func(c Call) error { got = append(got, fmt.Sprintf("%d/%s", c.Process, c.ID)); return nil }); err != nil {
		t.Fatal(err)
	}
	return strings.Join(got, " ")
}

func TestRoundTrip(t *testing.T) {
	dir := t.TempDir()
	call, result := sampleCall("1", 0), sampleResult("x.open")
	write(t, dir, 1, call, result)
	r := open(t, dir)

	call.Process, result.Process = 1, 1
	got, found, err := r.Call(1, "1")
	if err != nil || !found {
		t.Fatalf("found %v, error %v", found, err)
	}
	if diff := cmp.Diff(call, got); diff != "" {
		t.Errorf("call differs (-written +read):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]Result{"x.open": result}, r.Results()); diff != "" {
		t.Errorf("results differ (-written +read):\n%s", diff)
	}
	if _, found, _ := r.Call(2, "1"); found {
		t.Error("found a call of a process that has none")
	}
}

func TestMergesProcessesByStartTime(t *testing.T) {
	dir := t.TempDir()
	// Calls are written when they end, so those of one file are not in order either.
	write(t, dir, 1, sampleCall("a", 5*time.Second), sampleCall("b", 1*time.Second), sampleResult("one"))
	write(t, dir, 2, sampleCall("a", 3*time.Second), sampleResult("two"), sampleCall("b", 7*time.Second))
	write(t, dir, 10, sampleCall("a", 1*time.Second))
	if err := os.WriteFile(filepath.Join(dir, "notes.ndjson"), []byte("no journal"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := open(t, dir)
	if got, want := ids(t, r), "1/b 10/a 2/a 1/a 2/b"; got != want {
		t.Errorf("order %q, want %q", got, want)
	}
	if len(r.Results()) != 2 || r.Results()["two"].Process != 2 || r.Len() != 5 {
		t.Errorf("results %v, %d calls", r.Results(), r.Len())
	}
}

func TestTornLastLineIsTolerated(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 1, sampleCall("1", 0), sampleResult("x.open"), sampleCall("2", time.Second))
	path := filepath.Join(dir, FileName(1))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lastLine := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := lastLine; cut <= len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		r := open(t, dir)
		complete := cut >= len(whole)-1 // all but the newline is a whole record
		wantCalls, wantTorn := 1, 1
		if complete {
			wantCalls, wantTorn = 2, 0
		}
		if cut == lastLine {
			wantTorn = 0
		}
		if r.Len() != wantCalls || len(r.Torn()) != wantTorn || len(r.Results()) != 1 {
			t.Fatalf("cut at %d of %d: %d calls, torn %v, %d results", cut, len(whole), r.Len(), r.Torn(), len(r.Results()))
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	good := `{"call":{"id":"1","method":"GET","url":"u","status":200,"started":"2026-11-22T10:00:00Z","duration_ms":1}}` + "\n"
	result := `{"result":{"clause":"x.open","state":"passed","checks":1,"started":"2026-11-22T10:00:00Z","duration_ms":1,"process":1}}` + "\n"
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"torn line in the middle", map[string]string{"journal-1.ndjson": `{"call":{"id":` + "\n" + good}, "journal-1.ndjson:1: not a record"},
		{"garbage with a newline at the end", map[string]string{"journal-1.ndjson": good + "garbage\n"}, "journal-1.ndjson:2: not a record"},
		{"neither call nor result", map[string]string{"journal-1.ndjson": "{}\n"}, "neither one call nor one result"},
		{"two results in one file", map[string]string{"journal-1.ndjson": result + result}, `clause "x.open" has two results`},
		{"two results in two files", map[string]string{"journal-1.ndjson": result, "journal-2.ndjson": good + result}, "journal-2.ndjson:2"},
		{"a result without a clause", map[string]string{"journal-1.ndjson": strings.Replace(result, "x.open", "", 1)}, "without a clause"},
		{"one call id twice", map[string]string{"journal-1.ndjson": good + good}, `call "1" was recorded before`},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tc.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Open(dir)
			if err == nil {
				r.Close()
				t.Fatal("opened without an error")
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %q lacks %q", err, tc.want)
			}
		})
	}
}

func TestOpenEmptyAndMissingFolder(t *testing.T) {
	r := open(t, t.TempDir())
	if r.Len() != 0 || len(r.Results()) != 0 {
		t.Error("an empty folder gave records")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "absent")); err == nil {
		t.Error("a missing folder must be an error")
	}
}

func TestCreateRefusesAnotherRunsJournal(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 1, sampleCall("1", 0))
	if _, err := Create(dir, 1); err == nil || !strings.Contains(err.Error(), "belongs to another run") {
		t.Errorf("error %v", err)
	}
	if _, err := Create(filepath.Join(dir, "absent"), 1); err == nil {
		t.Error("a missing folder must be an error")
	}
}

func TestConcurrentWritersKeepLinesWhole(t *testing.T) {
	dir := t.TempDir()
	w, err := Create(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				c := sampleCall(fmt.Sprintf("%d-%d", g, i), 0)
				c.Body = strings.Repeat("x", g*5000)
				if err := w.Call(c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if r := open(t, dir); r.Len() != 400 || len(r.Torn()) != 0 {
		t.Errorf("%d calls, torn %v", r.Len(), r.Torn())
	}
}

func TestWriterStopsAfterAFailedWrite(t *testing.T) {
	w, err := Create(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.file.Close(); err != nil {
		t.Fatal(err)
	}
	first := w.Call(sampleCall("1", 0))
	second := w.Result(sampleResult("x"))
	if first == nil || !errors.Is(second, first) {
		t.Errorf("first %v, then %v: want the same error", first, second)
	}
}

// The child writes records until it is killed; what it had written by then
// must be there.
func TestRecordsSurviveSIGKILL(t *testing.T) {
	if dir := os.Getenv("JOURNAL_TEST_DIR"); dir != "" {
		w, err := Create(dir, 1)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; ; i++ {
			if err := w.Call(sampleCall(fmt.Sprint(i), time.Duration(i))); err != nil {
				t.Fatal(err)
			}
			if i == 200 {
				fmt.Println("200 written")
			}
		}
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0], "-test.run=^TestRecordsSurviveSIGKILL$")
	child.Env = append(os.Environ(), "JOURNAL_TEST_DIR="+dir)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(out, make([]byte, len("200 written\n"))); err != nil {
		t.Fatal(err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if r := open(t, dir); r.Len() < 201 {
		t.Errorf("%d calls survived, want at least 201", r.Len())
	}
}

func TestCallsStopsAtTheVisitorsError(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, 1, sampleCall("1", 0), sampleCall("2", 1))
	enough, n := errors.New("enough"), 0
	err := open(t, dir).Calls(func(Call) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("error %v after %d calls", err, n)
	}
}

func TestText(t *testing.T) {
	if text, enc := Text([]byte("grün")); text != "grün" || enc != "" {
		t.Errorf("%q %q", text, enc)
	}
	if text, enc := Text([]byte{0xff, 0x00}); text != "/wA=" || enc != Base64 {
		t.Errorf("%q %q", text, enc)
	}
}

func TestDescribe(t *testing.T) {
	got := Describe(Failure{
		Title: "POST /open should lead to bad-credentials", Request: "POST http://host/open",
		Expected: []string{"status: 401", "header: absent"}, Actual: []string{"status: 200"},
		Says: "wrong passwords are refused", Source: "REST.md, Sessions", Call: "7", Curl: "curl -X POST \\\n  http://host/open",
		Text: "not printed",
	})
	want := `POST /open should lead to bad-credentials
  request   POST http://host/open
  expected  status: 401
            header: absent
  actual    status: 200
  documents “wrong passwords are refused” (REST.md, Sessions)
  call      7
  repeat    curl -X POST \
              http://host/open
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := Describe(Failure{Title: "x", Text: "free text"}); !strings.Contains(got, "free text") {
		t.Errorf("free text is lost: %q", got)
	}
}

func BenchmarkWriteAndMerge(b *testing.B) {
	for b.Loop() {
		dir := b.TempDir()
		for process := 1; process <= 2; process++ {
			w, err := Create(dir, process)
			if err != nil {
				b.Fatal(err)
			}
			for i := range 2500 {
				if err := w.Call(sampleCall(fmt.Sprint(i), time.Duration(i)*time.Millisecond)); err != nil {
					b.Fatal(err)
				}
			}
			w.Close()
		}
		r, err := Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := r.Calls(func(Call) error { return nil }); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}
