package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

func TestBuildJudgesEveryClause(t *testing.T) {
	r := build(t, sampleRun())
	got := map[string]verdict.Verdict{}
	for _, e := range r.Verdicts {
		got[e.ID] = e.Verdict
	}
	want := map[string]verdict.Verdict{
		"open.right": verdict.PASS, "open.wrong": verdict.FAIL, "open.header": verdict.WARN, "open.known": verdict.KNOWN,
		"close.works": verdict.PASS, "close.stale": verdict.STALE, "close.captcha": verdict.NOT_APPLICABLE,
		"close.control": verdict.UNTESTABLE, "close.error": verdict.ERROR, "list.late": verdict.NOT_RUN, "list.skipped": verdict.FILTERED,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, v := range verdict.All() {
		n := 1
		if v == verdict.PASS {
			n = 2
		}
		if r.Counts[v] != n {
			t.Errorf("%d %s, want %d", r.Counts[v], v, n)
		}
	}
	if r.ExitCode != 1 || !strings.Contains(r.Meaning, "also incomplete") {
		t.Errorf("exit %d: %s", r.ExitCode, r.Meaning)
	}
	if e := r.Verdicts[7]; !strings.Contains(e.Reason, "precondition") || !strings.Contains(e.Reason, "cannot get the control accepted") {
		t.Errorf("the reason lost a half: %q", e.Reason)
	}
}

func TestBuildNeverHidesAFailure(t *testing.T) {
	t.Run("of a clause that was not selected", func(t *testing.T) {
		run := sampleRun()
		run.Results["list.skipped"] = result("list.skipped", verdict.Failed)
		if v := build(t, run).Verdicts[10].Verdict; v != verdict.FAIL {
			t.Errorf("got %s", v)
		}
	})
	t.Run("of a spec that passed", func(t *testing.T) {
		r := reportOf(t, clause.MUST, false, &journal.Result{Clause: "x", State: verdict.Passed, Checks: 1,
			Failures: []journal.Failure{wrongStatus()}})
		if e := r.Verdicts[0]; e.Verdict != verdict.FAIL || !strings.Contains(e.Reason, "although it recorded a failure") {
			t.Errorf("got %s, %q", e.Verdict, e.Reason)
		}
	})
	t.Run("under a deviation that had expired when the run began", func(t *testing.T) {
		run := sampleRun()
		run.Deviations[0].Expires = t0
		if v := build(t, run).Verdicts[3].Verdict; v != verdict.FAIL {
			t.Errorf("got %s", v)
		}
	})
}

func TestBuildRefusesWhatDoesNotFit(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Run)
		want string
	}{
		{"a result of an unknown clause", func(r *Run) { r.Results["nobody"] = result("nobody", verdict.Passed) }, `"nobody"`},
		{"a result under another name", func(r *Run) { r.Results["open.right"] = result("open.wrong", verdict.Passed) }, `"open.wrong"`},
		{"an unknown deviation", func(r *Run) { r.Deviations = append(r.Deviations, verdict.Deviation{Clause: "nobody"}) }, "target file"},
		{"a deviation twice", func(r *Run) { r.Deviations = append(r.Deviations, r.Deviations[0]) }, "listed twice"},
		{"a clause twice", func(r *Run) { r.Clauses = append(r.Clauses, r.Clauses[0]) }, `"open.right" is empty or listed twice`},
		{"a clause without id", func(r *Run) { r.Clauses[0].ID = "" }, "is empty"},
		{"no start", func(r *Run) { r.Started = time.Time{} }, "no start"},
		{"no end", func(r *Run) { r.Finished = time.Time{} }, "no end"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			run := sampleRun()
			tc.edit(&run)
			_, err := Build(run)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

func TestBuildDropsCredentialsFromTheTarget(t *testing.T) {
	run := sampleRun()
	run.Target = "https://user:hunter2@staging.example/api"
	if got := build(t, run).Target; got != "https://staging.example/api" {
		t.Errorf("got %q", got)
	}
	run.Target = "https://user:hunter2@[bad"
	if got := build(t, run).Target; strings.Contains(got, "hunter2") {
		t.Errorf("got %q", got)
	}
}

func TestEmptyRunIsIncomplete(t *testing.T) {
	r := build(t, Run{Exchange: "barong", Started: t0, Finished: t0})
	if r.ExitCode != 3 {
		t.Errorf("exit %d: %s", r.ExitCode, r.Meaning)
	}
}

func schemaOf(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join("..", "schemas", "report", file))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestReportJSONMatchesItsSchema(t *testing.T) {
	s := schemaOf(t, "report.schema.json")
	noticed := sampleRun()
	noticed.Promises = 3
	noticed.Findings = []journal.Finding{{Kind: journal.Clock, Text: "an hour off"},
		{Kind: journal.Disclosure, Text: "calls.har held a secret"}}
	for name, run := range map[string]Run{
		"sample": sampleRun(), "with findings": noticed,
		"empty": {Tool: Tool{Name: "authconform"}, Exchange: "barong", Started: t0, Finished: t0},
	} {
		text := render(t, func(b *bytes.Buffer) error { return JSON(b, build(t, run)) })
		if err := validate(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSchemaNamesEveryMember: a member that is left out of a report, because it is
// empty there, is allowed all the same where it is not.
func TestSchemaNamesEveryMember(t *testing.T) {
	raw, err := os.ReadFile("../schemas/report/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Definitions map[string]struct {
			Properties map[string]json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for definition, v := range map[string]any{
		"single": Report{}, "several": Several{}, "entry": Entry{}, "cause": Cause{}, "failure": journal.Failure{}, "tool": Tool{},
	} {
		of := reflect.TypeOf(v)
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if name == "" {
				continue // it is not exported
			}
			if _, known := doc.Definitions[definition].Properties[name]; !known {
				t.Errorf("%s: the schema does not know %q", definition, name)
			}
		}
	}
}

func TestReportJSONRoundTrips(t *testing.T) {
	r := build(t, sampleRun())
	text := render(t, func(b *bytes.Buffer) error { return JSON(b, r) })
	back, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*Report{r}, back, cmpopts.IgnoreUnexported(Report{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	if n := strings.Count(text, `"path":"/identity/open"`); n != 1 {
		t.Errorf("the path of an operation is written %d times", n)
	}
}

// TestReportOfTheFirstVersion: its entries have method and path themselves, and members
// that are empty.
func TestReportOfTheFirstVersion(t *testing.T) {
	runs, err := Decode([]byte(`{"schema_version":1,"exchange":"barong","verdicts":[{"id":"open.right","operation":"open","method":"POST",` +
		`"path":"/identity/open","reason":"","calls":[],"failures":[]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := runs[0].Verdicts[0]; e.Method != "POST" || e.Path != "/identity/open" {
		t.Errorf("read as %q %q", e.Method, e.Path)
	}
}

// TestOperationWithSeveralPaths: an entry whose request begins otherwise than the others of
// its operation keeps that.
func TestOperationWithSeveralPaths(t *testing.T) {
	run := sampleRun()
	run.Clauses[1].Path = "/identity/old"
	r := build(t, run)
	back, err := Decode([]byte(render(t, func(b *bytes.Buffer) error { return JSON(b, r) })))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"/identity/open", "/identity/old", "/identity/open"} {
		if got := back[0].Verdicts[i].Path; got != want {
			t.Errorf("%s: %s, want %s", back[0].Verdicts[i].ID, got, want)
		}
	}
}

func TestReportSchemaHasTeeth(t *testing.T) {
	s := schemaOf(t, "report.schema.json")
	good := render(t, func(b *bytes.Buffer) error { return indented(b, build(t, sampleRun()).listed()) })
	for name, edit := range map[string][2]string{
		"unknown verdict":  {`"verdict": "WARN"`, `"verdict": "GREEN"`},
		"unknown level":    {`"level": "SHOULD"`, `"level": "MAY"`},
		"extra member":     {`"strict": false`, `"strict": false, "more": 1`},
		"missing member":   {`"meaning":`, `"meening":`},
		"exit code 2":      {`"exit_code": 1`, `"exit_code": 2`},
		"other version":    {`"schema_version": 2`, `"schema_version": 1`},
		"no instant":       {`"started": "2026-11-22T10:00:00Z"`, `"started": "yesterday"`},
		"null for calls":   {`"calls": [`, `"calls": null, "notes": [`},
		"missing count":    {`"STALE": 1,`, ``},
		"negative checks":  {`"checks": 2`, `"checks": -2`},
		"failure untitled": {`"title": "no limit"`, `"text": "no limit"`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the sample has no %s", name, edit[0])
		}
		if validate(t, s, bad) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestReportSchemaKnowsExactlyOurVerdicts(t *testing.T) {
	raw, err := os.ReadFile("../schemas/report/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Definitions struct {
			Counts struct{ Required []verdict.Verdict }
			Entry  struct {
				Properties struct {
					Verdict struct{ Enum []verdict.Verdict }
				}
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if got := doc.Definitions.Counts.Required; !slices.Equal(got, verdict.All()) {
		t.Errorf("counts: %v", got)
	}
	if got := doc.Definitions.Entry.Properties.Verdict.Enum; !slices.Equal(got, verdict.All()) {
		t.Errorf("verdicts: %v", got)
	}
}

func TestListMatchesItsSchema(t *testing.T) {
	s := schemaOf(t, "list.schema.json")
	everywhere := info("open.right", clause.MUST, "open", "ok").Info
	everywhere.Profiles = nil
	clauses := []clause.Info{everywhere, info("open.wrong", clause.SHOULD, "open", "bad-credentials").Info}
	text := render(t, func(b *bytes.Buffer) error { return WriteList(b, "barong", clauses) })
	if err := validate(t, s, text); err != nil {
		t.Error(err)
	}
	if err := validate(t, s, render(t, func(b *bytes.Buffer) error { return WriteList(b, "barong", nil) })); err != nil {
		t.Errorf("empty: %v", err)
	}
	if everywhere.Profiles != nil {
		t.Error("the caller's list was changed")
	}
	if validate(t, s, strings.Replace(text, `"level": "MUST"`, `"level": "must"`, 1)) == nil {
		t.Error("an unknown level was accepted")
	}
}
