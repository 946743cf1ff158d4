package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/suites/barong/client"
)

// otpState is a state of the second factor (barong#4).
type otpState string

const (
	stateNew     otpState = "no-secret" // A: no secret was ever asked for
	statePending otpState = "secret"    // B: a secret, no code accepted yet
	stateOn      otpState = "on"        // C
	stateOff     otpState = "off-again" // D: switched off, the secret still there
)

// phrase says what a user of the state is like.
func (s otpState) phrase() string {
	return map[otpState]string{
		stateNew: "without a secret", statePending: "with an unconfirmed secret",
		stateOn: "with the second factor on", stateOff: "with the second factor disabled again",
	}[s]
}

// subject is an account in one of the states.
type subject struct {
	*client.Session
	codes *otp.Kit // of its secret; in stateNew, of another user's
}

// inState brings an account into a state. A pooled one has no second factor again
// when the spec ends.
func (p *api) inState(ctx context.Context, s otpState) *subject {
	GinkgoHelper()
	u := &subject{Session: p.Member(ctx)}
	if u.Account.Pooled {
		DeferCleanup(func(ctx SpecContext) {
			u.Account.Codes = u.codes
			p.Unenrol(ctx, u.Session)
		})
	}
	if s == stateNew {
		u.codes = p.Enrolled(ctx).Account.Codes
		return u
	}
	u.codes = p.NewSecret(ctx, u.Session)
	if s == statePending {
		return u
	}
	p.Require("switch the second factor on", p.PutCode(ctx, u.Session, p.EnableOTP, p.Code(ctx, u.codes)), p.EnableOTP, contract.OK)
	if s == stateOff {
		p.Require("switch it off again", p.PutCode(ctx, u.Session, p.DisableOTP, p.Code(ctx, u.codes)), p.DisableOTP, contract.OK)
	}
	return u
}

// move is something done to an account in a state.
type move struct {
	name, promise string
	operation     *contract.Operation
	do            func(context.Context, *subject) *httpclient.Call
}

type moves struct {
	generate, enable, enableWrong, enableAgain, verify, verifyWrong, disable, disableWrong,
	logIn, logInBlank, logInWithCode, logInWrong, createKey move
}

func (p *api) moves() moves {
	with := func(op *contract.Operation, code func(context.Context, *subject) string) func(context.Context, *subject) *httpclient.Call {
		return func(ctx context.Context, u *subject) *httpclient.Call {
			GinkgoHelper()
			return p.PutCode(ctx, u.Session, op, code(ctx, u))
		}
	}
	right := func(ctx context.Context, u *subject) string { return p.Code(ctx, u.codes) }
	wrong := func(_ context.Context, u *subject) string { return u.codes.Wrong(client.Skew) }
	logIn := func(code func(context.Context, *subject) string) func(context.Context, *subject) *httpclient.Call {
		return func(ctx context.Context, u *subject) *httpclient.Call {
			GinkgoHelper()
			return p.TryLogIn(ctx, u.Account, p.Credentials(u.Account, code(ctx, u)))
		}
	}
	return moves{
		generate: move{"generate", "a request for a secret", p.GenerateQRCode,
			func(ctx context.Context, u *subject) *httpclient.Call { return p.askSecret(ctx, u) }},
		enable:      move{"enable", "a valid TOTP code to enable it", p.EnableOTP, with(p.EnableOTP, right)},
		enableWrong: move{"enable-wrong", "a wrong TOTP code to enable it", p.EnableOTP, with(p.EnableOTP, wrong)},
		enableAgain: move{"enable-repeated", "a rejected TOTP code again to enable it", p.EnableOTP,
			func(ctx context.Context, u *subject) *httpclient.Call { return p.enableTwice(ctx, u) }},
		verify:       move{"verify", "a valid TOTP code to verify", p.VerifyOTP, with(p.VerifyOTP, right)},
		verifyWrong:  move{"verify-wrong", "a wrong TOTP code to verify", p.VerifyOTP, with(p.VerifyOTP, wrong)},
		disable:      move{"disable", "a valid TOTP code to disable it", p.DisableOTP, with(p.DisableOTP, right)},
		disableWrong: move{"disable-wrong", "a wrong TOTP code to disable it", p.DisableOTP, with(p.DisableOTP, wrong)},
		logIn: move{"log-in", "a log-in without a TOTP code", p.CreateSession,
			logIn(func(context.Context, *subject) string { return "" })},
		logInBlank: move{"log-in-blank", "a log-in with a blank TOTP code", p.CreateSession,
			func(ctx context.Context, u *subject) *httpclient.Call {
				return p.TryLogIn(ctx, u.Account, p.Credentials(u.Account, "").With("otp_code", "   "))
			}},
		logInWithCode: move{"log-in-code", "a log-in with a valid TOTP code", p.CreateSession, logIn(right)},
		logInWrong:    move{"log-in-wrong", "a log-in with a wrong TOTP code", p.CreateSession, logIn(wrong)},
		createKey: move{"create-key", "a request for an API key", p.CreateKey, func(ctx context.Context, u *subject) *httpclient.Call {
			return p.Do(ctx, u.Actor, p.CreateKey, client.KeyBody(p.Code(ctx, u.codes)))
		}},
	}
}

