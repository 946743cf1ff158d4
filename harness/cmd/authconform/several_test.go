package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/suites"
)

// several reads the report of a run over several exchanges, which must keep to
// the published schema.
func several(t *testing.T, dir string) *reports.Several {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, reports.JSONFile))
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "..", "schemas", "report", "report.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	var s reports.Several
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

func exitCodes(s *reports.Several) map[string]int {
	codes := map[string]int{}
	for _, r := range s.Runs {
		codes[r.Exchange] = r.ExitCode
	}
	return codes
}

// TestCertify runs what `make certify` does: every exchange that there is, one
// table, one set of reports, and the verdicts that each gets by itself.
func TestCertify(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "all")
	got := run(t, nil, "run", "--procs", "2", "--out", out)
	if got.code != verdict.ExitConformant {
		t.Fatal(got)
	}
	if strings.Count(got.stdout, "OPERATION ") != 1 || strings.Count(got.stdout, " — exit 0, conformant") != 1 {
		t.Errorf("want one table and one line of counts\n%s", got)
	}
	whole := several(t, out)
	var junit struct {
		Suites []struct {
			Name string `xml:"name,attr"`
		} `xml:"testsuite"`
	}
	text, err := os.ReadFile(filepath.Join(out, reports.JUnitFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, &junit); err != nil {
		t.Fatal(err)
	}
	calls := callsOf(t, out)
	if len(whole.Runs) != len(suites.All()) || len(junit.Suites) != len(suites.All()) {
		t.Fatalf("%d runs and %d test suites for %d exchanges", len(whole.Runs), len(junit.Suites), len(suites.All()))
	}
	for i, st := range suites.All() {
		if whole.Runs[i].Exchange != st.Exchange || junit.Suites[i].Name != st.Exchange {
			t.Errorf("%s is not in its place", st.Exchange)
		}
		for _, e := range whole.Runs[i].Verdicts {
			for _, id := range e.Calls {
				if calls[id] != st.Exchange {
					t.Errorf("call %s of %s is not in calls.har on the page of its exchange", id, e.ID)
				}
			}
		}
		alone := filepath.Join(dir, st.Exchange)
		if got := run(t, nil, "run", st.Exchange, "--out", alone); got.code != verdict.ExitConformant {
			t.Fatal(got)
		}
		if diff := cmp.Diff(verdicts(report(t, alone)), verdicts(whole.Runs[i])); diff != "" {
			t.Errorf("%s differs from a run over it alone:\n%s", st.Exchange, diff)
		}
	}
	if names := strings.Join(files(t, out), " "); names != "calls.har index.html junit.xml report.json summary.md" {
		t.Errorf("the run leaves %s", names)
	}
	const most = 6_000_000
	size := int64(0)
	for _, name := range files(t, out) {
		info, err := os.Stat(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if size >= most {
		t.Errorf("all exchanges together leave %d bytes, not less than %d", size, most)
	}
}

// callsOf reads calls.har: the page of each call, which no other call has the id
// of.
func callsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, reports.HARFile))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Log struct {
			Entries []struct {
				Page string `json:"pageref"`
				Call string `json:"_call"`
			}
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	calls := map[string]string{}
	for _, e := range doc.Log.Entries {
		if _, twice := calls[e.Call]; twice {
			t.Errorf("two calls have the id %s", e.Call)
		}
		calls[e.Call] = e.Page
	}
	return calls
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// What is wrong with one exchange is found before the first call to any.
func TestSeveralUsageErrorsExit2(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		args []string
		want string
	}{
		"a focus that matches nothing of one": {nil, []string{"coinrabbit", "kiiex", "--focus", "coinrabbit.*"}, "matches none of the"},
		"a profile that one has not":          {nil, []string{"coinrabbit", "kiiex", "--profile", "strict"}, `unknown profile "strict" of kiiex`},
		"an unusable setting of one": {[]string{"AUTHCONFORM_KIIEX_LIMITS_MAX_WAIT=soon"}, []string{"coinrabbit", "kiiex"},
			"AUTHCONFORM_KIIEX_LIMITS_MAX_WAIT"},
		"a host of one that is not allowed": {[]string{"AUTHCONFORM_KIIEX_URL=https://kiiex.example.com"}, []string{"coinrabbit", "kiiex"},
			"allow.hosts"},
		"an exchange twice": {nil, []string{"coinrabbit", "kiiex", "coinrabbit"}, `"coinrabbit" is named twice`},
		"a target file":     {nil, []string{"coinrabbit", "kiiex", "--target", "t.yaml"}, "--target describes one deployment"},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			got := run(t, c.env, append([]string{"run", "--out", out}, c.args...)...)
			if got.code != verdict.ExitUsage || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("want exit 2 and %q\n%s", c.want, got)
			}
			if n := judged(filepath.Join(out, "coinrabbit")); n != 0 {
				t.Errorf("%d clauses were judged", n)
			}
		})
	}
}

