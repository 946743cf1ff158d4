package client

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// Account leases an account that no earlier spec left a session for: where the
// bearer token carries the session, it is logged out when the spec ends.
func (c *Client) Account(role string) *identity.Identity {
	ginkgo.GinkgoHelper()
	return c.usable(c.Lease(role))
}

// AccountFull is Account for a spec that looks at a full limit: an earlier spec may have
// filled that of the account.
func (c *Client) AccountFull(role string) *identity.Identity {
	ginkgo.GinkgoHelper()
	return c.usable(c.LeaseFull(role))
}

func (c *Client) usable(who *identity.Identity) *identity.Identity {
	ginkgo.GinkgoHelper()
	if who.ID == "" {
		c.Untestable("the target file gives %s no id: it is the UserId that is signed", who.Name)
	}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { c.leave(ctx, who) })
	if who.TOTPSecret == "" && who.Rested() { // or its wrong log-ins of several specs would add up to a lock
		call, err := c.Try(context.Background(), c.Caller(who), c.Login, c.LoginRequest(who))
		if who.Settle(err == nil); err == nil {
			c.endOf(context.Background(), who, call)
		}
	}
	return who
}

// Done gives an account back before its spec ends.
func (c *Client) Done(ctx context.Context, who *identity.Identity) {
	ginkgo.GinkgoHelper()
	c.leave(ctx, who)
	c.GiveBack(who)
}

// leave ends the session that the bearer token carries, as long as the spec has the account.
func (c *Client) leave(ctx context.Context, who *identity.Identity) {
	ginkgo.GinkgoHelper()
	if failed, _ := who.Attempts(); failed > 0 {
		who.Settle(false)
	}
	if !c.StillHas(who) || c.Setting(GatewaySetting) != "bearer" || !c.Has(c.LogOut) {
		return
	}
	if call, err := c.Try(ctx, c.Caller(who), c.LogOut, Nothing); err != nil || !c.Is(call, c.LogOut, contract.OK) {
		who.Retire("its session could not be ended")
	}
}

// Knock signs an account in for the preflight, and ends what that opened: where the
// bearer token carries the session, a later spec would find it open. A locked account
// is refused whatever it brings.
func Knock(s *conform.Context, who *identity.Identity, role string) *conform.Knock {
	if role == Locked || who.ID == "" {
		return nil
	}
	c := New(s)
	rests := []string{"password"}
	if c.Setting(LoginSetting) != "password" {
		rests = []string{"api-secret", "api-key", "id"}
	}
	if c.Setting(GatewaySetting) == "bearer" {
		rests = append(rests, "token")
	}
	return &conform.Knock{
		Operation: c.Login, By: c.Caller(who), Request: c.LoginRequest(who), Refused: contract.BadCredentials, Rests: rests,
		Leave: func(ctx context.Context, call *httpclient.Call) { c.endOf(ctx, who, call) },
	}
}

// endOf ends the session that an answer opened.
func (c *Client) endOf(ctx context.Context, who *identity.Identity, call *httpclient.Call) {
	by := c.Caller(who)
	if issued := Token(call); issued != "" {
		by = c.CallerWith(who, c.Setting(SessionHeader), c.Secret("session-token", issued))
	}
	if c.Has(c.LogOut) {
		_, _ = c.Try(ctx, by, c.LogOut, Nothing) // a session that stays open is what an account of the file may have had before
	}
}

// forEver is how long an account stays locked: no documented call unlocks it.
const forEver = 1000 * time.Hour

// LockedBy leases an account that wrong log-ins lock: lock sends them, unless an
// earlier spec did.
func (c *Client) LockedBy(lock func(*identity.Identity)) *identity.Identity {
	ginkgo.GinkgoHelper()
	who := c.AccountFull(Lockable)
	if who.FullFor(c.Now()) == 0 {
		ginkgo.DeferCleanup(func() {
			if who.FullFor(c.Now()) == 0 {
				who.Retire("it may be locked now")
			}
		})
		lock(who)
		who.Fill(c.Now().Add(forEver))
	}
	return who
}

