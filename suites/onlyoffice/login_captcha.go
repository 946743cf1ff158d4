package onlyoffice

import (
	"context"
	"fmt"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// loginTakesCaptchaTypes sends the kind of a captcha, which the documents spell as a name or
// as a number, without an answer to one.
func loginTakesCaptchaTypes(p *client.Client) {
	It("POST /authentication accepts each recaptchaType of the documents, by its name and by its number",
		clause.Must("onlyoffice.login.captcha-type", p.Login, contract.OK, clause.Only(client.Documented),
			clause.From(contract.Documented, "onlyoffice#6.B8; onlyoffice#document-003-recaptchaType")), func(ctx SpecContext) {
			who := p.Lease(client.User)
			for _, kind := range []any{"Default", "AndroidV2", "iOSV2", "hCaptcha", 0, 1, 2, 3} {
				p.DoExpect(ctx, p.Anonymous(), p.Login, client.Credentials(who).With("recaptchaType", kind), contract.OK)
			}
		})
	unknown := func(kinds ...any) (changes []conform.Change) {
		for _, kind := range kinds {
			changes = append(changes, set(fmt.Sprintf("recaptchaType %v", kind), "recaptchaType", kind))
		}
		return changes
	}
	refusesChanges(p, func(context.Context) conform.Refusal {
		control := client.Always(client.Credentials(p.Lease(client.User)))
		return conform.Refusal{Operation: p.Login, By: p.Anonymous(), Control: control}
	}, []conform.Row[[]conform.Change]{
		{Text: "POST /authentication rejects a recaptchaType that the documents do not name",
			Clause: clause.Should("onlyoffice.login.captcha-type-unknown", p.Login, contract.InvalidType, clause.Only(client.Documented)),
			Given:  unknown("NoSuchCaptcha", 4, -1)},
		{Text: "POST /authentication rejects the name of a recaptchaType in place of its number",
			Clause: clause.Should("onlyoffice.login.captcha-type-name", p.Login, contract.InvalidType, clause.Only(client.Release37),
				clause.From(contract.Inferred, "onlyoffice#6.B8")),
			Given: unknown("Default")},
	})
}
