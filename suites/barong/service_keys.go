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
	It("POST /resource/service_accounts/api_keys creates an active key of the service account and shows its secret once", Serial,
		clause.Graded("barong.service-keys.create", op, contract.OK),
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
	It("POST /resource/service_accounts/api_keys rejects an unknown algorithm, creates no key and uses the TOTP code up", Serial,
		clause.Graded("barong.service-keys.algorithm-kek", op, algorithmUnknown),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			before := p.ServiceKeys(ctx, o)
			code := p.Code(ctx, o.Account.Codes)
			p.Expect(p.Do(ctx, o.Actor, op, o.Named(conform.Object{"algorithm": "kek"}, code)), op, algorithmUnknown)
			p.Check("the keys of the service account", p.ServiceKeys(ctx, o), Equal(before))
			p.Expect(p.Do(ctx, o.Actor, op, o.Named(client.Hs256, code)), op, contract.SecondFactorReplayed)
			p.NewServiceKey(ctx, o)
		})
	call := serviceCall{p, op, func(o *client.Owner, _ *client.Key, code string) conform.Request { return o.Named(client.Hs256, code) }}
	conform.Table(call.put, []conform.Row[serviceSpec]{
		{Text: "POST /resource/service_accounts/api_keys rejects a wrong TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.create-wrong-code", op, contract.SecondFactorWrong),
			Given:  serviceCall.wrongCode},
		{Text: "POST /resource/service_accounts/api_keys rejects a used TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.create-replayed", op, contract.SecondFactorReplayed),
			Given:  serviceCall.usedCode},
		{Text: "POST /resource/service_accounts/api_keys finds no unknown or foreign service account and does not use the TOTP code up",
			Clause: clause.Graded("barong.service-keys.create-account-unknown", op, accountUnknown),
			Given:  serviceCall.unknownAccount},
		{Text: "POST /resource/service_accounts/api_keys rejects a uid that is not text",
			Clause: clause.Graded("barong.service-keys.create-uid-not-text", op, uidNotText),
			Given:  serviceCall.notText},
		{Text: "POST /resource/service_accounts/api_keys rejects an owner whose second factor is off",
			Clause: clause.Graded("barong.service-keys.create-without-second-factor", op, contract.SecondFactorUnavailable),
			Given:  serviceCall.withoutFactor},
	}, Serial)
}

func updatesServiceKeys(p *api) {
	op := p.UpdateServiceAccountKey
	request := func(o *client.Owner, k *client.Key, code string) conform.Request {
		return o.Named(conform.Object{"scope": "read", "state": client.KeyInactive}, code).WithPath("kid", k.Kid)
	}
	It("PUT /resource/service_accounts/api_keys/{kid} changes scopes and state and returns the key without its secret", Serial,
		clause.Graded("barong.service-keys.update", op, contract.OK),
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
	It("PUT /resource/service_accounts/api_keys/{kid} removes the scopes when the request names none", Serial,
		clause.Should("barong.service-keys.update-without-scope", op, contract.OK,
			clause.From(contract.Inferred, "barong#2.2-updateServiceAccountKey")),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			made := p.Do(ctx, o.Actor, p.CreateServiceAccountKey,
				o.Named(conform.Object{"algorithm": "HS256", "scope": "trade"}, p.Code(ctx, o.Account.Codes)))
			p.Require("make a key with a scope", made, p.CreateServiceAccountKey, contract.OK)
			k := p.ServiceKeyIn(made, o)
			call := p.Do(ctx, o.Actor, op, o.Named(conform.Object{"state": client.KeyActive}, p.Code(ctx, o.Account.Codes)).WithPath("kid", k.Kid))
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(value.Of(call), "scope"), BeEmpty())
		})
	conform.Table(serviceCall{p, op, request}.put, []conform.Row[serviceSpec]{
		{Text: "PUT /resource/service_accounts/api_keys/{kid} rejects a wrong TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.update-wrong-code", op, contract.SecondFactorWrong),
			Given:  serviceCall.wrongCode},
		{Text: "PUT /resource/service_accounts/api_keys/{kid} rejects a used TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.update-replayed", op, contract.SecondFactorReplayed),
			Given:  serviceCall.usedCode},
		{Text: "PUT /resource/service_accounts/api_keys/{kid} finds no unknown or foreign service account and does not use the TOTP code up",
			Clause: clause.Graded("barong.service-keys.update-account-unknown", op, accountUnknown),
			Given:  serviceCall.unknownAccount},
		{Text: "PUT /resource/service_accounts/api_keys/{kid} rejects a uid that is not text",
			Clause: clause.Graded("barong.service-keys.update-uid-not-text", op, uidNotText),
			Given:  serviceCall.notText},
		{Text: "PUT /resource/service_accounts/api_keys/{kid} rejects an owner whose second factor is off",
			Clause: clause.Graded("barong.service-keys.update-without-second-factor", op, contract.SecondFactorUnavailable),
			Given:  serviceCall.withoutFactor},
		{Text: "PUT /resource/service_accounts/api_keys/{kid} finds no unknown or foreign key",
			Clause: clause.Graded("barong.service-keys.update-key-unknown", op, contract.NotFound),
			Given:  serviceCall.unknownKey},
	}, Serial)
}

