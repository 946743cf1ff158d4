package alphapoint

import (
	"context"
	"net/http"
	"net/url"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// tokensOnly restricts a promise to where log-ins give a token of their own.
func (v specs) tokensOnly() clause.Option {
	return func(c *clause.Clause) {
		if v.Basic != nil {
			c.Only = []string{client.Platform}
		}
	}
}

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
	It(op+" ends a session for good: a later log-in of its user does not open it again",
		clause.Graded(v.ID("logout.stays-ended"), v.LogOut, contract.OK, v.tokensOnly()),
		func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			ended(ctx, session)
			v.RequireAlive(ctx, v.SignIn(ctx, who))
			v.ExpectNoSession(ctx, session)
		})
	It(op+" ends a session in every carrier: its token opens nothing as a cookie, in the query or as a bearer token",
		clause.Graded(v.ID("logout.in-every-carrier"), v.LogOut, contract.OK, v.tokensOnly()),
		func(ctx SpecContext) {
			who, session := v.SignedIn(ctx)
			name := v.Setting(client.SessionHeader)
			token := session.Header[name][0]
			v.RequireAlive(ctx, session)
			ended(ctx, session)
			v.ExpectNoSession(ctx, v.CallerWith(who, "Cookie", name+"="+token))
			if v.Setting(client.GatewaySetting) != "bearer" {
				v.ExpectNoSession(ctx, v.CallerWith(who, "Authorization", "Bearer "+token))
			}
			request := v.OwnDevices(who)
			request.Query = url.Values{name: {token}}
			v.ExpectRefusal(ctx, v.Caller(who), v.Devices, request, contract.Unauthenticated)
		})
	It(op+" keeps the session when it refuses the method of the request",
		clause.Should(v.ID("logout.refused-method"), v.LogOut, contract.MethodRefused, clause.Only(client.Documented),
			clause.From(contract.Standard, "RFC 9110 section 9.2.1, 15.5.6; checks#H09")),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			v.RequireAlive(ctx, session)
			request := client.Nothing
			request.Method = http.MethodGet
			if call := v.Do(ctx, session, v.LogOut, request); v.Is(call, v.LogOut, contract.OK) {
				v.Expect(call, v.LogOut, contract.MethodRefused)
			}
			v.ExpectAlive(ctx, session)
		})
	It(v.Login.Name()+" opens a new session after log-out", clause.Graded(v.ID("logout.sign-in-again"), v.Login, contract.OK),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.SignOut(ctx, v.Session(who, v.ExpectLogIn(ctx, who, contract.OK)))
			v.ExpectAlive(ctx, v.Session(who, v.ExpectLogIn(ctx, who, contract.OK)))
		})
}
