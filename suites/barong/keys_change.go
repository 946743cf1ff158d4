package barong

import (
	"context"
	"net/url"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

func updatesKeys(p *api) {
	op := p.UpdateKey
	It("PATCH /resource/api_keys/{kid} changes scopes and state and returns the key without its secret",
		clause.Graded("barong.keys.update", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			call := p.Change(ctx, me, k, conform.Object{"scope": "read,trade", "state": client.KeyInactive})
			p.Expect(call, op, contract.OK)
			p.Check("its kid", value.Text(value.Of(call), "kid"), Equal(k.Kid))
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(client.KeyInactive))
			p.Check("its scopes", value.List(value.Of(call), "scope"), Equal([]any{"read", "trade"}))
			p.Check("the key as the list shows it", p.EntityOf(ctx, k), Equal(value.Of(call)))
		})
	It("PATCH /resource/api_keys/{kid} reactivates an inactive key", Serial,
		clause.Graded("barong.keys.update-active", op, contract.OK, clause.From(contract.Observed, "barong#10.2-9")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			p.Expect(p.Change(ctx, me, k, conform.Object{"state": client.KeyInactive}), op, contract.OK)
			p.Expect(p.Change(ctx, me, k, conform.Object{"state": client.KeyActive}), op, contract.OK)
			p.Acts(ctx, k)
		})
	It("POST /identity/sessions leaves an inactive API key inactive", Serial,
		clause.Should("barong.keys.inactive-after-log-in", p.CreateSession, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.2; checks#K10")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			p.Require("make the key inactive", p.Change(ctx, me, k, conform.Object{"state": client.KeyInactive}), op, contract.OK)
			p.LogIn(ctx, me.Account)
			p.Check("its state", value.Text(p.EntityOf(ctx, k), "state"), Equal(client.KeyInactive))
		})
	It("PATCH /resource/api_keys/{kid} removes the scopes when the request names none",
		clause.Should("barong.keys.update-without-scope", op, contract.OK, clause.From(contract.Inferred, "barong#2.2-updateKey")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.Made(ctx, me, client.KeyBody(p.Code(ctx, me.Account.Codes)).With("scope", "trade"))
			call := p.Change(ctx, me, k, conform.Object{"state": client.KeyActive})
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(value.Of(call), "scope"), BeEmpty())
		})
	It("PATCH /resource/api_keys/{kid} does not change algorithm, kid or secret",
		clause.Graded("barong.keys.update-others", op, contract.OK, clause.From(contract.Observed, "barong#2.2-updateKey; checks#I19")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			call := p.Change(ctx, me, k, conform.Object{"state": client.KeyActive, "algorithm": "none", "secret": p.Secret("api-secret", p.Nonce())})
			p.Expect(call, op, contract.OK)
			p.Check("its algorithm", value.Text(value.Of(call), "algorithm"), Equal("HS256"))
			p.Acts(ctx, k)
		})
	changesOfOthers(p, op, "update", conform.Object{"scope": "trade", "state": client.KeyInactive})
	refusesKeyCodes(p, op, "update", conform.Object{"scope": "trade", "state": client.KeyInactive})
}

func deletesKeys(p *api) {
	op := p.DeleteKey
	It("DELETE /resource/api_keys/{kid} deletes a key with the TOTP code in the query", clause.Graded("barong.keys.delete", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			p.Acts(ctx, k)
			r := conform.Request{Query: url.Values{"totp_code": {p.Code(ctx, me.Account.Codes)}}}.WithPath("kid", k.Kid)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.OK)
			p.Check("the key as the list shows it", p.EntityOf(ctx, k), BeNil())
		})
	It("DELETE /resource/api_keys/{kid} deletes a key with the TOTP code in the body, and no other key", Serial,
		clause.Graded("barong.keys.delete-by-body", op, contract.OK, clause.From(contract.Observed, "barong#10.2-10")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k, kept := p.NewKey(ctx, me), p.NewKey(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, client.Changed(k, p.Code(ctx, me.Account.Codes), nil)), op, contract.OK)
			p.Check("the key as the list shows it", p.EntityOf(ctx, k), BeNil())
			p.Acts(ctx, kept)
		})
	changesOfOthers(p, op, "delete", nil)
	refusesKeyCodes(p, op, "delete", nil)
}

