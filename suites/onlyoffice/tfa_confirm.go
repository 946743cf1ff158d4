package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func tfaConfirm(p *client.Client) {
	op := p.TFAConfirm
	It("GET /settings/tfaapp/confirm returns to an enrolled user a link that confirms a log-in, with its key as a cookie",
		clause.Must("onlyoffice.tfa-confirm.enrolled", op, contract.OK), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			call := p.DoExpect(ctx, e.Session, op, client.NoBody, contract.OK)
			l := client.ParseLink(client.Text(call, "url"))
			p.Check("the link is one to confirm a log-in", l.Kind, Equal(client.TFAAuth))
			p.Check("the cookie is the one of that link", client.Text(call, "cookieName"), Equal(client.ConfirmCookie+client.TFAAuth))
			l.Key, l.UID = p.Secret("confirm-key", client.Text(call, "cookieValue")), e.ID
			p.Expect(p.Confirm(ctx, p.Bearer(e.Who, l), e.TakeBackup()), p.ValidateCode, client.Verified)
		})
	It("GET /settings/tfaapp/confirm returns no link to a user without a second factor",
		clause.Must("onlyoffice.tfa-confirm.not-applicable", op, client.NotApplicable),
		func(ctx SpecContext) {
			p.DoExpect(ctx, p.SessionOf(ctx, client.User), op, client.NoBody, client.NotApplicable)
		})
}
