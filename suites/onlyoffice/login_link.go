package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// forgedLogInKeys are keys that no portal issued, one of them in the form of its own.
var forgedLogInKeys = []string{"1.WRONGKEY", "500000000000." + strings.Repeat("A", 40)}

// loginByForgedLink sends log-in links for users that there are: for an address that
// nobody has, nothing shows whether the key was looked at.
func loginByForgedLink(p *client.Client) {
	It("POST /authentication opens no session for a user's address and the key of a log-in link that was never issued",
		clause.Must("onlyoffice.login.link-forged", p.Login, contract.NotFound), func(ctx SpecContext) {
			who := p.Lease(client.User)
			p.Require("log in by the password", p.LogIn(ctx, who), p.Login, contract.OK)
			for _, key := range forgedLogInKeys {
				p.ExpectShut("a key never issued", p.Do(ctx, p.Anonymous(), p.Login, logInLink(who.Login, key)), p.Login, contract.NotFound)
			}
		})
}

func logInLink(email string, key any) conform.Request {
	return client.JSON(conform.Object{"confirmData": confirmData(email, key)})
}

func confirmData(email string, key any) map[string]any {
	return map[string]any{"email": email, "key": key}
}
