package onlyoffice

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/value"
	"authconform/suites/family"
)

// spansSessions is the authority for a counter that nothing but success resets.
var spansSessions = clause.From(contract.Standard, "RFC 4226 section 7.3; facts/auth-checks.md R10-R17")

func throttling(p *portal) {
	Describe("too many wrong passwords", func() { passwordLimit(p) })
	Describe("too many wrong codes", func() { codeLimit(p) })
	Describe("too many password mails", func() { mailLimit(p) })
}

// passwordLimit fills the limit of the password step, each time on an identity
// of its own.
func passwordLimit(p *portal) {
	limited := contract.Throttled
	kit := family.LimitTest{S: p.Context}
	limits := func(text string, c clause.Clause, run func(context.Context, family.Limit, *identity.Identity)) {
		It(text, c, func(ctx SpecContext) {
			who := p.Lease(user)
			l := p.passwordLimitOf(ctx, who)
			DeferCleanup(func(ctx SpecContext) {
				p.Wait(ctx, l.Block+time.Second, "the block has to end before others use the identity")
			})
			run(ctx, l, who)
		})
	}
	disrupts := clause.Disrupts()

	limits("answers as many wrong passwords as the settings allow, and refuses the next attempt",
		clause.Must("onlyoffice.throttle.reached", p.login, limited, disrupts),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.Reach(ctx, l) })
	limits("refuses the right password too while the limit holds",
		clause.Must("onlyoffice.throttle.right-password", p.login, limited, disrupts),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
		})
	limits("lets the right password in once the block is over",
		clause.Must("onlyoffice.throttle.ends", p.login, limited, disrupts),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			kit.Ends(ctx, l, l.Block+time.Second)
		})
	limits("says in Retry-After when to come back, and keeps that word",
		clause.Must("onlyoffice.throttle.retry-after", p.login, limited, disrupts, clause.Only(documented)),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) {
			wait := kit.RetryAfter(kit.Reach(ctx, l), l)
			kit.Ends(ctx, l, wait)
		})
	limits("lets no cache keep the refusal",
		clause.Should("onlyoffice.throttle.not-storable", p.login, limited, disrupts, clause.Only(documented), clause.From(contract.Standard, "RFC 6585 section 4")),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.NotStorable(kit.Reach(ctx, l)) })
	limits("leaves other users alone",
		clause.Must("onlyoffice.throttle.others", p.login, limited, disrupts),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			kit.Works(ctx, l, family.Attempt{By: p.Anonymous(), Request: conform.Request{JSON: credentials(p.Lease(user))}})
		})
	limits("counts an unknown user like a known one",
		clause.Must("onlyoffice.throttle.unknown-user", p.login, limited, disrupts),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) {
			nobody := p.nobody()
			l.Wrong = func(int) family.Attempt { return p.wrongAttempt(nobody) }
			kit.Reach(ctx, l)
		})
	limits("holds on the log-in by code too",
		clause.Must("onlyoffice.throttle.by-code", p.loginByCode, limited, disrupts),
		func(ctx context.Context, l family.Limit, who *identity.Identity) {
			kit.Reach(ctx, l)
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(who, "123456")), p.loginByCode, limited)
		})
	limits("holds on the sending of texts too",
		clause.Must("onlyoffice.throttle.send-sms", p.sendSMS, limited, disrupts),
		func(ctx context.Context, l family.Limit, who *identity.Identity) {
			kit.Reach(ctx, l)
			p.Expect(p.Do(ctx, p.Anonymous(), p.sendSMS, conform.Request{JSON: credentials(who)}), p.sendSMS, limited)
		})
	passwordLimitBypasses(p, kit, limits)
}

// passwordLimitBypasses varies what must not matter to the counter.
func passwordLimitBypasses(p *portal, kit family.LimitTest, limits func(string, clause.Clause, func(context.Context, family.Limit, *identity.Identity))) {
	bypass := func(text, id string, vary func(i int, who *identity.Identity, r conform.Request) conform.Request, options ...clause.Option) {
		options = append(options, clause.Disrupts(), spansSessions)
		limits(text, clause.Should("onlyoffice.throttle."+id, p.login, contract.Throttled, options...),
			func(ctx context.Context, l family.Limit, who *identity.Identity) {
				l.Wrong = func(i int) family.Attempt {
					attempt := p.wrongAttempt(who.Login)
					attempt.Request = vary(i, who, attempt.Request)
					return attempt
				}
				kit.Reach(ctx, l)
			})
	}
	bypass("counts on whatever the case of the e-mail address", "email-case",
		func(i int, who *identity.Identity, r conform.Request) conform.Request {
			if i%2 == 1 {
				return r.With("userName", strings.ToUpper(who.Login))
			}
			return r
		})
	bypass("counts on whatever connection an attempt comes over", "new-connection",
		func(_ int, _ *identity.Identity, r conform.Request) conform.Request {
			return r.WithHeader("Connection", "close")
		})
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP"} {
		bypass("counts on whatever address the client claims in "+header, "claimed-address-"+strings.ToLower(header),
			func(i int, _ *identity.Identity, r conform.Request) conform.Request {
				value := "198.51.100." + string(rune('1'+i%9))
				if header == "Forwarded" {
					value = "for=" + value
				}
				return r.WithHeader(header, value)
			})
	}
	bypass("counts on whatever address the client claims in the query", "claimed-address-query",
		func(i int, _ *identity.Identity, r conform.Request) conform.Request {
			r.Query = query("request-x-real-ip", "198.51.100."+string(rune('1'+i%9)))
			return r
		}, clause.Only(documented))
	limits("counts on through requests that have nothing to do with the log-in",
		clause.Should("onlyoffice.throttle.other-requests", p.login, contract.Throttled, clause.Disrupts(), spansSessions),
		func(ctx context.Context, l family.Limit, who *identity.Identity) {
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				p.Require("ask for the capabilities", p.Do(ctx, p.Anonymous(), p.capabilities, conform.Request{}), p.capabilities, contract.OK)
				return wrong(i)
			}
			kit.Reach(ctx, l)
		})
	limits("counts attempts made at the same time",
		clause.Should("onlyoffice.throttle.parallel", p.login, contract.Throttled, clause.Disrupts(), spansSessions),
		func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.Burst(ctx, l) })
}