// Gateway is what every call of an account carries, with or without a session.
func (c *Client) Gateway(who *identity.Identity) http.Header {
	ginkgo.GinkgoHelper()
	switch way := c.Setting(GatewaySetting); way {
	case "api-key":
		if who.APIKey == "" {
			c.Untestable("the target file gives %s no api-key", who.Name)
		}
		return http.Header{c.Setting(KeyHeader): {who.APIKey}}
	case "bearer":
		if who.Token == "" {
			c.Untestable("the target file gives %s no token, which every call carries", who.Name)
		}
		return Bearer(who.Token)
	case "none":
		return http.Header{}
	default:
		c.Error("settings.gateway is %q: write api-key, bearer or none", way)
		return nil
	}
}

// Bearer carries a bearer token (RFC 6750 section 2.1).
func Bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// Caller has the gateway's credential and no session.
func (c *Client) Caller(who *identity.Identity) *conform.Actor {
	ginkgo.GinkgoHelper()
	return c.Actor(who.Name, who, c.Gateway(who))
}

// CallerWith is a Caller with one more header field.
func (c *Client) CallerWith(who *identity.Identity, name, value string) *conform.Actor {
	ginkgo.GinkgoHelper()
	header := c.Gateway(who)
	header[name] = []string{value}
	return c.Actor(who.Name, who, header)
}

// SignedCaller carries the signature as headers, in place of a session.
func (c *Client) SignedCaller(who *identity.Identity) *conform.Actor {
	ginkgo.GinkgoHelper()
	members := c.SignedLogin(who).JSON.(conform.Object)
	header := c.Gateway(who)
	for _, name := range []string{"APIKey", "Signature", "UserId", "Nonce"} {
		header[name] = []string{members[name].(string)}
	}
	return c.Actor(who.Name, who, header)
}

// BasicCaller carries the user name and a password as Basic authentication (RFC
// 7617 section 2).
func (c *Client) BasicCaller(who *identity.Identity, password string) *conform.Actor {
	ginkgo.GinkgoHelper()
	pair := base64.StdEncoding.EncodeToString([]byte(who.Login + ":" + password))
	return c.CallerWith(who, "Authorization", "Basic "+c.Secret("basic", pair))
}

// LoginNonce is a nonce as practice has it: milliseconds, made unique.
func (c *Client) LoginNonce() string {
	return strconv.FormatInt(c.Now().UnixMilli(), 10) + strconv.FormatInt(time.Now().UnixNano()%1_000_000, 10)
}

// SignedLogin is the log-in by API key, signed anew.
func (c *Client) SignedLogin(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	return c.SignedLoginWith(who, c.LoginNonce())
}

// SignedLoginWith is the log-in by API key with a nonce of the caller's choice.
func (c *Client) SignedLoginWith(who *identity.Identity, nonce string) conform.Request {
	ginkgo.GinkgoHelper()
	if c.Setting(LoginSetting) == "password" {
		c.Inapplicable("settings.%s says that log-ins carry no signature", LoginSetting)
	}
	if who.APIKey == "" || who.APISecret == "" {
		c.Untestable("the target file gives %s no api-key and api-secret", who.Name)
	}
	return conform.Request{JSON: conform.Object{
		"APIKey": who.APIKey, "Signature": c.Secret("signature", c.Signer().Sign(who.APISecret, nonce, who.ID, who.APIKey)),
		"UserId": who.ID, "UserName": who.Login, "Nonce": nonce,
	}}
}

// WrongLogin is the log-in of an account, right but for its signature or password.
func (c *Client) WrongLogin(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	if c.Setting(LoginSetting) == "password" {
		return c.PasswordLogin(who).With("Password", WrongPassword)
	}
	return c.SignedLogin(who).With("Signature", c.Signer().Sign("made-up", c.LoginNonce(), who.ID, who.APIKey))
}

// WrongPassword is the password of no account.
const WrongPassword = "wrong-Password-1"

