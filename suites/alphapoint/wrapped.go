package alphapoint

import (
	"context"
	"encoding/json"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// wrapped states that the code which a call of the platform carries is a second
// factor like any other, at each of the calls that need one.
func (v specs) wrapped() {
	op, only, wrong := v.Guarded.Name(), clause.Only(client.Platform), contract.SecondFactorWrong
	for _, row := range []conform.Row[func(context.Context, *client.Pending) []any]{
		{Text: "Each operation that requires a code rejects a TFaCode that is null or empty",
			Clause: clause.Graded(v.ID("wrapped.absent"), v.Guarded, client.CodeRequired, only),
			Given:  func(context.Context, *client.Pending) []any { return []any{nil, ""} }},
		{Text: "Each operation that requires a code rejects a wrong TOTP code",
			Clause: clause.Graded(v.ID("wrapped.wrong"), v.Guarded, wrong, only),
			Given:  func(_ context.Context, p *client.Pending) []any { return []any{p.Wrong()} }},
		{Text: "Each operation that requires a code rejects a TOTP code that expired long ago",
			Clause: clause.Graded(v.ID("wrapped.expired"), v.Guarded, wrong, only),
			Given:  func(_ context.Context, p *client.Pending) []any { return []any{pastCode(p)} }},
		{Text: "Each operation that requires a code rejects the current TOTP code of another user",
			Clause: clause.Graded(v.ID("wrapped.foreign"), v.Guarded, wrong, only),
			Given:  func(ctx context.Context, p *client.Pending) []any { return []any{v.foreign(ctx)} }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			_, by := v.BothSteps(ctx)
			for batch := range slices.Chunk(v.RequiredNames(ctx, by), client.PerAccount) {
				p, session := v.BothSteps(ctx)
				for _, name := range batch {
					for _, code := range row.Given(ctx, p) {
						v.ExpectRefusal(ctx, session, v.Guarded, v.Wrapped(name, code), row.Clause.Outcome)
					}
				}
				right := v.Coded(ctx, p, session, batch[0])
				v.RequireOK(ctx, "get a right code accepted after the refusal", session, v.Guarded, right)
			}
		})
	}
	It(op+" rejects the TOTP code that opened the session",
		clause.Graded(v.ID("wrapped.code-of-log-in"), v.Guarded, contract.SecondFactorReplayed, only),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			code := v.Code(ctx, p.Codes)
			session := v.SecondStepWith(ctx, p, code)
			name := v.RequiredNames(ctx, session)[0]
			v.ExpectAnswer(ctx, session, v.Guarded, v.Wrapped(name, code), contract.SecondFactorReplayed)
			v.RequireOK(ctx, "get a fresh code accepted", session, v.Guarded, v.Coded(ctx, p, session, name))
		})
	It(op+" rejects a TOTP code that another operation or itself has accepted",
		clause.Graded(v.ID("wrapped.replayed"), v.Guarded, contract.SecondFactorReplayed, only),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			names := v.RequiredNames(ctx, session)
			code := v.Code(ctx, p.Codes)
			v.RequireOK(ctx, "use the code once", session, v.Guarded, v.Wrapped(names[0], code))
			for _, name := range names[:min(len(names), client.PerAccount)] {
				v.ExpectAnswer(ctx, session, v.Guarded, v.Wrapped(name, code), contract.SecondFactorReplayed)
			}
		})
	It(op+" rejects a valid TOTP code that is sent as a JSON number",
		clause.Should(v.ID("wrapped.number"), v.Guarded, wrong, only,
			clause.From(contract.Inferred, "checks#I05; alphapoint#1.7-wrapper-texts")),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			name := v.RequiredNames(ctx, session)[0]
			code := v.Code(ctx, p.Codes)
			for code[0] == '0' { // a number would lose it
				p, session = v.BothSteps(ctx)
				code = v.Code(ctx, p.Codes)
			}
			v.ExpectAnswer(ctx, session, v.Guarded, v.Wrapped(name, json.Number(code)), wrong)
			v.RequireOK(ctx, "get the same code accepted as a text", session, v.Guarded, v.Wrapped(name, code))
		})
}
