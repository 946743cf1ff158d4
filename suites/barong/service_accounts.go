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
	"authconform/suites/family"
)

// Outcomes of the keys of service accounts.
const (
	accountUnknown = contract.Outcome("account-unknown")
	uidNotText     = contract.Outcome("uid-not-text")
)

// serviceAccounts states who sees service accounts and manages their keys, and what
// these open.
func serviceAccounts(p *api) {
	Describe("GET service_accounts", func() { listsServices(p) })
	Describe("POST service_accounts/api_keys", func() { createsServiceKeys(p) })
	Describe("PUT service_accounts/api_keys/{kid}", func() { updatesServiceKeys(p) })
	Describe("DELETE service_accounts/api_keys/{kid}", func() { deletesServiceKeys(p) })
	Describe("GET service_accounts/api_keys", func() { listsServiceKeys(p) })
	Describe("a key of a service account", func() { serviceKeyCredentials(p) })
}

// serviceSubjects ask for a service account that does not exist: this is found out
// after the request was read and before a code is, so that any user may ask.
func (p *api) serviceSubjects() []family.Subject {
	keyed := func(members conform.Object) conform.Request {
		return conform.Request{JSON: members}.WithPath("kid", "0123456789abcdef")
	}
	ask := func(op *contract.Operation, r conform.Request) family.Subject {
		return family.Subject{Operation: op, Expected: accountUnknown, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			if op == p.ListServiceAccountKeys {
				return p.Member(ctx).Actor, always(conform.Request{Query: url.Values{"service_account_uid": {p.UnknownService()}}})
			}
			return p.Member(ctx).Actor, always(r.With("service_account_uid", p.UnknownService()))
		}}
	}
	return []family.Subject{
		ask(p.UpdateServiceAccountKey, keyed(conform.Object{"scope": "trade", "state": client.KeyActive, "totp_code": "123456"})),
		ask(p.DeleteServiceAccountKey, keyed(conform.Object{"totp_code": "123456"})),
		ask(p.CreateServiceAccountKey, conform.Request{JSON: conform.Object{"algorithm": "HS256", "scope": "trade", "totp_code": "123456"}}),
		ask(p.ListServiceAccountKeys, conform.Request{}),
		{Operation: p.ListServiceAccounts, Ready: p.asMember(conform.Request{})},
	}
}

func (p *api) serviceEntity(ctx context.Context, o *client.Owner, k *client.Key) any {
	GinkgoHelper()
	for _, entity := range p.ServiceKeys(ctx, o) {
		if value.Text(entity, "kid") == k.Kid {
			return entity
		}
	}
	return nil
}

func listsServices(p *api) {
	op := p.ListServiceAccounts
	It("GET /resource/service_accounts lists the owner's service accounts and no others", Serial,
		clause.Graded("barong.service-accounts.list", op, contract.OK),
		func(ctx SpecContext) {
			one, two := p.Owner(ctx), p.Owner(ctx)
			call := p.Do(ctx, one.Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			var uids, owners []any
			for _, row := range value.List(value.Of(call)) {
				uids = append(uids, value.At(row, "uid"))
				owners = append(owners, value.At(row, "owner_id"))
			}
			p.Check("uids of the service accounts", uids, ContainElement(one.Service))
			p.Check("uids of the service accounts", uids, Not(ContainElement(two.Service)))
			p.Check("their owner, which is one", owners, HaveEach(Equal(owners[0])))
		})
	It("GET /resource/service_accounts returns an empty list to a user without service accounts",
		clause.Graded("barong.service-accounts.none", op, contract.OK),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.Member(ctx).Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("service accounts", value.List(value.Of(call)), BeEmpty())
		})
}

