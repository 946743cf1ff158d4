package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
)

// basic is the platform's log-in over HTTP: Authenticate, by Basic authentication
// or signed headers.
func (v specs) basic() {
	op, needs, request := v.Basic.Name(), clause.Needs("basic"), conform.Request{}
	It(op+" opens a session for Basic authentication", clause.Graded(v.ID("basic.right"), v.Basic, contract.OK, needs),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.ExpectAlive(ctx, v.Session(who, v.ExpectAnswer(ctx, v.BasicCaller(who, who.Password), v.Basic, request, contract.OK)))
		})
	It(op+" opens a session for signed headers",
		clause.Graded(v.ID("basic.signed-headers"), v.Basic, contract.OK, clause.Needs("signed-headers")),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.ExpectAlive(ctx, v.Session(who, v.ExpectAnswer(ctx, v.SignedCaller(who), v.Basic, request, contract.OK)))
		})
	It(op+" rejects Basic authentication with a wrong password",
		clause.Graded(v.ID("basic.wrong"), v.Basic, contract.BadCredentials, needs),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.Basic, By: v.BasicCaller(who, who.Password), Control: client.Always(request),
				ChangedBy: v.BasicCaller(who, client.WrongPassword), Outcome: contract.BadCredentials,
			})
		})
	v.nearlyRight(clause.Graded(v.ID("basic.near-miss"), v.Basic, contract.BadCredentials, needs),
		func(who *identity.Identity, password string) (*conform.Actor, conform.Request) {
			return v.BasicCaller(who, password), request
		})
	It(op+" rejects even the valid password after the declared number of wrong ones",
		clause.Should(v.ID("basic.limited"), v.Basic, contract.BadCredentials, needs, clause.Fills(), spansSessions),
		func(ctx SpecContext) { // how it is told is no part of the contract
			who := v.Account(client.User)
			l := v.loginLimit(who)
			for range l.Attempts {
				v.ExpectAnswer(ctx, v.BasicCaller(who, client.WrongPassword), v.Basic, request, contract.BadCredentials)
			}
			right := v.Do(ctx, v.BasicCaller(who, who.Password), v.Basic, request)
			v.Holds("the valid password is held back after "+l.Declared(), !v.Is(right, v.Basic, contract.OK), "it is accepted")
		})
	It(op+" rejects a request without credentials", clause.Graded(v.ID("basic.none"), v.Basic, contract.BadCredentials, needs),
		func(ctx SpecContext) {
			v.ExpectAnswer(ctx, v.Anonymous(), v.Basic, request, contract.BadCredentials)
		})
	It(op+" requires the second factor of an enrolled user, and a valid TOTP code then opens the session",
		clause.Graded(v.ID("basic.second-factor"), v.Basic, contract.SecondFactorRequired, needs),
		func(ctx SpecContext) {
			p := v.Pending(client.TOTP)
			call := v.ExpectAnswer(ctx, v.BasicCaller(p.Who, p.Who.Password), v.Basic, request, contract.SecondFactorRequired)
			v.Holds("no session token is issued before the second factor", client.Token(call) == "", "one is")
			v.ReadFirstStep(p, call)
			v.ExpectNoSession(ctx, p.By)
			second := v.ExpectAnswer(ctx, p.By, v.SecondStep, client.WithCode(v.Code(ctx, p.Codes)), contract.OK)
			v.ExpectAlive(ctx, v.Session(p.Who, second))
		})
}
