package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// basicLogin is the platform's log-in over HTTP: Authenticate, by Basic
// authentication or signed headers.
func (v *Venue) basicLogin() {
	needs := clause.Needs("basic")
	Describe("Authenticate", func() {
		It("opens a session for Basic authentication",
			v.promise("basic.right", v.basic, contract.OK, needs),
			func(ctx SpecContext) {
				who := v.lease(user)
				call := v.Do(ctx, v.basicActor(who), v.basic, conform.Request{})
				v.Expect(call, v.basic, contract.OK)
				v.works(ctx, v.session(who, call))
			})
		It("opens a session for signed headers",
			v.promise("basic.signed-headers", v.basic, contract.OK, clause.Needs("signed-headers")),
			func(ctx SpecContext) {
				who := v.lease(user)
				call := v.Do(ctx, v.signedActor(who), v.basic, conform.Request{})
				v.Expect(call, v.basic, contract.OK)
				v.works(ctx, v.session(who, call))
			})
		It("refuses Basic authentication with a wrong password",
			v.promise("basic.wrong", v.basic, contract.BadCredentials, needs),
			func(ctx SpecContext) {
				who := v.lease(user)
				for _, call := range v.Refuses(ctx, conform.Refusal{
					Operation: v.basic, By: v.basicActor(who), Control: always(conform.Request{}),
					ChangedBy: v.basicWith(who, "wrong-Password-1"), Outcome: contract.BadCredentials,
				}) {
					v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
				}
			})
		It("refuses a request without credentials",
			v.promise("basic.none", v.basic, contract.BadCredentials, needs),
			func(ctx SpecContext) {
				v.Expect(v.Do(ctx, v.Anonymous(), v.basic, conform.Request{}), v.basic, contract.BadCredentials)
			})
		It("asks a user with a second factor for it, and opens the session with the code",
			v.promise("basic.second-factor", v.basic, contract.SecondFactorRequired, needs),
			func(ctx SpecContext) {
				who := v.lease(totp)
				call := v.Do(ctx, v.basicActor(who), v.basic, conform.Request{})
				v.Expect(call, v.basic, contract.SecondFactorRequired)
				v.Holds("no session token is issued before the second factor", token(call) == "", "one is")
				p := &pending{who: who, codes: v.Codes(who.TOTPSecret)}
				v.carry(p, call)
				v.closed(ctx, p.by)
				second := v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes)))
				v.Expect(second, v.second, contract.OK)
				v.works(ctx, v.session(who, second))
			})
	})
}
