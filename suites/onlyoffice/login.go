package onlyoffice

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// Outcomes that only this exchange has.
const (
	confirmInvalid = contract.Outcome("confirm-invalid")
	confirmExpired = contract.Outcome("confirm-expired")
)

// enumeration is the authority for refusals that must not tell accounts apart.
var enumeration = clause.From(contract.Standard, "OWASP ASVS 5.0 6.3.8; facts/auth-checks.md E01-E03")

func login(p *portal) {
	Describe("POST /api/2.0/authentication", func() {
		loginSucceeds(p)
		loginRefuses(p)
		loginTellsNothing(p)
	})
	Describe("GET /api/2.0/authentication", func() { isAuthentificated(p) })
}

func loginSucceeds(p *portal) {
	It("opens a session for a user name and its password",
		clause.Must("onlyoffice.login.password", p.login, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
			p.known(who, call)
			p.Expect(call, p.login, contract.OK)
			p.works(ctx, p.Actor(who.Name, who, cookie(token(call))))
		})
	It("opens a session for a user name and the hash of its password",
		clause.Must("onlyoffice.login.password-hash", p.login, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			request := conform.Request{JSON: conform.Object{"userName": who.Login, "passwordHash": p.passwordHash(ctx, who.Password)}}
			call := p.Do(ctx, p.Anonymous(), p.login, request)
			p.known(who, call)
			p.Expect(call, p.login, contract.OK)
		})
	It("takes the token as the Authorization header too",
		clause.Must("onlyoffice.login.bearer", p.tfaSettings, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
			p.Require("sign in", call, p.login, contract.OK)
			me := p.Actor(who.Name, who, bearer(token(call)))
			p.Expect(p.Do(ctx, me, p.tfaSettings, conform.Request{}), p.tfaSettings, contract.OK)
		})
	It("sets the session cookie out of scripts' reach",
		clause.Should("onlyoffice.login.cookie-http-only", p.login, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 3.3.4; facts/auth-checks.md S14")),
		func(ctx SpecContext) { p.cookieHas(ctx, "HttpOnly") })
	It("binds the session cookie to the site",
		clause.Should("onlyoffice.login.cookie-same-site", p.login, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 3.3.2; facts/auth-checks.md S15")),
		func(ctx SpecContext) { p.cookieHas(ctx, "SameSite=") })
	It("gives every log-in a token of its own",
		clause.Should("onlyoffice.login.token-fresh", p.login, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 7.2.2; facts/auth-checks.md S12")),
		func(ctx SpecContext) {
			who := p.Lease(user)
			first := token(p.loggedIn(ctx, who.Login, who.Password))
			second := token(p.loggedIn(ctx, who.Login, who.Password))
			p.Check("two log-ins give two tokens", second, Not(Equal(first)))
		})
	It("does not adopt a session token that the client brings along",
		clause.Should("onlyoffice.login.fixation", p.login, contract.OK, clause.From(contract.Standard, "draft-ietf-httpbis-rfc6265bis-22 section 8.4; facts/auth-checks.md S02")),
		func(ctx SpecContext) {
			who := p.Lease(user)
			planted := p.Secret("planted-token", "cGxhbnRlZCBieSBhbiBhdHRhY2tlciwgbm90IGlzc3VlZA==")
			call := p.Do(ctx, p.Actor("planted", nil, cookie(planted)), p.login, conform.Request{JSON: credentials(who)})
			p.Require("sign in", call, p.login, contract.OK)
			p.Check("the token is not the planted one", token(call), Not(Equal(planted)))
		})
}

func loginRefuses(p *portal) {
	refuses := func(text string, c clause.Clause, changes ...conform.Change) {
		It(text, c, func(ctx SpecContext) {
			who := p.Lease(user)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.login, By: p.Anonymous(), Control: always(conform.Request{JSON: credentials(who)}),
				Changes: changes, Outcome: c.Outcome,
			})
		})
	}
	refuses("refuses a wrong password",
		clause.Must("onlyoffice.login.wrong-password", p.login, contract.BadCredentials),
		conform.Set("password", "wrong-Password-1"))
	refuses("refuses an unknown user name",
		clause.Must("onlyoffice.login.unknown-user", p.login, contract.BadCredentials),
		conform.Change{Name: "unknown user", Of: func(r conform.Request) conform.Request { return r.With("userName", p.nobody()) }})
	refuses("refuses a request without a user name",
		clause.Must("onlyoffice.login.no-user-name", p.login, contract.Invalid),
		conform.Drop("userName"), conform.Set("userName", ""), conform.Set("userName", nil))
	refuses("refuses a request without a password",
		clause.Must("onlyoffice.login.no-password", p.login, contract.Invalid),
		conform.Drop("password"), conform.Set("password", ""), conform.Set("password", nil))
	refuses("refuses an empty object",
		clause.Must("onlyoffice.login.empty", p.login, contract.Invalid),
		conform.Change{Name: "{}", Of: func(r conform.Request) conform.Request { r.JSON = conform.Object{}; return r }})
	refuses("refuses a third-party provider that is not set up",
		clause.Must("onlyoffice.login.provider", p.login, contract.BadCredentials),
		conform.Change{Name: "provider", Of: func(r conform.Request) conform.Request {
			r.JSON = conform.Object{"provider": "no-such-provider", "accessToken": "x"}
			return r
		}})
	refuses("refuses a log-in link with a wrong key",
		clause.Must("onlyoffice.login.link-wrong-key", p.login, contract.NotFound),
		conform.Change{Name: "wrong key", Of: func(r conform.Request) conform.Request {
			r.JSON = conform.Object{"confirmData": map[string]any{"email": p.nobody(), "key": "1.WRONGKEY"}}
			return r
		}})
	refuses("refuses a log-in link for something that is no e-mail address",
		clause.Should("onlyoffice.login.link-no-email", p.login, contract.InvalidType),
		conform.Set("confirmData", map[string]any{"email": "not an address", "key": "1.WRONGKEY"}))
	It("refuses the password in another case, cut short or made longer",
		clause.Must("onlyoffice.login.password-exact", p.login, contract.BadCredentials),
		func(ctx SpecContext) {
			who := p.Lease(user)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.login, By: p.Anonymous(), Control: always(conform.Request{JSON: credentials(who)}),
				Changes: []conform.Change{
					renamed("swapped case", conform.Set("password", swapCase(who.Password))),
					renamed("last character cut", conform.Set("password", who.Password[:len(who.Password)-1])),
					renamed("one character more", conform.Set("password", who.Password+"x")),
				}, Outcome: contract.BadCredentials,
			})
		})
	It("refuses the password of another user",
		clause.Must("onlyoffice.login.foreign-password", p.login, contract.BadCredentials),
		func(ctx SpecContext) {
			who, other := p.Lease(user), p.Lease(user)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.login, By: p.Anonymous(), Control: always(conform.Request{JSON: credentials(who)}),
				Changes: []conform.Change{conform.Set("password", other.Password)}, Outcome: contract.BadCredentials,
			})
		})
	It("does not let a disabled account in",
		clause.Should("onlyoffice.login.disabled", p.login, contract.AccountDisabled),
		func(ctx SpecContext) {
			who, twin := p.Lease(disabled), p.Lease(user)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.login, By: p.Anonymous(), Control: always(conform.Request{JSON: credentials(twin)}),
				Changes: []conform.Change{{Name: "the disabled account", Of: func(conform.Request) conform.Request {
					return conform.Request{JSON: credentials(who)}
				}}}, Outcome: contract.AccountDisabled,
			})
		}, Serial)
	It("refuses a wrong captcha answer",
		clause.Must("onlyoffice.login.captcha-wrong", p.login, contract.CaptchaRefused, clause.Needs("captcha")),
		func(ctx SpecContext) {
			who := p.Lease(user)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.login, By: p.Anonymous(),
				Control: always(conform.Request{JSON: credentials(who)}.With("recaptchaResponse", p.Target().Captcha.Response)),
				Changes: []conform.Change{conform.Set("recaptchaResponse", "wrong-captcha-answer")}, Outcome: contract.CaptchaRefused,
			})
		})
}

