package barong

import (
	"context"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

// logInCookies is about the attributes of the session's cookie (barong#1.1).
func logInCookies(p *api) {
	It("POST /identity/sessions sets the session cookie with HttpOnly and Path=/",
		clause.Graded("barong.sessions.cookie-http-only", p.CreateSession, contract.OK), func(ctx SpecContext) {
			cookie := p.loggedInCookie(ctx)
			p.Holds("the cookie is HttpOnly", cookie.HttpOnly, "it is not")
			p.Check("the cookie's path is /", cookie.Path, Equal("/"))
		})
	It("POST /identity/sessions sets the session cookie with Secure",
		clause.Graded("barong.sessions.cookie-secure", p.CreateSession, contract.OK, clause.Only(client.Release31)), func(ctx SpecContext) {
			p.Holds("the cookie is Secure", p.loggedInCookie(ctx).Secure, "it is not")
		})
	It("POST /identity/sessions sets the session cookie to expire in 24 hours",
		clause.Should("barong.sessions.cookie-expires", p.CreateSession, contract.OK), func(ctx SpecContext) {
			expires := p.loggedInCookie(ctx).Expires
			p.Check("the cookie expires in 24 hours", expires, BeTemporally("~", p.Now().Add(24*time.Hour), time.Minute))
		})
	It("POST /identity/sessions sets the session cookie without a Domain",
		clause.Should("barong.sessions.cookie-no-domain", p.CreateSession, contract.OK), func(ctx SpecContext) {
			p.Check("the cookie has no Domain", p.loggedInCookie(ctx).Domain, BeEmpty())
		})
	// ASVS 3.3.2 wants SameSite; the releases leave it out and ask for a CSRF token.
	It("POST /identity/sessions sets the session cookie without SameSite",
		clause.Note("barong.sessions.cookie-same-site", p.CreateSession, contract.OK, clause.Only(client.Release26, client.Release31)),
		func(ctx SpecContext) {
			p.Check("the cookie has no SameSite", p.loggedInCookie(ctx).SameSite, Equal(http.SameSite(0)))
		})
	It("POST /identity/sessions sets the session cookie without Secure",
		clause.Note("barong.sessions.cookie-not-secure", p.CreateSession, contract.OK, clause.Only(client.Release26)), func(ctx SpecContext) {
			p.Holds("the cookie is not Secure", !p.loggedInCookie(ctx).Secure, "it is")
		})
}

// loggedInCookie is the cookie that a log-in sets.
func (p *api) loggedInCookie(ctx context.Context) *http.Cookie {
	GinkgoHelper()
	a := p.MemberAccount(ctx)
	call := p.TryLogIn(ctx, a, p.Credentials(a, ""))
	p.Expect(call, p.CreateSession, contract.OK)
	cookie := p.SetCookie(call)
	if cookie == nil {
		p.Untestable("the log-in sets no cookie %s", p.SessionCookie())
	}
	return cookie
}
