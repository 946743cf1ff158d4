package client

import (
	"context"
	"net/url"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// Owner is a user with a service account, which no operation makes: it is leased.
// There are few, so that all specs about them are Serial.
type Owner struct {
	*Session
	Service string // uid
}

// Owner leases a user with a service account.
func (p *Client) Owner(ctx context.Context) *Owner {
	ginkgo.GinkgoHelper()
	me := p.LogIn(ctx, p.Leased(RoleServiceOwner))
	for _, uid := range p.services(ctx, me) {
		return &Owner{me, uid}
	}
	p.Untestable("identity %s has the role %q and no service account", me.Account.Name, RoleServiceOwner)
	return nil
}

// services are the uids of a user's service accounts.
func (p *Client) services(ctx context.Context, me *Session) []string {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListServiceAccounts, conform.Request{})
	p.Require("list the service accounts", call, p.ListServiceAccounts, contract.OK)
	var uids []string
	for _, row := range value.List(value.Of(call)) {
		uids = append(uids, value.Text(row, "uid"))
	}
	return uids
}

// Named adds the owner's service account and a code to members of a request.
func (o *Owner) Named(members conform.Object, code string) conform.Request {
	return conform.Request{JSON: members}.With("service_account_uid", o.Service).With("totp_code", code)
}

var Hs256 = conform.Object{"algorithm": "HS256"}

// NewServiceKey makes a key of an owner's service account.
func (p *Client) NewServiceKey(ctx context.Context, o *Owner) *Key {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, o.Actor, p.CreateServiceAccountKey, o.Named(Hs256, p.Code(ctx, o.Account.Codes)))
	p.Require("make a key of a service account", call, p.CreateServiceAccountKey, contract.OK)
	return p.ServiceKeyIn(call, o)
}

func (p *Client) ServiceKeyIn(call *httpclient.Call, o *Owner) *Key {
	ginkgo.GinkgoHelper()
	return p.KeyIn(call, o.Session, p.DeleteServiceAccountKey, conform.Object{"service_account_uid": o.Service})
}

func (p *Client) AskServiceKeys(ctx context.Context, by *Session, service string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, by.Actor, p.ListServiceAccountKeys, conform.Request{Query: url.Values{"service_account_uid": {service}}})
}

// ServiceKeys is how the list shows the keys of an owner's service account.
func (p *Client) ServiceKeys(ctx context.Context, o *Owner) []any {
	ginkgo.GinkgoHelper()
	call := p.AskServiceKeys(ctx, o.Session, o.Service)
	p.Require("list the keys of a service account", call, p.ListServiceAccountKeys, contract.OK)
	return value.List(value.Of(call))
}

// WithoutFactor switches the second factor of an owner off, and on again, with the
// same secret, when the spec ends; where no code is to spare then, the next lease does.
func (p *Client) WithoutFactor(ctx context.Context, o *Owner) {
	ginkgo.GinkgoHelper()
	p.Require("switch the second factor off", p.PutCode(ctx, o.Session, p.DisableOTP, p.Code(ctx, o.Account.Codes)), p.DisableOTP, contract.OK)
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		code, ok := p.CodeNow(o.Account.Codes)
		if !ok {
			p.KeepFactor(o.Account.Identity, identity.FactorLeftOff, o.Account.Codes)
			return
		}
		call, err := p.Try(ctx, o.Actor, p.EnableOTP, CodeBody(code))
		if err != nil || !p.Is(call, p.EnableOTP, contract.OK) {
			o.Account.Retire("its second factor could not be switched on again")
		}
	})
}
