package barong

import (
	"context"
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
	"authconform/suites/family"
)

// logInSubjects are the log-in and the log-out.
func (p *api) logInSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.createSession, Ready: p.logInReady},
		{Operation: p.deleteSession, Ready: p.asMember(conform.Request{}), SingleUse: true},
	}
}

// logInReady sends each log-in from an address of its own: release 3.1 counts by
// address, whatever the body is.
func (p *api) logInReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	a := p.memberAccount(ctx)
	for range inWindow {
		p.pace(ctx, "email "+a.Login)
	}
	return p.visitor(), func() conform.Request {
		address := p.newAddress()
		p.pace(ctx, "address "+address)
		r := p.credentials(a, "")
		if address != "" {
			r = r.WithHeader(p.Setting(addressHeader), address)
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
		logInCodesSpent(p)
	})
}

// expectLogIn judges a log-in that must open a session of its account.
func (p *api) expectLogIn(ctx context.Context, a *account, r conform.Request) *session {
	GinkgoHelper()
	call := p.tryLogIn(ctx, a, r)
	p.Expect(call, p.createSession, contract.OK)
	s := p.opened(call, a)
	if a.ID != "" {
		p.Check("the session is opened for the account that logged in", value.Text(s.user, "uid"), Equal(a.ID))
	}
	p.livesOn(ctx, s)
	return s
}

