package alphapoint

import (
	"context"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/target"
	"authconform/suites/family"
)

// spansSessions is the authority for a counter that nothing but success resets.
var spansSessions = clause.From(contract.Standard, "RFC 4226 section 7.3; facts/auth-checks.md R10-R17")

// tooMany is how the platform says that there were too many calls: as plain text.
var tooMany = regexp.MustCompile(`(?i)too many requests`)

// throttling fills the declared limits. KIIEX documents none: all of it is SHOULD,
// from RFC 6585 and RFC 4226.
func (v *Venue) throttling() {
	Describe("too many wrong log-ins", func() { v.loginLimit() })
	Describe("too many wrong codes", func() { v.codeLimit() })
}

type limitSpec func(context.Context, family.LimitTest, family.Limit, *identity.Identity)

func (v *Venue) loginLimit() {
	kit := family.LimitTest{S: v.Context}
	limits := func(text, slug string, run limitSpec, options ...clause.Option) {
		It(text, v.promise("throttle."+slug, v.login, contract.Throttled, append(options, clause.Disrupts())...), func(ctx SpecContext) {
			who := v.lease(user)
			l := v.loginLimitOf(who)
			DeferCleanup(func(ctx SpecContext) {
				v.Wait(ctx, l.Block+time.Second, "the block has to end before others use the identity")
				v.clear(ctx, l)
			})
			run(ctx, kit, l, who)
		})
	}
	limits("answers as many wrong log-ins as declared, and refuses the next attempt", "reached",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			limited := kit.Reach(ctx, l)
			v.Holds("the refusal lets nobody in", leak(limited) == "", "it carries "+leak(limited))
		})
	limits("refuses the right credentials too while the limit holds", "right-credentials",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
		})
	limits("lets the right credentials in once the block is over", "ends",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			kit.Ends(ctx, l, l.Block+time.Second)
		})
	limits("lets no cache keep the refusal", "not-storable",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			kit.NotStorable(kit.Reach(ctx, l))
		},
		clause.From(contract.Standard, "RFC 6585 section 4"))
	limits("leaves other users alone", "others",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			kit.Reach(ctx, l)
			other := v.lease(user)
			kit.Works(ctx, l, family.Attempt{By: v.caller(other), Request: v.signed(other)})
		})
	limits("says in plain text that there were too many", "plain-text",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			v.Holds("the text says so", tooMany.Match(kit.Reach(ctx, l).Body), "it does not")
		}, clause.Only(platform))
	limits("counts attempts made at the same time", "parallel",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
			kit.Burst(ctx, l)
		}, spansSessions)
	limits("counts wrong passwords on whatever the case of the user name", "user-name-case",
		func(ctx context.Context, kit family.LimitTest, l family.Limit, who *identity.Identity) {
			l.Wrong = func(i int) family.Attempt {
				request := password(who).With("Password", "wrong-Password-1")
				if i%2 == 1 {
					request = request.With("UserName", strings.ToUpper(who.Login))
				}
				return family.Attempt{By: v.caller(who), Request: request}
			}
			kit.Reach(ctx, l)
		}, spansSessions)
	for _, header := range []string{"X-Forwarded-For", "X-Real-IP"} {
		limits("counts on whatever address the client claims in "+header, "claimed-address-"+strings.ToLower(header),
			func(ctx context.Context, kit family.LimitTest, l family.Limit, _ *identity.Identity) {
				wrong := l.Wrong
				l.Wrong = func(i int) family.Attempt {
					a := wrong(i)
					a.Request = a.Request.WithHeader(header, "198.51.100."+string(rune('1'+i%9)))
					return a
				}
				kit.Reach(ctx, l)
			}, spansSessions)
	}
}

