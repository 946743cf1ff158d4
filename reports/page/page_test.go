package page_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"go.yaml.in/yaml/v3"

	"authconform/harness/baseline"
	"authconform/harness/clause"
	"authconform/harness/grid"
	"authconform/harness/journal"
	"authconform/harness/source"
	"authconform/harness/standard"
	"authconform/harness/verdict"
	"authconform/reports"
	"authconform/reports/compare"
	"authconform/reports/page"
	"authconform/schemas"
)

// axe-core 4.14.1 (MPL-2.0), as npm has it: an independent judge of accessibility.
//
//go:embed testdata/axe.min.js
var axe string

var t0 = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// hostile is what a target may answer.
const hostile = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1">'"&lt;` + "\u202e\x00"

// frozen are the clauses of an exchange, as the repository has them.
func frozen(t *testing.T, exchange string) []reports.Clause {
	t.Helper()
	text, err := schemas.FS.ReadFile(exchange + "/clauses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list []clause.Info
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	var out []reports.Clause
	for _, c := range list {
		c.File, c.Line = "suites/"+exchange+"/spec.go", 7
		if slug := c.ID[strings.LastIndex(c.ID, ".")+1:]; slug == "no-credential" || slug == "logged-out" {
			c.File = "suites/family/credentials.go"
		}
		out = append(out, reports.Clause{Info: c, Selected: true})
	}
	return out
}

// runOf has a verdict on every clause of an exchange: with bad, a third of the clauses
// fail of causes of different sizes, and the target answers what is hostile.
func runOf(t *testing.T, exchange string, bad bool) page.Run {
	t.Helper()
	run := reports.Run{
		Tool: reports.Tool{Name: "authconform", Version: "1.2.3"}, RunID: "5f0824de14a8", Exchange: exchange, Profile: "documented",
		Target: "https://staging.example/api", Started: t0, Finished: t0.Add(95 * time.Second), Procs: 2, Seed: 7,
		Clauses: frozen(t, exchange), Results: map[string]journal.Result{},
	}
	for i, c := range run.Clauses {
		r := journal.Result{Clause: c.ID, State: verdict.Passed, Checks: 2, Calls: []string{"1-1", "1-2", "1-3"}, DurationMS: 4.2, Process: 1}
		f := journal.Failure{
			Facet: verdict.Behaviour, Title: "POST /session: expected outcome unauthenticated", Operation: "createSession",
			Outcome: "unauthenticated",
			Request: "POST https://staging.example/api/session", Expected: []string{"status: 401 Unauthorized"},
			Actual: []string{"status: 200 OK, which no document names"}, Says: "A wrong password is refused.", Source: "barong#2.2", Call: "1-3",
			Curl: "curl -sS -X POST https://staging.example/api/session --data-raw '{\"password\":\"‹password›\"}'",
		}
		switch {
		case !bad || i%3 > 0:
		case i%9 == 0:
			r.State, r.Failures = verdict.Failed, []journal.Failure{f}
		case i%9 == 3:
			f.Operation, f.Title, f.Expected, f.Actual = c.Operation, hostile, []string{"member uid: a string " + hostile},
				[]string{"member uid: a number"}
			r.State, r.Failures = verdict.Failed, []journal.Failure{f}
		default:
			r.State, r.Reason = verdict.Untestable, "no identity has the role "+hostile
		}
		run.Results[c.ID] = r
	}
	var err error
	if run.Grids, err = grid.Load(schemas.FS, exchange); err != nil {
		t.Fatal(err)
	}
	report, err := reports.Build(run)
	if err != nil {
		t.Fatal(err)
	}
	refs, err := standard.LoadReferences(schemas.FS, exchange)
	if err != nil {
		t.Fatal(err)
	}
	return page.Run{Report: report, References: refs, Call: recorded, Passage: source.NewLibrary(schemas.FS).Resolve}
}

func recorded(process int, id string) (journal.Call, bool, error) {
	return journal.Call{
		ID: id, Process: process, Actor: "alice", Method: "POST", URL: "https://staging.example/api/session", Status: 200,
		RequestHeader: http.Header{"Content-Type": {"application/json"}}, RequestBody: `{"password":"‹password›"}`,
		Header: http.Header{"X-Evil": {hostile}}, Body: hostile, DurationMS: 1.5,
	}, true, nil
}

// write puts a page on the disk, as a mail would.
func write(t *testing.T, name string, runs ...page.Run) string {
	t.Helper()
	return writeWith(t, name, page.Head{}, runs...)
}

func writeWith(t *testing.T, name string, head page.Head, runs ...page.Run) string {
	t.Helper()
	var b bytes.Buffer
	head.ExitCode, head.Meaning, head.Started, head.Finished = runs[0].Report.ExitCode, runs[0].Report.Meaning, t0, t0.Add(time.Minute)
	if err := page.Write(&b, head, runs); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 5<<20 {
		t.Errorf("%s has %d bytes, more than 5 MiB", name, b.Len())
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes", name, b.Len())
	return "file://" + path
}

// A stranger needs two clicks to the curl of the largest cause.
func TestTwoClicksToTheCurlOfTheLargestCause(t *testing.T) {
	run := runOf(t, "barong", true)
	largest := run.Report.Causes[0]
	for _, c := range run.Report.Causes {
		if c.Counts[verdict.FAIL] > largest.Counts[verdict.FAIL] {
			largest = c
		}
	}
	b := open(t)
	b.open(t, write(t, "clicks.html", run))
	cause := "#barong-" + largest.ID
	b.do(t, chromedp.Click(cause+" > summary", chromedp.ByQuery), chromedp.WaitVisible(cause+" .curl", chromedp.ByQuery))
	curl := value[string](t, b, `document.querySelector('`+cause+` .curl').textContent`)
	if !strings.HasPrefix(curl, "curl -sS -X POST") {
		t.Errorf("the first click shows %q", curl)
	}
	if marked := value[string](t, b, `document.querySelector('`+cause+` .pair mark').textContent`); marked != "401 Unauthorized" {
		t.Errorf("marked is %q", marked)
	}
	b.do(t, chromedp.Click(cause+" .copy",
		chromedp.ByQuery), chromedp.Poll(`document.querySelector('`+cause+` .copy').textContent !== 'Copy curl'`, nil))
	if first := value[string](t, b,
		`document.querySelector('details.cause .size').textContent`); first != fmt.Sprint(len(run.Report.Causes[0].Clauses)) {
		t.Errorf("the first cause has %s clauses, the largest %d", first, len(run.Report.Causes[0].Clauses))
	}
	b.quiet(t)
}

func TestFiltersSearchAndLinks(t *testing.T) {
	run := runOf(t, "barong", true)
	b := open(t)
	url := write(t, "filters.html", run)
	b.open(t, url)
	shown := func() int { return b.shown(t) }
	choose := func(name, value string) {
		b.do(t, chromedp.Evaluate(fmt.Sprintf(`(() => { document.querySelector('.filters').reset(); const s = document.getElementById('f-%s');
			s.value = %q; s.dispatchEvent(new Event('input', {bubbles: true})); })()`, name, value), nil))
	}
	count := func(want func(reports.Entry) bool) int {
		n := 0
		for _, e := range run.Report.Verdicts {
			if want(e) {
				n++
			}
		}
		return n
	}
	for _, tc := range []struct {
		name, value string
		want        func(reports.Entry) bool
	}{
		{"verdict", "FAIL", func(e reports.Entry) bool { return e.Verdict == verdict.FAIL }},
		{"level", "SHOULD", func(e reports.Entry) bool { return e.Level == clause.SHOULD }},
		{"operation", "createSession", func(e reports.Entry) bool { return e.Operation == "createSession" }},
	} {
		choose(tc.name, tc.value)
		if got, want := shown(), count(tc.want); got != want || want == 0 {
			t.Errorf("%s %s: %d clauses, want %d", tc.name, tc.value, got, want)
		}
	}
	choose("cause", run.Report.Causes[0].Title)
	if got, want := shown(), len(run.Report.Causes[0].Clauses); got != want {
		t.Errorf("cause: %d clauses, want %d", got, want)
	}
	if n := value[int](t, b, `document.querySelectorAll('#f-standard option').length`); n < 3 {
		t.Errorf("%d standards to choose from", n)
	}
	choose("verdict", "")
	b.do(t, chromedp.KeyEvent("/"))
	if focus := value[string](t, b, `document.activeElement.id`); focus != "q" {
		t.Errorf("the key / leads to %q", focus)
	}
	b.do(t, chromedp.Evaluate(`document.getElementById("q").value = ""`, nil),
		chromedp.SendKeys("#q", "Create-Label.No-Cred", chromedp.ByQuery))
	if got := shown(); got != 1 {
		t.Errorf("the search finds %d clauses", got)
	}
	b.do(t, chromedp.Evaluate(`document.querySelector('.cell.bad').click()`, nil))
	if got := shown(); got < 1 || got > 100 {
		t.Errorf("a cell of the heat map shows %d clauses", got)
	}
	const id = "barong.create-label.no-credential"
	b.open(t, url+"#"+id)
	if !value[bool](t, b, `document.getElementById('`+id+`').open && document.getElementById('`+id+`').getBoundingClientRect().top < innerHeight`) {
		t.Error("a deep link does not open its clause")
	}
	b.quiet(t)
}

// TestNoticesStandFirst: what a run noticed beside its clauses, and why it is not whole,
// is above all else, as text.
func TestNoticesStandFirst(t *testing.T) {
	run := runOf(t, "kiiex", false)
	run.Report.Find(journal.Finding{Kind: journal.Disclosure, Text: "calls.har held secrets, which are masked: " + hostile})
	run.Report.Ending = []verdict.Deviation{{Clause: "kiiex.code.*", Reason: hostile, Owner: "back-end",
		Expires: time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)}}
	run.Report.Known = []baseline.Known{{Sentence: "code-replayed", Text: "a code is good twice", Source: "kiiex#2"}}
	run.Report.Baseline = reports.BaselineTally{Hold: 1, Broken: []string{"log-out-ends"},
		Unjudged: []string{"a-1", "a-2", "a-3", "a-4", "a-5"}}
	b := open(t)
	b.open(t, writeWith(t, "notices.html", page.Head{
		Findings: []journal.Finding{{Kind: journal.Clock, Text: "the target's clock is an hour off"}}, Lost: "the disk is full",
	}, run))
	text := value[string](t, b, `document.querySelector('main').firstElementChild.innerText`)
	for _, want := range []string{"clock", "an hour off", "not whole", "the disk is full", "disclosure", "calls.har held secrets",
		"kiiex.code.* ends on 2026-11-24", "known to break code-replayed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the notices do not say %q:\n%s", want, text)
		}
	}
	sentences := value[[]string](t, b,
		`[...document.querySelectorAll('.runs .sentences')].map(d => (d.open ? '' : 'folded ') + d.textContent)`)
	if !slices.Equal(sentences, []string{"BROKEN 1log-out-ends", "folded not judged 5a-1, a-2, a-3, a-4, a-5"}) {
		t.Errorf("of the baseline it says %q", sentences)
	}
	if n := strings.Count(text, "calls.har held secrets"); n != 1 {
		t.Errorf("a finding that is also why the run is not whole is said %d times", n)
	}
	if value[bool](t, b, `'owned' in window`) {
		t.Error("a finding became markup")
	}
	b.quiet(t)
}

// TestChangesAreAView: what differs from an earlier run stands on the page, and leads to
// the clause.
func TestChangesAreAView(t *testing.T) {
	good, bad := runOf(t, "kiiex", false), runOf(t, "kiiex", true)
	d, err := compare.Runs([]*reports.Report{good.Report}, []*reports.Report{bad.Report})
	if err != nil {
		t.Fatal(err)
	}
	b := open(t)
	b.open(t, writeWith(t, "changes.html", page.Head{Changes: d}, bad))
	for heading, n := range map[string]int{"New failures": len(d.Exchanges[0].Failures), "No longer judged": len(d.Exchanges[0].Lost)} {
		got := value[int](t, b, fmt.Sprintf(`[...document.querySelectorAll('#changes details')].find(d => d.innerText.startsWith(%q)).querySelectorAll('li').length`, heading))
		if got != n || n == 0 {
			t.Errorf("%s: %d lines, want %d", heading, got, n)
		}
	}
	b.do(t, chromedp.Evaluate(`document.querySelector('#changes details').open = true; document.querySelector('#changes a').click()`, nil))
	if id := d.Exchanges[0].Failures[0].Clause; !value[bool](t, b, `document.getElementById('`+id+`').open`) {
		t.Errorf("%s is not opened", id)
	}
	b.quiet(t)
}

// TestTablesPickTheirClauses: each cell of a grid and of a standard shows its clauses in
// the list, and what no clause judges says why.
func TestTablesPickTheirClauses(t *testing.T) {
	run := runOf(t, "kiiex", true)
	b := open(t)
	b.open(t, write(t, "tables.html", run))
	b.do(t, chromedp.Evaluate(`document.querySelectorAll('details.grid').forEach(d => { d.open = true; })`, nil),
		chromedp.Poll(`[...document.querySelectorAll('details.grid')].every(d => d.querySelector('table'))`, nil))
	if n := value[int](t, b, `document.querySelectorAll('#grids details').length`); n != len(run.Report.Grids) || n < 4 {
		t.Errorf("%d grids on the page, %d in the report", n, len(run.Report.Grids))
	}
	for i, g := range run.Report.Grids {
		for _, c := range g.Cells {
			if len(c.Clauses) == 0 {
				continue
			}
			b.do(t, chromedp.Evaluate(fmt.Sprintf(`[...document.querySelectorAll('#grids details')[%d].querySelectorAll('button')]
				.find(b => b.title.startsWith(%q)).click()`, i, c.Row+", "+c.Column+": "), nil), chromedp.Poll(`document.getElementById('count').textContent.includes(': ')`, nil))
			shown := value[[]string](t, b, `[...document.querySelectorAll('#list > details')].map(d => d.id)`)
			slices.Sort(shown)
			if want := slices.Sorted(slices.Values(c.Clauses)); !slices.Equal(shown, want) {
				t.Fatalf("%s, %s, %s: the list shows %v, want %v", g.ID, c.Row, c.Column, shown, want)
			}
			break // one cell a grid
		}
	}
	for _, s := range run.References.Standards() {
		if !value[bool](t, b, fmt.Sprintf(`[...document.querySelectorAll('#standards details')].some(d => d.innerText.includes(%q) && d.querySelectorAll('tbody tr').length === %d)`,
			s.Title, len(s.Requirements))) {
			t.Errorf("the view of %s is not there, or not whole", s.ID)
		}
	}
	if text := value[string](t, b, `document.getElementById('standards').innerText`); !strings.Contains(text, "no certification") ||
		!strings.Contains(text, "no operation of the surface") && !strings.Contains(text, "No operation of the surface") {
		t.Error("the standards say neither what they are not, nor why there are gaps")
	}
	b.do(t, chromedp.Evaluate(`document.querySelector('.filters').reset()`, nil), chromedp.Evaluate(`(() => { const s = document.getElementById('f-standard');
		s.value = 'NIST SP 800-63B 5.2.8'; s.dispatchEvent(new Event('input', {bubbles: true})); })()`, nil))
	if ids := value[[]string](t, b, `[...document.querySelectorAll('#list > details')].map(d => d.id)`); !slices.Contains(ids,
		"kiiex.code.replayed") || len(ids) > 30 {
		t.Errorf("the filter of a requirement shows %v", ids)
	}
	b.quiet(t)
}

func TestAccessibility(t *testing.T) {
	url := write(t, "axe.html", runOf(t, "kiiex", true))
	for _, scheme := range []string{"light", "dark"} {
		b := open(t)
		b.do(t, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
		b.open(t, url)
		b.do(t, chromedp.Evaluate(`document.querySelectorAll('details.cause, details.grid').forEach(d => { d.open = true; });
			[...document.querySelectorAll('details.clause')].slice(0, 3).forEach(d => { d.open = true; })`, nil), chromedp.Evaluate(axe+";0", nil))
		var found []string
		b.do(t, chromedp.Evaluate(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']}).then(r =>
			r.violations.map(v => v.id + ': ' + v.nodes.length + ' times, ' + v.nodes[0].html.slice(0, 200) + ' ' + v.nodes[0].failureSummary.slice(0, 300)))`,
			&found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		for _, text := range found {
			t.Errorf("%s: %s", scheme, text)
		}
	}
}