func listsServiceKeys(p *api) {
	op := p.ListServiceAccountKeys
	keyListsOf(p, keyList{operation: op, area: "service-keys", serial: []any{Serial}, ready: func(ctx context.Context) *keyPages {
		GinkgoHelper()
		o := p.Owner(ctx)
		var made []string
		for _, entity := range p.ServiceKeys(ctx, o) {
			made = append(made, value.Text(entity, "kid"))
		}
		for range 2 {
			made = append(made, p.NewServiceKey(ctx, o).Kid)
		}
		return &keyPages{p: p, operation: op, by: o.Actor, query: url.Values{"service_account_uid": {o.Service}}, made: made}
	}})
	It("GET /resource/service_accounts/api_keys finds no service account that is unknown or another user's", Serial,
		clause.Graded("barong.service-keys.list-unknown", op, accountUnknown),
		func(ctx SpecContext) {
			one, two := p.Owner(ctx), p.Owner(ctx)
			for _, uid := range []string{two.Service, p.UnknownService(), value.Text(one.User, "uid"), " "} {
				p.Expect(p.AskServiceKeys(ctx, one.Session, uid), op, accountUnknown)
			}
			p.Expect(p.AskServiceKeys(ctx, one.Session, one.Service), op, contract.OK)
		})
}

func serviceKeyCredentials(p *api) {
	It("GET /resource/users/me finds no user for a request signed with a service account's key", Serial,
		clause.Should("barong.service-keys.signed", p.GetCurrentUser, contract.NotFound),
		func(ctx SpecContext) {
			k := p.NewServiceKey(ctx, p.Owner(ctx))
			p.Expect(p.Do(ctx, p.Signer(k), p.GetCurrentUser, p.Signed(k)), p.GetCurrentUser, contract.NotFound)
		})
	It("The AuthZ endpoint issues a token in the name of the service account", Serial,
		clause.Graded("barong.authz-service-keys.token", p.AuthorizeRead, contract.OK, clause.Needs(client.Direct)),
		func(ctx SpecContext) {
			o := p.Owner(ctx)
			k := p.NewServiceKey(ctx, o)
			call := p.Do(ctx, p.Signer(k), p.AuthorizeRead, p.Signed(k))
			p.Expect(call, p.AuthorizeRead, contract.OK)
			p.Check("whom the token names", value.Text(client.Claims(bearer(call)), "uid"), Equal(o.Service))
		})
	for _, read := range []struct {
		operation *contract.Operation
		area      string
		options   []clause.Option
	}{{p.GetCurrentUser, "service-keys", nil}, {p.AuthorizeRead, "authz-service-keys", []clause.Option{clause.Needs(client.Direct)}}} {
		op := read.operation
		It(op.Name()+" rejects a service account's key once the owner has disabled the second factor", Serial,
			clause.Graded("barong."+read.area+".dead-after-disable", op, keyNotActive, read.options...),
			func(ctx SpecContext) {
				o := p.Owner(ctx)
				k := p.NewServiceKey(ctx, o)
				control := p.Do(ctx, p.Signer(k), op, p.Signed(k))
				if op == p.GetCurrentUser {
					p.Expect(control, op, contract.NotFound) // let in, and then not found
				} else {
					p.Expect(control, op, contract.OK)
				}
				p.WithoutFactor(ctx, o)
				p.Expect(p.Do(ctx, p.Signer(k), op, p.Signed(k)), op, keyNotActive)
			})
		It(op.Name()+" rejects a service account's key under another key's secret", Serial,
			clause.Graded("barong."+read.area+".signature-wrong", op, signatureWrong, read.options...),
			func(ctx SpecContext) {
				o := p.Owner(ctx)
				k, own := p.NewServiceKey(ctx, o), p.NewKey(ctx, o.Session)
				p.Expect(p.Do(ctx, p.Signer(k), op, p.Signed(&client.Key{Kid: k.Kid, Secret: own.Secret})), op, signatureWrong)
			})
	}
}

// bearer is the token that the AuthZ endpoint hands out.
func bearer(call *httpclient.Call) string {
	const scheme = "Bearer "
	if value := call.Header.Get("Authorization"); len(value) > len(scheme) {
		return value[len(scheme):]
	}
	return ""
}
