package barong

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// logInSubjects are the log-in and the log-out.
func (p *api) logInSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.CreateSession, Ready: p.logInReady},
		{Operation: p.DeleteSession, Ready: p.asMember(conform.Request{}), SingleUse: true},
	}
}

// logInReady sends each log-in from an address of its own: release 3.1 counts by
// address, whatever the body is.
func (p *api) logInReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	a := p.MemberAccount(ctx)
	for range client.InWindow {
		p.Pace(ctx, "email "+a.Login)
	}
	return p.Visitor(), func() conform.Request {
		address := p.NewAddress()
		p.Pace(ctx, "address "+address)
		r := p.Credentials(a, "")
		if address != "" {
			r = r.WithHeader(p.Setting(client.AddressHeader), address)
		}
		return r
	}
}

func logIns(p *api) {
	Describe("POST identity/sessions", func() {
		logInOpens(p)
		logInSessions(p)
		logInCookies(p)
		logInRefuses(p)
		logInStates(p)
		logInOracle(p)
		logInSecondFactor(p)
		codesAlwaysAsked(p)
		logInCodesSpent(p)
	})
}

// expectLogIn judges a log-in that must open a session of its account.
func (p *api) expectLogIn(ctx context.Context, a *client.Account, r conform.Request) *client.Session {
	GinkgoHelper()
	call := p.TryLogIn(ctx, a, r)
	p.Expect(call, p.CreateSession, contract.OK)
	s := p.Opened(call, a)
	if a.ID != "" {
		p.Check("the session is opened for the account that logged in", value.Text(s.User, "uid"), Equal(a.ID))
	}
	p.ExpectAlive(ctx, s)
	return s
}

func logInOpens(p *api) {
	ok := contract.OK
	It("POST /identity/sessions opens a session for an e-mail address and its password",
		clause.Graded("barong.sessions.log-in", p.CreateSession, ok), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			s := p.expectLogIn(ctx, a, p.Credentials(a, ""))
			p.Check("the user's second factor is off", value.At(s.User, "otp"), Equal(any(false)))
		})
	It("POST /identity/sessions opens a session for a user whose e-mail address is unconfirmed", Serial,
		clause.Graded("barong.sessions.pending", p.CreateSession, ok), func(ctx SpecContext) {
			a := p.NewcomerAccount(ctx)
			s := p.expectLogIn(ctx, a, p.Credentials(a, ""))
			p.Check("the user is pending", value.Text(s.User, "state"), Equal("pending"))
		})
	It("POST /identity/sessions opens a session for the password and a valid TOTP code of an enrolled user",
		clause.Graded("barong.sessions.second-factor", p.CreateSession, ok), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			p.Turns(ctx, a, 1)
			s := p.expectLogIn(ctx, a, p.Credentials(a, p.Code(ctx, a.Codes)))
			p.Check("the user's second factor is on", value.At(s.User, "otp"), Equal(any(true)))
		})
	It("POST /identity/sessions returns the same members for a user with and without a second factor",
		clause.Graded("barong.sessions.same-entity", p.CreateSession, ok), func(ctx SpecContext) {
			plain, second := p.MemberAccount(ctx), p.EnrolledAccount(ctx)
			first := p.expectLogIn(ctx, plain, p.Credentials(plain, ""))
			p.Turns(ctx, second, 1)
			other := p.expectLogIn(ctx, second, p.Credentials(second, p.Code(ctx, second.Codes)))
			p.Check("both answers have the same members", memberNames(other.User), Equal(memberNames(first.User)))
		})
	It("POST /identity/sessions accepts a form-encoded body as it accepts JSON",
		clause.Graded("barong.sessions.form", p.CreateSession, ok, clause.Only(client.Release26, client.Documented)), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			form := url.Values{"email": {a.Login}, "password": {a.Password}}
			switch response := p.Solved(conform.Object{})["captcha_response"].(type) {
			case string:
				form.Set("captcha_response", response)
			case conform.Object:
				for member, v := range response {
					form.Set("captcha_response["+member+"]", fmt.Sprint(v))
				}
			}
			p.Secret("password", url.QueryEscape(a.Password))
			p.expectLogIn(ctx, a, conform.Request{Raw: []byte(form.Encode()), ContentType: "application/x-www-form-urlencoded"})
		})
	// MariaDB compares like this; a deployment on PostgreSQL does not, and no setting
	// tells which one it is.
	conform.Table(func(ctx SpecContext, change func(string) string) {
		a := p.MemberAccount(ctx)
		p.expectLogIn(ctx, a, p.Credentials(a, "").With("email", change(a.Login)))
	}, []conform.Row[func(string) string]{
		{Text: "POST /identity/sessions ignores the case of the e-mail address",
			Clause: clause.Should("barong.sessions.email-case", p.CreateSession, ok), Given: swapCase},
		{Text: "POST /identity/sessions ignores blanks after the e-mail address",
			Clause: clause.Should("barong.sessions.email-blanks", p.CreateSession, ok), Given: func(s string) string { return s + "  " }},
	})
}

