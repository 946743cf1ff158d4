package alphapoint

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

func (v specs) ping() {
	It(v.Ping.Name()+" answers a request without credentials", clause.Graded(v.ID("ping.anonymous"), v.Ping, contract.OK),
		func(ctx SpecContext) { v.ExpectAnswer(ctx, v.Anonymous(), v.Ping, client.Nothing, contract.OK) })
	It(v.Ping.Name()+" answers a session that has ended", clause.Graded(v.ID("ping.ended-session"), v.Ping, contract.OK),
		func(ctx SpecContext) {
			_, session := v.SignedIn(ctx)
			v.SignOut(ctx, session)
			v.ExpectAnswer(ctx, session, v.Ping, client.Nothing, contract.OK)
		})
}
