package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

func settings(p *client.Client) {
	op := p.Settings
	It("GET /settings shows anybody the settings of the portal",
		clause.Must("onlyoffice.settings.anonymous", op, contract.OK),
		func(ctx SpecContext) { p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.OK) })
	It("GET /settings returns only the members that the query names in fields",
		clause.Should("onlyoffice.settings.fields", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.0-fields")), func(ctx SpecContext) {
			whole := value.Of(p.DoExpect(ctx, p.Anonymous(), op, client.NoBody, contract.OK))
			hash := value.At(whole, "response", "passwordHash")
			left := func(r conform.Request) any { // whose shape is not that of the whole
				return value.At(value.Of(p.Do(ctx, p.Anonymous(), op, r)), "response")
			}
			p.Check("a member is left with what it holds", left(client.Query("fields", "passwordHash")),
				Equal(map[string]any{"passwordHash": hash}))
			p.Check("a member of a member and another are left", left(client.Query("fields", "passwordHash.salt", "fields", "recaptchaType")),
				Equal(map[string]any{
					"passwordHash": map[string]any{"salt": value.At(hash, "salt")}, "recaptchaType": value.At(whole, "response", "recaptchaType"),
				}))
		})
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
