package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/barong/client"
)

// codeAcross states that a code spent on one operation is spent for all, under
// whichever of its three names it is sent: code, otp_code or totp_code.
func codeAcross(p *api) {
	replayed := contract.SecondFactorReplayed
	logIn := func(ctx context.Context, me *client.Session, code string) *httpclient.Call {
		GinkgoHelper()
		return p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, code))
	}
	It("POST /identity/sessions rejects a TOTP code that POST /resource/otp/verify has used up, padded or not",
		clause.Graded("barong.otp.verified-at-login", p.CreateSession, replayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Spent(ctx, me)
			p.Expect(logIn(ctx, me, code), p.CreateSession, replayed)
			p.Expect(logIn(ctx, me, p.Secret("code", code+" ")), p.CreateSession, replayed)
			p.Expect(logIn(ctx, me, p.Code(ctx, me.Account.Codes)), p.CreateSession, contract.OK)
		})
	It("POST /identity/sessions rejects a TOTP code that POST /resource/otp/enable has used up",
		clause.Graded("barong.otp.enabled-at-login", p.CreateSession, replayed, clause.From(contract.Observed, "barong#10.2-6; checks#T12")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			first := p.LastingCode(ctx, codes)
			p.SwitchOn(ctx, me, codes, first)
			p.Expect(logIn(ctx, me, first), p.CreateSession, replayed)
			p.Expect(logIn(ctx, me, p.Code(ctx, codes)), p.CreateSession, contract.OK)
		})
	It("POST /resource/otp/verify rejects a TOTP code that was used or rejected at log-in",
		clause.Graded("barong.otp.login-at-verify", p.VerifyOTP, replayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			right, wrong := p.Code(ctx, me.Account.Codes), me.Account.Codes.Wrong(client.Skew)
			p.Require("log in", logIn(ctx, me, right), p.CreateSession, contract.OK)
			p.Require("get a wrong code refused at log-in", logIn(ctx, me, wrong), p.CreateSession, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, right), p.VerifyOTP, replayed)
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, wrong), p.VerifyOTP, replayed)
		})
	It("POST /resource/otp/verify rejects a TOTP code that created an API key",
		clause.Graded("barong.otp.key-at-verify", p.VerifyOTP, replayed),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			code := p.Code(ctx, me.Account.Codes)
			p.Made(ctx, me, client.KeyBody(code))
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, code), p.VerifyOTP, replayed)
		})
	It("POST /resource/otp/disable rejects a TOTP code that POST /resource/otp/verify has rejected",
		clause.Graded("barong.otp.repeated-at-disable", p.DisableOTP, replayed),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			wrong := me.Account.Codes.Wrong(client.Skew)
			p.Require("get a wrong code refused", p.PutCode(ctx, me, p.VerifyOTP, wrong), p.VerifyOTP, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, p.DisableOTP, wrong), p.DisableOTP, replayed)
		})
	It("POST /resource/otp/verify remembers TOTP codes per user",
		clause.Graded("barong.otp.memory-own", p.VerifyOTP, contract.SecondFactorWrong, clause.From(contract.Observed, "barong#1.8")),
		func(ctx SpecContext) {
			me, other := p.Enrolled(ctx), p.Enrolled(ctx)
			wrong := me.Account.Codes.Wrong(client.Skew)
			for other.Account.Codes.Right(wrong, 2*client.Skew) {
				wrong = me.Account.Codes.Wrong(client.Skew)
			}
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, wrong), p.VerifyOTP, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, other, p.VerifyOTP, wrong), p.VerifyOTP, contract.SecondFactorWrong)
		})
	spentCodes(p, logIn)
}

// spentCodes states of each operation that takes a code that the last one and the one
// before it are spent for every other, before and after a log-out.
func spentCodes(p *api, logIn func(context.Context, *client.Session, string) *httpclient.Call) {
	makeKey := func(ctx context.Context, me *client.Session, code string) *httpclient.Call {
		GinkgoHelper()
		return p.Do(ctx, me.Actor, p.CreateKey, client.KeyBody(code))
	}
	put := func(op *contract.Operation) func(context.Context, *client.Session, string) *httpclient.Call {
		return func(ctx context.Context, me *client.Session, code string) *httpclient.Call {
			GinkgoHelper()
			return p.PutCode(ctx, me, op, code)
		}
	}
	takers := []struct {
		name string
		op   *contract.Operation
		send func(context.Context, *client.Session, string) *httpclient.Call
	}{{"log-in", p.CreateSession, logIn}, {"verification", p.VerifyOTP, put(p.VerifyOTP)}, {"key", p.CreateKey, makeKey},
		{"disabling", p.DisableOTP, put(p.DisableOTP)}}
	for _, first := range takers[:3] { // after the last one there is no second factor any more
		It("Each operation that takes a TOTP code rejects those that "+first.op.Name()+" has accepted, the last and the one before it",
			clause.Graded("barong.otp.spent-at-"+first.name, first.op, contract.SecondFactorReplayed), func(ctx SpecContext) {
				me := p.Enrolled(ctx)
				var used []string
				for range 2 {
					code := p.Code(ctx, me.Account.Codes)
					p.Require("use a code once", first.send(ctx, me, code), first.op, contract.OK)
					used = append(used, code)
				}
				for _, then := range takers {
					for _, code := range used {
						p.Expect(then.send(ctx, me, code), then.op, contract.SecondFactorReplayed)
					}
				}
			})
	}
}
