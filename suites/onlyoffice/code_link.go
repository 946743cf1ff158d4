package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// codeWithForgedLink is loginByForgedLink for a log-in by code.
func codeWithForgedLink(p *client.Client) {
	It("POST /authentication/{code} opens no session for a user's address, a right code and the key of a log-in link that was never issued",
		clause.Must("onlyoffice.code.link-forged", p.LoginByCode, contract.NotFound), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			right := client.ByCode(e.Who, e.Right(ctx))
			for _, key := range forgedLogInKeys {
				forged := right.Without("password").With("confirmData", confirmData(e.Who.Login, key))
				p.ExpectShut("a key never issued", p.Do(ctx, p.Anonymous(), p.LoginByCode, forged), p.LoginByCode, contract.NotFound)
			}
			p.Require("log in by the password and the same code", p.Do(ctx, p.Anonymous(), p.LoginByCode, right), p.LoginByCode, contract.OK)
		})
}
