package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func logoutOthers(p *client.Client) {
	op := p.LogoutAllExceptThis
	It("PUT /security/activeconnections/logoutallexceptthis ends every session of the user but that of the cookie",
		clause.Must("onlyoffice.logout-others.cookie", op, contract.OK), func(ctx SpecContext) {
			who, first := p.SignedIn(ctx, client.User) // which is older than the caller's
			session, second := p.SignIn(ctx, who), p.SignIn(ctx, who)
			_, stranger := p.SignedIn(ctx, client.User)
			p.RequireAlive(ctx, first, second)
			p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, first, second)
			p.ExpectAlive(ctx, session, stranger)
		})
	It("PUT /security/activeconnections/logoutallexceptthis ends every session of the user but that of the Authorization header",
		clause.Must("onlyoffice.logout-others.header", op, contract.OK, clause.Only(client.Documented)), func(ctx SpecContext) {
			who, other := p.SignedIn(ctx, client.User)
			session := p.BearerSession(ctx, who)
			p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, other)
			p.ExpectAlive(ctx, session)
		})
	It("PUT /security/activeconnections/logoutallexceptthis ends the caller's own session when its token is in the Authorization header",
		clause.Note("onlyoffice.logout-others.header-ends", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.5")), func(ctx SpecContext) {
			session := p.BearerSession(ctx, p.Lease(client.User))
			p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, session)
		})
}
