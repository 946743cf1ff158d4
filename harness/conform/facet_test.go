package conform_test

import (
	"net/http"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/verdict"
)

// TestFacets: what a failure breaks is its behaviour where the wrong password is let
// in, and its shape where it is refused in another way. A refusal as promised whose body
// is another is no failure of the clause: it is noted for the clause about the shape.
func TestFacets(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		facet  verdict.Facet
		state  verdict.State
	}{
		"the log-in succeeds":            {http.StatusOK, session, verdict.Behaviour, verdict.Failed},
		"a success of another status":    {http.StatusCreated, session, verdict.Behaviour, verdict.Failed},
		"a success without its members":  {http.StatusOK, `{}`, verdict.Behaviour, verdict.Failed},
		"a refusal of another status":    {http.StatusForbidden, refusal, verdict.Shape, verdict.Failed},
		"a refusal with another body":    {http.StatusUnauthorized, `{}`, verdict.Shape, verdict.Passed},
		"an error of the server":         {http.StatusInternalServerError, refusal, verdict.Shape, verdict.Failed},
		"a redirect in place of refusal": {http.StatusFound, refusal, verdict.Shape, verdict.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			result := trial{
				backend: &backend{logIn: func(*backend, string) (int, string) { return c.status, c.body }},
				specs: func(s *conform.Context, o ops) {
					ginkgo.It("POST /login rejects a wrong password", clause.Must("ex.spec.wrong", o.logIn, contract.BadCredentials),
						func(ctx ginkgo.SpecContext) {
							s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(wrongPassword)), o.logIn, contract.BadCredentials)
						})
				},
			}.run(t).results["wrong"]
			broken := append(result.Failures, result.Notes...)
			if result.State != c.state || len(broken) != 1 || (len(result.Notes) == 1) != (c.state == verdict.Passed) || broken[0].Facet != c.facet {
				t.Errorf("%s, failures and notes %+v; want %s and one whose facet is %s", result.State, broken, c.state, c.facet)
			}
		})
	}
}

// TestPreconditions: one that fails closed leaves the clause untestable; one that
// fails open is a breach, whatever the clause is about.
func TestPreconditions(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		state  verdict.State
	}{
		"it holds":       {http.StatusUnauthorized, refusal, verdict.Errored}, // the spec then checks nothing
		"it fails":       {http.StatusForbidden, refusal, verdict.Untestable},
		"it fails open":  {http.StatusOK, session, verdict.Failed},
		"no such answer": {http.StatusInternalServerError, refusal, verdict.Untestable},
	} {
		t.Run(name, func(t *testing.T) {
			result := trial{
				backend: &backend{logIn: func(*backend, string) (int, string) { return c.status, c.body }},
				specs: func(s *conform.Context, o ops) {
					ginkgo.It("POST /login accepts the right password", o.must("opens"), func(ctx ginkgo.SpecContext) {
						call := s.Do(ctx, s.Anonymous(), o.logIn, credentials(wrongPassword))
						s.Require("get a wrong password rejected", call, o.logIn, contract.BadCredentials)
					})
				},
			}.run(t).results["opens"]
			if result.State != c.state {
				t.Errorf("%s (%s), want %s", result.State, result.Reason, c.state)
			}
		})
	}
}
