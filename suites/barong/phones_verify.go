package barong

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

func phoneVerified(p *api) {
	op := p.verifyPhone
	It("verifies a number with the code that was sent, and marks the account with it", clause.Graded("barong.phones.verified", op, contract.OK), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		call := me.check(ctx, me.code(ctx))
		p.Expect(call, op, contract.OK)
		p.Check("the account that is answered", value.Text(value.Of(call), "email"), Equal(me.account.Login))
		list := p.phonesOf(ctx, me.session)
		p.Check("phones that are listed", list, HaveLen(1))
		p.Check("when it was verified", value.At(list[0], "validated_at"), Not(BeNil()))
		label := p.labelled(ctx, me.session, "phone")
		p.Check("the label phone", []string{value.Text(label, "value"), value.Text(label, "scope")}, Equal([]string{"verified", "private"}))
	})
	// Level 2 is phone:verified unless a deployment orders its levels otherwise.
	It("lifts the account to the level of a verified phone", clause.Should("barong.phones.level", op, contract.OK, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		p.Expect(me.check(ctx, me.code(ctx)), op, contract.OK)
		p.Check("the level", value.Number(p.userOf(ctx, me.session), "level"), Equal(2))
	})
	It("takes any code where none is sent", clause.Graded("barong.phones.any-code", op, contract.OK, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		p.Expect(me.check(ctx, "no code"), op, contract.OK)
	})
	// Regression 17 of facts/barong.md 9: phones were verified without a code.
	It("refuses a wrong code", clause.Graded("barong.phones.wrong-code", op, codeWrong, clause.Needs(realPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		code := me.code(ctx)
		for _, wrong := range []string{otherDigit(code), code[:4], code + "0"} {
			p.Expect(me.check(ctx, p.Secret("sms-code", wrong)), op, codeWrong)
		}
		p.Check("when it was verified", value.At(p.phonesOf(ctx, me.session)[0], "validated_at"), BeNil())
		p.Require("verify the phone with the right code", me.check(ctx, code), op, contract.OK)
	})
}

// aboutNumber is a request of an operation about a number.
func (p *api) aboutNumber(op *contract.Operation, number string) conform.Request {
	if op == p.verifyPhone {
		return numberBody(number).With("verification_code", "12345")
	}
	return numberBody(number)
}

func phoneRefused(p *api) {
	for _, op := range []*contract.Operation{p.createPhone, p.sendPhoneCode, p.verifyPhone} {
		It("refuses a number that no phone can have: "+op.Summary, clause.Graded("barong.phones.number-invalid-"+clause.Slug(op.ID), op, numberInvalid), func(ctx SpecContext) {
			me := p.untouched(ctx)
			by := p.caller(ctx, me)
			for _, number := range []string{noNumber, "0", "abc", "+44 1"} {
				p.Expect(p.Do(ctx, by(), op, p.aboutNumber(op, number)), op, numberInvalid)
			}
			p.Check("phones that are listed", p.phonesOf(ctx, me), BeEmpty())
		})
	}
	for _, op := range []*contract.Operation{p.createPhone, p.sendPhoneCode} {
		It("refuses a channel that there is not: "+op.Summary, clause.Graded("barong.phones.channel-unknown-"+clause.Slug(op.ID), op, channelUnknown), func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.member(ctx).Actor, Outcome: channelUnknown, Expected: numberInvalid, OnlyAfter: true,
				Control: always(numberBody(noNumber).With("channel", "sms")), Changes: []conform.Change{conform.Set("channel", "pigeon")},
			})
		})
	}
	for _, op := range []*contract.Operation{p.sendPhoneCode, p.verifyPhone} {
		It("knows no number that nobody added: "+op.Summary, clause.Graded("barong.phones.not-found-"+clause.Slug(op.ID), op, contract.NotFound), func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.member(ctx).Actor, op, p.aboutNumber(op, p.newNumber())), op, contract.NotFound)
		})
		It("knows no number that only another has: "+op.Summary, clause.Graded("barong.phones.foreign-"+clause.Slug(op.ID), op, contract.NotFound, clause.Needs(mockPhones)), func(ctx SpecContext) {
			other, me := p.phoneOwner(ctx), p.member(ctx)
			other.add(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, p.aboutNumber(op, other.number)), op, contract.NotFound)
			p.Check("when the other's was verified", value.At(p.phonesOf(ctx, other.session)[0], "validated_at"), BeNil())
		})
	}
}

