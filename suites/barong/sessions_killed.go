package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/barong/client"
)

// sessionsKilled states what ends sessions and what does not (barong#1.1).
func sessionsKilled(p *api) {
	ok := contract.OK
	It("POST /identity/users/password/confirm_code ends every session of the user",
		clause.Graded("barong.sessions.killed-by-reset", p.ConfirmPasswordReset, ok), func(ctx SpecContext) {
			first := p.Member(ctx)
			second := p.LogIn(ctx, first.Account)
			p.ExpectAlive(ctx, first)
			p.ExpectAlive(ctx, second)
			reset := p.PasswordReset(p.ResetToken(ctx, first.Account), first.Account.Password)
			p.Expect(p.Do(ctx, p.Visitor(), p.ConfirmPasswordReset, reset), p.ConfirmPasswordReset, ok)
			p.ExpectEnded(ctx, first)
			p.ExpectEnded(ctx, second)
			p.ExpectAlive(ctx, p.LogIn(ctx, first.Account))
		})
	It("POST /resource/otp/enable ends the user's other sessions and keeps its own",
		clause.Graded("barong.sessions.killed-by-enable", p.EnableOTP, ok), func(ctx SpecContext) {
			older, stranger := p.Member(ctx), p.Member(ctx)
			me := p.LogIn(ctx, older.Account)
			newer := p.LogIn(ctx, older.Account)
			p.ExpectAlive(ctx, older)
			p.ExpectAlive(ctx, newer)
			p.Expect(p.enables(ctx, me), p.EnableOTP, ok)
			p.ExpectEnded(ctx, older)
			p.ExpectEnded(ctx, newer)
			p.ExpectAlive(ctx, me)
			p.ExpectAlive(ctx, stranger)
		})
	// Serial, for it takes three codes, and the third comes with the next time step.
	It("POST /resource/otp/disable keeps the user's sessions alive", Serial,
		clause.Graded("barong.sessions.not-killed-by-disable", p.DisableOTP, ok), func(ctx SpecContext) {
			me, other := p.enrolledTwice(ctx)
			p.Expect(p.Do(ctx, me.Actor, p.DisableOTP, client.CodeBody(p.Code(ctx, me.Account.Codes))), p.DisableOTP, ok)
			p.ExpectAlive(ctx, me)
			p.ExpectAlive(ctx, other)
		})
	It("PUT /resource/users/password keeps the user's sessions alive",
		clause.Graded("barong.sessions.not-killed-by-change", p.ChangePassword, ok), func(ctx SpecContext) {
			me := p.Changeable(ctx)
			other := p.LogIn(ctx, me.Account)
			change := p.PasswordChange(me.Account.Password, p.Next(me.Account))
			p.Expect(p.Do(ctx, me.Actor, p.ChangePassword, change), p.ChangePassword, ok)
			p.ExpectAlive(ctx, me)
			p.ExpectAlive(ctx, other)
		})
}

// enables switches the second factor on; a pooled account's off again when the
// spec ends.
func (p *api) enables(ctx context.Context, me *client.Session) *httpclient.Call {
	GinkgoHelper()
	me.Account.Codes = p.NewSecret(ctx, me)
	if me.Account.Pooled {
		DeferCleanup(func(ctx SpecContext) { p.Unenrol(ctx, me) })
	}
	return p.Do(ctx, me.Actor, p.EnableOTP, client.CodeBody(p.Code(ctx, me.Account.Codes)))
}

// enrolledTwice is two sessions of an account with the second factor on. What
// switches it on ends all other sessions, so the second one is opened after it. A
// pooled account is one without a second factor, which it has again at the end.
func (p *api) enrolledTwice(ctx context.Context) (me, other *client.Session) {
	GinkgoHelper()
	me = p.Member(ctx)
	p.Enrol(ctx, me)
	return me, p.LogIn(ctx, me.Account)
}
