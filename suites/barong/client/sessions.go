package client

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// SessionLifetime is how long a session lives without being used, as the
// deployment says.
func (p *Client) SessionLifetime(ctx context.Context) time.Duration {
	ginkgo.GinkgoHelper()
	call := p.Configs(ctx)
	p.Require("read the configuration", call, p.GetIdentityConfigs, contract.OK)
	return time.Duration(value.Number(value.Of(call), "session_expire_time")) * time.Second
}

// Writes checks that a session of a user without a second factor may change
// something, with what changes nothing: there is no second factor to switch off.
func (p *Client) Writes(ctx context.Context, s *Session) {
	ginkgo.GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, p.DisableOTP, CodeBody("000000")), p.DisableOTP, NotEnabled)
}

// openedNothing checks of refused log-ins that whatever cookie they set opens
// nothing: a session before the last step would make that step decoration.
func (p *Client) ExpectNoSession(ctx context.Context, a *Account, calls ...*httpclient.Call) {
	ginkgo.GinkgoHelper()
	for _, call := range calls {
		cookie := p.Secret("session", p.CookieOf(call))
		p.Holds("the answer shows nobody", !strings.Contains(string(call.Body), "csrf_token"), "it has a csrf_token")
		if cookie != "" {
			p.ExpectEnded(ctx, &Session{Actor: p.With(a, cookie, ""), Account: a})
		}
	}
}

// Deletes has a user without a second factor delete the own account.
func (p *Client) Deletes(ctx context.Context, me *Session) {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.DeleteCurrentUser, conform.Request{JSON: conform.Object{"password": me.Account.Password}})
	p.Require("delete "+me.Account.Name, call, p.DeleteCurrentUser, contract.OK)
	me.Account.Retire("it deleted itself")
}

// Credentials are what the log-in takes of an account; code "" leaves the second
// factor out.
func (p *Client) Credentials(a *Account, code string) conform.Request {
	ginkgo.GinkgoHelper()
	body := conform.Object{"email": a.Login, "password": a.Password}
	if code != "" {
		body["otp_code"] = code
	}
	return conform.Request{JSON: p.Solved(body)}
}

// LogIn opens a session of an account, with a code where it has a second factor.
func (p *Client) LogIn(ctx context.Context, a *Account) *Session {
	ginkgo.GinkgoHelper()
	code := ""
	if a.Codes != nil {
		p.Turns(ctx, a, 1)
		code = p.Code(ctx, a.Codes)
	}
	call := p.TryLogIn(ctx, a, p.Credentials(a, code))
	p.Require("log in as "+a.Name, call, p.CreateSession, contract.OK)
	return p.Opened(call, a)
}

// livesOn checks that a session opens what is its own user's.
func (p *Client) ExpectAlive(ctx context.Context, s *Session) {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, s.Actor, p.GetCurrentUser, conform.Request{})
	p.Expect(call, p.GetCurrentUser, contract.OK)
	p.Check("the session is that of the user it was opened for", value.Text(value.Of(call), "uid"), gomega.Equal(value.Text(s.User, "uid")))
}

// opensNothing checks that a session's cookie is good for nothing any more.
func (p *Client) ExpectEnded(ctx context.Context, s *Session) {
	ginkgo.GinkgoHelper()
	p.Expect(p.Do(ctx, s.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, DeadSession)
}

// TryLogIn sends a log-in from the account's own address, in step with the limiter
// of release 3.1.
func (p *Client) TryLogIn(ctx context.Context, a *Account, r conform.Request) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.VisitorAt(a.Address), p.CreateSession, p.Paced(ctx, a, r))
}

// Paced is a log-in's request when its turn has come: each log-in goes through it.
func (p *Client) Paced(ctx context.Context, a *Account, r conform.Request) conform.Request {
	ginkgo.GinkgoHelper()
	p.Pace(ctx, limitedBy(a)...)
	return r
}

// FreshWindow waits for the limiter's next window: the minutes of the clock.
func (p *Client) FreshWindow(ctx context.Context) {
	ginkgo.GinkgoHelper()
	now := p.Now()
	p.Wait(ctx, now.Truncate(Window).Add(Window+margin).Sub(now), "the limiter's window has to begin")
}

// signsIn are the roles whose accounts the preflight signs in, one of each: a banned,
// deleted or locked account is refused before its password is looked at.
var signsIn = []string{RoleActive, RolePending, RoleTOTP, RoleServiceOwner, RolePhone}

// Knock signs an account of the target file in for the preflight, without a code, and with
// the captcha's answer where one is asked for. Release 3.1 counts each log-in, which
// windows.knocked allows for.
func Knock(s *conform.Context, who *identity.Identity, role string) *conform.Knock {
	if !slices.Contains(signsIn, role) || who.Password == "" {
		return nil
	}
	p := New(s)
	a := &Account{Identity: who, Address: p.NewAddress()}
	rests := []string{"password", "login"}
	if s.Target().Features[Captcha] {
		rests = append(rests, "captcha.response")
	}
	return &conform.Knock{
		Operation: p.CreateSession, By: p.VisitorAt(a.Address), Request: p.Credentials(a, ""), Refused: contract.BadCredentials, Rests: rests,
	}
}
