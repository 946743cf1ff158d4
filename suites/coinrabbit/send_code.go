package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

// sendCode is about sending codes, of which the page gives the name alone: nothing
// here is more than a SHOULD.
func sendCode(p *client.Client) {
	op := p.SendCode
	conform.Table(func(ctx SpecContext, messageType string) {
		code := p.PromisedCode(ctx, p.SignedIn(ctx), messageType)
		p.Holds("the code has at least six digits", len(code) >= 6, "it has fewer")
	}, []conform.Row[string]{
		{Text: "The call that sends codes sends a code of at least six digits for the activation of the second factor",
			Clause: clause.Should("coinrabbit.send-code.activation", op, contract.OK), Given: client.TypeActivation},
		{Text: "The call that sends codes sends a code of at least six digits for the deactivation of the second factor",
			Clause: clause.Should("coinrabbit.send-code.deactivation", op, contract.OK), Given: client.TypeDeactivation},
		{Text: "The call that sends codes sends a code of at least six digits for the log-in",
			Clause: clause.Should("coinrabbit.send-code.login", op, contract.OK), Given: client.TypeLogin},
	})
	It("The call that sends codes does not return the code that it sends",
		clause.Should("coinrabbit.send-code.shows-nothing", op, contract.OK, standard("OWASP ASVS 5.0.0 6.5.1; checks#F18")),
		func(ctx SpecContext) {
			code, call := p.TrySend(ctx, p.SignedIn(ctx), client.TypeActivation)
			p.Expect(call, op, contract.OK)
			family.ExpectHidden(p.Context, call, "the code", code)
		})
	It("The call that sends codes answers for an address without an account as for one with an account",
		clause.Should("coinrabbit.send-code.unknown-address", op, contract.OK, standard("OWASP ASVS 5.0.0 6.3.8; checks#E05")),
		func(ctx SpecContext) {
			request := p.SendRequest(p.SignedIn(ctx), client.TypeLogin)
			known := p.Do(ctx, p.Partner(), op, request)
			p.Expect(known, op, contract.OK)
			unknown := p.Do(ctx, p.Partner(), op, request.With(p.Setting(client.RecipientMember), p.Nobody()))
			family.ExpectSameAnswer(p.Context, known, unknown)
		})
	It("The call that sends codes sends nothing to an address without an account",
		clause.Should("coinrabbit.send-code.unknown-silent", op, contract.OK, standard("OWASP ASVS 5.0.0 6.3.8; checks#E05")),
		func(ctx SpecContext) {
			a, nobody := p.SignedIn(ctx), p.Nobody()
			p.Do(ctx, p.Partner(), op, p.SendRequest(a, client.TypeLogin).With(p.Setting(client.RecipientMember), nobody))
			p.NewCode(ctx, a, client.TypeLogin) // by then the other one has arrived
			p.Holds("nothing arrives at the address without an account", len(p.Messages(ctx, p.Box(nobody))) == 0, "a message does")
		})
	It("The call that sends codes does not send one code again and again to a user who uses each",
		clause.Should("coinrabbit.send-code.fresh", op, contract.OK, standard("OWASP ASVS 5.0.0 6.5.1; checks#T26")),
		func(ctx SpecContext) {
			a := p.SignedIn(ctx)
			var codes []string
			for range 3 {
				code := p.NewCode(ctx, a, client.TypeActivation)
				if codes = append(codes, code); p.Has(p.VerifyCode) { // a code that nobody has used may be sent again
					p.Require("verify a code", p.Do(ctx, a.Me, p.VerifyCode, p.VerifyRequest(a, client.TypeActivation, code)), p.VerifyCode, contract.OK)
				}
			}
			same := codes[0] == codes[1] && codes[1] == codes[2]
			p.Holds("three codes are not all the same", !same, "they are")
		})
	rejects(p, subject{
		operation: op,
		ready: func(ctx context.Context) *trial {
			a := p.SignedIn(ctx)
			return &trial{Account: a, by: a.Me, request: p.SendRequest(a, client.TypeActivation)}
		},
		after: func(ctx context.Context, t *trial) {
			p.Require("get the right request accepted", p.Do(ctx, t.Me, op, t.right), op, contract.OK)
		},
		clause: func(d deviation) clause.Clause { return clause.Should("coinrabbit.send-code."+d.slug, op, d.outcome) },
	}, wrongCodeRequests(p)...)
}

// wrongCodeRequests are what sending and verifying a code both reject.
func wrongCodeRequests(p *client.Client) []deviation {
	const refused = contract.Unauthenticated
	return []deviation{
		{slug: "no-key", text: "without x-api-key", outcome: refused, carries: func(t *trial) (string, string) { return "", t.Token }},
		{slug: "made-up-key", text: "with a made-up x-api-key", outcome: refused,
			carries: func(t *trial) (string, string) { return p.MadeUp(), t.Token }},
		{slug: "no-user-token", text: "for the activation of the second factor without x-user-token", outcome: refused,
			apply: func(_ context.Context, t *trial) { t.by = p.Partner() }},
		{slug: "unknown-type", text: "with an unknown message type", outcome: contract.Invalid,
			apply: func(_ context.Context, t *trial) {
				t.request = t.request.With(p.Setting(client.TypeMember), "NO_SUCH_TYPE")
			}},
		{slug: "no-recipient", text: "without a recipient", outcome: contract.Invalid,
			apply: func(_ context.Context, t *trial) { t.request = t.request.Without(p.Setting(client.RecipientMember)) }},
	}
}
