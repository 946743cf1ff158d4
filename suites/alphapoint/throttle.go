package alphapoint

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// spansSessions is the authority for a counter that nothing but success resets.
var spansSessions = clause.From(contract.Standard,
	"RFC 4226 section 7.3; checks#R10; checks#R11; checks#R12; checks#R13; checks#R14; checks#R15; checks#R16; checks#R17")

// tooMany is how the platform says that there were too many calls: as plain text.
var tooMany = regexp.MustCompile(`(?i)too many requests`)

// limitCase reaches a limit; who is the account that it then holds for.
type limitCase = func(ctx context.Context, l family.Limit, who *identity.Identity)

// throttle fills the declared limits. KIIEX documents none: all of it is SHOULD,
// from RFC 6585 and RFC 4226.
func (v specs) throttle() {
	Describe("limit of log-ins", Ordered, ContinueOnFailure, v.throttleEpisode)
	v.throttleVariations()
	v.throttleCodes(family.LimitTest{S: v.Context})
}

// onLimit puts the limit of an account that lease takes to each case. Nobody waits for its
// end: the account rests.
func (v specs) onLimit(lease func(role string) *identity.Identity) func(SpecContext, limitCase) {
	return func(ctx SpecContext, run limitCase) {
		who := lease(client.User)
		run(ctx, v.loginLimit(who), who)
	}
}

// throttleEpisode is what a limit does while it is full. What looks at a full limit follows
// upon what filled it, on the same account.
func (v specs) throttleEpisode() {
	op, kit, disrupts := v.Login.Name(), family.LimitTest{S: v.Context}, clause.Fills()
	conform.Table(v.onLimit(v.Account), []conform.Row[limitCase]{
		{Text: op + " applies its rate limit to the first log-in after the declared number of wrong ones",
			Clause: clause.Graded(v.ID("throttle.reached"), v.Login, contract.Throttled, disrupts),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { v.GrantsNothing(kit.Reach(ctx, l)) }},
	})
	conform.Table(v.onLimit(v.AccountFull), []conform.Row[limitCase]{
		{Text: op + " rejects valid credentials while the rate limit holds",
			Clause: clause.Graded(v.ID("throttle.right-credentials"), v.Login, contract.Throttled, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				kit.Reach(ctx, l)
				kit.HoldsBackTheRight(ctx, l)
			}},
		{Text: op + " does not let caches store a rate-limited answer",
			Clause: clause.Should(v.ID("throttle.not-storable"), v.Login, contract.Throttled, disrupts,
				clause.From(contract.Standard, "RFC 6585 section 4")),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.NotStorable(kit.Reach(ctx, l)) }},
		{Text: op + ` says "too many requests" in the body of a rate-limited answer`,
			Clause: clause.Graded(v.ID("throttle.plain-text"), v.Login, contract.Throttled, disrupts, clause.Only(client.Platform)),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				v.Holds("the text says so", tooMany.Match(kit.Reach(ctx, l).Body), "it does not")
			}},
		{Text: op + " accepts another user while one is rate-limited",
			Clause: clause.Graded(v.ID("throttle.others"), v.Login, contract.Throttled, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				kit.Reach(ctx, l)
				other := v.Account(client.User)
				kit.Works(ctx, l, family.Attempt{By: v.Caller(other), Request: v.LoginRequest(other)})
			}},
		{Text: op + " accepts valid credentials once the rate limit has ended",
			Clause: clause.Graded(v.ID("throttle.ends"), v.Login, contract.Throttled, disrupts),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				kit.Reach(ctx, l)
				kit.Ends(ctx, l, l.Block+time.Second)
			}},
	})
}

// throttleVariations are what must not matter to the limit; each fills one.
func (v specs) throttleVariations() {
	op, kit, disrupts := v.Login.Name(), family.LimitTest{S: v.Context}, clause.Fills()
	rows := []conform.Row[limitCase]{
		{Text: op + " counts wrong log-ins whatever else differs between them, and holds back valid credentials more than once",
			Clause: clause.Should(v.ID("throttle.whatever-varies"), v.Login, contract.Throttled, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.WhateverVaries(ctx, l) }},
		{Text: op + " applies its rate limit up to its end, and to valid credentials in the same words",
			Clause: clause.Should(v.ID("throttle.lasts"), v.Login, contract.Throttled, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.LastsToItsEnd(ctx, l) }},
		{Text: op + " answers no more wrong log-ins of a burst as wrong than the rate limit allows",
			Clause: clause.Should(v.ID("throttle.parallel"), v.Login, contract.Throttled, disrupts, spansSessions),
			Given:  func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.Burst(ctx, l) }},
		{Text: op + " counts wrong passwords of a user name in lower and upper case together",
			Clause: clause.Should(v.ID("throttle.user-name-case"), v.Login, contract.Throttled, disrupts, spansSessions),
			Given: func(ctx context.Context, l family.Limit, who *identity.Identity) {
				l.Wrong = func(i int) family.Attempt {
					request := v.PasswordLogin(who).With("Password", client.WrongPassword)
					if i%2 == 1 {
						request = request.With("UserName", strings.ToUpper(who.Login))
					}
					return family.Attempt{By: v.Caller(who), Request: request}
				}
				l.Who = nil // passwords may have a limit of their own: the others look at that of signatures
				kit.Reach(ctx, l)
			}},
	}
	rows = append(rows, v.throttledWhatever(kit)...)
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP"} {
		rows = append(rows, conform.Row[limitCase]{
			Text: op + " counts wrong log-ins whatever address the client claims in " + header,
			Clause: clause.Should(v.ID("throttle.claimed-address-"+strings.ToLower(header)), v.Login, contract.Throttled,
				disrupts, spansSessions),
			Given: func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				wrong := l.Wrong
				l.Wrong = func(i int) family.Attempt {
					a := wrong(i)
					a.Request = a.Request.WithHeader(header, "198.51.100."+string(rune('1'+i%9)))
					return a
				}
				kit.Reach(ctx, l)
			},
		})
	}
	conform.Table(v.onLimit(v.Account), rows)
}

