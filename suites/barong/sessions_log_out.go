package barong

import (
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

const methodUnknown = contract.Outcome("method-unknown")

func logOuts(p *api) {
	Describe("DELETE identity/sessions", func() {
		logOutEnds(p)
		logOutRefuses(p)
	})
}

func logOutEnds(p *api) {
	ok := contract.OK
	It("DELETE /identity/sessions ends the session", clause.Graded("barong.sessions.log-out", p.DeleteSession, ok), func(ctx SpecContext) {
		me := p.Member(ctx)
		p.ExpectAlive(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, ok)
		p.ExpectEnded(ctx, me)
	})
	It("DELETE /identity/sessions returns another session id, which is no live session",
		clause.Graded("barong.sessions.log-out-sid", p.DeleteSession, ok, clause.Only(client.Release26, client.Release31)),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			call := p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{})
			p.Expect(call, p.DeleteSession, ok)
			next := p.Secret("session", p.CookieOf(call))
			p.Holds("the id is another one", next != me.Cookie, "it is the one of the session that ended")
			p.ExpectEnded(ctx, &client.Session{Actor: p.With(me.Account, next, ""), Account: me.Account})
		})
	It("DELETE /identity/sessions leaves the user's other sessions, and other users, alone",
		clause.Graded("barong.sessions.log-out-one", p.DeleteSession, ok), func(ctx SpecContext) {
			me, stranger := p.Member(ctx), p.Member(ctx)
			other := p.LogIn(ctx, me.Account)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, ok)
			p.ExpectEnded(ctx, me)
			p.ExpectAlive(ctx, other)
			p.ExpectAlive(ctx, stranger)
		})
	It("DELETE /identity/sessions requires no CSRF token",
		clause.Note("barong.sessions.log-out-without-csrf", p.DeleteSession, ok), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Expect(p.Do(ctx, p.With(me.Account, me.Cookie, ""), p.DeleteSession, conform.Request{}), p.DeleteSession, ok)
			p.ExpectEnded(ctx, me)
		})
}

func logOutRefuses(p *api) {
	none := contract.NotFound
	It("DELETE /identity/sessions finds no session for a missing or made-up cookie",
		clause.Graded("barong.sessions.log-out-nobody", p.DeleteSession, none), func(ctx SpecContext) {
			me := p.Member(ctx)
			for _, cookie := range []string{"", p.Secret("session", p.Nonce()+p.Nonce()), "null"} {
				p.Expect(p.Do(ctx, p.With(me.Account, cookie, ""), p.DeleteSession, conform.Request{}), p.DeleteSession, none)
			}
			p.ExpectAlive(ctx, me)
			p.Require("log out", p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
		})
	It("DELETE /identity/sessions finds no session that is already logged out",
		clause.Graded("barong.sessions.log-out-twice", p.DeleteSession, none), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Require("log out", p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			p.Expect(p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, none)
		})
	It("DELETE /identity/sessions finds no session that has expired", Serial,
		clause.Should("barong.sessions.log-out-expired", p.DeleteSession, none), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.ExpectAlive(ctx, me)
			p.Wait(ctx, p.SessionLifetime(ctx)+time.Minute, "the session has to expire")
			p.Expect(p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, none)
		})
	It("DELETE /identity/sessions rejects an unknown auth_method and ends nothing",
		clause.Graded("barong.sessions.log-out-method", p.DeleteSession, methodUnknown), func(ctx SpecContext) {
			me := p.Member(ctx)
			by := func(method string) conform.Request {
				return conform.Request{Query: url.Values{"auth_method": {method}}}
			}
			p.Expect(p.Do(ctx, me.Actor, p.DeleteSession, by("carrier-pigeon")), p.DeleteSession, methodUnknown)
			p.ExpectAlive(ctx, me)
			p.Require("log out", p.Do(ctx, me.Actor, p.DeleteSession, by("password")), p.DeleteSession, contract.OK)
			p.ExpectEnded(ctx, me)
		})
}
