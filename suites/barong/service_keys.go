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
)

func createsServiceKeys(p *api) {
	op := p.createServiceAccountKey
	It("makes an active key of the service account, shown with its secret once", Serial, clause.Graded("barong.service-keys.create", op, contract.OK),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			call := p.Do(ctx, o.Actor, op, o.named(conform.Object{"algorithm": "HS256", "scope": "trade,read"}, p.Code(ctx, o.account.codes)))
			p.Expect(call, op, contract.OK)
			k := p.serviceKeyIn(call, o)
			p.Check("its state", value.Text(k.entity, "state"), Equal(keyActive))
			p.Check("its scopes", value.List(k.entity, "scope"), Equal([]any{"trade", "read"}))
			p.Check("whether the list shows the secret", value.At(p.serviceEntity(ctx, o, k), "secret"), BeNil())
			p.Check("the key in the list", value.Text(p.serviceEntity(ctx, o, k), "kid"), Equal(k.kid))
			p.Check("the owner's own keys", p.ownKeys(ctx, o.session), Not(ContainElement(k.kid)))
		})
	It("refuses an algorithm that it does not know, makes no key and spends the code", Serial, clause.Graded("barong.service-keys.algorithm-kek", op, algorithmUnknown),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			before := p.serviceKeys(ctx, o)
			code := p.Code(ctx, o.account.codes)
			p.Expect(p.Do(ctx, o.Actor, op, o.named(conform.Object{"algorithm": "kek"}, code)), op, algorithmUnknown)
			p.Check("the keys of the service account", p.serviceKeys(ctx, o), Equal(before))
			p.Expect(p.Do(ctx, o.Actor, op, o.named(hs256, code)), op, contract.SecondFactorReplayed)
			p.newServiceKey(ctx, o)
		})
	serviceKeyPairs(p, serviceCall{p, op, "create", func(o *owner, _ *key, code string) conform.Request { return o.named(hs256, code) }})
}

func updatesServiceKeys(p *api) {
	op := p.updateServiceAccountKey
	request := func(o *owner, k *key, code string) conform.Request {
		return o.named(conform.Object{"scope": "read", "state": keyInactive}, code).WithPath("kid", k.kid)
	}
	It("changes scopes and state, and shows the key without its secret", Serial, clause.Graded("barong.service-keys.update", op, contract.OK),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			k := p.newServiceKey(ctx, o)
			call := p.Do(ctx, o.Actor, op, request(o, k, p.Code(ctx, o.account.codes)))
			p.Expect(call, op, contract.OK)
			p.Check("its kid", value.Text(value.Of(call), "kid"), Equal(k.kid))
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(keyInactive))
			p.Check("its scopes", value.List(value.Of(call), "scope"), Equal([]any{"read"}))
			p.Check("the key as the list shows it", p.serviceEntity(ctx, o, k), Equal(value.Of(call)))
		})
	It("takes the scopes away when the request names none", Serial, clause.Should("barong.service-keys.update-without-scope", op, contract.OK, clause.From(contract.Inferred, "facts/barong.md 2.2 updateServiceAccountKey")),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			made := p.Do(ctx, o.Actor, p.createServiceAccountKey, o.named(conform.Object{"algorithm": "HS256", "scope": "trade"}, p.Code(ctx, o.account.codes)))
			p.Require("make a key with a scope", made, p.createServiceAccountKey, contract.OK)
			k := p.serviceKeyIn(made, o)
			call := p.Do(ctx, o.Actor, op, o.named(conform.Object{"state": keyActive}, p.Code(ctx, o.account.codes)).WithPath("kid", k.kid))
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(value.Of(call), "scope"), BeEmpty())
		})
	call := serviceCall{p, op, "update", request}
	serviceKeyPairs(p, call)
	serviceKeysOfOthers(p, call)
}

func deletesServiceKeys(p *api) {
	op := p.deleteServiceAccountKey
	for _, in := range []struct{ where, id string }{{"query", "delete"}, {"body", "delete-by-body"}} {
		It("deletes a key, with account and code in the "+in.where, Serial, clause.Graded("barong.service-keys."+in.id, op, contract.OK),
			func(ctx SpecContext) {
				o := p.owner(ctx)
				k := p.newServiceKey(ctx, o)
				code := p.Code(ctx, o.account.codes)
				r := o.named(nil, code)
				if in.where == "query" {
					r = conform.Request{Query: url.Values{"service_account_uid": {o.service}, "totp_code": {code}}}
				}
				p.Expect(p.Do(ctx, o.Actor, op, r.WithPath("kid", k.kid)), op, contract.OK)
				p.Check("the key as the list shows it", p.serviceEntity(ctx, o, k), BeNil())
				p.Expect(p.Do(ctx, p.signer(k), p.getCurrentUser, p.signed(k)), p.getCurrentUser, keyUnknown)
			})
	}
	call := serviceCall{p, op, "delete", func(o *owner, k *key, code string) conform.Request { return o.named(nil, code).WithPath("kid", k.kid) }}
	serviceKeyPairs(p, call)
	serviceKeysOfOthers(p, call)
}

