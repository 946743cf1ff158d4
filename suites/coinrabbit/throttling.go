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
	"authconform/suites/family"
)

// throttling is about limits, of which the page says nothing: the standards ask
// for one, and the target file's limits.second-factor says which the target has.
func throttling(p *api) {
	Describe("limits", func() {
		for _, s := range []subject{p.activating(), p.deactivating()} {
			guesses(p, s)
		}
		guessesAnew(p)
		p.limitedVerifying()
		p.limitedSending()
	})
}

var (
	asksLimit = clause.From(contract.Standard, "RFC 4226 7.3; OWASP ASVS 5.0 6.3.1; facts/auth-checks.md R01")
	spans     = clause.From(contract.Standard, "RFC 4226 7.3; facts/auth-checks.md R10 to R13")
)

// limit is the limit of wrong codes of an account.
type limit struct {
	family.Limit
	t *trial
}

// limitOf reads from the target file how many wrong codes an account has.
func (p *api) limitOf(ctx context.Context, s subject) *limit {
	GinkgoHelper()
	declared := p.Target().Limits.SecondFactor
	if declared == nil {
		p.Untestable("the target file declares no limits.second-factor; ask the vendor how many wrong codes an account has within which time")
	}
	l := &limit{t: s.ready(ctx)}
	l.Limit = family.Limit{
		Operation: s.operation, Attempts: declared.Attempts, Block: max(declared.Block, declared.Window),
		Refused: contract.SecondFactorWrong, Limited: contract.Throttled,
		Wrong: func(int) family.Attempt {
			return family.Attempt{By: l.t.by, Request: l.t.request.With("code_2fa", l.t.codes.Wrong(farAway))}
		},
		Right: func() family.Attempt {
			return family.Attempt{By: l.t.by, Request: l.t.request.With("code_2fa", p.Code(ctx, l.t.codes))}
		},
	}
	return l
}

// guess sends wrong codes, each of which must be answered as wrong.
func (p *api) guess(ctx context.Context, l *limit, times int) {
	GinkgoHelper()
	for i := range times {
		wrong := l.Wrong(i)
		p.Expect(p.Do(ctx, wrong.By, l.Operation, wrong.Request), l.Operation, l.Refused)
	}
}

// accepts requires that a right code is accepted.
func (p *api) accepts(ctx context.Context, l *limit, when string) {
	GinkgoHelper()
	right := l.Right()
	call := p.Do(ctx, right.By, l.Operation, right.Request)
	l.t.on = l.Operation == p.activate
	p.Holds("a right code is accepted "+when, p.Is(call, l.Operation, contract.OK), "it is refused")
}

// limited states that as many wrong codes as the limit allows hold back a right
// one, and that it is accepted when the limit has ended: that shows that it was
// the limit which refused it. vary changes how the guesses are sent.
func (p *api) limited(s subject, slug, text string, from clause.Option, vary func(context.Context, *limit)) {
	It(text, clause.Should("coinrabbit.throttle."+s.slug+slug, s.operation, contract.Throttled, clause.Disrupts(), from), func(ctx SpecContext) {
		l := p.limitOf(ctx, s)
		if vary != nil {
			vary(ctx, l)
		}
		p.guess(ctx, l, l.Attempts)
		family.LimitTest{S: p.Context}.HoldsBackTheRight(ctx, l.Limit)
		p.Wait(ctx, l.Block+time.Second, "the limit has to end")
		p.accepts(ctx, l, "when the limit has ended")
	})
}

