package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
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
	newKey := func(ctx context.Context, me *client.Session, code string) conform.Request {
		p.KeepKeys(ctx, me)
		return client.KeyBody(code).With("scope", "trade")
	}
	existing := func(members conform.Object) func(context.Context, *client.Session, string) conform.Request {
		return func(ctx context.Context, me *client.Session, code string) conform.Request {
			GinkgoHelper()
			return client.Changed(p.NewKey(ctx, me), code, members)
		}
	}
	return []family.Subject{
		{Operation: p.CreateKey, Ready: p.asEnrolledOnce(p.JustEnrolled, newKey), SingleUse: true},
		{Operation: p.UpdateKey, Ready: p.asEnrolledOnce(p.Enrolled, existing(conform.Object{"scope": "trade", "state": client.KeyActive})),
			SingleUse: true},
		{Operation: p.DeleteKey, Ready: p.asEnrolledOnce(p.Enrolled, existing(conform.Object{})), SingleUse: true},
		{Operation: p.ListKeys, Ready: p.asMember(conform.Request{})},
	}
}

func createsKeys(p *api) {
	op := p.CreateKey
	It("POST /resource/api_keys creates an active key without scopes whose secret signs requests",
		clause.Graded("barong.keys.create", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			call := p.Do(ctx, me.Actor, op, client.KeyBody(p.Code(ctx, me.Account.Codes)))
			p.Expect(call, op, contract.OK)
			k := p.KeyIn(call, me, p.DeleteKey, nil)
			p.Check("its state", value.Text(k.Entity, "state"), Equal(client.KeyActive))
			p.Check("its scopes", value.List(k.Entity, "scope"), BeEmpty())
			p.Check("the user's keys", p.OwnKeys(ctx, me), ContainElement(k.Kid))
			p.Acts(ctx, k)
		})
	It("POST /resource/api_keys creates each key with its own kid and secret",
		clause.Graded("barong.keys.create-fresh", op, contract.OK, clause.From(contract.Observed, "barong#1.5")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			var made []*client.Key
			for range 2 {
				call := p.Do(ctx, me.Actor, op, client.KeyBody(p.Code(ctx, me.Account.Codes)))
				p.Expect(call, op, contract.OK)
				made = append(made, p.KeyIn(call, me, p.DeleteKey, nil))
			}
			p.Holds("the kids differ", made[0].Kid != made[1].Kid, "they are the same")
			p.Holds("the secrets differ", made[0].Secret != made[1].Secret, "they are the same")
		})
	It("POST /resource/api_keys splits scopes at commas",
		clause.Graded("barong.keys.create-scope", op, contract.OK, clause.From(contract.Observed, "barong#2.2-createKey")),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			call := p.Do(ctx, me.Actor, op, client.KeyBody(p.Code(ctx, me.Account.Codes)).With("scope", "trade,read"))
			p.Expect(call, op, contract.OK)
			p.Check("its scopes", value.List(p.KeyIn(call, me, p.DeleteKey, nil).Entity, "scope"), Equal([]any{"trade", "read"}))
		})
	It("POST /resource/api_keys rejects a user without a second factor",
		clause.Graded("barong.keys.create-without-second-factor", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Enrolled(ctx)
			p.NewKey(ctx, other)
			before := p.OwnKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, client.KeyBody(p.Code(ctx, other.Account.Codes))), op, contract.SecondFactorUnavailable)
			p.Check("the user's keys", p.OwnKeys(ctx, me), Equal(before))
		})
	It("POST /resource/api_keys rejects a wrong TOTP code and another user's, and creates no key",
		clause.Graded("barong.keys.create-wrong-code", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.JustEnrolled(ctx), p.Enrolled(ctx)
			p.refusesKey(ctx, me, contract.SecondFactorWrong, conform.Change{Name: "wrong code", Of: func(r conform.Request) conform.Request {
				return r.With("totp_code", me.Account.Codes.Wrong(client.Skew))
			}}, conform.Change{Name: "another user's code", Of: func(r conform.Request) conform.Request {
				return r.With("totp_code", p.Code(ctx, other.Account.Codes))
			}})
		})
	It("POST /resource/api_keys rejects a used TOTP code and creates no key",
		clause.Graded("barong.keys.create-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			spent := p.Spent(ctx, me)
			p.refusesKey(ctx, me, contract.SecondFactorReplayed, conform.Set("totp_code", spent))
		})
	It("POST /resource/api_keys creates only one key for one TOTP code",
		clause.Graded("barong.keys.create-twice", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			r := client.KeyBody(p.Code(ctx, me.Account.Codes))
			call := p.Do(ctx, me.Actor, op, r)
			p.Expect(call, op, contract.OK)
			p.KeyIn(call, me, p.DeleteKey, nil)
			before := p.OwnKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
			p.Check("the user's keys", p.OwnKeys(ctx, me), Equal(before))
		})
	It("POST /resource/api_keys rejects an unknown algorithm, creates no key and uses the TOTP code up",
		clause.Graded("barong.keys.algorithm-kek", op, algorithmUnknown),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			before := p.OwnKeys(ctx, me)
			r := client.KeyBody(p.Code(ctx, me.Account.Codes))
			p.Expect(p.Do(ctx, me.Actor, op, r.With("algorithm", "kek")), op, algorithmUnknown)
			p.Check("the user's keys", p.OwnKeys(ctx, me), Equal(before))
			p.Expect(p.Do(ctx, me.Actor, op, r), op, contract.SecondFactorReplayed)
			p.NewKey(ctx, me)
		})
	It("POST /resource/api_keys rejects HMAC with another hash and creates no key",
		clause.Graded("barong.keys.algorithm-other", op, algorithmOther),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			p.refusesKey(ctx, me, algorithmOther, conform.Change{Name: "HS512", Of: func(r conform.Request) conform.Request {
				return client.KeyBody(p.Code(ctx, me.Account.Codes)).With("algorithm", "HS512")
			}})
		})
	It("POST /resource/api_keys rejects a user whose e-mail address is unconfirmed", Serial,
		clause.Graded("barong.keys.holder-pending", op, holderPending),
		func(ctx SpecContext) {
			me := p.Newcomer(ctx)
			p.Enrol(ctx, me)
			p.NewKey(ctx, p.Enrolled(ctx))
			before := p.OwnKeys(ctx, me)
			p.Expect(p.Do(ctx, me.Actor, op, client.KeyBody(p.Code(ctx, me.Account.Codes))), op, holderPending)
			p.Check("the user's keys", p.OwnKeys(ctx, me), Equal(before))
		})
}

// refusesKey requires the outcome of a request for a key with one thing changed,
// that no key is made, and that the request is right otherwise. The control's code
// is kept for the end.
func (p *api) refusesKey(ctx context.Context, me *client.Session, outcome contract.Outcome, changes ...conform.Change) {
	GinkgoHelper()
	p.KeepKeys(ctx, me)
	control := client.KeyBody(p.LastingCode(ctx, me.Account.Codes))
	p.Refuses(ctx, conform.Refusal{
		Operation: p.CreateKey, By: me.Actor, Control: always(control), OnlyAfter: true,
		Changes: changes, Outcome: outcome, State: func() any { return p.OwnKeys(ctx, me) },
	})
}
