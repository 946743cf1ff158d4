package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

func publicSettings(p *portal) {
	Describe("GET /api/2.0/capabilities", func() {
		It("tells anybody what the portal can do",
			clause.Must("onlyoffice.capabilities.anonymous", p.capabilities, contract.OK),
			func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Anonymous(), p.capabilities, conform.Request{}), p.capabilities, contract.OK)
			})
		It("tells it under the path that ends in .json too",
			clause.Must("onlyoffice.capabilities.json", p.capabilitiesJSON, contract.OK),
			func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Anonymous(), p.capabilitiesJSON, conform.Request{}), p.capabilitiesJSON, contract.OK)
			})
		It("tells the same with a dead token",
			clause.Should("onlyoffice.capabilities.dead-token", p.capabilities, contract.OK, clause.From(contract.Inferred, "facts/onlyoffice.md 1.1 A1")),
			func(ctx SpecContext) {
				_, me := p.signedIn(ctx, user)
				p.sessions().End(ctx, me)
				p.Expect(p.Do(ctx, me, p.capabilities, conform.Request{}), p.capabilities, contract.OK)
			})
	})
	Describe("GET /api/2.0/settings", func() {
		It("tells anybody how to sign in",
			clause.Must("onlyoffice.settings.anonymous", p.settings, contract.OK),
			func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Anonymous(), p.settings, conform.Request{}), p.settings, contract.OK)
			})
		It("gives the parameters of the hash that is taken in place of the password",
			clause.Must("onlyoffice.settings.password-hash", p.settings, contract.OK),
			func(ctx SpecContext) {
				call := p.Do(ctx, p.Anonymous(), p.settings, conform.Request{})
				p.Expect(call, p.settings, contract.OK)
				p.Check("the size is in bits, whole bytes of them", value.Number(value.Of(call), "response", "passwordHash", "size")%8, BeZero())
				who := p.Lease(user)
				right := conform.Request{JSON: conform.Object{"userName": who.Login, "passwordHash": p.passwordHash(ctx, who.Password)}}
				p.Expect(p.Do(ctx, p.Anonymous(), p.login, right), p.login, contract.OK)
				wrong := right.With("passwordHash", p.passwordHash(ctx, "wrong-Password-1"))
				p.Expect(p.Do(ctx, p.Anonymous(), p.login, wrong), p.login, contract.BadCredentials)
			})
	})
	Describe("operations that the documents only name", func() {
		namedOnly(p, p.Operation("getLastLoginEvents"), "last")
		namedOnly(p, p.Operation("getLoginEventsByFilter"), "filter")
	})
}

// namedOnly states the one thing that is known of an operation of which the
// documents give the name alone: it is for those who are signed in.
func namedOnly(p *portal, op *contract.Operation, slug string) {
	It("refuses a request without a session to "+op.Path,
		clause.Should("onlyoffice.login-events."+slug, op, contract.Unauthenticated),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, admin)
			refusal, _ := op.Answer(contract.Unauthenticated, p.Profile())
			if control := p.Do(ctx, me, op, conform.Request{}); control.Status == refusal.Status {
				p.Untestable("it refuses an administrator in the same way, so that nothing is known of its refusals")
			}
			p.Expect(p.Do(ctx, p.Anonymous(), op, conform.Request{}), op, contract.Unauthenticated)
		})
}
