package coinrabbit

import (
	"context"
	"net/http"
	"net/url"

	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

// sentWith has the right request sent with other headers.
func sentWith(p *client.Client, name string, header func(context.Context, *trial) http.Header) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.by = p.Actor(t.Who.Name+" "+name, t.Who, header(ctx, t)) }
}

// wrongHeaders is the matrix of x-api-key and x-user-token (facts/auth-checks.md B07,
// B08, K08, H19). It has the key only where an operation requires it.
func wrongHeaders(p *client.Client, keyRequired bool) []deviation {
	const refused, matrix = contract.Unauthenticated, "RFC 9110 11.4; facts/auth-checks.md B07"
	key := func() string { return p.Known(client.PartnerKey) }
	withToken := func(name string, userToken func() string) func(context.Context, *trial) {
		return sentWith(p, name, func(context.Context, *trial) http.Header { return client.Headers(key(), userToken()) })
	}
	nothing := func() string { return "" }
	deviations := []deviation{
		{slug: "no-headers", text: "without x-api-key and x-user-token", outcome: refused, says: saysSession,
			apply: sentWith(p, "without headers", func(context.Context, *trial) http.Header { return nil })},
		{slug: "key-alone", text: "with x-api-key alone", outcome: refused, says: saysSession, apply: withToken("with key alone", nothing)},
		{slug: "made-up-user-token", text: "with a made-up x-user-token", outcome: refused, says: saysSession,
			apply: withToken("with made-up token", p.MadeUp)},
		{slug: "swapped", text: "with the two credentials in each other's header", outcome: refused, rests: matrix,
			apply: sentWith(p, "swapped", func(_ context.Context, t *trial) http.Header { return client.Headers(t.Token, key()) })},
		{slug: "key-for-user-token", text: "with the partner's key in x-user-token", outcome: refused, rests: "facts/auth-checks.md K08",
			apply: withToken("with key twice", key)},
		{slug: "verification-for-user-token", text: "with a verification token in x-user-token", outcome: refused,
			rests: "OWASP ASVS 5.0 9.2.2; facts/auth-checks.md J09",
			apply: sentWith(p, "with verification token", func(ctx context.Context, t *trial) http.Header {
				return client.Headers(key(), p.Verified(ctx, t.Account, client.TypeActivation))
			})},
		{slug: "user-token-in-query", text: "with the user token in the query instead of its header", outcome: refused,
			rests: "OWASP ASVS 5.0 14.2.1; facts/auth-checks.md H19",
			apply: func(ctx context.Context, t *trial) {
				withToken("by query", nothing)(ctx, t)
				t.request.Query = url.Values{"x-user-token": {t.Token}}
			}},
	}
	if !keyRequired {
		return deviations
	}
	return append(deviations,
		deviation{slug: "user-token-alone", text: "with x-user-token alone", outcome: refused, rests: matrix,
			apply: func(_ context.Context, t *trial) { t.by = p.WithoutKey(t.Account) }},
		deviation{slug: "made-up-key", text: "with a made-up x-api-key", outcome: refused, rests: matrix,
			apply: sentWith(p, "with made-up key", func(_ context.Context, t *trial) http.Header { return client.Headers(p.MadeUp(), t.Token) })},
	)
}

// unchallenged is RFC 9110 section 15.5.2: a 401 must say how to authenticate,
// whatever header an API reads.
func unchallenged(p *client.Client) deviation {
	return deviation{
		slug: "challenge", text: "without credentials and sends a WWW-Authenticate challenge", outcome: challenged, answered: true,
		apply: func(_ context.Context, t *trial) { t.by = p.Anonymous() },
	}
}
