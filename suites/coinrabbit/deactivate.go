package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

func deactivating(p *client.Client) subject {
	return subject{
		operation: p.Deactivate, effect: "keeps the second factor enabled", counts: true,
		ready: func(ctx context.Context) *trial {
			a := p.Enrolled(ctx)
			request, code := p.RightRequest(ctx, a, p.Deactivate)
			return &trial{Account: a, by: a.Me, request: request, code: code}
		},
		after: func(ctx context.Context, t *trial) { p.ExpectOn(ctx, t.Account, t.code) },
		clause: func(d deviation) clause.Clause {
			return clause.Should("coinrabbit.deactivate."+d.slug, p.Deactivate, d.outcome, d.grade)
		},
	}
}

func deactivate(p *client.Client) {
	deactivates(p)
	s := deactivating(p)
	rejectsEffect(p, s, append(wrongCodes(p, saysDisarm), mailedCode(p, s))...)
	resembling(p, s)
	malformed(p, s, "magic-code", "a placeholder in place of a TOTP code, a code cut short or made longer, or one with control characters",
		"I04", "I12", "I15")
	rejectsEffect(p, s, wrongVerifications(p, s, func(ctx context.Context, t *trial) {
		p.Require("use the token", p.Switch(ctx, t.Account, p.Deactivate, t.request), p.Deactivate, contract.OK)
		p.Enrol(ctx, t.Account)
		t.code = p.Code(ctx, t.Codes)
		t.request = t.request.With("code_2fa", t.code)
	})...)
	rejectsEffect(p, s, usedCodes(p)...)
	rejectsEffect(p, s, wrongHeaders(p, true)...)
	rejects(p, s, unchallenged(p), expiredVerification(p))
	deactivatesOnce(p)
}

func deactivates(p *client.Client) {
	op := p.Deactivate
	It("The deactivation disables the second factor for a valid TOTP code and a verification token",
		clause.Must("coinrabbit.deactivate.ok", op, contract.OK),
		func(ctx SpecContext) { p.Expect(p.SwitchByCode(ctx, p.Enrolled(ctx), p.Deactivate), op, contract.OK) })
	It("The deactivation leaves an account that can enrol a second factor again",
		clause.Must("coinrabbit.deactivate.takes-effect", op, contract.OK),
		func(ctx SpecContext) {
			a := p.Enrolled(ctx)
			p.Expect(p.SwitchByCode(ctx, a, p.Deactivate), op, contract.OK)
			created := p.TryCreate(ctx, a)
			p.Holds("a secret is created again", p.Is(created, p.CreateSecret, contract.OK), "none is: the factor seems to be on still")
			p.KeepSecret(a, created)
			again := p.SwitchByCode(ctx, a, p.Activate)
			p.Holds("it is switched on again", p.Is(again, p.Activate, contract.OK), "it is not: the factor seems to be on still")
		})
	It("The deactivation accepts a valid TOTP code after a wrong one",
		clause.Should("coinrabbit.deactivate.wrong-then-right", op, contract.OK, standard("checks#T16")),
		func(ctx SpecContext) { expectRightAfterWrong(ctx, p, p.Enrolled(ctx), op) })
	It("The deactivation accepts exactly one of four concurrent requests with the same code and verification token",
		clause.Should("coinrabbit.deactivate.parallel", op, contract.Unavailable,
			standard("OWASP ASVS 5.0.0 2.3.4; checks#T15; checks#F19")),
		func(ctx SpecContext) {
			a := p.Enrolled(ctx)
			request, _ := p.RightRequest(ctx, a, p.Deactivate)
			expectOnce(ctx, p, a.Me, op, request)
			a.On = false
		})
	It("The deactivation reveals neither the code nor any program internals when it rejects a wrong code",
		clause.Should("coinrabbit.deactivate.refusal-shows-nothing", op, contract.SecondFactorWrong,
			standard("OWASP ASVS 5.0.0 16.5.1; checks#P04")),
		func(ctx SpecContext) { expectSilentRejection(ctx, p, deactivating(p), "code_2fa") })
}

// usedCodes are codes that were good once (RFC 6238 section 5.2).
func usedCodes(p *client.Client) []deviation {
	replayed := func(slug, text string, between func(context.Context, *trial)) deviation {
		return deviation{slug: slug, text: text, outcome: contract.SecondFactorReplayed,
			rests: standardCode + "T10; checks#T12",
			apply: func(ctx context.Context, t *trial) {
				// Enrolled anew, so that the code used is known.
				p.Require("switch the factor off", p.Switch(ctx, t.Account, p.Deactivate, t.request), p.Deactivate, contract.OK)
				p.Create(ctx, t.Account)
				activation, used := p.RightRequest(ctx, t.Account, p.Activate)
				activated := p.Switch(ctx, t.Account, p.Activate, activation)
				p.Require("switch the factor on", activated, p.Activate, contract.OK)
				between(ctx, t)
				t.request = p.SwitchRequest(ctx, t.Account, p.Deactivate, used)
				if !t.Codes.Right(used, 1) { // it would be refused for its age
					p.Untestable("the mail of the verification took longer than the used code lives")
				}
				t.code = p.Code(ctx, t.Codes)
			}}
	}
	return []deviation{
		replayed("replayed-code", "with the TOTP code that enabled the second factor", func(context.Context, *trial) {}),
		replayed("replayed-after-log-in", "with the TOTP code that enabled the second factor, after another log-in",
			func(ctx context.Context, t *trial) { p.LogIn(ctx, t.Account) }),
		replayed("replayed-after-secret", "with the TOTP code that enabled the second factor, after a secret was asked for",
			func(ctx context.Context, t *trial) { p.TryCreate(ctx, t.Account) }),
		replayed("replayed-after-wrong", "with the TOTP code that enabled the second factor, after a wrong one",
			func(ctx context.Context, t *trial) {
				t.Who.Failed()
				p.Switch(ctx, t.Account, p.Deactivate, p.SwitchRequest(ctx, t.Account, p.Deactivate, t.Codes.Wrong(farAway)))
			}),
		{slug: "code-of-dead-secret", text: "with a TOTP code of the secret before the current one", outcome: contract.SecondFactorWrong,
			rests: "OWASP ASVS 5.0.0 6.5.6; checks#T23",
			apply: func(ctx context.Context, t *trial) {
				dead := t.Codes
				p.Require("switch the factor off", p.Switch(ctx, t.Account, p.Deactivate, t.request), p.Deactivate, contract.OK)
				p.Enrol(ctx, t.Account)
				t.request = p.SwitchRequest(ctx, t.Account, p.Deactivate, "")
				t.code = p.Code(ctx, t.Codes)
				next, err := dead.At(dead.Step(p.Now()) + 1)
				if err != nil {
					p.Untestable("the secret before has no unused code left in this time step")
				}
				t.request = t.request.With("code_2fa", next)
			}},
	}
}

// deactivatesOnce is about an account whose factor is off.
func deactivatesOnce(p *client.Client) {
	s, off := deactivating(p), activating(p)
	s.effect, s.ready, s.after = "changes nothing", off.ready, off.after
	rejectsEffect(p, s, deviation{
		slug: "while-off", text: "by an account whose second factor is not enabled", outcome: contract.Unavailable,
		rests: "RFC 9110 15.5.1; checks#T24",
		apply: func(ctx context.Context, t *trial) { t.request, t.code = p.RightRequest(ctx, t.Account, p.Deactivate) },
	})
}
