package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

func settings(p *client.Client) {
	op := p.Settings
	It("GET /settings shows anybody the settings of the portal",
		clause.Must("onlyoffice.settings.anonymous", op, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.OK) })
	It("GET /settings returns the parameters of the hash that a log-in accepts in place of the password",
		clause.Must("onlyoffice.settings.password-hash", op, contract.OK), func(ctx SpecContext) {
			call := p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.OK)
			bits := value.Number(value.Of(call), "response", "passwordHash", "size")
			p.Check("the size is in bits, whole bytes of them", bits%8, BeZero())
			who := p.Lease(client.User)
			p.DoExpect(ctx, p.Anonymous(), p.Login, p.ByHash(ctx, who, who.Password), contract.OK)
			p.DoExpect(ctx, p.Anonymous(), p.Login, p.ByHash(ctx, who, client.WrongPassword), contract.BadCredentials)
		})
}
