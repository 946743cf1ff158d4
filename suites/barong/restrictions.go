package barong

import (
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

const (
	restrictedIP     = contract.Outcome("restricted-ip")
	restrictedSubnet = contract.Outcome("restricted-subnet")
	underMaintenance = contract.Outcome("maintenance")
	loginBlocked     = contract.Outcome("login-blocked")
)

// restricted is about networks that a deployment keeps out (facts/barong.md 1.3
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
	refused := func(kind string, outcome contract.Outcome) {
		It("is refused, of the kind "+kind, g.at(string(outcome), outcome, clause.Needs(restrictions, clientAddress)), func(ctx SpecContext) {
			me := p.member(ctx)
			from := conform.Request{}.WithHeader(p.Setting(addressHeader), p.restrictedAddress(kind))
			p.givesNoToken(p.Refuses(ctx, conform.Refusal{
				Operation: g.Operation, By: me.Actor, Outcome: outcome, Control: always(conform.Request{}),
				Changes: []conform.Change{{Name: kind, Of: func(conform.Request) conform.Request { return from }}},
			})...)
			p.Expect(p.Do(ctx, p.visitor(), g.Operation, from), g.Operation, outcome)
		})
	}
	refused("ip", restrictedIP)
	refused("subnet", restrictedSubnet)
	refused("maintenance", underMaintenance)
}

// restrictedAddress is an address of the kind that the deployment restricts.
func (p *api) restrictedAddress(kind string) string {
	GinkgoHelper()
	for pair := range strings.SplitSeq(p.Setting(restrictedAddress), ",") {
		if name, address, found := strings.Cut(strings.TrimSpace(pair), "="); found && name == kind {
			return address
		}
	}
	p.Untestable("settings.%s names no address of the kind %s", restrictedAddress, kind)
	return ""
}

func loginRestricted(p *api) {
	needs := clause.Needs(direct, restrictions, clientAddress)
	It("that may not log in gets no log-in through", clause.Graded("barong.authz.login-blocked", p.authorizePublic, loginBlocked, needs), func(ctx SpecContext) {
		address := p.restrictedAddress("login")
		p.Refuses(ctx, conform.Refusal{
			Operation: p.authorizePublic, By: p.visitor(), Outcome: loginBlocked, Control: always(asked),
			Changes: []conform.Change{{Name: "login", Of: func(r conform.Request) conform.Request { return r.WithHeader(p.Setting(addressHeader), address) }}},
		})
	})
	It("that may not log in reaches what else is open to everybody", clause.Graded("barong.authz.login-blocked-alone", p.authorizePublic, contract.OK, needs), func(ctx SpecContext) {
		by := p.visitorAt(p.restrictedAddress("login"))
		p.Require("be refused a log-in", p.Do(ctx, by, p.authorizePublic, asked), p.authorizePublic, loginBlocked)
		time := conform.Request{Method: http.MethodGet, Template: newRoads(p.Target()).authzPath(p.getIdentityTime)}
		p.Expect(p.Do(ctx, by, p.authorizePublic, time), p.authorizePublic, contract.OK)
	})
}
