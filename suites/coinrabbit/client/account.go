package client

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/otp"
)

// Account is a leased user with a session and what is known of its factor.
type Account struct {
	Who    *identity.Identity
	Token  string         // of the session opened last
	Me     *conform.Actor // sends the partner's key and the user token
	Secret string         // in Base32; the one created last
	Codes  *otp.Kit       // of that secret
	On     bool           // the factor may be on, so that it has to be switched off
}

// waitedFor is under what name an account keeps that a window was waited for and no
// code was sent to it since: where none ever is, that is not to be waited for again.
const waitedFor = "waited for"

// SignedIn leases a user whose factor is off and opens a session for it. After the
// spec the factor is switched off.
func (p *Client) SignedIn(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	a := p.backTo(ctx, p.Lease(User))
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.tidy(ctx, a) })
	return a
}

// PutBack switches the factor of a user off that a clean-up had to leave on.
func PutBack(ctx context.Context, s *conform.Context, who *identity.Identity) {
	New(s).backTo(ctx, who)
}

// backTo opens a session for a user, and switches a factor off that was left on.
func (p *Client) backTo(ctx context.Context, who *identity.Identity) *Account {
	ginkgo.GinkgoHelper()
	a := &Account{Who: who}
	p.LogIn(ctx, a)
	if left := a.Who.Kept(identity.FactorLeftOn); left != "" {
		a.Secret, a.Codes = left, p.Codes(left)
		call := p.SwitchByCode(ctx, a, p.Deactivate)
		// It may have been off already: then a secret can be created.
		if !p.Is(call, p.Deactivate, contract.OK) && !p.Is(p.TryCreate(ctx, a), p.CreateSecret, contract.OK) {
			p.Require("switch off the factor that an earlier clause left on", call, p.Deactivate, contract.OK)
		}
		a.Who.Keep(identity.FactorLeftOn, "")
	}
	return a
}

// Knock has the partner log a user in for the preflight: it shows whether the partner's
// key is right, and whether the partner has that user.
func Knock(s *conform.Context, who *identity.Identity, _ string) *conform.Knock {
	p := New(s)
	return &conform.Knock{
		Operation: p.PartnerLogin, By: p.Partner(), Request: p.PartnerLoginRequest(who), Refused: contract.Unauthenticated,
		Rests: []string{"settings." + PartnerKey, "id"},
	}
}

// LogIn opens another session for an account.
func (p *Client) LogIn(ctx context.Context, a *Account) {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, p.Partner(), p.PartnerLogin, p.PartnerLoginRequest(a.Who))
	p.Require("log in as "+a.Who.Name, call, p.PartnerLogin, contract.OK)
	p.TakeSession(a, call)
}

// TakeSession takes the user token out of a log-in's answer.
func (p *Client) TakeSession(a *Account, call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	a.Token = p.Secret("user-token", Given(call, "token"))
	if a.Token == "" {
		p.Untestable("the log-in of %s gives no response.token", a.Who.Name)
	}
	a.Me = p.Actor(a.Who.Name, a.Who, Headers(p.Known(PartnerKey), a.Token))
}

// Creation is the request that creates a secret: it has no body.
var Creation = conform.Request{Header: http.Header{"Content-Type": {"application/json"}}}

// Creator is who creates secrets for an account: with the partner's key only where
// the target file says that it is required.
func (p *Client) Creator(a *Account) *conform.Actor {
	if p.Setting(CreateKey) == "yes" {
		return a.Me
	}
	return p.WithoutKey(a)
}

// WithoutKey sends an account's user token alone.
func (p *Client) WithoutKey(a *Account) *conform.Actor {
	return p.Actor(a.Who.Name+" without key", a.Who, Headers("", a.Token))
}

// TryCreate asks for a secret; the caller judges the answer.
func (p *Client) TryCreate(ctx context.Context, a *Account) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Creator(a), p.CreateSecret, Creation)
}

// Create has a secret created and keeps it.
func (p *Client) Create(ctx context.Context, a *Account) {
	ginkgo.GinkgoHelper()
	call := p.TryCreate(ctx, a)
	p.Require("create a secret", call, p.CreateSecret, contract.OK)
	p.KeepSecret(a, call)
}