func (v *Venue) codeLimit() {
	kit := family.LimitTest{S: v.Context}
	It("refuses more wrong codes than declared, and then the right one, until the block is over",
		v.promise("throttle.codes", v.second, contract.SecondFactorThrottled, clause.Disrupts()),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			l := v.codeLimitOf(ctx, p)
			kit.Reach(ctx, l)
			kit.HoldsBackTheRight(ctx, l)
			v.Wait(ctx, l.Block+time.Second, "the limit has to end")
			v.again(ctx, p)
			kit.Works(ctx, l, l.Right())
		})
	It("counts wrong codes on through new first steps",
		v.promise("throttle.codes-new-login", v.second, contract.SecondFactorThrottled, clause.Disrupts(), spansSessions),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			l := v.codeLimitOf(ctx, p)
			wrong := l.Wrong
			l.Wrong = func(i int) family.Attempt {
				v.again(ctx, p)
				return wrong(i)
			}
			kit.Reach(ctx, l)
			v.Wait(ctx, l.Block+time.Second, "the limit has to end before others use the identity")
		})
	if v.validate != nil {
		It("refuses more wrong codes than declared in wrappers too",
			v.promise("throttle.codes-wrapped", v.guarded, contract.SecondFactorThrottled, clause.Disrupts()),
			func(ctx SpecContext) {
				p, me := v.bothSteps(ctx)
				l := v.codeLimitOf(ctx, p)
				name := v.requiredNames(ctx, me)[0]
				l.Operation = v.guarded
				l.Wrong = func(int) family.Attempt {
					return family.Attempt{By: me, Request: v.wrapped(name, p.codes.Wrong(window))}
				}
				kit.Reach(ctx, l)
				v.Wait(ctx, l.Block+time.Second, "the limit has to end before others use the identity")
			})
		It("refuses more wrong codes than declared on Validate2FA too",
			v.promise("throttle.codes-validate", v.validate, contract.SecondFactorThrottled, clause.Disrupts()),
			func(ctx SpecContext) {
				p, me := v.bothSteps(ctx)
				l := v.codeLimitOf(ctx, p)
				l.Operation = v.validate
				l.Wrong = func(int) family.Attempt {
					return family.Attempt{By: me, Request: v.validation2FA(p.codes.Wrong(window))}
				}
				kit.Reach(ctx, l)
				v.Wait(ctx, l.Block+time.Second, "the limit has to end before others use the identity")
			})
	}
}

// loginLimitOf is the declared limit of wrong log-ins; signatures fill it.
func (v *Venue) loginLimitOf(who *identity.Identity) family.Limit {
	GinkgoHelper()
	declared := v.declared(v.Target().Limits.Password, "password")
	return family.Limit{
		Operation: v.login, Attempts: declared.Attempts, Block: max(declared.Block, declared.Window),
		Wrong: func(int) family.Attempt {
			return family.Attempt{By: v.caller(who), Request: v.wrongly(who)}
		},
		Right:   func() family.Attempt { return family.Attempt{By: v.caller(who), Request: v.signed(who)} },
		Refused: contract.BadCredentials, Limited: contract.Throttled,
	}
}

func (v *Venue) codeLimitOf(ctx context.Context, p *pending) family.Limit {
	GinkgoHelper()
	declared := v.declared(v.Target().Limits.SecondFactor, "second-factor")
	return family.Limit{
		Operation: v.second, Attempts: declared.Attempts, Block: max(declared.Block, declared.Window),
		Wrong: func(int) family.Attempt {
			return family.Attempt{By: p.by, Request: withCode(p.codes.Wrong(window))}
		},
		Right:   func() family.Attempt { return family.Attempt{By: p.by, Request: withCode(v.Code(ctx, p.codes))} },
		Refused: contract.SecondFactorWrong, Limited: contract.SecondFactorThrottled,
	}
}

func (v *Venue) declared(limit *target.Limit, name string) target.Limit {
	GinkgoHelper()
	if limit == nil || limit.Attempts == 0 {
		v.Untestable("the target file declares no limits.%s, and KIIEX documents none", name)
	}
	return *limit
}
