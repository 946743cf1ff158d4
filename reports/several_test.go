package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// runOf is a run of one clause against an exchange.
func runOf(exchange string, level clause.Level, state verdict.State, strict bool) Run {
	id := exchange + ".x"
	return Run{
		Tool: Tool{"authconform", "1.2.3"}, RunID: "r1", Exchange: exchange, Profile: "documented", Target: "http://127.0.0.1:1",
		Started: t0, Finished: t0, Strict: strict, Procs: 1, Seed: 7,
		Clauses: []Clause{info(id, level, "open", "ok")}, Results: map[string]journal.Result{id: result(id, state)},
	}
}

func combine(t testing.TB, runs ...Run) *Several {
	t.Helper()
	var list []*Report
	for _, run := range runs {
		list = append(list, build(t, run))
	}
	s, err := Combine(list)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sampleSeveral is the sample beside an exchange that is conformant.
func sampleSeveral(t testing.TB) *Several {
	t.Helper()
	return combine(t, sampleRun(), runOf("kiiex", clause.MUST, verdict.Passed, false))
}

func TestCombineTakesTheWorst(t *testing.T) {
	const M, S = clause.MUST, clause.SHOULD
	for name, c := range map[string]struct {
		runs    []Run
		code    int
		meaning string
	}{
		"all conformant": {[]Run{runOf("a", M, verdict.Passed, false), runOf("b", M, verdict.Passed, false)}, 0,
			"conformant: every judged clause holds or is excused"},
		"a WARN is named": {[]Run{runOf("a", M, verdict.Passed, false), runOf("b", S, verdict.Failed, false)}, 0,
			"conformant: every judged clause holds or is excused (1 WARN)"},
		"a WARN when strict": {[]Run{runOf("a", M, verdict.Passed, true), runOf("b", S, verdict.Failed, true)}, 1,
			"not conformant; b is not conformant: 1 WARN"},
		"one broken": {[]Run{runOf("a", M, verdict.Failed, false), runOf("b", M, verdict.Passed, false)}, 1,
			"not conformant; a is not conformant: 1 FAIL"},
		"one open": {[]Run{runOf("a", M, verdict.Passed, false), runOf("b", M, verdict.Untestable, false)}, 3,
			"incomplete; b is incomplete: MUST clauses not judged: 1 UNTESTABLE; nothing ran"},
		"one in which nothing ran": {[]Run{runOf("a", M, verdict.Passed, false), runOf("b", M, verdict.NotApplicable, false)}, 3,
			"incomplete; b is incomplete: nothing ran"},
		"one broken, one open": {[]Run{runOf("a", M, verdict.Untestable, false), runOf("b", M, verdict.Failed, false)}, 1,
			"not conformant; b is not conformant: 1 FAIL; a is incomplete: MUST clauses not judged: 1 UNTESTABLE; nothing ran"},
	} {
		s := combine(t, c.runs...)
		if s.ExitCode != c.code || s.Meaning != c.meaning {
			t.Errorf("%s: exit %d, %q; want %d, %q", name, s.ExitCode, s.Meaning, c.code, c.meaning)
		}
	}
}

func TestCombineAddsUp(t *testing.T) {
	s := sampleSeveral(t)
	for _, v := range verdict.All() {
		if want := s.Runs[0].Counts[v] + s.Runs[1].Counts[v]; s.Counts[v] != want {
			t.Errorf("%d %s, want %d", s.Counts[v], v, want)
		}
	}
	if s.Started != t0 || s.Finished != s.Runs[0].Finished {
		t.Errorf("from %s to %s", s.Started, s.Finished)
	}
}

func TestCombineRefuses(t *testing.T) {
	one := build(t, runOf("a", clause.MUST, verdict.Passed, false))
	for name, runs := range map[string][]*Report{"nothing": nil, "an exchange twice": {one, one}} {
		if _, err := Combine(runs); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func severalJSON(t *testing.T) string {
	t.Helper()
	return render(t, func(b *bytes.Buffer) error { return indented(b, sampleSeveral(t).listed()) })
}

func TestSeveralJSONMatchesTheSchema(t *testing.T) {
	s := schemaOf(t, "report.schema.json")
	if err := validate(t, s, severalJSON(t)); err != nil {
		t.Error(err)
	}
	noticed := sampleSeveral(t)
	noticed.Find(journal.Finding{Kind: journal.Disclosure, Text: "calls.har held a secret"})
	if err := validate(t, s, render(t, func(b *bytes.Buffer) error { return indented(b, noticed.listed()) })); err != nil {
		t.Error(err)
	}
}

// A reader of single reports finds under runs what it knows.
func TestSeveralJSONHoldsWholeReports(t *testing.T) {
	var doc struct{ Runs []json.RawMessage }
	if err := json.Unmarshal([]byte(severalJSON(t)), &doc); err != nil {
		t.Fatal(err)
	}
	for i, run := range []Run{sampleRun(), runOf("kiiex", clause.MUST, verdict.Passed, false)} {
		var alone, within any
		text := render(t, func(b *bytes.Buffer) error { return JSON(b, build(t, run)) })
		if err := json.Unmarshal([]byte(text), &alone); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(doc.Runs[i], &within); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone, within); diff != "" {
			t.Errorf("(-alone +within):\n%s", diff)
		}
	}
}

func TestSeveralSchemaHasTeeth(t *testing.T) {
	s := schemaOf(t, "report.schema.json")
	good := severalJSON(t)
	for name, edit := range map[string][2]string{
		"extra member":          {`"strict": false`, `"strict": false, "more": 1`},
		"an exchange above":     {`"strict": false`, `"strict": false, "exchange": "kiiex"`},
		"missing member":        {`"meaning":`, `"meening":`},
		"missing count":         {`"STALE": 1,`, ``},
		"exit code 2":           {`"exit_code": 1`, `"exit_code": 2`},
		"no runs":               {`"runs":`, `"rounds":`},
		"extra member of a run": {`"exchange": "kiiex"`, `"exchange": "kiiex", "more": 1`},
		"missing in a run":      {`"exchange": "kiiex",`, ``},
		"runs within a run":     {`"exchange": "kiiex"`, `"exchange": "kiiex", "runs": []`},
		"unknown verdict":       {`"verdict": "WARN"`, `"verdict": "GREEN"`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the sample has no %s", name, edit[0])
		}
		if validate(t, s, bad) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	alone := sampleSeveral(t)
	alone.Runs = alone.Runs[:1]
	if validate(t, s, render(t, func(b *bytes.Buffer) error { return indented(b, alone.listed()) })) == nil {
		t.Error("several with one run: accepted")
	}
}

func TestSeveralJUnit(t *testing.T) {
	s := sampleSeveral(t)
	root, err := parseXML(render(t, func(b *bytes.Buffer) error { return JUnit(b, s.Runs...) }))
	if err != nil {
		t.Fatal(err)
	}
	if err := checkShape(root); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, suite := range root.kids {
		names = append(names, suite.attrs["name"])
	}
	if !slices.Equal(names, []string{"barong", "kiiex"}) {
		t.Errorf("suites %v", names)
	}
	for attr, element := range map[string]string{"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"} {
		if want := strconv.Itoa(len(root.all(element))); root.attrs[attr] != want {
			t.Errorf("%s=%s, counted %s", attr, root.attrs[attr], want)
		}
	}
}

func TestSeveralConsole(t *testing.T) {
	s := sampleSeveral(t)
	text := render(t, func(b *bytes.Buffer) error { return ConsoleSeveral(b, s, ConsoleOptions{Width: 100}) })
	if strings.Count(text, "OPERATION") != 1 || strings.Count(text, " — exit ") != 1 {
		t.Errorf("want one table and one line of counts\n%s", text)
	}
	at := 0
	for _, part := range []string{
		"2 exchanges: barong, kiiex (authconform 1.2.3, run r1)",
		"OPERATION  OUTCOME          VERDICTS",
		"barong, profile documented, at https://staging.example/api: exit 1, FAIL 1",
		"open       ok               WARN 1, PASS 1",
		"kiiex, profile documented, at http://127.0.0.1:1: exit 0, PASS 1",
		"open       ok               PASS 1",
		"FAIL open.wrong (MUST)",
		"NOT_RUN 1: the run ended before",
		"FAIL 1, STALE 1, ERROR 1, UNTESTABLE 1, NOT_RUN 1, WARN 1, KNOWN 1, PASS 3",
		"exit 1, not conformant; barong is not conformant: 1",
	} {
		i := strings.Index(text[at:], part)
		if i < 0 {
			t.Fatalf("%q is missing, or not in its place\n%s", part, text)
		}
		at += i + len(part)
	}
}

func TestSeveralSummary(t *testing.T) {
	s := sampleSeveral(t)
	text := render(t, func(b *bytes.Buffer) error { return SummarySeveral(b, s) })
	var headings []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") {
			headings = append(headings, strings.TrimSpace(line))
		}
	}
	if want := []string{"# 2 exchanges: not conformant", "## barong: not conformant", "## kiiex: conformant"}; !slices.Equal(headings, want) {
		t.Errorf("headings %q, want %q", headings, want)
	}
	for _, part := range []string{"| ` kiiex ` | ` documented ` | 0 | 0 | PASS 1 |", "| all | | 1 | | FAIL 1, ",
		"### Operations and outcomes"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing\n%s", part, text)
		}
	}
}