// throttledWhatever are limits of wrong log-ins that hold whatever a guesser changes in them,
// whenever they come, and whatever others do.
func (v specs) throttledWhatever(kit family.LimitTest) []conform.Row[limitCase] {
	op := v.Login.Name()
	row := func(slug, text string, given limitCase) conform.Row[limitCase] {
		return conform.Row[limitCase]{
			Text: op + " " + text, Clause: clause.Should(v.ID("throttle."+slug), v.Login, contract.Throttled, clause.Fills(), spansSessions),
			Given: given,
		}
	}
	return []conform.Row[limitCase]{
		row("window", "counts wrong log-ins to the end of the declared window",
			func(ctx context.Context, l family.Limit, _ *identity.Identity) { kit.CountsToTheEndOfItsWindow(ctx, l) }),
		row("whoever-else", "limits the wrong log-ins of a user whatever others send meanwhile",
			func(ctx context.Context, l family.Limit, _ *identity.Identity) {
				other, third := v.loginLimit(v.Account(client.User)), v.Account(client.User)
				kit.WhateverOthersDo(ctx, l, other, func() { v.SignIn(ctx, third) })
			}),
		row("each-password", "counts wrong log-ins of a user together whatever password each tries",
			func(ctx context.Context, l family.Limit, who *identity.Identity) {
				l.Wrong = func(i int) family.Attempt {
					return family.Attempt{By: v.Caller(who), Request: v.PasswordLogin(who).With("Password", client.WrongPassword+strconv.Itoa(i))}
				}
				l.Right = func() family.Attempt { return family.Attempt{By: v.Caller(who), Request: v.PasswordLogin(who)} }
				l.Who = nil // passwords may have a limit of their own: the others look at that of signatures
				kit.Reach(ctx, l)
				kit.HoldsBackTheRight(ctx, l)
			}),
		row("each-key", "counts wrong log-ins of a user id together whatever API key each names",
			func(ctx context.Context, l family.Limit, who *identity.Identity) {
				l.Wrong = func(i int) family.Attempt {
					key := strconv.Itoa(i) + strings.Repeat("0", max(0, len(who.APIKey)-1))
					return family.Attempt{By: v.Caller(who), Request: v.SignedLogin(who).With("APIKey", key)}
				}
				l.Right = func() family.Attempt { return family.Attempt{By: v.Caller(who), Request: v.SignedLogin(who)} }
				kit.Reach(ctx, l)
				kit.HoldsBackTheRight(ctx, l)
			}),
		row("unknown-user", "answers wrong log-ins of an unknown user as those of a known one, up to its rate limit and beyond",
			func(ctx context.Context, l family.Limit, who *identity.Identity) {
				nobody, by := v.UnknownLogin(), v.Account(client.User)
				for range l.Attempts + 1 {
					known, unknown := v.wrongPassword(ctx, who, who.Login), v.wrongPassword(ctx, by, nobody)
					family.ExpectSameWords(v.Context, known, unknown)
				}
			}),
	}
}

