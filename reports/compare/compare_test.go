package compare_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/schema"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
	"authconform/schemas"
)

// ran makes a report of clauses given as "id LEVEL VERDICT cause".
func ran(exchange string, lines ...string) *reports.Report {
	r := &reports.Report{SchemaVersion: 1, RunID: "r", Exchange: exchange, Started: time.Unix(0, 0).UTC(), Verdicts: []reports.Entry{}}
	for _, line := range lines {
		part := strings.SplitN(line+" ", " ", 4)
		e := reports.Entry{ID: part[0], Level: clause.Level(part[1]), Verdict: verdict.Verdict(part[2])}
		if cause := strings.TrimSpace(part[3]); cause != "" {
			e.Failures = []journal.Failure{{Title: cause, Expected: []string{"status: 401"}, Actual: []string{"status: 200"}}}
		}
		r.Verdicts = append(r.Verdicts, e)
	}
	return r
}

func TestEachChangeStandsInItsList(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string // "" where the run does not have the clause
		list     string // "" for none
		exit     int
	}{
		"fails now":              {"c MUST PASS", "c MUST FAIL x", "failures", 1},
		"warns now":              {"c SHOULD PASS", "c SHOULD WARN x", "failures", 1},
		"is noted now":           {"c INFO PASS", "c INFO WARN x", "failures", 0},
		"is judged, and fails":   {"c MUST UNTESTABLE", "c MUST FAIL x", "failures", 1},
		"deviation ran out":      {"c MUST KNOWN x", "c MUST FAIL x", "failures", 1},
		"deviation is stale":     {"c MUST KNOWN x", "c MUST STALE", "failures", 1},
		"weighs more":            {"c SHOULD WARN x", "c SHOULD FAIL x", "failures", 1},
		"new clause fails":       {"", "c MUST FAIL x", "failures", 1},
		"fails as before":        {"c MUST FAIL run 123456", "c MUST FAIL run 654321", "", 0},
		"fails otherwise":        {"c MUST FAIL x", "c MUST FAIL y", "causes", 0},
		"mended":                 {"c MUST FAIL x", "c MUST PASS", "mended", 0},
		"deviation not needed":   {"c MUST KNOWN x", "c MUST PASS", "mended", 0},
		"accepted":               {"c MUST FAIL x", "c MUST KNOWN x", "others", 0},
		"does not apply now":     {"c MUST FAIL x", "c MUST NOT_APPLICABLE", "others", 0},
		"must not judged now":    {"c MUST PASS", "c MUST UNTESTABLE", "lost", 3},
		"failure not judged now": {"c MUST FAIL x", "c MUST ERROR", "lost", 3},
		"should not judged now":  {"c SHOULD PASS", "c SHOULD NOT_RUN", "lost", 0},
		"never judged":           {"c MUST UNTESTABLE", "c MUST ERROR", "others", 0},
		"new clause":             {"", "c MUST PASS", "added", 0},
		"dropped clause":         {"c MUST PASS", "", "dropped", 0},
		"left out":               {"c MUST PASS", "c MUST FILTERED", "", 0},
		"left out before":        {"c MUST FILTERED", "c MUST FAIL x", "", 0},
		"as before":              {"c MUST PASS", "c MUST PASS", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			both := [2][]string{{"other MUST PASS"}, {"other MUST PASS"}}
			for i, line := range []string{c.old, c.new} {
				if line != "" {
					both[i] = append(both[i], line)
				}
			}
			d, err := compare.Runs([]*reports.Report{ran("barong", both[0]...)}, []*reports.Report{ran("barong", both[1]...)})
			if err != nil {
				t.Fatal(err)
			}
			if d.ExitCode != c.exit {
				t.Errorf("exit code %d (%s), want %d", d.ExitCode, d.Meaning, c.exit)
			}
			x := d.Exchanges[0]
			for list, changes := range map[string][]compare.Change{
				"failures": x.Failures, "lost": x.Lost, "causes": x.Causes, "mended": x.Mended, "others": x.Others, "added": x.Added,
				"dropped": x.Dropped,
			} {
				if want := list == c.list; (len(changes) == 1) != want || len(changes) > 1 {
					t.Errorf("the list %q holds %v", list, changes)
				}
			}
		})
	}
}

func TestNothingComparedIsNotGreen(t *testing.T) {
	d, err := compare.Runs([]*reports.Report{ran("barong", "c MUST PASS")}, []*reports.Report{ran("barong", "c MUST FILTERED")})
	if err != nil || d.ExitCode != verdict.ExitIncomplete {
		t.Errorf("exit code %d (%s), error %v", d.ExitCode, d.Meaning, err)
	}
	if _, err := compare.Runs([]*reports.Report{ran("barong")}, []*reports.Report{ran("kiiex")}); err == nil ||
		!strings.Contains(err.Error(), "barong") {
		t.Errorf("runs over different exchanges: %v", err)
	}
}

