package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// firstStep is the log-in of a user who must pass a second factor, with the
// password alone.
func firstStep(p *client.Client) {
	op, required := p.Login, contract.SecondFactorRequired
	It("POST /authentication asks a user with an authenticator app for a TOTP code and issues no token",
		clause.Must("onlyoffice.first-step.second-factor", op, required),
		func(ctx SpecContext) { p.Expect(p.LogIn(ctx, p.Enrol(ctx).Who), op, required) })
	It("POST /authentication gives a user who has yet to enrol the shared secret and no token",
		clause.Must("onlyoffice.first-step.enrolment", op, contract.EnrolmentRequired),
		func(ctx SpecContext) { p.Expect(p.LogIn(ctx, p.LeaseTOTP()), op, contract.EnrolmentRequired) })
	It("POST /authentication sets no session cookie before the second factor is passed",
		clause.Must("onlyoffice.first-step.no-cookie", op, required), func(ctx SpecContext) {
			call := p.LogIn(ctx, p.Enrol(ctx).Who)
			p.Require("take the first step", call, op, required)
			p.ExpectNoSession(call)
		})
	It("GET /settings/tfaapp rejects the key of a first step in place of a session token",
		clause.Must("onlyoffice.first-step.no-session", p.TFASettings, contract.Unauthenticated), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			call := p.LogIn(ctx, e.Who)
			p.Require("take the first step", call, op, required)
			key := p.StepLink(call).Key
			p.RequireAlive(ctx, e.Session)
			p.ExpectEnded(ctx, p.Actor("first step", nil, client.Cookie(key)))
		})
	It("POST /authentication asks for the second factor whatever address a forwarding header claims",
		clause.Should("onlyoffice.first-step.claimed-address", op, required,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 4.1.3; checks#F14")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded"} {
				p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(e.Who).WithHeader(name, "127.0.0.1"), required)
			}
		})
	It("POST /authentication asks for the second factor although the client claims that none is needed",
		clause.Should("onlyoffice.first-step.client-decides", op, required,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.3.1; checks#F08; checks#I19")), func(ctx SpecContext) {
			request := client.Credentials(p.Enrol(ctx).Who).With("tfa", false).With("sms", false).With("authenticated", true)
			p.DoExpect(ctx, p.Anonymous(), op, request, required)
		})
}
