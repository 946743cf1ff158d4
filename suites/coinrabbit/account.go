package coinrabbit

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// account is a leased user with a session and what is known of its factor.
type account struct {
	who    *identity.Identity
	token  string
	me     *conform.Actor // sends key and user token
	secret string         // created last
	codes  *otp.Kit       // of that secret
	on     bool           // the factor may be on
}

// headers are the two credentials of a call; one left empty is not sent.
func headers(key, token string) http.Header {
	h := http.Header{}
	if key != "" {
		h.Set("X-Api-Key", key)
	}
	if token != "" {
		h.Set("X-User-Token", token)
	}
	return h
}

// partner makes an actor with the partner's key alone.
func (p *api) partner() *conform.Actor {
	GinkgoHelper()
	return p.Actor("partner", nil, headers(p.Known(partnerKey), ""))
}

// externalID is how the partner names a user.
func externalID(who *identity.Identity) conform.Object {
	if who.ID != "" {
		return conform.Object{"external_id": who.ID}
	}
	return conform.Object{"external_id": who.Login}
}

// signedIn leases a user whose factor is off and opens a session for it.
func (p *api) signedIn(ctx context.Context) *account {
	GinkgoHelper()
	a := &account{who: p.Lease(user)}
	call := p.Do(ctx, p.partner(), p.partnerLogin, conform.Request{JSON: externalID(a.who)})
	p.Require("log in as "+a.who.Name, call, p.partnerLogin, contract.OK)
	p.session(a, call)
	if left := p.left[a.who.Name]; left != nil {
		delete(p.left, a.who.Name)
		a.secret, a.codes = left.secret, left.codes
		p.Require("switch off the factor that an earlier clause left on", p.off(ctx, a, p.Code(ctx, a.codes)), p.deactivate, contract.OK)
	}
	DeferCleanup(func(ctx SpecContext) { p.tidy(ctx, a) })
	return a
}

// session takes the user token out of a log-in's answer.
func (p *api) session(a *account, call *httpclient.Call) {
	GinkgoHelper()
	a.token = p.Secret("user-token", value.Text(value.Of(call), "response", "token"))
	if a.token == "" {
		p.Untestable("the log-in of %s gives no response.token", a.who.Name)
	}
	a.me = p.Actor(a.who.Name, a.who, headers(p.Known(partnerKey), a.token))
}

// creation is a call that creates a secret: it has no body.
var creation = conform.Request{Header: http.Header{"Content-Type": {"application/json"}}}

// creator is who creates secrets for an account: with the partner's key only
// where the target file says that it is wanted.
func (p *api) creator(a *account) *conform.Actor {
	if p.Setting(createKey) == "yes" {
		return a.me
	}
	return p.Actor(a.who.Name+" without key", a.who, headers("", a.token))
}

// create has a secret created and keeps it.
func (p *api) create(ctx context.Context, a *account) {
	GinkgoHelper()
	call := p.Do(ctx, p.creator(a), p.createSecret, creation)
	p.Require("create a secret", call, p.createSecret, contract.OK)
	p.keep(a, call)
}

// keep takes the secret out of an answer.
func (p *api) keep(a *account, call *httpclient.Call) {
	GinkgoHelper()
	text := p.Secret("totp-secret", secretIn(call))
	if _, err := otp.ParseSecret(text); err != nil {
		p.Untestable("no app can use the secret that was created: %v", err)
	}
	a.secret, a.codes = text, p.Codes(text)
}

// secretIn is the secret of an answer.
func secretIn(call *httpclient.Call) string { return value.Text(value.Of(call), "response", "secret") }

// created is a user with a secret that is not confirmed.
func (p *api) created(ctx context.Context) *account {
	GinkgoHelper()
	a := p.signedIn(ctx)
	p.create(ctx, a)
	return a
}

// enrolled is a user whose factor is on.
func (p *api) enrolled(ctx context.Context) *account {
	GinkgoHelper()
	a := p.created(ctx)
	p.Require("switch the factor on", p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes))), p.activate, contract.OK)
	return a
}

// activation is the right request for switching the factor on.
func (p *api) activation(ctx context.Context, a *account, code string) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: conform.Object{
		"verification_token": p.verified(ctx, a, typeActivation), "code_2fa": code, "secret_2fa": a.secret,
	}}
}

// deactivation is the right request for switching it off.
func (p *api) deactivation(ctx context.Context, a *account, code string) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: conform.Object{"verification_token": p.verified(ctx, a, typeDeactivation), "code_2fa": code}}
}

// switchOn sends an activation; the account must be tidied when it is accepted.
func (p *api) switchOn(ctx context.Context, a *account, r conform.Request) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, a.me, p.activate, r)
	a.on = a.on || p.Is(call, p.activate, contract.OK)
	return call
}

// switchOff sends a deactivation.
func (p *api) switchOff(ctx context.Context, a *account, r conform.Request) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, a.me, p.deactivate, r)
	if p.Is(call, p.deactivate, contract.OK) {
		a.on = false
	}
	return call
}

// off sends a right deactivation with a code.
func (p *api) off(ctx context.Context, a *account, code string) *httpclient.Call {
	GinkgoHelper()
	return p.switchOff(ctx, a, p.deactivation(ctx, a, code))
}

// isOff requires that the factor of an account is off: a deactivation that is
// right in all else is not confirmed. Where the target has no known deactivation
// it is left to the control.
func (p *api) isOff(ctx context.Context, a *account) {
	GinkgoHelper()
	if p.Setting(deactivatePath) == "" {
		return
	}
	call := p.off(ctx, a, p.Code(ctx, a.codes))
	p.Holds("the factor is off: a deactivation is not confirmed", !p.Is(call, p.deactivate, contract.OK), "a deactivation is confirmed, so that the factor was on")
}