// TestPictures leaves pictures of the page in bin/pictures, for people.
func TestPictures(t *testing.T) {
	dir := filepath.Join("..", "..", "bin", "pictures")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var runs []page.Run // of which some 2,000 clauses are not PASS
	for _, x := range exchanges {
		runs = append(runs, runOf(t, x, true))
	}
	good, bad := write(t, "good.html", runOf(t, "kiiex", false)), write(t, "bad.html", runOf(t, "barong", true))
	several := write(t, "several.html", runs...)
	b := open(t)
	for _, p := range []struct {
		name, url, scheme string
		width             int64
	}{
		{"desktop", good, "light", 1280}, {"bad", bad, "light", 1280}, {"narrow", bad, "light", 390}, {"dark", bad, "dark", 1280},
		{"tables", bad, "light", 1280},
		{"several", several, "light", 1280}, {"map", several, "light", 1280}, {"clauses", several, "light", 1280},
		{"narrow-clauses", several, "light", 390},
	} {
		b.do(t, chromedp.EmulateViewport(p.width, 900),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: p.scheme}}))
		b.open(t, p.url)
		b.do(t, chromedp.Evaluate(`[...document.querySelectorAll('details.cause')].slice(1, 2).forEach(d => { d.open = true; })`, nil))
		if p.name == "tables" {
			b.do(t, chromedp.Evaluate(`document.querySelectorAll('#grids details, #standards details:nth-of-type(4)').forEach(d => { d.open = true; });
				document.getElementById('grids').scrollIntoView()`, nil), chromedp.Poll(`document.querySelectorAll('#standards table').length === 1`, nil))
		}
		if p.name == "map" {
			b.do(t, chromedp.Evaluate(`document.getElementById('map').scrollIntoView()`, nil))
		}
		if strings.HasSuffix(p.name, "clauses") {
			b.do(t, chromedp.Evaluate(`document.querySelectorAll('#list > details')[3].open = true; document.getElementById('clauses').scrollIntoView()`, nil),
				chromedp.Poll(`document.querySelector('#list .call') !== null`, nil),
				chromedp.Evaluate(`document.querySelector('#list .call.judged').open = true`, nil))
		}
		var picture []byte
		b.do(t, chromedp.CaptureScreenshot(&picture))
		if wide := value[int](t, b, `document.documentElement.scrollWidth`); int64(wide) > p.width {
			t.Errorf("%s: the page is %d wide, the screen %d", p.name, wide, p.width)
		}
		if cut := value[int](t, b,
			`[...document.querySelectorAll('.body[class], .body p, .pair > *')]`+
				`.filter(e => e.scrollWidth > e.clientWidth + 1 && e.checkVisibility()).length`); cut > 0 {
			t.Errorf("%s: the text of %d elements is cut off", p.name, cut)
		}
		if err := os.WriteFile(filepath.Join(dir, p.name+".png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
