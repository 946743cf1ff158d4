package barong

import (
	"context"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const preflight = contract.Outcome("preflight")

// authzSubjects are the operations of the AuthZ endpoint that lead to success. No
// family has a promise to put to them but csrf.
func (p *api) authzSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.AuthorizeRead, Ready: p.asMember(conform.Request{}), Features: []string{client.Direct}},
		{Operation: p.AuthorizeWrite, Ready: p.asMember(conform.Request{}), Features: []string{client.Direct}},
		{Operation: p.AuthorizePublic, Ready: p.asVisitor(always(asked)), Features: []string{client.Direct}},
	}
}

// asked is a question about a request with a body: release 3.1 looks for an e-mail
// address in that of a log-in.
var asked = conform.Request{JSON: conform.Object{}}

// authz is about the endpoint that a gateway asks about each request
// (barong#1.3).
func authz(p *api) {
	Describe("the AuthZ endpoint", func() {
		authzReads(p)
		authzTokens(p)
		authzWrites(p)
		authzPublic(p)
		authzClosed(p)
		authzPreflight(p)
	})
}

func authzReads(p *api) {
	needs := clause.Needs(client.Direct)
	It("The AuthZ endpoint issues a token for a read without a CSRF token",
		clause.Graded("barong.authz.read", p.AuthorizeRead, contract.OK, needs), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Expect(p.Do(ctx, p.With(me.Account, me.Cookie, ""), p.AuthorizeRead, conform.Request{}), p.AuthorizeRead, contract.OK)
		})
	It("The AuthZ endpoint issues no token without a session, or for a made-up or ended one",
		clause.Graded("barong.authz.no-session", p.AuthorizeRead, invalidSession, needs), func(ctx SpecContext) {
			me, ended := p.Member(ctx), p.Member(ctx)
			p.Require("log out", p.Do(ctx, ended.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			for _, by := range []*conform.Actor{p.Visitor(), p.With(me.Account, p.Secret("session", p.Nonce()+p.Nonce()), me.Csrf), ended.Actor} {
				call := p.Refuses(ctx, conform.Refusal{
					Operation: p.AuthorizeRead, By: me.Actor, ChangedBy: by, Outcome: invalidSession, Control: always(conform.Request{}),
				})
				p.ExpectNoToken(call...)
			}
		})
}

// granted is the token that the AuthZ endpoint gives a session, in a spec about it.
func (p *api) granted(ctx context.Context, me *client.Session) string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.AuthorizeRead, conform.Request{})
	p.Expect(call, p.AuthorizeRead, contract.OK)
	return p.Secret("bearer", strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
}

// authzTokens is about what a token says (barong#1.4).
func authzTokens(p *api) {
	needs := clause.Needs(client.Direct)
	It("The AuthZ token names the session's user and its purpose",
		clause.Graded("barong.authz.token", p.AuthorizeRead, contract.OK, needs), func(ctx SpecContext) {
			me := p.Member(ctx)
			token := p.granted(ctx, me)
			said := client.Claims(token)
			p.Check("it is signed with RS256", value.Text(client.JwtPart(token, 0), "alg"), Equal("RS256"))
			p.Check("sub is session", value.Text(said, "sub"), Equal("session"))
			for _, name := range []string{"uid", "email", "role", "state", "level"} {
				p.Check(name+" is the user's", value.At(said, name), Equal(value.At(me.User, name)))
			}
			p.Check("the role is member", value.Text(said, "role"), Equal("member"))
			p.Check("jti is an id", value.Text(said, "jti"), MatchRegexp(`^[0-9a-f]{20}$`))
		})
	It("The AuthZ token expires an hour after it was issued",
		clause.Should("barong.authz.token-lifetime", p.AuthorizeRead, contract.OK, needs), func(ctx SpecContext) {
			said := client.Claims(p.granted(ctx, p.Member(ctx)))
			issued := time.Unix(int64(value.Number(said, "iat")), 0)
			p.Check("it was issued now", issued, BeTemporally("~", p.Now(), time.Minute))
			p.Check("it lives for an hour", value.Number(said, "exp")-value.Number(said, "iat"), Equal(int(time.Hour/time.Second)))
		})
	It("The AuthZ token names issuer and audience",
		clause.Should("barong.authz.token-audience", p.AuthorizeRead, contract.OK, needs), func(ctx SpecContext) {
			said := client.Claims(p.granted(ctx, p.Member(ctx)))
			p.Check("the issuer", value.Text(said, "iss"), Equal(p.Setting(client.Issuer)))
			p.Check("whom it is for", value.List(said, "aud"), ConsistOf(p.List(client.Audience)))
		})
	It("The AuthZ token carries no other claims", clause.Should("barong.authz.token-members", p.AuthorizeRead, contract.OK, needs,
		clause.From(contract.Standard, "OWASP ASVS 5.0.0 14.1.1; checks#J11")), func(ctx SpecContext) {
		known := []string{"iat", "exp", "sub", "iss", "aud", "jti", "uid", "username", "email", "referral_id", "role", "level", "state"}
		for _, name := range memberNames(client.Claims(p.granted(ctx, p.Member(ctx)))) {
			p.Check("the member is one of those known", name, BeElementOf(known))
		}
	})
	It("The AuthZ endpoint issues a new token for each request",
		clause.Should("barong.authz.token-fresh", p.AuthorizeRead, contract.OK, needs), func(ctx SpecContext) {
			me := p.Member(ctx)
			first, second := client.Claims(p.granted(ctx, me)), client.Claims(p.granted(ctx, me))
			p.Holds("two tokens have two ids", value.Text(first, "jti") != value.Text(second, "jti"), "they have the same")
		})
	It("The AuthZ token is signed with the deployment's key",
		clause.Graded("barong.authz.token-signature", p.AuthorizeRead, contract.OK, clause.Needs(client.Direct, client.KnownKey)),
		func(ctx SpecContext) {
			token, key := p.granted(ctx, p.Member(ctx)), p.RsaKey(client.JwtKey)
			p.Holds("the signature is that of the key", signedWith(token, &key.PublicKey), "it is not")
		})
}

