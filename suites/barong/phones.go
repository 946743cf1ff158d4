package barong

import (
	"context"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/value"
	"authconform/suites/family"
)

// Outcomes of phones.
const (
	numberTaken       = contract.Outcome("number-taken")
	numberOwn         = contract.Outcome("number-own")
	channelUnknown    = contract.Outcome("channel-unknown")
	codeWrong         = contract.Outcome("code-wrong")
	tooFast           = contract.Outcome("too-fast")
	tooManyRetries    = contract.Outcome("too-many-retries")
	tooManyUnverified = contract.Outcome("too-many-unverified")
)

// postsOfSession is how many requests about phones a session sends in release
// 3.1, whose limiter takes five a minute of one session. Behind a gateway it may
// count each twice: when the AuthZ endpoint is asked, and when Barong is.
const postsOfSession = 2

// noNumber is no phone number, wherever it is read.
const noNumber = "123"

// phoneSubjects send what is no number: how it is refused shows that a request
// got through, and no text is sent to anybody.
func (p *api) phoneSubjects() []family.Subject {
	with := func(op *contract.Operation, body conform.Object) family.Subject {
		return family.Subject{Operation: op, Expected: numberInvalid, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			me := p.member(ctx)
			by, next := *me.Actor, p.caller(ctx, me)
			return &by, func() conform.Request {
				by.Header = next().Header
				return conform.Request{JSON: body}
			}
		}}
	}
	return []family.Subject{
		with(p.createPhone, conform.Object{"phone_number": noNumber}),
		with(p.sendPhoneCode, conform.Object{"phone_number": noNumber}),
		with(p.verifyPhone, conform.Object{"phone_number": noNumber, "verification_code": "12345"}),
		{Operation: p.listPhones, Ready: p.asMember(conform.Request{})},
	}
}

// caller hands out the actor for each next request about phones: the session's
// own, and in release 3.1 that of a new session before its limiter has enough.
func (p *api) caller(ctx context.Context, me *session) func() *conform.Actor {
	sent, now := 0, me
	return func() *conform.Actor {
		GinkgoHelper()
		if p.Profile() == release31 && sent == postsOfSession {
			sent, now = 0, p.logIn(ctx, me.account)
		}
		sent++
		return now.Actor
	}
}

// phoneOwner is an account with a number that no account has yet.
type phoneOwner struct {
	*session
	p      *api
	by     func() *conform.Actor
	number string
}

// phoneOwner makes the number up where every code is right. Where texts are sent, it is
// that of the target file, whose texts can be read.
func (p *api) phoneOwner(ctx context.Context) *phoneOwner {
	GinkgoHelper()
	if p.Target().Features[mockPhones] {
		me := p.holder(ctx)
		return &phoneOwner{session: me, p: p, by: p.caller(ctx, me), number: p.newNumber()}
	}
	a := p.leased(withText)
	if a.Phone == "" {
		p.Untestable("the target file gives no phone of %s", a.Name)
	}
	a.Retire("its number is on it now")
	me := p.logIn(ctx, a)
	return &phoneOwner{session: me, p: p, by: p.caller(ctx, me), number: "+" + digits(a.Phone)}
}

// newNumber is a British mobile number; in 07501 are a million of them.
func (p *api) newNumber() string { return fmt.Sprintf("+447501%03d%03d", below(1000), below(1000)) }

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

func numberBody(number string) conform.Request {
	return conform.Request{JSON: conform.Object{"phone_number": number}}
}

// add puts the number on the account.
func (o *phoneOwner) add(ctx context.Context) {
	GinkgoHelper()
	if o.p.texts() {
		o.p.ForgetMail(ctx, o.p.textAddress(o.number))
	}
	o.p.Require("add a phone", o.p.Do(ctx, o.by(), o.p.createPhone, numberBody(o.number)), o.p.createPhone, contract.OK)
}

// check sends a code for the number.
func (o *phoneOwner) check(ctx context.Context, code string) *httpclient.Call {
	GinkgoHelper()
	return o.p.Do(ctx, o.by(), o.p.verifyPhone, numberBody(o.number).With("verification_code", code))
}

// verified adds the number and verifies it.
func (o *phoneOwner) verified(ctx context.Context) {
	GinkgoHelper()
	o.add(ctx)
	o.p.Require("verify the phone", o.check(ctx, o.code(ctx)), o.p.verifyPhone, contract.OK)
}

// code is the one texted last; any other where every code is right.
func (o *phoneOwner) code(ctx context.Context) string {
	GinkgoHelper()
	if !o.p.texts() {
		return fmt.Sprintf("%05d", below(60000))
	}
	found := ""
	o.p.Mail(ctx, o.p.textAddress(o.number), func(m inbox.Message) bool {
		if codes := inbox.Codes(m.Text+"\n"+m.HTML, 5); len(codes) > 0 {
			found = codes[0]
		}
		return found != ""
	})
	return o.p.Secret("sms-code", found)
}

