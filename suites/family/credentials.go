package family

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Scheme is how a deployment's session credential is carried and ended.
type Scheme struct {
	// Present returns the header fields that carry a token.
	Present func(token string) http.Header
	// End ends the actor's session the documented way (log-out).
	End func(context.Context, *conform.Actor)
	// Dead is how a well-formed credential without a session is rejected;
	// Unauthenticated unless set.
	Dead contract.Outcome
}

// Credentials states, for each protected operation, that it rejects a request
// with no credential, with a made-up one, and with one whose session has ended.
func Credentials(s *conform.Context, scheme Scheme, subjects []Subject) {
	for _, p := range subjects {
		if !p.Operation.Protected || !p.promised(contract.Unauthenticated) {
			continue
		}
		Describe(p.Operation.Name()+" without a session", func() {
			p.noCredential(s)
			p.challenge(s)
			dead := cmp.Or(scheme.Dead, contract.Unauthenticated)
			p.garbage(s, scheme, dead)
			p.revoked(s, scheme, dead)
		})
	}
}

func (p Subject) noCredential(s *conform.Context) {
	It(p.rejects("a request that carries no credential"), p.Clause(s, "no-credential", contract.Unauthenticated),
		func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, contract.Unauthenticated)
			pair.ChangedBy = s.Anonymous()
			s.Refuses(ctx, pair)
		})
}

// challenge is RFC 9110 section 15.5.2: a 401 must say how to authenticate.
func (p Subject) challenge(s *conform.Context) {
	if !p.promised(challenged) {
		return
	}
	It(p.Operation.Name()+" answers a request that carries no credential with WWW-Authenticate", p.Clause(s, "challenge", challenged),
		func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, challenged)
			pair.ChangedBy = s.Anonymous()
			s.Refuses(ctx, pair)
		})
}

// challenged is the refusal of a request without a credential, with the
// WWW-Authenticate that the standard asks for.
const challenged = contract.Outcome("challenged")

func (p Subject) garbage(s *conform.Context, scheme Scheme, dead contract.Outcome) {
	It(p.rejects("a made-up token"), p.Clause(s, "made-up-token", dead),
		func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			pair := p.refusal(by, control, dead)
			pair.ChangedBy = s.Actor("made-up", nil, scheme.Present(madeUpToken()))
			s.Refuses(ctx, pair)
		})
}

func (p Subject) revoked(s *conform.Context, scheme Scheme, dead contract.Outcome) {
	It(p.rejects("the token of a session that was logged out"), p.Clause(s, "logged-out", dead),
		func(ctx SpecContext) {
			by, control := p.Ready(ctx)
			live, liveControl := by, control
			if p.SingleUse {
				live, liveControl = p.Ready(ctx) // a twin proves the request right
			}
			s.Require("call it while the session lives", s.Do(ctx, live, p.Operation, liveControl()), p.Operation, p.expected())
			request := control()
			scheme.End(ctx, by)
			s.Expect(s.Do(ctx, by, p.Operation, request), p.Operation, dead)
		})
}

// madeUpToken has the length and alphabet of a real one and no meaning.
func madeUpToken() string {
	raw := make([]byte, 96)
	_, _ = rand.Read(raw)
	return base64.StdEncoding.EncodeToString(raw)
}
