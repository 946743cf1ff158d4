package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// Outcomes that this contract has beside the common ones.
const (
	verificationRefused = contract.Outcome("verification-refused")
	secretRefused       = contract.Outcome("secret-refused")
	alreadyActive       = contract.Outcome("already-active")
	codeWrong           = contract.Outcome("code-wrong")
)

// farAway is how many steps from now a code is right in no window.
const farAway = 40

func activations(p *api) {
	Describe("Active 2fa", func() {
		switchesOn(p)
		p.refuses(p.activating(), codeCases(p, saysCode)...)
		p.refuses(p.activating(), tokenCases(p, typeDeactivation)...)
		p.refuses(p.activating(), secretCases(p)...)
		onceOn(p)
	})
}

func switchesOn(p *api) {
	op := p.activate
	It("switches the factor on for a code of the new secret and a verified TFA_ACTIVATION",
		clause.Must("coinrabbit.activate.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.created(ctx)
			p.Expect(p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes))), op, contract.OK)
		})
	It("has the factor on afterwards: its codes deactivate it",
		clause.Must("coinrabbit.activate.takes-effect", op, contract.OK),
		func(ctx SpecContext) {
			a := p.created(ctx)
			p.Expect(p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes))), op, contract.OK)
			p.isOn(ctx, a, p.Code(ctx, a.codes))
		})
	It("takes the right code after a wrong one",
		clause.Should("coinrabbit.activate.wrong-then-right", op, contract.OK, clause.From(contract.Standard, "facts/auth-checks.md T16")),
		func(ctx SpecContext) {
			a := p.created(ctx)
			a.who.Failed()
			request := p.activation(ctx, a, a.codes.Wrong(farAway))
			p.Holds("a wrong code is not confirmed", !p.Is(p.switchOn(ctx, a, request), op, contract.OK), "it is")
			p.Expect(p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes))), op, contract.OK)
		})
	It("does not repeat the secret, the code or the verification token",
		clause.Should("coinrabbit.activate.shows-nothing", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 14.2.6; facts/auth-checks.md F18, T21")),
		func(ctx SpecContext) {
			a := p.created(ctx)
			request := p.activation(ctx, a, p.Code(ctx, a.codes))
			call := p.switchOn(ctx, a, request)
			p.Expect(call, op, contract.OK)
			for name, value := range request.JSON.(conform.Object) {
				p.Holds("the answer does not repeat "+name, !shows(call, value.(string)), "it does")
			}
		})
	It("shows in a refusal neither what was sent nor how the program is built",
		clause.Should("coinrabbit.activate.refusal-shows-nothing", op, contract.SecondFactorWrong, clause.From(contract.Standard, "OWASP ASVS 5.0 16.5.1; facts/auth-checks.md P04")),
		func(ctx SpecContext) {
			t := p.activating().ready(ctx)
			wrongCode := t.codes.Wrong(farAway)
			t.request = t.request.With("code_2fa", wrongCode)
			call := p.send(ctx, t, op)
			p.Expect(call, op, contract.SecondFactorWrong)
			p.Holds("it does not repeat the secret", !shows(call, t.secret), "it does")
			p.Holds("it does not repeat the code", !shows(call, wrongCode), "it does")
			p.showsNoInternals(call)
		})
}