// PasswordLogin is the log-in by password.
func (c *Client) PasswordLogin(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	if c.Setting(LoginSetting) == "signature" {
		c.Inapplicable("settings.%s says that log-ins carry no password", LoginSetting)
	}
	if who.Password == "" {
		c.Untestable("the target file gives %s no password", who.Name)
	}
	return conform.Request{JSON: conform.Object{"UserName": who.Login, "Password": who.Password}}
}

// UnknownLogin is a user name that no account has and no spec used before.
func (c *Client) UnknownLogin() string { return "nobody-" + c.Nonce() + "@unknown.invalid" }

// LogIn sends the log-in of an account, whatever its answer is.
func (c *Client) LogIn(ctx context.Context, who *identity.Identity) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return c.Do(ctx, c.Caller(who), c.Login, c.LoginRequest(who))
}

// ExpectLogIn checks the outcome of an account's log-in.
func (c *Client) ExpectLogIn(ctx context.Context, who *identity.Identity, outcome contract.Outcome) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return c.ExpectAnswer(ctx, c.Caller(who), c.Login, c.LoginRequest(who), outcome)
}

// Session is the client of an open session: the token of the log-in's answer in
// its header, or the gateway's bearer token where the answer has none.
func (c *Client) Session(who *identity.Identity, call *httpclient.Call) *conform.Actor {
	ginkgo.GinkgoHelper()
	issued := Token(call)
	if issued == "" && c.Setting(GatewaySetting) != "bearer" {
		c.Untestable("the log-in of %s gives no session token, and no bearer token carries the session", who.Name)
	}
	if issued == "" {
		return c.Caller(who)
	}
	return c.CallerWith(who, c.Setting(SessionHeader), c.Secret("session-token", issued))
}

// SignIn opens a session for an account without a second factor.
func (c *Client) SignIn(ctx context.Context, who *identity.Identity) *conform.Actor {
	ginkgo.GinkgoHelper()
	return c.Session(who, c.RequireOK(ctx, "sign in as "+who.Name, c.Caller(who), c.Login, c.LoginRequest(who)))
}

// SignedIn leases a user without a second factor and opens a session.
func (c *Client) SignedIn(ctx context.Context) (*identity.Identity, *conform.Actor) {
	ginkgo.GinkgoHelper()
	who := c.Account(User)
	return who, c.SignIn(ctx, who)
}

// SignOut ends a session.
func (c *Client) SignOut(ctx context.Context, by *conform.Actor) {
	ginkgo.GinkgoHelper()
	c.RequireOK(ctx, "log out", by, c.LogOut, Nothing)
}

// UserID is the number that calls take, and log-ins take as a text.
func (c *Client) UserID(who *identity.Identity) int {
	ginkgo.GinkgoHelper()
	id, err := strconv.Atoi(who.ID)
	if err != nil {
		c.Untestable("the id of %s in the target file is no number", who.Name)
	}
	return id
}

// OwnDevices lists the caller's own devices: the call that shows whether there is
// a session.
func (c *Client) OwnDevices(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{JSON: conform.Object{"UserId": c.UserID(who)}}
}

// ExpectAlive checks that a call of the session is answered.
func (c *Client) ExpectAlive(ctx context.Context, by *conform.Actor) {
	ginkgo.GinkgoHelper()
	if c.Has(c.Devices) { // where nothing needs a session, the answer that opened it is all there is to judge
		c.ExpectAnswer(ctx, by, c.Devices, c.OwnDevices(by.Who), contract.OK)
	}
}

// RequireAlive is ExpectAlive for a session that a spec only prepares.
func (c *Client) RequireAlive(ctx context.Context, by *conform.Actor) {
	ginkgo.GinkgoHelper()
	c.RequireOK(ctx, "use the session", by, c.Devices, c.OwnDevices(by.Who))
}

// ExpectNoSession checks that a call by a client without a session, or with one
// that has ended, is refused.
func (c *Client) ExpectNoSession(ctx context.Context, by *conform.Actor) {
	ginkgo.GinkgoHelper()
	if c.Has(c.Devices) {
		c.ExpectRefusal(ctx, by, c.Devices, c.OwnDevices(by.Who), contract.Unauthenticated)
	}
}
