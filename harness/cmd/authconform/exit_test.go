package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// quick is a focus that keeps these runs short.
const quick = "onlyoffice.login.*"

func TestUsageErrorsExit2(t *testing.T) {
	good, _ := served(t, runner.ServeOptions{})
	written := func(old, new string) string {
		file := filepath.Join(filepath.Dir(good), strings.ReplaceAll(t.Name(), "/", "-")+"-"+strings.Map(letters, new)+".yaml")
		text, err := os.ReadFile(good)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		edit(t, file, old, new)
		return file
	}
	for name, c := range map[string]struct {
		args []string
		want []string // in the message: the fault and the remedy
	}{
		"unknown exchange": {[]string{"run", "kraken"}, []string{`unknown exchange "kraken"`, "onlyoffice"}},
		"unknown profile":  {[]string{"run", "onlyoffice", "--profile", "9.9"}, []string{`unknown profile "9.9"`, "documented, 3.7"}},
		"no such fault": {
			[]string{"prove", "kiiexap", "--profile", "alphapoint", "--faults", "nosuch", "--out", filepath.Join(t.TempDir(), "proof")},
			[]string{"nosuch", "fits no fault"},
		},
		"target missing": {[]string{"run", "onlyoffice", "--target", "absent.yaml"},
			[]string{"absent.yaml", "cannot be read", "check the path"}},
		"target malformed": {[]string{"run", "onlyoffice", "--target", written("version: 1", "version: [1")}, []string{"YAML"}},
		"unknown field": {[]string{"run", "onlyoffice", "--target", written("version: 1", "version: 1\ncolour: red")},
			[]string{"colour", ":2"}},
		"unset variable": {[]string{"run", "onlyoffice", "--target",
			written("profile: documented", `profile: "${NOT_SET_ANYWHERE}"`)}, []string{"NOT_SET_ANYWHERE"}},
		"focus matches nothing": {[]string{"run", "onlyoffice", "--focus", "onlyoffice.nothing.*"},
			[]string{"matches none", "authconform list onlyoffice"}},
		"focus is no glob":  {[]string{"run", "onlyoffice", "--focus", "["}, []string{"no glob", "--focus"}},
		"unwritable folder": {[]string{"run", "onlyoffice", "--out", "/dev/null/reports"}, []string{"/dev/null"}},
		"host not allowed": {[]string{"run", "onlyoffice", "--target",
			written("url: http://127.0.0.1", "url: http://portal.example.com")}, []string{"portal.example.com", "allow.hosts"}},
		"target without exchange":  {[]string{"run", "--target", good, "--procs", "0"}, []string{"--procs"}},
		"unknown flag":             {[]string{"run", "--colour"}, []string{"--colour"}},
		"unknown command":          {[]string{"praise"}, []string{"praise"}},
		"serve unknown fault":      {[]string{"serve", "onlyoffice", "--fault", "no-such"}, []string{"no-such"}},
		"serve unusable address":   {[]string{"serve", "onlyoffice", "--addr", "127.0.0.1:99999"}, []string{"99999", "HOST:PORT"}},
		"list of unknown exchange": {[]string{"list", "kraken"}, []string{"kraken"}},
		"list in unknown format":   {[]string{"list", "onlyoffice", "--format", "xml"}, []string{"xml", "json"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := run(t, nil, c.args...)
			if got.code != verdict.ExitUsage {
				t.Fatalf("want exit 2\n%s", got)
			}
			for _, want := range c.want {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("the message lacks %q\n%s", want, got)
				}
			}
			if strings.Contains(got.stderr, "panic") || strings.Contains(got.stderr, "goroutine") {
				t.Errorf("a panic reached the user\n%s", got)
			}
		})
	}
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r
	}
	return -1
}

func TestConformantServerExits0(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{})
	out := filepath.Join(t.TempDir(), "out")
	got := run(t, nil, "run", "onlyoffice", "--target", file, "--out", out)
	if got.code != verdict.ExitConformant {
		t.Fatalf("want exit 0\n%s", got)
	}
	for _, name := range []string{"report.json", "junit.xml", "summary.md", "calls.har"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r := report(t, out); r.Counts[verdict.PASS] != len(r.Verdicts) {
		t.Errorf("the reference passes only %d of %d clauses", r.Counts[verdict.PASS], len(r.Verdicts))
	}
}

// TestRelativePaths: child processes run in folders of their own, so paths that
// are relative to the caller's must not reach them as they are.
func TestRelativePaths(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{})
	dir := filepath.Dir(file)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "run", "onlyoffice", "--target", filepath.Base(file), "--out", "out", "--procs", "2",
		"--focus", quick)
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if r := report(t, filepath.Join(dir, "out")); r.Counts[verdict.PASS] == 0 {
		t.Errorf("nothing passed: %v", r.Counts)
	}
}

func TestBrokenPromiseExits1(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{Faults: []string{"unknown-user-told-by-status"}})
	out := filepath.Join(t.TempDir(), "out")
	got := run(t, nil, "run", "onlyoffice", "--target", file, "--out", out, "--focus", quick)
	if got.code != verdict.ExitNotConformant {
		t.Fatalf("want exit 1\n%s", got)
	}
	for _, want := range []string{"onlyoffice.login.unknown-user", "expected", "curl"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the failure does not show %q\n%s", want, got)
		}
	}
}

func TestNothingListensExits3(t *testing.T) {
	file, server := served(t, runner.ServeOptions{})
	server.Close()
	out := filepath.Join(t.TempDir(), "out")
	got := run(t, nil, "run", "onlyoffice", "--target", file, "--out", out)
	if got.code != verdict.ExitIncomplete || !strings.Contains(got.stdout, "nothing answers at "+server.URL) {
		t.Fatalf("want exit 3 and the reason\n%s", got)
	}
	if r := report(t, out); r.Counts[verdict.NOT_RUN] != len(r.Verdicts) {
		t.Errorf("want every clause NOT_RUN, got %v", r.Counts)
	}
}

