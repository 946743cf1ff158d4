package coinrabbit

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// verifyCode is about verifying codes, of which the page gives the name alone:
// nothing here is more than a SHOULD.
func verifyCode(p *client.Client) {
	op := p.VerifyCode
	It("POST /utils/verification-code/verify returns a verification token for the code that was sent",
		clause.Should("coinrabbit.verify-code.ok", op, contract.OK),
		func(ctx SpecContext) {
			t := verifying(p).ready(ctx)
			p.Expect(p.Do(ctx, t.by, op, t.request), op, contract.OK)
		})
	It("POST /utils/verification-code/verify accepts exactly one of four concurrent requests with the same code",
		clause.Should("coinrabbit.verify-code.parallel", op, codeWrong,
			standard("OWASP ASVS 5.0.0 2.3.4; checks#T15; checks#C06")),
		func(ctx SpecContext) {
			t := verifying(p).ready(ctx)
			t.Who.Failed()
			expectOnce(ctx, p, t.by, op, t.request)
		})
	It("POST /utils/verification-code/verify answers a wrong code for an address without an account as for one with an account",
		clause.Should("coinrabbit.verify-code.unknown-address", op, codeWrong, standard("OWASP ASVS 5.0.0 6.3.8; checks#E05")),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			request := p.VerifyRequest(a, client.TypeLogin, client.OtherCode(p.NewCode(ctx, a, client.TypeLogin)))
			a.Who.Failed()
			known := p.Do(ctx, p.Partner(), op, request)
			p.Expect(known, op, codeWrong)
			unknown := p.Do(ctx, p.Partner(), op, request.With(p.Setting(client.RecipientMember), p.Nobody()))
			family.ExpectSameAnswer(p.Context, known, unknown)
		})
	It("POST /utils/verification-code/verify gives nothing with the rejection of a wrong code that proves an address",
		clause.Should("coinrabbit.verify-code.rejection-proves-nothing", op, codeWrong, standard("OWASP ASVS 5.0.0 6.5.1; checks#F01")),
		func(ctx SpecContext) {
			t := activating(p).ready(ctx)
			wrong := client.OtherCode(p.NewCode(ctx, t.Account, client.TypeActivation))
			t.Who.Failed()
			call := p.Do(ctx, t.Me, op, p.VerifyRequest(t.Account, client.TypeActivation, wrong))
			p.ExpectNoSuccess(call)
			for name, given := range family.OddFields(call) {
				used := p.Switch(ctx, t.Account, p.Activate, t.request.With("verification_token", given))
				p.Holds("the field "+name+" is no verification token", !p.Is(used, p.Activate, contract.OK), "it is accepted as one")
			}
			p.Holds("the factor is off", !t.On, "it is on")
		})
	rejects(p, verifying(p), wrongCodeRequests(p)...)
	rejects(p, verifying(p), deviation{slug: "no-code", text: "without a code", outcome: contract.Invalid,
		apply: func(_ context.Context, t *trial) { t.request = t.request.Without(p.Setting(client.CodeMember)) }})
	wrongVerificationCodes(p)
	resemblingSent(p)
}

// verifying is the verification of a code that was sent.
func verifying(p *client.Client) subject {
	return subject{
		operation: p.VerifyCode, effect: "returns no verification token",
		ready: func(ctx context.Context) *trial {
			a := p.SignedIn(ctx)
			code := p.NewCode(ctx, a, client.TypeActivation)
			return &trial{Account: a, by: a.Me, request: p.VerifyRequest(a, client.TypeActivation, code), code: code}
		},
		after: func(ctx context.Context, t *trial) {
			p.Require("get the right request accepted", p.Do(ctx, t.Me, p.VerifyCode, t.right), p.VerifyCode, contract.OK)
		},
		clause: func(d deviation) clause.Clause {
			return clause.Should("coinrabbit.verify-code."+d.slug, p.VerifyCode, d.outcome, d.grade)
		},
	}
}

// outOfBand is when no code or token that was sent may count any more: ten minutes,
// and one to be sure.
const outOfBand = 11 * time.Minute

// wrongVerificationCodes are codes that give no token; a new one still does
// afterwards.
func wrongVerificationCodes(p *client.Client) {
	s := verifying(p)
	s.counts = true
	s.ready = func(ctx context.Context) *trial {
		a := p.SignedIn(ctx)
		return &trial{Account: a, by: a.Me}
	}
	s.after = func(ctx context.Context, t *trial) { p.Verified(ctx, t.Account, client.TypeActivation) }
	row := func(slug, text, rests string, wrong func(context.Context, *client.Account) string) deviation {
		return deviation{slug: slug, text: text, outcome: codeWrong, rests: rests, apply: func(ctx context.Context, t *trial) {
			t.request = p.VerifyRequest(t.Account, client.TypeActivation, wrong(ctx, t.Account))
		}}
	}
	rejectsEffect(p, s,
		row("wrong", "with a wrong code", "checks#T29", func(ctx context.Context, a *client.Account) string {
			return client.OtherCode(p.NewCode(ctx, a, client.TypeActivation))
		}),
		row("used", "with a code that was used before", "OWASP ASVS 5.0.0 6.5.1; checks#T27",
			func(ctx context.Context, a *client.Account) string {
				code := p.NewCode(ctx, a, client.TypeActivation)
				request := p.VerifyRequest(a, client.TypeActivation, code)
				p.Require("verify the code once", p.Do(ctx, a.Me, p.VerifyCode, request), p.VerifyCode, contract.OK)
				return code
			}),
		row("replaced", "with a code that a newer one has replaced", "OWASP WSTG ATHN-11; checks#T30",
			func(ctx context.Context, a *client.Account) string {
				old := p.NewCode(ctx, a, client.TypeActivation)
				if p.NewCode(ctx, a, client.TypeActivation) == old {
					p.Untestable("by chance both codes are the same")
				}
				return old
			}),
		row("of-other-type", "with a code of another message type", "OWASP ASVS 5.0.0 6.6.2; checks#T28",
			func(ctx context.Context, a *client.Account) string { return p.NewCode(ctx, a, client.TypeDeactivation) }),
		row("foreign", "with a code that was sent to another user", "OWASP ASVS 5.0.0 6.6.2; checks#T28",
			func(ctx context.Context, _ *client.Account) string {
				return p.NewCode(ctx, p.SignedIn(ctx), client.TypeActivation)
			}),
	)
	rejectsEffect(p, s, deviation{
		slug: "totp-code", text: "with a valid TOTP code in place of the one that was sent", outcome: codeWrong,
		rests: "OWASP ASVS 5.0.0 6.6.2; checks#T28",
		apply: func(ctx context.Context, t *trial) {
			t.Account = p.Enrolled(ctx)
			p.NewCode(ctx, t.Account, client.TypeActivation)
			t.by, t.request = t.Me, p.VerifyRequest(t.Account, client.TypeActivation, p.Code(ctx, t.Codes))
		},
	})
	expired := row("expired", "with a code that is more than ten minutes old", "OWASP ASVS 5.0.0 6.5.5; checks#T26",
		func(ctx context.Context, a *client.Account) string {
			code := p.NewCode(ctx, a, client.TypeActivation)
			p.Wait(ctx, outOfBand, "the code has to expire")
			return code
		})
	expired.disrupts = true
	rejects(p, s, expired)
}
