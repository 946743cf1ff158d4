package coinrabbit

import (
	"context"
	"encoding/json"
	"strconv"

	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

// farAway is how many steps from now a code is right in no window.
const farAway = 40

// wrongCodes are TOTP codes that neither activate nor deactivate. says is where the
// page asks for one.
func wrongCodes(p *client.Client, says string) []deviation {
	const factor, wrongType = contract.SecondFactorWrong, contract.InvalidType
	wrong := func(t *trial) string { return t.Codes.Wrong(farAway) }
	made := func(of func(*trial) any) func(context.Context, *trial) {
		return code(func(_ context.Context, t *trial) any { return of(t) })
	}
	return []deviation{
		{slug: "wrong-code", text: "with a wrong TOTP code", outcome: factor, says: says,
			apply: made(func(t *trial) any { return wrong(t) })},
		{slug: "no-code", text: "without a TOTP code", outcome: contract.Invalid, says: says, apply: drop("code_2fa")},
		{slug: "null-code", text: "with null in place of a TOTP code", outcome: contract.Invalid, says: says, apply: set("code_2fa", nil)},
		{slug: "empty-code", text: "with an empty TOTP code", outcome: contract.Invalid, says: says, apply: set("code_2fa", "")},
		{slug: "foreign-code", text: "with a valid TOTP code of another user", outcome: factor, says: says,
			apply: code(func(ctx context.Context, _ *trial) any {
				other := p.Enrolled(ctx)
				return p.Code(ctx, other.Codes)
			})},
		{slug: "old-code", text: "with a TOTP code from 40 time steps ago", outcome: factor, rests: standardCode + "T08",
			apply: made(func(t *trial) any { return t.Codes.Past(farAway) })},
		{slug: "future-code", text: "with a TOTP code from 40 time steps ahead", outcome: factor, rests: "RFC 6238 6; facts/auth-checks.md T09",
			apply: made(func(t *trial) any { return t.Codes.Future(farAway) })},
		{slug: "long-code", text: "with a valid TOTP code followed by another digit", outcome: factor, rests: "facts/auth-checks.md I12",
			apply: made(func(t *trial) any { return t.code + "0" })},
		{slug: "spaced-code", text: "with a valid TOTP code that has a space inside", outcome: factor, rests: "facts/auth-checks.md I10",
			apply: made(func(t *trial) any { return t.code[:3] + " " + t.code[3:] })},
		{slug: "joined-codes", text: "with a wrong and a valid TOTP code in one string", outcome: factor, rests: "facts/auth-checks.md I14",
			apply: made(func(t *trial) any { return wrong(t) + "," + t.code })},
		{slug: "number-code", text: "with a valid TOTP code as a JSON number", outcome: wrongType, rests: "facts/auth-checks.md I05, I06",
			apply: made(func(t *trial) any { return jsonNumber(t.code) })},
		{slug: "code-list", text: "with a JSON array of a wrong and a valid TOTP code", outcome: wrongType, rests: "facts/auth-checks.md I07",
			apply: made(func(t *trial) any { return []string{wrong(t), t.code} })},
		{slug: "code-object", text: "with a query operator as a JSON object in place of a TOTP code", outcome: wrongType, rests: "facts/auth-checks.md I08",
			apply: set("code_2fa", map[string]any{"$ne": ""})},
	}
}

// jsonNumber is a code as a number, which loses leading zeros.
func jsonNumber(code string) json.Number {
	n, _ := strconv.Atoi(code)
	return json.Number(strconv.Itoa(n))
}

// wrongVerifications are verification tokens that prove nothing to an operation.
// own and other are its message type and that of its counterpart; use spends the
// trial's token on what it is for, and brings the account back to where it was.
func wrongVerifications(p *client.Client, own, other string, use func(context.Context, *trial)) []deviation {
	const refused = verificationRefused
	verified := func(messageType string) func(context.Context, *trial) {
		return token(func(ctx context.Context, t *trial) string { return p.Verified(ctx, t.Account, messageType) })
	}
	return []deviation{
		{slug: "no-verification", text: "without a verification token", outcome: contract.Invalid, says: saysToken, apply: drop("verification_token")},
		{slug: "empty-verification", text: "with an empty verification token", outcome: contract.Invalid, says: saysToken,
			apply: set("verification_token", "")},
		{slug: "made-up-verification", text: "with a made-up verification token", outcome: refused, says: saysToken,
			apply: token(func(context.Context, *trial) string { return p.MadeUp() })},
		{slug: "verification-of-other-type", text: "with a verification token of the opposite message type", outcome: refused, says: saysType,
			apply: verified(other)},
		{slug: "verification-of-log-in", text: "with a verification token of the message type for log-ins", outcome: refused, says: saysType,
			apply: verified(client.TypeLogin)},
		{slug: "foreign-verification", text: "with a verification token of another user", outcome: refused,
			rests: "OWASP ASVS 5.0 6.6.2; facts/auth-checks.md T28",
			apply: token(func(ctx context.Context, _ *trial) string { return p.Verified(ctx, p.SignedIn(ctx), own) })},
		{slug: "used-verification", text: "with a verification token that was used before", outcome: refused,
			rests: "OWASP ASVS 5.0 6.5.1; facts/auth-checks.md T27", apply: use},
	}
}

// expiredVerification is a verification token that is older than it may count.
func expiredVerification(p *client.Client) deviation {
	return deviation{
		slug: "expired-verification", text: "with a verification token that is more than ten minutes old", outcome: verificationRefused,
		rests: "OWASP ASVS 5.0 6.5.5; facts/auth-checks.md T26", answered: true, disrupts: true,
		apply: func(ctx context.Context, t *trial) {
			p.Wait(ctx, outOfBand, "the verification token has to expire")
			t.code = p.Code(ctx, t.Codes)
			t.request = t.request.With("code_2fa", t.code)
		},
	}
}
