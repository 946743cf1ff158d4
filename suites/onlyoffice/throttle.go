package onlyoffice

import (
	"context"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/target"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// mailsPerMinute is the documents' "5 per minute to collect passwords".
const mailsPerMinute = 5

// passwordLimit is about the limit of the password step. What looks at a full limit
// follows upon what filled it, on the same identity.
func passwordLimit(p *client.Client) {
	Describe("limit of passwords", Ordered, ContinueOnFailure, func() { passwordLimitEpisode(p) })
	passwordLimitEnds(p)
	passwordLimitsOfOwn(p)
}

// look is at the limit of an identity.
type look = func(context.Context, family.Limit, *identity.Identity)

// onLimit looks at the limit of an identity that lease takes.
func onLimit(p *client.Client, lease func(string) *identity.Identity) func(SpecContext, look) {
	return func(ctx SpecContext, run look) {
		who := lease(client.User)
		run(ctx, limitOfOwn(ctx, p, who), who)
	}
}

func passwordLimitEpisode(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	op, limited, disrupts := p.Login, contract.Throttled, clause.Fills()
	conform.Table(onLimit(p, p.Lease), []conform.Row[look]{
		{Text: "POST /authentication limits the attempt that follows as many wrong passwords as the settings allow",
			Clause: clause.Must("onlyoffice.throttle.reached", op, limited, disrupts),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { test.Reach(ctx, l) }},
	})
	conform.Table(onLimit(p, p.LeaseFull), []conform.Row[look]{
		{Text: "POST /authentication rejects the right password while the rate limit holds",
			Clause: clause.Must("onlyoffice.throttle.right-password", op, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				test.Reach(ctx, l)
				test.HoldsBackTheRight(ctx, l)
			}},
		{Text: "POST /authentication lets no cache store the refusal of the rate limit",
			Clause: clause.Should("onlyoffice.throttle.not-storable", op, limited, disrupts, clause.Only(client.Documented),
				clause.From(contract.Standard, "RFC 6585 section 4")),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) { test.NotStorable(test.Reach(ctx, l)) }},
		{Text: "POST /authentication accepts the password of another user while one user is locked out",
			Clause: clause.Must("onlyoffice.throttle.others", op, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				test.Reach(ctx, l)
				test.Works(ctx, l, family.Attempt{By: p.Anonymous(), Request: client.Credentials(p.Lease(client.User))})
			}},
		{Text: "POST /authentication/{code} is rate-limited for a user whose wrong passwords reached the limit",
			Clause: clause.Must("onlyoffice.throttle.by-code", p.LoginByCode, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, who *identity.Identity) {
				if !p.Has(p.Login) {
					l.Operation = p.LoginByCode
					l.Wrong = func(int) family.Attempt {
						return family.Attempt{By: p.Anonymous(), Request: client.ByCode(who, "123456").With("password", client.WrongPassword)}
					}
				}
				test.Reach(ctx, l)
				p.DoExpect(ctx, p.Anonymous(), p.LoginByCode, client.ByCode(who, "123456"), limited)
			}},
		{Text: "POST /authentication/sendsms is rate-limited for a user whose wrong passwords reached the limit",
			Clause: clause.Must("onlyoffice.throttle.send-sms", p.SendSMS, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, who *identity.Identity) {
				test.Reach(ctx, l)
				p.DoExpect(ctx, p.Anonymous(), p.SendSMS, client.Credentials(who), limited)
			}},
	})
}

// passwordLimitEnds waits for the end of a limit, which an earlier spec may have filled. What
// waits does so beside others.
func passwordLimitEnds(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	op, limited, disrupts := p.Login, contract.Throttled, clause.Fills()
	conform.Table(onLimit(p, p.LeaseFull), []conform.Row[look]{
		{Text: "POST /authentication names in Retry-After when the lockout ends and accepts the right password then",
			Clause: clause.Must("onlyoffice.throttle.retry-after", op, limited, disrupts, clause.Only(client.Documented)),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				test.Ends(ctx, l, test.RetryAfter(test.Reach(ctx, l), l))
			}},
		{Text: "POST /authentication accepts the right password once the lockout is over",
			Clause: clause.Must("onlyoffice.throttle.ends", op, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				test.Reach(ctx, l)
				test.Ends(ctx, l, l.Block+time.Second)
			}},
	})
}

