package barong

import (
	"context"
	"net/url"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// sessionsStayShut states what does not open a session again, and that one which is refused
// for a read is refused for a write too.
func sessionsStayShut(p *api) {
	ended := clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.1; checks#S03")
	closed := clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.2; checks#S08")
	It("POST /identity/sessions opens no session again that its user logged out of",
		clause.Should("barong.sessions.log-in-revives-none", p.GetCurrentUser, client.DeadSession, ended), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Require("log out", p.Do(ctx, me.Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			again := p.LogIn(ctx, me.Account)
			p.ExpectEnded(ctx, me)
			p.ExpectAlive(ctx, again)
		})
	It("POST /resource/labels creates nothing for the session of a closed account",
		clause.Should("barong.sessions.closed-writes", p.CreateLabel, client.DeadSession, closed), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Require("create a label", p.Do(ctx, me.Actor, p.CreateLabel, p.NewLabel(me)), p.CreateLabel, contract.OK)
			p.Deletes(ctx, me)
			p.ExpectShut("the account is closed", p.Do(ctx, me.Actor, p.CreateLabel, p.NewLabel(me)), p.CreateLabel, client.DeadSession)
		})
	It("POST /resource/labels creates nothing for the session of another client",
		clause.Graded("barong.sessions.mismatch-writes", p.CreateLabel, client.DeadSession,
			clause.From(contract.Observed, "barong#10.2-11")), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.Require("create a label", p.Do(ctx, me.Actor, p.CreateLabel, p.NewLabel(me)), p.CreateLabel, contract.OK)
			foreign := p.NewLabel(me).WithHeader("User-Agent", "another/1")
			p.ExpectShut("the client is another", p.Do(ctx, me.Actor, p.CreateLabel, foreign), p.CreateLabel, client.DeadSession)
			p.ExpectEnded(ctx, me)
		})
	for _, of := range []struct{ state, key string }{{"banned", "ban"}, {"locked", "lock"}} {
		It("GET /resource/users/me rejects the session of a "+of.state+" user",
			clause.Graded("barong.sessions."+of.state+"-user", p.GetCurrentUser, userNotActive,
				clause.From(contract.Observed, "barong#7.3-public-trigger")), func(ctx SpecContext) {
				me := p.Member(ctx)
				me.Account.Retire("a spec made it " + of.state)
				label := conform.Request{JSON: conform.Object{"key": of.key, "value": "conform"}}
				p.Require("label oneself", p.Do(ctx, me.Actor, p.CreateLabel, label), p.CreateLabel, contract.OK)
				p.ExpectAlive(ctx, me)
				codes := p.NewSecret(ctx, me)
				p.Require("let the label take effect", p.PutCode(ctx, me, p.EnableOTP, p.Code(ctx, codes)), p.EnableOTP, contract.OK)
				p.Expect(p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, userNotActive)
			})
	}
	It("GET /resource/users/me reads the session's id from the cookie alone: not from the query and not from another header field",
		clause.Should("barong.sessions.cookie-alone", p.GetCurrentUser, client.DeadSession,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 14.2.1; checks#S11")), func(ctx SpecContext) {
			me := p.Member(ctx)
			read := func(r conform.Request) {
				GinkgoHelper()
				call := p.Do(ctx, p.With(me.Account, "", me.Csrf), p.GetCurrentUser, r)
				p.ExpectShut("there is no cookie", call, p.GetCurrentUser, client.DeadSession)
			}
			for _, name := range []string{p.SessionCookie(), "session", "session_id", "sid", "token"} {
				read(conform.Request{Query: url.Values{name: {me.Cookie}}})
			}
			for _, name := range []string{"X-Session-Id", "X-Session", "X-Session-Token", "X-Auth-Token", p.SessionCookie()} {
				read(conform.Request{}.WithHeader(name, me.Cookie))
			}
			p.ExpectAlive(ctx, me)
		})
}

// codesAlwaysAsked states that neither the spelling of the address nor what a client brings
// spares an enrolled user the code.
func codesAlwaysAsked(p *api) {
	required := contract.SecondFactorRequired
	asked := clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.3; OWASP ASVS 5.0.0 6.3.4; checks#F07")
	shut := func(ctx context.Context, a *client.Account, which string, by *conform.Actor, r conform.Request) {
		GinkgoHelper()
		call := p.Do(ctx, by, p.CreateSession, p.Paced(ctx, a, r))
		p.ExpectShut(which, call, p.CreateSession, required)
		p.ExpectNoSession(ctx, a, call)
	}
	It("POST /identity/sessions asks an enrolled user for a TOTP code however the e-mail address is written: in capitals or in a list",
		clause.Should("barong.sessions.second-factor-any-address", p.CreateSession, required, asked), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			for name, email := range map[string]any{
				"in capitals": swapCase(a.Login), "in a list": []string{a.Login}, "in a list of two": []string{p.Nobody(), a.Login},
			} {
				shut(ctx, a, "the address is "+name, p.VisitorAt(a.Address), p.Credentials(a, "").With("email", email))
			}
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /identity/sessions opens no session for a list of TOTP codes with a right one among them",
		clause.Should("barong.sessions.second-factor-list", p.CreateSession, required,
			clause.From(contract.Standard, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 6.5.1; checks#F08")), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, client.InWindow)
			code := p.Code(ctx, a.Codes)
			wrong := a.Codes.Wrong(client.Skew)
			for _, codes := range [][]string{{wrong, code}, {code}} {
				shut(ctx, a, "the codes are a list", p.VisitorAt(a.Address), p.Credentials(a, "").With("otp_code", codes))
			}
			p.rightCode(ctx, a, p.LastingCode(ctx, a.Codes))
		})
	It("POST /identity/sessions asks an enrolled user for a TOTP code whose live session the client brings",
		clause.Should("barong.sessions.second-factor-in-session", p.CreateSession, required, asked), func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Turns(ctx, me.Account, client.InWindow)
			p.ExpectAlive(ctx, me)
			call := p.Do(ctx, p.With(me.Account, me.Cookie, me.Csrf), p.CreateSession, p.Paced(ctx, me.Account, p.Credentials(me.Account, "")))
			p.Expect(call, p.CreateSession, required)
			p.rightCode(ctx, me.Account, p.Code(ctx, me.Account.Codes))
		})
	It("POST /identity/sessions still asks for a TOTP code after the password was changed",
		clause.Should("barong.sessions.change-keeps-second-factor", p.CreateSession, required, asked), func(ctx SpecContext) {
			me := p.Changeable(ctx)
			p.Enrol(ctx, me)
			password := p.Next(me.Account)
			change := p.PasswordChange(me.Account.Password, password)
			p.Require("change the password", p.Do(ctx, me.Actor, p.ChangePassword, change), p.ChangePassword, contract.OK)
			call := p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, "").With("password", password))
			p.Expect(call, p.CreateSession, required)
			p.Require("log in with both factors",
				p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, p.Code(ctx, me.Account.Codes)).With("password", password)),
				p.CreateSession, contract.OK)
		})
}
