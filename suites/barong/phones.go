package barong

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// Outcomes of phones.
const (
	numberTaken       = contract.Outcome("number-taken")
	numberOwn         = contract.Outcome("number-own")
	channelUnknown    = contract.Outcome("channel-unknown")
	channelType       = contract.Outcome("channel-type") // neither text nor one of the channels
	codeWrong         = contract.Outcome("code-wrong")
	tooFast           = contract.Outcome("too-fast")
	tooManyRetries    = contract.Outcome("too-many-retries")
	tooManyUnverified = contract.Outcome("too-many-unverified")
)

// noNumber is no phone number, wherever it is read.
const noNumber = "123"

// phoneSubjects send what is no number: how it is refused shows that a request
// got through, and no text is sent to anybody.
func (p *api) phoneSubjects() []family.Subject {
	channel := map[string]contract.Outcome{"channel": channelType}
	number := p.asCaller(conform.Object{"phone_number": noNumber})
	return []family.Subject{
		{Operation: p.CreatePhone, Expected: numberInvalid, Ready: number, OwnType: channel},
		{Operation: p.SendPhoneCode, Expected: numberInvalid, Ready: number, OwnType: channel},
		{Operation: p.VerifyPhone, Expected: numberInvalid,
			Ready: p.asCaller(conform.Object{"phone_number": noNumber, "verification_code": "12345"})},
		{Operation: p.ListPhones, Ready: p.asMember(conform.Request{})},
	}
}

// asCaller is the Ready of operations that a member may call a few times a minute alone.
func (p *api) asCaller(body conform.Object) ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		GinkgoHelper()
		me := p.Member(ctx)
		by, next := *me.Actor, p.Caller(ctx, me)
		return &by, func() conform.Request {
			by.Header = next().Header
			return conform.Request{JSON: body}
		}
	}
}

// phones are about resource/phones (barong#2.2-createPhone; barong#2.2-verifyPhone; barong#2.2-sendPhoneCode; barong#5.3,
// barong#10.2-18.
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
	if p.Profile() != client.Documented {
		p.Check("the message", value.Text(value.Of(call), "message"), Equal("Code was sent successfully via "+channel))
	}
}

func phoneAdded(p *api) {
	It("POST /resource/phones adds a number as unverified",
		clause.Graded("barong.phones.added", p.CreatePhone, contract.OK), func(ctx SpecContext) {
			me := p.PhoneOwner(ctx)
			call := p.Do(ctx, me.By(), p.CreatePhone, client.NumberBody(me.Number))
			p.Expect(call, p.CreatePhone, contract.OK)
			p.sentBy(call, "sms")
			list := p.PhonesOf(ctx, me.Session)
			p.Check("phones that are listed", list, HaveLen(1))
			p.Check("when it was verified", value.At(list[0], "validated_at"), BeNil())
			p.Check("the end of its number", value.Text(list[0], "number"), HaveSuffix(lastFour(me.Number)))
		})
	It("POST /resource/phones rejects a number that the account has, however it is written",
		clause.Graded("barong.phones.number-own", p.CreatePhone, numberOwn), func(ctx SpecContext) {
			me := p.PhoneOwner(ctx)
			me.Add(ctx)
			n := me.Number
			for _, spelling := range []string{n, strings.TrimPrefix(n, "+"), n[:3] + " " + n[3:7] + "-" + n[7:]} {
				p.Expect(p.Do(ctx, me.By(), p.CreatePhone, client.NumberBody(spelling)), p.CreatePhone, numberOwn)
			}
			p.Check("phones that are listed", p.PhonesOf(ctx, me.Session), HaveLen(1))
		})
	for _, channel := range []string{"sms", "call"} {
		It("POST /resource/phones says that it sent the code by "+channel,
			clause.Graded("barong.phones.added-by-"+channel, p.CreatePhone, contract.OK, clause.Needs(client.MockPhones)), func(ctx SpecContext) {
				me := p.PhoneOwner(ctx)
				call := p.Do(ctx, me.By(), p.CreatePhone, client.NumberBody(me.Number).With("channel", channel))
				p.Expect(call, p.CreatePhone, contract.OK)
				p.sentBy(call, channel)
			})
	}
	It("GET /resource/phones lists the caller's phones and no others",
		clause.Graded("barong.phones.own-only", p.ListPhones, contract.OK, clause.Needs(client.MockPhones)), func(ctx SpecContext) {
			me, other := p.PhoneOwner(ctx), p.EmptyMember(ctx)
			me.Add(ctx)
			call := p.Do(ctx, me.Actor, p.ListPhones, conform.Request{})
			p.Expect(call, p.ListPhones, contract.OK)
			p.Check("phones that are listed", value.List(value.Of(call)), HaveLen(1))
			p.Check("its country", value.Text(value.List(value.Of(call))[0], "country"), MatchRegexp("^[A-Z]{2}$"))
			p.Check("phones of an account that has none", p.PhonesOf(ctx, other), BeEmpty())
		})
	It("GET /resource/phones masks the numbers but for their ends",
		clause.Should("barong.phones.number-masked", p.ListPhones, contract.OK, clause.Needs(client.MockPhones)), func(ctx SpecContext) {
			me := p.PhoneOwner(ctx)
			me.Add(ctx)
			call := p.Do(ctx, me.Actor, p.ListPhones, conform.Request{})
			p.Expect(call, p.ListPhones, contract.OK)
			p.Check("phones that are listed", value.List(value.Of(call)), HaveLen(1))
			p.Check("the number that is listed", value.Text(value.List(value.Of(call))[0], "number"), Equal("44******"+lastFour(me.Number)))
		})
	It("POST /resource/phones/send_code sends the code again",
		clause.Graded("barong.phones.sent-again", p.SendPhoneCode, contract.OK), func(ctx SpecContext) {
			me := p.PhoneOwner(ctx)
			me.Add(ctx)
			p.BetweenCodes(ctx)
			if p.Texts() {
				p.ForgetMail(ctx, p.TextAddress(me.Number))
			}
			call := p.Do(ctx, me.By(), p.SendPhoneCode, client.NumberBody(me.Number))
			p.Expect(call, p.SendPhoneCode, contract.OK)
			p.sentBy(call, "sms")
			p.Require("verify the phone with that code", me.Check(ctx, me.Code(ctx)), p.VerifyPhone, contract.OK)
		})
}

func lastFour(number string) string { return number[len(number)-4:] }
