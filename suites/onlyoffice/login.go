package onlyoffice

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

func loginSucceeds(p *client.Client) {
	It("POST /authentication opens a session for a user name and its password",
		clause.Must("onlyoffice.login.password", p.Login, contract.OK), func(ctx SpecContext) {
			who := p.Lease(client.User)
			call := p.LogIn(ctx, who)
			requireKnown(p, who, call)
			p.Expect(call, p.Login, contract.OK)
			p.ExpectAlive(ctx, p.Session(who, call))
		})
	It("POST /authentication accepts the hash of a password in place of the password",
		clause.Must("onlyoffice.login.password-hash", p.Login, contract.OK), func(ctx SpecContext) {
			who := p.Lease(client.User)
			call := p.Do(ctx, p.Anonymous(), p.Login, p.ByHash(ctx, who, who.Password))
			requireKnown(p, who, call)
			p.Expect(call, p.Login, contract.OK)
		})
	It("GET /settings/tfaapp accepts the token of a log-in in the Authorization header",
		clause.Must("onlyoffice.login.bearer", p.TFASettings, contract.OK), func(ctx SpecContext) {
			session := p.BearerSession(ctx, p.Lease(client.User))
			p.DoExpect(ctx, session, p.TFASettings, client.NoBody, contract.OK)
		})
	It("POST /authentication issues a new token for each log-in",
		clause.Should("onlyoffice.login.token-fresh", p.Login, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.2.2; checks#S12")), func(ctx SpecContext) {
			who := p.Lease(client.User)
			first, second := p.NewToken(ctx, who), p.NewToken(ctx, who)
			p.Check("two log-ins give two tokens", second, Not(Equal(first)))
		})
	It("POST /authentication does not adopt a session token that the client sends",
		clause.Should("onlyoffice.login.fixation", p.Login, contract.OK,
			clause.From(contract.Standard, "draft-ietf-httpbis-rfc6265bis-22 section 8.4; checks#S02")), func(ctx SpecContext) {
			planted := p.Secret("planted-token", "cGxhbnRlZCBieSBhbiBhdHRhY2tlciwgbm90IGlzc3VlZA==")
			by := p.Actor("planted", nil, client.Cookie(planted))
			call := p.DoRequire(ctx, "sign in", by, p.Login, client.Credentials(p.Lease(client.User)), contract.OK)
			p.Check("the token is not the planted one", client.Token(call), Not(Equal(planted)))
		})
	conform.Table(func(ctx SpecContext, attribute string) {
		call := p.LoggedIn(ctx, p.Lease(client.User))
		for _, line := range call.Header.Values("Set-Cookie") {
			if c, err := http.ParseSetCookie(line); err == nil && c.Name == client.SessionCookie {
				// The case of an attribute does not matter (RFC 6265 section 5.2).
				p.Check("the session cookie is set with "+attribute, strings.ToLower(line), ContainSubstring("; "+strings.ToLower(attribute)))
				return
			}
		}
		p.Untestable("the log-in sets no session cookie")
	}, []conform.Row[string]{
		{Text: "POST /authentication sets the session cookie with the HttpOnly attribute",
			Clause: clause.Should("onlyoffice.login.cookie-http-only", p.Login, contract.OK,
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 3.3.4; checks#S14")),
			Given: "HttpOnly"},
		{Text: "POST /authentication sets the session cookie with a SameSite attribute",
			Clause: clause.Should("onlyoffice.login.cookie-same-site", p.Login, contract.OK,
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 3.3.2; checks#S15")),
			Given: "SameSite="},
	})
	It("POST /authentication sets an expiry on the session cookie unless `session` is true",
		clause.Should("onlyoffice.login.cookie-life", p.Login, contract.OK,
			clause.From(contract.Observed, "onlyoffice#5-cookie; onlyoffice#5-expires")), func(ctx SpecContext) {
			who := p.Lease(client.User)
			for _, browser := range []bool{true, false} {
				call := p.DoExpect(ctx, p.Anonymous(), p.Login, client.Credentials(who).With("session", browser), contract.OK)
				// A cookie with an expiry outlives the browser (RFC 6265 section 4.1.2).
				c := client.LastCookie(call, client.SessionCookie)
				if c.Value == "" {
					p.Untestable("the log-in sets no session cookie")
				}
				p.Check("the session cookie has an expiry date", c.MaxAge > 0 || !c.Expires.IsZero(), Equal(!browser))
			}
		})
}

func loginRefuses(p *client.Client) {
	refusesChanges(p, func(context.Context) conform.Refusal {
		control := client.Always(client.Credentials(p.Lease(client.User)))
		return conform.Refusal{Operation: p.Login, By: p.Anonymous(), Control: control}
	}, []conform.Row[[]conform.Change]{
		{Text: "POST /authentication rejects a wrong password",
			Clause: clause.Must("onlyoffice.login.wrong-password", p.Login, contract.BadCredentials),
			Given:  []conform.Change{conform.Set("password", client.WrongPassword)}},
		{Text: "POST /authentication rejects an unknown user name",
			Clause: clause.Must("onlyoffice.login.unknown-user", p.Login, contract.BadCredentials), Given: []conform.Change{unknownUser(p)}},
		{Text: "POST /authentication rejects a missing, empty or null user name",
			Clause: clause.Must("onlyoffice.login.no-user-name", p.Login, contract.Invalid),
			Given:  []conform.Change{conform.Drop("userName"), conform.Set("userName", ""), conform.Set("userName", nil)}},
		{Text: "POST /authentication rejects a missing, empty or null password",
			Clause: clause.Must("onlyoffice.login.no-password", p.Login, contract.Invalid),
			Given:  []conform.Change{conform.Drop("password"), conform.Set("password", ""), conform.Set("password", nil)}},
		{Text: "POST /authentication rejects an empty JSON object",
			Clause: clause.Must("onlyoffice.login.empty", p.Login, contract.Invalid),
			Given:  []conform.Change{replaced("{}", client.JSON(conform.Object{}))}},
		{Text: "POST /authentication rejects a third-party provider that does not exist",
			Clause: clause.Must("onlyoffice.login.provider", p.Login, "provider-refused"),
			Given:  []conform.Change{replaced("provider", client.JSON(conform.Object{"provider": "no-such-provider", "accessToken": "x"}))}},
		{Text: "POST /authentication rejects a log-in link with a key that was never issued",
			Clause: clause.Must("onlyoffice.login.link-wrong-key", p.Login, contract.NotFound), Given: []conform.Change{
				wrongLogInLink(p), replaced("an address of one letter", logInLink("n@unknown.invalid", "1.WRONGKEY")),
			}},
		{Text: "POST /authentication rejects a log-in link whose e-mail address is malformed",
			Clause: clause.Should("onlyoffice.login.link-no-email", p.Login, "invalid-email"),
			Given: []conform.Change{
				conform.Set("confirmData", confirmData("not an address", "1.WRONGKEY")),
				set("nothing before the @", "confirmData", confirmData("@unknown.invalid", "1.WRONGKEY")),
				set("nothing behind the @", "confirmData", confirmData("nobody@", "1.WRONGKEY")),
				set("two @", "confirmData", confirmData("no@body@unknown.invalid", "1.WRONGKEY")),
			}},
		{Text: "POST /authentication rejects a log-in link whose key is null",
			Clause: clause.Should("onlyoffice.login.link-no-key", p.Login, "confirm-key-missing"),
			Given:  []conform.Change{replaced("a link without a key", logInLink(p.Nobody(), nil))}},
	})
	refuses := func(ctx context.Context, control conform.Request, outcome contract.Outcome, changes ...conform.Change) {
		GinkgoHelper()
		p.Refuses(ctx, conform.Refusal{
			Operation: p.Login, By: p.Anonymous(), Control: client.Always(control), Changes: changes, Outcome: outcome,
		})
	}
	It("POST /authentication rejects the password in another case, cut short or extended",
		clause.Must("onlyoffice.login.password-exact", p.Login, contract.BadCredentials), func(ctx SpecContext) {
			who := p.Lease(client.User)
			refuses(ctx, client.Credentials(who), contract.BadCredentials,
				set("swapped case", "password", client.SwapCase(who.Password)),
				set("last character cut", "password", who.Password[:len(who.Password)-1]),
				set("one character more", "password", who.Password+"x"))
		})
	It("POST /authentication opens no session for a password that is nearly right: in part, spelt otherwise or with more in it",
		clause.Graded("onlyoffice.login.password-near-miss", p.Login, contract.BadCredentials), func(ctx SpecContext) {
			family.Spread(wrongPerAccount, p.AtMost(client.User), func() ([]family.Near, func([]family.Near)) {
				who := p.Lease(client.User)
				logIn := func(r conform.Request) *httpclient.Call { return p.Do(ctx, p.Anonymous(), p.Login, r) }
				return family.NearPasswords(who.Password), func(share []family.Near) {
					p.Require("log in by the right password", logIn(client.Credentials(who)), p.Login, contract.OK)
					for _, near := range share {
						wrong := client.Credentials(who).With("password", p.Secret("near-password", near.Value))
						p.ExpectShut(near.Name, logIn(wrong), p.Login, contract.BadCredentials)
					}
					p.Require("log in by the right password afterwards", logIn(client.Credentials(who)), p.Login, contract.OK)
				}
			})
		})
	It("POST /authentication rejects the password of another user",
		clause.Must("onlyoffice.login.foreign-password", p.Login, contract.BadCredentials), func(ctx SpecContext) {
			who, other := p.Lease(client.User), p.Lease(client.User)
			refuses(ctx, client.Credentials(who), contract.BadCredentials, conform.Set("password", other.Password))
		})
	It("POST /authentication rejects the right password of a disabled account",
		clause.Should("onlyoffice.login.disabled", p.Login, contract.AccountDisabled), Serial, func(ctx SpecContext) {
			who, twin := p.Lease(client.Disabled), p.Lease(client.User)
			refuses(ctx, client.Credentials(twin), contract.AccountDisabled, replaced("the disabled account", client.Credentials(who)))
		})
	It("POST /authentication rejects a wrong captcha answer",
		clause.Must("onlyoffice.login.captcha-wrong", p.Login, contract.CaptchaRefused, clause.Needs("captcha")), func(ctx SpecContext) {
			control := client.Credentials(p.Lease(client.User)).With("recaptchaResponse", p.Target().Captcha.Response)
			refuses(ctx, control, contract.CaptchaRefused, conform.Set("recaptchaResponse", "wrong-captcha-answer"))
		})
}

// loginTellsNothing compares refusals with each other: what differs between an
// unknown user and a wrong password tells an attacker which accounts exist.
func loginTellsNothing(p *client.Client) {
	enumeration := clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#E01; checks#E02; checks#E03")
	wrongPassword := func(ctx context.Context, login string) *httpclient.Call {
		GinkgoHelper()
		call := p.LogInWith(ctx, login, client.WrongPassword)
		p.Require("get a wrong password refused", call, p.Login, contract.BadCredentials)
		return call
	}
	It("POST /authentication answers an unknown user and a wrong password with the same body",
		clause.Should("onlyoffice.login.same-body", p.Login, contract.BadCredentials, enumeration), func(ctx SpecContext) {
			wrong, unknown := wrongPassword(ctx, p.Lease(client.User).Login), p.LogInWith(ctx, p.Nobody(), client.WrongPassword)
			p.Check("both have the same status", unknown.Status, Equal(wrong.Status))
			p.Holds("both bodies are the same", family.SameBody(wrong, unknown), "they differ")
		})
	It("POST /authentication answers an unknown user and a wrong password with the same header fields and length, the third time too",
		clause.Should("onlyoffice.login.same-headers", p.Login, contract.BadCredentials, enumeration), func(ctx SpecContext) {
			known, nobody := p.Lease(client.User).Login, p.Nobody()
			for range 3 { // some count what they tell
				wrong, unknown := wrongPassword(ctx, known), wrongPassword(ctx, nobody)
				p.Check("both carry the same header fields", unknown.Fields(), Equal(wrong.Fields()))
				p.Check("both are as long", unknown.Header.Get("Content-Length"), Equal(wrong.Header.Get("Content-Length")))
			}
		})
	It("POST /authentication answers a wrong password of a disabled account like an unknown user",
		clause.Should("onlyoffice.login.disabled-not-told", p.Login, contract.BadCredentials, enumeration), Serial, func(ctx SpecContext) {
			disabled := p.LogInWith(ctx, p.Lease(client.Disabled).Login, client.WrongPassword)
			unknown := p.LogInWith(ctx, p.Nobody(), client.WrongPassword)
			p.Check("both have the same status", disabled.Status, Equal(unknown.Status))
			p.Holds("both bodies are the same", family.SameBody(disabled, unknown), "they differ")
			p.Check("both carry the same header fields", disabled.Fields(), Equal(unknown.Fields()))
		})
	It("POST /authentication answers a wrong password alike with and without a second factor",
		clause.Should("onlyoffice.login.no-second-factor-hint", p.Login, contract.BadCredentials,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#F15")), func(ctx SpecContext) {
			plain, second := p.Lease(client.User), p.LeaseTOTP()
			a, b := wrongPassword(ctx, plain.Login), wrongPassword(ctx, second.Login)
			p.Holds("both bodies are the same", family.SameBody(a, b), "they differ")
			p.Check("both carry the same header fields", b.Fields(), Equal(a.Fields()))
		})
	codeTellsNothing(p)
	textTellsNothing(p)
}

// requireKnown takes the regular refusal of an identity's own credentials for a
// mistake in the target file: nothing shows that the target should have accepted
// them.
func requireKnown(p *client.Client, who *identity.Identity, call *httpclient.Call) {
	GinkgoHelper()
	if p.Exactly(call, p.Login, contract.BadCredentials) {
		p.Untestable("the target knows no user %s with the password that the target file gives: correct it there", who.Name)
	}
}
