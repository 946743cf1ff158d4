package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// required is about the calls that need a code, and the one that lists them.
func (v specs) required() {
	lists, guarded := v.Required.Name(), v.Guarded.Name()
	It(lists+" answers a request without credentials", clause.Graded(v.ID("required.anonymous"), v.Required, contract.OK),
		func(ctx SpecContext) { v.ExpectAnswer(ctx, v.Anonymous(), v.Required, client.Nothing, contract.OK) })
	It(lists+" names at least one operation",
		clause.Should(v.ID("required.some"), v.Required, contract.OK, clause.From(contract.Inferred, "alphapoint#1.8")),
		func(ctx SpecContext) {
			call := v.ExpectAnswer(ctx, v.Anonymous(), v.Required, client.Nothing, contract.OK)
			v.Check("names", client.List(call), Not(BeEmpty()))
		})
	It("Each operation that "+lists+" names rejects a request without a code",
		clause.Graded(v.ID("required.each-refuses"), v.Guarded, client.CodeRequired),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			names := v.RequiredNames(ctx, session)
			for _, name := range names {
				v.ExpectRefusal(ctx, session, v.Guarded, v.Uncoded(name), client.CodeRequired)
			}
			v.RequireOK(ctx, "make the call with a code", session, v.Guarded, v.Coded(ctx, p, session, names[0]))
		})
	It("The first operation that "+lists+" names accepts a valid code, and no other answers one as if none were sent",
		clause.Graded(v.ID("required.opens"), v.Guarded, contract.OK),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			names := v.RequiredNames(ctx, session)
			v.ExpectAnswer(ctx, session, v.Guarded, v.Coded(ctx, p, session, names[0]), contract.OK)
			for _, name := range names[1:] { // what else they require of a request differs
				p, session = v.BothSteps(ctx)
				call := v.Do(ctx, session, v.Guarded, v.Coded(ctx, p, session, name))
				v.Holds("the call is not refused for want of a code", !v.Is(call, v.Guarded, client.CodeRequired), "it is")
			}
		})
	It(guarded+" rejects a request without a code even after one with a code",
		clause.Should(v.ID("required.each-time"), v.Guarded, client.CodeRequired,
			clause.From(contract.Inferred, "alphapoint#1.7-wrapper-each-request")),
		func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			name := v.RequiredNames(ctx, session)[0]
			v.RequireOK(ctx, "make the call with a code", session, v.Guarded, v.Coded(ctx, p, session, name))
			v.ExpectAnswer(ctx, session, v.Guarded, v.Uncoded(name), client.CodeRequired)
		})
}
