package client

import (
	"context"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Verdict is what KYCAID posts about an applicant; nobody here is one.
func (p *Client) Verdict() conform.Request {
	return conform.Request{JSON: conform.Object{"applicant_id": p.Nonce(), "verification_id": p.Nonce(), "type": "VERIFICATION_COMPLETED"}}
}

func (p *Client) PostKYC(ctx context.Context) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Visitor(), p.ReceiveKYC, p.Verdict())
}

func (p *Client) takesKYC(ctx context.Context) bool {
	return p.Is(p.PostKYC(ctx), p.ReceiveKYC, contract.OK)
}

func (p *Client) refusesKYC(ctx context.Context) bool {
	return p.Is(p.PostKYC(ctx), p.ReceiveKYC, contract.Unavailable)
}