// csrfToken is what a request presents in place of its session's CSRF token.
type csrfToken struct {
	outcome contract.Outcome
	of      func(*client.Session) string
}

// refusesWrite puts a method to the endpoint with another CSRF token.
func (p *api) refusesWrite(method string) func(SpecContext, csrfToken) {
	return func(ctx SpecContext, token csrfToken) {
		me := p.Member(ctx)
		p.ExpectNoToken(p.Refuses(ctx, conform.Refusal{
			Operation: p.AuthorizeWrite, By: me.Actor, ChangedBy: p.With(me.Account, me.Cookie, token.of(me)), Outcome: token.outcome,
			Control: always(conform.Request{Method: method}),
		})...)
	}
}

// authzWrites puts each method that may change something to the endpoint.
func authzWrites(p *api) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace} {
		slug := "-" + strings.ToLower(method)
		It("The AuthZ endpoint issues a token for a "+method+" with the session's CSRF token",
			clause.Graded("barong.authz.write"+slug, p.AuthorizeWrite, contract.OK, clause.Needs(client.Direct)), func(ctx SpecContext) {
				me := p.Member(ctx)
				call := p.Do(ctx, me.Actor, p.AuthorizeWrite, conform.Request{Method: method})
				p.Expect(call, p.AuthorizeWrite, contract.OK)
				said := client.Claims(strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
				p.Check("the token is the session's", value.Text(said, "uid"), Equal(value.Text(me.User, "uid")))
			})
		conform.Table(p.refusesWrite(method), []conform.Row[csrfToken]{
			{Text: "The AuthZ endpoint rejects a " + method + " without a CSRF token",
				Clause: clause.Graded("barong.authz.csrf-missing"+slug, p.AuthorizeWrite, client.CsrfMissing, clause.Needs(client.Direct)),
				Given:  csrfToken{client.CsrfMissing, func(*client.Session) string { return "" }}},
			{Text: "The AuthZ endpoint rejects a " + method + " with a wrong CSRF token",
				Clause: clause.Graded("barong.authz.csrf-wrong"+slug, p.AuthorizeWrite, client.CsrfMismatch, clause.Needs(client.Direct)),
				Given:  csrfToken{client.CsrfMismatch, func(s *client.Session) string { return p.Secret("csrf-token", otherDigit(s.Csrf)) }}},
		})
	}
	It("The AuthZ endpoint checks the CSRF token before the session",
		clause.Graded("barong.authz.csrf-first", p.AuthorizeWrite, client.CsrfMissing, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Refuses(ctx, conform.Refusal{Operation: p.AuthorizeWrite, By: me.Actor, ChangedBy: p.Visitor(), Outcome: client.CsrfMissing,
				Control: always(conform.Request{})})
		})
	It("The AuthZ endpoint rejects the CSRF token of another session",
		clause.Graded("barong.authz.csrf-foreign", p.AuthorizeWrite, client.CsrfMismatch, clause.Needs(client.Direct)), func(ctx SpecContext) {
			me := p.Member(ctx)
			other := p.LogIn(ctx, me.Account)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.AuthorizeWrite, By: me.Actor, ChangedBy: p.With(me.Account, me.Cookie, other.Csrf), Outcome: client.CsrfMismatch,
				Control: always(conform.Request{}),
			})
		})
}
