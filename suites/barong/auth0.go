package barong

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const (
	noEmailClaim      = contract.Outcome("no-email-claim")
	unverifiedUnknown = contract.Outcome("unverified-unknown")
	tokenRefusedAuth0 = contract.Outcome("token-refused-auth0")
	methodOff         = contract.Outcome("method-off")
)

// auth0Subjects put a made-up token to the operation, so that they need no Auth0
// tenant: it is read to the end and refused.
func (p *api) auth0Subjects() []family.Subject {
	made := func() conform.Request { return idToken("a." + p.Nonce() + ".b") }
	return []family.Subject{{Operation: p.CreateSessionByAuth0, Ready: p.asVisitor(made), Expected: tokenRefusedAuth0}}
}

func idToken(token string) conform.Request {
	return conform.Request{JSON: conform.Object{"id_token": token}}
}

// tenant is what Auth0 says in its tokens about the deployment, and its key.
type tenant struct {
	issuer, audience string
	key              *rsa.PrivateKey
	header           map[string]any // of its tokens
}

// auth0Tenant reads the tenant out of the deployment's own configuration.
func (p *api) auth0Tenant(ctx context.Context) tenant {
	GinkgoHelper()
	call := p.Do(ctx, p.Visitor(), p.GetAuth0Configs, conform.Request{})
	p.Require("read which Auth0 tenant is used", call, p.GetAuth0Configs, contract.OK)
	said := value.Of(call)
	header := map[string]any{}
	if kid := p.Setting(client.Auth0Kid); kid != "" {
		header["kid"] = kid
	}
	return tenant{
		header:   header,
		issuer:   "https://" + strings.TrimSuffix(value.Text(said, "auth0_domain"), "/") + "/",
		audience: value.Text(said, "auth0_client_id"), key: p.RsaKey(client.Auth0Key),
	}
}

// says is what Auth0 says of a user.
func (p *api) says(t tenant, email string, verified bool) map[string]any {
	return map[string]any{
		"iss": t.issuer, "aud": t.audience, "sub": "auth0|" + p.Nonce(), "email": email, "email_verified": verified,
		"iat": p.Now().Add(-time.Minute).Unix(), "exp": p.Now().Add(time.Hour).Unix(),
	}
}

// signs makes an id token as Auth0 does.
func (p *api) signs(t tenant, said map[string]any) conform.Request {
	return idToken(p.Secret("id-token", jwtSigned(jwt.SigningMethodRS256, t.header, said, t.key)))
}

func auth0LogIns(p *api) {
	Describe("POST identity/sessions/auth0", func() {
		auth0Opens(p)
		auth0Refuses(p)
		auth0TokensRefused(p)
		auth0Bypasses(p)
		It("POST /identity/sessions/auth0 answers that Auth0 is not enabled",
			clause.Graded("barong.auth0.off", p.CreateSessionByAuth0, methodOff, clause.Needs(client.Auth0Off)), func(ctx SpecContext) {
				p.Expect(p.Do(ctx, p.Visitor(), p.CreateSessionByAuth0, idToken("a."+p.Nonce()+".b")), p.CreateSessionByAuth0, methodOff)
			})
	})
}