func memberNames(object any) []string {
	members, _ := object.(map[string]any)
	return slices.Sorted(maps.Keys(members))
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if upper := strings.ToUpper(string(r)); upper != string(r) {
			return []rune(upper)[0]
		}
		return []rune(strings.ToLower(string(r)))[0]
	}, s)
}

// logInSessions is about which session a log-in opens.
func logInSessions(p *api) {
	It("POST /identity/sessions issues a new session id and a new CSRF token at each log-in",
		clause.Graded("barong.sessions.fresh", p.CreateSession, contract.OK), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			first, second := p.expectLogIn(ctx, a, p.Credentials(a, "")), p.expectLogIn(ctx, a, p.Credentials(a, ""))
			p.Holds("two log-ins have two session ids", first.Cookie != second.Cookie, "they have the same")
			p.Holds("two log-ins have two CSRF tokens", first.Csrf != second.Csrf, "they have the same")
			p.ExpectAlive(ctx, first)
		})
	It("POST /identity/sessions renews the CSRF token of a live session that logs in again",
		clause.Graded("barong.sessions.csrf-renewed", p.CreateSession, contract.OK), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			first := p.expectLogIn(ctx, a, p.Credentials(a, ""))
			second := p.logInAgain(ctx, first)
			p.Holds("the CSRF token is another one", first.Csrf != second.Csrf, "it is the one of the first log-in")
			p.Writes(ctx, second)
			p.Expect(p.Do(ctx, p.With(a, second.Cookie, first.Csrf), p.DisableOTP, client.CodeBody("000000")), p.DisableOTP, client.CsrfMismatch)
		})
	It("POST /identity/sessions does not adopt a session id that the server never issued",
		clause.Graded("barong.sessions.made-up-sid", p.CreateSession, contract.OK), func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			planted := p.Secret("planted-session", p.Nonce()+p.Nonce())
			call := p.Do(ctx, p.With(a, planted, ""), p.CreateSession, p.Paced(ctx, a, p.Credentials(a, "")))
			p.Expect(call, p.CreateSession, contract.OK)
			s := p.Opened(call, a)
			p.Holds("the session has an id of its own", s.Cookie != planted, "it has the planted one")
			p.ExpectAlive(ctx, s)
			p.ExpectEnded(ctx, &client.Session{Actor: p.With(a, planted, s.Csrf), Account: a})
		})
	It("POST /identity/sessions leaves the user's other sessions alive",
		clause.Graded("barong.sessions.not-killed-by-log-in", p.CreateSession, contract.OK), func(ctx SpecContext) {
			me := p.Member(ctx)
			p.ExpectAlive(ctx, me)
			p.expectLogIn(ctx, me.Account, p.Credentials(me.Account, ""))
			p.ExpectAlive(ctx, me)
			p.Writes(ctx, me)
		})
	// ASVS 7.2.4 wants another id; the releases keep it.
	It("POST /identity/sessions keeps the id of a live session that logs in again",
		clause.Note("barong.sessions.live-sid-kept", p.CreateSession, contract.OK, clause.Only(client.Release26, client.Release31)),
		func(ctx SpecContext) {
			a := p.MemberAccount(ctx)
			first := p.expectLogIn(ctx, a, p.Credentials(a, ""))
			p.Holds("the id stays", p.logInAgain(ctx, first).Cookie == first.Cookie, "it is another one")
		})
	It("POST /identity/sessions moves a live session to the user who logs in on its cookie",
		clause.Graded("barong.sessions.rebound", p.CreateSession, contract.OK), func(ctx SpecContext) {
			mine, other := p.Member(ctx), p.MemberAccount(ctx)
			call := p.Do(ctx, p.With(mine.Account, mine.Cookie, ""), p.CreateSession, p.Paced(ctx, other, p.Credentials(other, "")))
			p.Expect(call, p.CreateSession, contract.OK)
			s := p.Opened(call, mine.Account)
			p.Check("the session is the other user's", value.Text(s.User, "uid"), Not(Equal(value.Text(mine.User, "uid"))))
			p.ExpectAlive(ctx, s)
		})
}

// logInAgain logs in on the cookie of a live session.
func (p *api) logInAgain(ctx context.Context, s *client.Session) *client.Session {
	GinkgoHelper()
	call := p.Do(ctx, p.With(s.Account, s.Cookie, ""), p.CreateSession, p.Paced(ctx, s.Account, p.Credentials(s.Account, "")))
	p.Expect(call, p.CreateSession, contract.OK)
	again := p.Opened(call, s.Account)
	p.ExpectAlive(ctx, again)
	return again
}
