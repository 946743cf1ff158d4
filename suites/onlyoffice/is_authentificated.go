package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func isAuthentificated(p *client.Client) {
	op := p.IsAuthentificated
	It("GET /authentication answers true to a session",
		clause.Must("onlyoffice.is-authentificated.session", op, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.SessionOf(ctx, client.User), op, client.NoBody, contract.OK) })
	It("GET /authentication answers false to a request without a session",
		clause.Must("onlyoffice.is-authentificated.anonymous", op, contract.Anonymous),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.Anonymous) })
	It("GET /authentication answers false to a made-up token",
		clause.Must("onlyoffice.is-authentificated.made-up", op, contract.Anonymous), func(ctx SpecContext) {
			for _, junk := range []string{"x", "null", "undefined", "0", strings.Repeat("QUJD", 1024)} {
				p.DoExpect(ctx, p.Actor("junk", nil, client.Cookie(junk)), op, client.NoBody, contract.Anonymous)
			}
		})
	It("GET /authentication answers false to the token of a session that was logged out",
		clause.Must("onlyoffice.is-authentificated.logged-out", op, contract.Anonymous), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.User)
			p.DoRequire(ctx, "use the session", session, op, client.NoBody, contract.OK)
			p.SignOut(ctx, session)
			p.DoExpect(ctx, session, op, client.NoBody, contract.Anonymous)
		})
}
