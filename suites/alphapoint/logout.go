package alphapoint

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

func (v specs) logout() {
	op := v.LogOut.Name()
	// ended logs a session out, which has to end it.
	ended := func(ctx context.Context, session *conform.Actor) {
		GinkgoHelper()
		v.ExpectAnswer(ctx, session, v.LogOut, client.Nothing, contract.OK)
		v.ExpectNoSession(ctx, session)
	}
	It(op+" ends the session", clause.Graded(v.ID("logout.ends"), v.LogOut, contract.OK),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			ended(ctx, session)
		})
	It(op+" ends a session that was opened with both factors", clause.Graded(v.ID("logout.ends-second-factor"), v.LogOut, contract.OK),
		func(ctx SpecContext) {
			_, session := v.BothSteps(ctx)
			v.RequireAlive(ctx, session)
			ended(ctx, session)
		})
	It(op+" keeps the sessions of other users", clause.Graded(v.ID("logout.other-users"), v.LogOut, contract.OK),
		func(ctx SpecContext) {
			_, leaver := v.SignedIn(ctx)
			_, other := v.SignedIn(ctx)
			ended(ctx, leaver)
			v.ExpectAlive(ctx, other)
		})
	It(op+" keeps the other sessions of the same user",
		clause.Should(v.ID("logout.other-sessions"), v.LogOut, contract.OK,
			v.withTokens(clause.From(contract.Inferred, `alphapoint#1.9-current-session`))),
		func(ctx SpecContext) {
			who, leaver := v.SignedIn(ctx)
			other := v.SignIn(ctx, who)
			ended(ctx, leaver)
			v.ExpectAlive(ctx, other)
		})
	It(v.Login.Name()+" opens a new session after log-out", clause.Graded(v.ID("logout.sign-in-again"), v.Login, contract.OK),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.SignOut(ctx, v.Session(who, v.ExpectLogIn(ctx, who, contract.OK)))
			v.ExpectAlive(ctx, v.Session(who, v.ExpectLogIn(ctx, who, contract.OK)))
		})
}
