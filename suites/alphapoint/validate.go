package alphapoint

import (
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
	It(op+" rejects the TOTP code that opened the session",
		clause.Graded(v.ID("validate.replayed"), v.Validate, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			code := v.Code(ctx, p.Codes)
			session := v.SecondStepWith(ctx, p, code)
			v.ExpectAnswer(ctx, session, v.Validate, client.Validation(code), contract.SecondFactorReplayed)
		})
}
