package alphapoint

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

func (v specs) validate() {
	op, wrong := v.Validate.Name(), contract.SecondFactorWrong
	It(op+" accepts a valid TOTP code", clause.Graded(v.ID("validate.right"), v.Validate, contract.OK),
		func(ctx SpecContext) {
			t := v.validateTrial(ctx)
			v.ExpectAnswer(ctx, t.by, v.Validate, t.control(), contract.OK)
		})
	v.rejectsCodes(v.validateTrial, []conform.Row[codes]{
		{Text: op + " rejects a wrong TOTP code", Clause: clause.Graded(v.ID("validate.wrong"), v.Validate, wrong),
			Given: codeOf((*client.Pending).Wrong)},
		{Text: op + " rejects the current TOTP code of another user",
			Clause: clause.Graded(v.ID("validate.foreign"), v.Validate, wrong), Given: v.foreignCode},
		{Text: op + " rejects a code that is missing, null or empty",
			Clause: clause.Graded(v.ID("validate.absent"), v.Validate, contract.Invalid), Given: noCode},
	}...)
	v.rejectsCodes(v.validateTrial, conform.Row[codes]{
		Text:   op + " rejects a TOTP code that is two time steps away",
		Clause: clause.Should(v.ID("validate.window"), v.Validate, wrong, twoSteps),
		Given:  v.twoStepsAway,
	})
	It(op+" rejects a wrong TOTP code without opening a call that requires one",
		clause.Graded(v.ID("validate.wrong-opens-nothing"), v.Validate, wrong, clause.Only(client.Documented)),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			name := v.RequiredNames(ctx, session)[0]
			v.ExpectAnswer(ctx, session, v.Validate, client.Validation(p.Wrong()), wrong)
			v.ExpectRefusal(ctx, session, v.Guarded, v.Uncoded(name), client.CodeRequired)
			v.RequireOK(ctx, "make the call with a code", session, v.Guarded, v.Coded(ctx, p, session, name))
		})
	It(op+" rejects the TOTP code that opened the session",
		clause.Graded(v.ID("validate.replayed"), v.Validate, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			code := v.Code(ctx, p.Codes)
			session := v.SecondStepWith(ctx, p, code)
			v.ExpectAnswer(ctx, session, v.Validate, client.Validation(code), contract.SecondFactorReplayed)
		})
}

var twoSteps = clause.From(contract.Standard, "RFC 6238 section 5.2, 6; checks#T08; checks#T09")

// twoStepsAway are the codes on both sides of the window that RFC 6238 recommends.
func (v specs) twoStepsAway(_ context.Context, p *client.Pending) []conform.Change {
	return []conform.Change{
		named("two steps old", conform.Set("Code", p.Codes.Past(2))), named("two steps ahead", conform.Set("Code", v.CodeAhead(p.Codes, 2))),
	}
}
