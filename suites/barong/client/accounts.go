package client

import (
	"context"
	"crypto/rand"
	"net/http"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Account is a user of the target that one spec has for itself.
type Account struct {
	*identity.Identity
	Address   string   // where its clients come from; "" where the target believes no header
	Codes     *otp.Kit // nil while it has no second factor
	Pooled    bool     // of the target file: it is brought back to how it was
	passwords []string // that a spec may have given it
}

// Session is a client with a live session.
type Session struct {
	*conform.Actor
	Account      *Account
	Cookie, Csrf string
	User         any // what the answer that opened it says of the user
}

// SignsUpHere tells whether accounts are signed up for the specs. A real captcha's
// answer is good for one request, so behind a captcha they are leased.
func (p *Client) SignsUpHere() bool {
	return p.Target().Features[SignUp] && !p.Target().Features[Captcha]
}

// Makes names the roles of accounts that are signed up for the specs.
func Makes(t *target.Target) []string {
	if t.Features[SignUp] && !t.Features[Captcha] {
		return []string{RoleActive, RolePending, RoleTOTP}
	}
	return nil
}

// Member is the session of an active account without a second factor.
func (p *Client) Member(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.LogIn(ctx, p.Leased(RoleActive))
	}
	return p.Confirmed(ctx, p.SignedUp(ctx))
}

// Newcomer is the session of an account whose e-mail address is not confirmed.
func (p *Client) Newcomer(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.LogIn(ctx, p.Leased(RolePending))
	}
	return p.SignedUp(ctx)
}

// Enrolled is the session of an active account with the second factor on. The
// session is the one that switched it on, or that passed it.
func (p *Client) Enrolled(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.LogIn(ctx, p.Leased(RoleTOTP))
	}
	me := p.Member(ctx)
	p.Enrol(ctx, me)
	return me
}

// Actives is how many accounts MemberAccount can give a clause that makes do with what there
// is; 0 is any number.
func (p *Client) Actives() int {
	if p.SignsUpHere() {
		return 0
	}
	return p.AtMost(RoleActive)
}

// MemberAccount, newcomerAccount and enrolledAccount are the accounts of member,
// newcomer and enrolled, without the log-in: for specs that judge the log-in itself.
func (p *Client) MemberAccount(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.Leased(RoleActive)
	}
	return p.Member(ctx).Account
}

func (p *Client) NewcomerAccount(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.Leased(RolePending)
	}
	return p.Newcomer(ctx).Account
}

func (p *Client) EnrolledAccount(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	if !p.SignsUpHere() {
		return p.Leased(RoleTOTP)
	}
	return p.Enrolled(ctx).Account
}

// Enrol switches the second factor of an account on, and of a pooled one off again
// when the spec ends. It returns the code that this spent.
func (p *Client) Enrol(ctx context.Context, me *Session) string {
	ginkgo.GinkgoHelper()
	codes := p.NewSecret(ctx, me)
	code := p.Code(ctx, codes)
	p.SwitchOn(ctx, me, codes, code)
	return code
}

// SwitchOn is enrol with a secret and a code of the spec's choice.
func (p *Client) SwitchOn(ctx context.Context, me *Session, codes *otp.Kit, code string) {
	ginkgo.GinkgoHelper()
	p.Require("switch the second factor on", p.Do(ctx, me.Actor, p.EnableOTP, CodeBody(code)), p.EnableOTP, contract.OK)
	me.Account.Codes = codes
	if me.Account.Pooled {
		ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.Unenrol(ctx, me) })
	}
}

// JustEnrolled is enrolled with a second factor that this spec switched on: it may
// be switched off for good.
func (p *Client) JustEnrolled(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	me := p.Member(ctx)
	p.Enrol(ctx, me)
	return me
}

