package barong

import (
	"context"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

func createsServiceKeys(p *api) {
	op := p.CreateServiceAccountKey
	It("POST /resource/service_accounts/api_keys creates an active key of the service account and shows its secret once", Serial, clause.Graded("barong.service-keys.create", op, contract.OK),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			call := p.Do(ctx, o.Actor, op, o.Named(conform.Object{"algorithm": "HS256", "scope": "trade,read"}, p.Code(ctx, o.Account.Codes)))
			p.Expect(call, op, contract.OK)
			k := p.ServiceKeyIn(call, o)
			p.Check("its state", value.Text(k.Entity, "state"), Equal(client.KeyActive))
			p.Check("its scopes", value.List(k.Entity, "scope"), Equal([]any{"trade", "read"}))
			p.Check("whether the list shows the secret", value.At(p.serviceEntity(ctx, o, k), "secret"), BeNil())
			p.Check("the key in the list", value.Text(p.serviceEntity(ctx, o, k), "kid"), Equal(k.Kid))
			p.Check("the owner's own keys", p.OwnKeys(ctx, o.Session), Not(ContainElement(k.Kid)))
		})
	It("POST /resource/service_accounts/api_keys rejects an unknown algorithm, creates no key and uses the TOTP code up", Serial, clause.Graded("barong.service-keys.algorithm-kek", op, algorithmUnknown),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			before := p.ServiceKeys(ctx, o)
			code := p.Code(ctx, o.Account.Codes)
			p.Expect(p.Do(ctx, o.Actor, op, o.Named(conform.Object{"algorithm": "kek"}, code)), op, algorithmUnknown)
			p.Check("the keys of the service account", p.ServiceKeys(ctx, o), Equal(before))
			p.Expect(p.Do(ctx, o.Actor, op, o.Named(client.Hs256, code)), op, contract.SecondFactorReplayed)
			p.NewServiceKey(ctx, o)
		})
	serviceKeyPairs(p, serviceCall{p, op, "create", func(o *client.Owner, _ *client.Key, code string) conform.Request { return o.Named(client.Hs256, code) }})
}

func updatesServiceKeys(p *api) {
	op := p.UpdateServiceAccountKey
	request := func(o *client.Owner, k *client.Key, code string) conform.Request {
		return o.Named(conform.Object{"scope": "read", "state": client.KeyInactive}, code).WithPath("kid", k.Kid)
	}
	It("PUT /resource/service_accounts/api_keys/{kid} changes scopes and state and returns the key without its secret", Serial, clause.Graded("barong.service-keys.update", op, contract.OK),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			k := p.NewServiceKey(ctx, o)
			call := p.Do(ctx, o.Actor, op, request(o, k, p.Code(ctx, o.Account.Codes)))
			p.Expect(call, op, contract.OK)
			p.Check("its kid", value.Text(value.Of(call), "kid"), Equal(k.Kid))
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(client.KeyInactive))
			p.Check("its scopes", value.List(value.Of(call), "scope"), Equal([]any{"read"}))
			p.Check("the key as the list shows it", p.serviceEntity(ctx, o, k), Equal(value.Of(call)))
		})
	It("PUT /resource/service_accounts/api_keys/{kid} removes the scopes when the request names none", Serial, clause.Should("barong.service-keys.update-without-scope", op, contract.OK, clause.From(contract.Inferred, "facts/barong.md 2.2 updateServiceAccountKey")),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			made := p.Do(ctx, o.Actor, p.CreateServiceAccountKey, o.Named(conform.Object{"algorithm": "HS256", "scope": "trade"}, p.Code(ctx, o.Account.Codes)))
			p.Require("make a key with a scope", made, p.CreateServiceAccountKey, contract.OK)
			k := p.ServiceKeyIn(made, o)
			call := p.Do(ctx, o.Actor, op, o.Named(conform.Object{"state": client.KeyActive}, p.Code(ctx, o.Account.Codes)).WithPath("kid", k.Kid))
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(value.Of(call), "scope"), BeEmpty())
		})
	call := serviceCall{p, op, "update", request}
	serviceKeyPairs(p, call)
	serviceKeysOfOthers(p, call)
}

func deletesServiceKeys(p *api) {
	op := p.DeleteServiceAccountKey
	for _, in := range []struct{ where, id string }{{"query", "delete"}, {"body", "delete-by-body"}} {
		It(op.Name()+" deletes a key with account and TOTP code in the "+in.where, Serial, clause.Graded("barong.service-keys."+in.id, op, contract.OK),
			func(ctx SpecContext) {
				o := p.Owner(ctx)
				k := p.NewServiceKey(ctx, o)
				code := p.Code(ctx, o.Account.Codes)
				r := o.Named(nil, code)
				if in.where == "query" {
					r = conform.Request{Query: url.Values{"service_account_uid": {o.Service}, "totp_code": {code}}}
				}
				p.Expect(p.Do(ctx, o.Actor, op, r.WithPath("kid", k.Kid)), op, contract.OK)
				p.Check("the key as the list shows it", p.serviceEntity(ctx, o, k), BeNil())
				p.Expect(p.Do(ctx, p.Signer(k), p.GetCurrentUser, p.Signed(k)), p.GetCurrentUser, keyUnknown)
			})
	}
	call := serviceCall{p, op, "delete", func(o *client.Owner, k *client.Key, code string) conform.Request {
		return o.Named(nil, code).WithPath("kid", k.Kid)
	}}
	serviceKeyPairs(p, call)
	serviceKeysOfOthers(p, call)
}

