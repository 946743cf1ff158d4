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

// change sends a change of a key with a fresh code of the sender's.
func (p *api) change(ctx context.Context, me *session, k *key, members conform.Object) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, me.Actor, p.updateKey, changed(k, p.Code(ctx, me.account.codes), members))
}

// entityOf is how a user's list shows a key; nil where it does not.
func (p *api) entityOf(ctx context.Context, k *key) any {
	GinkgoHelper()
	call := p.Do(ctx, k.owner.Actor, p.listKeys, conform.Request{})
	p.Require("list the keys", call, p.listKeys, contract.OK)
	for _, entity := range value.List(value.Of(call)) {
		if value.Text(entity, "kid") == k.kid {
			return entity
		}
	}
	return nil
}

func updatesKeys(p *api) {
	op := p.updateKey
	It("changes scopes and state, and shows the key without its secret", clause.Graded("barong.keys.update", op, contract.OK),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.newKey(ctx, me)
			call := p.change(ctx, me, k, conform.Object{"scope": "read,trade", "state": keyInactive})
			p.Expect(call, op, contract.OK)
			p.Check("its kid", value.Text(value.Of(call), "kid"), Equal(k.kid))
			p.Check("its state", value.Text(value.Of(call), "state"), Equal(keyInactive))
			p.Check("its scopes", value.List(value.Of(call), "scope"), Equal([]any{"read", "trade"}))
			p.Check("the key as the list shows it", p.entityOf(ctx, k), Equal(value.Of(call)))
		})
	It("lets an inactive key in again once its state is active", Serial, clause.Graded("barong.keys.update-active", op, contract.OK, clause.From(contract.Observed, "facts/barong-observed.md 9")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.newKey(ctx, me)
			p.Expect(p.change(ctx, me, k, conform.Object{"state": keyInactive}), op, contract.OK)
			p.Expect(p.change(ctx, me, k, conform.Object{"state": keyActive}), op, contract.OK)
			p.acts(ctx, k)
		})
	It("takes the scopes away when the request names none", clause.Should("barong.keys.update-without-scope", op, contract.OK, clause.From(contract.Inferred, "facts/barong.md 2.2 updateKey")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.made(ctx, me, keyBody(p.Code(ctx, me.account.codes)).With("scope", "trade"))
			call := p.change(ctx, me, k, conform.Object{"state": keyActive})
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(value.Of(call), "scope"), BeEmpty())
		})
	It("does not change algorithm, kid or secret, whatever the request says", clause.Graded("barong.keys.update-others", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 2.2 updateKey; facts/auth-checks.md I19")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.newKey(ctx, me)
			call := p.change(ctx, me, k, conform.Object{"state": keyActive, "algorithm": "none", "secret": p.Secret("api-secret", p.Nonce())})
			p.Expect(call, op, contract.OK)
			p.Check("its algorithm", value.Text(value.Of(call), "algorithm"), Equal("HS256"))
			p.acts(ctx, k)
		})
	changesOfOthers(p, op, "update", conform.Object{"scope": "trade", "state": keyInactive})
	refusesKeyCodes(p, op, "update", conform.Object{"scope": "trade", "state": keyInactive})
}

func deletesKeys(p *api) {
	op := p.deleteKey
	It("deletes a key with a code in the query", clause.Graded("barong.keys.delete", op, contract.OK),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.newKey(ctx, me)
			p.acts(ctx, k)
			r := conform.Request{Query: url.Values{"totp_code": {p.Code(ctx, me.account.codes)}}}.WithPath("kid", k.kid)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.OK)
			p.Check("the key as the list shows it", p.entityOf(ctx, k), BeNil())
		})
	It("deletes a key with a code in the body, and no other key", Serial, clause.Graded("barong.keys.delete-by-body", op, contract.OK, clause.From(contract.Observed, "facts/barong-observed.md 10")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k, kept := p.newKey(ctx, me), p.newKey(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, changed(k, p.Code(ctx, me.account.codes), nil)), op, contract.OK)
			p.Check("the key as the list shows it", p.entityOf(ctx, k), BeNil())
			p.acts(ctx, kept)
		})
	changesOfOthers(p, op, "delete", nil)
	refusesKeyCodes(p, op, "delete", nil)
}

// changesOfOthers states that there are no keys but one's own.
func changesOfOthers(p *api, op *contract.Operation, name string, members conform.Object) {
	It("finds no key of another user, and leaves it as it is", clause.Graded("barong.keys."+name+"-foreign", op, contract.NotFound, clause.From(contract.Observed, "facts/barong.md 2.2; facts/auth-checks.md F16")),
		func(ctx SpecContext) {
			me, other := p.enrolled(ctx), p.enrolled(ctx)
			foreign, own := p.newKey(ctx, other), p.newKey(ctx, me)
			before := p.entityOf(ctx, foreign)
			p.Expect(p.Do(ctx, me.Actor, op, changed(foreign, p.Code(ctx, me.account.codes), members)), op, contract.NotFound)
			p.Check("the other user's key", p.entityOf(ctx, foreign), Equal(before))
			p.acts(ctx, foreign)
			p.acts(ctx, own)
		})
	It("finds no key that never was, and spends the code", clause.Graded("barong.keys."+name+"-unknown", op, contract.NotFound),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			unknown := &key{kid: p.Nonce()}
			r := changed(unknown, p.Code(ctx, me.account.codes), members)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.NotFound)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
		})
}

// refusesKeyCodes states that a key is changed by its owner's second factor alone.
func refusesKeyCodes(p *api, op *contract.Operation, name string, members conform.Object) {
	It("refuses a wrong code and leaves the key as it is", clause.Graded("barong.keys."+name+"-wrong-code", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			k := p.newKey(ctx, me)
			p.keyStays(ctx, op, k, me.account.codes.Wrong(skew), members, contract.SecondFactorWrong)
		})
	It("refuses a spent code and leaves the key as it is", clause.Graded("barong.keys."+name+"-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			code := p.Code(ctx, me.account.codes)
			k := p.made(ctx, me, keyBody(code))
			p.keyStays(ctx, op, k, code, members, contract.SecondFactorReplayed)
		})
	It("is not available once the second factor is off", clause.Graded("barong.keys."+name+"-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			k := p.newKey(ctx, me)
			p.Require("switch the second factor off", p.otpCall(ctx, me, p.disableOTP, p.Code(ctx, me.account.codes)), p.disableOTP, contract.OK)
			before := p.entityOf(ctx, k)
			p.Expect(p.Do(ctx, me.Actor, op, changed(k, me.account.codes.Wrong(skew), members)), op, contract.SecondFactorUnavailable)
			p.Check("the key as the list shows it", p.entityOf(ctx, k), Equal(before))
		})
}

// keyStays sends a change with a code that is refused, requires that nothing
// changes, and that a right code changes it.
func (p *api) keyStays(ctx context.Context, op *contract.Operation, k *key, code string, members conform.Object, outcome contract.Outcome) {
	GinkgoHelper()
	me := k.owner
	p.Refuses(ctx, conform.Refusal{
		Operation: op, By: me.Actor, Control: always(changed(k, p.LastingCode(ctx, me.account.codes), members)), OnlyAfter: true,
		Changes: []conform.Change{{Name: "another code", Of: func(conform.Request) conform.Request { return changed(k, code, members) }}},
		Outcome: outcome, State: func() any { return p.entityOf(ctx, k) },
	})
}