// KeepSecret takes the secret out of an answer.
func (p *Client) KeepSecret(a *Account, call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	text := p.Secret("totp-secret", Given(call, "secret"))
	if _, err := otp.ParseSecret(text); err != nil {
		p.Untestable("no app can use the secret that was created: %v", err)
	}
	a.Secret, a.Codes = text, p.Codes(text)
}

// Created is a user with a secret that is not confirmed.
func (p *Client) Created(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	a := p.SignedIn(ctx)
	p.Create(ctx, a)
	return a
}

// Enrolled is a user whose factor is on.
func (p *Client) Enrolled(ctx context.Context) *Account {
	ginkgo.GinkgoHelper()
	a := p.Created(ctx)
	p.Require("switch the factor on", p.SwitchByCode(ctx, a, p.Activate), p.Activate, contract.OK)
	return a
}

// SwitchRequest is the right request for an activation or a deactivation.
func (p *Client) SwitchRequest(ctx context.Context, a *Account, op *contract.Operation, code string) conform.Request {
	ginkgo.GinkgoHelper()
	body := conform.Object{"verification_token": p.Verified(ctx, a, p.MessageType(op)), "code_2fa": code}
	if op == p.Activate {
		body["secret_2fa"] = a.Secret
	}
	return conform.Request{JSON: body}
}

// RightRequest is a SwitchRequest with an unused code, which it returns too. The code is
// made last: where the target sends no more messages for a while, the verification waits
// for longer than a code lives.
func (p *Client) RightRequest(ctx context.Context, a *Account, op *contract.Operation) (r conform.Request, code string) {
	ginkgo.GinkgoHelper()
	r = p.SwitchRequest(ctx, a, op, "")
	code = p.Code(ctx, a.Codes)
	return r.With("code_2fa", code), code
}

// MessageType is the setting of the message type that an activation or a
// deactivation requires.
func (p *Client) MessageType(op *contract.Operation) string {
	if op == p.Activate {
		return TypeActivation
	}
	return TypeDeactivation
}

// Switch sends an activation or a deactivation, and keeps in mind what it did.
func (p *Client) Switch(ctx context.Context, a *Account, op *contract.Operation, r conform.Request) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, a.Me, op, r)
	if p.Is(call, op, contract.OK) {
		a.On = op == p.Activate
	}
	return call
}

// SwitchByCode sends a right activation or deactivation with an unused code.
func (p *Client) SwitchByCode(ctx context.Context, a *Account, op *contract.Operation) *httpclient.Call {
	ginkgo.GinkgoHelper()
	r, _ := p.RightRequest(ctx, a, op)
	return p.Switch(ctx, a, op, r)
}

// Enrol is the control of what must not switch a factor on: with a new secret and
// all else right it is switched on.
func (p *Client) Enrol(ctx context.Context, a *Account) {
	ginkgo.GinkgoHelper()
	p.Create(ctx, a)
	p.Require("switch the factor on as a control", p.SwitchByCode(ctx, a, p.Activate), p.Activate, contract.OK)
}

// ExpectOff checks that the factor of an account is off: a deactivation that is
// right in all else is not confirmed. Where the target has no known deactivation
// it is left to the control.
func (p *Client) ExpectOff(ctx context.Context, a *Account) {
	ginkgo.GinkgoHelper()
	if p.Setting(DeactivatePath) == "" {
		return
	}
	p.Holds("the factor is off: a deactivation is not confirmed", !p.Is(p.SwitchByCode(ctx, a, p.Deactivate), p.Deactivate, contract.OK),
		"a deactivation is confirmed, so that the factor was on")
}

// ExpectOn checks that the factor of an account is on: a deactivation with the code,
// or with another right one, is confirmed. A deactivation that is rejected can have
// a reason of its own, such as a code that an earlier refusal used up; only an
// account that can be enrolled anew was surely off.
func (p *Client) ExpectOn(ctx context.Context, a *Account, code string) {
	ginkgo.GinkgoHelper()
	confirmed := p.Is(p.Switch(ctx, a, p.Deactivate, p.SwitchRequest(ctx, a, p.Deactivate, code)), p.Deactivate, contract.OK)
	if confirmed || p.Is(p.SwitchByCode(ctx, a, p.Deactivate), p.Deactivate, contract.OK) {
		p.Holds("the factor is on", true, "")
		return
	}
	call := p.TryCreate(ctx, a)
	p.Require("see whether the factor is on: a deactivation and a new secret are both refused", call, p.CreateSecret, contract.OK)
	p.KeepSecret(a, call)
	again := p.SwitchByCode(ctx, a, p.Activate)
	p.Require("see whether the factor is on: neither a deactivation nor an activation is confirmed", again, p.Activate, contract.OK)
	p.Holds("the factor is on", false, "it is off: it can be switched on anew")
}

