package coinrabbit

import (
	"context"
	"crypto/rand"
	"encoding/base32"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

func activating(p *client.Client) subject {
	return subject{
		operation: p.Activate, effect: "enables no second factor", counts: true,
		ready: func(ctx context.Context) *trial {
			a := p.Created(ctx)
			request, code := p.RightRequest(ctx, a, p.Activate)
			return &trial{Account: a, by: a.Me, request: request, code: code}
		},
		after: func(ctx context.Context, t *trial) {
			p.ExpectOff(ctx, t.Account)
			p.Enrol(ctx, t.Account)
		},
		clause: func(d deviation) clause.Clause {
			return clause.Should("coinrabbit.activate."+d.slug, p.Activate, d.outcome, d.grade)
		},
	}
}

func activate(p *client.Client) {
	activates(p)
	s := activating(p)
	rejectsEffect(p, s, append(wrongCodes(p, saysCode), mailedCode(p, s), deviation{
		slug: "code-of-replaced-secret", text: "with a TOTP code of the secret that a newer one has replaced",
		outcome: contract.SecondFactorWrong,
		rests:   "OWASP WSTG ATHN-11; checks#T19", apply: func(ctx context.Context, t *trial) {
			old, secret := t.Codes, t.Secret
			p.Create(ctx, t.Account)
			if t.Secret == secret {
				p.Inapplicable("the target hands out the same secret until it is activated: none is replaced")
			}
			t.request = t.request.With("secret_2fa", t.Secret).With("code_2fa", p.Code(ctx, old))
		},
	})...)
	resembling(p, s)
	malformed(p, s, "joined-code", "a valid TOTP code in the syntax of other numbers or joined to guesses", "I13", "I14")
	rejectsEffect(p, s, wrongVerifications(p, s, func(ctx context.Context, t *trial) {
		p.Require("use the token", p.Switch(ctx, t.Account, p.Activate, t.request), p.Activate, contract.OK)
		p.Require("switch the factor off", p.SwitchByCode(ctx, t.Account, p.Deactivate), p.Deactivate, contract.OK)
		p.Create(ctx, t.Account)
		t.code = p.Code(ctx, t.Codes)
		t.request = t.request.With("secret_2fa", t.Secret).With("code_2fa", t.code)
	})...)
	rejectsEffect(p, s, wrongSecrets(p)...)
	rejectsEffect(p, s, wrongHeaders(p, true)...)
	rejects(p, s, unchallenged(p), expiredVerification(p))
	activatesOnce(p)
	It("The activation accepts exactly one of four concurrent requests with the same code and verification token",
		clause.Should("coinrabbit.activate.parallel", p.Activate, alreadyActive,
			standard("OWASP ASVS 5.0.0 2.3.4; checks#T15; checks#F19")),
		func(ctx SpecContext) {
			a := p.Created(ctx)
			request, _ := p.RightRequest(ctx, a, p.Activate)
			expectOnce(ctx, p, a.Me, p.Activate, request)
			a.On = true
		})
}

func activates(p *client.Client) {
	op := p.Activate
	It("POST /auth/2fa/activate enables the second factor for a code of the new secret and a verification token",
		clause.Must("coinrabbit.activate.ok", op, contract.OK),
		func(ctx SpecContext) { p.Expect(p.SwitchByCode(ctx, p.Created(ctx), p.Activate), op, contract.OK) })
	It("POST /auth/2fa/activate enables a second factor whose next code is accepted for its deactivation",
		clause.Must("coinrabbit.activate.takes-effect", op, contract.OK),
		func(ctx SpecContext) {
			a := p.Created(ctx)
			p.Expect(p.SwitchByCode(ctx, a, p.Activate), op, contract.OK)
			p.ExpectOn(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /auth/2fa/activate accepts a valid TOTP code after a wrong one",
		clause.Should("coinrabbit.activate.wrong-then-right", op, contract.OK, standard("checks#T16")),
		func(ctx SpecContext) { expectRightAfterWrong(ctx, p, p.Created(ctx), op) })
	It("POST /auth/2fa/activate returns neither the secret nor the code nor the verification token",
		clause.Should("coinrabbit.activate.shows-nothing", op, contract.OK, standard("OWASP ASVS 5.0.0 14.2.6; checks#F18; checks#T21")),
		func(ctx SpecContext) {
			a := p.Created(ctx)
			request, _ := p.RightRequest(ctx, a, p.Activate)
			call := p.Switch(ctx, a, p.Activate, request)
			p.Expect(call, op, contract.OK)
			expectMembersHidden(p, call, request, "secret_2fa", "code_2fa", "verification_token")
		})
	It("POST /auth/2fa/activate reveals neither the secret nor the code nor any program internals when it rejects a wrong code",
		clause.Should("coinrabbit.activate.refusal-shows-nothing", op, contract.SecondFactorWrong,
			standard("OWASP ASVS 5.0.0 16.5.1; checks#P04")),
		func(ctx SpecContext) { expectSilentRejection(ctx, p, activating(p), "secret_2fa", "code_2fa") })
}

// wrongSecrets are secrets that the server did not create for this user last
// (checks#T19.
func wrongSecrets(p *client.Client) []deviation {
	own := func(secret func(context.Context) string) func(context.Context, *trial) {
		return func(ctx context.Context, t *trial) {
			text := p.Secret("chosen-secret", secret(ctx))
			t.request = t.request.With("secret_2fa", text).With("code_2fa", p.Code(ctx, p.Codes(text)))
		}
	}
	const t19 = "OWASP WSTG ATHN-11; checks#T19; coinrabbit#2.9"
	return []deviation{
		{slug: "no-secret", text: "without a secret", outcome: contract.Invalid, rests: "RFC 9110 15.5.1", edits: without("secret_2fa")},
		{slug: "chosen-secret", text: "with a 160-bit secret that the client chose", outcome: secretRefused, rests: t19,
			apply: own(func(context.Context) string { return randomBase32(20) })},
		{slug: "weak-secret", text: "with a 40-bit secret that the client chose", outcome: secretRefused, rests: t19,
			apply: own(func(context.Context) string { return randomBase32(5) })},
		{slug: "foreign-secret", text: "with a secret that was created for another user", outcome: secretRefused, rests: t19,
			apply: own(func(ctx context.Context) string { return p.Created(ctx).Secret })},
		{slug: "replaced-secret", text: "with a secret that a newer one has replaced", outcome: secretRefused, rests: t19,
			apply: func(ctx context.Context, t *trial) { p.Create(ctx, t.Account) }},
	}
}

// randomBase32 is a secret that a client could make up.
func randomBase32(bytes int) string {
	raw := make([]byte, bytes)
	_, _ = rand.Read(raw)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
}

// activatesOnce is about an account whose factor is on.
func activatesOnce(p *client.Client) {
	s, on := activating(p), deactivating(p)
	s.effect, s.ready, s.after = "keeps the enabled second factor unchanged", on.ready, on.after
	with := func(ctx context.Context, t *trial, label, secret string) {
		fresh := *t.Account
		fresh.Secret, fresh.Codes = p.Secret(label, secret), p.Codes(secret)
		t.request, _ = p.RightRequest(ctx, &fresh, p.Activate)
	}
	rejectsEffect(p, s,
		deviation{slug: "chosen-while-on", text: "with a secret that the client chose while the second factor is enabled", outcome: alreadyActive,
			rests: "OWASP ASVS 5.0.0 7.5.1; checks#T20",
			apply: func(ctx context.Context, t *trial) { with(ctx, t, "chosen-secret", randomBase32(20)) }},
		deviation{slug: "created-while-on", text: "with a secret that was created while the second factor is enabled", outcome: alreadyActive,
			rests: "OWASP ASVS 5.0.0 7.5.1; checks#T20",
			apply: func(ctx context.Context, t *trial) {
				made := client.Given(p.TryCreate(ctx, t.Account), "secret")
				if made == "" {
					made = randomBase32(20) // none was created, which is right
				}
				with(ctx, t, "totp-secret", made)
			}},
	)
}
