package client

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

// postsOfSession is how many requests about phones a session sends in release
// 3.1, whose limiter takes five a minute of one session. Behind a gateway it may
// count each twice: when the AuthZ endpoint is asked, and when Barong is.
const postsOfSession = 2

// Caller hands out the actor for each next request about phones: the session's
// own, and in release 3.1 that of a new session before its limiter has enough.
func (p *Client) Caller(ctx context.Context, me *Session) func() *conform.Actor {
	sent, now := 0, me
	return func() *conform.Actor {
		ginkgo.GinkgoHelper()
		if p.Profile() == Release31 && sent == postsOfSession {
			sent, now = 0, p.LogIn(ctx, me.Account)
		}
		sent++
		return now.Actor
	}
}

// PhoneOwner is an account with a number that no account has yet.
type PhoneOwner struct {
	*Session
	P      *Client
	By     func() *conform.Actor
	Number string
}

// PhoneOwner makes the number up where every code is right. Where texts are sent, it is
// that of the target file, whose texts can be read.
func (p *Client) PhoneOwner(ctx context.Context) *PhoneOwner {
	ginkgo.GinkgoHelper()
	if p.Target().Features[MockPhones] {
		me := p.DisposableMember(ctx)
		return &PhoneOwner{Session: me, P: p, By: p.Caller(ctx, me), Number: p.NewNumber()}
	}
	a := p.Leased(RolePhone)
	if a.Phone == "" {
		p.Untestable("the target file gives no phone of %s", a.Name)
	}
	a.Retire("its number is on it now")
	me := p.LogIn(ctx, a)
	return &PhoneOwner{Session: me, P: p, By: p.Caller(ctx, me), Number: "+" + digits(a.Phone)}
}

// NewNumber is a number of those that the target file gives to made-up accounts. By
// default it is a British mobile number: no range is reserved for tests that number
// plans take for valid and that is large enough to meet no number twice.
func (p *Client) NewNumber() string {
	return fmt.Sprintf("%s%03d%03d", p.Setting(phonePrefix), Below(1000), Below(1000))
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func NumberBody(number string) conform.Request {
	return conform.Request{JSON: conform.Object{"phone_number": number}}
}

// Add puts the number on the account.
func (o *PhoneOwner) Add(ctx context.Context) {
	ginkgo.GinkgoHelper()
	if o.P.Texts() {
		o.P.ForgetMail(ctx, o.P.TextAddress(o.Number))
	}
	o.P.Require("add a phone", o.P.Do(ctx, o.By(), o.P.CreatePhone, NumberBody(o.Number)), o.P.CreatePhone, contract.OK)
}

// Check sends a code for the number.
func (o *PhoneOwner) Check(ctx context.Context, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return o.P.Do(ctx, o.By(), o.P.VerifyPhone, NumberBody(o.Number).With("verification_code", code))
}

// Verified adds the number and verifies it.
func (o *PhoneOwner) Verified(ctx context.Context) {
	ginkgo.GinkgoHelper()
	o.Add(ctx)
	o.P.Require("verify the phone", o.Check(ctx, o.Code(ctx)), o.P.VerifyPhone, contract.OK)
}

// Code is the one texted last; any other where every code is right.
func (o *PhoneOwner) Code(ctx context.Context) string {
	ginkgo.GinkgoHelper()
	if !o.P.Texts() {
		return fmt.Sprintf("%05d", Below(60000))
	}
	found := ""
	o.P.Mail(ctx, o.P.TextAddress(o.Number), func(m inbox.Message) bool {
		found = inbox.Code(m, 5)
		return found != ""
	})
	return o.P.Secret("sms-code", found)
}

// Texts tells whether the target sends texts.
func (p *Client) Texts() bool { return p.Target().Features[RealPhones] }

// TextAddress is where texts to a number land in the inbox.
func (p *Client) TextAddress(number string) string {
	ginkgo.GinkgoHelper()
	box := p.Target().Inbox
	if box == nil || box.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive " +
			"(inbox.sms-address)")
	}
	return strings.ReplaceAll(box.SMSAddress, "{phone}", digits(number))
}

// PhonesOf are an account's phones.
func (p *Client) PhonesOf(ctx context.Context, me *Session) []any {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.ListPhones, conform.Request{})
	p.Require("list the phones", call, p.ListPhones, contract.OK)
	return value.List(value.Of(call))
}

// codePause is how long release 3.1 wants between two codes to a number
// (barong#1.9-3.x-phones.
const codePause = 31 * time.Second

// BetweenCodes lets that pause pass.
func (p *Client) BetweenCodes(ctx context.Context) {
	ginkgo.GinkgoHelper()
	if p.Profile() == Release31 {
		p.Wait(ctx, codePause, "a number is sent one code in 30 seconds")
	}
}