// tidy switches the factor off, so that the account can be leased again. Where the
// time step has no code left, the next lease does; an identity whose factor nothing
// can switch off is retired.
func (p *Client) tidy(ctx context.Context, a *Account) {
	if !a.On || a.Codes == nil {
		return
	}
	if p.Setting(DeactivatePath) == "" {
		a.Who.Retire("its factor is on, and the target file names no settings.deactivate-path to switch it off")
		return
	}
	a.Who.Keep(identity.FactorLeftOn, a.Secret) // whatever keeps the clean-up from going on
	r := p.SwitchRequest(ctx, a, p.Deactivate, "")
	step := a.Codes.Step(p.Now())
	for _, at := range []int64{step, step - 1} {
		if code, err := a.Codes.At(at); err == nil {
			if !p.Is(p.Switch(ctx, a, p.Deactivate, r.With("code_2fa", code)), p.Deactivate, contract.OK) {
				a.Who.Retire("its factor could not be switched off")
			}
			a.Who.Keep(identity.FactorLeftOn, "")
			return
		}
	}
}

// address is the e-mail address or phone number of an account as requests name it,
// and the address under which its inbox has the messages.
func (p *Client) address(a *Account) (recipient, box string) {
	ginkgo.GinkgoHelper()
	if p.Setting(Delivery) != "sms" {
		return a.Who.Login, a.Who.Login
	}
	in := p.Target().Inbox
	if in == nil || in.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say where texts arrive (inbox.sms-address)")
	}
	number := strings.Join(strings.FieldsFunc(a.Who.Phone, func(r rune) bool { return r < '0' || r > '9' }), "")
	if number == "" {
		p.Untestable("codes go to the phone of %s, and the target file gives none", a.Who.Name)
	}
	return a.Who.Phone, strings.ReplaceAll(in.SMSAddress, "{phone}", number)
}

// Nobody is an address or a number that no account has.
func (p *Client) Nobody() string {
	if p.Setting(Delivery) == "sms" {
		return "000" + strings.Map(func(r rune) rune { return '0' + r%10 }, p.Nonce()[:6])
	}
	return "nobody-" + p.Nonce() + "@nowhere.invalid"
}

// SendRequest asks for a code of a message type, given by the name of its setting.
func (p *Client) SendRequest(a *Account, messageType string) conform.Request {
	ginkgo.GinkgoHelper()
	recipient, _ := p.address(a)
	return conform.Request{JSON: conform.Object{p.Setting(TypeMember): p.Known(messageType), p.Setting(RecipientMember): recipient}}
}

// VerifyRequest exchanges a code for a verification token.
func (p *Client) VerifyRequest(a *Account, messageType, code string) conform.Request {
	ginkgo.GinkgoHelper()
	return p.SendRequest(a, messageType).With(p.Setting(CodeMember), code)
}

// sender is who sends and verifies codes: for the log-in there is no user token.
func (p *Client) sender(a *Account, messageType string) *conform.Actor {
	ginkgo.GinkgoHelper()
	if messageType == TypeLogin {
		return p.Partner()
	}
	return a.Me
}

// NewCode has a code sent and reads it where it arrives.
func (p *Client) NewCode(ctx context.Context, a *Account, messageType string) string {
	ginkgo.GinkgoHelper()
	call := p.send(ctx, a, messageType)
	p.Require("send a code", call, p.SendCode, contract.OK)
	return p.read(p.Mail(ctx, p.boxOf(a), holdsCode))
}