// passwordLimitsOfOwn are specs that fill a limit each.
func passwordLimitsOfOwn(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	op, limited, disrupts := p.Login, contract.Throttled, clause.Fills()
	conform.Table(onLimit(p, p.Lease), []conform.Row[look]{
		{Text: "POST /authentication limits log-ins with an unknown user name like those of a user",
			Clause: clause.Must("onlyoffice.throttle.unknown-user", op, limited, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				nobody := p.Nobody()
				l.Who, l.Wrong = nil, func(int) family.Attempt { return wrongAttempt(p, nobody) }
				test.Reach(ctx, l)
			}},
		{Text: "POST /authentication counts wrong passwords whatever else differs between the attempts",
			Clause: clause.Should("onlyoffice.throttle.whatever-varies", op, limited, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { test.WhateverVaries(ctx, l) }},
		{Text: "POST /authentication applies its rate limit up to its end, and to the right password in the same words",
			Clause: clause.Should("onlyoffice.throttle.lasts", op, limited, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { test.LastsToItsEnd(ctx, l) }},
		{Text: "POST /authentication counts wrong passwords that arrive at the same time",
			Clause: clause.Should("onlyoffice.throttle.parallel", op, limited, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { test.Burst(ctx, l) }},
		{Text: "POST /authentication counts wrong passwords to the end of the declared window",
			Clause: clause.Should("onlyoffice.throttle.window", op, limited, disrupts, spansSessions),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				test.CountsToTheEndOfItsWindow(ctx, l)
			}},
		{Text: "POST /authentication limits the wrong passwords of a user whatever others send meanwhile",
			Clause: clause.Should("onlyoffice.throttle.whoever-else", op, limited, disrupts, spansSessions),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				other := l
				other.Who, other.Wrong = nil, func(int) family.Attempt { return wrongAttempt(p, p.Nobody()) }
				test.WhateverOthersDo(ctx, l, other, func() {
					third := p.Lease(client.User)
					p.Require("log in as another user", p.LogIn(ctx, third), p.Login, contract.OK)
				})
			}},
		{Text: "POST /authentication accepts the right password with a right captcha answer while the rate limit holds",
			Clause: clause.Should("onlyoffice.throttle.captcha-passes", op, contract.OK, disrupts, clause.Needs("captcha"),
				clause.Only(client.Release37), clause.From(contract.Observed, "onlyoffice#3.1-captcha")),
			Given: func(ctx context.Context, l family.Limit, who *identity.Identity) {
				test.Reach(ctx, l)
				solved := client.Credentials(who).With("recaptchaResponse", p.Target().Captcha.Response)
				p.DoExpect(ctx, p.Anonymous(), op, solved, contract.OK)
			}},
	})
}

// spansSessions is the authority for a counter that nothing but success resets.
var spansSessions = clause.From(contract.Standard,
	"RFC 4226 section 7.3; checks#R10; checks#R11; checks#R12; checks#R13; checks#R14; checks#R15; checks#R16; checks#R17")

// variation changes what must not matter to the counter: the i-th wrong attempt
// of an identity.
type variation = func(ctx context.Context, i int, who *identity.Identity, r conform.Request) conform.Request

func passwordLimitBypasses(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	op, limited, disrupts := p.Login, contract.Throttled, clause.Fills()
	conform.Table(func(ctx SpecContext, vary variation) {
		who := p.Lease(client.User)
		l := limitOfOwn(ctx, p, who)
		l.Wrong = func(i int) family.Attempt {
			attempt := wrongAttempt(p, who.Login)
			attempt.Request = vary(ctx, i, who, attempt.Request)
			return attempt
		}
		test.Reach(ctx, l)
	}, []conform.Row[variation]{
		{Text: "POST /authentication counts wrong passwords whatever the case of the e-mail address",
			Clause: clause.Should("onlyoffice.throttle.email-case", op, limited, disrupts, spansSessions),
			Given: func(_ context.Context, i int, who *identity.Identity, r conform.Request) conform.Request {
				if i%2 == 1 {
					return r.With("userName", strings.ToUpper(who.Login))
				}
				return r
			}},
		{Text: "POST /authentication counts wrong passwords across connections",
			Clause: clause.Should("onlyoffice.throttle.new-connection", op, limited, disrupts, spansSessions),
			Given: func(_ context.Context, _ int, _ *identity.Identity, r conform.Request) conform.Request {
				return r.WithHeader("Connection", "close")
			}},
		{Text: "POST /authentication counts wrong passwords whatever address X-Forwarded-For claims",
			Clause: clause.Should("onlyoffice.throttle.claimed-address-x-forwarded-for", op, limited, disrupts, spansSessions),
			Given:  claimedIn("X-Forwarded-For", "")},
		{Text: "POST /authentication counts wrong passwords whatever address X-Real-IP claims",
			Clause: clause.Should("onlyoffice.throttle.claimed-address-x-real-ip", op, limited, disrupts, spansSessions),
			Given:  claimedIn("X-Real-IP", "")},
		{Text: "POST /authentication counts wrong passwords whatever address Forwarded claims",
			Clause: clause.Should("onlyoffice.throttle.claimed-address-forwarded", op, limited, disrupts, spansSessions),
			Given:  claimedIn("Forwarded", "for=")},
		{Text: "POST /authentication counts wrong passwords whatever address True-Client-IP claims",
			Clause: clause.Should("onlyoffice.throttle.claimed-address-true-client-ip", op, limited, disrupts, spansSessions),
			Given:  claimedIn("True-Client-IP", "")},
		{Text: "POST /authentication counts wrong passwords whatever address the query claims",
			Clause: clause.Should("onlyoffice.throttle.claimed-address-query", op, limited, disrupts, spansSessions,
				clause.Only(client.Documented)),
			Given: func(_ context.Context, i int, _ *identity.Identity, r conform.Request) conform.Request {
				r.Query = client.Query("request-x-real-ip", claimedAddress(i)).Query
				return r
			}},
		{Text: "POST /authentication counts wrong passwords across requests to another operation",
			Clause: clause.Should("onlyoffice.throttle.other-requests", op, limited, disrupts, spansSessions),
			Given: func(ctx context.Context, _ int, _ *identity.Identity, r conform.Request) conform.Request {
				p.DoRequire(ctx, "ask for the capabilities", p.Anonymous(), p.Capabilities, client.NoBody, contract.OK)
				return r
			}},
	})
}

// claimedIn claims another address for each attempt in a header field.
func claimedIn(header, prefix string) variation {
	return func(_ context.Context, i int, _ *identity.Identity, r conform.Request) conform.Request {
		return r.WithHeader(header, prefix+claimedAddress(i))
	}
}

// claimedAddress is one that no host has (RFC 5737).
func claimedAddress(i int) string { return "198.51.100." + string(rune('1'+i%9)) }

// codeLimit fills the limit of the second step.
func codeLimit(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	disrupts := clause.Fills()
	It("POST /authentication/{code} limits more wrong codes in a minute than the settings allow and recovers after it",
		clause.Must("onlyoffice.throttle.codes", p.LoginByCode, contract.SecondFactorThrottled, disrupts), func(ctx SpecContext) {
			l := codeLimitOf(ctx, p, p.WithApp(ctx))
			test.Reach(ctx, l)
			test.HoldsBackTheRight(ctx, l)
			test.Ends(ctx, l, l.Block+time.Second)
		})
	It("POST /authentication/{code} takes no earlier wrong code back for a right one",
		clause.Should("onlyoffice.throttle.codes-success", p.LoginByCode, contract.SecondFactorThrottled, disrupts, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#3.2-success")), func(ctx SpecContext) {
			l := codeLimitOf(ctx, p, p.WithApp(ctx))
			test.Guess(ctx, l, l.Attempts-1)
			test.Works(ctx, l, l.Right())
			test.Guess(ctx, l, 1)
			test.HoldsBackTheRight(ctx, l)
		})
	It("POST /authentication/{code} counts wrong codes whatever address X-Forwarded-For claims",
		clause.Should("onlyoffice.throttle.codes-claimed-address", p.LoginByCode, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			l := codeLimitOf(ctx, p, p.WithApp(ctx))
			wrong, claim := l.Wrong, claimedIn("X-Forwarded-For", "")
			l.Wrong = func(i int) family.Attempt {
				attempt := wrong(i)
				attempt.Request = claim(ctx, i, nil, attempt.Request)
				return attempt
			}
			test.Reach(ctx, l)
		})
	It("POST /authentication/{code} counts wrong codes whatever else differs between the requests",
		clause.Should("onlyoffice.throttle.codes-whatever-varies", p.LoginByCode, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			l := codeLimitOf(ctx, p, p.WithApp(ctx))
			test.WhateverVaries(ctx, l)
		})
	It("POST /settings/tfaapp/validate limits more wrong codes than the settings allow",
		clause.Must("onlyoffice.throttle.codes-validate", p.ValidateCode, contract.Throttled, disrupts), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			l := codeLimitOf(ctx, p, e)
			attempt := family.Attempt{By: p.SecondStep(ctx, e), Request: client.Code(e.Codes.Wrong(client.Window))}
			l.Operation, l.Refused, l.Limited = p.ValidateCode, contract.SecondFactorWrong, contract.Throttled
			l.Wrong = func(int) family.Attempt { return attempt }
			test.Reach(ctx, l)
		})
	It("POST /settings/tfaapp/validate rejects the right code of a user whose wrong ones reached the limit of POST /authentication/{code}",
		clause.Should("onlyoffice.throttle.codes-together", p.ValidateCode, contract.Throttled, disrupts, spansSessions), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			l, link := codeLimitOf(ctx, p, e), p.SecondStep(ctx, e)
			test.Reach(ctx, l)
			p.DoExpect(ctx, link, p.ValidateCode, client.Code(e.Right(ctx)), contract.Throttled)
		})
	It("POST /authentication/{code} counts wrong codes across first steps, and whatever right codes others send meanwhile",
		clause.Should("onlyoffice.throttle.codes-new-session", p.LoginByCode, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			p.Only(p.Login)
			e, other := p.WithApp(ctx), p.WithApp(ctx)
			l := codeLimitOf(ctx, p, e)
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				if i == l.Attempts-1 {
					p.Require("log in as another user", p.SendCode(ctx, other, other.TakeBackup()), p.LoginByCode, contract.OK)
				}
				p.Require("take a new first step", p.LogIn(ctx, e.Who), p.Login, contract.SecondFactorRequired)
				return wrong(i)
			}
			test.Reach(ctx, l)
			test.HoldsBackTheRight(ctx, l)
		})
}

