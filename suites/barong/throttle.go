package barong

import (
	"context"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// spansSessions is the authority for a counter that nothing a client can choose
// gets past.
var spansSessions = clause.From(contract.Standard,
	"RFC 4226 section 7.3; checks#R10; checks#R11; checks#R12; checks#R13; checks#R14; checks#R15; checks#R16")

// throttling is about the limiter of release 3.1 (barong#1.9-3.x-limit; barong#1.9-3.x-counters
// requests in each minute of the clock, right or wrong, and no more. The older
// releases have none.
func throttling(p *api) {
	Describe("log-ins in a minute", func() {
		logInLimits(p)
		logInLimitBypasses(p)
	})
	Describe("password changes in a minute", func() { passwordChangeLimits(p) })
	Describe("requests about phones in a minute", func() { phoneLimits(p) })
	unlimited(p)
}

// filling is a spec that fills the limit of the log-ins to an account: at the
// beginning of a window, and so that whoever comes next finds an empty one.
func filling(p *api, text string, c clause.Clause, fill func(ctx context.Context, l family.Limit, a *client.Account)) {
	It(text, c, func(ctx SpecContext) {
		a := p.MemberAccount(ctx)
		if a.Pooled || a.Address == "" {
			DeferCleanup(func(ctx SpecContext) { p.FreshWindow(ctx) })
		}
		p.FreshWindow(ctx)
		fill(ctx, p.logInLimit(a), a)
	})
}

// logInLimit is the limit of one account's e-mail address: each attempt comes from
// another client's address, where the deployment knows them apart.
func (p *api) logInLimit(a *client.Account) family.Limit {
	wrong := p.Credentials(a, "").With("password", p.Secret("password", client.NewPassword()))
	return family.Limit{
		Operation: p.CreateSession, Attempts: client.InWindow, Block: client.Window, Setting: limitOfRelease,
		Wrong:   func(int) family.Attempt { return family.Attempt{By: p.Visitor(), Request: wrong} },
		Right:   func() family.Attempt { return family.Attempt{By: p.Visitor(), Request: p.Credentials(a, "")} },
		Refused: contract.BadCredentials, Limited: contract.Throttled,
	}
}

// limitOfRelease names what declares the limits of release 3.1.
const limitOfRelease = "the limiter of release 3.1"

// fromOneAddress makes a limit one of a client's address: each attempt is one to an
// e-mail address that nobody has.
func (p *api) fromOneAddress(l family.Limit, a *client.Account) family.Limit {
	wrong := l.Wrong
	l.Wrong = func(i int) family.Attempt {
		attempt := wrong(i)
		return family.Attempt{By: p.VisitorAt(a.Address), Request: attempt.Request.With("email", p.Nobody())}
	}
	l.Right = func() family.Attempt {
		return family.Attempt{By: p.VisitorAt(a.Address), Request: p.Credentials(a, "")}
	}
	return l
}

func logInLimits(p *api) {
	kit := family.LimitTest{S: p.Context}
	limited := contract.Throttled
	must := func(id string, options ...clause.Option) clause.Clause {
		return clause.Graded("barong.throttle."+id, p.CreateSession, limited, append(options, clause.Disrupts())...)
	}
	filling(p, "POST /identity/sessions accepts five attempts a minute for an e-mail address and rejects the sixth",
		must("email", clause.Needs(client.ClientAddress)),
		func(ctx context.Context, l family.Limit, _ *client.Account) { kit.Reach(ctx, l) })
	filling(p, "POST /identity/sessions accepts five attempts a minute from a client address and rejects the sixth", must("address"),
		func(ctx context.Context, l family.Limit, a *client.Account) { kit.Reach(ctx, p.fromOneAddress(l, a)) })
	filling(p, "POST /identity/sessions counts successful log-ins towards the limit", must("right-ones-count"),
		func(ctx context.Context, l family.Limit, _ *client.Account) {
			right := l.Right
			l.Wrong, l.Refused = func(int) family.Attempt { return right() }, contract.OK
			kit.Reach(ctx, l)
		})
	filling(p, "POST /identity/sessions rejects even the right password while the limit is reached", must("right-password"),
		func(ctx context.Context, l family.Limit, a *client.Account) {
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			kit.HoldsBackTheRight(ctx, p.fromOneAddress(l, a))
		})
	filling(p, "POST /identity/sessions opens no session while the limit is reached", must("no-session"),
		func(ctx context.Context, l family.Limit, a *client.Account) {
			kit.Reach(ctx, l)
			right := l.Right()
			call := p.Do(ctx, right.By, p.CreateSession, right.Request)
			p.Expect(call, p.CreateSession, limited)
			p.ExpectNoSession(ctx, a, call)
		})
	filling(p, "POST /identity/sessions accepts log-ins again in the next minute", must("ends"),
		func(ctx context.Context, l family.Limit, _ *client.Account) {
			kit.Reach(ctx, l)
			kit.Ends(ctx, l, l.Block)
		})
	filling(p, "POST /identity/sessions accepts other users from other addresses while a limit is reached",
		must("others", clause.Needs(client.ClientAddress)), func(ctx context.Context, l family.Limit, _ *client.Account) {
			other := p.MemberAccount(ctx)
			kit.Reach(ctx, l)
			kit.Works(ctx, l, family.Attempt{By: p.Visitor(), Request: p.Credentials(other, "")})
		})
	filling(p, "POST /identity/sessions counts attempts for an e-mail address that no account has",
		must("unknown-email", clause.Needs(client.ClientAddress)), func(ctx context.Context, l family.Limit, _ *client.Account) {
			wrong, nobody := l.Wrong, p.Nobody()
			l.Wrong = func(i int) family.Attempt {
				attempt := wrong(i)
				attempt.Request = attempt.Request.With("email", nobody)
				return attempt
			}
			kit.Reach(ctx, l)
		})
	filling(p, "POST /identity/sessions allows no cache to store a rejection of attempts over the limit", must("not-stored"),
		func(ctx context.Context, l family.Limit, _ *client.Account) { kit.NotStorable(kit.Reach(ctx, l)) })
}

// logInLimitBypasses varies what must not matter to the counters.
func logInLimitBypasses(p *api) {
	kit := family.LimitTest{S: p.Context}
	should := func(id string, options ...clause.Option) clause.Clause {
		return clause.Should("barong.throttle."+id, p.CreateSession, contract.Throttled, append(options, clause.Disrupts(), spansSessions)...)
	}
	filling(p, "POST /identity/sessions counts attempts that bring a TOTP code like those without",
		should("with-code"), func(ctx context.Context, l family.Limit, _ *client.Account) {
			l.Vary(func(a family.Attempt) family.Attempt {
				a.Request = a.Request.With("otp_code", p.AnyCode())
				return a
			})
			kit.Reach(ctx, l)
		})
	// The release takes blanks and capitals out of the address that it counts by.
	spelt := func(id, text string, spell func(i int, email string) string) {
		filling(p, text, clause.Graded("barong.throttle."+id, p.CreateSession, contract.Throttled, clause.Disrupts(),
			clause.Needs(client.ClientAddress)), func(ctx context.Context, l family.Limit, a *client.Account) {
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				attempt := wrong(i)
				attempt.Request = attempt.Request.With("email", spell(i, a.Login))
				return attempt
			}
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
		})
	}
	spelt("email-case", "POST /identity/sessions counts attempts whatever the case of the e-mail address", func(i int, email string) string {
		return strings.ToUpper(email[:i]) + email[i:]
	})
	spelt("email-blanks", "POST /identity/sessions counts attempts whatever blanks the e-mail address has", func(i int, email string) string {
		return email[:i] + strings.Repeat(" ", i) + email[i:] + strings.Repeat(" ", i%2)
	})
	for _, name := range []string{"X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"} {
		filling(p, "POST /identity/sessions counts attempts whatever address the client claims in "+name,
			should("claimed-"+strings.ToLower(name)), func(ctx context.Context, l family.Limit, a *client.Account) {
				if strings.EqualFold(name, p.Setting(client.AddressHeader)) {
					p.Untestable("the deployment believes %s", name)
				}
				one := p.fromOneAddress(l, a)
				wrong := one.Wrong
				one.Wrong = func(i int) family.Attempt {
					attempt := wrong(i)
					attempt.Request = attempt.Request.WithHeader(name, claimed(name, "192.0.2."+strconv.Itoa(i+1)))
					return attempt
				}
				kit.Reach(ctx, one)
			})
	}
	filling(p, "POST /identity/sessions counts attempts whatever else differs between them", should("whatever-varies"),
		func(ctx context.Context, l family.Limit, a *client.Account) {
			kit.WhateverVaries(ctx, p.fromOneAddress(l, a))
		})
	filling(p, "POST /identity/sessions counts attempts across connections", should("new-connection"),
		func(ctx context.Context, l family.Limit, a *client.Account) {
			one := p.fromOneAddress(l, a)
			wrong := one.Wrong
			one.Wrong = func(i int) family.Attempt {
				attempt := wrong(i)
				attempt.Request = attempt.Request.WithHeader("Connection", "close")
				return attempt
			}
			kit.Reach(ctx, one)
		})
	filling(p, "POST /identity/sessions counts attempts that arrive at the same time", should("parallel"),
		func(ctx context.Context, l family.Limit, _ *client.Account) {
			kit.Burst(ctx, l)
		})
}