// loginTellsNothing compares refusals with each other: what differs between an
// unknown user and a wrong password tells an attacker which accounts exist.
func loginTellsNothing(p *portal) {
	It("answers an unknown user and a wrong password with the same body",
		clause.Should("onlyoffice.login.same-body", p.login, contract.BadCredentials, enumeration),
		func(ctx SpecContext) {
			wrong, unknown := p.twoRefusals(ctx)
			p.Holds("both bodies are the same", string(wrong.Body) == string(unknown.Body), "they differ")
		})
	It("answers an unknown user and a wrong password with the same headers",
		clause.Should("onlyoffice.login.same-headers", p.login, contract.BadCredentials, enumeration),
		func(ctx SpecContext) {
			wrong, unknown := p.twoRefusals(ctx)
			p.Check("both carry the same header fields", headerNames(unknown), Equal(headerNames(wrong)))
			p.Check("both are as long", unknown.Header.Get("Content-Length"), Equal(wrong.Header.Get("Content-Length")))
		})
	It("does not show before the password is right that a user has a second factor",
		clause.Should("onlyoffice.login.no-second-factor-hint", p.login, contract.BadCredentials, clause.From(contract.Standard, "OWASP ASVS 5.0 6.3.8; facts/auth-checks.md F15")),
		func(ctx SpecContext) {
			plain, second := p.Lease(user), p.Lease(totp)
			a := p.wrongPassword(ctx, plain.Login)
			b := p.wrongPassword(ctx, second.Login)
			p.Holds("a wrong password is answered alike with and without a second factor", string(a.Body) == string(b.Body), "the bodies differ")
			p.Check("with the same header fields", headerNames(b), Equal(headerNames(a)))
		})
}

