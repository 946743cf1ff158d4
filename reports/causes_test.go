package reports

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

// runWith has one clause per result, all of level MUST but those of ids that end in
// "-should", and of operation and outcome as "operation.outcome.anything" says.
func runWith(results ...journal.Result) Run {
	run := Run{Exchange: "barong", Started: t0, Finished: t0, Results: map[string]journal.Result{}}
	for _, r := range results {
		level := clause.MUST
		if strings.HasSuffix(r.Clause, "-should") {
			level = clause.SHOULD
		}
		parts := strings.Split(r.Clause, ".")
		run.Clauses = append(run.Clauses, info(r.Clause, level, parts[0], parts[1]))
		run.Results[r.Clause] = r
	}
	return run
}

func status500(operation, outcome string) journal.Failure {
	return journal.Failure{
		Facet: verdict.Behaviour, Title: operation, Operation: operation, Outcome: outcome,
		Expected: []string{"status: 201 Created"}, Actual: []string{"status: 500 Internal Server Error"},
	}
}

func TestCausesGroupWhatWentWrongTheSameWay(t *testing.T) {
	full := status500("generate", "ok") // the root looks at the whole answer, who waits only at the status
	full.Expected = append(full.Expected, "header Cache-Control: no-store", "schema /3/barcode: present")
	full.Actual = append(full.Actual, "header Cache-Control: absent", "schema /3/barcode: absent")
	waiting := func(id string) journal.Result {
		r := result(id, verdict.Untestable, status500("generate", "ok"))
		r.Reason = "cannot enrol: generate: expected outcome ok"
		return r
	}
	other := func(id, uid string) journal.Result {
		return result(id, verdict.Failed, journal.Failure{
			Facet: verdict.Shape, Operation: "list", Expected: []string{"schema /0/uid: a string", "one entry"},
			Actual: []string{"schema /12/uid: a number", "the entry " + uid},
		})
	}
	short := func(id string) journal.Result {
		r := result(id, verdict.Untestable)
		r.Reason = "it disturbs others"
		return r
	}
	r := build(t, runWith(
		result("open.ok.a", verdict.Passed),
		waiting("open.wrong.b"), waiting("enable.ok.c"), result("generate.ok.d", verdict.Failed, full), waiting("enable.wrong.e"),
		other("list.ok.f", "IDAB12CD34"), other("list.ok.g-should", "ID99XY77ZZ"), short("close.ok.h"), short("lock.ok.i"), short("lock.ok.j"),
		result("close.ok.k", verdict.Failed, status500("close", "ok")),
	))
	type group struct {
		Counts  map[verdict.Verdict]int
		Root    string
		Clauses string
	}
	var got []group
	for _, c := range r.Causes {
		got = append(got, group{c.Counts, c.Root, strings.Join(c.Clauses, " ")})
	}
	want := []group{
		{map[verdict.Verdict]int{verdict.FAIL: 1, verdict.UNTESTABLE: 3}, "generate.ok.d",
			"generate.ok.d open.wrong.b enable.ok.c enable.wrong.e"},
		{map[verdict.Verdict]int{verdict.UNTESTABLE: 3}, "", "close.ok.h lock.ok.i lock.ok.j"},
		{map[verdict.Verdict]int{verdict.FAIL: 1, verdict.WARN: 1}, "", "list.ok.f list.ok.g-should"},
		{map[verdict.Verdict]int{verdict.FAIL: 1}, "", "close.ok.k"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := CausesLine(r); got != "4 causes, 10 clauses" {
		t.Errorf("%q", got)
	}
	text := console(t, r, ConsoleOptions{Width: 200})
	for _, part := range []string{
		"cause 1 of 4, FAIL 1, UNTESTABLE 3: generate: expected status 201 Created, got 500 Internal Server Error\n  3 clauses wait for " +
			"generate.ok.d\n",
		"  clauses: generate.ok.d, open.wrong.b, enable.ok.c, enable.wrong.e\n", "\n4 causes, 10 clauses\n",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the console lacks %q in\n%s", part, text)
		}
	}
	junit := render(t, func(b *bytes.Buffer) error { return JUnit(b, r) })
	if strings.Count(junit, `type="generate: expected status 201 Created, got 500 Internal Server Error"`) != 4 ||
		!strings.Contains(junit, "3 clauses wait for generate.ok.d") {
		t.Errorf("not four failures of one type, and the root by name:\n%s", junit)
	}
}

// A step may fail in a way that its own clause does not: then the clause that judges
// the step is still named.
func TestCausesNameTheRootThatHasAnotherCause(t *testing.T) {
	shape := journal.Failure{Facet: verdict.Shape, Operation: "generate", Outcome: "ok", Expected: []string{"schema: a"},
		Actual: []string{"schema: b"}}
	r := build(t, runWith(
		result("generate.wrong.a", verdict.Failed, status500("generate", "wrong")), result("generate.ok.b", verdict.Passed),
		result("generate.ok.c", verdict.Failed, shape), result("enable.ok.d", verdict.Untestable, journal.Failure{
			Operation: "generate", Outcome: "ok", Expected: []string{"body: JSON"}, Actual: []string{"body: HTML"},
		}),
	))
	for _, c := range r.Causes {
		if c.Clauses[0] == "enable.ok.d" && c.Root != "generate.ok.c" {
			t.Errorf("the root is %q", c.Root)
		}
	}
}

// What differs between two runs of one bug must not differ between their causes.
func TestCausesAreTheSameInEveryRun(t *testing.T) {
	cause := func(actual string) string {
		f := journal.Failure{Operation: "open", Expected: []string{"a"}, Actual: []string{actual}}
		return build(t, runWith(result("open.ok.a", verdict.Failed, f))).Causes[0].ID
	}
	same := [][2]string{
		{"uid IDF00BA42 of ann@conform.test", "uid ID123ABC99 of bob.2@other.example"},
		{"‹password› at 2026-11-22T10:00:00Z", "‹password-12› at 2027-01-02 03:04:05.678+01:00"},
		{"Sat, 28 Nov 2026 09:00:00 GMT after 1.5s", "Sun, 29 Nov 2026 10:01:02 GMT after 13ms"},
		{"http://127.0.0.1:3456/users/17/keys", "https://staging.example/users/9/keys"},
		{"8a6e0804-2bd0-4672-b79d-d97027f9071a 1234567", "11111111-2222-3333-4444-555555555555 99999999"},
	}
	for _, pair := range same {
		if cause(pair[0]) != cause(pair[1]) {
			t.Errorf("%q and %q have two causes: %q and %q", pair[0], pair[1], mask(pair[0]), mask(pair[1]))
		}
	}
	differ := [][2]string{
		{"status: 401 Unauthorized", "status: 403 Forbidden"}, {"limit 5", "limit 6"}, {"/user/email", "/user/phone"},
		{"identity.session.invalid", "identity.session.locked"}, {"/api/v2/open", "/api/v3/open"},
	}
	for _, pair := range differ {
		if cause(pair[0]) == cause(pair[1]) {
			t.Errorf("%q and %q have one cause", pair[0], pair[1])
		}
	}
}

// A target that is wrong everywhere, with a body as long as they come in each
// failure, still leaves a summary that GitHub takes, the largest cause first.
func TestSummaryStaysBelowItsLimit(t *testing.T) {
	var results []journal.Result
	for i := range 3000 {
		f := status500("open", "ok")
		f.Curl = strings.Repeat("‹body›\n", 300)
		if i > 10 {
			f.Actual = []string{fmt.Sprintf("status: %d", i)}
		}
		results = append(results, result(fmt.Sprintf("open.ok.%s-%d", strings.Repeat("long-", 10), i), verdict.Failed, f))
	}
	r := build(t, runWith(results...))
	for name, write := range map[string]func(*bytes.Buffer) error{
		"one": func(b *bytes.Buffer) error { return Summary(b, r) },
		"several": func(b *bytes.Buffer) error {
			other := *r
			other.Exchange = "kiiex"
			return SummarySeveral(b, &Several{Runs: []*Report{r, &other}})
		},
	} {
		text := render(t, write)
		if len(text) >= 1_000_000 {
			t.Errorf("%s: %d bytes", name, len(text))
		}
		if !strings.Contains(text, "1. FAIL 11: ` open: expected status 201 Created, got 500 Internal Server Error `") {
			t.Errorf("%s: the largest cause is missing", name)
		}
		if !strings.Contains(text, "blocks did not fit in here") || !strings.Contains(text, "| FAIL | 3000 |") {
			t.Errorf("%s: nobody learns what is missing", name)
		}
	}
}
