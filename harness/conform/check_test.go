package conform_test

import (
	"net/http"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/verdict"
)

// TestExpectJudgesBehaviour: an answer of another shape turns no clause red that has a
// spec, and is noted by the one whose outcome it is.
func TestExpectJudgesBehaviour(t *testing.T) {
	for name, tc := range map[string]struct {
		logIn func(*backend, string) (int, string)
		state verdict.State
		notes int
	}{
		"the promised answer": {honest, verdict.Passed, 0},
		"a body that breaks its schema": {func(*backend, string) (int, string) {
			return http.StatusOK, `{}`
		}, verdict.Passed, 1},
		"a body that cannot be read": {func(*backend, string) (int, string) {
			return http.StatusOK, `<html>`
		}, verdict.Failed, 0},
		"another status": {func(*backend, string) (int, string) {
			return http.StatusUnauthorized, refusal
		}, verdict.Failed, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := trial{backend: &backend{logIn: tc.logIn}, specs: func(s *conform.Context, o ops) {
				It("logs in", o.must("own"), logsIn(s, o))
				It("logs in, about another outcome", clause.Must("ex.spec.outcome", o.logIn, contract.BadCredentials), logsIn(s, o))
				It("logs in, about another operation", clause.Must("ex.spec.operation", o.profile, contract.OK), logsIn(s, o))
			}}.run(t)
			for id, notes := range map[string]int{"own": tc.notes, "outcome": 0, "operation": 0} {
				if got := f.results[id]; got.State != tc.state || got.Checks != 1 || len(got.Notes) != notes {
					t.Errorf("%s: %s after %d checks (%s) and %d notes, want %s after 1 and %d", id, got.State, got.Checks, got.Reason,
						len(got.Notes), tc.state, notes)
				}
			}
		})
	}
}

// TestFailureNamesAll: a failure lists every difference, not the first, and the
// call that showed them.
func TestFailureNamesAll(t *testing.T) {
	f := trial{
		backend: &backend{logIn: func(*backend, string) (int, string) { return http.StatusUnauthorized, `{}` }},
		specs:   func(s *conform.Context, o ops) { It("logs in", o.must("own"), logsIn(s, o)) },
	}.run(t)
	result := f.results["own"]
	if len(result.Failures) != 1 || len(f.calls["own"]) != 1 {
		t.Fatalf("%d failures, %d calls, want one of each", len(result.Failures), len(f.calls["own"]))
	}
	failure := result.Failures[0]
	actual := strings.Join(failure.Actual, "\n")
	if len(failure.Expected) != len(failure.Actual) || !strings.Contains(actual, "status: ") || !strings.Contains(actual, "schema") {
		t.Errorf("expected %q, actual %q: want both the status and the schema", failure.Expected, failure.Actual)
	}
	if failure.Call != f.calls["own"][0].ID || len(result.Calls) != 1 || result.Calls[0] != failure.Call {
		t.Errorf("the failure names call %q, the result %q, the evidence %q", failure.Call, result.Calls, f.calls["own"][0].ID)
	}
	if !strings.HasPrefix(failure.Request, "POST http") || !strings.Contains(failure.Curl, "/login") {
		t.Errorf("request %q, curl %q: want the call that failed", failure.Request, failure.Curl)
	}
}

// TestRequireOnlyPrepares: what prepares is no check, and where it fails the
// promise stays open.
func TestRequireOnlyPrepares(t *testing.T) {
	trial{specs: func(s *conform.Context, o ops) {
		require := func(ctx SpecContext, password string) {
			s.Require("log in", s.Do(ctx, s.Anonymous(), o.logIn, credentials(password)), o.logIn, contract.OK)
		}
		It("logs in and checks nothing", o.must("met"), func(ctx SpecContext) { require(ctx, rightPassword) })
		unmet := func(ctx SpecContext) {
			require(ctx, wrongPassword)
			s.Holds("the spec has ended", false, "it went on")
		}
		It("cannot log in", clause.Must("ex.spec.unmet", o.logIn, contract.BadCredentials), unmet)
		It("cannot log in, which is what it promises", o.must("own"), unmet)
	}}.run(t).ended(t, map[string]ending{
		"met": {verdict.Errored, "no check", red}, "unmet": {verdict.Untestable, "cannot log in", red},
		"own": {verdict.Untestable, "cannot log in", red},
	})
}