// mailLimit fills the limit that the documents give the password mail. The
// released server ships with it off, and then claims none.
func mailLimit(p *client.Client) {
	test := family.LimitTest{S: p.Context}
	It("POST /people/password limits the sixth mail in a minute, names in Retry-After when to return, and recovers after the minute",
		clause.Must("onlyoffice.throttle.password-mail", p.SendPassword, contract.Throttled, clause.Fills(),
			clause.Only(client.Documented)), func(ctx SpecContext) {
			attempt := family.Attempt{By: p.Anonymous(), Request: p.PasswordMail(p.Lease(client.User).Login)}
			l := family.Limit{
				Operation: p.SendPassword, Attempts: mailsPerMinute, Block: time.Minute, Setting: "the portal's own limit of mails",
				Wrong: func(int) family.Attempt { return attempt }, Refused: contract.OK, Limited: contract.Throttled,
				Right: func() family.Attempt { return attempt },
			}
			test.RetryAfter(test.Reach(ctx, l), l)
			test.Ends(ctx, l, l.Block+time.Second)
		})
	It("POST /people/password limits the mails to an address whatever case it is written in and whatever else differs between the requests",
		clause.Should("onlyoffice.throttle.password-mail-whatever-varies", p.SendPassword, contract.Throttled, clause.Fills(),
			clause.Only(client.Documented), spansSessions), func(ctx SpecContext) {
			login := p.Lease(client.User).Login
			attempt := func(i int) family.Attempt {
				if i%2 == 1 {
					return family.Attempt{By: p.Anonymous(), Request: p.PasswordMail(strings.ToUpper(login))}
				}
				return family.Attempt{By: p.Anonymous(), Request: p.PasswordMail(login)}
			}
			l := family.Limit{
				Operation: p.SendPassword, Attempts: mailsPerMinute, Block: time.Minute, Setting: "the portal's own limit of mails",
				Wrong: attempt, Refused: contract.OK, Limited: contract.Throttled, Right: func() family.Attempt { return attempt(0) },
			}
			l.Vary(family.Unlike())
			test.Reach(ctx, l)
		})
}

