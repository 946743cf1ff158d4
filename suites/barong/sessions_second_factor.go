package barong

import (
	"context"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/barong/client"
)

// expectCode judges a log-in with the right password and some code.
func (p *api) expectCode(ctx context.Context, a *client.Account, code any, outcome contract.Outcome) *httpclient.Call {
	GinkgoHelper()
	call := p.TryLogIn(ctx, a, p.Credentials(a, "").With("otp_code", code))
	p.Expect(call, p.CreateSession, outcome)
	if outcome != contract.OK {
		p.ExpectNoSession(ctx, a, call)
	}
	return call
}

// rightCode shows that an account would have been let in: what was refused before
// was refused for its code.
func (p *api) rightCode(ctx context.Context, a *client.Account, code string) {
	GinkgoHelper()
	p.Require("log in with the right code", p.TryLogIn(ctx, a, p.Credentials(a, code)), p.CreateSession, contract.OK)
}

func logInSecondFactor(p *api) {
	required, wrong := contract.SecondFactorRequired, contract.SecondFactorWrong
	It("POST /identity/sessions asks an enrolled user for a TOTP code and opens no session for the password alone",
		clause.Graded("barong.sessions.second-factor-required", p.CreateSession, required), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			call := p.TryLogIn(ctx, a, p.Credentials(a, ""))
			p.Expect(call, p.CreateSession, required)
			p.ExpectNoSession(ctx, a, call)
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions treats an empty, blank or null TOTP code as none",
		clause.Graded("barong.sessions.second-factor-blank", p.CreateSession, required), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			for _, code := range []any{"", "   ", nil} {
				p.expectCode(ctx, a, code, required)
			}
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions rejects a wrong TOTP code, and the next wrong one alike",
		clause.Graded("barong.sessions.second-factor-wrong", p.CreateSession, wrong), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			p.expectCode(ctx, a, a.Codes.Wrong(1), wrong)
			p.expectCode(ctx, a, a.Codes.Wrong(1), wrong)
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions rejects the TOTP code of another user",
		clause.Graded("barong.sessions.second-factor-foreign", p.CreateSession, wrong), func(ctx SpecContext) {
			a, other := p.EnrolledAccount(ctx), p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := p.Code(ctx, other.Codes)
			p.expectCode(ctx, a, code, wrong)
			p.rightCode(ctx, other, code)
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions rejects a wrong password whatever the TOTP code, and does not use the code up",
		clause.Graded("barong.sessions.password-before-code", p.CreateSession, contract.BadCredentials), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := p.Code(ctx, a.Codes)
			for _, sent := range []string{"", code} {
				call := p.TryLogIn(ctx, a, p.Credentials(a, sent).With("password", p.Secret("password", client.NewPassword())))
				p.Expect(call, p.CreateSession, contract.BadCredentials)
				p.ExpectNoSession(ctx, a, call)
			}
			p.rightCode(ctx, a, code)
		})
	It("POST /identity/sessions leaves a live session alone when a log-in on its cookie is rejected",
		clause.Graded("barong.sessions.refused-keeps-session", p.CreateSession, required), func(ctx SpecContext) {
			mine, other := p.Member(ctx), p.EnrolledAccount(ctx)
			p.Turns(ctx, other, client.InWindow)
			call := p.Do(ctx, p.With(mine.Account, mine.Cookie, ""), p.CreateSession, p.Paced(ctx, other, p.Credentials(other, "")))
			p.Expect(call, p.CreateSession, required)
			p.ExpectAlive(ctx, mine)
			p.rightCode(ctx, other, p.Code(ctx, other.Codes))
		})
	It("POST /identity/sessions still asks for a TOTP code after a password reset",
		clause.Graded("barong.sessions.reset-keeps-second-factor", p.CreateSession, required), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			reset := p.Do(ctx, p.Visitor(), p.ConfirmPasswordReset, p.PasswordReset(p.ResetToken(ctx, a), a.Password))
			p.Require("reset the password to what it is", reset, p.ConfirmPasswordReset, contract.OK)
			p.Expect(p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, required)
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
}

// logInCodesSpent: each code counts once, right or wrong, wherever it was put
// first (RFC 6238 section 5.2; checks#T10; checks#T11; checks#T12; checks#T13; checks#T14; checks#T15).
func logInCodesSpent(p *api) {
	replayed := contract.SecondFactorReplayed
	It("POST /identity/sessions rejects a TOTP code that has opened a session",
		clause.Graded("barong.sessions.replayed", p.CreateSession, replayed), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := p.Code(ctx, a.Codes)
			p.rightCode(ctx, a, code)
			p.expectCode(ctx, a, code, replayed)
		})
	It("POST /identity/sessions rejects a used TOTP code with white space around it",
		clause.Graded("barong.sessions.replayed-padded", p.CreateSession, replayed), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := p.Code(ctx, a.Codes)
			p.rightCode(ctx, a, code)
			for _, padded := range []string{" " + code, code + "\n", code + "\t "} {
				p.expectCode(ctx, a, padded, replayed)
			}
		})
	It("POST /identity/sessions rejects a wrong TOTP code that is repeated as a replay",
		clause.Graded("barong.sessions.replayed-wrong", p.CreateSession, replayed), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := a.Codes.Wrong(1)
			p.Require("get a wrong code refused", p.TryLogIn(ctx, a, p.Credentials(a, code)), p.CreateSession, contract.SecondFactorWrong)
			p.expectCode(ctx, a, code, replayed)
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions rejects the TOTP code that enabled the second factor",
		clause.Graded("barong.sessions.replayed-enable", p.CreateSession, replayed), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Turns(ctx, me.Account, client.InWindow)
			code := p.Enrol(ctx, me)
			p.expectCode(ctx, me.Account, code, replayed)
			p.rightCode(ctx, me.Account, p.Code(ctx, me.Account.Codes))
		})
	It("POST /identity/sessions rejects a TOTP code that POST /resource/otp/verify has accepted",
		clause.Graded("barong.sessions.replayed-verify", p.CreateSession, replayed), func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Turns(ctx, me.Account, client.InWindow)
			code := p.Code(ctx, me.Account.Codes)
			p.Require("verify a code", p.Do(ctx, me.Actor, p.VerifyOTP, client.CodeBody(code)), p.VerifyOTP, contract.OK)
			p.expectCode(ctx, me.Account, code, replayed)
		})
	It("POST /identity/sessions opens only one session for a TOTP code that many log-ins send at once",
		clause.Graded("barong.sessions.parallel", p.CreateSession, replayed), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			calls := p.logInsAtOnce(ctx, a)
			opened := 0
			for _, call := range calls {
				if p.Is(call, p.CreateSession, contract.OK) {
					opened++
					p.ExpectAlive(ctx, p.Opened(call, a))
					continue
				}
				p.Expect(call, p.CreateSession, replayed)
				p.ExpectNoSession(ctx, a, call)
			}
			p.Check("one log-in succeeds", opened, Equal(1))
		})
}

// logInsAtOnce sends ten log-ins with one code at once; as many as its limiter
// takes to release 3.1.
func (p *api) logInsAtOnce(ctx context.Context, a *client.Account) []*httpclient.Call {
	GinkgoHelper()
	n := 10
	if p.Profile() == client.Release31 {
		n = client.InWindow - 1
	}
	for range n {
		p.Paced(ctx, a, conform.Request{})
	}
	request := p.Credentials(a, p.Code(ctx, a.Codes))
	calls, errs := make([]*httpclient.Call, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		by := p.VisitorAt(a.Address)
		group.Go(func() { calls[i], errs[i] = p.Try(ctx, by, p.CreateSession, request) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			p.Error("a log-in got no response: %v", err)
		}
	}
	return calls
}
