package coinrabbit

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// throttle is about limits, of which the page says nothing: the standards ask for
// one, and the target file's limits.second-factor says which the target has.
func throttle(p *client.Client) {
	wrongCodeLimit(p, activating(p))
	wrongCodeLimit(p, deactivating(p))
	codeLimits(p)
}

var (
	asksLimit = standard("RFC 4226 7.3; OWASP ASVS 5.0.0 6.3.1; checks#R01")
	spans     = standard("RFC 4226 7.3; checks#R10; checks#R11; checks#R12; checks#R13")
)

// limit is the limit of wrong codes of an account.
type limit struct {
	family.Limit
	family.LimitTest
	t *trial
}

// limitOf reads from the target file how many wrong codes an account has.
func limitOf(ctx context.Context, p *client.Client, s subject) *limit {
	GinkgoHelper()
	declared := p.Target().Limits.SecondFactor
	if declared == nil {
		p.Untestable("the target file declares no limits.second-factor; ask the vendor how many wrong codes an account has within which time")
	}
	t := s.ready(ctx)
	with := func(code string) family.Attempt {
		return family.Attempt{By: t.by, Request: t.request.With("code_2fa", code)}
	}
	// A code that is drawn before the guesses: waiting for one while the limit holds could outlast the limit.
	drawn, app := p.Code(ctx, t.Codes), t.Codes
	right := func() string {
		code := drawn
		if drawn = ""; code != "" && app == t.Codes && app.Right(code, 0) {
			return code
		}
		return p.Code(ctx, t.Codes)
	}
	return &limit{t: t, LimitTest: family.LimitTest{S: p.Context}, Limit: family.Limit{
		Operation: s.operation, Attempts: declared.Attempts, Window: declared.Window, Block: max(declared.Block, declared.Window),
		Setting: "limits.second-factor of the target file",
		Refused: contract.SecondFactorWrong, Limited: contract.Throttled,
		Wrong: func(int) family.Attempt {
			t.Who.Failed()
			return with(t.Codes.Wrong(farAway))
		},
		Right: func() family.Attempt { return with(right()) },
	}}
}

// expectAccepted checks that a right code is accepted. An activation that succeeds
// leaves the factor on, a deactivation leaves it off.
func (l *limit) expectAccepted(ctx context.Context, p *client.Client, when string) {
	GinkgoHelper()
	right := l.Right()
	call := p.Do(ctx, right.By, l.Operation, right.Request)
	l.t.On = l.Operation == p.Activate
	p.Holds("a right code is accepted "+when, p.Is(call, l.Operation, contract.OK),
		"it is refused; "+l.Declared())
}

