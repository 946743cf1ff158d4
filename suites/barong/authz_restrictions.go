package barong

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

const (
	restrictedIP     = contract.Outcome("restricted-ip")
	restrictedSubnet = contract.Outcome("restricted-subnet")
	underMaintenance = contract.Outcome("maintenance")
	loginBlocked     = contract.Outcome("login-blocked")
)

// restricted is about networks that a deployment keeps out (barong#1.3
// step 1): what the AuthZ endpoint looks at before anything else.
func restricted(p *api) {
	Describe("a restricted address", func() {
		for _, g := range p.gates() {
			restrictedAt(p, g)
		}
		loginRestricted(p)
	})
}

func restrictedAt(p *api, g gate) {
	type restriction struct {
		kind    string
		outcome contract.Outcome
	}
	needs := clause.Needs(client.Restrictions, client.ClientAddress)
	conform.Table(func(ctx SpecContext, r restriction) {
		me := p.Member(ctx)
		from := conform.Request{}.WithHeader(p.Setting(client.AddressHeader), p.restrictedAddress(r.kind))
		p.ExpectNoToken(p.Refuses(ctx, conform.Refusal{
			Operation: g.Operation, By: me.Actor, Outcome: r.outcome, Control: always(conform.Request{}),
			Changes: []conform.Change{{Name: r.kind, Of: func(conform.Request) conform.Request { return from }}},
		})...)
		p.Expect(p.Do(ctx, p.Visitor(), g.Operation, from), g.Operation, r.outcome)
	}, []conform.Row[restriction]{
		{Text: g.Name() + " rejects a client from a blacklisted address",
			Clause: g.at(string(restrictedIP), restrictedIP, needs),
			Given:  restriction{"ip", restrictedIP}},
		{Text: g.Name() + " rejects a client from a blacklisted subnet",
			Clause: g.at(string(restrictedSubnet), restrictedSubnet, needs),
			Given:  restriction{"subnet", restrictedSubnet}},
		{Text: g.Name() + " rejects a client under a maintenance rule",
			Clause: g.at(string(underMaintenance), underMaintenance, needs),
			Given:  restriction{"maintenance", underMaintenance}},
	})
}

// restrictedAddress is an address of the kind that the deployment restricts.
func (p *api) restrictedAddress(kind string) string {
	GinkgoHelper()
	for pair := range strings.SplitSeq(p.Setting(client.RestrictedAddress), ",") {
		if name, address, found := strings.Cut(strings.TrimSpace(pair), "="); found && name == kind {
			return address
		}
	}
	p.Untestable("settings.%s names no address of the kind %s", client.RestrictedAddress, kind)
	return ""
}

func loginRestricted(p *api) {
	needs := clause.Needs(client.Direct, client.Restrictions, client.ClientAddress)
	It("The AuthZ endpoint rejects a log-in from a network that may not log in",
		clause.Graded("barong.authz.login-blocked", p.AuthorizePublic, loginBlocked, needs), func(ctx SpecContext) {
			address := p.restrictedAddress("login")
			p.Refuses(ctx, conform.Refusal{
				Operation: p.AuthorizePublic, By: p.Visitor(), Outcome: loginBlocked, Control: always(asked),
				Changes: []conform.Change{{Name: "login",
					Of: func(r conform.Request) conform.Request { return r.WithHeader(p.Setting(client.AddressHeader), address) }}},
			})
		})
	It("The AuthZ endpoint lets other public requests pass from a network that may not log in",
		clause.Graded("barong.authz.login-blocked-alone", p.AuthorizePublic, contract.OK, needs), func(ctx SpecContext) {
			by := p.VisitorAt(p.restrictedAddress("login"))
			p.Require("be refused a log-in", p.Do(ctx, by, p.AuthorizePublic, asked), p.AuthorizePublic, loginBlocked)
			time := conform.Request{Method: http.MethodGet, Template: client.NewRoads(p.Target()).AuthzPath(p.GetIdentityTime)}
			p.Expect(p.Do(ctx, by, p.AuthorizePublic, time), p.AuthorizePublic, contract.OK)
		})
}
