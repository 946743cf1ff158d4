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
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/family"
)

const preflight = contract.Outcome("preflight")

// authzSubjects are the operations of the AuthZ endpoint that lead to success. No
// family has a promise to put to them but csrf.
func (p *api) authzSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.authorizeRead, Ready: p.asMember(conform.Request{}), Features: []string{direct}},
		{Operation: p.authorizeWrite, Ready: p.asMember(conform.Request{}), Features: []string{direct}},
		{Operation: p.authorizePublic, Ready: p.asVisitor(always(asked)), Features: []string{direct}},
	}
}

// asked is a question about a request with a body: release 3.1 looks for an e-mail
// address in that of a log-in.
var asked = conform.Request{JSON: conform.Object{}}

// authz is about the endpoint that a gateway asks about each request
// (facts/barong.md 1.3).
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
	needs := clause.Needs(direct)
	It("gives a session a token for a read, without a CSRF token", clause.Graded("barong.authz.read", p.authorizeRead, contract.OK, needs), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Expect(p.Do(ctx, p.with(me.account, me.cookie, ""), p.authorizeRead, conform.Request{}), p.authorizeRead, contract.OK)
	})
	It("gives nobody a token, and none for a made-up or ended session", clause.Graded("barong.authz.no-session", p.authorizeRead, invalidSession, needs), func(ctx SpecContext) {
		me, ended := p.member(ctx), p.member(ctx)
		p.Require("log out", p.Do(ctx, ended.Actor, p.deleteSession, conform.Request{}), p.deleteSession, contract.OK)
		for _, by := range []*conform.Actor{p.visitor(), p.with(me.account, p.Secret("session", p.Nonce()+p.Nonce()), me.csrf), ended.Actor} {
			call := p.Refuses(ctx, conform.Refusal{
				Operation: p.authorizeRead, By: me.Actor, ChangedBy: by, Outcome: invalidSession, Control: always(conform.Request{}),
			})
			p.givesNoToken(call...)
		}
	})
}

// givesNoToken checks that a refusal gives away no token all the same.
func (p *api) givesNoToken(calls ...*httpclient.Call) {
	GinkgoHelper()
	for _, call := range calls {
		p.Holds("the answer has no token", call.Header.Get("Authorization") == "", "it has the header field Authorization")
	}
}

// granted is the token that the AuthZ endpoint gives a session, in a spec about it.
func (p *api) granted(ctx context.Context, me *session) string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.authorizeRead, conform.Request{})
	p.Expect(call, p.authorizeRead, contract.OK)
	return p.Secret("bearer", strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
}

