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

func emailActivation(p *client.Client) {
	op := p.EmailActivation
	It("PUT /settings/emailactivation returns the setting as submitted",
		clause.Must("onlyoffice.email-activation.echo", op, contract.OK, clause.Disrupts()), func(ctx SpecContext) {
			_, session := p.SignedIn(ctx, client.Admin)
			for _, show := range []bool{false, true} { // shown is how portals come
				call := p.DoExpect(ctx, session, op, shown(show), contract.OK)
				p.Check("show is as submitted", value.At(value.Of(call), "response", "show"), Equal(show))
			}
		})
	It("PUT /settings/emailactivation rejects a user",
		clause.Must("onlyoffice.email-activation.user", op, contract.Forbidden),
		func(ctx SpecContext) { refusesRole(ctx, p, client.User, op, p.As(client.Admin, shown(true)), nil) })
	It("PUT /settings/emailactivation rejects a room administrator",
		clause.Must("onlyoffice.email-activation.room-admin", op, contract.Forbidden), Serial,
		func(ctx SpecContext) { refusesRole(ctx, p, client.RoomAdmin, op, p.As(client.Admin, shown(true)), nil) })
}

// shown says whether the portal shows its request to activate an address.
func shown(show bool) conform.Request { return client.JSON(conform.Object{"show": show}) }
