package client

import (
	"context"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Configs reads what the deployment says of itself.
func (p *Client) Configs(ctx context.Context) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Visitor(), p.GetIdentityConfigs, conform.Request{})
}

// signsUp tries to sign an account up. Behind a captcha an unsolved one is asked
// for, and that shows the sign-up as well.
func (p *Client) signsUp(ctx context.Context) bool {
	a := p.NewAccount()
	call := p.Do(ctx, p.VisitorAt(a.Address), p.CreateUser, conform.Request{JSON: conform.Object{"email": a.Login, "password": a.Password}})
	return p.Is(call, p.CreateUser, contract.OK) || p.Is(call, p.CreateUser, CaptchaRequired)
}