// texts tells whether the target sends texts.
func (p *api) texts() bool { return p.Target().Features[realPhones] }

// textAddress is where texts to a number land in the inbox.
func (p *api) textAddress(number string) string {
	GinkgoHelper()
	box := p.Target().Inbox
	if box == nil || box.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive (inbox.sms-address)")
	}
	return strings.ReplaceAll(box.SMSAddress, "{phone}", digits(number))
}

// phonesOf are an account's phones.
func (p *api) phonesOf(ctx context.Context, me *session) []any {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.listPhones, conform.Request{})
	p.Require("list the phones", call, p.listPhones, contract.OK)
	return value.List(value.Of(call))
}

// phones are about resource/phones (facts/barong.md 2.2 and 5.3,
// facts/barong-observed.md 18). Numbers of the target file are few.
func phones(p *api) {
	Describe("phones", Serial, func() {
		phoneAdded(p)
		phoneVerified(p)
		phoneRefused(p)
		phoneTaken(p)
		phoneCounts(p)
	})
}

// sentBy checks what an answer says of how the code was sent. The published page
// promises no body.
func (p *api) sentBy(call *httpclient.Call, channel string) {
	GinkgoHelper()
	if p.Profile() != documented {
		p.Check("the message", value.Text(value.Of(call), "message"), Equal("Code was sent successfully via "+channel))
	}
}

func phoneAdded(p *api) {
	It("adds a number that is not verified yet", clause.Graded("barong.phones.added", p.createPhone, contract.OK), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		call := p.Do(ctx, me.by(), p.createPhone, numberBody(me.number))
		p.Expect(call, p.createPhone, contract.OK)
		p.sentBy(call, "sms")
		list := p.phonesOf(ctx, me.session)
		p.Check("phones that are listed", list, HaveLen(1))
		p.Check("when it was verified", value.At(list[0], "validated_at"), BeNil())
		p.Check("the end of its number", value.Text(list[0], "number"), HaveSuffix(lastFour(me.number)))
	})
	It("refuses a number that the account has, however it is written", clause.Graded("barong.phones.number-own", p.createPhone, numberOwn), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		n := me.number
		for _, spelling := range []string{n, strings.TrimPrefix(n, "+"), n[:3] + " " + n[3:7] + "-" + n[7:]} {
			p.Expect(p.Do(ctx, me.by(), p.createPhone, numberBody(spelling)), p.createPhone, numberOwn)
		}
		p.Check("phones that are listed", p.phonesOf(ctx, me.session), HaveLen(1))
	})
	for _, channel := range []string{"sms", "call"} {
		It("says that it sent the code by "+channel, clause.Graded("barong.phones.added-by-"+channel, p.createPhone, contract.OK, clause.Needs(mockPhones)), func(ctx SpecContext) {
			me := p.phoneOwner(ctx)
			call := p.Do(ctx, me.by(), p.createPhone, numberBody(me.number).With("channel", channel))
			p.Expect(call, p.createPhone, contract.OK)
			p.sentBy(call, channel)
		})
	}
	It("lists the caller's phones and no others", clause.Graded("barong.phones.own-only", p.listPhones, contract.OK, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me, other := p.phoneOwner(ctx), p.untouched(ctx)
		me.add(ctx)
		call := p.Do(ctx, me.Actor, p.listPhones, conform.Request{})
		p.Expect(call, p.listPhones, contract.OK)
		p.Check("phones that are listed", value.List(value.Of(call)), HaveLen(1))
		p.Check("its country", value.Text(value.List(value.Of(call))[0], "country"), MatchRegexp("^[A-Z]{2}$"))
		p.Check("phones of an account that has none", p.phonesOf(ctx, other), BeEmpty())
	})
	It("lists no more of a number than its ends", clause.Should("barong.phones.number-masked", p.listPhones, contract.OK, clause.Needs(mockPhones)), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		call := p.Do(ctx, me.Actor, p.listPhones, conform.Request{})
		p.Expect(call, p.listPhones, contract.OK)
		p.Check("phones that are listed", value.List(value.Of(call)), HaveLen(1))
		p.Check("the number that is listed", value.Text(value.List(value.Of(call))[0], "number"), Equal("44******"+lastFour(me.number)))
	})
	It("sends the code again", clause.Graded("barong.phones.sent-again", p.sendPhoneCode, contract.OK), func(ctx SpecContext) {
		me := p.phoneOwner(ctx)
		me.add(ctx)
		p.betweenCodes(ctx)
		if p.texts() {
			p.ForgetMail(ctx, p.textAddress(me.number))
		}
		call := p.Do(ctx, me.by(), p.sendPhoneCode, numberBody(me.number))
		p.Expect(call, p.sendPhoneCode, contract.OK)
		p.sentBy(call, "sms")
		p.Require("verify the phone with that code", me.check(ctx, me.code(ctx)), p.verifyPhone, contract.OK)
	})
}

func lastFour(number string) string { return number[len(number)-4:] }
