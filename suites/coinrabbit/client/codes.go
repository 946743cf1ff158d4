package client

import (
	"context"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
)

// address is the e-mail address or phone number of an account as requests name it,
// and the address under which its inbox has the messages.
func (p *Client) address(a *Account) (recipient, box string) {
	ginkgo.GinkgoHelper()
	if p.Setting(Delivery) != "sms" {
		return a.Who.Login, a.Who.Login
	}
	in := p.Target().Inbox
	if in == nil || in.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive (inbox.sms-address)")
	}
	number := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, a.Who.Phone)
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
	code, call := p.TrySend(ctx, a, messageType)
	p.Require("send a code", call, p.SendCode, contract.OK)
	return code
}

// TrySend is NewCode with the answer to the sending, which the caller judges.
func (p *Client) TrySend(ctx context.Context, a *Account, messageType string) (string, *httpclient.Call) {
	ginkgo.GinkgoHelper()
	_, box := p.address(a)
	p.ForgetMail(ctx, box)
	call := p.Do(ctx, p.sender(a, messageType), p.SendCode, p.SendRequest(a, messageType))
	if !p.Is(call, p.SendCode, contract.OK) {
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
