package coinrabbit

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// verificationCodes is about sending and verifying codes, of which the page gives
// the names alone: nothing here is more than a SHOULD.
func verificationCodes(p *api) {
	Describe("Send verification code to user", func() { sendsCodes(p) })
	Describe("Verify user's verification code", func() {
		verifiesCodes(p)
		refusesCodes(p)
		codeLife(p)
	})
}

func sendsCodes(p *api) {
	op := p.sendCode
	for _, kind := range []string{typeActivation, typeDeactivation, typeLogin} {
		It("sends a code of at least six digits for "+settings[kind].Text,
			clause.Should("coinrabbit.send-code."+strings.TrimPrefix(kind, "message-type-"), op, contract.OK),
			func(ctx SpecContext) {
				a := p.signedIn(ctx)
				code, call := p.sent(ctx, a, kind)
				p.Expect(call, op, contract.OK)
				p.Holds("the code has at least six digits", len(code) >= 6, "it has fewer")
			})
	}
	It("does not give the code away in its answer",
		clause.Should("coinrabbit.send-code.shows-nothing", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.1; facts/auth-checks.md F18")),
		func(ctx SpecContext) {
			code, call := p.sent(ctx, p.signedIn(ctx), typeActivation)
			p.Expect(call, op, contract.OK)
			p.Holds("the answer does not show the code", !shows(call, code), "it shows it")
		})
	It("answers an address without an account like one with",
		clause.Should("coinrabbit.send-code.unknown-address", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 6.3.8; facts/auth-checks.md E05")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			known := p.Do(ctx, p.partner(), op, p.codeRequest(a, typeLogin))
			p.Expect(known, op, contract.OK)
			nobody := p.codeRequest(a, typeLogin).With(p.Setting(recipientMember), p.nobody())
			unknown := p.Do(ctx, p.partner(), op, nobody)
			p.Check("the status is the same", unknown.Status, Equal(known.Status))
			p.Check("the body is the same", string(unknown.Body) == string(known.Body), BeTrue())
		})
	p.refusesRequest(op, "send-code", func(ctx context.Context) (*account, conform.Request) {
		a := p.signedIn(ctx)
		return a, p.codeRequest(a, typeActivation)
	})
}

// nobody is an address or number that no account has.
func (p *api) nobody() string {
	if p.Setting(delivery) == "sms" {
		return "000" + strings.Map(func(r rune) rune { return '0' + r%10 }, p.Nonce()[:6])
	}
	return "nobody-" + p.Nonce() + "@nowhere.invalid"
}

// refusesRequest states what sending and verifying a code both refuse.
func (p *api) refusesRequest(op *contract.Operation, slug string, right func(context.Context) (*account, conform.Request)) {
	change := func(id, text string, outcome contract.Outcome, of func(*account, conform.Request) (*conform.Actor, conform.Request)) {
		It("refuses "+text, clause.Should("coinrabbit."+slug+"."+id, op, outcome), func(ctx SpecContext) {
			a, request := right(ctx)
			by, changed := of(a, request)
			p.Expect(p.Do(ctx, by, op, changed), op, outcome)
			p.Require("get the right request accepted", p.Do(ctx, a.me, op, request), op, contract.OK)
		})
	}
	change("no-key", "a call without x-api-key", contract.Unauthenticated, func(a *account, r conform.Request) (*conform.Actor, conform.Request) {
		return p.Actor(a.who.Name+" without key", a.who, headers("", a.token)), r
	})
	change("made-up-key", "a made-up x-api-key", contract.Unauthenticated, func(a *account, r conform.Request) (*conform.Actor, conform.Request) {
		return p.Actor(a.who.Name+" with made-up key", a.who, headers(p.Nonce()+p.Nonce(), a.token)), r
	})
	change("no-user-token", "a code of the second factor for who is not logged in", contract.Unauthenticated, func(_ *account, r conform.Request) (*conform.Actor, conform.Request) {
		return p.partner(), r
	})
	change("unknown-type", "a message type that there is not", contract.Invalid, func(a *account, r conform.Request) (*conform.Actor, conform.Request) {
		return a.me, r.With(p.Setting(typeMember), "NO_SUCH_TYPE")
	})
	change("no-recipient", "a body without a recipient", contract.Invalid, func(a *account, r conform.Request) (*conform.Actor, conform.Request) {
		return a.me, r.Without(p.Setting(recipientMember))
	})
}

func verifiesCodes(p *api) {
	op := p.verifyCode
	It("gives a verification token for the code that was sent",
		clause.Should("coinrabbit.verify-code.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			code := p.newCode(ctx, a, typeActivation)
			p.Expect(p.Do(ctx, a.me, op, p.verifyRequest(a, typeActivation, code)), op, contract.OK)
		})
	It("gives one token when a code is sent several times at the same moment",
		clause.Should("coinrabbit.verify-code.parallel", op, codeWrong, clause.From(contract.Standard, "OWASP ASVS 5.0 2.3.4; facts/auth-checks.md T15; CVE-2026-107276")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			request := p.verifyRequest(a, typeActivation, p.newCode(ctx, a, typeActivation))
			a.who.Failed()
			p.Check("codes that were verified", p.confirmed(ctx, 4, a.me, op, request), Equal(1))
		})
	p.refusesRequest(op, "verify-code", func(ctx context.Context) (*account, conform.Request) {
		a := p.signedIn(ctx)
		return a, p.verifyRequest(a, typeActivation, p.newCode(ctx, a, typeActivation))
	})
	It("refuses a body without a code",
		clause.Should("coinrabbit.verify-code.no-code", op, contract.Invalid),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			request := p.verifyRequest(a, typeActivation, p.newCode(ctx, a, typeActivation))
			p.Expect(p.Do(ctx, a.me, op, request.Without(p.Setting(codeMember))), op, contract.Invalid)
			p.Require("verify the code", p.Do(ctx, a.me, op, request), op, contract.OK)
		})
}

