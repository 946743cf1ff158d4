package coinrabbit

import (
	"context"
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
)

// credentials puts the matrix of x-api-key and x-user-token to each call of the
// second factor (facts/auth-checks.md B07, B08, K08, H19).
func credentials(p *api) {
	for _, s := range []subject{p.creating(), p.activating(), p.deactivating()} {
		Describe(s.operation.Summary+" without the right headers", func() {
			p.refuses(s, headerCases(p, s.operation != p.createSecret)...)
			challenge(p, s)
		})
	}
}

// sentBy has the right request sent with other headers.
func (p *api) sentBy(name string, header func(context.Context, *trial) http.Header) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.by = p.Actor(t.who.Name+" "+name, t.who, header(ctx, t)) }
}

func headerCases(p *api, wantsKey bool) []wrong {
	const matrix = "RFC 9110 11.4; facts/auth-checks.md B07"
	key := func() string { return p.Known(partnerKey) }
	cases := []wrong{
		{slug: "no-headers", text: "a call without x-api-key and x-user-token", outcome: contract.Unauthenticated, says: saysSession,
			change: p.sentBy("without headers", func(context.Context, *trial) http.Header { return nil })},
		{slug: "key-alone", text: "a call with x-api-key alone", outcome: contract.Unauthenticated, says: saysSession,
			change: p.sentBy("with key alone", func(context.Context, *trial) http.Header { return headers(key(), "") })},
		{slug: "made-up-user-token", text: "a made-up x-user-token", outcome: contract.Unauthenticated, says: saysSession,
			change: p.sentBy("with made-up token", func(context.Context, *trial) http.Header { return headers(key(), p.Nonce()+p.Nonce()) })},
		{slug: "swapped", text: "the two credentials in each other's header", outcome: contract.Unauthenticated, rests: matrix,
			change: p.sentBy("swapped", func(_ context.Context, t *trial) http.Header { return headers(t.token, key()) })},
		{slug: "key-for-user-token", text: "the partner's key for a user token", outcome: contract.Unauthenticated, rests: "facts/auth-checks.md K08",
			change: p.sentBy("with key twice", func(context.Context, *trial) http.Header { return headers(key(), key()) })},
		{slug: "verification-for-user-token", text: "a verification token for a user token", outcome: contract.Unauthenticated, rests: "OWASP ASVS 5.0 9.2.2; facts/auth-checks.md J09",
			change: p.sentBy("with verification token", func(ctx context.Context, t *trial) http.Header {
				return headers(key(), p.verified(ctx, t.account, typeActivation))
			})},
		{slug: "user-token-in-query", text: "the user token in the query", outcome: contract.Unauthenticated, rests: "OWASP ASVS 5.0 14.2.1; facts/auth-checks.md H19",
			change: func(ctx context.Context, t *trial) {
				p.sentBy("by query", func(context.Context, *trial) http.Header { return headers(key(), "") })(ctx, t)
				t.request.Query = url.Values{"x-user-token": {t.token}}
			}},
	}
	if !wantsKey {
		return cases
	}
	return append(cases,
		wrong{slug: "user-token-alone", text: "a call with x-user-token alone", outcome: contract.Unauthenticated, rests: matrix,
			change: p.sentBy("without key", func(_ context.Context, t *trial) http.Header { return headers("", t.token) })},
		wrong{slug: "made-up-key", text: "a made-up x-api-key", outcome: contract.Unauthenticated, rests: matrix,
			change: p.sentBy("with made-up key", func(_ context.Context, t *trial) http.Header { return headers(p.Nonce()+p.Nonce(), t.token) })},
	)
}

// challenge is RFC 9110 section 15.5.2: a 401 must say how to authenticate,
// whatever header an API reads.
func challenge(p *api, s subject) {
	It("says how to authenticate when a call carries no credential",
		clause.Should("coinrabbit."+s.slug+".challenge", s.operation, contract.Outcome("challenged")),
		func(ctx SpecContext) {
			t := s.ready(ctx)
			p.Expect(p.Do(ctx, p.Anonymous(), s.operation, t.request), s.operation, contract.Outcome("challenged"))
			s.holds(ctx, t)
		})
}
