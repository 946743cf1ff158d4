package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
)

// logIns is about both ways to an x-user-token. The page gives their names alone.
func logIns(p *api) {
	Describe("Log in using /auth/partners", func() { partnerLogIn(p) })
	Describe("Log in with a verification token", func() {
		verifiedLogIn(p)
		refusedLogIn(p)
	})
}

// requestFor is the log-in of a partner for an account.
func requestFor(a *account) conform.Request { return conform.Request{JSON: externalID(a.who)} }

// partnerRequest is the log-in of a partner for a leased user.
func (p *api) partnerRequest() conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: externalID(p.Lease(user))}
}

func partnerLogIn(p *api) {
	op := p.partnerLogin
	It("gives the partner a token that counts for its user",
		clause.Should("coinrabbit.partner-login.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			call := p.Do(ctx, p.partner(), op, requestFor(a))
			p.Expect(call, op, contract.OK)
			p.session(a, call)
			created := p.Do(ctx, p.creator(a), p.createSecret, creation)
			p.Holds("the token counts: a secret is created", p.Is(created, p.createSecret, contract.OK), "none is")
		})
	It("lives at the path that the page prints",
		clause.Note("coinrabbit.partner-login.path", op, contract.OK, clause.Only(documented), clause.From(contract.Documented, page+"auth: Log in using /auth/partners endpoint; facts/coinrabbit.md 2.4")),
		func(ctx SpecContext) {
			p.Require("log in as a partner", p.Do(ctx, p.partner(), op, p.partnerRequest()), op, contract.OK)
			p.Check("the path", p.Setting(partnerPath), Equal(documentedPartners))
		})
	refuses := func(slug, text string, outcome contract.Outcome, change func(conform.Request) (*conform.Actor, conform.Request)) {
		It("refuses "+text, clause.Should("coinrabbit.partner-login."+slug, op, outcome), func(ctx SpecContext) {
			right := p.partnerRequest()
			p.Require("log in with the right request", p.Do(ctx, p.partner(), op, right), op, contract.OK)
			by, request := change(right)
			call := p.Do(ctx, by, op, request)
			p.Holds("the answer gives no token", value.Text(value.Of(call), "response", "token") == "", "it gives one")
			p.Expect(call, op, outcome)
		})
	}
	refuses("no-key", "a call without x-api-key", contract.Unauthenticated, func(r conform.Request) (*conform.Actor, conform.Request) { return p.Anonymous(), r })
	refuses("made-up-key", "a made-up x-api-key", contract.Unauthenticated, func(r conform.Request) (*conform.Actor, conform.Request) {
		return p.Actor("made-up key", nil, headers(p.Nonce()+p.Nonce(), "")), r
	})
	refuses("challenge", "a call without x-api-key and says how to authenticate", contract.Outcome("challenged"), func(r conform.Request) (*conform.Actor, conform.Request) { return p.Anonymous(), r })
	refuses("no-user", "a body that names no user", contract.Invalid, func(conform.Request) (*conform.Actor, conform.Request) {
		return p.partner(), conform.Request{JSON: conform.Object{}}
	})
}

// logInRequest is the log-in with a verification token.
func logInRequest(token string) conform.Request {
	return conform.Request{JSON: conform.Object{"verification_token": token}}
}

func verifiedLogIn(p *api) {
	op := p.login
	It("gives who verified a code a token that counts",
		clause.Should("coinrabbit.login.ok", op, contract.OK),
		func(ctx SpecContext) {
			a := p.signedIn(ctx)
			call := p.Do(ctx, p.partner(), op, logInRequest(p.verified(ctx, a, typeLogin)))
			p.Expect(call, op, contract.OK)
			p.session(a, call)
			created := p.Do(ctx, p.creator(a), p.createSecret, creation)
			p.Holds("the token counts: a secret is created", p.Is(created, p.createSecret, contract.OK), "none is")
		})
	It("logs in once when a verification token is sent several times at the same moment",
		clause.Should("coinrabbit.login.parallel", op, verificationRefused, clause.From(contract.Standard, "OWASP ASVS 5.0 2.3.4; facts/auth-checks.md T15")),
		func(ctx SpecContext) {
			request := logInRequest(p.verified(ctx, p.signedIn(ctx), typeLogin))
			p.Check("log-ins that succeeded", p.confirmed(ctx, 4, p.partner(), op, request), Equal(1))
		})
}

func refusedLogIn(p *api) {
	op := p.login
	refuses := func(slug, text string, outcome contract.Outcome, change func(context.Context, *account, conform.Request) (*conform.Actor, conform.Request)) {
		It("refuses "+text, clause.Should("coinrabbit.login."+slug, op, outcome), func(ctx SpecContext) {
			a := p.signedIn(ctx)
			right := logInRequest(p.verified(ctx, a, typeLogin))
			by, request := change(ctx, a, right)
			call := p.Do(ctx, by, op, request)
			p.Holds("the answer gives no token", value.Text(value.Of(call), "response", "token") == "", "it gives one")
			p.Expect(call, op, outcome)
			p.Require("log in with a new verification token", p.Do(ctx, p.partner(), op, logInRequest(p.verified(ctx, a, typeLogin))), op, contract.OK)
		})
	}
	tokenOf := func(of func(context.Context, *account) string) func(context.Context, *account, conform.Request) (*conform.Actor, conform.Request) {
		return func(ctx context.Context, a *account, _ conform.Request) (*conform.Actor, conform.Request) {
			return p.partner(), logInRequest(of(ctx, a))
		}
	}
	refuses("no-key", "a call without x-api-key", contract.Unauthenticated, func(_ context.Context, _ *account, r conform.Request) (*conform.Actor, conform.Request) {
		return p.Anonymous(), r
	})
	refuses("no-verification", "a body without a verification token", contract.Invalid, func(_ context.Context, _ *account, r conform.Request) (*conform.Actor, conform.Request) {
		return p.partner(), r.Without("verification_token")
	})
	refuses("made-up-verification", "a made-up verification token", verificationRefused, tokenOf(func(context.Context, *account) string { return p.Nonce() + p.Nonce() }))
	refuses("verification-of-other-type", "a verification token of the second factor", verificationRefused, tokenOf(func(ctx context.Context, a *account) string {
		return p.verified(ctx, a, typeActivation)
	}))
	refuses("used-verification", "a verification token that was used before", verificationRefused, func(ctx context.Context, _ *account, r conform.Request) (*conform.Actor, conform.Request) {
		p.Require("log in once", p.Do(ctx, p.partner(), op, r), op, contract.OK)
		return p.partner(), r
	})
}