func deletesServiceKeys(p *api) {
	op := p.DeleteServiceAccountKey
	conform.Table(func(ctx SpecContext, request func(o *client.Owner, code string) conform.Request) {
		o := p.Owner(ctx)
		k := p.NewServiceKey(ctx, o)
		code := p.Code(ctx, o.Account.Codes)
		p.Expect(p.Do(ctx, o.Actor, op, request(o, code).WithPath("kid", k.Kid)), op, contract.OK)
		p.Check("the key as the list shows it", p.serviceEntity(ctx, o, k), BeNil())
		p.Expect(p.Do(ctx, p.Signer(k), p.GetCurrentUser, p.Signed(k)), p.GetCurrentUser, keyUnknown)
	}, []conform.Row[func(o *client.Owner, code string) conform.Request]{
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} deletes a key with account and TOTP code in the query",
			Clause: clause.Graded("barong.service-keys.delete", op, contract.OK),
			Given: func(o *client.Owner, code string) conform.Request {
				return conform.Request{Query: url.Values{"service_account_uid": {o.Service}, "totp_code": {code}}}
			}},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} deletes a key with account and TOTP code in the body",
			Clause: clause.Graded("barong.service-keys.delete-by-body", op, contract.OK),
			Given:  func(o *client.Owner, code string) conform.Request { return o.Named(nil, code) }},
	}, Serial)
	call := serviceCall{p, op, func(o *client.Owner, k *client.Key, code string) conform.Request {
		return o.Named(nil, code).WithPath("kid", k.Kid)
	}}
	conform.Table(call.put, []conform.Row[serviceSpec]{
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} rejects a wrong TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.delete-wrong-code", op, contract.SecondFactorWrong),
			Given:  serviceCall.wrongCode},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} rejects a used TOTP code and changes nothing",
			Clause: clause.Graded("barong.service-keys.delete-replayed", op, contract.SecondFactorReplayed),
			Given:  serviceCall.usedCode},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} finds no unknown or foreign service account and does not use the TOTP code up",
			Clause: clause.Graded("barong.service-keys.delete-account-unknown", op, accountUnknown),
			Given:  serviceCall.unknownAccount},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} rejects a uid that is not text",
			Clause: clause.Graded("barong.service-keys.delete-uid-not-text", op, uidNotText),
			Given:  serviceCall.notText},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} rejects an owner whose second factor is off",
			Clause: clause.Graded("barong.service-keys.delete-without-second-factor", op, contract.SecondFactorUnavailable),
			Given:  serviceCall.withoutFactor},
		{Text: "DELETE /resource/service_accounts/api_keys/{kid} finds no unknown or foreign key",
			Clause: clause.Graded("barong.service-keys.delete-key-unknown", op, contract.NotFound),
			Given:  serviceCall.unknownKey},
	}, Serial)
}