// codeCases are codes that switch nothing. says is where the page asks for one.
func codeCases(p *api, says string) []wrong {
	factor, text := contract.SecondFactorWrong, func(s string) func(context.Context, *trial) any {
		return func(context.Context, *trial) any { return s }
	}
	return []wrong{
		{slug: "wrong-code", text: "a wrong code", outcome: factor, says: says,
			change: code(func(_ context.Context, t *trial) any { return t.codes.Wrong(farAway) })},
		{slug: "no-code", text: "a body without a code", outcome: contract.Invalid, says: says, change: drop("code_2fa")},
		{slug: "null-code", text: "null for a code", outcome: contract.Invalid, says: says, change: set("code_2fa", nil)},
		{slug: "empty-code", text: "an empty code", outcome: contract.Invalid, says: says, change: code(text(""))},
		{slug: "foreign-code", text: "a code of another user's app", outcome: factor, says: says,
			change: code(func(ctx context.Context, _ *trial) any {
				other := p.enrolled(ctx)
				return p.Code(ctx, other.codes)
			})},
		{slug: "old-code", text: "a code of long ago", outcome: factor, rests: standardCode + "T08",
			change: code(func(_ context.Context, t *trial) any { return t.codes.Past(farAway) })},
		{slug: "future-code", text: "a code of the far future", outcome: factor, rests: "RFC 6238 6; facts/auth-checks.md T09",
			change: code(func(_ context.Context, t *trial) any { return t.codes.Future(farAway) })},
		{slug: "long-code", text: "the right code with a digit more", outcome: factor, rests: "facts/auth-checks.md I12",
			change: code(func(_ context.Context, t *trial) any { return t.code + "0" })},
		{slug: "spaced-code", text: "the right code with a space inside", outcome: factor, rests: "facts/auth-checks.md I10",
			change: code(func(_ context.Context, t *trial) any { return t.code[:3] + " " + t.code[3:] })},
		{slug: "joined-codes", text: "a guess and the right code in one text", outcome: factor, rests: "facts/auth-checks.md I14",
			change: code(func(_ context.Context, t *trial) any { return t.codes.Wrong(farAway) + "," + t.code })},
		{slug: "number-code", text: "the right code as a JSON number", outcome: contract.InvalidType, rests: "facts/auth-checks.md I05, I06",
			change: code(func(_ context.Context, t *trial) any { return jsonNumber(t.code) })},
		{slug: "code-list", text: "a list of a guess and the right code", outcome: contract.InvalidType, rests: "facts/auth-checks.md I07",
			change: code(func(_ context.Context, t *trial) any { return []string{t.codes.Wrong(farAway), t.code} })},
		{slug: "code-object", text: "an operator for a code", outcome: contract.InvalidType, rests: "facts/auth-checks.md I08",
			change: code(func(context.Context, *trial) any { return map[string]any{"$ne": ""} })},
	}
}

// tokenCases are verification tokens that prove nothing here. other is the
// setting of the message type that is not this one's.
func tokenCases(p *api, other string) []wrong {
	refused := verificationRefused
	return []wrong{
		{slug: "no-verification", text: "a body without a verification token", outcome: contract.Invalid, says: saysToken, change: drop("verification_token")},
		{slug: "empty-verification", text: "an empty verification token", outcome: contract.Invalid, says: saysToken, change: set("verification_token", "")},
		{slug: "made-up-verification", text: "a made-up verification token", outcome: refused, says: saysToken,
			change: token(func(context.Context, *trial) string { return p.Nonce() + p.Nonce() })},
		{slug: "verification-of-other-type", text: "a verification token of the other message type", outcome: refused, says: saysType,
			change: token(func(ctx context.Context, t *trial) string { return p.verified(ctx, t.account, other) })},
		{slug: "verification-of-log-in", text: "a verification token of the log-in", outcome: refused, says: saysType,
			change: token(func(ctx context.Context, t *trial) string { return p.verified(ctx, t.account, typeLogin) })},
		{slug: "foreign-verification", text: "a verification token of another user", outcome: refused, rests: "OWASP ASVS 5.0 6.6.2; facts/auth-checks.md T28",
			change: token(func(ctx context.Context, _ *trial) string { return p.verified(ctx, p.signedIn(ctx), thisType(other)) })},
		{slug: "used-verification", text: "a verification token that was used before", outcome: refused, rests: "OWASP ASVS 5.0 6.5.1; facts/auth-checks.md T27",
			change: p.used(other)},
	}
}

// thisType is the message type that other is not.
func thisType(other string) string {
	if other == typeActivation {
		return typeDeactivation
	}
	return typeActivation
}

