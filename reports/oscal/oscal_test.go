package oscal_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/standard"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/oscal"
)

const requirements = "id: s-1\nauthority: S 1\ntitle: S\nrequirements:\n" +
	"  - {id: 4(1), name: kept}\n  - {id: 4(2)(a), name: broken}\n  - {id: 4(2)(b), name: warned of}\n  - {id: \"5\", name: not judged}\n" +
	"  - {id: \"6\", name: not asked}\n  - {id: \"7\", name: a gap, gap: it is not seen}\n  - {id: \"8\", name: noted}\n  - {id: \"9\", " +
	"name: excused}\n"

const hostile = "a\x1b[31m\nb\u202e </script> & \"x\""

// sample has one requirement for each way in which a requirement may be found.
func sample(t *testing.T) oscal.Run {
	t.Helper()
	refs, err := standard.LoadReferences(fstest.MapFS{"standards/s-1.yaml": {Data: []byte(requirements)}}, "ex")
	if err != nil {
		t.Fatal(err)
	}
	entry := func(id string, level clause.Level, v verdict.Verdict, cites string) reports.Entry {
		return reports.Entry{ID: id, Level: level, Verdict: v, Text: hostile, Source: cites, Failures: []journal.Failure{{Title: hostile}}}
	}
	at := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	return oscal.Run{References: refs, Report: &reports.Report{
		Tool: reports.Tool{Name: "authconform", Version: "1"}, RunID: "r1", Exchange: "ex", Profile: "documented", Target: "http://x",
		Meaning: hostile,
		Started: at, Finished: at.Add(time.Minute), Findings: []journal.Finding{{Kind: journal.Disclosure, Text: "calls.har held a secret"}},
		Verdicts: []reports.Entry{
			entry("ex.a", clause.MUST, verdict.PASS, "S 1 4(1); S 1 4(2)(a)"), entry("ex.b", clause.MUST, verdict.FAIL, "S 1 4(2)(a)"),
			entry("ex.c", clause.SHOULD, verdict.WARN, "S 1 4(2)(b)"), entry("ex.d", clause.MUST, verdict.UNTESTABLE, "S 1 5"),
			entry("ex.e", clause.MUST, verdict.NOT_APPLICABLE, "S 1 6"), entry("ex.f", clause.INFO, verdict.WARN, "S 1 8"),
			entry("ex.g", clause.MUST, verdict.KNOWN, "S 1 9"), entry("ex.h", clause.MUST, verdict.PASS, "else"),
		},
	}}
}

