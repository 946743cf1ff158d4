package reports

import (
	"fmt"
	"io"

	"authconform/harness/verdict"
)

// CTRFFile is the report for dashboards that read the Common Test Report Format
// (https://ctrf.io); its schema, as that project publishes it, is
// schemas/report/ctrf.schema.json.
const CTRFFile = "ctrf.json"

type ctrf struct {
	Format  string      `json:"reportFormat"`
	Version string      `json:"specVersion"`
	RunID   string      `json:"runId"`
	By      string      `json:"generatedBy"`
	Results ctrfResults `json:"results"`
}

type ctrfResults struct {
	Tool    Tool        `json:"tool"`
	Summary ctrfSummary `json:"summary"`
	Tests   []ctrfTest  `json:"tests"`
}

type ctrfSummary struct {
	Tests   int   `json:"tests"`
	Passed  int   `json:"passed"`
	Failed  int   `json:"failed"`
	Skipped int   `json:"skipped"`
	Pending int   `json:"pending"`
	Other   int   `json:"other"`
	Suites  int   `json:"suites"`
	Start   int64 `json:"start"` // milliseconds since 1970
	Stop    int64 `json:"stop"`
}

type ctrfTest struct {
	Name     string   `json:"name"`
	Status   string   `json:"status"`
	Raw      string   `json:"rawStatus"` // the verdict
	Duration int64    `json:"duration"`  // milliseconds
	Suite    []string `json:"suite"`
	Message  string   `json:"message,omitempty"`
	Trace    string   `json:"trace,omitempty"`
	Type     string   `json:"type,omitempty"` // the cause
	Tags     []string `json:"tags"`           // the level
	File     string   `json:"filePath,omitempty"`
	Line     int      `json:"line,omitempty"`
}

// CTRF writes one test per clause, red exactly where JUnit's case is: a clause that
// breaks the run and a MUST that was not judged are failed, what else was not judged is
// skipped, and WARN and KNOWN pass with their message.
func CTRF(w io.Writer, runs ...*Report) error {
	first := runs[0]
	doc := ctrf{
		Format: "CTRF", Version: "0.0.0", RunID: first.RunID, By: first.Tool.Name + " " + first.Tool.Version,
		Results: ctrfResults{Tool: first.Tool, Tests: []ctrfTest{}},
	}
	s := &doc.Results.Summary
	s.Suites, s.Start, s.Stop = len(runs), first.Started.UnixMilli(), first.Finished.UnixMilli()
	for _, r := range runs {
		s.Start, s.Stop = min(s.Start, r.Started.UnixMilli()), max(s.Stop, r.Finished.UnixMilli())
		causes := causeOf(r)
		red := false
		for _, e := range r.Verdicts {
			t := ctrfOf(r, e, causes[e.ID])
			red = red || t.Status == "failed"
			doc.add(t)
		}
		if r.ExitCode == verdict.ExitIncomplete && !red {
			doc.add(ctrfTest{Name: "run", Status: "failed", Raw: "INCOMPLETE", Suite: []string{r.Exchange}, Message: visible(r.Meaning),
				Tags: []string{}})
		}
	}
	return compact(w, doc)
}

func (d *ctrf) add(t ctrfTest) {
	s := &d.Results.Summary
	d.Results.Tests = append(d.Results.Tests, t)
	s.Tests++
	switch t.Status {
	case "passed":
		s.Passed++
	case "failed":
		s.Failed++
	default:
		s.Skipped++
	}
}

func ctrfOf(r *Report, e Entry, cause *Cause) ctrfTest {
	t := ctrfTest{
		Name: visible(e.ID), Status: "skipped", Raw: string(e.Verdict), Duration: int64(e.DurationMS),
		Suite: []string{visible(r.Exchange)}, Tags: []string{string(e.Level)}, File: visible(e.File), Line: e.Line,
	}
	if e.Operation != "" {
		t.Suite = append(t.Suite, visible(e.Operation))
	}
	if e.Verdict == verdict.PASS {
		t.Status = "passed"
		return t
	}
	t.Message = headline(e)
	weight := e.judged().Weight(r.Strict)
	switch {
	case weight != verdict.Neutral:
		t.Status = "failed"
	case e.Verdict == verdict.WARN || e.Verdict == verdict.KNOWN:
		t.Status = "passed"
	default:
		t.Message = visible(fmt.Sprintf("%s: %s", e.Verdict, e.Reason))
		return t
	}
	t.Trace = explain(e)
	if cause != nil {
		t.Type = cause.Title
	}
	return t
}
