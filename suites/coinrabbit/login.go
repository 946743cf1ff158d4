package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
)

// login is about the log-in with a verification token, of which the page gives the
// name alone.
func login(p *client.Client) {
	op := p.Login
	fresh := func(ctx context.Context, a *client.Account) string { return p.Verified(ctx, a, client.TypeLogin) }
	It("The log-in with a verification token issues a user token that creates a secret",
		clause.Should("coinrabbit.login.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			expectSession(ctx, p, a, op, client.LoginRequest(fresh(ctx, a)))
		})
	It("The log-in with a verification token accepts exactly one of four concurrent requests with the same verification token",
		clause.Should("coinrabbit.login.parallel", op, verificationRefused, standard("OWASP ASVS 5.0.0 2.3.4; checks#T15")),
		func(ctx SpecContext) {
			request := client.LoginRequest(fresh(ctx, p.SignedIn(ctx)))
			expectOnce(ctx, p, p.Partner(), op, request)
		})
	It("The log-in with a verification token keeps an enabled second factor enabled",
		clause.Should("coinrabbit.login.keeps-factor", op, contract.OK, standard("OWASP ASVS 5.0.0 6.3.3; checks#F01")),
		func(ctx SpecContext) {
			a := p.Enrolled(ctx)
			expectedOn := p.Code(ctx, a.Codes)
			call := p.Do(ctx, p.Partner(), op, client.LoginRequest(fresh(ctx, a)))
			p.Expect(call, op, contract.OK)
			p.TakeSession(a, call) // it may have ended the older one
			p.ExpectOn(ctx, a, expectedOn)
		})
	rejects(p, subject{
		operation: op,
		ready: func(ctx context.Context) *trial {
			a := p.SignedIn(ctx)
			return &trial{Account: a, by: p.Partner(), request: client.LoginRequest(fresh(ctx, a))}
		},
		after: func(ctx context.Context, t *trial) {
			again := p.Do(ctx, p.Partner(), op, client.LoginRequest(fresh(ctx, t.Account)))
			p.Require("log in with a new verification token", again, op, contract.OK)
		},
		clause: func(d deviation) clause.Clause { return clause.Should("coinrabbit.login."+d.slug, op, d.outcome) },
	},
		deviation{slug: "no-key", text: "without x-api-key", outcome: contract.Unauthenticated,
			apply: func(_ context.Context, t *trial) { t.by = p.Anonymous() }},
		deviation{slug: "no-verification", text: "without a verification token", outcome: contract.Invalid,
			edits: without("verification_token")},
		deviation{slug: "made-up-verification", text: "with a made-up verification token", outcome: verificationRefused,
			apply: with("verification_token", func(context.Context, *trial) string { return p.MadeUp() })},
		deviation{slug: "verification-of-other-type", text: "with a verification token of the message type for the activation",
			outcome: verificationRefused,
			apply: with("verification_token", func(ctx context.Context, t *trial) string {
				return p.Verified(ctx, t.Account, client.TypeActivation)
			})},
		deviation{slug: "used-verification", text: "with a verification token that was used before", outcome: verificationRefused,
			apply: func(ctx context.Context, t *trial) {
				p.Require("log in once", p.Do(ctx, t.by, op, t.request), op, contract.OK)
			}})
}
