package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// codeAcross states that a code spent on one operation is spent for all, under
// whichever of its three names it is sent: code, otp_code or totp_code.
func codeAcross(p *api) {
	replayed := contract.SecondFactorReplayed
	logIn := func(ctx context.Context, me *session, code string) *httpclient.Call {
		GinkgoHelper()
		return p.tryLogIn(ctx, me.account, p.credentials(me.account, code))
	}
	It("refuses at log-in a code that was used to verify, padded or not", clause.Graded("barong.otp.verified-at-login", p.createSession, replayed),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			code := p.spent(ctx, me)
			p.Expect(logIn(ctx, me, code), p.createSession, replayed)
			p.Expect(logIn(ctx, me, p.Secret("code", code+" ")), p.createSession, replayed)
			p.Expect(logIn(ctx, me, p.Code(ctx, me.account.codes)), p.createSession, contract.OK)
		})
	It("refuses at log-in the code that switched the second factor on", clause.Graded("barong.otp.enabled-at-login", p.createSession, replayed, clause.From(contract.Observed, "facts/barong-observed.md 6; facts/auth-checks.md T12")),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			first := p.LastingCode(ctx, codes)
			p.switchOn(ctx, me, codes, first)
			p.Expect(logIn(ctx, me, first), p.createSession, replayed)
			p.Expect(logIn(ctx, me, p.Code(ctx, codes)), p.createSession, contract.OK)
		})
	It("refuses to verify a code that was used at log-in, or refused there", clause.Graded("barong.otp.login-at-verify", p.verifyOTP, replayed),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			right, wrong := p.Code(ctx, me.account.codes), me.account.codes.Wrong(skew)
			p.Require("log in", logIn(ctx, me, right), p.createSession, contract.OK)
			p.Require("get a wrong code refused at log-in", logIn(ctx, me, wrong), p.createSession, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, right), p.verifyOTP, replayed)
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, wrong), p.verifyOTP, replayed)
		})
	It("refuses to verify a code that made an API key", clause.Graded("barong.otp.key-at-verify", p.verifyOTP, replayed),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			code := p.Code(ctx, me.account.codes)
			p.made(ctx, me, keyBody(code))
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, code), p.verifyOTP, replayed)
		})
	It("refuses to switch the second factor off with a code that was refused at verify", clause.Graded("barong.otp.repeated-at-disable", p.disableOTP, replayed),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			wrong := me.account.codes.Wrong(skew)
			p.Require("get a wrong code refused", p.otpCall(ctx, me, p.verifyOTP, wrong), p.verifyOTP, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, p.disableOTP, wrong), p.disableOTP, replayed)
		})
	It("remembers what one user sent for that user alone", clause.Graded("barong.otp.memory-own", p.verifyOTP, contract.SecondFactorWrong, clause.From(contract.Observed, "facts/barong.md 1.8")),
		func(ctx SpecContext) {
			me, other := p.enrolled(ctx), p.enrolled(ctx)
			wrong := me.account.codes.Wrong(skew)
			for other.account.codes.Right(wrong, 2*skew) {
				wrong = me.account.codes.Wrong(skew)
			}
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, wrong), p.verifyOTP, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, other, p.verifyOTP, wrong), p.verifyOTP, contract.SecondFactorWrong)
		})
}