func guesses(p *api, s subject) {
	p.limited(s, "", "holds back even a right code after as many wrong ones as the limit allows", asksLimit, nil)
	p.limited(s, "-new-session", "counts wrong codes on through new log-ins", spans, func(ctx context.Context, l *limit) {
		anew := func(attempt family.Attempt) family.Attempt {
			call := p.Do(ctx, p.partner(), p.partnerLogin, requestFor(l.t.account))
			p.Require("log in again", call, p.partnerLogin, contract.OK)
			p.session(l.t.account, call)
			attempt.By = l.t.me
			return attempt
		}
		l.vary(anew)
	})
	p.limited(s, "-new-verification", "counts wrong codes on through new verification tokens", spans, func(ctx context.Context, l *limit) {
		kind := map[bool]string{true: typeActivation, false: typeDeactivation}[s.operation == p.activate]
		l.vary(func(attempt family.Attempt) family.Attempt {
			attempt.Request = attempt.Request.With("verification_token", p.verified(ctx, l.t.account, kind))
			return attempt
		})
	})
	p.limited(s, "-claimed-address", "counts wrong codes on whatever address the client claims", spans, func(_ context.Context, l *limit) {
		n := 0
		l.vary(func(attempt family.Attempt) family.Attempt {
			n++
			attempt.Request = attempt.Request.WithHeader("X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n))
			return attempt
		})
	})
	should := func(slug string, options ...clause.Option) clause.Clause {
		return clause.Should("coinrabbit.throttle."+s.slug+slug, s.operation, contract.Throttled, append(options, clause.Disrupts())...)
	}
	It("accepts a right code after fewer wrong ones than the limit allows", should("-not-before", asksLimit),
		func(ctx SpecContext) {
			l := p.limitOf(ctx, s)
			p.guess(ctx, l, l.Attempts-1)
			p.accepts(ctx, l, "while the limit is not reached")
		})
	It("answers no more of a burst of wrong codes than the limit allows", should("-parallel", spans, clause.Only(strict)),
		func(ctx SpecContext) {
			l := p.limitOf(ctx, s)
			l.t.on = s.operation == p.deactivate
			family.LimitTest{S: p.Context}.Burst(ctx, l.Limit)
			p.Wait(ctx, l.Block+time.Second, "the limit has to end before the account is tidied")
		})
	It("says when to come back, and tells no cache to keep it", should("-retry-after", clause.Only(strict)),
		func(ctx SpecContext) {
			kit := family.LimitTest{S: p.Context}
			l := p.limitOf(ctx, s)
			call := kit.Reach(ctx, l.Limit)
			kit.NotStorable(call)
			p.Wait(ctx, kit.RetryAfter(call, l.Limit), "the answer says when to come back")
			p.accepts(ctx, l, "when the answer said so")
		})
}

// vary changes each attempt, wrong and right.
func (l *limit) vary(change func(family.Attempt) family.Attempt) {
	wrong, right := l.Wrong, l.Right
	l.Wrong = func(i int) family.Attempt { return change(wrong(i)) }
	l.Right = func() family.Attempt { return change(right()) }
}

// guessesAnew is the way around a limit that starts the enrolment over.
func guessesAnew(p *api) {
	p.limited(p.activating(), "-new-secret", "counts wrong codes on through new secrets", spans, func(ctx context.Context, l *limit) {
		wrong := l.Wrong
		l.Wrong = func(i int) family.Attempt {
			p.create(ctx, l.t.account)
			l.t.request = l.t.request.With("secret_2fa", l.t.secret)
			return wrong(i)
		}
	})
}

// tries is how many attempts a limit of sending or verifying codes may allow
// (NIST 63B allows a hundred; fewer will do for codes of six digits).
const tries = 30

func (p *api) limitedVerifying() {
	op := p.verifyCode
	It("refuses to verify when too many codes were wrong",
		clause.Should("coinrabbit.throttle.verify-code", op, contract.Throttled, clause.Disrupts(), asksLimit),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			code := p.newCode(ctx, a, typeActivation)
			right := p.verifyRequest(a, typeActivation, code)
			wrong := right.With(p.Setting(codeMember), otherCode(code))
			for range tries {
				a.who.Failed()
				if call := p.Do(ctx, a.me, op, wrong); p.Exactly(call, op, contract.Throttled) && !p.Exactly(call, op, codeWrong) {
					p.Expect(call, op, contract.Throttled)
					break
				}
			}
			p.Holds("the right code is held back after many wrong ones", !p.Is(p.Do(ctx, a.me, op, right), op, contract.OK), "it is verified")
		})
	It("says when to come back after too many wrong verification codes",
		clause.Should("coinrabbit.throttle.verify-code-answer", op, contract.Throttled, clause.Disrupts(), clause.Only(strict)),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			code := p.newCode(ctx, a, typeActivation)
			wrong := p.verifyRequest(a, typeActivation, otherCode(code))
			p.Expect(p.untilLimited(ctx, a, op, wrong), op, contract.Throttled)
		})
}

func (p *api) limitedSending() {
	It("refuses to send codes without end",
		clause.Should("coinrabbit.throttle.send-code", p.sendCode, contract.Throttled, clause.Disrupts(), clause.From(contract.Standard, "OWASP API4:2023; facts/auth-checks.md R18")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			var refused bool
			for range tries {
				if refused = !p.Is(p.Do(ctx, a.me, p.sendCode, p.codeRequest(a, typeActivation)), p.sendCode, contract.OK); refused {
					break
				}
			}
			p.Holds(fmt.Sprintf("no more than %d codes are sent at once", tries), refused, "more are")
		})
	It("answers when it sends no more codes",
		clause.Should("coinrabbit.throttle.send-code-answer", p.sendCode, contract.Throttled, clause.Disrupts()),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			p.Expect(p.untilLimited(ctx, a, p.sendCode, p.codeRequest(a, typeActivation)), p.sendCode, contract.Throttled)
		})
}

// untilLimited repeats a request until the last answer of a limiter, or to the
// end of the tries.
func (p *api) untilLimited(ctx context.Context, a *account, op *contract.Operation, r conform.Request) (call *httpclient.Call) {
	GinkgoHelper()
	for range tries {
		a.who.Failed()
		call = p.Do(ctx, a.me, op, r)
		if p.Exactly(call, op, contract.Throttled) {
			break
		}
	}
	return call
}
