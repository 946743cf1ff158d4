package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites"
)

// faults make a suite red where many secrets are at hand. Each exchange is
// judged in a profile that is not its server's besides, which fails as well.
var faults = map[string][]string{
	"onlyoffice": {"unknown-user-told-by-status", "any-code-accepted", "disabled-account-let-in"},
	"coinrabbit": {"refusal-repeats-input", "secret-repeated-on-activation", "code-in-answer"},
	"kiiex":      {"secret-shown-at-login", "refusal-carries-token", "any-code-accepted"},
	"kiiexap":    {"secret-shown-at-login", "refusal-carries-token", "any-code-accepted"},
}

// TestCanarySecretsReachNoOutput plants ten secrets, in the target file and in
// the reference, makes specs fail, panic-free, and looks for them, and for all
// that the reference issues, in everything a run puts out.
func TestCanarySecretsReachNoOutput(t *testing.T) {
	for i, st := range suites.All() {
		procs := strconv.Itoa(1 + i%2) // by turns: who writes an output does not depend on the exchange
		t.Run(st.Exchange+" in "+procs, func(t *testing.T) {
			t.Parallel()
			c, err := runner.Contract(st.Exchange)
			if err != nil {
				t.Fatal(err)
			}
			file, _ := servedOf(t, st.Exchange, runner.ServeOptions{Profile: c.Profiles[0], Faults: faults[st.Exchange]})
			canaries, env := plant(t, file)
			tapped := tap(t)
			env = append(env, tapped.variable(st.Exchange))
			out := filepath.Join(t.TempDir(), "out")
			got := run(t, env, "run", st.Exchange, "--target", file, "--profile", c.Profiles[1], "--strict", "--out", out, "--evidence", "all",
				"--procs", procs)
			if got.code != verdict.ExitNotConformant {
				t.Fatalf("the faults should make the run red\n%s", got)
			}
			tapped.add(t, canaries)
			searched(t, out, got, canaries)
		})
	}
}

// TestCanarySecretsReachNoCommonOutput is the same for the one set of reports
// over all exchanges: it may hold no secret of any of them.
func TestCanarySecretsReachNoCommonOutput(t *testing.T) {
	t.Parallel()
	temporary, out, tapped := t.TempDir(), filepath.Join(t.TempDir(), "out"), tap(t)
	env := []string{"TMPDIR=" + temporary}
	for _, st := range suites.All() {
		c, err := runner.Contract(st.Exchange)
		if err != nil {
			t.Fatal(err)
		}
		env = append(env, tapped.variable(st.Exchange), "AUTHCONFORM_"+strings.ToUpper(st.Exchange)+"_PROFILE="+c.Profiles[1])
	}
	canaries := map[string]string{}
	cmd := exec.CommandContext(t.Context(), binary, "run", "--strict", "--out", out, "--evidence", "all")
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The target files of the references are there as long as the run lasts.
	for judged(filepath.Join(out, suites.All()[0].Exchange)) == 0 {
		time.Sleep(10 * time.Millisecond)
	}
	targets, _ := filepath.Glob(filepath.Join(temporary, "authconform-*", "target.yaml"))
	if len(targets) != len(suites.All()) {
		t.Errorf("%d target files for %d exchanges", len(targets), len(suites.All()))
	}
	for _, target := range targets {
		for _, file := range secretsOf(t, target) {
			pick(t, file, canaries)
		}
	}
	_ = cmd.Wait() // the exit code says how it ended
	got := result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	if got.code != verdict.ExitNotConformant {
		t.Fatalf("the profiles should make the run red\n%s", got)
	}
	tapped.add(t, canaries)
	searched(t, out, got, canaries)
}