// unlimited: the releases before 3.1 have no limiter.
func unlimited(p *api) {
	It("POST /identity/sessions answers twelve wrong passwords alike and then accepts the right password",
		clause.Graded("barong.throttle.none-claimed", p.CreateSession, contract.BadCredentials,
			clause.Only(client.Release26, client.Documented), clause.Disrupts()), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			for range 12 {
				wrong := p.Credentials(a, "").With("password", p.Secret("password", client.NewPassword()))
				p.Expect(p.TryLogIn(ctx, a, wrong), p.CreateSession, contract.BadCredentials)
			}
			p.Require("log in", p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, contract.OK)
		})
	It("POST /resource/otp/verify rejects twelve codes in a row as wrong and then accepts the right one",
		clause.Graded("barong.throttle.none-claimed-codes", p.VerifyOTP, contract.SecondFactorWrong,
			clause.Only(client.Release26, client.Documented), clause.Disrupts()), func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			for range 12 {
				p.Expect(p.Do(ctx, me.Actor, p.VerifyOTP, client.CodeBody(me.Account.Codes.Wrong(1))), p.VerifyOTP, contract.SecondFactorWrong)
			}
			p.Require("verify a right code",
				p.Do(ctx, me.Actor, p.VerifyOTP, client.CodeBody(p.Code(ctx, me.Account.Codes))), p.VerifyOTP, contract.OK)
		})
}
