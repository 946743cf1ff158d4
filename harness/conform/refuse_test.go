package conform_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/verdict"
)

// pair is a suite of one refusal pair: the wrong password.
func pair(change func(*conform.Refusal, *conform.Context)) func(*conform.Context, ops) {
	return func(s *conform.Context, o ops) {
		It("refuses a wrong password", clause.Must("ex.spec.pair", o.logIn, contract.BadCredentials), func(ctx SpecContext) {
			r := conform.Refusal{
				Operation: o.logIn, By: s.Anonymous(), Outcome: contract.BadCredentials,
				Control: func() conform.Request { return credentials(rightPassword) },
				Changes: []conform.Change{conform.Set("password", wrongPassword)},
				State:   func() any { return string(s.Do(ctx, s.Anonymous(), o.profile, conform.Request{}).Body) },
			}
			if change != nil {
				change(&r, s)
			}
			s.Refuses(ctx, r)
		})
	}
}

// TestRefusalPair: what may be concluded from a refusal depends on the control
// before it, the control after it, and the state around it.
func TestRefusalPair(t *testing.T) {
	for name, tc := range map[string]struct {
		logIn func(*backend, string) (int, string)
		want  verdict.Verdict
		says  string
	}{
		"a back end that keeps its promises": {honest, verdict.PASS, ""},
		"the control fails": {func(*backend, string) (int, string) {
			return http.StatusUnauthorized, refusal
		}, verdict.UNTESTABLE, "cannot get the control accepted"},
		"the changed request is accepted": {func(*backend, string) (int, string) {
			return http.StatusOK, session
		}, verdict.FAIL, "expected outcome bad-credentials (password)"},
		"the refusal has another status": {func(b *backend, password string) (int, string) {
			if status, body := honest(b, password); status == http.StatusOK {
				return status, body
			}
			return http.StatusForbidden, refusal
		}, verdict.FAIL, "expected outcome bad-credentials (password)"},
		"the refused request changes state": {func(b *backend, password string) (int, string) {
			if password == wrongPassword {
				b.profile = "defaced"
			}
			return honest(b, password)
		}, verdict.FAIL, "a refused request changes nothing"},
		"the control no longer works afterwards": {func(b *backend, password string) (int, string) {
			if slices.Contains(b.passwords, wrongPassword) {
				return http.StatusUnauthorized, refusal
			}
			return honest(b, password)
		}, verdict.FAIL, "the control still works after a refusal"},
	} {
		t.Run(name, func(t *testing.T) {
			result := trial{specs: pair(nil), backend: &backend{logIn: tc.logIn}}.run(t).results["pair"]
			got, _ := verdict.Judge(clause.MUST, result.State, result.Checks, nil, result.Started)
			if got != tc.want || !strings.Contains(result.Reason, tc.says) {
				t.Errorf("%s (%s), want %s with %q", got, result.Reason, tc.want, tc.says)
			}
		})
	}
}

// TestRefusalSends: the requests of a pair, in their order.
func TestRefusalSends(t *testing.T) {
	const right, wrong = rightPassword, wrongPassword
	for name, tc := range map[string]struct {
		change func(*conform.Refusal, *conform.Context)
		state  verdict.State
		sent   []string
	}{
		"control, change, control": {nil, verdict.Passed, []string{right, wrong, right}},
		"each change by itself": {func(r *conform.Refusal, _ *conform.Context) {
			r.Changes = append(r.Changes, conform.Drop("password"))
		}, verdict.Passed, []string{right, wrong, "", right}},
		"a control that can run once": {func(r *conform.Refusal, _ *conform.Context) {
			r.OnlyAfter = true
		}, verdict.Passed, []string{wrong, right}},
		"a changed sender changes enough": {func(r *conform.Refusal, s *conform.Context) {
			r.Changes, r.ChangedBy = nil, s.Anonymous()
		}, verdict.Failed, []string{right, right}},
		"nothing changed at all": {func(r *conform.Refusal, _ *conform.Context) {
			r.Changes = nil
		}, verdict.Errored, []string{right}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &backend{}
			result := trial{specs: pair(tc.change), backend: b}.run(t).results["pair"]
			if result.State != tc.state || !slices.Equal(b.passwords, tc.sent) {
				t.Errorf("%s (%s) after the passwords %q, want %s after %q", result.State, result.Reason, b.passwords, tc.state, tc.sent)
			}
		})
	}
}

// TestChangedBy: the changed request is the other sender's, the controls are not.
func TestChangedBy(t *testing.T) {
	f := trial{specs: pair(func(r *conform.Refusal, s *conform.Context) {
		r.State, r.ChangedBy = nil, s.Actor("stranger", nil, nil)
	})}.run(t)
	var senders []string
	for _, call := range f.calls["pair"] {
		senders = append(senders, call.Actor)
	}
	if want := []string{"anonymous", "stranger", "anonymous"}; !slices.Equal(senders, want) {
		t.Errorf("the senders were %q, want %q", senders, want)
	}
}

// TestControlOnceThatFails: a control that runs only after the refusal and is not
// accepted leaves it open why the request before was refused.
func TestControlOnceThatFails(t *testing.T) {
	b := &backend{logIn: func(*backend, string) (int, string) { return http.StatusUnauthorized, refusal }}
	specs := pair(func(r *conform.Refusal, _ *conform.Context) { r.OnlyAfter = true })
	result := trial{specs: specs, backend: b}.run(t).results["pair"]
	if result.State != verdict.Untestable || !strings.Contains(result.Reason, "accepted after the refusal") {
		t.Errorf("%s (%s), want untestable for want of the control", result.State, result.Reason)
	}
}