// searched looks for canaries in everything that a run has put out.
func searched(t *testing.T, out string, got result, canaries map[string]string) {
	t.Helper()
	outputs := map[string]string{"standard output": got.stdout, "standard error": got.stderr}
	err := filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		outputs[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(outputs) < 7 || len(canaries) < 10 {
		t.Fatalf("want reports, journal, both streams and ten canaries, got %d outputs and %d canaries", len(outputs), len(canaries))
	}
	starts := map[string][]string{} // first bytes of canaries -> their names; one look at each place will do
	for what, canary := range canaries {
		starts[canary[:8]] = append(starts[canary[:8]], what)
	}
	for name, text := range outputs {
		for at := range len(text) - 7 {
			for _, what := range starts[text[at:at+8]] {
				if strings.HasPrefix(text[at:], canaries[what]) {
					t.Errorf("the %s is in %s at byte %d", what, name, at)
				}
			}
		}
	}
}

// secretsOf gives the files that hold the secrets of a target file.
func secretsOf(t *testing.T, target string) []string {
	t.Helper()
	files, _ := filepath.Glob(strings.TrimSuffix(target, ".yaml") + "*.secrets.env")
	if len(files) == 0 {
		t.Fatalf("%s has no file of secrets", target)
	}
	return files
}

// plant puts header canaries into the target file and picks secrets that the
// reference drew and its target file refers to: ten in all.
func plant(t *testing.T, file string) (canaries map[string]string, env []string) {
	t.Helper()
	canaries = map[string]string{}
	for _, file := range secretsOf(t, file) {
		pick(t, file, canaries)
	}
	lines := ""
	for i := 0; len(canaries) < 10; i++ {
		value := fmt.Sprintf("canary-header-%d-3f9a1c77e2", i)
		canaries[fmt.Sprintf("header %d", i)] = value
		lines += fmt.Sprintf("\n    X-Canary-%d: ${CANARY_%d}", i, i)
		env = append(env, fmt.Sprintf("CANARY_%d=%s", i, value))
	}
	edit(t, file, "http:\n", "http:\n  headers:"+lines+"\n")
	return canaries, env
}

// pick takes up to nine secrets of a file, from all over it.
func pick(t *testing.T, file string, canaries map[string]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	picked := 0
	for i := 0; picked < 9 && i < len(lines); i += 1 + len(lines)/12 {
		name, value, ok := strings.Cut(lines[i], "=")
		if ok && len(value) >= 8 {
			canaries[name+" of "+file] = value
			picked++
		}
	}
	if picked == 0 {
		t.Fatalf("%s has no secret", file)
	}
}

// tapping is a proxy that keeps the secrets which servers issue.
type tapping struct {
	url string

	mu     sync.Mutex
	issued map[string]string // value -> name of the member
}

// issuing finds the members of an answer that give a secret away.
var issuing = regexp.MustCompile(`(?i)"([a-z0-9_]*(?:token|secret|tfakey|csrf)[a-z0-9_]*)"\s*:\s*"([^"\\]{12,})"`)

func tap(t *testing.T) *tapping {
	t.Helper()
	tapped := &tapping{issued: map[string]string{}}
	forward := &httputil.ReverseProxy{
		Rewrite: func(*httputil.ProxyRequest) {}, // a proxy's request names its server
		ModifyResponse: func(r *http.Response) error {
			body, err := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			tapped.mu.Lock()
			defer tapped.mu.Unlock()
			for _, found := range issuing.FindAllSubmatch(body, -1) {
				tapped.issued[string(found[2])] = string(found[1])
			}
			return err
		},
	}
	server := httptest.NewServer(forward)
	t.Cleanup(server.Close)
	tapped.url = server.URL
	return tapped
}

// variable sends the calls of an exchange through the proxy.
func (p *tapping) variable(exchange string) string {
	return "AUTHCONFORM_" + strings.ToUpper(exchange) + "_HTTP_PROXY=" + p.url
}

// add makes canaries of what was issued.
func (p *tapping) add(t *testing.T, canaries map[string]string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.issued) == 0 {
		t.Error("no call went through the proxy, or none issued a secret")
	}
	for value, name := range p.issued {
		canaries["issued "+name+" "+value] = value
	}
}