// limitOfOwn is the limit of wrong passwords of an identity, as the portal's
// settings have it. The identity rests afterwards.
func limitOfOwn(ctx context.Context, p *client.Client, who *identity.Identity) family.Limit {
	GinkgoHelper()
	l := declaredOr(ctx, p, p.Target().Limits.Password, "password")
	l.Operation, l.Who, l.Refused, l.Limited = p.Login, who, contract.BadCredentials, contract.Throttled
	l.Wrong = func(int) family.Attempt { return wrongAttempt(p, who.Login) }
	l.Right = func() family.Attempt { return family.Attempt{By: p.Anonymous(), Request: client.Credentials(who)} }
	return l
}

// declaredOr is what the portal's settings say to an administrator, or else a limit
// of the target file.
func declaredOr(ctx context.Context, p *client.Client, declared *target.Limit, name string) family.Limit {
	GinkgoHelper()
	admin := slices.ContainsFunc(p.Target().Identities, func(i target.Identity) bool { return slices.Contains(i.Roles, client.Admin) })
	if declared != nil && (!admin || !p.Has(p.LoginSettings)) {
		return family.Limit{
			Attempts: declared.Attempts, Window: declared.Window, Block: max(declared.Window, declared.Block),
			Setting: "limits." + name + " of the target file",
		}
	}
	attempts, block := p.LimitSettings(ctx)
	return family.Limit{Attempts: attempts, Block: block, Setting: "the portal's log-in settings"}
}

// codeLimitOf is the limit of wrong codes: as many attempts as for passwords,
// within one minute, whatever the block time.
func codeLimitOf(ctx context.Context, p *client.Client, e *client.Enrolled) family.Limit {
	GinkgoHelper()
	l := declaredOr(ctx, p, p.Target().Limits.SecondFactor, "second-factor")
	if p.Has(p.LoginSettings) {
		l.Window, l.Block = time.Minute, time.Minute
	}
	sends := func(code string) family.Attempt {
		return family.Attempt{By: p.Anonymous(), Request: client.ByCode(e.Who, code)}
	}
	wrong := sends(e.Codes.Wrong(client.Window))
	l.Operation, l.Refused, l.Limited = p.LoginByCode, contract.SecondFactorWrong, contract.SecondFactorThrottled
	l.Wrong = func(int) family.Attempt { return wrong }
	l.Right = func() family.Attempt { return sends(e.Right(ctx)) }
	return l
}

func wrongAttempt(p *client.Client, login string) family.Attempt {
	return family.Attempt{By: p.Anonymous(), Request: client.Password(login, client.WrongPassword)}
}
