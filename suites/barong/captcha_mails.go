package barong

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// mailsNothingUnsolved states that a rejected captcha has nothing mailed.
func mailsNothingUnsolved(p *api) {
	for _, of := range []struct {
		op    *contract.Operation
		role  string
		area  string
		token string
	}{{p.RequestPasswordReset, client.RoleActive, "password-reset", client.Reset},
		{p.RequestEmailConfirmation, client.RolePending, "email", client.Confirmation}} {
		It(of.op.Name()+" mails nothing when it rejects the captcha response",
			clause.Should("barong.captcha."+of.area+"-no-mail", of.op, contract.CaptchaRefused, clause.Needs(client.Captcha),
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.3; checks#F18")), func(ctx SpecContext) {
				a := p.Leased(of.role)
				p.ForgetMail(ctx, a.Login)
				before := p.messagesWith(ctx, a.Login, of.token)
				for _, r := range []conform.Request{p.ForAddress(a.Login).Without(captchaAnswer), p.wrongCaptcha(p.ForAddress(a.Login))} {
					call := p.Do(ctx, p.Visitor(), of.op, r)
					p.Holds("the request is rejected", !p.Is(call, of.op, contract.OK), "it is accepted")
				}
				p.ResetToken(ctx, p.Leased(client.RoleActive)) // a mail that was asked for later has arrived when this returns
				p.Check("mails with a token", p.messagesWith(ctx, a.Login, of.token), Equal(before))
			})
	}
}