func TestSeveralCalls(t *testing.T) {
	s := sampleSeveral(t)
	prefixed := func(exchange string) *journal.Reader {
		return journalWith(t, 2, func(_ int, c *journal.Call) { c.ID = exchange + "-" + c.ID })
	}
	for name, calls := range map[string][]*journal.Reader{
		"of both": {prefixed("barong"), prefixed("kiiex")}, "of one": {nil, prefixed("kiiex")}, "of none": {nil, nil},
	} {
		dir := t.TempDir()
		if err := WriteCalls(dir, s, calls, Extent{Every: true}); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, HARFile))
		if err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Log struct{ Pages, Entries []map[string]any }
		}
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		want, known := 0, map[any]bool{}
		for _, reader := range calls {
			if reader != nil {
				want += reader.Len()
			}
		}
		for _, page := range doc.Log.Pages {
			known[members(t, "page", page)["id"]] = true
		}
		if len(doc.Log.Entries) != want || len(known) != 2 {
			t.Errorf("%s: %d entries, pages %v", name, len(doc.Log.Entries), known)
		}
		for _, entry := range doc.Log.Entries {
			id, _, _ := strings.Cut(entry["_call"].(string), "-")
			if page := members(t, "entry", entry)["pageref"]; page != id || !known[page] {
				t.Errorf("%s: call %v is on page %v", name, entry["_call"], page)
			}
		}
	}
}

// TestInterruptedIsIncomplete: whatever was judged, a run that was ended from
// outside is no whole run, alone and among several.
func TestInterruptedIsIncomplete(t *testing.T) {
	whole := sampleSeveral(t)
	red := slices.IndexFunc(whole.Runs, func(r *Report) bool { return r.ExitCode == verdict.ExitNotConformant })
	if red < 0 {
		t.Fatal("no report of the sample is red")
	}
	whole.Runs[red].Interrupt()
	if r := whole.Runs[red]; r.ExitCode != verdict.ExitIncomplete || !strings.Contains(r.Meaning, "interrupted; so far it is not conformant") {
		t.Errorf("exit %d, %s", r.ExitCode, r.Meaning)
	}
	again, err := Combine(whole.Runs)
	if err != nil {
		t.Fatal(err)
	}
	if again.ExitCode != verdict.ExitIncomplete {
		t.Errorf("over all: exit %d, %s", again.ExitCode, again.Meaning)
	}
}