// askSecret asks for a secret, whose codes then are the subject's.
func (p *api) askSecret(ctx context.Context, u *subject) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, u.Actor, p.GenerateQRCode, conform.Request{})
	if p.Is(call, p.GenerateQRCode, contract.OK) {
		u.codes = p.SecretOf(call)
	}
	return call
}

// enableTwice sends a wrong code and sends it again.
func (p *api) enableTwice(ctx context.Context, u *subject) *httpclient.Call {
	GinkgoHelper()
	wrong := u.codes.Wrong(client.Skew)
	p.Expect(p.PutCode(ctx, u.Session, p.EnableOTP, wrong), p.EnableOTP, contract.SecondFactorWrong)
	return p.PutCode(ctx, u.Session, p.EnableOTP, wrong)
}

// edge is what a move leads to in a state.
type edge struct {
	from    otpState
	move    move
	outcome contract.Outcome
	to      otpState
}

// otpMachine walks every edge of barong#4
// shown by users/me, by what a log-in asks for, and by codes that then switch the
// second factor on, or are right while it is on.
func otpMachine(p *api) {
	m := p.moves()
	ok, wrong, replayed := contract.OK, contract.SecondFactorWrong, contract.SecondFactorReplayed
	unavailable := contract.SecondFactorUnavailable
	edges := []edge{
		{stateNew, m.generate, ok, statePending},
		{stateNew, m.enable, wrong, stateNew},
		{stateNew, m.verify, client.NotEnabled, stateNew},
		{stateNew, m.disable, client.NotEnabled, stateNew},
		{stateNew, m.logIn, ok, stateNew},
		{stateNew, m.logInWithCode, ok, stateNew},
		{stateNew, m.createKey, unavailable, stateNew},

		{stateOn, m.generate, client.AlreadyEnabled, stateOn},
		{stateOn, m.enable, client.AlreadyEnabled, stateOn},
		{stateOn, m.enableWrong, client.AlreadyEnabled, stateOn},
		{stateOn, m.verify, ok, stateOn},
		{stateOn, m.verifyWrong, wrong, stateOn},
		{stateOn, m.disable, ok, stateOff},
		{stateOn, m.disableWrong, wrong, stateOn},
		{stateOn, m.logIn, contract.SecondFactorRequired, stateOn},
		{stateOn, m.logInBlank, contract.SecondFactorRequired, stateOn},
		{stateOn, m.logInWithCode, ok, stateOn},
		{stateOn, m.logInWrong, wrong, stateOn},
		{stateOn, m.createKey, ok, stateOn},
	}
	for _, from := range []otpState{statePending, stateOff} {
		edges = append(edges, []edge{
			{from, m.generate, ok, statePending},
			{from, m.enable, ok, stateOn},
			{from, m.enableWrong, wrong, from},
			{from, m.enableAgain, replayed, from},
			{from, m.verify, client.NotEnabled, from},
			{from, m.disable, client.NotEnabled, from},
			{from, m.logIn, ok, from},
			{from, m.logInWithCode, ok, from},
			{from, m.logInWrong, ok, from},
			{from, m.createKey, unavailable, from},
		}...)
	}
	for _, e := range edges {
		var waits []any // for a fourth code
		if e.from == stateOff {
			waits = append(waits, Serial)
		}
		It("A user "+e.from.phrase()+" who sends "+e.move.promise+" gets outcome "+string(e.outcome)+" and ends "+e.to.phrase(), waits,
			clause.Graded("barong.otp-machine."+string(e.from)+"."+e.move.name, e.move.operation, e.outcome,
				clause.From(contract.Observed, "barong#4")),
			func(ctx SpecContext) {
				u := p.inState(ctx, e.from)
				p.Expect(e.move.do(ctx, u), e.move.operation, e.outcome)
				p.isIn(ctx, u, e.to)
			})
	}
}

// isIn requires that an account is in a state now.
func (p *api) isIn(ctx context.Context, u *subject, s otpState) {
	GinkgoHelper()
	want, leads := factorOff, contract.OK
	if s == stateOn {
		want, leads = factorOn, contract.SecondFactorRequired
	}
	p.Check("what users/me tells of the second factor", p.Factor(ctx, u.Session), Equal(want))
	p.Expect(p.PasswordOnly(ctx, u.Account), p.CreateSession, leads)
	switch s {
	case stateOn:
		p.Expect(p.PutCode(ctx, u.Session, p.VerifyOTP, p.Code(ctx, u.codes)), p.VerifyOTP, contract.OK)
	case statePending, stateOff:
		p.Expect(p.PutCode(ctx, u.Session, p.EnableOTP, p.Code(ctx, u.codes)), p.EnableOTP, contract.OK)
	}
}
