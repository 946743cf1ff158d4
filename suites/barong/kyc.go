package barong

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

func (p *api) kycSubjects() []family.Subject {
	return []family.Subject{{Operation: p.ReceiveKYC, Ready: p.asVisitor(p.Verdict), Features: []string{client.Kycaid}}}
}

// callbacks are about public/kyc (barong#2.3).
func callbacks(p *api) {
	op := p.ReceiveKYC
	Describe("the callback of the KYC provider", func() {
		It("POST /public/kyc accepts a callback for an unknown applicant",
			clause.Graded("barong.kyc.taken", op, contract.OK, clause.Needs(client.Kycaid)), func(ctx SpecContext) {
				p.Expect(p.PostKYC(ctx), op, contract.OK)
			})
		It("POST /public/kyc accepts a callback without members",
			clause.Graded("barong.kyc.taken-empty", op, contract.OK, clause.Needs(client.Kycaid)), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Visitor(), op, conform.Request{JSON: conform.Object{}}), op, contract.OK)
			})
		It("POST /public/kyc answers that no provider is configured",
			clause.Graded("barong.kyc.unavailable", op, contract.Unavailable, clause.Needs(client.KycLocal)), func(ctx SpecContext) {
				p.Expect(p.PostKYC(ctx), op, contract.Unavailable)
			})
	})
}
