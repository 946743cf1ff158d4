package client

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// SessionCookie carries the session; the documents also take its value as the
// Authorization header.
const SessionCookie = "asc_auth_key"

// Cookie presents a token as the session cookie.
func Cookie(token string) http.Header {
	return http.Header{"Cookie": {SessionCookie + "=" + token}}
}

// Bearer presents a token as the Authorization header.
func Bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// Token is the session token of a log-in's answer.
func Token(call *httpclient.Call) string { return Text(call, "token") }

// Knock signs an identity in for the preflight, by its password alone. A disabled user
// is refused whatever the password is.
func Knock(s *conform.Context, who *identity.Identity, role string) *conform.Knock {
	if role == Disabled || who.Password == "" {
		return nil
	}
	p := New(s)
	return &conform.Knock{
		Operation: p.Login, By: p.Anonymous(), Request: Credentials(who), Refused: contract.BadCredentials, Rests: []string{"password", "login"},
	}
}

// Session is the actor of a session whose token a log-in answered with.
func (p *Client) Session(who *identity.Identity, call *httpclient.Call) *conform.Actor {
	return p.Actor(who.Name, who, Cookie(Token(call)))
}

// CookieSession is the actor of a session that an answer set as a cookie.
func (p *Client) CookieSession(who *identity.Identity, call *httpclient.Call) *conform.Actor {
	return p.Actor(who.Name, who, Cookie(SetCookie(call, SessionCookie)))
}

// BearerSession logs an identity in and presents the token as the Authorization
// header.
func (p *Client) BearerSession(ctx context.Context, who *identity.Identity) *conform.Actor {
	ginkgo.GinkgoHelper()
	return p.Actor(who.Name, who, Bearer(p.NewToken(ctx, who)))
}

// LogIn sends an identity's own credentials, without a second factor.
func (p *Client) LogIn(ctx context.Context, who *identity.Identity) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.LogInWith(ctx, who.Login, who.Password)
}

// LogInWith sends a password, without a second factor.
func (p *Client) LogInWith(ctx context.Context, login, password string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.Login, Password(login, password))
}

// LoggedIn is the answer to the log-in of an identity without a second factor.
func (p *Client) LoggedIn(ctx context.Context, who *identity.Identity) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.LogIn(ctx, who)
	p.Require("sign in as "+who.Name, call, p.Login, contract.OK)
	return call
}

// NewToken is the token of a new session of an identity without a second factor.
func (p *Client) NewToken(ctx context.Context, who *identity.Identity) string {
	ginkgo.GinkgoHelper()
	return Token(p.LoggedIn(ctx, who))
}

// SignIn opens a session for an identity without a second factor.
func (p *Client) SignIn(ctx context.Context, who *identity.Identity) *conform.Actor {
	ginkgo.GinkgoHelper()
	token := p.NewToken(ctx, who)
	if token == "" {
		p.Untestable("the log-in of %s gives no token", who.Name)
	}
	return p.Actor(who.Name, who, Cookie(token))
}

// SignedIn leases an identity of the role and opens a session for it.
func (p *Client) SignedIn(ctx context.Context, role string) (*identity.Identity, *conform.Actor) {
	ginkgo.GinkgoHelper()
	who := p.Lease(role)
	return who, p.SignIn(ctx, who)
}

// SessionOf leases an identity of the role and returns a session of it.
func (p *Client) SessionOf(ctx context.Context, role string) *conform.Actor {
	ginkgo.GinkgoHelper()
	return p.SignIn(ctx, p.Lease(role))
}

// SignOut ends a session; log-out ends it by cookie in every profile.
func (p *Client) SignOut(ctx context.Context, session *conform.Actor) {
	ginkgo.GinkgoHelper()
	p.DoRequire(ctx, "log out", session, p.Logout, NoBody, contract.OK)
}

// ExpectAlive checks that sessions open a protected operation.
func (p *Client) ExpectAlive(ctx context.Context, sessions ...*conform.Actor) {
	ginkgo.GinkgoHelper()
	for _, session := range sessions {
		p.DoExpect(ctx, session, p.TFASettings, NoBody, contract.OK)
	}
}

// ExpectOpens checks that an answer issued a token and that it opens a protected
// operation, where the portal has one.
func (p *Client) ExpectOpens(ctx context.Context, who *identity.Identity, call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	p.Holds("the answer issues a token", Token(call) != "", "it issues none")
	if p.Has(p.TFASettings) {
		p.ExpectAlive(ctx, p.Session(who, call))
	}
}

// RequireAlive makes the clause UNTESTABLE where a session opens nothing.
func (p *Client) RequireAlive(ctx context.Context, sessions ...*conform.Actor) {
	ginkgo.GinkgoHelper()
	for _, session := range sessions {
		p.DoRequire(ctx, "use the session", session, p.TFASettings, NoBody, contract.OK)
	}
}