// codeLimit fills the limit of the second step.
func codeLimit(p *portal) {
	kit := family.LimitTest{S: p.Context}
	It("refuses more wrong codes than the settings allow within a minute",
		clause.Must("onlyoffice.throttle.codes", p.loginByCode, contract.SecondFactorThrottled, clause.Disrupts()),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			l := p.codeLimitOf(ctx, e)
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			kit.Ends(ctx, l, l.Block+time.Second)
		})
	It("refuses more wrong codes on the confirmation of a log-in too",
		clause.Must("onlyoffice.throttle.codes-validate", p.validateCode, contract.Throttled, clause.Disrupts()),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			l := p.codeLimitOf(ctx, e)
			holder := p.holder(e.who, p.stepLink(p.passwordOnly(ctx, e)))
			wrong := e.codes.Wrong(window)
			l.Operation, l.Refused, l.Limited = p.validateCode, contract.SecondFactorWrong, contract.Throttled
			l.Wrong = func(int) family.Attempt {
				return family.Attempt{By: holder, Request: conform.Request{JSON: conform.Object{"code": wrong}}}
			}
			kit.Reach(ctx, l)
			p.Wait(ctx, l.Block+time.Second, "the limit has to end before others use the identity")
		})
	It("counts wrong codes on through new first steps",
		clause.Should("onlyoffice.throttle.codes-new-session", p.loginByCode, contract.SecondFactorThrottled, clause.Disrupts(), spansSessions),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			l := p.codeLimitOf(ctx, e)
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				p.Require("take a new first step", p.passwordOnly(ctx, e), p.login, contract.SecondFactorRequired)
				return wrong(i)
			}
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			p.Wait(ctx, l.Block+time.Second, "the limit has to end before others use the identity")
		})
}

// mailLimit fills the limit that the documents give the password mail: five in a
// minute. The released server ships with it off, and then claims none.
func mailLimit(p *portal) {
	It("refuses more than five password mails in a minute",
		clause.Must("onlyoffice.throttle.password-mail", p.sendPassword, contract.Throttled, clause.Disrupts(), clause.Only(documented)),
		func(ctx SpecContext) {
			who := p.Lease(user)
			send := func(int) family.Attempt {
				return family.Attempt{By: p.Anonymous(), Request: p.passwordMail(who.Login)}
			}
			l := family.Limit{
				Operation: p.sendPassword, Attempts: mailsPerMinute, Block: time.Minute,
				Wrong: send, Refused: contract.OK, Limited: contract.Throttled,
				Right: func() family.Attempt { return send(0) },
			}
			kit := family.LimitTest{S: p.Context}
			kit.RetryAfter(kit.Reach(ctx, l), l)
			kit.Ends(ctx, l, l.Block+time.Second)
		})
}

// mailsPerMinute is the documents' "5 per minute to collect passwords".
const mailsPerMinute = 5

// passwordLimitOf reads how many attempts the portal allows an identity and how
// long it blocks.
func (p *portal) passwordLimitOf(ctx context.Context, who *identity.Identity) family.Limit {
	GinkgoHelper()
	attempts, block := p.limitSettings(ctx)
	return family.Limit{
		Operation: p.login, Attempts: attempts, Block: block,
		Wrong: func(int) family.Attempt { return p.wrongAttempt(who.Login) },
		Right: func() family.Attempt {
			return family.Attempt{By: p.Anonymous(), Request: conform.Request{JSON: credentials(who)}}
		},
		Refused: contract.BadCredentials, Limited: contract.Throttled,
	}
}

// codeLimitOf is the limit of wrong codes: as many attempts as for passwords,
// within one minute, whatever the block time.
func (p *portal) codeLimitOf(ctx context.Context, e *enrolled) family.Limit {
	GinkgoHelper()
	attempts, _ := p.limitSettings(ctx)
	wrong := e.codes.Wrong(window)
	return family.Limit{
		Operation: p.loginByCode, Attempts: attempts, Block: time.Minute,
		Wrong: func(int) family.Attempt { return family.Attempt{By: p.Anonymous(), Request: byCode(e.who, wrong)} },
		Right: func() family.Attempt {
			return family.Attempt{By: p.Anonymous(), Request: byCode(e.who, e.takeBackup())}
		},
		Refused: contract.SecondFactorWrong, Limited: contract.SecondFactorThrottled,
	}
}

func (p *portal) wrongAttempt(login string) family.Attempt {
	return family.Attempt{By: p.Anonymous(), Request: conform.Request{JSON: conform.Object{"userName": login, "password": "wrong-Password-1"}}}
}

// limitSettings reads attemptCount and blockTime, which the released server
// takes for seconds.
func (p *portal) limitSettings(ctx context.Context) (attempts int, block time.Duration) {
	GinkgoHelper()
	_, me := p.signedIn(ctx, admin)
	call := p.Do(ctx, me, p.loginSettings, conform.Request{})
	p.Require("read the log-in settings", call, p.loginSettings, contract.OK)
	settings := value.At(value.Of(call), "response")
	return value.Number(settings, "attemptCount"), time.Duration(value.Number(settings, "blockTime")) * time.Second
}
