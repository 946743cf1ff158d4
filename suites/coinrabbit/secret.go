package coinrabbit

import (
	"net/http"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/otp"
)

func secrets(p *api) {
	Describe("Create 2fa secret", func() {
		newSecrets(p)
		secretsWhileOn(p)
	})
}

func newSecrets(p *api) {
	op := p.createSecret
	standard := func(source string) clause.Option { return clause.From(contract.Standard, source) }
	It("creates a secret that Google Authenticator can use",
		clause.Must("coinrabbit.secret.created", op, contract.OK),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			call := p.Do(ctx, p.creator(a), op, creation)
			p.Expect(call, op, contract.OK)
			secret, err := otp.ParseSecret(secretIn(call))
			p.Check("the secret is Base32 of whole bytes", err, Succeed())
			p.Holds("the secret is not empty", secret.Len() > 0, "it is empty")
		})
	It("creates secrets of at least 128 bits",
		clause.Should("coinrabbit.secret.strength", op, contract.OK, standard("RFC 4226 4 R6; facts/auth-checks.md T02; the printed example has 120 bits")),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			call := p.Do(ctx, p.creator(a), op, creation)
			p.Expect(call, op, contract.OK)
			secret, err := otp.ParseSecret(secretIn(call))
			p.Check("the secret is Base32", err, Succeed())
			p.Holds("the secret has at least 128 bits", secret.Len() >= otp.MinSecret, "it has "+strconv.Itoa(8*secret.Len()))
		})
	It("creates another secret each time",
		clause.Should("coinrabbit.secret.fresh", op, contract.OK, standard("RFC 4226 4 R6; facts/auth-checks.md T03")),
		func(ctx SpecContext) {
			a := p.created(ctx)
			first := a.secret
			call := p.Do(ctx, p.creator(a), op, creation)
			p.Expect(call, op, contract.OK)
			p.Holds("the second secret differs from the first", secretIn(call) != first, "it is the same")
		})
	It("creates another secret for each user",
		clause.Should("coinrabbit.secret.unique", op, contract.OK, standard("RFC 4226 4 R6; facts/auth-checks.md T03")),
		func(ctx SpecContext) {
			first := p.created(ctx).secret
			call := p.Do(ctx, p.creator(p.signedIn(ctx)), op, creation)
			p.Expect(call, op, contract.OK)
			p.Holds("two users have different secrets", secretIn(call) != first, "they have the same")
		})
	It("keeps caches from storing a secret",
		clause.Should("coinrabbit.secret.no-store", op, contract.OK, standard("OWASP ASVS 5.0 14.3.2; facts/auth-checks.md S17")),
		func(ctx SpecContext) {
			call := p.Do(ctx, p.creator(p.signedIn(ctx)), op, creation)
			p.Expect(call, op, contract.OK)
			p.Check("Cache-Control says no-store", call.Header.Get("Cache-Control"), ContainSubstring("no-store"))
		})
	It("takes a secret for nothing before it is confirmed",
		clause.Should("coinrabbit.secret.pending-inert", p.deactivate, contract.Unavailable, standard("OWASP ASVS 5.0 2.3.1; facts/auth-checks.md T18")),
		func(ctx SpecContext) {
			p.Callable(p.deactivate)
			a := p.created(ctx)
			p.isOff(ctx, a)
			p.enrolsAgain(ctx, a)
		})
	It("wants x-api-key exactly where the target file says so",
		clause.Should("coinrabbit.secret.key-wanted", op, contract.Unauthenticated, clause.From(contract.Inferred, "facts/coinrabbit.md 2.3")),
		func(ctx SpecContext) {
			a := p.created(ctx)
			call := p.Do(ctx, p.Actor(a.who.Name+" without key", a.who, headers("", a.token)), op, creation)
			if p.Setting(createKey) == "yes" {
				p.Expect(call, op, contract.Unauthenticated)
			} else {
				p.Expect(call, op, contract.OK)
			}
		})
}

// secretsWhileOn is about an account whose factor is on: nothing may show or
// replace its secret (facts/auth-checks.md T20, T21).
func secretsWhileOn(p *api) {
	op := p.createSecret
	It("never shows the live secret",
		clause.Should("coinrabbit.secret.live-not-shown", op, contract.Outcome("already-active"), clause.From(contract.Standard, "OWASP ASVS 5.0 14.2.6; facts/auth-checks.md T21")),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			for range 2 {
				call := p.Do(ctx, p.creator(a), op, creation)
				p.Holds("the answer does not show the live secret", !shows(call, a.secret), "it shows it")
			}
		})
	It("leaves the live secret in force",
		clause.Should("coinrabbit.secret.live-survives", op, contract.Outcome("already-active"), clause.From(contract.Standard, "OWASP ASVS 5.0 7.5.1; facts/auth-checks.md T20")),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			p.Do(ctx, p.creator(a), op, creation)
			p.isOn(ctx, a, p.Code(ctx, a.codes))
		})
	It("refuses to create a secret while the factor is on",
		clause.Should("coinrabbit.secret.while-on", op, contract.Outcome("already-active")),
		func(ctx SpecContext) {
			a := p.enrolled(ctx)
			p.Expect(p.Do(ctx, p.creator(a), op, creation), op, contract.Outcome("already-active"))
		})
	It("creates no secret for a request that only reads",
		clause.Should("coinrabbit.secret.get", op, contract.MethodRefused, clause.From(contract.Standard, "RFC 9110 9.2.1, 15.5.6; facts/auth-checks.md H09")),
		func(ctx SpecContext) {
			a := p.created(ctx)
			request := creation
			request.Method = http.MethodGet
			p.Expect(p.Do(ctx, p.creator(a), op, request), op, contract.MethodRefused)
			p.create(ctx, a)
		})
}
