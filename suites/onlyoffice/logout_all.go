package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func logoutAll(p *client.Client) {
	op := p.LogoutAllForUser
	It("PUT /security/activeconnections/logoutall/{userId} ends every session of the user who asks for it",
		clause.Must("onlyoffice.logout-all.own", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			other := p.SignIn(ctx, who)
			_, stranger := p.SignedIn(ctx, client.User)
			p.RequireAlive(ctx, other)
			p.DoExpect(ctx, session, op, p.OwnConnections(ctx, session), contract.OK)
			p.ExpectEnded(ctx, other, session)
			p.ExpectAlive(ctx, stranger)
		})
	It("PUT /security/activeconnections/logoutall/{userId} ends the sessions of the named user alone for an administrator",
		clause.Must("onlyoffice.logout-all.by-administrator", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#1.5")), func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Admin)
			who, first := p.SignedIn(ctx, client.User)
			second := p.SignIn(ctx, who)
			_, stranger := p.SignedIn(ctx, client.User)
			p.DoExpect(ctx, boss, op, p.OwnConnections(ctx, first), contract.OK)
			p.ExpectEnded(ctx, first, second)
			p.ExpectAlive(ctx, boss, stranger)
		})
	refuses := func(ctx SpecContext, role string) {
		by, control := p.SignInAgain(role, p.OwnConnections)(ctx) // the control ends the session
		_, other := p.SignedIn(ctx, client.User)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: by, Control: control, Outcome: contract.Forbidden,
			Changes: []conform.Change{replaced("the id of another", p.OwnConnections(ctx, other))},
		})
		p.ExpectAlive(ctx, other)
	}
	It("PUT /security/activeconnections/logoutall/{userId} rejects another user's id from a user and keeps that user's session alive",
		clause.Must("onlyoffice.logout-all.foreign-user", op, contract.Forbidden), func(ctx SpecContext) { refuses(ctx, client.User) })
	It("PUT /security/activeconnections/logoutall/{userId} rejects a user's id from a room administrator and keeps the user's session alive",
		clause.Must("onlyoffice.logout-all.foreign-room-admin", op, contract.Forbidden), Serial,
		func(ctx SpecContext) { refuses(ctx, client.RoomAdmin) })
}