// phoneTaken is about a number that somebody has verified.
func phoneTaken(p *api) {
	It("adds no number that another has verified, nor one that the account itself has", clause.Graded("barong.phones.number-taken", p.createPhone, numberTaken), func(ctx SpecContext) {
		other, me := p.phoneOwner(ctx), p.untouched(ctx)
		other.verified(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.createPhone, numberBody(other.number)), p.createPhone, numberTaken)
		p.Expect(p.Do(ctx, other.by(), p.createPhone, numberBody(other.number)), p.createPhone, numberTaken)
		p.Check("phones that are listed", p.phonesOf(ctx, me), BeEmpty())
	})
	It("verifies no number that another has verified meanwhile", clause.Graded("barong.phones.verify-number-taken", p.verifyPhone, numberTaken), func(ctx SpecContext) {
		other, me := p.phoneOwner(ctx), p.holder(ctx)
		other.add(ctx)
		code := other.code(ctx)
		late := &phoneOwner{session: me, p: p, by: p.caller(ctx, me), number: other.number}
		late.add(ctx)
		p.Require("verify the phone as another", other.check(ctx, code), p.verifyPhone, contract.OK)
		p.Expect(late.check(ctx, code), p.verifyPhone, numberTaken)
		p.Check("when it was verified", value.At(p.phonesOf(ctx, me)[0], "validated_at"), BeNil())
	})
	It("sends no code to a number that is verified", clause.Graded("barong.phones.send-number-taken", p.sendPhoneCode, numberTaken, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me, other := p.phoneOwner(ctx), p.member(ctx)
		me.verified(ctx)
		for _, by := range []*conform.Actor{me.by(), other.Actor} {
			p.Expect(p.Do(ctx, by, p.sendPhoneCode, numberBody(me.number)), p.sendPhoneCode, numberTaken)
		}
	})
}

// codePause is how long release 3.1 wants between two codes to a number
// (facts/barong.md 1.9), and a second more.
const codePause = 31 * time.Second

// betweenCodes lets that pause pass.
func (p *api) betweenCodes(ctx context.Context) {
	GinkgoHelper()
	if p.Profile() == release31 {
		p.Wait(ctx, codePause, "a number is sent one code in 30 seconds")
	}
}

// phoneCounts are those that release 3.1 sets beside its limiter. It is known that
// five codes are sent, ten are looked at and three numbers wait to be verified, not
// whether the first code counts as sent: what lies between is not judged.
func phoneCounts(p *api) {
	send := func(ctx context.Context, me *phoneOwner) *httpclient.Call {
		GinkgoHelper()
		return p.Do(ctx, me.by(), p.sendPhoneCode, numberBody(me.number))
	}
	It("sends no second code within 30 seconds", clause.Graded("barong.phones.too-fast", p.sendPhoneCode, tooFast, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		p.betweenCodes(ctx)
		p.Require("have a code sent again", send(ctx, me), p.sendPhoneCode, contract.OK)
		p.Expect(send(ctx, me), p.sendPhoneCode, tooFast)
		p.betweenCodes(ctx)
		p.Require("have a code sent later", send(ctx, me), p.sendPhoneCode, contract.OK)
	})
	It("sends no more than five codes to a number", clause.Should("barong.phones.too-many-sent", p.sendPhoneCode, tooManyRetries, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		for range 4 {
			p.betweenCodes(ctx)
			p.Require("have a code sent again", send(ctx, me), p.sendPhoneCode, contract.OK)
		}
		p.betweenCodes(ctx)
		call := send(ctx, me)
		if p.Is(call, p.sendPhoneCode, contract.OK) {
			p.betweenCodes(ctx)
			call = send(ctx, me)
		}
		p.Expect(call, p.sendPhoneCode, tooManyRetries)
	})
	It("looks at no more than ten codes for a number", clause.Should("barong.phones.too-many-codes", p.verifyPhone, tooManyRetries, clause.Needs(realPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		right := me.code(ctx)
		wrong := p.Secret("sms-code", otherDigit(right))
		for range 9 {
			p.Require("send a wrong code", me.check(ctx, wrong), p.verifyPhone, codeWrong)
		}
		call := me.check(ctx, wrong)
		if p.Exactly(call, p.verifyPhone, codeWrong) {
			call = me.check(ctx, right)
		}
		p.Expect(call, p.verifyPhone, tooManyRetries)
	})
	It("lets three numbers wait to be verified, and bans an account for the fourth",
		clause.Graded("barong.phones.too-many-unverified", p.createPhone, tooManyUnverified, clause.Needs(mockPhones)), func(ctx SpecContext) {
			me := p.phoneOwner(ctx)
			for range 3 {
				p.Require("add a phone", p.Do(ctx, me.by(), p.createPhone, numberBody(p.newNumber())), p.createPhone, contract.OK)
			}
			p.Expect(p.Do(ctx, me.by(), p.createPhone, numberBody(me.number)), p.createPhone, tooManyUnverified)
			p.Holds("the account is banned", p.Is(p.Do(ctx, me.Actor, p.getCurrentUser, conform.Request{}), p.getCurrentUser, userNotActive), "its session still opens it")
		})
}
