package barong

import (
	"net/url"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
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
	It("ends the session", clause.Graded("barong.sessions.log-out", p.deleteSession, ok), func(ctx SpecContext) {
		me := p.member(ctx)
		p.livesOn(ctx, me)
		p.Expect(p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, ok)
		p.opensNothing(ctx, me)
	})
	It("gives a session id that is another one and opens nothing", clause.Graded("barong.sessions.log-out-sid", p.deleteSession, ok, clause.Only(release26, release31)), func(ctx SpecContext) {
		me := p.member(ctx)
		call := p.Do(ctx, me.Actor, p.deleteSession, conform.Request{})
		p.Expect(call, p.deleteSession, ok)
		next := p.Secret("session", setCookie(call, sessionCookie))
		p.Holds("the id is another one", next != me.cookie, "it is the one of the session that ended")
		p.opensNothing(ctx, &session{Actor: p.with(me.account, next, ""), account: me.account})
	})
	It("leaves other sessions of the user, and other users, alone", clause.Graded("barong.sessions.log-out-one", p.deleteSession, ok), func(ctx SpecContext) {
		me, stranger := p.member(ctx), p.member(ctx)
		other := p.logIn(ctx, me.account)
		p.Expect(p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, ok)
		p.opensNothing(ctx, me)
		p.livesOn(ctx, other)
		p.livesOn(ctx, stranger)
	})
	It("asks for no CSRF token", clause.Note("barong.sessions.log-out-without-csrf", p.deleteSession, ok), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Expect(p.Do(ctx, p.with(me.account, me.cookie, ""), p.deleteSession, conform.Request{}), p.deleteSession, ok)
		p.opensNothing(ctx, me)
	})
}

func logOutRefuses(p *api) {
	none := contract.NotFound
	It("finds no session of a client that has none, or a made-up one", clause.Graded("barong.sessions.log-out-nobody", p.deleteSession, none), func(ctx SpecContext) {
		me := p.member(ctx)
		for _, cookie := range []string{"", p.Secret("session", p.Nonce()+p.Nonce()), "null"} {
			p.Expect(p.Do(ctx, p.with(me.account, cookie, ""), p.deleteSession, conform.Request{}), p.deleteSession, none)
		}
		p.livesOn(ctx, me)
		p.Require("log out", p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, contract.OK)
	})
	It("finds no session that was logged out before", clause.Graded("barong.sessions.log-out-twice", p.deleteSession, none), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Require("log out", p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, contract.OK)
		p.Expect(p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, none)
	})
	It("finds no session that has expired", Serial, clause.Should("barong.sessions.log-out-expired", p.deleteSession, none), func(ctx SpecContext) {
		me := p.member(ctx)
		p.livesOn(ctx, me)
		p.Wait(ctx, p.sessionLifetime(ctx)+time.Minute, "the session has to expire")
		p.Expect(p.Do(ctx, me.Actor, p.deleteSession, conform.Request{}), p.deleteSession, none)
	})
	It("refuses a way of logging in that it does not know", clause.Graded("barong.sessions.log-out-method", p.deleteSession, methodUnknown), func(ctx SpecContext) {
		me := p.member(ctx)
		by := func(method string) conform.Request {
			return conform.Request{Query: url.Values{"auth_method": {method}}}
		}
		p.Expect(p.Do(ctx, me.Actor, p.deleteSession, by("carrier-pigeon")), p.deleteSession, methodUnknown)
		p.livesOn(ctx, me)
		p.Require("log out", p.Do(ctx, me.Actor, p.deleteSession, by("password")), p.deleteSession, contract.OK)
		p.opensNothing(ctx, me)
	})
}