// serviceCall is an operation on the keys of a service account, and what it takes.
type serviceCall struct {
	p         *api
	operation *contract.Operation
	name      string
	request   func(o *client.Owner, k *client.Key, code string) conform.Request
}

func (c serviceCall) send(ctx context.Context, by *client.Owner, of *client.Owner, k *client.Key, code string) *httpclient.Call {
	GinkgoHelper()
	return c.p.Do(ctx, by.Actor, c.operation, c.request(of, k, code))
}

// target is the key that the operation is about; of one that makes keys, none.
func (c serviceCall) target(ctx context.Context, o *client.Owner) *client.Key {
	GinkgoHelper()
	if c.operation == c.p.CreateServiceAccountKey {
		return &client.Key{Owner: o.Session}
	}
	return c.p.NewServiceKey(ctx, o)
}

// control sends the request with a right code, which shows that nothing but what
// was changed before was wrong with it.
func (c serviceCall) control(ctx context.Context, o *client.Owner, k *client.Key) {
	GinkgoHelper()
	call := c.send(ctx, o, o, k, c.p.Code(ctx, o.Account.Codes))
	c.p.Expect(call, c.operation, contract.OK)
	if c.operation == c.p.CreateServiceAccountKey {
		c.p.ServiceKeyIn(call, o)
	}
}

// serviceKeyPairs states, for an operation that takes a code, whose code it takes
// and for whose service account.
func serviceKeyPairs(p *api, c serviceCall) {
	op := c.operation
	refuses := func(text, id string, outcome contract.Outcome, code func(context.Context, *client.Owner) string) {
		It(c.operation.Name()+" "+text, Serial, clause.Graded("barong.service-keys."+c.name+"-"+id, op, outcome), func(ctx SpecContext) {
			o := p.Owner(ctx)
			k := c.target(ctx, o)
			before := p.ServiceKeys(ctx, o)
			p.Expect(c.send(ctx, o, o, k, code(ctx, o)), op, outcome)
			p.Check("the keys of the service account", p.ServiceKeys(ctx, o), Equal(before))
			c.control(ctx, o, k)
		})
	}
	refuses("rejects a wrong TOTP code and changes nothing", "wrong-code", contract.SecondFactorWrong,
		func(_ context.Context, o *client.Owner) string { return o.Account.Codes.Wrong(client.Skew) })
	refuses("rejects a used TOTP code and changes nothing", "replayed", contract.SecondFactorReplayed,
		func(ctx context.Context, o *client.Owner) string { return p.Spent(ctx, o.Session) })
	It(c.operation.Name()+" finds no unknown or foreign service account and does not use the TOTP code up", Serial, clause.Graded("barong.service-keys."+c.name+"-account-unknown", op, accountUnknown),
		func(ctx SpecContext) {
			one, two := p.Owner(ctx), p.Owner(ctx)
			foreign := c.target(ctx, two)
			before := p.ServiceKeys(ctx, two)
			code := p.LastingCode(ctx, one.Account.Codes)
			p.Expect(c.send(ctx, one, two, foreign, code), op, accountUnknown)
			p.Expect(c.send(ctx, one, &client.Owner{Session: two.Session, Service: "SI0123456789"}, foreign, code), op, accountUnknown)
			p.Expect(c.send(ctx, one, &client.Owner{Session: two.Session, Service: value.Text(one.User, "uid")}, foreign, code), op, accountUnknown)
			p.Check("the keys of the other's service account", p.ServiceKeys(ctx, two), Equal(before))
			p.Expect(p.PutCode(ctx, one.Session, p.VerifyOTP, code), p.VerifyOTP, contract.OK)
		})
	It(c.operation.Name()+" rejects a uid that is not text", Serial, clause.Graded("barong.service-keys."+c.name+"-uid-not-text", op, uidNotText),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			k := c.target(ctx, o)
			r := c.request(o, k, p.LastingCode(ctx, o.Account.Codes))
			for _, uid := range []any{map[string]any{"a": 1}, []any{o.Service}} {
				p.Expect(p.Do(ctx, o.Actor, op, r.With("service_account_uid", uid)), op, uidNotText)
			}
			c.control(ctx, o, k)
		})
	It(c.operation.Name()+" rejects an owner whose second factor is off", Serial, clause.Graded("barong.service-keys."+c.name+"-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			k := c.target(ctx, o)
			p.WithoutFactor(ctx, o)
			before := p.ServiceKeys(ctx, o)
			p.Expect(c.send(ctx, o, o, k, p.Code(ctx, o.Account.Codes)), op, contract.SecondFactorUnavailable)
			p.Check("the keys of the service account", p.ServiceKeys(ctx, o), Equal(before))
		})
}

// serviceKeysOfOthers states that a service account has no keys but its own.
func serviceKeysOfOthers(p *api, c serviceCall) {
	It(c.operation.Name()+" finds no unknown or foreign key", Serial, clause.Graded("barong.service-keys."+c.name+"-key-unknown", c.operation, contract.NotFound),
		func(ctx SpecContext) {
			one, two := p.Owner(ctx), p.Owner(ctx)
			foreign, own := p.NewServiceKey(ctx, two), p.NewKey(ctx, one.Session)
			before := p.serviceEntity(ctx, two, foreign)
			for _, k := range []*client.Key{foreign, own, {Kid: p.Nonce()}} {
				p.Expect(c.send(ctx, one, one, k, p.Code(ctx, one.Account.Codes)), c.operation, contract.NotFound)
			}
			p.Check("the other's key", p.serviceEntity(ctx, two, foreign), Equal(before))
			p.Acts(ctx, own)
		})
}
