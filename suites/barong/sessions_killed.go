package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// sessionsKilled states what ends sessions and what does not (facts/barong.md 1.1).
func sessionsKilled(p *api) {
	ok := contract.OK
	It("by a reset of the password, wherever it was opened", clause.Graded("barong.sessions.killed-by-reset", p.confirmPasswordReset, ok), func(ctx SpecContext) {
		first := p.member(ctx)
		second := p.logIn(ctx, first.account)
		p.livesOn(ctx, first)
		p.livesOn(ctx, second)
		reset := p.passwordReset(p.resetToken(ctx, first.account), first.account.Password)
		p.Expect(p.Do(ctx, p.visitor(), p.confirmPasswordReset, reset), p.confirmPasswordReset, ok)
		p.opensNothing(ctx, first)
		p.opensNothing(ctx, second)
		p.livesOn(ctx, p.logIn(ctx, first.account))
	})
	It("when the second factor is switched on in another session", clause.Graded("barong.sessions.killed-by-enable", p.enableOTP, ok), func(ctx SpecContext) {
		me, stranger := p.member(ctx), p.member(ctx)
		other := p.logIn(ctx, me.account)
		p.livesOn(ctx, other)
		p.Expect(p.enables(ctx, me), p.enableOTP, ok)
		p.opensNothing(ctx, other)
		p.livesOn(ctx, me)
		p.livesOn(ctx, stranger)
	})
	// Serial, for it takes three codes, and the third comes with the next time step.
	It("not by switching the second factor off", Serial, clause.Graded("barong.sessions.not-killed-by-disable", p.disableOTP, ok), func(ctx SpecContext) {
		me, other := p.enrolledTwice(ctx)
		p.Expect(p.Do(ctx, me.Actor, p.disableOTP, codeBody(p.Code(ctx, me.account.codes))), p.disableOTP, ok)
		p.livesOn(ctx, me)
		p.livesOn(ctx, other)
	})
	It("not by a change of the password", clause.Graded("barong.sessions.not-killed-by-change", p.changePassword, ok), func(ctx SpecContext) {
		me := p.changeable(ctx)
		other := p.logIn(ctx, me.account)
		change := p.passwordChange(me.account.Password, p.next(me.account))
		p.Expect(p.Do(ctx, me.Actor, p.changePassword, change), p.changePassword, ok)
		p.livesOn(ctx, me)
		p.livesOn(ctx, other)
	})
}

// enables switches the second factor on; a pooled account's off again when the
// spec ends.
func (p *api) enables(ctx context.Context, me *session) *httpclient.Call {
	GinkgoHelper()
	me.account.codes = p.newSecret(ctx, me)
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) { p.unenrol(ctx, me) })
	}
	return p.Do(ctx, me.Actor, p.enableOTP, codeBody(p.Code(ctx, me.account.codes)))
}

// enrolledTwice is two sessions of an account with the second factor on. What
// switches it on ends all other sessions, so the second one is opened after it. A
// pooled account is one without a second factor, which it has again at the end.
func (p *api) enrolledTwice(ctx context.Context) (me, other *session) {
	GinkgoHelper()
	me = p.member(ctx)
	p.enrol(ctx, me)
	return me, p.logIn(ctx, me.account)
}
