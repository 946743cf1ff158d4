package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// tfaMandatory says who must pass the second factor.
func tfaMandatory(p *client.Client) {
	It("POST /authentication asks a mandatory user for the second factor, even from a trusted address",
		clause.Must("onlyoffice.tfa-mandatory.user", p.Login, contract.EnrolmentRequired, clause.Disrupts()), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			id := p.ID(ctx, session)
			keeper, former := p.KeepTFA(ctx)
			p.SwitchTFA(ctx, keeper, former.With(client.TFAApp, id))
			p.Expect(p.LogIn(ctx, who), p.Login, contract.EnrolmentRequired)
		})
	It("POST /authentication asks no second factor of a user at a trusted address who is not mandatory",
		clause.Must("onlyoffice.tfa-mandatory.trusted-address", p.Login, contract.OK, clause.Disrupts()), func(ctx SpecContext) {
			who := p.LeaseTOTP()
			p.AppCodes(ctx, who)
			keeper, former := p.KeepTFA(ctx)
			free := former.With(client.TFAApp)
			free.Users, free.Groups = nil, nil
			p.SwitchTFA(ctx, keeper, free)
			p.Expect(p.LogIn(ctx, who), p.Login, contract.OK)
		})
}