// refusesCodes are codes that give no token; the right one still does afterwards.
func refusesCodes(p *api) {
	op := p.verifyCode
	refuses := func(slug, text, rests string, bad func(context.Context, *account) string) {
		for _, answer := range []bool{false, true} {
			id, sentence, options := "coinrabbit.verify-code."+slug, "gives no token for "+text, []clause.Option{clause.From(contract.Standard, rests)}
			if answer {
				id, sentence, options = id+"-answer", "answers "+text+" with a refusal", nil
			}
			It(sentence, clause.Should(id, op, codeWrong, options...), func(ctx SpecContext) {
				a := p.signedIn(ctx)
				request := p.verifyRequest(a, typeActivation, bad(ctx, a))
				a.who.Failed()
				call := p.Do(ctx, a.me, op, request)
				p.Holds("the answer gives no token", value.Text(value.Of(call), "response", "verification_token") == "", "it gives one")
				p.Holds("the answer claims no success", !claims(call), "it claims one")
				if answer {
					p.Expect(call, op, codeWrong)
				}
				p.verified(ctx, a, typeActivation)
			})
		}
	}
	refuses("wrong", "a wrong code", "facts/auth-checks.md T29", func(ctx context.Context, a *account) string {
		return otherCode(p.newCode(ctx, a, typeActivation))
	})
	refuses("used", "a code that was used", "OWASP ASVS 5.0 6.5.1; facts/auth-checks.md T27", func(ctx context.Context, a *account) string {
		code := p.newCode(ctx, a, typeActivation)
		p.Require("verify the code once", p.Do(ctx, a.me, op, p.verifyRequest(a, typeActivation, code)), op, contract.OK)
		return code
	})
	refuses("replaced", "a code after which another was sent", "OWASP WSTG-ATHN-11; facts/auth-checks.md T30", func(ctx context.Context, a *account) string {
		old := p.newCode(ctx, a, typeActivation)
		if p.newCode(ctx, a, typeActivation) == old {
			p.Untestable("by chance both codes are the same")
		}
		return old
	})
	refuses("of-other-type", "a code of another message type", "OWASP ASVS 5.0 6.6.2; facts/auth-checks.md T28", func(ctx context.Context, a *account) string {
		return p.newCode(ctx, a, typeDeactivation)
	})
	refuses("foreign", "a code that another user got", "OWASP ASVS 5.0 6.6.2; facts/auth-checks.md T28", func(ctx context.Context, _ *account) string {
		return p.newCode(ctx, p.signedIn(ctx), typeActivation)
	})
}

// outOfBand is how long a code or token that was sent may count at most.
const outOfBand = 10 * time.Minute

func codeLife(p *api) {
	It("gives no token for a code more than ten minutes old",
		clause.Should("coinrabbit.verify-code.expired", p.verifyCode, codeWrong, clause.Disrupts(), clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.5; facts/auth-checks.md T26")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			old := p.verifyRequest(a, typeActivation, p.newCode(ctx, a, typeActivation))
			p.Wait(ctx, outOfBand+time.Minute, "the code has to expire")
			p.Expect(p.Do(ctx, a.me, p.verifyCode, old), p.verifyCode, codeWrong)
			p.verified(ctx, a, typeActivation)
		})
	for _, s := range []subject{p.activating(), p.deactivating()} {
		It(s.does+" for a verification token more than ten minutes old",
			clause.Should("coinrabbit."+s.slug+".expired-verification", s.operation, verificationRefused, clause.Disrupts(), clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.5; facts/auth-checks.md T26")),
			func(ctx SpecContext) {
				t := s.ready(ctx)
				p.Wait(ctx, outOfBand+time.Minute, "the verification token has to expire")
				t.code = p.Code(ctx, t.codes)
				t.request = t.request.With("code_2fa", t.code)
				p.Expect(p.send(ctx, t, s.operation), s.operation, verificationRefused)
				s.holds(ctx, t)
			})
	}
}

// otherCode is a code of the same length that was not sent.
func otherCode(code string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
}