// isOn requires that the factor of an account is on: a deactivation with a right
// code is confirmed. A deactivation that is refused can have a reason of its own,
// such as a code that an earlier refusal used up; only an account that can be
// enrolled anew was surely off.
func (p *api) isOn(ctx context.Context, a *account, code string) {
	GinkgoHelper()
	for _, try := range []func() string{func() string { return code }, func() string { return p.Code(ctx, a.codes) }} {
		if p.Is(p.off(ctx, a, try()), p.deactivate, contract.OK) {
			p.Holds("the factor is on", true, "")
			return
		}
	}
	call := p.Do(ctx, p.creator(a), p.createSecret, creation)
	p.Require("see whether the factor is on: a deactivation and a new secret are both refused", call, p.createSecret, contract.OK)
	p.keep(a, call)
	again := p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes)))
	p.Require("see whether the factor is on: neither a deactivation nor an activation is confirmed", again, p.activate, contract.OK)
	p.Holds("the factor is on", false, "it is off: it can be switched on anew")
}

// enrolsAgain is the control of what must not switch a factor on: a new secret
// and all else right does.
func (p *api) enrolsAgain(ctx context.Context, a *account) {
	GinkgoHelper()
	p.create(ctx, a)
	call := p.switchOn(ctx, a, p.activation(ctx, a, p.Code(ctx, a.codes)))
	p.Require("switch the factor on as a control", call, p.activate, contract.OK)
}

// address is where the codes of an account arrive.
func (p *api) address(a *account) (member, inboxAddress string) {
	GinkgoHelper()
	if p.Setting(delivery) != "sms" {
		return a.who.Login, a.who.Login
	}
	box := p.Target().Inbox
	if box == nil || box.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive (inbox.sms-address)")
	}
	number := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, a.who.Phone)
	if number == "" {
		p.Untestable("codes go to the phone of %s, and the target file gives none", a.who.Name)
	}
	return a.who.Phone, strings.ReplaceAll(box.SMSAddress, "{phone}", number)
}

// codeRequest asks for a code of a message type (the name of its setting).
func (p *api) codeRequest(a *account, kind string) conform.Request {
	GinkgoHelper()
	recipient, _ := p.address(a)
	return conform.Request{JSON: conform.Object{p.Setting(typeMember): p.Known(kind), p.Setting(recipientMember): recipient}}
}

// verifyRequest takes a code for a verification token.
func (p *api) verifyRequest(a *account, kind, code string) conform.Request {
	GinkgoHelper()
	return p.codeRequest(a, kind).With(p.Setting(codeMember), code)
}

// sender is who sends and verifies codes: for the log-in there is no user token.
func (p *api) sender(a *account, kind string) *conform.Actor {
	GinkgoHelper()
	if kind == typeLogin {
		return p.partner()
	}
	return a.me
}

// newCode has a code sent and reads it where it arrives.
func (p *api) newCode(ctx context.Context, a *account, kind string) string {
	GinkgoHelper()
	code, call := p.sent(ctx, a, kind)
	p.Require("send a code", call, p.sendCode, contract.OK)
	return code
}

// sent is newCode with the answer to the sending, which the caller judges.
func (p *api) sent(ctx context.Context, a *account, kind string) (string, *httpclient.Call) {
	GinkgoHelper()
	_, box := p.address(a)
	p.ForgetMail(ctx, box)
	call := p.Do(ctx, p.sender(a, kind), p.sendCode, p.codeRequest(a, kind))
	if !p.Is(call, p.sendCode, contract.OK) {
		return "", call
	}
	message := p.Mail(ctx, box, func(m inbox.Message) bool { return codeIn(m) != "" })
	return p.Secret("verification-code", codeIn(message)), call
}

// codeIn finds the code of a message.
func codeIn(m inbox.Message) string {
	for _, length := range []int{6, 8, 7, 5, 4} {
		if codes := inbox.Codes(m.Text+"\n"+m.HTML, length); len(codes) > 0 {
			return codes[0]
		}
	}
	return ""
}

// verified is a verification token of an account for a message type.
func (p *api) verified(ctx context.Context, a *account, kind string) string {
	GinkgoHelper()
	code := p.newCode(ctx, a, kind)
	call := p.Do(ctx, p.sender(a, kind), p.verifyCode, p.verifyRequest(a, kind, code))
	p.Require("verify a code", call, p.verifyCode, contract.OK)
	token := p.Secret("verification-token", value.Text(value.Of(call), "response", "verification_token"))
	if token == "" {
		p.Untestable("the verification of a code gives no response.verification_token")
	}
	return token
}

// tidy switches the factor off, so that the account can be leased again. Where
// the time step has no code left, the next lease does; what nothing can switch
// off is not handed out any more.
func (p *api) tidy(ctx SpecContext, a *account) {
	if !a.on || a.codes == nil {
		return
	}
	if p.Setting(deactivatePath) == "" {
		a.who.Retire("its factor is on, and the target file names no settings.deactivate-path to switch it off")
		return
	}
	step := a.codes.Step(p.Now())
	for _, at := range []int64{step, step - 1} {
		if code, err := a.codes.At(at); err == nil {
			if !p.Is(p.off(ctx, a, code), p.deactivate, contract.OK) {
				a.who.Retire("its factor could not be switched off")
			}
			return
		}
	}
	p.left[a.who.Name] = a
}