func (v specs) throttleCodes(kit family.LimitTest) {
	op, disrupts := v.SecondStep.Name(), clause.Fills()
	It(op+" rejects even a valid TOTP code after the declared number of wrong ones, until the rate limit has ended",
		clause.Graded(v.ID("throttle.codes"), v.SecondStep, contract.SecondFactorThrottled, disrupts),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			l := v.codeLimit(ctx, p)
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			v.Wait(ctx, l.Block+time.Second, "the limit has to end")
			v.TakeFirstStep(ctx, p)
			kit.Works(ctx, l, l.Right())
		})
	It(op+" counts wrong TOTP codes on through new first steps",
		clause.Should(v.ID("throttle.codes-new-login"), v.SecondStep, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			l := v.codeLimit(ctx, p)
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				v.TakeFirstStep(ctx, p)
				return wrong(i)
			}
			kit.Reach(ctx, l)
		})
	It(op+" counts wrong TOTP codes whatever else differs between the requests",
		clause.Should(v.ID("throttle.codes-whatever-varies"), v.SecondStep, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			l := v.codeLimit(ctx, v.FirstStep(ctx))
			l.Vary(claimingAddresses())
			kit.WhateverVaries(ctx, l)
		})
	if v.Validate == nil {
		return
	}
	It(op+" counts wrong TOTP codes together with those that "+v.Validate.Name()+" rejected",
		clause.Should(v.ID("throttle.codes-together"), v.SecondStep, contract.SecondFactorThrottled, disrupts, spansSessions),
		func(ctx SpecContext) {
			v.Only(v.Validate)
			p, session := v.BothSteps(ctx)
			l := v.codeLimit(ctx, p)
			validating := l
			validating.Operation = v.Validate
			validating.Wrong = func(int) family.Attempt { return family.Attempt{By: session, Request: client.Validation(p.Wrong())} }
			kit.Guess(ctx, validating, l.Attempts-1)
			v.TakeFirstStep(ctx, p)
			kit.Guess(ctx, l, 1)
			kit.HoldsBackTheRight(ctx, l)
		})
	It(v.Activate.Name()+" rejects even a valid TOTP code after the declared number of wrong ones",
		clause.Should(v.ID("throttle.codes-activate"), v.Activate, contract.SecondFactorWrong, disrupts, spansSessions),
		func(ctx SpecContext) { // how it is told is no part of the contract
			p, session := v.UnenrolledSession(ctx)
			l := v.codeLimit(ctx, p)
			for range l.Attempts {
				v.ExpectAnswer(ctx, session, v.Activate, client.WithCode(p.Wrong()), contract.SecondFactorWrong)
			}
			right := v.Do(ctx, session, v.Activate, client.WithCode(v.Code(ctx, p.Codes)))
			v.Holds("a right code is held back after "+l.Declared(), !v.Is(right, v.Activate, contract.OK), "it is accepted")
		})
	for _, row := range []conform.Row[func(ctx context.Context, session *conform.Actor) func(code string) conform.Request]{
		{Text: v.Guarded.Name() + " applies its rate limit to wrong TOTP codes",
			Clause: clause.Graded(v.ID("throttle.codes-wrapped"), v.Guarded, contract.SecondFactorThrottled, disrupts),
			Given: func(ctx context.Context, session *conform.Actor) func(string) conform.Request {
				name := v.RequiredNames(ctx, session)[0]
				return func(code string) conform.Request { return v.Wrapped(name, code) }
			}},
		{Text: v.Validate.Name() + " applies its rate limit to wrong TOTP codes",
			Clause: clause.Graded(v.ID("throttle.codes-validate"), v.Validate, contract.SecondFactorThrottled, disrupts),
			Given:  func(context.Context, *conform.Actor) func(string) conform.Request { return client.Validation }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			p, session := v.BothSteps(ctx)
			l, request := v.codeLimit(ctx, p), row.Given(ctx, session)
			l.Operation = row.Clause.Operation
			l.Wrong = func(int) family.Attempt { return family.Attempt{By: session, Request: request(p.Wrong())} }
			l.Right = func() family.Attempt { return family.Attempt{By: session, Request: request(v.Code(ctx, p.Codes))} }
			l.Vary(family.Unlike())
			l.Vary(claimingAddresses())
			kit.Reach(ctx, l)
		})
	}
}

// claimingAddresses has each attempt claim to come from another address.
func claimingAddresses() func(family.Attempt) family.Attempt {
	n := 0
	return func(a family.Attempt) family.Attempt {
		n++
		a.Request = a.Request.WithHeader("X-Forwarded-For", "198.51.100."+strconv.Itoa(n%250+1))
		return a
	}
}

// loginLimit is the declared limit of wrong log-ins; signatures fill it.
func (v specs) loginLimit(who *identity.Identity) family.Limit {
	GinkgoHelper()
	declared := v.DeclaredLimit(v.Target().Limits.Password, "password")
	return family.Limit{
		Operation: v.Login, Attempts: declared.Attempts, Window: declared.Window, Block: max(declared.Block, declared.Window),
		Setting: "limits.password of the target file",
		Wrong:   func(int) family.Attempt { return family.Attempt{By: v.Caller(who), Request: v.WrongLogin(who)} },
		Right:   func() family.Attempt { return family.Attempt{By: v.Caller(who), Request: v.LoginRequest(who)} },
		Refused: contract.BadCredentials, Limited: contract.Throttled, Who: who,
	}
}

// codeLimit is the declared limit of wrong codes.
func (v specs) codeLimit(ctx context.Context, p *client.Pending) family.Limit {
	GinkgoHelper()
	declared := v.DeclaredLimit(v.Target().Limits.SecondFactor, "second-factor")
	return family.Limit{
		Operation: v.SecondStep, Attempts: declared.Attempts, Window: declared.Window, Block: max(declared.Block, declared.Window),
		Setting: "limits.second-factor of the target file",
		Wrong:   func(int) family.Attempt { return family.Attempt{By: p.By, Request: client.WithCode(p.Wrong())} },
		Right:   func() family.Attempt { return family.Attempt{By: p.By, Request: client.WithCode(v.Code(ctx, p.Codes))} },
		Refused: contract.SecondFactorWrong, Limited: contract.SecondFactorThrottled,
	}
}