func auth0Opens(p *api) {
	needs := clause.Needs(client.Auth0)
	It("POST /identity/sessions/auth0 opens a session for a known user whose e-mail address Auth0 has verified",
		clause.Graded("barong.auth0.known", p.CreateSessionByAuth0, contract.OK, needs), func(ctx SpecContext) {
			a, t := p.MemberAccount(ctx), p.auth0Tenant(ctx)
			call := p.Do(ctx, p.VisitorAt(a.Address), p.CreateSessionByAuth0, p.signs(t, p.says(t, a.Login, true)))
			p.Expect(call, p.CreateSessionByAuth0, contract.OK)
			s := p.Opened(call, a)
			p.Check("the user is the one of the e-mail address", strings.ToLower(value.Text(s.User, "email")), Equal(strings.ToLower(a.Login)))
			if a.ID != "" {
				p.Check("the user is the one who was there", value.Text(s.User, "uid"), Equal(a.ID))
			}
			p.ExpectAlive(ctx, s)
			p.Writes(ctx, s)
		})
	It("POST /identity/sessions/auth0 creates an active user for an unknown e-mail address that Auth0 has verified",
		clause.Graded("barong.auth0.unknown", p.CreateSessionByAuth0, contract.OK, needs), func(ctx SpecContext) {
			a, t := p.NewAccount(), p.auth0Tenant(ctx)
			call := p.Do(ctx, p.VisitorAt(a.Address), p.CreateSessionByAuth0, p.signs(t, p.says(t, a.Login, true)))
			p.Expect(call, p.CreateSessionByAuth0, contract.OK)
			s := p.Opened(call, a)
			p.Check("the user is active", value.Text(s.User, "state"), Equal("active"))
			p.Check("the user has the e-mail address", value.Text(s.User, "email"), Equal(a.Login))
			p.ExpectAlive(ctx, s)
		})
}

func auth0Refuses(p *api) {
	type untold struct {
		outcome contract.Outcome
		change  func(said map[string]any)
	}
	op, needs := p.CreateSessionByAuth0, clause.Needs(client.Auth0)
	conform.Table(func(ctx SpecContext, given untold) {
		a, t := p.NewAccount(), p.auth0Tenant(ctx)
		said := p.says(t, a.Login, true)
		given.change(said)
		call := p.Do(ctx, p.VisitorAt(a.Address), op, p.signs(t, said))
		p.Expect(call, op, given.outcome)
		p.ExpectNoSession(ctx, a, call)
		p.Require("log in with the right token", p.auth0LogIn(ctx, t, a), op, contract.OK)
	}, []conform.Row[untold]{
		{Text: "POST /identity/sessions/auth0 rejects an ID token without an e-mail address",
			Clause: clause.Graded("barong.auth0.no-email", op, noEmailClaim, needs),
			Given:  untold{noEmailClaim, func(said map[string]any) { delete(said, "email") }}},
		{Text: "POST /identity/sessions/auth0 rejects an unknown e-mail address that Auth0 has not verified",
			Clause: clause.Graded("barong.auth0.unverified-unknown", op, unverifiedUnknown, needs),
			Given:  untold{unverifiedUnknown, func(said map[string]any) { said["email_verified"] = false }}},
	})
}

// auth0LogIn logs in with a token that nothing is wrong with.
func (p *api) auth0LogIn(ctx context.Context, t tenant, a *client.Account) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.VisitorAt(a.Address), p.CreateSessionByAuth0, p.signs(t, p.says(t, a.Login, true)))
}