func write(t *testing.T, runs []oscal.Run, standards ...string) string {
	t.Helper()
	var b bytes.Buffer
	if err := oscal.Write(&b, runs, standards...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// read is what the test looks at of a document.
type read struct {
	Results struct {
		UUID string
		Plan struct{ Href string } `json:"import-ap"`
		Back struct {
			Resources []struct{ UUID string }
		} `json:"back-matter"`
		Results []struct {
			UUID     string
			Remarks  string
			Controls struct {
				Selections []struct {
					Include []struct {
						ID string `json:"control-id"`
					} `json:"include-controls"`
				} `json:"control-selections"`
				Remarks string
			} `json:"reviewed-controls"`
			Observations []struct {
				UUID, Title string
			}
			Findings []struct {
				UUID   string
				Target struct {
					ID     string `json:"target-id"`
					Status struct{ State, Reason string }
				}
				Observations []struct {
					UUID string `json:"observation-uuid"`
				} `json:"related-observations"`
			}
		}
	} `json:"assessment-results"`
}

func decode(t *testing.T, text string) read {
	t.Helper()
	var doc read
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func published(t *testing.T) func(text string) error {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("testdata/oscal-1.1.3-assessment-results.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) error {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return s.Validate(v)
	}
}

func TestDocumentsKeepThePublishedSchema(t *testing.T) {
	check := published(t)
	nothing := sample(t)
	nothing.Report.Verdicts = nothing.Report.Verdicts[7:]
	other := sample(t)
	other.Report.Exchange = "other"
	for name, runs := range map[string][]oscal.Run{"one exchange": {sample(t)}, "two": {sample(t), other}, "nothing assessed": {nothing}} {
		if err := check(write(t, runs)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := write(t, []oscal.Run{sample(t)})
	for name, edit := range map[string][2]string{
		"another state": {`"state": "satisfied"`, `"state": "fine"`},
		"no token":      {`"target-id": "s-1_4_1"`, `"target-id": "4(1)"`},
		"no UUID":       {`"observation-uuid": "`, `"observation-uuid": "x`},
		"no methods":    {`"methods"`, `"means"`},
		"extra member":  {`"import-ap"`, `"more": 1, "import-ap"`},
	} {
		bad := strings.Replace(good, edit[0], edit[1], 1)
		if bad == good {
			t.Fatalf("%s: the sample has no %s", name, edit[0])
		}
		if check(bad) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestFindingsSayHowEachRequirementWasFound: nothing that is broken or open is satisfied.
func TestFindingsSayHowEachRequirementWasFound(t *testing.T) {
	result := decode(t, write(t, []oscal.Run{sample(t)})).Results.Results[0]
	got := map[string]string{}
	for _, f := range result.Findings {
		got[f.Target.ID] = f.Target.Status.State + " " + f.Target.Status.Reason
	}
	want := map[string]string{
		"s-1_4_1": "satisfied pass", "s-1_4_2_a": "not-satisfied fail", "s-1_4_2_b": "not-satisfied fail", "s-1_5": "not-satisfied other",
		"s-1_8": "satisfied pass", "s-1_9": "not-satisfied fail",
	}
	if len(got) != len(want) {
		t.Errorf("findings %v", got)
	}
	for id, status := range want {
		if got[id] != status {
			t.Errorf("%s: %q, want %q", id, got[id], status)
		}
	}
	for _, gap := range []string{"S 1 7: it is not seen", "S 1 6: Its clauses do not apply"} {
		if !strings.Contains(result.Controls.Remarks, gap) {
			t.Errorf("what was not assessed lacks %q: %s", gap, result.Controls.Remarks)
		}
	}
	if !strings.Contains(result.Remarks, "no certification") || !strings.Contains(result.Remarks, "held a secret") {
		t.Errorf("remarks %q", result.Remarks)
	}
}

func TestReferencesResolve(t *testing.T) {
	text := write(t, []oscal.Run{sample(t)})
	doc := decode(t, text).Results
	seen := map[string]bool{}
	once := func(id string) {
		if seen[id] {
			t.Errorf("the id %s is used twice", id)
		}
		seen[id] = true
	}
	once(doc.UUID)
	if len(doc.Back.Resources) != 1 || doc.Plan.Href != "#"+doc.Back.Resources[0].UUID {
		t.Errorf("the plan %s is none of %v", doc.Plan.Href, doc.Back.Resources)
	}
	result := doc.Results[0]
	for _, o := range result.Observations {
		once(o.UUID)
		if o.Title == "ex.h" {
			t.Error("a clause that bears on nothing is an observation")
		}
	}
	included := 0
	for _, s := range result.Controls.Selections {
		included += len(s.Include)
	}
	if included != len(result.Findings) {
		t.Errorf("%d controls, %d findings", included, len(result.Findings))
	}
	observed := seen
	for _, f := range result.Findings {
		for _, o := range f.Observations {
			if !observed[o.UUID] {
				t.Errorf("%s: observation %s is not there", f.Target.ID, o.UUID)
			}
		}
	}
	if again := write(t, []oscal.Run{sample(t)}); again != text {
		t.Error("the same run gives another document")
	}
	if strings.ContainsAny(text, "\x1b\u202e") {
		t.Error("what cannot be seen came through")
	}
}

func TestUnknownStandardsAreRefused(t *testing.T) {
	err := oscal.Write(&bytes.Buffer{}, []oscal.Run{sample(t)}, "s-2")
	if err == nil || !strings.Contains(err.Error(), `unknown standard "s-2"; there is: s-1`) {
		t.Error(err)
	}
	if err := oscal.Write(&bytes.Buffer{}, nil); err == nil {
		t.Error("no run gives a document")
	}
}