func isAuthentificated(p *portal) {
	anonymous := contract.Anonymous
	It("says true to a session",
		clause.Must("onlyoffice.is-authentificated.session", p.isAuthentificated, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			p.Expect(p.Do(ctx, me, p.isAuthentificated, conform.Request{}), p.isAuthentificated, contract.OK)
		})
	It("says false to a request without a session",
		clause.Must("onlyoffice.is-authentificated.anonymous", p.isAuthentificated, anonymous),
		func(ctx SpecContext) {
			p.Expect(p.Do(ctx, p.Anonymous(), p.isAuthentificated, conform.Request{}), p.isAuthentificated, anonymous)
		})
	It("says false to a made-up token",
		clause.Must("onlyoffice.is-authentificated.made-up", p.isAuthentificated, anonymous),
		func(ctx SpecContext) {
			for _, junk := range []string{"x", "null", "undefined", "0", strings.Repeat("QUJD", 2048)} {
				p.Expect(p.Do(ctx, p.Actor("junk", nil, cookie(junk)), p.isAuthentificated, conform.Request{}), p.isAuthentificated, anonymous)
			}
		})
	It("says false to the token of a session that was logged out",
		clause.Must("onlyoffice.is-authentificated.logged-out", p.isAuthentificated, anonymous),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			p.Require("use the session", p.Do(ctx, me, p.isAuthentificated, conform.Request{}), p.isAuthentificated, contract.OK)
			p.sessions().End(ctx, me)
			p.Expect(p.Do(ctx, me, p.isAuthentificated, conform.Request{}), p.isAuthentificated, anonymous)
		})
}

// known takes the regular refusal of an identity's own credentials for a mistake
// in the target file: nothing shows that the target should have accepted them.
func (p *portal) known(who *identity.Identity, call *httpclient.Call) {
	GinkgoHelper()
	if p.Exactly(call, p.login, contract.BadCredentials) {
		p.Untestable("the target knows no user %s with the password that the target file gives: correct it there", who.Name)
	}
}

// twoRefusals gets a wrong password and an unknown user refused.
func (p *portal) twoRefusals(ctx SpecContext) (wrong, unknown *httpclient.Call) {
	GinkgoHelper()
	return p.wrongPassword(ctx, p.Lease(user).Login), p.wrongPassword(ctx, p.nobody())
}

// nobody is an address that no account has and no spec used before, so that no
// counter of failed log-ins knows it.
func (p *portal) nobody() string { return "nobody-" + p.Nonce() + "@unknown.invalid" }

func (p *portal) wrongPassword(ctx SpecContext, login string) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: conform.Object{"userName": login, "password": "wrong-Password-1"}})
	p.Require("get a wrong password refused", call, p.login, contract.BadCredentials)
	return call
}