// changesOfOthers states that there are no keys but one's own.
func changesOfOthers(p *api, op *contract.Operation, name string, members conform.Object) {
	It(op.Name()+" finds no key of another user and leaves it unchanged",
		clause.Graded("barong.keys."+name+"-foreign", op, contract.NotFound, clause.From(contract.Observed, "barong#2.2; checks#F16")),
		func(ctx SpecContext) {
			me, other := p.Enrolled(ctx), p.Enrolled(ctx)
			foreign, own := p.NewKey(ctx, other), p.NewKey(ctx, me)
			before := p.EntityOf(ctx, foreign)
			p.Expect(p.Do(ctx, me.Actor, op, client.Changed(foreign, p.Code(ctx, me.Account.Codes), members)), op, contract.NotFound)
			p.Check("the other user's key", p.EntityOf(ctx, foreign), Equal(before))
			p.Acts(ctx, foreign)
			p.Acts(ctx, own)
		})
	It(op.Name()+" finds no unknown key and uses the TOTP code up", clause.Graded("barong.keys."+name+"-unknown", op, contract.NotFound),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			unknown := &client.Key{Kid: p.Nonce()}
			r := client.Changed(unknown, p.Code(ctx, me.Account.Codes), members)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.NotFound)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
		})
}

// refusesKeyCodes states that a key is changed by its owner's second factor alone.
func refusesKeyCodes(p *api, op *contract.Operation, name string, members conform.Object) {
	It(op.Name()+" rejects a wrong TOTP code and leaves the key unchanged",
		clause.Graded("barong.keys."+name+"-wrong-code", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			k := p.NewKey(ctx, me)
			p.keyStays(ctx, op, k, me.Account.Codes.Wrong(client.Skew), members, contract.SecondFactorWrong)
		})
	It(op.Name()+" rejects a used TOTP code and leaves the key unchanged",
		clause.Graded("barong.keys."+name+"-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Code(ctx, me.Account.Codes)
			k := p.Made(ctx, me, client.KeyBody(code))
			p.keyStays(ctx, op, k, code, members, contract.SecondFactorReplayed)
		})
	It(op.Name()+" rejects a user whose second factor is off",
		clause.Graded("barong.keys."+name+"-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			k := p.NewKey(ctx, me)
			p.Require("switch the second factor off", p.PutCode(ctx, me, p.DisableOTP, p.Code(ctx, me.Account.Codes)), p.DisableOTP, contract.OK)
			before := p.EntityOf(ctx, k)
			p.Expect(p.Do(ctx, me.Actor, op, client.Changed(k, me.Account.Codes.Wrong(client.Skew), members)), op, contract.SecondFactorUnavailable)
			p.Check("the key as the list shows it", p.EntityOf(ctx, k), Equal(before))
		})
}

// keyStays sends a change with a code that is refused, requires that nothing
// changes, and that a right code changes it.
func (p *api) keyStays(ctx context.Context, op *contract.Operation, k *client.Key, code string, members conform.Object,
	outcome contract.Outcome) {
	GinkgoHelper()
	me := k.Owner
	p.Refuses(ctx, conform.Refusal{
		Operation: op, By: me.Actor, Control: always(client.Changed(k, p.LastingCode(ctx, me.Account.Codes), members)), OnlyAfter: true,
		Changes: []conform.Change{{Name: "another code", Of: func(conform.Request) conform.Request { return client.Changed(k, code, members) }}},
		Outcome: outcome, State: func() any { return p.EntityOf(ctx, k) },
	})
}