// authzTokens is about what a token says (facts/barong.md 1.4).
func authzTokens(p *api) {
	needs := clause.Needs(direct)
	It("says in the token whose session it is and what it is for", clause.Graded("barong.authz.token", p.authorizeRead, contract.OK, needs), func(ctx SpecContext) {
		me := p.member(ctx)
		token := p.granted(ctx, me)
		said := claims(token)
		p.Check("it is signed with RS256", value.Text(jwtPart(token, 0), "alg"), Equal("RS256"))
		p.Check("sub is session", value.Text(said, "sub"), Equal("session"))
		for _, name := range []string{"uid", "email", "role", "state", "level"} {
			p.Check(name+" is the user's", value.At(said, name), Equal(value.At(me.user, name)))
		}
		p.Check("the role is member", value.Text(said, "role"), Equal("member"))
		p.Check("jti is an id", value.Text(said, "jti"), MatchRegexp(`^[0-9a-f]{20}$`))
	})
	It("lets the token live for an hour from now", clause.Should("barong.authz.token-lifetime", p.authorizeRead, contract.OK, needs), func(ctx SpecContext) {
		said := claims(p.granted(ctx, p.member(ctx)))
		issued := time.Unix(int64(value.Number(said, "iat")), 0)
		p.Check("it was issued now", issued, BeTemporally("~", p.Now(), time.Minute))
		p.Check("it lives for an hour", value.Number(said, "exp")-value.Number(said, "iat"), Equal(int(time.Hour/time.Second)))
	})
	It("names issuer and audience in the token", clause.Should("barong.authz.token-audience", p.authorizeRead, contract.OK, needs), func(ctx SpecContext) {
		said := claims(p.granted(ctx, p.member(ctx)))
		p.Check("the issuer is Barong", value.Text(said, "iss"), Equal("barong"))
		p.Check("it is for Peatio and Barong", value.List(said, "aud"), ConsistOf("peatio", "barong"))
	})
	It("says nothing else in the token", clause.Should("barong.authz.token-members", p.authorizeRead, contract.OK, needs,
		clause.From(contract.Standard, "OWASP ASVS 5.0 14.2; facts/auth-checks.md J11")), func(ctx SpecContext) {
		known := []string{"iat", "exp", "sub", "iss", "aud", "jti", "uid", "username", "email", "referral_id", "role", "level", "state"}
		for _, name := range memberNames(claims(p.granted(ctx, p.member(ctx)))) {
			p.Check("the member is one of those known", name, BeElementOf(known))
		}
	})
	It("gives each request a token of its own", clause.Should("barong.authz.token-fresh", p.authorizeRead, contract.OK, needs), func(ctx SpecContext) {
		me := p.member(ctx)
		first, second := claims(p.granted(ctx, me)), claims(p.granted(ctx, me))
		p.Holds("two tokens have two ids", value.Text(first, "jti") != value.Text(second, "jti"), "they have the same")
	})
	It("signs the token with its key", clause.Graded("barong.authz.token-signature", p.authorizeRead, contract.OK, clause.Needs(direct, knownKey)), func(ctx SpecContext) {
		token, key := p.granted(ctx, p.member(ctx)), p.rsaKey(jwtKey)
		p.Holds("the signature is that of the key", signedWith(token, &key.PublicKey), "it is not")
	})
}

// authzWrites puts each method that may change something to the endpoint.
func authzWrites(p *api) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace} {
		slug := "-" + strings.ToLower(method)
		pair := func(id, text string, outcome contract.Outcome, token func(s *session) string) {
			It(text+" a "+method, clause.Graded("barong.authz."+id+slug, p.authorizeWrite, outcome, clause.Needs(direct)), func(ctx SpecContext) {
				me := p.member(ctx)
				p.givesNoToken(p.Refuses(ctx, conform.Refusal{
					Operation: p.authorizeWrite, By: me.Actor, ChangedBy: p.with(me.account, me.cookie, token(me)), Outcome: outcome,
					Control: always(conform.Request{Method: method}),
				})...)
			})
		}
		It("gives a session with its CSRF token a token for a "+method, clause.Graded("barong.authz.write"+slug, p.authorizeWrite, contract.OK, clause.Needs(direct)), func(ctx SpecContext) {
			me := p.member(ctx)
			call := p.Do(ctx, me.Actor, p.authorizeWrite, conform.Request{Method: method})
			p.Expect(call, p.authorizeWrite, contract.OK)
			said := claims(strings.TrimPrefix(call.Header.Get("Authorization"), "Bearer "))
			p.Check("the token is the session's", value.Text(said, "uid"), Equal(value.Text(me.user, "uid")))
		})
		pair("csrf-missing", "gives no token without a CSRF token for", csrfMissing, func(*session) string { return "" })
		pair("csrf-wrong", "gives no token with another CSRF token for", csrfMismatch, func(s *session) string { return p.Secret("csrf-token", otherDigit(s.csrf)) })
	}
	It("looks at the CSRF token before it looks for a session", clause.Graded("barong.authz.csrf-first", p.authorizeWrite, csrfMissing, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		p.Refuses(ctx, conform.Refusal{Operation: p.authorizeWrite, By: me.Actor, ChangedBy: p.visitor(), Outcome: csrfMissing, Control: always(conform.Request{})})
	})
	It("takes a CSRF token of another session for none of this one", clause.Graded("barong.authz.csrf-foreign", p.authorizeWrite, csrfMismatch, clause.Needs(direct)), func(ctx SpecContext) {
		me := p.member(ctx)
		other := p.logIn(ctx, me.account)
		p.Refuses(ctx, conform.Refusal{
			Operation: p.authorizeWrite, By: me.Actor, ChangedBy: p.with(me.account, me.cookie, other.csrf), Outcome: csrfMismatch, Control: always(conform.Request{}),
		})
	})
}
