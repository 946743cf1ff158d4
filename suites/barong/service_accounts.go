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
	"authconform/suites/family"
)

// Outcomes of the keys of service accounts.
const (
	accountUnknown = contract.Outcome("account-unknown")
	uidNotText     = contract.Outcome("uid-not-text")
)

// owner is a user with a service account, which no operation makes: it is leased.
// There are few, so that all specs about them are Serial.
type owner struct {
	*session
	service string // uid
}

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
	const uid = "SI0123456789"
	body := func(members conform.Object) conform.Request {
		return conform.Request{JSON: members}.With("service_account_uid", uid)
	}
	keyed := func(members conform.Object) conform.Request { return body(members).WithPath("kid", "0123456789abcdef") }
	ask := func(op *contract.Operation, r conform.Request) family.Subject {
		return family.Subject{Operation: op, Ready: p.asMember(r), Expected: accountUnknown}
	}
	return []family.Subject{
		ask(p.updateServiceAccountKey, keyed(conform.Object{"scope": "trade", "state": keyActive, "totp_code": "123456"})),
		ask(p.deleteServiceAccountKey, keyed(conform.Object{"totp_code": "123456"})),
		ask(p.createServiceAccountKey, body(conform.Object{"algorithm": "HS256", "scope": "trade", "totp_code": "123456"})),
		ask(p.listServiceAccountKeys, conform.Request{Query: url.Values{"service_account_uid": {uid}}}),
		{Operation: p.listServiceAccounts, Ready: p.asMember(conform.Request{})},
	}
}

// owner leases a user with a service account.
func (p *api) owner(ctx context.Context) *owner {
	GinkgoHelper()
	me := p.logIn(ctx, p.leased(saOwner))
	for _, uid := range p.services(ctx, me) {
		return &owner{me, uid}
	}
	p.Untestable("identity %s has the role %q and no service account", me.account.Name, saOwner)
	return nil
}

// services are the uids of a user's service accounts.
func (p *api) services(ctx context.Context, me *session) []string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listServiceAccounts, conform.Request{})
	p.Require("list the service accounts", call, p.listServiceAccounts, contract.OK)
	var uids []string
	for _, row := range value.List(value.Of(call)) {
		uids = append(uids, value.Text(row, "uid"))
	}
	return uids
}

// named adds the owner's service account and a code to members of a request.
func (o *owner) named(members conform.Object, code string) conform.Request {
	return conform.Request{JSON: members}.With("service_account_uid", o.service).With("totp_code", code)
}

var hs256 = conform.Object{"algorithm": "HS256"}

// newServiceKey makes a key of an owner's service account.
func (p *api) newServiceKey(ctx context.Context, o *owner) *key {
	GinkgoHelper()
	call := p.Do(ctx, o.Actor, p.createServiceAccountKey, o.named(hs256, p.Code(ctx, o.account.codes)))
	p.Require("make a key of a service account", call, p.createServiceAccountKey, contract.OK)
	return p.serviceKeyIn(call, o)
}

func (p *api) serviceKeyIn(call *httpclient.Call, o *owner) *key {
	GinkgoHelper()
	return p.keyIn(call, o.session, p.deleteServiceAccountKey, conform.Object{"service_account_uid": o.service})
}

func (p *api) askServiceKeys(ctx context.Context, by *session, service string) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, by.Actor, p.listServiceAccountKeys, conform.Request{Query: url.Values{"service_account_uid": {service}}})
}

// serviceKeys is how the list shows the keys of an owner's service account.
func (p *api) serviceKeys(ctx context.Context, o *owner) []any {
	GinkgoHelper()
	call := p.askServiceKeys(ctx, o.session, o.service)
	p.Require("list the keys of a service account", call, p.listServiceAccountKeys, contract.OK)
	return value.List(value.Of(call))
}

func (p *api) serviceEntity(ctx context.Context, o *owner, k *key) any {
	GinkgoHelper()
	for _, entity := range p.serviceKeys(ctx, o) {
		if value.Text(entity, "kid") == k.kid {
			return entity
		}
	}
	return nil
}

func listsServices(p *api) {
	op := p.listServiceAccounts
	It("shows an owner their service accounts, and nobody else's", Serial, clause.Graded("barong.service-accounts.list", op, contract.OK),
		func(ctx SpecContext) {
			one, two := p.owner(ctx), p.owner(ctx)
			call := p.Do(ctx, one.Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			var uids, owners []any
			for _, row := range value.List(value.Of(call)) {
				uids = append(uids, value.At(row, "uid"))
				owners = append(owners, value.At(row, "owner_id"))
			}
			p.Check("uids of the service accounts", uids, ContainElement(one.service))
			p.Check("uids of the service accounts", uids, Not(ContainElement(two.service)))
			p.Check("their owner, which is one", owners, HaveEach(Equal(owners[0])))
		})
	It("shows a user without service accounts an empty list", clause.Graded("barong.service-accounts.none", op, contract.OK),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.member(ctx).Actor, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("service accounts", value.List(value.Of(call)), BeEmpty())
		})
}

