package coinrabbit

import (
	"context"
	"net/http"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
)

func creating(p *client.Client) subject {
	return subject{
		operation: p.CreateSecret, effect: "returns no secret", counts: true,
		ready: func(ctx context.Context) *trial {
			a := p.Created(ctx)
			return &trial{Account: a, by: p.Creator(a), request: client.Creation}
		},
		after: func(ctx context.Context, t *trial) { p.Create(ctx, t.Account) },
		clause: func(d deviation) clause.Clause {
			return clause.Should("coinrabbit.secret."+d.slug, p.CreateSecret, d.outcome, d.grade)
		},
	}
}

func secret(p *client.Client) {
	newSecrets(p)
	secretsWhileOff(p)
	secretsWhileOn(p)
	rejectsEffect(p, creating(p), wrongHeaders(p, false)...)
	rejects(p, creating(p), unchallenged(p))
}

// newSecrets are what the answer to one request shows.
func newSecrets(p *client.Client) {
	op := p.CreateSecret
	conform.Table(func(ctx SpecContext, judge func(call *httpclient.Call)) {
		call := p.TryCreate(ctx, p.SignedIn(ctx))
		p.Expect(call, op, contract.OK)
		judge(call)
	}, []conform.Row[func(call *httpclient.Call)]{
		{Text: "The creation of a secret returns a secret that authenticator apps can use",
			Clause: clause.Must("coinrabbit.secret.created", op, contract.OK),
			Given: func(call *httpclient.Call) {
				secret, err := otp.ParseSecret(client.Given(call, "secret"))
				p.Check("the secret is Base32 of whole bytes", err, Succeed())
				p.Holds("the secret is not empty", secret.Len() > 0, "it is empty")
			}},
		{Text: "The creation of a secret returns a secret of at least 128 bits",
			Clause: clause.Should("coinrabbit.secret.strength", op, contract.OK,
				standard("RFC 4226 4 R6; checks#T02; coinrabbit#2.10")),
			Given: func(call *httpclient.Call) {
				secret, err := otp.ParseSecret(client.Given(call, "secret"))
				p.Check("the secret is Base32", err, Succeed())
				p.Holds("the secret has at least 128 bits", secret.Len() >= otp.MinSecret, "it has "+strconv.Itoa(8*secret.Len()))
			}},
		{Text: "The creation of a secret forbids caches to store the secret",
			Clause: clause.Should("coinrabbit.secret.no-store", op, contract.OK, standard("OWASP ASVS 5.0.0 14.3.2; checks#S17")),
			Given: func(call *httpclient.Call) {
				p.Check("Cache-Control says no-store", call.Header.Get("Cache-Control"), ContainSubstring("no-store"))
			}},
	})
}

func secretsWhileOff(p *client.Client) {
	op := p.CreateSecret
	conform.Table(func(ctx SpecContext, second func(context.Context, *client.Account) *client.Account) {
		a := p.Created(ctx)
		first := a.Secret
		call := p.TryCreate(ctx, second(ctx, a))
		p.Expect(call, op, contract.OK)
		p.Holds("the second secret differs from the first", client.Given(call, "secret") != first, "it is the same")
	}, []conform.Row[func(context.Context, *client.Account) *client.Account]{
		{Text: "The creation of a secret returns another secret for the second request of a user",
			Clause: clause.Should("coinrabbit.secret.fresh", op, contract.OK, standard("RFC 4226 4 R6; checks#T03")),
			Given:  func(_ context.Context, a *client.Account) *client.Account { return a }},
		{Text: "The creation of a secret returns another secret for another user",
			Clause: clause.Should("coinrabbit.secret.unique", op, contract.OK, standard("RFC 4226 4 R6; checks#T03")),
			Given:  func(ctx context.Context, _ *client.Account) *client.Account { return p.SignedIn(ctx) }},
	})
	It("A secret that was not confirmed enables no second factor",
		clause.Should("coinrabbit.secret.pending-inert", p.Deactivate, contract.Unavailable,
			standard("OWASP ASVS 5.0.0 2.3.1; checks#T18")),
		func(ctx SpecContext) {
			p.Callable(p.Deactivate)
			a := p.Created(ctx)
			p.ExpectOff(ctx, a)
			p.Enrol(ctx, a)
		})
	It("The creation of a secret requires x-api-key if and only if the target file says so",
		clause.Should("coinrabbit.secret.key-wanted", op, contract.Unauthenticated, clause.From(contract.Inferred, "coinrabbit#2.3")),
		func(ctx SpecContext) {
			expected := contract.OK
			if p.Setting(client.CreateKey) == "yes" {
				expected = contract.Unauthenticated
			}
			p.Expect(p.Do(ctx, p.WithoutKey(p.Created(ctx)), op, client.Creation), op, expected)
		})
	It("The creation of a secret rejects the same request sent with GET",
		clause.Should("coinrabbit.secret.get", op, contract.MethodRefused, standard("RFC 9110 9.2.1, 15.5.6; checks#H09")),
		func(ctx SpecContext) {
			a := p.Created(ctx)
			request := client.Creation
			request.Method = http.MethodGet
			p.Expect(p.Do(ctx, p.Creator(a), op, request), op, contract.MethodRefused)
			p.Create(ctx, a)
		})
}

// secretsWhileOn is about an account whose factor is on: nothing may show or
// replace its secret (checks#T20; checks#T21).
func secretsWhileOn(p *client.Client) {
	op := p.CreateSecret
	It("The creation of a secret never returns the secret of an enabled second factor",
		clause.Should("coinrabbit.secret.live-not-shown", op, alreadyActive, standard("OWASP ASVS 5.0.0 14.2.6; checks#T21")),
		func(ctx SpecContext) {
			a := p.Enrolled(ctx)
			for range 2 {
				family.ExpectHidden(p.Context, p.TryCreate(ctx, a), "the live secret", a.Secret)
			}
		})
	It("The creation of a secret keeps the secret of an enabled second factor in force",
		clause.Should("coinrabbit.secret.live-survives", op, alreadyActive, standard("OWASP ASVS 5.0.0 7.5.1; checks#T20")),
		func(ctx SpecContext) {
			a := p.Enrolled(ctx)
			p.TryCreate(ctx, a)
			deactivation := p.SwitchByCode(ctx, a, p.Deactivate)
			p.Holds("a code of the secret counts still", p.Is(deactivation, p.Deactivate, contract.OK), "none does")
		})
	It("The creation of a secret rejects a request while the second factor is enabled",
		clause.Should("coinrabbit.secret.while-on", op, alreadyActive),
		func(ctx SpecContext) { p.Expect(p.TryCreate(ctx, p.Enrolled(ctx)), op, alreadyActive) })
}
