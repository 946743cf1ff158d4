package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// tfaEnrolment states that nothing but a right code of the new app makes it the
// user's second factor.
func tfaEnrolment(p *client.Client) {
	proof := clause.From(contract.Observed, "onlyoffice#2.1-step-5; onlyoffice#2.1-backup-form; checks#T17; checks#T18")
	wrong := contract.SecondFactorWrong
	for _, row := range []conform.Row[func(*client.Enrolment) conform.Request]{
		{Text: "POST /settings/tfaapp/validate does not enrol an app with a wrong TOTP code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.link-wrong", p.ValidateCode, wrong, proof),
			Given:  func(n *client.Enrolment) conform.Request { return client.Code(n.Codes.Wrong(client.Window)) }},
		{Text: "POST /settings/tfaapp/validate does not enrol an app with an empty code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.link-blank", p.ValidateCode, client.BlankCode, proof),
			Given:  func(*client.Enrolment) conform.Request { return client.Code("") }},
		{Text: "POST /settings/tfaapp/validate does not enrol an app without a code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.link-absent", p.ValidateCode, contract.Invalid, proof),
			Given:  func(*client.Enrolment) conform.Request { return client.JSON(conform.Object{}) }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			p.ExpectNoSession(p.DoExpect(ctx, n.Bearer, p.ValidateCode, row.Given(n), row.Clause.Outcome))
			expectUnenrolled(ctx, p, n)
		})
	}
	conform.Table(func(ctx SpecContext, request func(*client.Enrolment) conform.Request) {
		n := p.StartEnrolment(ctx)
		p.DoExpect(ctx, p.Anonymous(), p.LoginByCode, request(n), wrong)
		expectUnenrolled(ctx, p, n)
	}, []conform.Row[func(*client.Enrolment) conform.Request]{
		{Text: "POST /authentication/{code} does not enrol an app with a wrong TOTP code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.login-wrong", p.LoginByCode, wrong, proof),
			Given:  func(n *client.Enrolment) conform.Request { return client.ByCode(n.Who, n.Codes.Wrong(client.Window)) }},
		{Text: "POST /authentication/{code} does not enrol an app with an empty code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.login-blank", p.LoginByCode, wrong, proof),
			Given:  func(n *client.Enrolment) conform.Request { return client.ByCode(n.Who, "") }},
		{Text: "POST /authentication/{code} does not enrol an app without a code",
			Clause: clause.Must("onlyoffice.tfa-enrolment.login-absent", p.LoginByCode, wrong, proof),
			Given:  func(n *client.Enrolment) conform.Request { return client.ByCode(n.Who, "").Without("code") }},
	})
	It("POST /settings/tfaapp/validate does not enrol an app with the right TOTP code of another user's new app",
		clause.Must("onlyoffice.tfa-enrolment.foreign", p.ValidateCode, wrong, proof), func(ctx SpecContext) {
			n, other := p.StartEnrolment(ctx), p.StartEnrolment(ctx)
			p.Expect(p.Confirm(ctx, n.Bearer, p.Code(ctx, other.Codes)), p.ValidateCode, wrong)
			expectUnenrolled(ctx, p, n)
		})
}

// expectUnenrolled requires that the identity still has to enrol, with the same
// secret, and that a right code does it.
func expectUnenrolled(ctx context.Context, p *client.Client, n *client.Enrolment) {
	GinkgoHelper()
	p.Expect(p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
	p.Require("enrol with a right code", p.Activate(ctx, n, p.Code(ctx, n.Codes)), p.ValidateCode, client.Activated)
}
