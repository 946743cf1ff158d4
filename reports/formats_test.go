package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"authconform/harness/journal"
	"authconform/harness/verdict"
)

func TestCTRFKeepsItsSchemaAndAgreesWithJUnit(t *testing.T) {
	for _, strict := range []bool{false, true} {
		run := sampleRun()
		run.Strict = strict
		r := build(t, run)
		text := render(t, func(b *bytes.Buffer) error { return CTRF(b, r) })
		if err := validate(t, schemaOf(t, "ctrf.schema.json"), text); err != nil {
			t.Fatal(err)
		}
		var doc ctrf
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		suite, s := suiteOf(r), doc.Results.Summary
		if s.Tests != suite.Tests || s.Failed != suite.Failures+suite.Errors || s.Skipped != suite.Skipped {
			t.Errorf("strict %v: %+v, JUnit %+v", strict, s, suite.junitTotals)
		}
		if len(doc.Results.Tests) != len(run.Clauses) || doc.Results.Tests[1].Type != r.Causes[0].Title {
			t.Errorf("%d tests; the second of type %q", len(doc.Results.Tests), doc.Results.Tests[1].Type)
		}
	}
	empty := render(t, func(b *bytes.Buffer) error {
		return CTRF(b, build(t, Run{Exchange: "barong", Started: t0, Finished: t0}))
	})
	if !strings.Contains(empty, `"failed":1`) {
		t.Errorf("nothing ran, and nothing is red: %s", empty)
	}
}

func TestGitHubPrintsAtMostTenAnnotationsByCause(t *testing.T) {
	var results []journal.Result
	for i := range 40 {
		f := status500("open", "ok")
		if i >= 20 {
			f.Actual = []string{fmt.Sprintf("status: %d", i)}
		}
		f.Title = "100%\n::error::owned\r\n::stop-commands::x"
		results = append(results, result(fmt.Sprintf("open.ok.%d", i), verdict.Failed, f))
	}
	text := render(t, func(b *bytes.Buffer) error { return GitHub(b, build(t, runWith(results...))) })
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != 10 || !strings.HasPrefix(lines[0], "::error title=authconform barong::FAIL 20 of barong: open: expected status 201") {
		t.Errorf("%d lines:\n%s", len(lines), text)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "::error title=authconform barong::FAIL") || !strings.Contains(line, "100%25") {
			t.Errorf("not one command: %q", line)
		}
	}
	mild := render(t, func(b *bytes.Buffer) error { return GitHub(b, build(t, sampleRun())) })
	if strings.Count(mild, "::warning ") != 1 || strings.Count(mild, "::error ") != 5 ||
		strings.Index(mild, "::warning") < strings.LastIndex(mild, "::error") {
		t.Errorf("errors come before warnings:\n%s", mild)
	}
	if none := render(t, func(b *bytes.Buffer) error {
		return GitHub(b, reportOf(t, verdict.MUST, false, &journal.Result{Clause: "x", State: verdict.Passed, Checks: 1}))
	}); none != "" {
		t.Errorf("%q", none)
	}
}
