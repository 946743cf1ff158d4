package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// configs reads what the deployment says of itself.
func (p *api) configs(ctx context.Context) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.visitor(), p.getIdentityConfigs, conform.Request{})
}

// signsUp tries to sign an account up. Behind a captcha an unsolved one is asked
// for, and that shows the sign-up as well.
func (p *api) signsUp(ctx context.Context) bool {
	a := p.newAccount()
	call := p.Do(ctx, p.visitorAt(a.address), p.createUser, conform.Request{JSON: conform.Object{"email": a.Login, "password": a.Password}})
	return p.Is(call, p.createUser, contract.OK) || p.Is(call, p.createUser, captchaRequired)
}