// TestRequireFailsOnItsOwnAnswer: an answer that has the promised status and cannot be
// read fails the clause that promises it, and leaves others open.
func TestRequireFailsOnItsOwnAnswer(t *testing.T) {
	unreadable := &backend{logIn: func(*backend, string) (int, string) { return http.StatusOK, "<html>" }}
	trial{backend: unreadable, specs: func(s *conform.Context, o ops) {
		prepare := func(ctx SpecContext) {
			s.Require("log in", s.Do(ctx, s.Anonymous(), o.logIn, credentials(rightPassword)), o.logIn, contract.OK)
		}
		It("logs in", o.must("own"), prepare)
		It("logs in for another promise", clause.Must("ex.spec.other", o.logIn, contract.BadCredentials), prepare)
	}}.run(t).ended(t, map[string]ending{
		"own": {verdict.Failed, "log in", red}, "other": {verdict.Untestable, "cannot log in", red},
	})
}

// TestLeak: a refusal that hands out what lets its reader in is a failure, also in
// a spec about something else.
func TestLeak(t *testing.T) {
	leaky := conform.Suite{Leak: func(call *httpclient.Call, outcome contract.Outcome) string {
		if outcome != contract.OK && strings.Contains(string(call.Body), "session") {
			return "a session"
		}
		return ""
	}}
	for name, tc := range map[string]struct {
		body string
		want verdict.State
	}{
		"a refusal":                {refusal, verdict.Passed},
		"a refusal with a session": {`{"error":"no","session":"open"}`, verdict.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			refuse := func(_ *backend, password string) (int, string) {
				if password == rightPassword {
					return http.StatusOK, session
				}
				return http.StatusUnauthorized, tc.body
			}
			f := trial{suite: leaky, backend: &backend{logIn: refuse}, specs: func(s *conform.Context, o ops) {
				refused := func(ctx SpecContext) {
					s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(wrongPassword)), o.logIn, contract.BadCredentials)
				}
				It("is refused", clause.Must("ex.spec.refused", o.logIn, contract.BadCredentials), refused)
				It("is refused by the way", o.must("by-the-way"), refused)
				It("is let in", o.must("let-in"), logsIn(s, o))
			}}.run(t)
			for id, want := range map[string]verdict.State{"refused": tc.want, "by-the-way": tc.want, "let-in": verdict.Passed} {
				got := f.results[id]
				if got.State != want || want == verdict.Failed && !strings.Contains(got.Reason, "lets its reader in although it refuses") {
					t.Errorf("%s: %s (%s), want %s", id, got.State, got.Reason, want)
				}
			}
		})
	}
}

// TestFailureHasTheServersWords: a failure shows how the server answered, without its
// secrets, and names a call even where what was checked is no answer.
func TestFailureHasTheServersWords(t *testing.T) {
	f := trial{
		backend: &backend{logIn: func(*backend, string) (int, string) {
			return http.StatusTeapot, `{"error":"no such realm","token":"a-token-of-the-server"}`
		}},
		specs: func(s *conform.Context, o ops) {
			It("logs in", o.must("own"), logsIn(s, o))
			It("looks at what came of it", o.must("after"), func(ctx SpecContext) {
				s.Do(ctx, s.Anonymous(), o.logIn, conform.Request{JSON: conform.Object{}})
				s.Holds("the realm is known", false, "it is not")
			})
		},
	}.run(t)
	for _, id := range []string{"own", "after"} {
		if len(f.results[id].Failures) != 1 {
			t.Fatalf("%s: %d failures, want one", id, len(f.results[id].Failures))
		}
		failure := f.results[id].Failures[0]
		if !strings.HasPrefix(failure.Answer, `418 {"error":"no such realm"`) || strings.Contains(failure.Answer, "a-token") ||
			failure.Call == "" {
			t.Errorf("%s: answer %q, call %q; want the redacted words of the server and the call", id, failure.Answer, failure.Call)
		}
		if !strings.Contains(failure.Text, "  answer    418 ") {
			t.Errorf("%s: the text lacks the answer:\n%s", id, failure.Text)
		}
	}
}