func listsServiceKeys(p *api) {
	op := p.listServiceAccountKeys
	keyListsOf(p, keyList{operation: op, area: "service-keys", serial: []any{Serial}, ready: func(ctx context.Context) *keyPages {
		GinkgoHelper()
		o := p.owner(ctx)
		var made []string
		for _, entity := range p.serviceKeys(ctx, o) {
			made = append(made, value.Text(entity, "kid"))
		}
		for range 2 {
			made = append(made, p.newServiceKey(ctx, o).kid)
		}
		return &keyPages{p: p, operation: op, by: o.Actor, query: url.Values{"service_account_uid": {o.service}}, made: made}
	}})
	It("finds no service account that never was, or is another's", Serial, clause.Graded("barong.service-keys.list-unknown", op, accountUnknown),
		func(ctx SpecContext) {
			one, two := p.owner(ctx), p.owner(ctx)
			for _, uid := range []string{two.service, "SI0123456789", value.Text(one.user, "uid"), " "} {
				p.Expect(p.askServiceKeys(ctx, one.session, uid), op, accountUnknown)
			}
			p.Expect(p.askServiceKeys(ctx, one.session, one.service), op, contract.OK)
		})
}

func serviceKeyCredentials(p *api) {
	It("opens the API as the service account, to which users/me is unknown", Serial, clause.Should("barong.service-keys.signed", p.getCurrentUser, contract.NotFound),
		func(ctx SpecContext) {
			k := p.newServiceKey(ctx, p.owner(ctx))
			p.Expect(p.Do(ctx, p.signer(k), p.getCurrentUser, p.signed(k)), p.getCurrentUser, contract.NotFound)
		})
	It("gets a token in the name of the service account", Serial, clause.Graded("barong.authz-service-keys.token", p.authorizeRead, contract.OK, clause.Needs(direct)),
		func(ctx SpecContext) {
			o := p.owner(ctx)
			k := p.newServiceKey(ctx, o)
			call := p.Do(ctx, p.signer(k), p.authorizeRead, p.signed(k))
			p.Expect(call, p.authorizeRead, contract.OK)
			p.Check("whom the token names", value.Text(claims(bearer(call)), "uid"), Equal(o.service))
		})
	for _, read := range []struct {
		operation *contract.Operation
		area      string
		options   []clause.Option
	}{{p.getCurrentUser, "service-keys", nil}, {p.authorizeRead, "authz-service-keys", []clause.Option{clause.Needs(direct)}}} {
		op := read.operation
		It("ends when the owner switches the second factor off, put to "+op.Path, Serial, clause.Graded("barong."+read.area+".dead-after-disable", op, keyNotActive, read.options...),
			func(ctx SpecContext) {
				o := p.owner(ctx)
				k := p.newServiceKey(ctx, o)
				control := p.Do(ctx, p.signer(k), op, p.signed(k))
				if op == p.getCurrentUser {
					p.Expect(control, op, contract.NotFound) // let in, and then not found
				} else {
					p.Expect(control, op, contract.OK)
				}
				p.withoutFactor(ctx, o)
				p.Expect(p.Do(ctx, p.signer(k), op, p.signed(k)), op, keyNotActive)
			})
		It("is refused when it is signed with another secret, put to "+op.Path, Serial, clause.Graded("barong."+read.area+".signature-wrong", op, signatureWrong, read.options...),
			func(ctx SpecContext) {
				o := p.owner(ctx)
				k, own := p.newServiceKey(ctx, o), p.newKey(ctx, o.session)
				p.Expect(p.Do(ctx, p.signer(k), op, p.signed(&key{kid: k.kid, secret: own.secret})), op, signatureWrong)
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

// withoutFactor switches the second factor of an owner off, and on again, with the
// same secret, when the spec ends.
func (p *api) withoutFactor(ctx context.Context, o *owner) {
	GinkgoHelper()
	p.Require("switch the second factor off", p.otpCall(ctx, o.session, p.disableOTP, p.Code(ctx, o.account.codes)), p.disableOTP, contract.OK)
	DeferCleanup(func(ctx SpecContext) {
		call, err := p.Try(ctx, o.Actor, p.enableOTP, codeBody(p.Code(ctx, o.account.codes)))
		if err != nil || !p.Is(call, p.enableOTP, contract.OK) {
			o.account.Retire("its second factor could not be switched on again")
		}
	})
}
