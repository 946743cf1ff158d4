package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// TestDeviationsAsAWorkflow: what fails is accepted until a day, shows as KNOWN and
// is warned about before that day, is red when it is mended, and is pruned then.
func TestDeviationsAsAWorkflow(t *testing.T) {
	const focus = "kiiex.code.replayed"
	broken, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: []string{"replayed-code-accepted"}})
	mended, _ := servedOf(t, "kiiex", runner.ServeOptions{})
	ran := func(file string) (string, result) {
		out := filepath.Join(t.TempDir(), "out")
		return out, run(t, nil, "run", "kiiex", "--target", file, "--focus", focus, "--out", out)
	}
	want := func(what string, res result, code int, text string) {
		t.Helper()
		if res.code != code || !strings.Contains(res.stdout+res.stderr, text) {
			t.Errorf("%s: want exit %d and %q: %s", what, code, text, res)
		}
	}
	original := read(t, broken)
	first, res := ran(broken)
	want("the fault", res, verdict.ExitNotConformant, focus)
	until := time.Now().UTC().AddDate(0, 0, 3).Format(time.DateOnly)
	accept := []string{"accept", first, "--target", broken, "--reason", "mended: in 2.7", "--owner", "back-end"}
	want("no day", run(t, nil, accept...), verdict.ExitUsage, "--until")
	want("a day that is over", run(t, nil, append(accept, "--until", "2020-01-01")...), verdict.ExitUsage, "a day to come")
	want("accepted", run(t, nil, append(accept, "--until", until)...), 0, "1 failures accepted")
	want("accepted twice", run(t, nil, append(accept, "--until", until)...), 0, "0 failures accepted")
	_, res = ran(broken)
	want("it is known", res, verdict.ExitConformant, "KNOWN")
	want("it ends soon", res, verdict.ExitConformant, "WARNING: the deviation of "+focus+" ends on "+until)

	entries := strings.TrimPrefix(read(t, broken), original)
	write(t, mended, read(t, mended)+strings.Replace(entries, until, "2999-01-01", 1))
	second, res := ran(mended)
	want("it is mended", res, verdict.ExitNotConformant, "STALE")
	if text := res.stdout; strings.Contains(text, "WARNING") {
		t.Errorf("a warning of a deviation that holds for long: %s", text)
	}
	want("pruned by a run in which it fails", run(t, nil, "prune", first, "--target", broken), 0, "0 deviations taken off")
	want("pruned", run(t, nil, "prune", second, "--target", mended), 0, focus)
	if strings.Contains(read(t, mended), "deviations") {
		t.Errorf("the target file still has\n%s", read(t, mended))
	}

	write(t, broken, strings.Replace(read(t, broken), until, "2020-01-01", 1))
	_, res = ran(broken)
	want("it is expired", res, verdict.ExitNotConformant, "expired")
}

// TestGlobsExcuseWhatFails: a glob excuses the clauses that fail, says nothing of those
// that pass, and is stale where none fails.
func TestGlobsExcuseWhatFails(t *testing.T) {
	const entry = "\ndeviations:\n  # why\n  - clause: kiiex.code.*\n    reason: old release\n    owner: back-end\n    expires: 2999-01-01\n"
	for name, c := range map[string]struct {
		faults []string
		exit   int
		want   string
	}{
		"one fails":  {[]string{"replayed-code-accepted"}, verdict.ExitConformant, "KNOWN"},
		"none fails": {nil, verdict.ExitNotConformant, "STALE"},
	} {
		file, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: c.faults})
		write(t, file, read(t, file)+entry)
		out := filepath.Join(t.TempDir(), "out")
		res := run(t, nil, "run", "kiiex", "--target", file, "--focus", "kiiex.code.*", "--out", out)
		if res.code != c.exit || !strings.Contains(res.stdout, c.want) {
			t.Errorf("%s: %s", name, res)
		}
	}
}

// TestPruneTakesOffWhatDoesNotApply: a deviation of a clause that is NOT_APPLICABLE, and
// one of a clause that is none any more, excuse nothing.
func TestPruneTakesOffWhatDoesNotApply(t *testing.T) {
	file, _ := servedOf(t, "kiiex", runner.ServeOptions{Faults: []string{"replayed-code-accepted"}})
	out := filepath.Join(t.TempDir(), "out")
	if res := run(t, nil, "run", "kiiex", "--target", file, "--focus", "kiiex.code.replayed,kiiex.signed-headers.right", "--out",
		out); res.code != verdict.ExitNotConformant {
		t.Fatal(res)
	}
	entry := func(clause string) string {
		return "  - clause: " + clause + "\n    reason: old release\n    owner: back-end\n    expires: 2999-01-01\n"
	}
	write(t, file, read(t, file)+"\ndeviations:\n"+entry("kiiex.code.replayed")+entry("kiiex.signed-headers.right")+entry("kiiex.code.gone"))
	if res := run(t, nil, "prune", out, "--target", file); res.code != 0 || !strings.Contains(res.stdout, "2 deviations taken off") {
		t.Error(res)
	}
	if text := read(t, file); !strings.Contains(text, "kiiex.code.replayed") || strings.Contains(text, "signed-headers.right\n") ||
		strings.Contains(text, "gone") {
		t.Errorf("the target file has\n%s", text)
	}
}

func TestEditedListsKeepTheirComments(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.yaml")
	write(t, file, "exchange: kiiex # mine\ndeviations:\n- clause: kiiex.a.b\n  reason: x\n\n# of the second\n- clause: kiiex.c.d\n  "+
		"reason: >\n    long\n    text\nallow: {hosts: []}")
	l, err := readDeviationList(file)
	if err != nil {
		t.Fatal(err)
	}
	if gone, err := l.remove(func(clause string) bool { return clause == "kiiex.c.d" }); err != nil || len(gone) != 1 {
		t.Fatal(gone, err)
	}
	if l, err = readDeviationList(file); err != nil {
		t.Fatal(err)
	}
	if err := l.add([]deviation{{"kiiex.e.f", "a: \"b\" ${C}\n", "me", "", "2999-01-01"}}); err != nil {
		t.Fatal(err)
	}
	const want = "exchange: kiiex # mine\ndeviations:\n- clause: kiiex.e.f\n  reason: \"a: \\\"b\\\" ${C}\"\n  owner: me\n  expires: " +
		"2999-01-01\n" +
		"- clause: kiiex.a.b\n  reason: x\n\n# of the second\nallow: {hosts: []}\n"
	if got := read(t, file); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	write(t, file, "exchange: kiiex\ndeviations: [{clause: kiiex.a.b}]\n")
	if _, err := readDeviationList(file); err == nil || !strings.Contains(err.Error(), "t.yaml:2") {
		t.Errorf("a list in one line: %v", err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