// NewSecret asks for a QR code and returns the code kit of its secret.
func (p *Client) NewSecret(ctx context.Context, me *Session) *otp.Kit {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GenerateQRCode, conform.Request{})
	p.Require("get a secret for an authenticator app", call, p.GenerateQRCode, contract.OK)
	return p.SecretOf(call)
}

// SecretOf is the code kit of the secret in a QR code's answer.
func (p *Client) SecretOf(call *httpclient.Call) *otp.Kit {
	ginkgo.GinkgoHelper()
	uri := p.Secret("otpauth", value.Text(value.Of(call), "data", "url"))
	return p.Codes(p.Secret("totp-secret", QueryValue(uri, "secret")))
}

// Unenrol brings a pooled account back to no second factor. Where no code is to spare
// now, the next lease does; one that cannot be brought back is not handed out any more.
func (p *Client) Unenrol(ctx context.Context, me *Session) {
	code, ok := p.CodeNow(me.Account.Codes)
	if !ok {
		p.KeepFactor(me.Account.Identity, identity.FactorLeftOn, me.Account.Codes)
		return
	}
	call, err := p.Try(ctx, me.Actor, p.DisableOTP, CodeBody(code))
	if err == nil && (p.Is(call, p.DisableOTP, contract.OK) || p.Is(call, p.DisableOTP, NotEnabled)) {
		return
	}
	me.Account.Retire("its second factor could not be switched off again")
}

// CodeBody is a request whose one member is a code.
func CodeBody(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"code": code}}
}

// Leased takes an account out of the target file.
func (p *Client) Leased(role string) *Account {
	ginkgo.GinkgoHelper()
	return p.pooled(context.Background(), p.Lease(role))
}

// PutBack brings an account back that a clean-up had to leave.
func PutBack(ctx context.Context, s *conform.Context, who *identity.Identity) {
	New(s).pooled(ctx, who)
}

// pooled is an account of the target file, on which it does what an earlier clean-up left
// undone for want of a code.
func (p *Client) pooled(ctx context.Context, who *identity.Identity) *Account {
	ginkgo.GinkgoHelper()
	a := &Account{Identity: who, Address: p.NewAddress(), Pooled: true}
	if a.TOTPSecret != "" {
		a.Codes = p.Codes(a.TOTPSecret)
	}
	if left := a.Kept(identity.FactorLeftOn); left != "" {
		a.Codes = p.Codes(left)
		me := p.LogIn(ctx, a)
		call := p.PutCode(ctx, me, p.DisableOTP, p.Code(ctx, a.Codes))
		if !p.Is(call, p.DisableOTP, NotEnabled) {
			p.Require("switch off the factor that an earlier clause left on", call, p.DisableOTP, contract.OK)
		}
		p.KeepFactor(a.Identity, identity.FactorLeftOn, nil)
		a.Codes = nil
	}
	if a.Kept(identity.FactorLeftOff) != "" {
		codes := a.Codes
		a.Codes = nil
		me := p.LogIn(ctx, a)
		call := p.PutCode(ctx, me, p.EnableOTP, p.Code(ctx, codes))
		p.Require("switch on the factor that an earlier clause left off", call, p.EnableOTP, contract.OK)
		p.KeepFactor(a.Identity, identity.FactorLeftOff, nil)
		a.Codes = codes
	}
	return a
}

// Visitor is a client without a session, at an address of its own.
func (p *Client) Visitor() *conform.Actor { return p.VisitorAt(p.NewAddress()) }

func (p *Client) VisitorAt(address string) *conform.Actor {
	return p.Actor("visitor", nil, p.from(address))
}

// from is what tells the target where a client comes from.
func (p *Client) from(address string) http.Header {
	if address == "" {
		return http.Header{}
	}
	return http.Header{http.CanonicalHeaderKey(p.Setting(AddressHeader)): {address}}
}

