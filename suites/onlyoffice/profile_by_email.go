package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func profileByEmail(p *client.Client) {
	op := p.ProfileByEmail
	It("GET /people/email returns the profile of the user who has the e-mail address",
		clause.Must("onlyoffice.profile-by-email.found", op, contract.OK), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.User)
			other, otherSession := p.SignedIn(ctx, client.User)
			call := p.DoExpect(ctx, session, op, client.Query("email", other.Login), contract.OK)
			address, id := strings.ToLower(client.Text(call, "email")), strings.ToLower(client.Text(call, "id"))
			p.Check("the profile has the address asked for", address, Equal(strings.ToLower(other.Login)))
			p.Check("the profile has the id of that user", id, Equal(strings.ToLower(p.ID(ctx, otherSession))))
		})
	It("GET /people/email finds no profile for an e-mail address that no user has",
		clause.Must("onlyoffice.profile-by-email.not-found", op, contract.NotFound), func(ctx SpecContext) {
			by, control := p.ProfileReady(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: by, Control: control, Outcome: contract.NotFound,
				Changes: []conform.Change{replaced("an unknown address", client.Query("email", p.Nobody()))},
			})
		})
}
