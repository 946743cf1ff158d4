package reports

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"authconform/harness/clause"
	"authconform/harness/journal"
	"authconform/harness/verdict"
)

var t0 = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func info(id string, level clause.Level, operation, outcome string) Clause {
	return Clause{Selected: true, Info: clause.Info{
		ID: id, Level: level, Text: "the text of " + id, Exchange: "barong", Operation: operation,
		Method: "POST", Path: "/identity/" + operation, Outcome: outcome, Profiles: []string{"documented"},
		Source: "REST.md, Sessions", Provenance: "documented",
	}}
}

func result(id string, state verdict.State, failures ...journal.Failure) journal.Result {
	return journal.Result{
		Clause: id, State: state, Checks: 2, Calls: []string{"c-" + id}, Started: t0, DurationMS: 12.5, Process: 1, Failures: failures,
	}
}

func wrongStatus() journal.Failure {
	return journal.Failure{
		Title: "POST /identity/open should lead to bad-credentials", Request: "POST http://host/identity/open",
		Expected: []string{"status: 401 Unauthorized", "error-key: identity.session.invalid_params"},
		Actual:   []string{"status: 200 OK", "error-key: none"},
		Pointer:  "/errors", Says: "a wrong password is refused", Source: "REST.md, Sessions", Call: "c-open.wrong",
		Curl: "curl -X POST 'http://host/identity/open' -d '{\"password\":\"‹password›\"}'",
	}
}

// sampleRun has every verdict once, except PASS, which it has twice.
func sampleRun() Run {
	run := Run{
		Tool: Tool{"authconform", "1.2.3"}, RunID: "r1", Exchange: "barong", Profile: "documented",
		Target: "https://staging.example/api", Started: t0, Finished: t0.Add(90 * time.Second), Procs: 2, Seed: 7,
		Clauses: []Clause{
			info("open.right", clause.MUST, "open", "ok"),
			info("open.wrong", clause.MUST, "open", "bad-credentials"),
			info("open.header", clause.SHOULD, "open", "ok"),
			info("open.known", clause.MUST, "open", "throttled"),
			info("close.works", clause.MUST, "close", "ok"),
			info("close.stale", clause.MUST, "close", "ok"),
			info("close.captcha", clause.MUST, "close", "forbidden"),
			info("close.control", clause.MUST, "close", "unauthenticated"),
			info("close.error", clause.MUST, "close", "unauthenticated"),
			info("list.late", clause.MUST, "list", "ok"),
			info("list.skipped", clause.MUST, "list", "not-found"),
		},
		Results: map[string]journal.Result{},
		Deviations: []verdict.Deviation{
			{Clause: "open.known", Reason: "limiter is off", Link: "https://tracker/9", Expires: t0.AddDate(0, 1, 0)},
			{Clause: "close.stale", Reason: "fixed in 2.7", Link: "https://tracker/8", Expires: t0.AddDate(0, 1, 0)},
		},
	}
	run.Clauses[10].Selected = false
	control := result("close.control", verdict.Untestable)
	control.Reason = "cannot get the control accepted"
	broken := result("close.error", verdict.Errored)
	broken.Reason = "budget: answered 429"
	for _, r := range []journal.Result{
		result("open.right", verdict.Passed), result("open.wrong", verdict.Failed, wrongStatus()),
		result("open.header", verdict.Failed, journal.Failure{Title: "a header is missing", Text: "no Cache-Control"}),
		result("open.known", verdict.Failed, journal.Failure{Title: "no limit"}),
		result("close.works", verdict.Passed), result("close.stale", verdict.Passed),
		result("close.captcha", verdict.NotApplicable), control, broken,
	} {
		run.Results[r.Clause] = r
	}
	return run
}

func build(t testing.TB, run Run) *Report {
	t.Helper()
	r, err := Build(run)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reportOf has one clause, with the verdict that the state leads to.
func reportOf(t testing.TB, level clause.Level, strict bool, res *journal.Result) *Report {
	t.Helper()
	run := Run{Exchange: "barong", Started: t0, Finished: t0, Strict: strict, Clauses: []Clause{info("x", level, "open", "ok")}}
	if res != nil {
		run.Results = map[string]journal.Result{"x": *res}
	}
	return build(t, run)
}

func render(t testing.TB, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func journalWith(t testing.TB, n int, edit func(i int, c *journal.Call)) *journal.Reader {
	t.Helper()
	dir := t.TempDir()
	w, err := journal.Create(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		c := journal.Call{
			ID: fmt.Sprint(i), Actor: "alice", Clause: "open.right", Operation: "open", Method: "POST",
			URL: "http://host/identity/open?lang=de%20AT&flag", Path: "/identity/open",
			RequestHeader: http.Header{"Content-Type": {"application/json"}, "Cookie": {"sid=‹session›; a=b"}},
			RequestBody:   `{"email":"alice@example.com","password":"‹password›"}`,
			Status:        200,
			Header:        http.Header{"Content-Type": {"application/json"}, "Set-Cookie": {"sid=‹session›; Path=/; HttpOnly", "csrf=‹csrf›"}},
			Body:          `{"uid":"ID1","role":"member"}`, Started: t0.Add(time.Duration(n-i) * time.Millisecond), DurationMS: 1.5,
		}
		if edit != nil {
			edit(i, &c)
		}
		if err := w.Call(c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := journal.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}
