package barong

import (
	"context"
	"crypto/rand"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Headers and cookie of a session.
const (
	sessionCookie = "_barong_session"
	csrfHeader    = "X-CSRF-Token"
)

// account is a user of the target that one spec has for itself.
type account struct {
	*identity.Identity
	address   string   // where its clients come from; "" where the target believes no header
	codes     *otp.Kit // nil while it has no second factor
	pooled    bool     // of the target file: it is brought back to how it was
	passwords []string // that a spec may have given it
}

// session is a client with a live session.
type session struct {
	*conform.Actor
	account      *account
	cookie, csrf string
	user         any // what the answer that opened it says of the user
}

// signsUpHere tells whether accounts are signed up for the specs. A real captcha's
// answer is good for one request, so behind a captcha they are leased.
func (p *api) signsUpHere() bool {
	return p.Target().Features[signUp] && !p.Target().Features[captcha]
}

// member is the session of an active account without a second factor.
func (p *api) member(ctx context.Context) *session {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.logIn(ctx, p.leased(active))
	}
	return p.confirmed(ctx, p.signedUp(ctx))
}

// newcomer is the session of an account whose e-mail address is not confirmed.
func (p *api) newcomer(ctx context.Context) *session {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.logIn(ctx, p.leased(pending))
	}
	return p.signedUp(ctx)
}

// enrolled is the session of an active account with the second factor on. The
// session is the one that switched it on, or that passed it.
func (p *api) enrolled(ctx context.Context) *session {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.logIn(ctx, p.leased(totp))
	}
	me := p.member(ctx)
	p.enrol(ctx, me)
	return me
}

// memberAccount, newcomerAccount and enrolledAccount are the accounts of member,
// newcomer and enrolled, without the log-in: for specs that judge the log-in itself.
func (p *api) memberAccount(ctx context.Context) *account {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.leased(active)
	}
	return p.member(ctx).account
}

func (p *api) newcomerAccount(ctx context.Context) *account {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.leased(pending)
	}
	return p.newcomer(ctx).account
}

func (p *api) enrolledAccount(ctx context.Context) *account {
	GinkgoHelper()
	if !p.signsUpHere() {
		return p.leased(totp)
	}
	return p.enrolled(ctx).account
}

// enrol switches the second factor of an account on, and of a pooled one off again
// when the spec ends. It returns the code that this spent.
func (p *api) enrol(ctx context.Context, me *session) string {
	GinkgoHelper()
	codes := p.newSecret(ctx, me)
	code := p.Code(ctx, codes)
	p.switchOn(ctx, me, codes, code)
	return code
}

// switchOn is enrol with a secret and a code of the spec's choice.
func (p *api) switchOn(ctx context.Context, me *session, codes *otp.Kit, code string) {
	GinkgoHelper()
	p.Require("switch the second factor on", p.Do(ctx, me.Actor, p.enableOTP, codeBody(code)), p.enableOTP, contract.OK)
	me.account.codes = codes
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) { p.unenrol(ctx, me) })
	}
}

// justEnrolled is enrolled with a second factor that this spec switched on: it may
// be switched off for good.
func (p *api) justEnrolled(ctx context.Context) *session {
	GinkgoHelper()
	me := p.member(ctx)
	p.enrol(ctx, me)
	return me
}

// newSecret asks for a QR code and returns the code kit of its secret.
func (p *api) newSecret(ctx context.Context, me *session) *otp.Kit {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.generateQRCode, conform.Request{})
	p.Require("get a secret for an authenticator app", call, p.generateQRCode, contract.OK)
	return p.secretOf(call)
}

// secretOf is the code kit of the secret in a QR code's answer.
func (p *api) secretOf(call *httpclient.Call) *otp.Kit {
	GinkgoHelper()
	uri := p.Secret("otpauth", value.Text(value.Of(call), "data", "url"))
	return p.Codes(p.Secret("totp-secret", queryValue(uri, "secret")))
}

// unenrol brings a pooled account back to no second factor. One that cannot be
// brought back is not handed out any more.
func (p *api) unenrol(ctx context.Context, me *session) {
	call, err := p.Try(ctx, me.Actor, p.disableOTP, codeBody(p.Code(ctx, me.account.codes)))
	if err == nil && (p.Is(call, p.disableOTP, contract.OK) || p.Is(call, p.disableOTP, notEnabled)) {
		return
	}
	me.account.Retire("its second factor could not be switched off again")
}

// codeBody is a request whose one member is a code.
func codeBody(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"code": code}}
}