// wrongCodeLimit states that as many wrong codes as the limit allows hold back a
// right one, however the guesses are sent.
func wrongCodeLimit(p *client.Client, s subject) {
	name := s.operation.Name()
	state := func(slug string, options ...clause.Option) clause.Clause {
		return clause.Should("coinrabbit.throttle."+s.operation.ID+slug, s.operation, contract.Throttled, append(options, clause.Fills())...)
	}
	type variation = func(context.Context, *limit)
	rows := []conform.Row[variation]{
		{Text: name + " rejects even a valid TOTP code after as many wrong ones as the limit allows, until the limit ends",
			Clause: state("", asksLimit), Given: func(context.Context, *limit) {}},
		{Text: name + " counts wrong TOTP codes across log-ins", Clause: state("-new-session", spans),
			Given: func(ctx context.Context, l *limit) {
				l.Vary(func(attempt family.Attempt) family.Attempt {
					p.LogIn(ctx, l.t.Account)
					attempt.By = l.t.Me
					return attempt
				})
			}},
		{Text: name + " counts wrong TOTP codes across verification tokens", Clause: state("-new-verification", spans),
			Given: func(ctx context.Context, l *limit) {
				l.Vary(func(attempt family.Attempt) family.Attempt {
					attempt.Request = attempt.Request.With("verification_token", p.Verified(ctx, l.t.Account, p.MessageType(s.operation)))
					return attempt
				})
			}},
		{Text: name + " counts wrong TOTP codes whatever address X-Forwarded-For claims", Clause: state("-claimed-address", spans),
			Given: func(_ context.Context, l *limit) {
				n := 0
				l.Vary(func(attempt family.Attempt) family.Attempt {
					n++
					attempt.Request = attempt.Request.WithHeader("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n))
					return attempt
				})
			}},
	}
	wrongCodeLimitInTime(p, s, state)
	rows = append(rows, conform.Row[variation]{
		Text: name + " counts wrong TOTP codes whatever else differs between the requests", Clause: state("-whatever-varies", spans),
		Given: func(_ context.Context, l *limit) { l.Vary(family.Unlike()) },
	})
	if s.operation == p.Activate { // the way around a limit that starts the enrolment over
		rows = append(rows, conform.Row[variation]{
			Text: name + " counts wrong TOTP codes across newly created secrets", Clause: state("-new-secret", spans),
			Given: func(ctx context.Context, l *limit) {
				wrong := l.Wrong
				l.Wrong = func(i int) family.Attempt {
					p.Create(ctx, l.t.Account)
					l.t.request = l.t.request.With("secret_2fa", l.t.Secret)
					return wrong(i)
				}
			}})
	}
	conform.Table(func(ctx SpecContext, vary variation) {
		l := limitOf(ctx, p, s)
		vary(ctx, l)
		l.Guess(ctx, l.Limit, l.Attempts)
		l.HoldsBackTheRight(ctx, l.Limit)
		// That a right code is accepted afterwards shows that the limit rejected it.
		p.Wait(ctx, l.Block+time.Second, "the limit has to end")
		l.expectAccepted(ctx, p, "when the limit has ended")
	}, rows)
	It(name+" accepts a valid TOTP code after one wrong code fewer than the limit allows", state("-not-before", asksLimit),
		func(ctx SpecContext) {
			l := limitOf(ctx, p, s)
			l.Guess(ctx, l.Limit, l.Attempts-1)
			l.expectAccepted(ctx, p, "while the limit is not reached")
		})
	It(name+" judges no more of a burst of concurrent wrong codes than the limit allows", state("-parallel", spans, clause.Only(strict)),
		func(ctx SpecContext) {
			l := limitOf(ctx, p, s)
			l.t.On = s.operation == p.Deactivate
			l.Burst(ctx, l.Limit)
			p.Wait(ctx, l.Block+time.Second, "the limit has to end before the account is tidied")
		})
	It(name+" answers beyond its limit with a Retry-After that holds and a response that no cache may store",
		state("-retry-after", clause.Only(strict)),
		func(ctx SpecContext) {
			l := limitOf(ctx, p, s)
			call := l.Reach(ctx, l.Limit)
			l.NotStorable(call)
			p.Wait(ctx, l.RetryAfter(call, l.Limit), "the answer says when to come back")
			l.expectAccepted(ctx, p, "when the answer said so")
		})
}

// wrongCodeLimitInTime states when the limit begins and ends, and that nobody else's codes
// change it.
func wrongCodeLimitInTime(p *client.Client, s subject, state func(slug string, options ...clause.Option) clause.Clause) {
	name := s.operation.Name()
	conform.Table(func(ctx SpecContext, reach func(context.Context, *limit)) {
		l := limitOf(ctx, p, s)
		reach(ctx, l)
		p.Wait(ctx, l.Block+time.Second, "the limit has to end")
		l.expectAccepted(ctx, p, "when the limit has ended")
	}, []conform.Row[func(context.Context, *limit)]{
		{Text: name + " applies its limit of wrong TOTP codes up to its end, and to valid ones in the same words", Clause: state("-lasts", spans),
			Given: func(ctx context.Context, l *limit) { l.LastsToItsEnd(ctx, l.Limit) }},
		{Text: name + " counts wrong TOTP codes to the end of the declared window", Clause: state("-window", spans),
			Given: func(ctx context.Context, l *limit) { l.CountsToTheEndOfItsWindow(ctx, l.Limit) }},
		{Text: name + " limits the wrong TOTP codes of a user whatever codes other users send meanwhile", Clause: state("-others", spans),
			Given: func(ctx context.Context, l *limit) {
				other := limitOf(ctx, p, s)
				l.WhateverOthersDo(ctx, l.Limit, other.Limit, func() { limitOf(ctx, p, s).expectAccepted(ctx, p, "from another user") })
			}},
	})
}

// tries is how many attempts a limit of sending or verifying codes may allow
// (NIST 63B allows a hundred; fewer will do for codes of six digits).
const tries = 30

// codeLimits are the limits of sending and of verifying codes.
func codeLimits(p *client.Client) {
	It("POST /utils/verification-code/verify rejects the right code after at most 30 wrong ones",
		clause.Should("coinrabbit.throttle.verify-code", p.VerifyCode, contract.Throttled, clause.Fills(), asksLimit),
		func(ctx SpecContext) {
			t := verifying(p).ready(ctx)
			untilLimited(ctx, p, t.Account, p.VerifyCode, p.VerifyRequest(t.Account, client.TypeActivation, client.OtherCode(t.code)))
			right := p.Do(ctx, t.by, p.VerifyCode, t.request)
			p.Holds("the right code is held back after many wrong ones", !p.Is(right, p.VerifyCode, contract.OK), "it is verified")
		})
	It("POST /utils/verification-code/verify answers as beyond a limit after at most 30 wrong codes",
		clause.Should("coinrabbit.throttle.verify-code-answer", p.VerifyCode, contract.Throttled, clause.Fills(), clause.Only(strict)),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			wrong := client.OtherCode(p.NewCode(ctx, a, client.TypeActivation))
			call := untilLimited(ctx, p, a, p.VerifyCode, p.VerifyRequest(a, client.TypeActivation, wrong))
			p.Expect(call, p.VerifyCode, contract.Throttled)
		})
	It("POST /utils/verification-code/verify counts wrong codes across newly sent codes",
		clause.Should("coinrabbit.throttle.verify-code-new-code", p.VerifyCode, contract.Throttled, clause.Fills(), asksLimit),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			right := ""
			for range tries / 4 {
				code, call := p.TrySend(ctx, a, client.TypeActivation)
				if !p.Is(call, p.SendCode, contract.OK) {
					break // fewer codes than guesses are sent, which limits them too
				}
				right = code
				for range 4 {
					a.Who.Failed()
					p.ExpectNoSuccess(p.Do(ctx, a.Me, p.VerifyCode, p.VerifyRequest(a, client.TypeActivation, client.OtherCode(code))))
				}
			}
			call := p.Do(ctx, a.Me, p.VerifyCode, p.VerifyRequest(a, client.TypeActivation, right))
			p.Holds("the right code is held back after many wrong ones", !p.Is(call, p.VerifyCode, contract.OK), "it is verified")
		})
	It("POST /utils/verification-code/verify answers many wrong codes for an address without an account as for one with an account",
		clause.Should("coinrabbit.throttle.verify-code-unknown", p.VerifyCode, contract.Throttled, clause.Fills(),
			standard("OWASP ASVS 5.0.0 6.3.8; checks#E05")),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			wrong := p.VerifyRequest(a, client.TypeLogin, client.OtherCode(p.NewCode(ctx, a, client.TypeLogin)))
			unknown := wrong.With(p.Setting(client.RecipientMember), p.Nobody())
			for range tries {
				a.Who.Failed()
				family.ExpectSameWords(p.Context, p.Do(ctx, p.Partner(), p.VerifyCode, wrong), p.Do(ctx, p.Partner(), p.VerifyCode, unknown))
			}
		})
	It("The call that sends codes sends nothing to a user whose request it rejects as one too many",
		clause.Should("coinrabbit.throttle.send-code-silent", p.SendCode, contract.Throttled, clause.Fills(), asksLimit),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			DeferCleanup(func(ctx SpecContext) { p.VerifyLast(ctx, a, client.TypeActivation) })
			before, accepted, refused := p.Arrived(ctx, a), 0, 0
			for i := 0; i < tries && refused < 2; i++ {
				a.Who.Failed()
				if p.Is(p.Do(ctx, a.Me, p.SendCode, p.SendRequest(a, client.TypeActivation)), p.SendCode, contract.OK) {
					accepted++
				} else {
					refused++
				}
			}
			if refused == 0 {
				p.Untestable("no request to send a code is rejected as one too many")
			}
			p.NewCode(ctx, p.SignedIn(ctx), client.TypeActivation) // by then the others have arrived
			arrived := p.Arrived(ctx, a) - before
			p.Holds("no more messages arrive than requests were accepted", arrived <= accepted, fmt.Sprintf("%d arrive for %d", arrived, accepted))
		})
	It("The call that sends codes rejects one of 30 requests in succession for the same user",
		clause.Should("coinrabbit.throttle.send-code", p.SendCode, contract.Throttled, clause.Fills(),
			standard("OWASP API Security Top 10 2023 API4; checks#R18")),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			DeferCleanup(func(ctx SpecContext) { p.VerifyLast(ctx, a, client.TypeActivation) })
			refused := false
			for i := 0; i < tries && !refused; i++ {
				a.Who.Failed() // it has to rest, as after failures
				call := p.Do(ctx, a.Me, p.SendCode, p.SendRequest(a, client.TypeActivation))
				refused = !p.Is(call, p.SendCode, contract.OK)
			}
			p.Holds(fmt.Sprintf("no more than %d codes are sent at once", tries), refused, "more are")
		})
	It("The call that sends codes answers as beyond a limit within 30 requests in succession for the same user",
		clause.Should("coinrabbit.throttle.send-code-answer", p.SendCode, contract.Throttled, clause.Fills()),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			DeferCleanup(func(ctx SpecContext) { p.VerifyLast(ctx, a, client.TypeActivation) })
			call := untilLimited(ctx, p, a, p.SendCode, p.SendRequest(a, client.TypeActivation))
			p.Expect(call, p.SendCode, contract.Throttled)
		})
}

// untilLimited repeats a request until it is answered as beyond a limit, told apart
// from a wrong code, or to the end of the tries. It returns the last call.
func untilLimited(ctx context.Context, p *client.Client, a *client.Account, op *contract.Operation, r conform.Request) *httpclient.Call {
	GinkgoHelper()
	var call *httpclient.Call
	vary := family.Unlike()
	for i := range tries {
		a.Who.Failed()
		attempt := vary(family.Attempt{By: a.Me, Request: r.WithHeader("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", i+1))})
		call = p.Do(ctx, attempt.By, op, attempt.Request)
		if p.Exactly(call, op, contract.Throttled) && !p.Exactly(call, op, codeWrong) {
			break
		}
	}
	return call
}