// TestWrongPasswordExits2: passwords that no account has are the target file's fault, not
// the target's, and are said before the first clause.
func TestWrongPasswordExits2(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{})
	secrets := strings.TrimSuffix(file, ".yaml") + ".secrets.env"
	text, err := os.ReadFile(secrets)
	if err != nil {
		t.Fatal(err)
	}
	var wrong []string
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, "=")
		if strings.Contains(name, "PASSWORD") {
			line = name + "=not-the-password-of-anyone\n"
		}
		wrong = append(wrong, line)
	}
	if err := os.WriteFile(secrets, []byte(strings.Join(wrong, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, nil, "run", "onlyoffice", "--target", file, "--focus", quick)
	if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, filepath.Base(file)) {
		t.Fatalf("want exit 2 and the target file in the reason\n%s", got)
	}
	if strings.Contains(got.stdout+got.stderr, "not-the-password-of-anyone") {
		t.Error("the password is in the output")
	}
}

// TestInterruptKeepsWhatWasJudged: an interrupted run writes its reports, in one
// process and in several.
func TestInterruptKeepsWhatWasJudged(t *testing.T) {
	file, server := served(t, runner.ServeOptions{})
	for _, procs := range []string{"1", "2"} {
		out := filepath.Join(t.TempDir(), "out")
		cmd := exec.CommandContext(t.Context(), binary, "run", "onlyoffice", "--target", file, "--out", out, "--procs", procs)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for judged(out) < 10 {
			time.Sleep(10 * time.Millisecond)
		}
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // the exit code says how it ended
		r := report(t, out)
		if cmd.ProcessState.ExitCode() != verdict.ExitIncomplete || r.Counts[verdict.PASS] == 0 || r.Counts[verdict.NOT_RUN] == 0 ||
			!r.Interrupted {
			t.Errorf("procs %s on %s: exit %d, counts %v: want exit 3, some PASS and some NOT_RUN", procs, server.URL,
				cmd.ProcessState.ExitCode(), r.Counts)
		}
	}
}

// judged counts the results in a run folder's journals.
func judged(dir string) (n int) {
	journals, _ := filepath.Glob(filepath.Join(dir, "journal-*.ndjson"))
	for _, name := range journals {
		text, _ := os.ReadFile(name) // it may not be there yet
		n += strings.Count(string(text), `{"result"`)
	}
	return n
}

// TestServerDiesHalfWay puts a proxy before the reference that drops every
// connection after some requests: what was judged by then must be in the report.
func TestServerDiesHalfWay(t *testing.T) {
	file, server := served(t, runner.ServeOptions{})
	backend, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(backend)
	var seen atomic.Int64
	dying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1) > 60 {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	defer dying.Close()
	edit(t, file, "url: "+server.URL, "url: "+dying.URL)
	out := filepath.Join(t.TempDir(), "out")
	got := run(t, nil, "run", "onlyoffice", "--target", file, "--out", out, "--focus", quick)
	if got.code != verdict.ExitIncomplete {
		t.Fatalf("want exit 3\n%s", got)
	}
	r := report(t, out)
	if r.Counts[verdict.PASS] == 0 || r.Counts[verdict.ERROR] == 0 || r.Counts[verdict.FAIL] != 0 {
		t.Errorf("want some PASS, some ERROR and no FAIL, got %v", r.Counts)
	}
}

// TestHangingTargetIsGivenUp: a target that takes connections and never answers
// costs a few time limits, not one for each of hundreds of requests.
func TestHangingTargetIsGivenUp(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" { // a run begins with one look whether anybody is there
			_, _ = io.Copy(io.Discard, r.Body) // only then does the context end with the client
			<-r.Context().Done()
		}
	}))
	t.Cleanup(hanging.Close)
	env := []string{"AUTHCONFORM_ONLYOFFICE_URL=" + hanging.URL, "AUTHCONFORM_ONLYOFFICE_HTTP_TIMEOUT=100ms"}
	out := filepath.Join(t.TempDir(), "out")
	if got := run(t, env, "run", "onlyoffice", "--target", file, "--out", out); got.code != verdict.ExitIncomplete {
		t.Fatalf("want exit 3\n%s", got)
	}
	unsent := 0
	for _, v := range report(t, out).Verdicts {
		if strings.Contains(v.Reason, "so no more are sent") {
			unsent++
		}
	}
	if unsent < 100 {
		t.Errorf("%d clauses were given up, want nearly all", unsent)
	}
}

// TestSilentInboxIsGivenUp: where codes go another way than the target file says,
// the waits for them do not add up.
func TestSilentInboxIsGivenUp(t *testing.T) {
	file, _ := servedOf(t, "coinrabbit", runner.ServeOptions{})
	edit(t, file, "code-delivery: email", "code-delivery: sms")
	out := filepath.Join(t.TempDir(), "out")
	if got := run(t, []string{"AUTHCONFORM_COINRABBIT_LIMITS_MAX_WAIT=1s"}, "run", "coinrabbit", "--target", file, "--out",
		out); got.code != verdict.ExitIncomplete {
		t.Fatalf("want exit 3\n%s", got)
	}
	given := 0
	for _, v := range report(t, out).Verdicts {
		if strings.Contains(v.Reason, "never arrived in the inbox") {
			given++
			if len(v.Failures) == 0 || v.Failures[0].Outcome == "" {
				t.Errorf("%s does not tell the step that it waits for", v.ID)
			}
		}
	}
	if given < 100 {
		t.Errorf("%d clauses were given up, want nearly all that need a code", given)
	}
}
