package alphapoint

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// signedHeaders sign single calls, in place of a session.
func (v specs) signedHeaders() {
	op, needs := v.Devices.Name(), clause.Needs("signed-headers")
	It(op+" accepts signed headers in place of a session", clause.Graded(v.ID("signed-headers.right"), v.Devices, contract.OK, needs),
		func(ctx SpecContext) { v.ExpectAlive(ctx, v.SignedCaller(v.Account(client.User))) })
	It(op+" rejects headers with a signature that is forged, nearly right, in upper case or empty",
		clause.Graded(v.ID("signed-headers.wrong"), v.Devices, contract.Unauthenticated, needs),
		func(ctx SpecContext) {
			who := v.Account(client.User)
			by := v.SignedCaller(who)
			v.RequireAlive(ctx, by)
			signatures := []string{v.Signer().Sign("made-up", "1", who.ID, who.APIKey), strings.ToUpper(by.Header["Signature"][0]), ""}
			for _, near := range family.NearProofs(by.Header["Signature"][0]) {
				signatures = append(signatures, v.Secret("near-signature", near.Value))
			}
			for _, signature := range signatures {
				header := by.Header.Clone()
				header["Signature"] = []string{signature}
				v.ExpectNoSession(ctx, v.Actor("forged", who, header))
			}
		})
	It(op+" rejects signed headers of a locked account",
		clause.Graded(v.ID("signed-headers.locked"), v.Devices, contract.Unauthenticated, needs), Serial,
		func(ctx SpecContext) {
			who, twin := v.Account(client.Locked), v.Account(client.User)
			v.RequireAlive(ctx, v.SignedCaller(twin))
			v.ExpectNoSession(ctx, v.SignedCaller(who))
		})
}