// ExpectEnded checks that sessions open a protected operation no longer, whichever header
// field carries them, or the query.
func (p *Client) ExpectEnded(ctx context.Context, sessions ...*conform.Actor) {
	ginkgo.GinkgoHelper()
	for _, session := range sessions {
		p.expectShut(ctx, session)
		token := tokenIn(session.Header)
		for _, header := range carriers(token) {
			p.expectShut(ctx, p.Actor("ended session", nil, header))
		}
		if token != "" {
			inQuery := Query(SessionCookie, token)
			inQuery.Query.Set("token", token)
			inQuery.Query.Set("access_token", token)
			p.DoExpect(ctx, p.Anonymous(), p.TFASettings, inQuery, contract.Unauthenticated)
		}
	}
}

func (p *Client) expectShut(ctx context.Context, by *conform.Actor) {
	ginkgo.GinkgoHelper()
	p.DoExpect(ctx, by, p.TFASettings, NoBody, contract.Unauthenticated)
}

// carriers are the ways to present a token; none for "".
func carriers(token string) []http.Header {
	if token == "" {
		return nil
	}
	return []http.Header{Cookie(token), Bearer(token), {"Authorization": {token}}}
}

// tokenIn is the token that a session's header fields carry.
func tokenIn(h http.Header) string {
	if cookie, found := strings.CutPrefix(h.Get("Cookie"), SessionCookie+"="); found {
		token, _, _ := strings.Cut(cookie, ";")
		return token
	}
	return strings.TrimPrefix(h.Get("Authorization"), "Bearer ")
}

// ExpectTokenEnded checks that a token opens nothing, in any of the ways to
// present it.
func (p *Client) ExpectTokenEnded(ctx context.Context, token string) {
	ginkgo.GinkgoHelper()
	for _, header := range carriers(token) {
		by := p.Actor("ended session", nil, header)
		p.expectShut(ctx, by)
		p.DoExpect(ctx, by, p.IsAuthentificated, NoBody, contract.Anonymous)
	}
}

// ExpectNoSession checks that no call sets a session cookie.
func (p *Client) ExpectNoSession(calls ...*httpclient.Call) {
	ginkgo.GinkgoHelper()
	for _, call := range calls {
		p.Holds("the answer sets no session cookie", SetCookie(call, SessionCookie) == "", "it sets "+SessionCookie)
	}
}

// SetCookie is the last value that a response gives a cookie.
func SetCookie(call *httpclient.Call, name string) string { return LastCookie(call, name).Value }

// LastCookie is the last of the cookies of a name that a response sets; an empty
// one when there is none.
func LastCookie(call *httpclient.Call, name string) *http.Cookie {
	last := &http.Cookie{}
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			last = c
		}
	}
	return last
}

// PasswordHash is what the log-in takes in place of a password: PBKDF2 (RFC 8018
// section 5.2) with HMAC-SHA256 and the portal's public parameters, in lower-case
// hexadecimal.
func (p *Client) PasswordHash(ctx context.Context, password string) string {
	ginkgo.GinkgoHelper()
	call := p.DoRequire(ctx, "read how passwords are hashed", p.Anonymous(), p.Settings, NoBody, contract.OK)
	how := value.At(value.Of(call), "response", "passwordHash")
	salt, rounds, bits := []byte(value.Text(how, "salt")), value.Number(how, "iterations"), value.Number(how, "size")
	key, err := pbkdf2.Key(sha256.New, strings.TrimSpace(password), salt, rounds, bits/8)
	if err != nil {
		p.Error("cannot hash a password as the portal says: %v", err)
	}
	return p.Secret("password-hash", hex.EncodeToString(key))
}

// ByHash is a log-in with the hash of a password.
func (p *Client) ByHash(ctx context.Context, who *identity.Identity, password string) conform.Request {
	ginkgo.GinkgoHelper()
	return JSON(conform.Object{"userName": who.Login, "passwordHash": p.PasswordHash(ctx, password)})
}

// Connection names the log-in event of one session in the path.
func Connection(event int) conform.Request {
	return conform.Request{Path: map[string]string{"loginEventId": strconv.Itoa(event)}}
}

// Event is the log-in event of a session.
func (p *Client) Event(ctx context.Context, session *conform.Actor) int {
	ginkgo.GinkgoHelper()
	call := p.DoRequire(ctx, "list the connections of "+session.Who.Name, session, p.Connections, NoBody, contract.OK)
	return value.Number(value.Of(call), "response", "loginEvent")
}

// OwnConnections names the user of a session in the path.
func (p *Client) OwnConnections(ctx context.Context, session *conform.Actor) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{Path: map[string]string{"userId": p.ID(ctx, session)}}
}

// OwnConnection names a session in the path.
func (p *Client) OwnConnection(ctx context.Context, session *conform.Actor) conform.Request {
	ginkgo.GinkgoHelper()
	return Connection(p.Event(ctx, session))
}
