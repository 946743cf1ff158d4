package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/family"
)

func (p *api) kycSubjects() []family.Subject {
	return []family.Subject{{Operation: p.receiveKYC, Ready: p.asVisitor(p.verdict), Features: []string{kycaid}}}
}

// verdict is what KYCAID posts about an applicant; nobody here is one.
func (p *api) verdict() conform.Request {
	return conform.Request{JSON: conform.Object{"applicant_id": p.Nonce(), "verification_id": p.Nonce(), "type": "VERIFICATION_COMPLETED"}}
}

// callbacks are about public/kyc (facts/barong.md 2.3).
func callbacks(p *api) {
	op := p.receiveKYC
	Describe("the callback of the KYC provider", func() {
		It("is taken, whoever is meant", clause.Graded("barong.kyc.taken", op, contract.OK, clause.Needs(kycaid)), func(ctx SpecContext) {
			p.Expect(p.postKYC(ctx), op, contract.OK)
		})
		It("is taken without members", clause.Graded("barong.kyc.taken-empty", op, contract.OK, clause.Needs(kycaid)), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.visitor(), op, conform.Request{JSON: conform.Object{}}), op, contract.OK)
		})
		It("is refused where no provider is set up", clause.Graded("barong.kyc.unavailable", op, contract.Unavailable, clause.Needs(kycLocal)), func(ctx SpecContext) {
			p.Expect(p.postKYC(ctx), op, contract.Unavailable)
		})
	})
}

func (p *api) postKYC(ctx context.Context) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.visitor(), p.receiveKYC, p.verdict())
}

func (p *api) takesKYC(ctx context.Context) bool {
	return p.Is(p.postKYC(ctx), p.receiveKYC, contract.OK)
}

func (p *api) refusesKYC(ctx context.Context) bool {
	return p.Is(p.postKYC(ctx), p.receiveKYC, contract.Unavailable)
}
