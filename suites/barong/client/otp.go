package client

import (
	"context"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// OffAgain brings a pooled account back to no second factor, should one have been
// switched on with the codes.
func (p *Client) OffAgain(me *Session, codes *otp.Kit) {
	if me.Account.Pooled {
		ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
			me.Account.Codes = codes
			p.Unenrol(ctx, me)
		})
	}
}

// Factor is what GET resource/users/me tells of the second factor.
type Factor struct {
	On    bool
	Label string // value of the private label otp
}

func (p *Client) Factor(ctx context.Context, me *Session) Factor {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
	p.Require("read the user", call, p.GetCurrentUser, contract.OK)
	f := Factor{On: value.Flag(value.Of(call), "otp")}
	for _, l := range value.List(value.Of(call), "labels") {
		if value.Text(l, "key") == "otp" && value.Text(l, "scope") == "private" {
			f.Label = value.Text(l, "value")
		}
	}
	return f
}

func (p *Client) PutCode(ctx context.Context, me *Session, op *contract.Operation, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, me.Actor, op, CodeBody(code))
}

// PasswordOnly tries to log in without a code.
func (p *Client) PasswordOnly(ctx context.Context, a *Account) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.TryLogIn(ctx, a, p.Credentials(a, ""))
}