// auth0TokensRefused: OpenID Connect Core 1.0 section 3.1.3.7, RFC 8725.
func auth0TokensRefused(p *api) {
	with := func(t tenant, said map[string]any, name string, v any) string {
		changed := p.says(t, "", true)
		changed["email"], changed[name] = said["email"], v
		return jwtSigned(jwt.SigningMethodRS256, t.header, changed, t.key)
	}
	op, needs := p.CreateSessionByAuth0, clause.Needs(client.Auth0)
	conform.Table(func(ctx SpecContext, forge func(t tenant, said map[string]any) []string) {
		a, t := p.MemberAccount(ctx), p.auth0Tenant(ctx)
		var changes []conform.Change
		for _, token := range forge(t, p.says(t, a.Login, true)) {
			changes = append(changes, conform.Set("id_token", p.Secret("id-token", token)))
		}
		p.ExpectNoSession(ctx, a, p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.VisitorAt(a.Address), Outcome: tokenRefusedAuth0, Changes: changes,
			Control: func() conform.Request { return p.signs(t, p.says(t, a.Login, true)) },
		})...)
	}, []conform.Row[func(t tenant, said map[string]any) []string]{
		{Text: "POST /identity/sessions/auth0 rejects text that is not a JWT",
			Clause: clause.Graded("barong.auth0.malformed", op, tokenRefusedAuth0, needs),
			Given: func(t tenant, said map[string]any) []string {
				return []string{p.Nonce(), "a.b", "..", jwtObject(map[string]any{"alg": "RS256"}) + "." + jwtObject(said) + "."}
			}},
		{Text: "POST /identity/sessions/auth0 rejects an expired ID token",
			Clause: clause.Graded("barong.auth0.expired", op, tokenRefusedAuth0, needs),
			Given: func(t tenant, said map[string]any) []string {
				return []string{with(t, said, "exp", p.Now().Add(-time.Hour).Unix())}
			}},
		{Text: "POST /identity/sessions/auth0 rejects an ID token for another audience",
			Clause: clause.Graded("barong.auth0.audience", op, tokenRefusedAuth0, needs),
			Given: func(t tenant, said map[string]any) []string {
				return []string{with(t, said, "aud", "somebody-else"), with(t, said, "aud", []string{"somebody-else"})}
			}},
		{Text: "POST /identity/sessions/auth0 rejects an ID token of another issuer",
			Clause: clause.Graded("barong.auth0.issuer", op, tokenRefusedAuth0, needs),
			Given: func(t tenant, said map[string]any) []string {
				return []string{with(t, said, "iss", "https://somebody-else.auth0.com/"), with(t, said, "iss", "barong")}
			}},
		{Text: "POST /identity/sessions/auth0 rejects an ID token that the tenant has not signed",
			Clause: clause.Graded("barong.auth0.signature", op, tokenRefusedAuth0, needs),
			Given: func(t tenant, said map[string]any) []string {
				key, err := rsa.GenerateKey(rand.Reader, 2048)
				if err != nil {
					p.Error("cannot make a key: %v", err)
				}
				right := strings.Split(jwtSigned(jwt.SigningMethodRS256, t.header, said, t.key), ".")
				other := strings.Split(with(t, said, "email", p.Nobody()), ".")
				return []string{
					jwtSigned(jwt.SigningMethodRS256, t.header, said, key),
					jwtObject(map[string]any{"alg": "none"}) + "." + right[1] + ".",
					jwtSigned(jwt.SigningMethodHS256, t.header, said, []byte("")),
					right[0] + "." + right[1] + "." + other[2],
				}
			}},
	})
}

// auth0Bypasses: the releases ask for nothing but a token, and let in whom the
// log-in by password would not; the documents promise no such way round
// (barong#9-13).
func auth0Bypasses(p *api) {
	type bypass struct {
		who      func(context.Context) *client.Account
		verified bool
	}
	op, needs, only := p.CreateSessionByAuth0, clause.Needs(client.Auth0), clause.Only(client.Documented)
	from := clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.4; checks#F07; barong#9-13")
	conform.Table(func(ctx SpecContext, given bypass) {
		a, twin, t := given.who(ctx), p.MemberAccount(ctx), p.auth0Tenant(ctx)
		call := p.Do(ctx, p.VisitorAt(a.Address), op, p.signs(t, p.says(t, a.Login, given.verified)))
		p.Expect(call, op, unverifiedUnknown)
		p.ExpectNoSession(ctx, a, call)
		p.Require("log in as a member", p.auth0LogIn(ctx, t, twin), op, contract.OK)
	}, []conform.Row[bypass]{
		{Text: "POST /identity/sessions/auth0 opens no session of a user whose e-mail address Auth0 has not verified",
			Clause: clause.Should("barong.auth0.unverified-email", op, unverifiedUnknown, needs, only, from),
			Given:  bypass{p.MemberAccount, false}},
		{Text: "POST /identity/sessions/auth0 opens no session of an enrolled user without the second factor",
			Clause: clause.Should("barong.auth0.second-factor", op, unverifiedUnknown, needs, only, from),
			Given:  bypass{p.EnrolledAccount, true}},
		{Text: "POST /identity/sessions/auth0 opens no session of a banned user",
			Clause: clause.Should("barong.auth0.banned", op, unverifiedUnknown, needs, only, from),
			Given:  bypass{func(context.Context) *client.Account { GinkgoHelper(); return p.Leased(client.RoleBanned) }, true}},
	}, Serial)
}
