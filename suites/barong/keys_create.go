package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/family"
)

// Outcomes of making a key.
const (
	algorithmUnknown = contract.Outcome("algorithm-unknown")
	algorithmOther   = contract.Outcome("algorithm-other")
	holderPending    = contract.Outcome("holder-pending")
)

// apiKeys states how a user's API keys are made, listed, changed and deleted, and
// what they open.
func apiKeys(p *api) {
	Describe("POST api_keys", func() { createsKeys(p) })
	Describe("PATCH api_keys/{kid}", func() { updatesKeys(p) })
	Describe("DELETE api_keys/{kid}", func() { deletesKeys(p) })
	Describe("GET api_keys", func() { listsOwnKeys(p) })
	Describe("a request that an API key signs", func() { keyCredentials(p) })
}

func (p *api) keySubjects() []family.Subject {
	newKey := func(ctx context.Context, me *session, code string) conform.Request {
		p.keepKeys(ctx, me)
		return keyBody(code).With("scope", "trade")
	}
	existing := func(members conform.Object) func(context.Context, *session, string) conform.Request {
		return func(ctx context.Context, me *session, code string) conform.Request {
			GinkgoHelper()
			return changed(p.newKey(ctx, me), code, members)
		}
	}
	return []family.Subject{
		{Operation: p.createKey, Ready: p.asEnrolledOnce(p.justEnrolled, newKey), SingleUse: true},
		{Operation: p.updateKey, Ready: p.asEnrolledOnce(p.enrolled, existing(conform.Object{"scope": "trade", "state": keyActive})), SingleUse: true},
		{Operation: p.deleteKey, Ready: p.asEnrolledOnce(p.enrolled, existing(conform.Object{})), SingleUse: true},
		{Operation: p.listKeys, Ready: p.asMember(conform.Request{})},
	}
}

func createsKeys(p *api) {
	op := p.createKey
	It("makes an active key without scopes, whose secret opens the API", clause.Graded("barong.keys.create", op, contract.OK),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			call := p.Do(ctx, me.Actor, op, keyBody(p.Code(ctx, me.account.codes)))
			p.Expect(call, op, contract.OK)
			k := p.keyIn(call, me, p.deleteKey, nil)
			p.Check("its state", value.Text(k.entity, "state"), Equal(keyActive))
			p.Check("its scopes", value.List(k.entity, "scope"), BeEmpty())
			p.Check("the user's keys", p.ownKeys(ctx, me), ContainElement(k.kid))
			p.acts(ctx, k)
		})
	It("makes each key with a kid and a secret of its own", clause.Graded("barong.keys.create-fresh", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 1.5")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			var made []*key
			for range 2 {
				call := p.Do(ctx, me.Actor, op, keyBody(p.Code(ctx, me.account.codes)))
				p.Expect(call, op, contract.OK)
				made = append(made, p.keyIn(call, me, p.deleteKey, nil))
			}
			p.Holds("the kids differ", made[0].kid != made[1].kid, "they are the same")
			p.Holds("the secrets differ", made[0].secret != made[1].secret, "they are the same")
		})
	It("splits its scopes at commas", clause.Graded("barong.keys.create-scope", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 2.2 createKey")),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			call := p.Do(ctx, me.Actor, op, keyBody(p.Code(ctx, me.account.codes)).With("scope", "trade,read"))
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(p.keyIn(call, me, p.deleteKey, nil).entity, "scope"), Equal([]any{"trade", "read"}))
		})
	It("is not available without a second factor", clause.Graded("barong.keys.create-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			me, other := p.member(ctx), p.enrolled(ctx)
			p.newKey(ctx, other)
			before := p.ownKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, keyBody(p.Code(ctx, other.account.codes))), op, contract.SecondFactorUnavailable)
			p.Check("the user's keys", p.ownKeys(ctx, me), Equal(before))
		})
	It("refuses a wrong code, and another user's, and makes no key", clause.Graded("barong.keys.create-wrong-code", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.justEnrolled(ctx), p.enrolled(ctx)
			p.refusesKey(ctx, me, contract.SecondFactorWrong, conform.Change{Name: "wrong code", Of: func(r conform.Request) conform.Request {
				return r.With("totp_code", me.account.codes.Wrong(skew))
			}}, conform.Change{Name: "another user's code", Of: func(r conform.Request) conform.Request {
				return r.With("totp_code", p.Code(ctx, other.account.codes))
			}})
		})
	It("refuses a code that was spent, and makes no key", clause.Graded("barong.keys.create-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			spent := p.spent(ctx, me)
			p.refusesKey(ctx, me, contract.SecondFactorReplayed, conform.Set("totp_code", spent))
		})
	It("makes one key with one code", clause.Graded("barong.keys.create-twice", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			r := keyBody(p.Code(ctx, me.account.codes))
			call := p.Do(ctx, me.Actor, op, r)
			p.Expect(call, op, contract.OK)
			p.keyIn(call, me, p.deleteKey, nil)
			before := p.ownKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
			p.Check("the user's keys", p.ownKeys(ctx, me), Equal(before))
		})
	It("refuses an algorithm that it does not know, makes no key and spends the code", clause.Graded("barong.keys.algorithm-kek", op, algorithmUnknown),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			before := p.ownKeys(ctx, me)
			r := keyBody(p.Code(ctx, me.account.codes))
			p.Expect(p.Do(ctx, me.Actor, op, r.With("algorithm", "kek")), op, algorithmUnknown)
			p.Check("the user's keys", p.ownKeys(ctx, me), Equal(before))
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
			p.newKey(ctx, me)
		})
	It("refuses HMAC with another hash, and makes no key", clause.Graded("barong.keys.algorithm-other", op, algorithmOther),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			p.refusesKey(ctx, me, algorithmOther, conform.Change{Name: "HS512", Of: func(r conform.Request) conform.Request {
				return keyBody(p.Code(ctx, me.account.codes)).With("algorithm", "HS512")
			}})
		})
	It("refuses a user whose e-mail address is not confirmed", Serial, clause.Graded("barong.keys.holder-pending", op, holderPending),
		func(ctx SpecContext) {
			me := p.newcomer(ctx)
			p.enrol(ctx, me)
			p.newKey(ctx, p.enrolled(ctx))
			before := p.ownKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, keyBody(p.Code(ctx, me.account.codes))), op, holderPending)
			p.Check("the user's keys", p.ownKeys(ctx, me), Equal(before))
		})
}

// refusesKey requires the outcome of a request for a key with one thing changed,
// that no key is made, and that the request is right otherwise. The control's code
// is kept for the end.
func (p *api) refusesKey(ctx context.Context, me *session, outcome contract.Outcome, changes ...conform.Change) {
	GinkgoHelper()
	p.keepKeys(ctx, me)
	control := keyBody(p.LastingCode(ctx, me.account.codes))
	p.Refuses(ctx, conform.Refusal{
		Operation: p.createKey, By: me.Actor, Control: always(control), OnlyAfter: true,
		Changes: changes, Outcome: outcome, State: func() any { return p.ownKeys(ctx, me) },
	})
}
