package onlyoffice

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

func logout(p *portal) {
	Describe("POST /api/2.0/authentication/logout", func() {
		logoutEnds(p)
		logoutSpares(p)
	})
}

func logoutEnds(p *portal) {
	It("ends the session of the cookie, however its token is presented afterwards",
		clause.Must("onlyoffice.logout.cookie-session", p.logout, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			ended := token(p.loggedIn(ctx, who.Login, who.Password))
			me := p.Actor(who.Name, who, cookie(ended))
			p.alive(ctx, me)
			p.Expect(p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.OK)
			p.dead(ctx, ended)
		})
	It("ends the session of the Authorization header too",
		clause.Must("onlyoffice.logout.header-session", p.logout, contract.OK, clause.Only(documented)),
		func(ctx SpecContext) {
			who := p.Lease(user)
			ended := token(p.loggedIn(ctx, who.Login, who.Password))
			me := p.Actor(who.Name, who, bearer(ended))
			p.alive(ctx, me)
			p.Expect(p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.OK)
			p.dead(ctx, ended)
		})
	It("leaves a session alone that came as the Authorization header",
		clause.Note("onlyoffice.logout.header-no-op", p.logout, contract.OK, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 6.B18")),
		func(ctx SpecContext) {
			who := p.Lease(user)
			me := p.Actor(who.Name, who, bearer(token(p.loggedIn(ctx, who.Login, who.Password))))
			p.Expect(p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.OK)
			p.works(ctx, me)
		})
	It("takes the session cookie away from the browser",
		clause.Must("onlyoffice.logout.clears-cookie", p.logout, contract.OK, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 1.1 A4")),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			call := p.Do(ctx, me, p.logout, conform.Request{})
			p.Expect(call, p.logout, contract.OK)
			p.Holds("log-out sets the session cookie to one that has expired", p.clears(call, sessionCookie), "it does not")
		})
	It("accepts a second log-out with the same token",
		clause.Must("onlyoffice.logout.twice", p.logout, contract.Anonymous),
		func(ctx SpecContext) {
			who := p.Lease(user)
			ended := token(p.loggedIn(ctx, who.Login, who.Password))
			me := p.Actor(who.Name, who, cookie(ended))
			p.Require("log out", p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.OK)
			p.Expect(p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.Anonymous)
			p.dead(ctx, ended)
		})
	It("accepts a log-out without a session",
		clause.Must("onlyoffice.logout.anonymous", p.logout, contract.Anonymous),
		func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Anonymous(), p.logout, conform.Request{}), p.logout, contract.Anonymous)
		})
}

func logoutSpares(p *portal) {
	It("leaves the other sessions of the user alone",
		clause.Must("onlyoffice.logout.other-sessions", p.logout, contract.OK),
		func(ctx SpecContext) {
			who, leaver := p.signedIn(ctx, user)
			before := p.signIn(ctx, who)
			p.Expect(p.Do(ctx, leaver, p.logout, conform.Request{}), p.logout, contract.OK)
			p.over(ctx, leaver)
			p.works(ctx, before)
		})
	It("leaves other users alone",
		clause.Must("onlyoffice.logout.other-users", p.logout, contract.OK),
		func(ctx SpecContext) {
			_, leaver := p.signedIn(ctx, user)
			_, other := p.signedIn(ctx, user)
			p.Expect(p.Do(ctx, leaver, p.logout, conform.Request{}), p.logout, contract.OK)
			p.over(ctx, leaver)
			p.works(ctx, other)
		})
	It("lets the user sign in again",
		clause.Must("onlyoffice.logout.sign-in-again", p.login, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			p.sessions().End(ctx, me)
			call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
			p.Expect(call, p.login, contract.OK)
			p.works(ctx, p.Actor(who.Name, who, cookie(token(call))))
			p.over(ctx, me)
		})
}

// loggedIn opens a session with a password and returns the log-in's answer.
func (p *portal) loggedIn(ctx context.Context, login, password string) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: conform.Object{"userName": login, "password": password}})
	p.Require("sign in", call, p.login, contract.OK)
	return call
}

// works checks that an actor's session opens a protected operation, alive needs
// it, and over checks that it no longer does.
func (p *portal) works(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, by, p.tfaSettings, conform.Request{}), p.tfaSettings, contract.OK)
}

func (p *portal) alive(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	p.Require("use the session", p.Do(ctx, by, p.tfaSettings, conform.Request{}), p.tfaSettings, contract.OK)
}

func (p *portal) over(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, by, p.tfaSettings, conform.Request{}), p.tfaSettings, contract.Unauthenticated)
}

// dead checks that a token opens nothing, in any of the ways to present it.
func (p *portal) dead(ctx context.Context, token string) {
	GinkgoHelper()
	for _, header := range []http.Header{cookie(token), bearer(token), {"Authorization": {token}}} {
		by := p.Actor("ended session", nil, header)
		p.over(ctx, by)
		p.Expect(p.Do(ctx, by, p.isAuthentificated, conform.Request{}), p.isAuthentificated, contract.Anonymous)
	}
}

// clears tells whether a response takes a cookie away: RFC 6265 section 3.1, by
// an expiry in the past.
func (p *portal) clears(call *httpclient.Call, name string) bool {
	cleared := false
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			cleared = c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Before(p.Now())
		}
	}
	return cleared
}

// cookieHas checks that a log-in sets the session cookie with an attribute; its
// case does not matter (RFC 6265 section 5.2).
func (p *portal) cookieHas(ctx context.Context, attribute string) {
	GinkgoHelper()
	who := p.Lease(user)
	call := p.loggedIn(ctx, who.Login, who.Password)
	for _, line := range call.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil && c.Name == sessionCookie {
			p.Check("the session cookie is set with "+attribute, strings.ToLower(line), ContainSubstring("; "+strings.ToLower(attribute)))
			return
		}
	}
	p.Untestable("the log-in sets no session cookie")
}