// PromisedCode is NewCode for the clause that promises that a code is sent.
func (p *Client) PromisedCode(ctx context.Context, a *Account, messageType string) string {
	ginkgo.GinkgoHelper()
	p.Expect(p.send(ctx, a, messageType), p.SendCode, contract.OK)
	return p.read(p.PromisedMail(ctx, p.boxOf(a), holdsCode))
}

// TrySend is NewCode with the answer to the sending, which the caller judges.
func (p *Client) TrySend(ctx context.Context, a *Account, messageType string) (string, *httpclient.Call) {
	ginkgo.GinkgoHelper()
	call := p.send(ctx, a, messageType)
	if !p.Is(call, p.SendCode, contract.OK) {
		return "", call
	}
	return p.read(p.Mail(ctx, p.boxOf(a), holdsCode)), call
}

func (p *Client) send(ctx context.Context, a *Account, messageType string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	p.ForgetMail(ctx, p.boxOf(a))
	send := func() *httpclient.Call {
		return p.Do(ctx, p.sender(a, messageType), p.SendCode, p.SendRequest(a, messageType))
	}
	call := send()
	sent := func() bool { return p.Is(call, p.SendCode, contract.OK) }
	if limit := p.Target().Limits.SecondFactor; !sent() && limit != nil && a.Who.Kept(waitedFor) == "" && !p.Closing() {
		// Where accounts are few, earlier clauses had many codes sent to this one, and the
		// page does not say how such a refusal is told from others.
		a.Who.Keep(waitedFor, p.Nonce()) // what is kept is taken for a secret
		p.Wait(ctx, max(limit.Window, limit.Block)+time.Second, "the target may send no more codes for now")
		call = send()
	}
	if sent() {
		a.Who.Keep(waitedFor, "")
	}
	return call
}

func (p *Client) boxOf(a *Account) string {
	ginkgo.GinkgoHelper()
	_, box := p.address(a)
	return box
}

func holdsCode(m inbox.Message) bool { return codeIn(m) != "" }

func (p *Client) read(m inbox.Message) string { return p.Secret("verification-code", codeIn(m)) }

// Box is where messages to an address or a number arrive.
func (p *Client) Box(recipient string) string {
	ginkgo.GinkgoHelper()
	if p.Setting(Delivery) != "sms" {
		return recipient
	}
	in := p.Target().Inbox
	if in == nil || in.SMSAddress == "" {
		p.Untestable("it looks for a text message, and the target file does not say where texts arrive (inbox.sms-address)")
	}
	return strings.ReplaceAll(in.SMSAddress, "{phone}", recipient)
}

// Arrived counts the codes that have arrived for an account.
func (p *Client) Arrived(ctx context.Context, a *Account) int {
	ginkgo.GinkgoHelper()
	_, box := p.address(a)
	n := 0
	for _, m := range p.Messages(ctx, box) {
		if codeIn(m) != "" {
			n++
		}
	}
	return n
}

// VerifyLast exchanges the code that arrived last: a target may send no more to an
// account until one of many was made use of.
func (p *Client) VerifyLast(ctx context.Context, a *Account, messageType string) {
	ginkgo.GinkgoHelper()
	if p.Target().Inbox == nil {
		return
	}
	_, box := p.address(a)
	for _, m := range p.Messages(ctx, box) { // the newest first
		if code := codeIn(m); code != "" {
			p.Do(ctx, p.sender(a, messageType), p.VerifyCode, p.VerifyRequest(a, messageType, p.Secret("verification-code", code)))
			return
		}
	}
}

// codeIn finds the code of a message.
func codeIn(m inbox.Message) string { return inbox.Code(m, 6, 8, 7, 5, 4) }

// Verified is a new verification token of an account for a message type.
func (p *Client) Verified(ctx context.Context, a *Account, messageType string) string {
	ginkgo.GinkgoHelper()
	code := p.NewCode(ctx, a, messageType)
	call := p.Do(ctx, p.sender(a, messageType), p.VerifyCode, p.VerifyRequest(a, messageType, code))
	p.Require("verify a code", call, p.VerifyCode, contract.OK)
	token := p.Secret("verification-token", Given(call, "verification_token"))
	if token == "" {
		p.Untestable("the verification of a code gives no response.verification_token")
	}
	return token
}

// OtherCode is a code of the same length that was not sent.
func OtherCode(code string) string {
	return strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code)
}
