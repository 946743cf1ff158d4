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
)

// bearerTokens is about what Barong itself takes for a token of its AuthZ endpoint
// (facts/barong.md 1.4; RFC 8725).
func bearerTokens(p *api) {
	Describe("GET resource/users/me with a bearer token", func() {
		bearerTaken(p)
		bearerPresented(p)
		bearerAltered(p)
		bearerKinds(p)
		bearerSigned(p)
	})
}

// bearing is a request past the gateway with an Authorization header field; ""
// leaves it out.
func (p *api) bearing(authorization string) conform.Request {
	r := conform.Request{Template: newRoads(p.Target()).appPath(p.getCurrentUser)}
	if authorization != "" {
		r = r.WithHeader("Authorization", authorization)
	}
	return r
}

// presented is a way to present a token, or a forged token.
type presented struct{ name, authorization string }

// forged is a forged token, presented as a right one is.
func (p *api) forged(name, token string) presented {
	return presented{name, "Bearer " + p.Secret("forged-token", token)}
}

// refusesBearer states that what is made of a good token is refused; the good one
// is taken before and after.
func refusesBearer(p *api, id, text string, needs []string, forge func(ctx context.Context, token string) []presented) {
	It(text, clause.Graded("barong.bearer."+id, p.getCurrentUser, tokenRefused, clause.Needs(append([]string{direct}, needs...)...)), func(ctx SpecContext) {
		token := p.sessionToken(ctx, p.member(ctx))
		var changes []conform.Change
		for _, made := range forge(ctx, token) {
			changes = append(changes, conform.Change{Name: made.name, Of: func(conform.Request) conform.Request { return p.bearing(made.authorization) }})
		}
		p.Refuses(ctx, conform.Refusal{
			Operation: p.getCurrentUser, By: p.visitor(), Outcome: tokenRefused, Changes: changes, Control: always(p.bearing("Bearer " + token)),
		})
	})
}

func bearerTaken(p *api) {
	It("takes the token that the AuthZ endpoint gives", clause.Graded("barong.bearer.taken", p.getCurrentUser, contract.OK, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		call := p.Do(ctx, p.visitor(), p.getCurrentUser, p.bearing("Bearer "+p.sessionToken(ctx, me)))
		p.Expect(call, p.getCurrentUser, contract.OK)
		p.Check("the user is the token's", value.Text(value.Of(call), "uid"), Equal(value.Text(me.user, "uid")))
	})
	It("takes a token after the session has ended that it came from", clause.Note("barong.bearer.outlives-session", p.getCurrentUser, contract.OK, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		token := p.sessionToken(ctx, me)
		p.Require("log out", p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, contract.OK)
		p.Expect(p.Do(ctx, p.visitor(), p.getCurrentUser, p.bearing("Bearer "+token)), p.getCurrentUser, contract.OK)
	})
	It("refuses a token an hour after it was given", Serial, clause.Should("barong.bearer.expired", p.getCurrentUser, tokenRefused, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		token := p.sessionToken(ctx, me)
		p.Require("use the token", p.Do(ctx, p.visitor(), p.getCurrentUser, p.bearing("Bearer "+token)), p.getCurrentUser, contract.OK)
		p.Wait(ctx, time.Hour+time.Minute, "the token has to expire")
		p.Expect(p.Do(ctx, p.visitor(), p.getCurrentUser, p.bearing("Bearer "+token)), p.getCurrentUser, tokenRefused)
	})
}

func bearerPresented(p *api) {
	refusesBearer(p, "presentation", "refuses a token that is presented as anything but a bearer token", nil, func(_ context.Context, token string) []presented {
		return []presented{
			{"no header field", ""},
			{"no token", "Bearer"},
			{"no type", token},
			{"Basic", "Basic " + token},
			{"Token", "Token " + token},
		}
	})
	refusesBearer(p, "type-case", "refuses the type bearer in small or in capital letters", nil, func(_ context.Context, token string) []presented {
		return []presented{{"bearer", "bearer " + token}, {"BEARER", "BEARER " + token}}
	})
	It("takes no token from a query, and none from a cookie", clause.Graded("barong.bearer.elsewhere", p.getCurrentUser, tokenRefused, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		token := p.sessionToken(ctx, me)
		query := p.bearing("")
		query.Query = url.Values{"access_token": {token}}
		p.Refuses(ctx, conform.Refusal{
			Operation: p.getCurrentUser, By: p.visitor(), Outcome: tokenRefused, Control: always(p.bearing("Bearer " + token)),
			Changes: []conform.Change{
				{Name: "query", Of: func(conform.Request) conform.Request { return query }},
				{Name: "cookie", Of: func(conform.Request) conform.Request {
					return p.bearing("").WithHeader("Cookie", "Authorization=Bearer "+token)
				}},
				{Name: "session's cookie", Of: func(conform.Request) conform.Request {
					return p.bearing("").WithHeader("Cookie", sessionCookie+"="+me.cookie)
				}},
			},
		})
	})
}

// bearerKinds are tokens with Barong's signature that were given for something
// else.
func bearerKinds(p *api) {
	refusesBearer(p, "reset-token", "refuses the token of a password reset", nil, func(ctx context.Context, _ string) []presented {
		return []presented{{"reset", "Bearer " + p.resetToken(ctx, p.memberAccount(ctx))}}
	})
	It("refuses the token of an e-mail confirmation", Serial, clause.Graded("barong.bearer.confirmation-token", p.getCurrentUser, tokenRefused, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.newcomer(ctx)
		mailed := p.confirmationToken(ctx, me.account)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.getCurrentUser, By: p.visitor(), Outcome: tokenRefused, Control: always(p.bearing("Bearer " + p.sessionToken(ctx, me))),
			Changes: []conform.Change{{Name: "confirmation", Of: func(conform.Request) conform.Request { return p.bearing("Bearer " + mailed) }}},
		})
	})
}