// With makes a client of an account with the given cookie and CSRF token; an empty
// one is left out.
func (p *Client) With(a *Account, cookie, csrf string) *conform.Actor {
	header := p.from(a.Address)
	if cookie != "" {
		header.Set("Cookie", p.SessionCookie()+"="+cookie)
	}
	if csrf != "" {
		header.Set(p.CsrfHeader(), csrf)
	}
	return p.Actor(a.Name, a.Identity, header)
}

// Opened reads the session out of the answer that opened it.
func (p *Client) Opened(call *httpclient.Call, a *Account) *Session {
	ginkgo.GinkgoHelper()
	user := value.Of(call)
	s := &Session{
		Account: a, User: user,
		Cookie: p.Secret("session", p.CookieOf(call)),
		Csrf:   p.Secret("csrf-token", value.Text(user, "csrf_token")),
	}
	if s.Cookie == "" || s.Csrf == "" {
		p.Untestable("the answer that opens a session of %s gives no cookie %s (settings.%s of the target file) or no csrf_token",
			a.Name, p.SessionCookie(), sessionCookie)
	}
	s.Actor = p.With(a, s.Cookie, s.Csrf)
	return s
}

// SignedUp makes an account of its own, whose e-mail address is not confirmed. The
// very first user of a deployment becomes its superadmin: that one is left alone.
func (p *Client) SignedUp(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	me := p.signUpOnce(ctx)
	if value.Text(me.User, "role") == "superadmin" {
		me = p.signUpOnce(ctx)
	}
	if value.Text(me.User, "role") == "superadmin" {
		p.Untestable("the target makes a superadmin of every user who signs up")
	}
	return me
}

func (p *Client) signUpOnce(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	a := p.NewAccount()
	r := conform.Request{JSON: p.Solved(conform.Object{"email": a.Login, "password": a.Password})}
	call := p.Do(ctx, p.VisitorAt(a.Address), p.CreateUser, r)
	p.Require("sign an account up", call, p.CreateUser, contract.OK)
	me := p.Opened(call, a)
	a.ID = value.Text(me.User, "uid")
	return me
}

// NewAccount makes up an account that the target does not know yet.
func (p *Client) NewAccount() *Account {
	name := "af-" + p.Nonce()
	return &Account{
		Identity: p.Fresh(target.Identity{Name: name, Login: name + "@" + p.Setting(signUpDomain), Password: NewPassword()}),
		Address:  p.NewAddress(),
	}
}

// Confirmed confirms the e-mail address of a signed-up account and returns the
// session that this opens.
func (p *Client) Confirmed(ctx context.Context, me *Session) *Session {
	ginkgo.GinkgoHelper()
	r := conform.Request{JSON: conform.Object{"token": p.MailedToken(ctx, me.Account.Login, Confirmation)}}
	call := p.Do(ctx, p.VisitorAt(me.Account.Address), p.ConfirmEmail, r)
	p.Require("confirm the e-mail address of "+me.Account.Name, call, p.ConfirmEmail, contract.OK)
	return p.Opened(call, me.Account)
}

// NewPassword is 16 characters of four classes, none twice: no meter calls it weak.
func NewPassword() string {
	const lower, upper, digits, marks = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#$%*+-?"
	var password []byte
	for _, class := range []struct {
		of string
		n  int
	}{{upper, 5}, {lower, 5}, {digits, 3}, {marks, 3}} {
		left := []byte(class.of)
		for range class.n {
			i := Below(len(left))
			password = append(password, left[i])
			left = append(left[:i], left[i+1:]...)
		}
	}
	for i := len(password) - 1; i > 0; i-- {
		j := Below(i + 1)
		password[i], password[j] = password[j], password[i]
	}
	return string(password)
}

func Below(n int) int {
	var b [2]byte
	_, _ = rand.Read(b[:])
	return (int(b[0])<<8 | int(b[1])) % n
}

// spoilIfPooled keeps a pooled account that cannot be brought back to how it was
// from being handed out again.
func (p *Client) RetireIfPooled(me *Session, why string) {
	if me.Account.Pooled {
		me.Account.Retire(why)
	}
}
