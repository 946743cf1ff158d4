package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// nonce records what the documents leave open: KIIEX shows a fixed nonce beside
// its keys, so that a signature is expected to work more than once.
func (v specs) nonce() {
	open := clause.From(contract.Inferred, "alphapoint#2-nonce")
	It(v.Login.Name()+" accepts a signed request a second time", clause.Note(v.ID("nonce.repeated"), v.Login, contract.OK, open),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			request := v.SignedLogin(who)
			v.RequireOK(ctx, "sign in once", v.Caller(who), v.Login, request)
			v.ExpectAnswer(ctx, v.Caller(who), v.Login, request, contract.OK)
		})
	It(v.Login.Name()+" accepts a nonce lower than the one before", clause.Note(v.ID("nonce.stale"), v.Login, contract.OK, open),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			v.RequireOK(ctx, "sign in once", v.Caller(who), v.Login, v.SignedLogin(who))
			v.ExpectAnswer(ctx, v.Caller(who), v.Login, v.SignedLoginWith(who, "1"+v.Nonce()[:4]), contract.OK)
		})
}