// serviceCall is an operation on the keys of a service account, and what it takes.
type serviceCall struct {
	p         *api
	operation *contract.Operation
	name      string
	request   func(o *owner, k *key, code string) conform.Request
}

func (c serviceCall) send(ctx context.Context, by *owner, of *owner, k *key, code string) *httpclient.Call {
	GinkgoHelper()
	return c.p.Do(ctx, by.Actor, c.operation, c.request(of, k, code))
}

// target is the key that the operation is about; of one that makes keys, none.
func (c serviceCall) target(ctx context.Context, o *owner) *key {
	GinkgoHelper()
	if c.operation == c.p.createServiceAccountKey {
		return &key{owner: o.session}
	}
	return c.p.newServiceKey(ctx, o)
}

// control sends the request with a right code, which shows that nothing but what
// was changed before was wrong with it.
func (c serviceCall) control(ctx context.Context, o *owner, k *key) {
	GinkgoHelper()
	call := c.send(ctx, o, o, k, c.p.Code(ctx, o.account.codes))
	c.p.Expect(call, c.operation, contract.OK)
	if c.operation == c.p.createServiceAccountKey {
		c.p.serviceKeyIn(call, o)
	}
}

// serviceKeyPairs states, for an operation that takes a code, whose code it takes
// and for whose service account.
func serviceKeyPairs(p *api, c serviceCall) {
	op := c.operation
	refuses := func(text, id string, outcome contract.Outcome, code func(context.Context, *owner) string) {
		It(text, Serial, clause.Graded("barong.service-keys."+c.name+"-"+id, op, outcome), func(ctx SpecContext) {
			o := p.owner(ctx)
			k := c.target(ctx, o)
			before := p.serviceKeys(ctx, o)
			p.Expect(c.send(ctx, o, o, k, code(ctx, o)), op, outcome)
			p.Check("the keys of the service account", p.serviceKeys(ctx, o), Equal(before))
			c.control(ctx, o, k)
		})
	}
	refuses("refuses a wrong code and changes nothing", "wrong-code", contract.SecondFactorWrong,
		func(_ context.Context, o *owner) string { return o.account.codes.Wrong(skew) })
	refuses("refuses a spent code and changes nothing", "replayed", contract.SecondFactorReplayed,
		func(ctx context.Context, o *owner) string { return p.spent(ctx, o.session) })
	It("finds no service account that never was, or is another's, and spends no code", Serial, clause.Graded("barong.service-keys."+c.name+"-account-unknown", op, accountUnknown),
		func(ctx SpecContext) {
			one, two := p.owner(ctx), p.owner(ctx)
			foreign := c.target(ctx, two)
			before := p.serviceKeys(ctx, two)
			code := p.LastingCode(ctx, one.account.codes)
			p.Expect(c.send(ctx, one, two, foreign, code), op, accountUnknown)
			p.Expect(c.send(ctx, one, &owner{two.session, "SI0123456789"}, foreign, code), op, accountUnknown)
			p.Expect(c.send(ctx, one, &owner{two.session, value.Text(one.user, "uid")}, foreign, code), op, accountUnknown)
			p.Check("the keys of the other's service account", p.serviceKeys(ctx, two), Equal(before))
			p.Expect(p.otpCall(ctx, one.session, p.verifyOTP, code), p.verifyOTP, contract.OK)
		})
	It("refuses a uid that is no text", Serial, clause.Graded("barong.service-keys."+c.name+"-uid-not-text", op, uidNotText),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			k := c.target(ctx, o)
			r := c.request(o, k, p.LastingCode(ctx, o.account.codes))
			for _, uid := range []any{map[string]any{"a": 1}, []any{o.service}} {
				p.Expect(p.Do(ctx, o.Actor, op, r.With("service_account_uid", uid)), op, uidNotText)
			}
			c.control(ctx, o, k)
		})
	It("is not available to an owner whose second factor is off", Serial, clause.Graded("barong.service-keys."+c.name+"-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			k := c.target(ctx, o)
			p.withoutFactor(ctx, o)
			before := p.serviceKeys(ctx, o)
			p.Expect(c.send(ctx, o, o, k, p.Code(ctx, o.account.codes)), op, contract.SecondFactorUnavailable)
			p.Check("the keys of the service account", p.serviceKeys(ctx, o), Equal(before))
		})
}

// serviceKeysOfOthers states that a service account has no keys but its own.
func serviceKeysOfOthers(p *api, c serviceCall) {
	It("finds no key that never was, or is another's", Serial, clause.Graded("barong.service-keys."+c.name+"-key-unknown", c.operation, contract.NotFound),
		func(ctx SpecContext) {
			one, two := p.owner(ctx), p.owner(ctx)
			foreign, own := p.newServiceKey(ctx, two), p.newKey(ctx, one.session)
			before := p.serviceEntity(ctx, two, foreign)
			for _, k := range []*key{foreign, own, {kid: p.Nonce()}} {
				p.Expect(c.send(ctx, one, one, k, p.Code(ctx, one.account.codes)), c.operation, contract.NotFound)
			}
			p.Check("the other's key", p.serviceEntity(ctx, two, foreign), Equal(before))
			p.acts(ctx, own)
		})
}