// leased takes an account out of the target file.
func (p *api) leased(role string) *account {
	GinkgoHelper()
	a := &account{Identity: p.Lease(role), address: p.newAddress(), pooled: true}
	if a.TOTPSecret != "" {
		a.codes = p.Codes(a.TOTPSecret)
	}
	return a
}

// visitor is a client without a session, at an address of its own.
func (p *api) visitor() *conform.Actor { return p.visitorAt(p.newAddress()) }

func (p *api) visitorAt(address string) *conform.Actor {
	return p.Actor("visitor", nil, p.from(address))
}

// from is what tells the target where a client comes from.
func (p *api) from(address string) http.Header {
	if address == "" {
		return http.Header{}
	}
	return http.Header{http.CanonicalHeaderKey(p.Setting(addressHeader)): {address}}
}

// with makes a client of an account with the given cookie and CSRF token; an empty
// one is left out.
func (p *api) with(a *account, cookie, csrf string) *conform.Actor {
	header := p.from(a.address)
	if cookie != "" {
		header.Set("Cookie", sessionCookie+"="+cookie)
	}
	if csrf != "" {
		header.Set(csrfHeader, csrf)
	}
	return p.Actor(a.Name, a.Identity, header)
}

// opened reads the session out of the answer that opened it.
func (p *api) opened(call *httpclient.Call, a *account) *session {
	GinkgoHelper()
	user := value.Of(call)
	s := &session{
		account: a, user: user,
		cookie: p.Secret("session", setCookie(call, sessionCookie)),
		csrf:   p.Secret("csrf-token", value.Text(user, "csrf_token")),
	}
	if s.cookie == "" || s.csrf == "" {
		p.Untestable("the answer that opens a session of %s gives no %s cookie or no csrf_token", a.Name, sessionCookie)
	}
	s.Actor = p.with(a, s.cookie, s.csrf)
	return s
}

// signedUp makes an account of its own, whose e-mail address is not confirmed. The
// very first user of a deployment becomes its superadmin: that one is left alone.
func (p *api) signedUp(ctx context.Context) *session {
	GinkgoHelper()
	me := p.signUpOnce(ctx)
	if value.Text(me.user, "role") == "superadmin" {
		me = p.signUpOnce(ctx)
	}
	if value.Text(me.user, "role") == "superadmin" {
		p.Untestable("the target makes a superadmin of every user who signs up")
	}
	return me
}

func (p *api) signUpOnce(ctx context.Context) *session {
	GinkgoHelper()
	a := p.newAccount()
	call := p.Do(ctx, p.visitorAt(a.address), p.createUser, conform.Request{JSON: p.solved(conform.Object{"email": a.Login, "password": a.Password})})
	p.Require("sign an account up", call, p.createUser, contract.OK)
	me := p.opened(call, a)
	a.ID = value.Text(me.user, "uid")
	return me
}

// newAccount makes up an account that the target does not know yet.
func (p *api) newAccount() *account {
	name := "af-" + p.Nonce()
	return &account{
		Identity: p.Fresh(target.Identity{Name: name, Login: name + "@" + p.Setting(signUpDomain), Password: newPassword()}),
		address:  p.newAddress(),
	}
}

// confirmed confirms the e-mail address of a signed-up account and returns the
// session that this opens.
func (p *api) confirmed(ctx context.Context, me *session) *session {
	GinkgoHelper()
	call := p.Do(ctx, p.visitorAt(me.account.address), p.confirmEmail, conform.Request{JSON: conform.Object{"token": p.mailedToken(ctx, me.account.Login, confirmation)}})
	p.Require("confirm the e-mail address of "+me.account.Name, call, p.confirmEmail, contract.OK)
	return p.opened(call, me.account)
}

// newPassword is 16 characters of four classes, none twice: no meter calls it weak.
func newPassword() string {
	const lower, upper, digits, marks = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!#$%*+-?"
	var password []byte
	for _, class := range []struct {
		of string
		n  int
	}{{upper, 5}, {lower, 5}, {digits, 3}, {marks, 3}} {
		left := []byte(class.of)
		for range class.n {
			i := below(len(left))
			password = append(password, left[i])
			left = append(left[:i], left[i+1:]...)
		}
	}
	for i := len(password) - 1; i > 0; i-- {
		j := below(i + 1)
		password[i], password[j] = password[j], password[i]
	}
	return string(password)
}

func below(n int) int {
	var b [2]byte
	_, _ = rand.Read(b[:])
	return (int(b[0])<<8 | int(b[1])) % n
}

// spoilIfPooled keeps a pooled account that cannot be brought back to how it was
// from being handed out again.
func (p *api) spoilIfPooled(me *session, why string) {
	if me.account.pooled {
		me.account.Retire(why)
	}
}
