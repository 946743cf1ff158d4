package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// noEvent is the id of a log-in that no portal has seen: the greatest int32.
const noEvent = 1<<31 - 1

func connectionLogout(p *client.Client) {
	op := p.LogoutConnection
	It("PUT /security/activeconnections/logout/{loginEventId} ends the session it names and no other of the user",
		clause.Must("onlyoffice.connection-logout.one", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			gone, third := p.SignIn(ctx, who), p.SignIn(ctx, who)
			p.DoExpect(ctx, session, op, p.OwnConnection(ctx, gone), contract.OK)
			p.ExpectEnded(ctx, gone)
			p.ExpectAlive(ctx, session, third)
		})
	It("PUT /security/activeconnections/logout/{loginEventId} rejects the session of another user and keeps it alive",
		clause.Must("onlyoffice.connection-logout.foreign", op, contract.Forbidden), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			_, other := p.SignedIn(ctx, client.User)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: session, Outcome: contract.Forbidden,
				Control: func() conform.Request { return p.OwnConnection(ctx, p.SignIn(ctx, who)) },
				Changes: []conform.Change{replaced("the session of another", p.OwnConnection(ctx, other))},
			})
			p.ExpectAlive(ctx, other)
		})
	It("PUT /security/activeconnections/logout/{loginEventId} ends exactly the named session of a user for an administrator",
		clause.Must("onlyoffice.connection-logout.by-administrator", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#1.5")), func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Admin)
			who, gone := p.SignedIn(ctx, client.User)
			spared := p.SignIn(ctx, who)
			p.DoExpect(ctx, boss, op, p.OwnConnection(ctx, gone), contract.OK)
			p.ExpectEnded(ctx, gone)
			p.ExpectAlive(ctx, spared, boss)
		})
	It("PUT /security/activeconnections/logout/{loginEventId} answers false to an id of no session or of an ended one",
		clause.Must("onlyoffice.connection-logout.unknown", op, contract.NotFound), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			gone := p.OwnConnection(ctx, p.SignIn(ctx, who))
			p.DoRequire(ctx, "end a session", session, op, gone, contract.OK)
			for _, request := range []conform.Request{gone, client.Connection(noEvent)} {
				p.DoExpect(ctx, session, op, request, contract.NotFound)
			}
			p.ExpectAlive(ctx, session)
		})
}
