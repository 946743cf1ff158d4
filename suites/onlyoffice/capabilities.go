package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func capabilities(p *client.Client) {
	It("GET /capabilities shows anybody what the portal supports",
		clause.Must("onlyoffice.capabilities.anonymous", p.Capabilities, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), p.Capabilities, client.NoBody, contract.OK) })
	It("GET /capabilities.json shows anybody what the portal supports",
		clause.Must("onlyoffice.capabilities.json", p.CapabilitiesJSON, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), p.CapabilitiesJSON, client.NoBody, contract.OK) })
	It("GET /capabilities answers a request with the token of an ended session",
		clause.Should("onlyoffice.capabilities.dead-token", p.Capabilities, contract.OK,
			clause.From(contract.Inferred, "onlyoffice#1.1-A1")), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.User)
			p.SignOut(ctx, session)
			p.DoExpect(ctx, session, p.Capabilities, client.NoBody, contract.OK)
		})
}