// used spends the trial's verification token on what it is for, and brings the
// account back to where it was.
func (p *api) used(other string) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) {
		if thisType(other) == typeActivation {
			p.Require("use the token", p.switchOn(ctx, t.account, t.request), p.activate, contract.OK)
			p.Require("switch the factor off", p.off(ctx, t.account, p.Code(ctx, t.codes)), p.deactivate, contract.OK)
			p.create(ctx, t.account)
			t.code = p.Code(ctx, t.codes)
			t.request = t.request.With("secret_2fa", t.secret).With("code_2fa", t.code)
			return
		}
		p.Require("use the token", p.switchOff(ctx, t.account, t.request), p.deactivate, contract.OK)
		p.enrolsAgain(ctx, t.account)
		t.code = p.Code(ctx, t.codes)
		t.request = t.request.With("code_2fa", t.code)
	}
}

// secretCases are secrets that the server did not create for this user last
// (facts/auth-checks.md T19). The code is right for the secret each time.
func secretCases(p *api) []wrong {
	own := func(secret string) func(context.Context, *trial) {
		return func(ctx context.Context, t *trial) {
			p.Secret("chosen-secret", secret)
			t.request = t.request.With("secret_2fa", secret).With("code_2fa", p.Code(ctx, p.Codes(secret)))
		}
	}
	t19 := "OWASP WSTG-ATHN-11; facts/auth-checks.md T19, facts/coinrabbit.md 2.9"
	return []wrong{
		{slug: "no-secret", text: "a body without a secret", outcome: contract.Invalid, rests: "RFC 9110 15.5.1", change: drop("secret_2fa")},
		{slug: "chosen-secret", text: "a secret that the client chose", outcome: secretRefused, rests: t19,
			change: func(ctx context.Context, t *trial) { own(randomBase32(20))(ctx, t) }},
		{slug: "weak-secret", text: "a short secret that the client chose", outcome: secretRefused, rests: t19,
			change: func(ctx context.Context, t *trial) { own(randomBase32(5))(ctx, t) }},
		{slug: "foreign-secret", text: "a secret that was created for another user", outcome: secretRefused, rests: t19,
			change: func(ctx context.Context, t *trial) { own(p.created(ctx).secret)(ctx, t) }},
		{slug: "replaced-secret", text: "a secret after which another was created", outcome: secretRefused, rests: t19,
			change: func(ctx context.Context, t *trial) { p.create(ctx, t.account) }},
	}
}

// onceOn is about an account whose factor is on already.
func onceOn(p *api) {
	on := p.deactivating()
	on.operation, on.slug, on.does = p.activate, "activate", "leaves the factor as it is"
	again := func(secret func(context.Context, *trial) string) func(context.Context, *trial) {
		return func(ctx context.Context, t *trial) {
			text := secret(ctx, t)
			fresh := *t.account
			fresh.secret = text
			t.request = p.activation(ctx, &fresh, p.Code(ctx, p.Codes(text)))
		}
	}
	p.refuses(on,
		wrong{slug: "chosen-while-on", text: "another secret while the factor is on", outcome: alreadyActive, rests: "OWASP ASVS 5.0 7.5.1; facts/auth-checks.md T20",
			change: again(func(context.Context, *trial) string { return p.Secret("chosen-secret", randomBase32(20)) })},
		wrong{slug: "created-while-on", text: "a secret that was created while the factor is on", outcome: alreadyActive, rests: "OWASP ASVS 5.0 7.5.1; facts/auth-checks.md T20",
			change: func(ctx context.Context, t *trial) {
				made := secretIn(p.Do(ctx, p.creator(t.account), p.createSecret, creation))
				if made == "" {
					made = randomBase32(20) // none was created, which is right
				}
				again(func(context.Context, *trial) string { return p.Secret("totp-secret", made) })(ctx, t)
			}},
	)
}
