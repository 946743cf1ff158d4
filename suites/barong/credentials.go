package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// credentials are what the log-in takes of an account; code "" leaves the second
// factor out.
func (p *api) credentials(a *account, code string) conform.Request {
	GinkgoHelper()
	body := conform.Object{"email": a.Login, "password": a.Password}
	if code != "" {
		body["otp_code"] = code
	}
	return conform.Request{JSON: p.solved(body)}
}

// logIn opens a session of an account, with a code where it has a second factor.
func (p *api) logIn(ctx context.Context, a *account) *session {
	GinkgoHelper()
	code := ""
	if a.codes != nil {
		p.turns(ctx, a, 1)
		code = p.Code(ctx, a.codes)
	}
	call := p.tryLogIn(ctx, a, p.credentials(a, code))
	p.Require("log in as "+a.Name, call, p.createSession, contract.OK)
	return p.opened(call, a)
}

// livesOn checks that a session opens what is its own user's.
func (p *api) livesOn(ctx context.Context, s *session) {
	GinkgoHelper()
	call := p.Do(ctx, s.Actor, p.getCurrentUser, conform.Request{})
	p.Expect(call, p.getCurrentUser, contract.OK)
	p.Check("the session is that of the user it was opened for", value.Text(value.Of(call), "uid"), Equal(value.Text(s.user, "uid")))
}

// opensNothing checks that a session's cookie is good for nothing any more.
func (p *api) opensNothing(ctx context.Context, s *session) {
	GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, p.getCurrentUser, conform.Request{}), p.getCurrentUser, deadSession)
}

// tryLogIn sends a log-in from the account's own address, in step with the limiter
// of release 3.1.
func (p *api) tryLogIn(ctx context.Context, a *account, r conform.Request) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.visitorAt(a.address), p.createSession, p.paced(ctx, a, r))
}

// paced is a log-in's request when its turn has come: each log-in goes through it.
func (p *api) paced(ctx context.Context, a *account, r conform.Request) conform.Request {
	GinkgoHelper()
	p.pace(ctx, limitedBy(a)...)
	return r
}