func TestAnExchangeOfOneRunAloneIsAddedOrDropped(t *testing.T) {
	d, err := compare.Runs([]*reports.Report{ran("barong", "c MUST PASS"), ran("kiiex", "k MUST PASS")},
		[]*reports.Report{ran("barong", "c MUST PASS"), ran("kiiexap", "a MUST PASS")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range d.Exchanges {
		got = append(got, fmt.Sprintf("%s +%d -%d", x.Exchange, len(x.Added), len(x.Dropped)))
	}
	if want := []string{"barong +0 -0", "kiiexap +1 -0", "kiiex +0 -1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

const har = `{"log":{"version":"1.2","entries":[
{"_operation":"logIn","response":{"status":%d,"headers":[{"name":"Content-Type","value":"x"}],"content":{"mimeType":"application/json","text":%q}}}
]}}`

func TestChangedAnswersAreNamedByPlace(t *testing.T) {
	folder := func(status int, body string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, reports.HARFile), fmt.Appendf(nil, har, status, body), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	old := folder(200, `{"id":1,"list":[{"a":true}],"pin":"‹pin:number›"}`)
	for _, c := range []struct {
		name, new string
		want      []compare.Call
	}{
		{"same shape", folder(200, `{"pin":1234,"id":2,"list":[{"a":false},{"a":true}]}`), []compare.Call{}},
		{"other type", folder(200, `{"id":"1","list":[{"a":true}],"pin":1234}`),
			[]compare.Call{{Operation: "logIn", Status: 200, New: []string{"body /id: string"}, Gone: []string{"body /id: number"}}}},
		{"other status", folder(201, ``), []compare.Call{
			{Operation: "logIn", Status: 200, New: []string{}, Gone: []string{"body /id: number", "body /list/*/a: boolean", "body /list/*: object",
				"body /list: array", "body /pin: number", "body : object", "header Content-Type", "media type: application/json"}},
			{Operation: "logIn", Status: 201, New: []string{"body: none", "header Content-Type", "media type: application/json"},
				Gone: []string{}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := compare.Runs([]*reports.Report{ran("barong", "c MUST PASS")}, []*reports.Report{ran("barong", "c MUST PASS")})
			if err != nil {
				t.Fatal(err)
			}
			if missing, err := d.AddCalls(old, c.new); err != nil || missing != "" {
				t.Fatal(missing, err)
			}
			if got := d.Exchanges[0].Calls; fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

func TestWrittenDifferencesAreInert(t *testing.T) {
	d, err := compare.Runs([]*reports.Report{ran("barong", "c MUST PASS")}, []*reports.Report{ran("barong", "c MUST FAIL \x1b[31m|`<script>")})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{compare.TextFormat, compare.MarkdownFormat, compare.JSONFormat} {
		var b strings.Builder
		if err := d.Write(&b, format); err != nil || strings.Contains(b.String(), "\x1b") || !strings.Contains(b.String(), "FAIL") {
			t.Errorf("%s: %v\n%s", format, err, b.String())
		}
	}
	if err := d.Write(&strings.Builder{}, "xml"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestJSONKeepsItsSchema(t *testing.T) {
	set, err := schema.LoadSet(schemas.FS, "report")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := set.Get("diff.schema.json")
	if !ok {
		t.Fatal("schemas/report/diff.schema.json is missing")
	}
	d, err := compare.Runs([]*reports.Report{ran("barong", "a MUST PASS", "gone MUST PASS"), ran("kiiex", "k MUST PASS")},
		[]*reports.Report{ran("barong", "a MUST FAIL x", "b MUST PASS")})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := d.Write(&b, compare.JSONFormat); err != nil {
		t.Fatal(err)
	}
	for _, m := range s.Check(b.Bytes()) {
		t.Errorf("%+v", m)
	}
}

// TestARunThatIsNotWholeIsNotGreen: its verdicts may all be as before.
func TestARunThatIsNotWholeIsNotGreen(t *testing.T) {
	now := ran("barong", "c MUST PASS")
	now.Fail("the disk is full")
	d, err := compare.Runs([]*reports.Report{ran("barong", "c MUST PASS")}, []*reports.Report{now})
	if err != nil || d.ExitCode != verdict.ExitIncomplete || !strings.Contains(d.Meaning, "the disk is full") {
		t.Errorf("exit code %d (%s), error %v", d.ExitCode, d.Meaning, err)
	}
}
