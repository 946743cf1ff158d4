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
)

// expectCode judges a log-in with the right password and some code.
func (p *api) expectCode(ctx context.Context, a *account, code any, outcome contract.Outcome) *httpclient.Call {
	GinkgoHelper()
	call := p.tryLogIn(ctx, a, p.credentials(a, "").With("otp_code", code))
	p.Expect(call, p.createSession, outcome)
	if outcome != contract.OK {
		p.openedNothing(ctx, a, call)
	}
	return call
}

// rightCode shows that an account would have been let in: what was refused before
// was refused for its code.
func (p *api) rightCode(ctx context.Context, a *account, code string) {
	GinkgoHelper()
	p.Require("log in with the right code", p.tryLogIn(ctx, a, p.credentials(a, code)), p.createSession, contract.OK)
}

func logInSecondFactor(p *api) {
	required, wrong := contract.SecondFactorRequired, contract.SecondFactorWrong
	It("opens no session for the password alone where there is a second factor", clause.Graded("barong.sessions.second-factor-required", p.createSession, required), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		call := p.tryLogIn(ctx, a, p.credentials(a, ""))
		p.Expect(call, p.createSession, required)
		p.openedNothing(ctx, a, call)
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
	It("takes an empty code for none", clause.Graded("barong.sessions.second-factor-blank", p.createSession, required), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		for _, code := range []any{"", "   ", nil} {
			p.expectCode(ctx, a, code, required)
		}
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
	It("refuses a wrong code, and each further one alike", clause.Graded("barong.sessions.second-factor-wrong", p.createSession, wrong), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		p.expectCode(ctx, a, a.codes.Wrong(1), wrong)
		p.expectCode(ctx, a, a.codes.Wrong(1), wrong)
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
	It("refuses the code of another user", clause.Graded("barong.sessions.second-factor-foreign", p.createSession, wrong), func(ctx SpecContext) {
		a, other := p.enrolledAccount(ctx), p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		code := p.Code(ctx, other.codes)
		p.expectCode(ctx, a, code, wrong)
		p.rightCode(ctx, other, code)
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
	It("refuses a wrong password whatever the code, and does not spend the code on it", clause.Graded("barong.sessions.password-before-code", p.createSession, contract.BadCredentials), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		code := p.Code(ctx, a.codes)
		for _, sent := range []string{"", code} {
			call := p.tryLogIn(ctx, a, p.credentials(a, sent).With("password", p.Secret("password", newPassword())))
			p.Expect(call, p.createSession, contract.BadCredentials)
			p.openedNothing(ctx, a, call)
		}
		p.rightCode(ctx, a, code)
	})
	It("leaves the session alone on whose cookie a log-in is refused", clause.Graded("barong.sessions.refused-keeps-session", p.createSession, required), func(ctx SpecContext) {
		mine, other := p.member(ctx), p.enrolledAccount(ctx)
		p.turns(ctx, other, inWindow)
		call := p.Do(ctx, p.with(mine.account, mine.cookie, ""), p.createSession, p.paced(ctx, other, p.credentials(other, "")))
		p.Expect(call, p.createSession, required)
		p.livesOn(ctx, mine)
		p.rightCode(ctx, other, p.Code(ctx, other.codes))
	})
	It("asks for the code too after a reset of the password", clause.Graded("barong.sessions.reset-keeps-second-factor", p.createSession, required), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		reset := p.Do(ctx, p.visitor(), p.confirmPasswordReset, p.passwordReset(p.resetToken(ctx, a), a.Password))
		p.Require("reset the password to what it is", reset, p.confirmPasswordReset, contract.OK)
		p.Expect(p.tryLogIn(ctx, a, p.credentials(a, "")), p.createSession, required)
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
}

// logInCodesSpent: each code counts once, right or wrong, wherever it was put
// first (RFC 6238 section 5.2; facts/auth-checks.md T10-T15).
func logInCodesSpent(p *api) {
	replayed := contract.SecondFactorReplayed
	It("opens one session for a code", clause.Graded("barong.sessions.replayed", p.createSession, replayed), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		code := p.Code(ctx, a.codes)
		p.rightCode(ctx, a, code)
		p.expectCode(ctx, a, code, replayed)
	})
	It("knows a spent code again with white space around it", clause.Graded("barong.sessions.replayed-padded", p.createSession, replayed), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		code := p.Code(ctx, a.codes)
		p.rightCode(ctx, a, code)
		for _, padded := range []string{" " + code, code + "\n", code + "\t "} {
			p.expectCode(ctx, a, padded, replayed)
		}
	})
	It("knows a wrong code again", clause.Graded("barong.sessions.replayed-wrong", p.createSession, replayed), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		code := a.codes.Wrong(1)
		p.Require("get a wrong code refused", p.tryLogIn(ctx, a, p.credentials(a, code)), p.createSession, contract.SecondFactorWrong)
		p.expectCode(ctx, a, code, replayed)
		p.rightCode(ctx, a, p.Code(ctx, a.codes))
	})
	It("refuses the code that switched the second factor on", clause.Graded("barong.sessions.replayed-enable", p.createSession, replayed), func(ctx SpecContext) {
		me := p.member(ctx)
		p.turns(ctx, me.account, inWindow)
		code := p.enrol(ctx, me)
		p.expectCode(ctx, me.account, code, replayed)
		p.rightCode(ctx, me.account, p.Code(ctx, me.account.codes))
	})
	It("refuses a code that was verified before", clause.Graded("barong.sessions.replayed-verify", p.createSession, replayed), func(ctx SpecContext) {
		me := p.enrolled(ctx)
		p.turns(ctx, me.account, inWindow)
		code := p.Code(ctx, me.account.codes)
		p.Require("verify a code", p.Do(ctx, me.Actor, p.verifyOTP, codeBody(code)), p.verifyOTP, contract.OK)
		p.expectCode(ctx, me.account, code, replayed)
	})
	It("opens one session for a code that many log-ins bring at once", clause.Graded("barong.sessions.parallel", p.createSession, replayed), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, inWindow)
		calls := p.logInsAtOnce(ctx, a)
		opened := 0
		for _, call := range calls {
			if p.Is(call, p.createSession, contract.OK) {
				opened++
				p.livesOn(ctx, p.opened(call, a))
				continue
			}
			p.Expect(call, p.createSession, replayed)
			p.openedNothing(ctx, a, call)
		}
		p.Check("one log-in succeeds", opened, Equal(1))
	})
}

// logInsAtOnce sends ten log-ins with one code at once; as many as its limiter
// takes to release 3.1.
func (p *api) logInsAtOnce(ctx context.Context, a *account) []*httpclient.Call {
	GinkgoHelper()
	n := 10
	if p.Profile() == release31 {
		n = inWindow - 1
	}
	for range n {
		p.paced(ctx, a, conform.Request{})
	}
	request := p.credentials(a, p.Code(ctx, a.codes))
	calls, errs := make([]*httpclient.Call, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		by := p.visitorAt(a.address)
		group.Go(func() { calls[i], errs[i] = p.Try(ctx, by, p.createSession, request) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			p.Error("a log-in got no response: %v", err)
		}
	}
	return calls
}