// serviceCall is an operation on the keys of a service account, and what it takes.
type serviceCall struct {
	p         *api
	operation *contract.Operation
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

// serviceSpec is a promise that operations on the keys of a service account share.
type serviceSpec func(c serviceCall, ctx SpecContext)

func (c serviceCall) put(ctx SpecContext, spec serviceSpec) { spec(c, ctx) }

// wrongCode and usedCode state whose code an operation takes that takes one.
func (c serviceCall) wrongCode(ctx SpecContext) {
	o := c.p.Owner(ctx)
	c.refusesCode(ctx, o, contract.SecondFactorWrong, func() string { return o.Account.Codes.Wrong(client.Skew) })
}

func (c serviceCall) usedCode(ctx SpecContext) {
	o := c.p.Owner(ctx)
	c.refusesCode(ctx, o, contract.SecondFactorReplayed, func() string { return c.p.Spent(ctx, o.Session) })
}

func (c serviceCall) refusesCode(ctx context.Context, o *client.Owner, outcome contract.Outcome, code func() string) {
	GinkgoHelper()
	k := c.target(ctx, o)
	before := c.p.ServiceKeys(ctx, o)
	c.p.Expect(c.send(ctx, o, o, k, code()), c.operation, outcome)
	c.p.Check("the keys of the service account", c.p.ServiceKeys(ctx, o), Equal(before))
	c.control(ctx, o, k)
}

// unknownAccount states for whose service account an operation takes a code.
func (c serviceCall) unknownAccount(ctx SpecContext) {
	p, op := c.p, c.operation
	one, two := p.Owner(ctx), p.Owner(ctx)
	foreign := c.target(ctx, two)
	before := p.ServiceKeys(ctx, two)
	code := p.LastingCode(ctx, one.Account.Codes)
	p.Expect(c.send(ctx, one, two, foreign, code), op, accountUnknown)
	p.Expect(c.send(ctx, one, &client.Owner{Session: two.Session, Service: p.UnknownService()}, foreign, code), op, accountUnknown)
	p.Expect(c.send(ctx, one, &client.Owner{Session: two.Session, Service: value.Text(one.User, "uid")}, foreign, code), op, accountUnknown)
	p.Check("the keys of the other's service account", p.ServiceKeys(ctx, two), Equal(before))
	p.Expect(p.PutCode(ctx, one.Session, p.VerifyOTP, code), p.VerifyOTP, contract.OK)
}

func (c serviceCall) notText(ctx SpecContext) {
	p, op := c.p, c.operation
	o := p.Owner(ctx)
	k := c.target(ctx, o)
	r := c.request(o, k, p.LastingCode(ctx, o.Account.Codes))
	for _, uid := range []any{map[string]any{"a": 1}, []any{o.Service}} {
		p.Expect(p.Do(ctx, o.Actor, op, r.With("service_account_uid", uid)), op, uidNotText)
	}
	c.control(ctx, o, k)
}

func (c serviceCall) withoutFactor(ctx SpecContext) {
	p, op := c.p, c.operation
	o := p.Owner(ctx)
	k := c.target(ctx, o)
	p.WithoutFactor(ctx, o)
	before := p.ServiceKeys(ctx, o)
	p.Expect(c.send(ctx, o, o, k, p.Code(ctx, o.Account.Codes)), op, contract.SecondFactorUnavailable)
	p.Check("the keys of the service account", p.ServiceKeys(ctx, o), Equal(before))
}

// unknownKey states that a service account has no keys but its own.
func (c serviceCall) unknownKey(ctx SpecContext) {
	p := c.p
	one, two := p.Owner(ctx), p.Owner(ctx)
	foreign, own := p.NewServiceKey(ctx, two), p.NewKey(ctx, one.Session)
	before := p.serviceEntity(ctx, two, foreign)
	for _, k := range []*client.Key{foreign, own, {Kid: p.Nonce()}} {
		p.Expect(c.send(ctx, one, one, k, p.Code(ctx, one.Account.Codes)), c.operation, contract.NotFound)
	}
	p.Check("the other's key", p.serviceEntity(ctx, two, foreign), Equal(before))
	p.Acts(ctx, own)
}
