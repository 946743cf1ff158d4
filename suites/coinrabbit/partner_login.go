package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

// documentedPartners is the path that the page prints.
const documentedPartners = "/v2/auth/partners"

// partnerLogin is about the log-in of a user by the partner, of which the page
// gives the name alone.
func partnerLogin(p *client.Client) {
	op := p.PartnerLogin
	ready := func(ctx context.Context) *trial {
		who := p.Lease(client.User)
		right := p.PartnerLoginRequest(who)
		p.Require("log in with the right request", p.Do(ctx, p.Partner(), op, right), op, contract.OK)
		return &trial{Account: &client.Account{Who: who}, by: p.Partner(), request: right}
	}
	It("The log-in by the partner issues a user token that creates a secret",
		clause.Should("coinrabbit.partner-login.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			expectSession(ctx, p, a, op, p.PartnerLoginRequest(a.Who))
		})
	It("The log-in by the partner lies at the path that the vendor's page prints",
		clause.Note("coinrabbit.partner-login.path", op, contract.OK, clause.Only(documented),
			clause.From(contract.Documented, "coinrabbit#document-004-partners; coinrabbit#2.4")),
		func(ctx SpecContext) {
			ready(ctx)
			p.Check("the path", p.Setting(client.PartnerPath), Equal(documentedPartners))
		})
	anonymous := func(_ context.Context, t *trial) { t.by = p.Anonymous() }
	rejects(p, subject{
		operation: op, ready: ready,
		after: func(context.Context, *trial) {}, // the right request was accepted before
		clause: func(d deviation) clause.Clause {
			return clause.Should("coinrabbit.partner-login."+d.slug, op, d.outcome)
		},
	},
		deviation{slug: "no-key", text: "without x-api-key", outcome: contract.Unauthenticated, apply: anonymous},
		deviation{slug: "made-up-key", text: "with a made-up x-api-key", outcome: contract.Unauthenticated,
			apply: func(_ context.Context, t *trial) { t.by = p.Actor("made-up key", nil, client.Headers(p.MadeUp(), "")) }},
		deviation{slug: "no-user", text: "that names no user", outcome: contract.Invalid,
			edits: func(r conform.Request) conform.Request { return r.Without(p.Setting(client.UserMember)) }},
		unchallenged(p))
}
