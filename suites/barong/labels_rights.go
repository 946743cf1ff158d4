package barong

import (
	"maps"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// labelsGiveNothing states that what users write of themselves gives them no rights.
func labelsGiveNothing(p *api) {
	own := map[string]string{
		"email": "verified", "phone": "verified", "document": "verified", "role": "superadmin",
		"admin": "true", "level": "three", "state": "active",
	}
	It("POST /resource/labels raises neither level nor role, and confirms no address, for the labels that a pending user writes",
		clause.Graded("barong.labels.public-no-rights", p.CreateLabel, contract.OK,
			clause.From(contract.Observed, "barong#1.7-computed")), func(ctx SpecContext) {
			me := p.Newcomer(ctx)
			for key, v := range maps.All(own) {
				p.DropLater(me, key)
				r := conform.Request{JSON: conform.Object{"key": key, "value": v}}
				p.Require("write a public label", p.Do(ctx, me.Actor, p.CreateLabel, r), p.CreateLabel, contract.OK)
			}
			user := p.UserOf(ctx, me)
			p.Check("its role, state and level", []any{value.At(user, "role"), value.At(user, "state"), value.Number(user, "level")},
				Equal([]any{"member", "pending", 0}))
		})
	It("The AuthZ endpoint denies the admin module to a member whose public labels say otherwise",
		clause.Should("barong.labels.public-no-admin", p.AuthorizeAdmin, contract.Forbidden, clause.Needs(client.Direct),
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.3.1; checks#H05")), func(ctx SpecContext) {
			me := p.Member(ctx)
			for _, key := range []string{"role", "admin"} {
				p.DropLater(me, key)
				r := conform.Request{JSON: conform.Object{"key": key, "value": "superadmin"}}
				p.Require("write a public label", p.Do(ctx, me.Actor, p.CreateLabel, r), p.CreateLabel, contract.OK)
			}
			p.Expect(p.Do(ctx, me.Actor, p.AuthorizeAdmin, conform.Request{}), p.AuthorizeAdmin, contract.Forbidden)
		})
}
