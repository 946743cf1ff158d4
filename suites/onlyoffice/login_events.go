package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// loginEvents states the one thing that is known of operations of which the
// documents give the name alone: they are for those who are signed in.
func loginEvents(p *client.Client) {
	last, filter := p.Operation("getLastLoginEvents"), p.Operation("getLoginEventsByFilter")
	conform.Table(func(ctx SpecContext, op *contract.Operation) {
		_, session := p.SignedIn(ctx, client.Admin)
		refusal, _ := op.Answer(contract.Unauthenticated, p.Profile())
		if control := p.Do(ctx, session, op, client.NoBody); control.Status == refusal.Status {
			p.Untestable("it refuses an administrator in the same way, so that nothing is known of its refusals")
		}
		p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.Unauthenticated)
	}, []conform.Row[*contract.Operation]{
		{Text: "GET /security/audit/login/last rejects a request without a session",
			Clause: clause.Should("onlyoffice.login-events.last", last, contract.Unauthenticated), Given: last},
		{Text: "GET /security/audit/login/filter rejects a request without a session",
			Clause: clause.Should("onlyoffice.login-events.filter", filter, contract.Unauthenticated), Given: filter},
	})
}