func TestSeveralIntoAUsedFolder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	if err := os.MkdirAll(filepath.Join(out, "kiiex"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "kiiex", "journal-1.ndjson"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, nil, "run", "coinrabbit", "kiiex", "--out", out); got.code != verdict.ExitUsage ||
		!strings.Contains(got.stderr, "of an earlier run") {
		t.Error(got)
	}
}

// TestSeveralExitCodes: the exit code is the worst of the exchanges', and one
// that is red does not keep the others from being judged.
func TestSeveralExitCodes(t *testing.T) {
	_, gone := served(t, runner.ServeOptions{})
	gone.Close()
	silent, broken := "AUTHCONFORM_KIIEX_URL="+gone.URL, "AUTHCONFORM_KIIEXAP_SETTINGS_LOCK_AFTER=11"
	for name, c := range map[string]struct {
		env   []string
		want  int
		codes map[string]int
	}{
		"one breaks its promises": {[]string{broken}, 1, map[string]int{"kiiex": 0, "kiiexap": 1, "coinrabbit": 0}},
		"one gives no answer":     {[]string{silent}, 3, map[string]int{"kiiex": 3, "kiiexap": 0, "coinrabbit": 0}},
		"one of each":             {[]string{silent, broken}, 1, map[string]int{"kiiex": 3, "kiiexap": 1, "coinrabbit": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			got := run(t, c.env, "run", "kiiex", "kiiexap", "coinrabbit", "--out", out)
			whole := several(t, out)
			if got.code != c.want || whole.ExitCode != c.want || !strings.Contains(got.stdout, fmt.Sprintf(" — exit %d, ", c.want)) {
				t.Errorf("want exit %d, report.json has %d\n%s", c.want, whole.ExitCode, got)
			}
			if diff := cmp.Diff(c.codes, exitCodes(whole)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// endHalfWay starts a run over three exchanges, ends it with a signal in the
// second, and returns its exit code.
func endHalfWay(t *testing.T, out, procs string, signal os.Signal) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, "run", "kiiex", "onlyoffice", "coinrabbit", "--out", out, "--procs", procs)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for judged(filepath.Join(out, "onlyoffice")) < 10 {
		time.Sleep(10 * time.Millisecond)
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code says how it ended
	return cmd.ProcessState.ExitCode()
}

// TestSeveralInterrupted: what was judged stands in the one set of reports, and
// what was not is NOT_RUN.
func TestSeveralInterrupted(t *testing.T) {
	for _, procs := range []string{"1", "2"} {
		out := filepath.Join(t.TempDir(), "out")
		code := endHalfWay(t, out, procs, os.Interrupt)
		whole := several(t, out)
		first, second, third := whole.Runs[0].Counts, whole.Runs[1].Counts, whole.Runs[2].Counts
		if code != verdict.ExitIncomplete || whole.ExitCode != verdict.ExitIncomplete {
			t.Errorf("procs %s: exit %d, report %d: want 3", procs, code, whole.ExitCode)
		}
		if first[verdict.PASS] == 0 || first[verdict.NOT_RUN] != 0 {
			t.Errorf("procs %s: the first exchange has %v", procs, first)
		}
		if second[verdict.PASS] == 0 || second[verdict.NOT_RUN] == 0 {
			t.Errorf("procs %s: the second exchange has %v", procs, second)
		}
		if third[verdict.NOT_RUN] != len(whole.Runs[2].Verdicts) {
			t.Errorf("procs %s: the third exchange has %v", procs, third)
		}
		if len(callsOf(t, out)) == 0 {
			t.Errorf("procs %s: no calls", procs)
		}
	}
}

// TestSeveralKilled: a run that is killed leaves the verdicts of the exchanges
// that were done, and does not look conformant.
func TestSeveralKilled(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	endHalfWay(t, out, "1", syscall.SIGKILL)
	whole := several(t, out)
	if diff := cmp.Diff(map[string]int{"kiiex": 0, "onlyoffice": 3, "coinrabbit": 3}, exitCodes(whole)); diff != "" ||
		whole.ExitCode != verdict.ExitIncomplete {
		t.Errorf("exit %d\n%s", whole.ExitCode, diff)
	}
	for _, name := range []string{reports.JUnitFile, reports.SummaryFile} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	if judged(filepath.Join(out, "onlyoffice")) < 10 {
		t.Error("the journal of the exchange at which it was killed is lost")
	}
}