func logInOpens(p *api) {
	ok := contract.OK
	It("opens a session for an e-mail address and its password", clause.Graded("barong.sessions.log-in", p.createSession, ok), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		s := p.expectLogIn(ctx, a, p.credentials(a, ""))
		p.Check("the user's second factor is off", value.At(s.user, "otp"), Equal(any(false)))
	})
	It("opens a session for a user whose e-mail address is not confirmed", Serial, clause.Graded("barong.sessions.pending", p.createSession, ok), func(ctx SpecContext) {
		a := p.newcomerAccount(ctx)
		s := p.expectLogIn(ctx, a, p.credentials(a, ""))
		p.Check("the user is pending", value.Text(s.user, "state"), Equal("pending"))
	})
	It("opens a session for the password and the right code of a user with a second factor", clause.Graded("barong.sessions.second-factor", p.createSession, ok), func(ctx SpecContext) {
		a := p.enrolledAccount(ctx)
		p.turns(ctx, a, 1)
		s := p.expectLogIn(ctx, a, p.credentials(a, p.Code(ctx, a.codes)))
		p.Check("the user's second factor is on", value.At(s.user, "otp"), Equal(any(true)))
	})
	It("says the same members of a user with and without a second factor", clause.Graded("barong.sessions.same-entity", p.createSession, ok), func(ctx SpecContext) {
		plain, second := p.memberAccount(ctx), p.enrolledAccount(ctx)
		first := p.expectLogIn(ctx, plain, p.credentials(plain, ""))
		p.turns(ctx, second, 1)
		other := p.expectLogIn(ctx, second, p.credentials(second, p.Code(ctx, second.codes)))
		p.Check("both answers have the same members", memberNames(other.user), Equal(memberNames(first.user)))
	})
	It("reads a form like JSON", clause.Graded("barong.sessions.form", p.createSession, ok, clause.Only(release26, documented)), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		form := url.Values{"email": {a.Login}, "password": {a.Password}}
		if response, isText := p.solved(conform.Object{})["captcha_response"].(string); isText {
			form.Set("captcha_response", response)
		}
		p.Secret("password", url.QueryEscape(a.Password))
		p.expectLogIn(ctx, a, conform.Request{Raw: []byte(form.Encode()), ContentType: "application/x-www-form-urlencoded"})
	})
	// MariaDB compares like this; a deployment on PostgreSQL does not, and no setting
	// tells which one it is.
	spelt := func(id, text string, change func(string) string) {
		It(text, clause.Should("barong.sessions."+id, p.createSession, ok), func(ctx SpecContext) {
			a := p.memberAccount(ctx)
			p.expectLogIn(ctx, a, p.credentials(a, "").With("email", change(a.Login)))
		})
	}
	spelt("email-case", "does not care for the case of an e-mail address", swapCase)
	spelt("email-blanks", "does not care for blanks after an e-mail address", func(s string) string { return s + "  " })
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
	It("gives each log-in a session and a CSRF token of its own", clause.Graded("barong.sessions.fresh", p.createSession, contract.OK), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		first, second := p.expectLogIn(ctx, a, p.credentials(a, "")), p.expectLogIn(ctx, a, p.credentials(a, ""))
		p.Holds("two log-ins have two session ids", first.cookie != second.cookie, "they have the same")
		p.Holds("two log-ins have two CSRF tokens", first.csrf != second.csrf, "they have the same")
		p.livesOn(ctx, first)
	})
	It("renews the CSRF token of a live session that logs in again", clause.Graded("barong.sessions.csrf-renewed", p.createSession, contract.OK), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		first := p.expectLogIn(ctx, a, p.credentials(a, ""))
		second := p.logInAgain(ctx, first)
		p.Holds("the CSRF token is another one", first.csrf != second.csrf, "it is the one of the first log-in")
		p.writes(ctx, second)
		p.Expect(p.Do(ctx, p.with(a, second.cookie, first.csrf), p.disableOTP, codeBody("000000")), p.disableOTP, csrfMismatch)
	})
	It("does not adopt a session id that nobody issued", clause.Graded("barong.sessions.made-up-sid", p.createSession, contract.OK), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		planted := p.Secret("planted-session", p.Nonce()+p.Nonce())
		call := p.Do(ctx, p.with(a, planted, ""), p.createSession, p.paced(ctx, a, p.credentials(a, "")))
		p.Expect(call, p.createSession, contract.OK)
		s := p.opened(call, a)
		p.Holds("the session has an id of its own", s.cookie != planted, "it has the planted one")
		p.livesOn(ctx, s)
		p.opensNothing(ctx, &session{Actor: p.with(a, planted, s.csrf), account: a})
	})
	It("leaves other sessions of the user alone", clause.Graded("barong.sessions.not-killed-by-log-in", p.createSession, contract.OK), func(ctx SpecContext) {
		me := p.member(ctx)
		p.livesOn(ctx, me)
		p.expectLogIn(ctx, me.account, p.credentials(me.account, ""))
		p.livesOn(ctx, me)
		p.writes(ctx, me)
	})
	// ASVS 7.2.4 wants another id; the releases keep it.
	It("keeps the id of a live session that logs in again", clause.Note("barong.sessions.live-sid-kept", p.createSession, contract.OK, clause.Only(release26, release31)), func(ctx SpecContext) {
		a := p.memberAccount(ctx)
		first := p.expectLogIn(ctx, a, p.credentials(a, ""))
		p.Holds("the id stays", p.logInAgain(ctx, first).cookie == first.cookie, "it is another one")
	})
	It("moves a live session to the user who logs in on it", clause.Graded("barong.sessions.rebound", p.createSession, contract.OK), func(ctx SpecContext) {
		mine, other := p.member(ctx), p.memberAccount(ctx)
		call := p.Do(ctx, p.with(mine.account, mine.cookie, ""), p.createSession, p.paced(ctx, other, p.credentials(other, "")))
		p.Expect(call, p.createSession, contract.OK)
		s := p.opened(call, mine.account)
		p.Check("the session is the other user's", value.Text(s.user, "uid"), Not(Equal(value.Text(mine.user, "uid"))))
		p.livesOn(ctx, s)
	})
}

// logInAgain logs in on the cookie of a live session.
func (p *api) logInAgain(ctx context.Context, s *session) *session {
	GinkgoHelper()
	call := p.Do(ctx, p.with(s.account, s.cookie, ""), p.createSession, p.paced(ctx, s.account, p.credentials(s.account, "")))
	p.Expect(call, p.createSession, contract.OK)
	again := p.opened(call, s.account)
	p.livesOn(ctx, again)
	return again
}

// writes checks that a session of a user without a second factor may change
// something, with what changes nothing: there is no second factor to switch off.
func (p *api) writes(ctx context.Context, s *session) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, p.disableOTP, codeBody("000000")), p.disableOTP, notEnabled)
}
