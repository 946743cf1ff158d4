package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

func (v specs) activate() {
	op, wrong := v.Activate.Name(), contract.SecondFactorWrong
	It(op+" makes the next log-in require the second factor", clause.Graded(v.ID("activate.right"), v.Activate, contract.OK),
		func(ctx SpecContext) {
			t := v.activateTrial(ctx)
			v.ExpectAnswer(ctx, t.by, v.Activate, t.control(), contract.OK)
			v.ExpectLogIn(ctx, t.Who, contract.SecondFactorRequired)
		})
	v.rejectsCodes(v.activateTrial, []conform.Row[codes]{
		{Text: op + " rejects a wrong TOTP code and activates nothing",
			Clause: clause.Graded(v.ID("activate.wrong"), v.Activate, wrong), Given: codeOf((*client.Pending).Wrong)},
		{Text: op + " rejects the current TOTP code of another user and activates nothing",
			Clause: clause.Graded(v.ID("activate.foreign"), v.Activate, wrong), Given: v.foreignCode},
		{Text: op + " rejects a code that is missing, null or empty and activates nothing",
			Clause: clause.Graded(v.ID("activate.absent"), v.Activate, contract.Invalid), Given: noCode},
	}...)
	v.rejectsCodes(v.activateTrial, conform.Row[codes]{
		Text:   op + " rejects a TOTP code that is two time steps away and activates nothing",
		Clause: clause.Should(v.ID("activate.window"), v.Activate, wrong, twoSteps), Given: v.twoStepsAway,
	})
	It(v.SecondStep.Name()+" rejects the TOTP code that activated the second factor",
		clause.Should(v.ID("activate.replayed"), v.SecondStep, contract.SecondFactorReplayed,
			clause.From(contract.Standard, "RFC 6238 section 5.2; checks#T10; checks#T12")),
		func(ctx SpecContext) {
			v.Only(v.Activate)
			p, session := v.UnenrolledSession(ctx)
			code := v.Code(ctx, p.Codes)
			v.RequireOK(ctx, "activate the second factor", session, v.Activate, client.WithCode(code))
			v.TakeFirstStep(ctx, p)
			p.Who.Failed()
			v.ExpectShut("the code of the activation", v.Do(ctx, p.By, v.SecondStep, client.WithCode(code)), v.SecondStep,
				contract.SecondFactorReplayed)
		})
	It(op+" keeps an active second factor when it rejects a wrong TOTP code",
		clause.Should(v.ID("activate.wrong-while-on"), v.Activate, wrong,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.5.1; checks#T20")),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			p.Who.Failed()
			v.ExpectShut("a wrong code", v.Do(ctx, session, v.Activate, client.WithCode(p.Wrong())), v.Activate, wrong)
			v.ExpectLogIn(ctx, p.Who, contract.SecondFactorRequired)
		})
	It(op+" rejects a request without credentials",
		clause.Graded(v.ID("activate.anonymous"), v.Activate, contract.Unauthenticated),
		func(ctx SpecContext) {
			t := v.activateTrial(ctx)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.Activate, By: t.by, Control: t.control, OnlyAfter: true,
				ChangedBy: v.Anonymous(), Outcome: contract.Unauthenticated,
			})
		})
	It(op+" answers a request without credentials with WWW-Authenticate",
		clause.Graded(v.ID("activate.challenge"), v.Activate, client.Challenged),
		func(ctx SpecContext) {
			v.ExpectAnswer(ctx, v.Anonymous(), v.Activate, client.WithCode("123456"), client.Challenged)
		})
}
