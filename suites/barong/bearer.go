package barong

import (
	"context"
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// bearerTokens is about what Barong itself takes for a token of its AuthZ endpoint
// (barong#1.4; RFC 8725).
func bearerTokens(p *api) {
	Describe("GET resource/users/me with a bearer token", func() {
		bearerTaken(p)
		bearerPresented(p)
		bearerAltered(p)
		bearerKinds(p)
		bearerSigned(p)
	})
}

// presented is a way to present a token, or a forged token.
type presented struct{ name, authorization string }

// forged is a forged token, presented as a right one is.
func (p *api) forged(name, token string) presented {
	return presented{name, "Bearer " + p.Secret("forged-token", token)}
}

// forgery makes tokens that do not count out of one that does.
type forgery func(ctx context.Context, token string) []presented

// refusesBearer states that what is made of a good token is refused; the good one
// is taken before and after.
func refusesBearer(p *api) func(SpecContext, forgery) {
	return func(ctx SpecContext, forge forgery) {
		token := p.SessionToken(ctx, p.Member(ctx))
		var changes []conform.Change
		for _, made := range forge(ctx, token) {
			changes = append(changes, conform.Change{Name: made.name,
				Of: func(conform.Request) conform.Request { return p.Bearing(made.authorization) }})
		}
		p.Refuses(ctx, conform.Refusal{
			Operation: p.GetCurrentUser, By: p.Visitor(), Outcome: client.TokenRefused, Changes: changes,
			Control: always(p.Bearing("Bearer " + token)),
		})
	}
}

func bearerTaken(p *api) {
	It("GET /resource/users/me accepts the token that the AuthZ endpoint issued",
		clause.Graded("barong.bearer.taken", p.GetCurrentUser, contract.OK, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			call := p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing("Bearer "+p.SessionToken(ctx, me)))
			p.Expect(call, p.GetCurrentUser, contract.OK)
			p.Check("the user is the token's", value.Text(value.Of(call), "uid"), Equal(value.Text(me.User, "uid")))
		})
	It("GET /resource/users/me accepts a bearer token after its session has ended",
		clause.Note("barong.bearer.outlives-session", p.GetCurrentUser, contract.OK, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			token := p.SessionToken(ctx, me)
			p.Require("log out", p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			p.Expect(p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing("Bearer "+token)), p.GetCurrentUser, contract.OK)
		})
	It("GET /resource/users/me rejects a bearer token an hour after it was issued", Serial,
		clause.Should("barong.bearer.expired", p.GetCurrentUser, client.TokenRefused, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			token, left := p.nearItsEnd(p.SessionToken(ctx, me))
			p.Require("use the token", p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing("Bearer "+token)), p.GetCurrentUser, contract.OK)
			p.Wait(ctx, left, "the token has to expire")
			p.Expect(p.Do(ctx, p.Visitor(), p.GetCurrentUser, p.Bearing("Bearer "+token)), p.GetCurrentUser, client.TokenRefused)
		})
}

// nearItsEnd is a bearer token, and after how long it has to have expired. With the key that
// signs tokens it is one of nearly an hour ago, and otherwise the token itself.
func (p *api) nearItsEnd(token string) (old string, left time.Duration) {
	GinkgoHelper()
	const lifetime, soon = time.Hour, 10 * time.Second
	if !p.Target().Features[client.KnownKey] {
		return token, lifetime + time.Minute
	}
	return p.resigned(token, func(claims map[string]any) {
		for _, name := range []string{"iat", "exp"} { // what the target leaves out stays out
			if at, isNumber := claims[name].(float64); isNumber {
				claims[name] = int64(at - (lifetime - soon).Seconds())
			}
		}
	}), soon + client.InTransit
}

func bearerPresented(p *api) {
	needs := clause.Needs(client.Direct)
	conform.Table(refusesBearer(p), []conform.Row[forgery]{
		{Text: "GET /resource/users/me rejects a token under any scheme but Bearer",
			Clause: clause.Graded("barong.bearer.presentation", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				return []presented{
					{"no header field", ""},
					{"no token", "Bearer"},
					{"no type", token},
					{"Basic", "Basic " + token},
					{"Token", "Token " + token},
				}
			}},
		{Text: "GET /resource/users/me rejects the scheme Bearer in lower or upper case",
			Clause: clause.Graded("barong.bearer.type-case", p.GetCurrentUser, client.TokenRefused, needs),
			Given: func(_ context.Context, token string) []presented {
				return []presented{{"bearer", "bearer " + token}, {"BEARER", "BEARER " + token}}
			}},
	})
	It("GET /resource/users/me reads no bearer token from the query or from a cookie",
		clause.Graded("barong.bearer.elsewhere", p.GetCurrentUser, client.TokenRefused, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			token := p.SessionToken(ctx, me)
			query := p.Bearing("")
			query.Query = url.Values{"access_token": {token}}
			p.Refuses(ctx, conform.Refusal{
				Operation: p.GetCurrentUser, By: p.Visitor(), Outcome: client.TokenRefused, Control: always(p.Bearing("Bearer " + token)),
				Changes: []conform.Change{
					{Name: "query", Of: func(conform.Request) conform.Request { return query }},
					{Name: "cookie", Of: func(conform.Request) conform.Request {
						return p.Bearing("").WithHeader("Cookie", "Authorization=Bearer "+token)
					}},
					{Name: "session's cookie", Of: func(conform.Request) conform.Request {
						return p.Bearing("").WithHeader("Cookie", p.SessionCookie()+"="+me.Cookie)
					}},
				},
			})
		})
}

// bearerKinds are tokens with Barong's signature that were given for something
// else.
func bearerKinds(p *api) {
	conform.Table(refusesBearer(p), []conform.Row[forgery]{
		{Text: "GET /resource/users/me rejects the token of a password reset as bearer token",
			Clause: clause.Graded("barong.bearer.reset-token", p.GetCurrentUser, client.TokenRefused, clause.Needs(client.Direct)),
			Given: func(ctx context.Context, _ string) []presented {
				return []presented{{"reset", "Bearer " + p.ResetToken(ctx, p.MemberAccount(ctx))}}
			}},
	})
	It("GET /resource/users/me rejects the token of an e-mail confirmation as bearer token", Serial,
		clause.Graded("barong.bearer.confirmation-token", p.GetCurrentUser, client.TokenRefused, clause.Needs(client.Direct)),
		func(ctx SpecContext) {
			me := p.Newcomer(ctx)
			mailed := p.ConfirmationToken(ctx, me.Account)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.GetCurrentUser, By: p.Visitor(), Outcome: client.TokenRefused,
				Control: always(p.Bearing("Bearer " + p.SessionToken(ctx, me))),
				Changes: []conform.Change{{Name: "confirmation", Of: func(conform.Request) conform.Request { return p.Bearing("Bearer " + mailed) }}},
			})
		})
}
