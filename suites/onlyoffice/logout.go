package onlyoffice

import (
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func logout(p *client.Client) {
	op := p.Logout
	conform.Table(func(ctx SpecContext, present func(string) http.Header) {
		who := p.Lease(client.User)
		token := p.NewToken(ctx, who)
		session := p.Actor(who.Name, who, present(token))
		p.RequireAlive(ctx, session)
		p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
		p.ExpectTokenEnded(ctx, token)
	}, []conform.Row[func(string) http.Header]{
		{Text: "POST /authentication/logout ends the session of the cookie, however its token is presented afterwards",
			Clause: clause.Must("onlyoffice.logout.cookie-session", op, contract.OK), Given: client.Cookie},
		{Text: "POST /authentication/logout ends the session of the Authorization header, however its token is presented afterwards",
			Clause: clause.Must("onlyoffice.logout.header-session", op, contract.OK, clause.Only(client.Documented)), Given: client.Bearer},
	})
	It("POST /authentication/logout keeps a session alive that is presented in the Authorization header",
		clause.Note("onlyoffice.logout.header-no-op", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#6.B18")), func(ctx SpecContext) {
			session := p.BearerSession(ctx, p.Lease(client.User))
			p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.ExpectAlive(ctx, session)
		})
	It("POST /authentication/logout removes the session cookie and the cookie socketio.sid from the browser",
		clause.Must("onlyoffice.logout.clears-cookie", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.1-A4")), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.User)
			call := p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			for _, name := range []string{client.SessionCookie, "socketio.sid"} {
				c := client.LastCookie(call, name)
				// RFC 6265 section 3.1: a cookie is removed by an expiry in the past.
				past := c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Before(p.Now())
				p.Holds("log-out sets "+name+" to a cookie that has expired", past, "it does not")
			}
		})
	It("POST /authentication/logout accepts a second log-out with the same token",
		clause.Must("onlyoffice.logout.twice", op, contract.Anonymous), func(ctx SpecContext) {
			who := p.Lease(client.User)
			token := p.NewToken(ctx, who)
			session := p.Actor(who.Name, who, client.Cookie(token))
			p.SignOut(ctx, session)
			p.DoExpect(ctx, session, op, client.NoBody, contract.Anonymous)
			p.ExpectTokenEnded(ctx, token)
		})
	It("POST /authentication/logout accepts a request without a session",
		clause.Must("onlyoffice.logout.anonymous", op, contract.Anonymous),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.Anonymous) })
	It("POST /authentication/logout keeps the other sessions of the user alive",
		clause.Must("onlyoffice.logout.other-sessions", op, contract.OK), func(ctx SpecContext) {
			who, leaver := p.SignedIn(ctx, client.User)
			before := p.SignIn(ctx, who)
			p.DoExpect(ctx, leaver, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, leaver)
			p.ExpectAlive(ctx, before)
		})
	It("POST /authentication/logout keeps the sessions of other users alive",
		clause.Must("onlyoffice.logout.other-users", op, contract.OK), func(ctx SpecContext) {
			_, leaver := p.SignedIn(ctx, client.User)
			_, other := p.SignedIn(ctx, client.User)
			p.DoExpect(ctx, leaver, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, leaver)
			p.ExpectAlive(ctx, other)
		})
	It("POST /authentication/logout leaves nothing open of a log-in by code",
		clause.Should("onlyoffice.logout.by-code", op, contract.OK, clause.Only(client.Documented),
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.1")), func(ctx SpecContext) {
			p.Only(p.Connections)
			e := p.Enrol(ctx)
			open := func() []int {
				return events(p.DoRequire(ctx, "list the sessions", e.Session, p.Connections, client.NoBody, contract.OK))
			}
			before := open()
			call := p.SendCode(ctx, e, e.TakeBackup())
			p.Require("log in by a code", call, p.LoginByCode, contract.OK)
			p.DoExpect(ctx, p.Session(e.Who, call), op, client.NoBody, contract.OK)
			p.Check("the sessions that are open are those of before", open(), ConsistOf(before))
		})
	It("POST /authentication opens a new session after a log-out and keeps the old one ended",
		clause.Must("onlyoffice.logout.sign-in-again", p.Login, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			p.SignOut(ctx, session)
			call := p.LogIn(ctx, who)
			p.Expect(call, p.Login, contract.OK)
			p.ExpectAlive(ctx, p.Session(who, call))
			p.ExpectEnded(ctx, session)
		})
}
