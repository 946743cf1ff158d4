package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// afterOthers is the place of specs that activate a phone: nothing takes that back, and while
// there are others, what they have texted need not all go to the phones that are left.
const afterOthers = SpecPriority(-2)

func setsPhone(p *client.Client) {
	It("POST /authentication/setphone texts a code to the named number",
		clause.Must("onlyoffice.tfa-sms.set-phone", p.SetPhone, contract.OK, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			p.DoExpect(ctx, x.Bearer, p.SetPhone, x.Number(), contract.OK)
			x.PromisedCode(ctx)
		})
	It("POST /authentication/{code} activates a phone with the code texted to it, for this log-in and the next",
		clause.Must("onlyoffice.tfa-sms.set-phone-activates", p.LoginByCode, client.SMSVerified, needsSMS, disruptsAll), afterOthers,
		func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			x.Activate(ctx)
			p.Expect(p.LogIn(ctx, x.Who), p.Login, client.SMSRequired)
			x.RequestCode(ctx)
			call := x.SendCode(ctx, x.TakeCode())
			p.Expect(call, p.LoginByCode, client.SMSVerified)
			p.ExpectAlive(ctx, p.Session(x.Who, call))
		})
}

// setPhoneRefuses varies the link, which is all that says whose phone it is.
func setPhoneRefuses(p *client.Client) {
	op := p.SetPhone
	anonymous := func(context.Context, *client.PhonelessUser) []*conform.Actor { return []*conform.Actor{p.Anonymous()} }
	for _, row := range []conform.Row[func(context.Context, *client.PhonelessUser) []*conform.Actor]{
		{Text: "POST /authentication/setphone answers a request without a link with WWW-Authenticate",
			Clause: clause.Should("onlyoffice.tfa-sms.set-phone-challenge", op, client.Challenged, needsSMS, disruptsAll), Given: anonymous},
		{Text: "POST /authentication/setphone rejects a request without a link",
			Clause: clause.Must("onlyoffice.tfa-sms.set-phone-no-link", op, contract.Unauthenticated, needsSMS, disruptsAll), Given: anonymous},
		{Text: "POST /authentication/setphone rejects a link whose key is missing or was tampered with",
			Clause: clause.Must("onlyoffice.tfa-sms.set-phone-key-wrong", op, contract.Unauthenticated, needsSMS, disruptsAll),
			Given: func(_ context.Context, x *client.PhonelessUser) []*conform.Actor {
				return p.Bearers(x.Who, append(tampered(x.Link), x.Link.WithKey(""))...)
			}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			for _, sender := range row.Given(ctx, x) {
				p.DoExpect(ctx, sender, op, x.Number(), row.Clause.Outcome)
			}
			x.RequireNumber(ctx)
		})
	}
	It("POST /authentication/setphone rejects a link with the key of another user",
		clause.Must("onlyoffice.tfa-sms.set-phone-key-foreign", op, contract.Unauthenticated, needsSMS, disruptsAll), func(ctx SpecContext) {
			both := p.PhonelessUsers(ctx, 2)
			x, other := both[0], both[1]
			p.DoExpect(ctx, p.Bearer(x.Who, x.Link.WithKey(other.Link.Key)), op, x.Number(), contract.Unauthenticated)
			x.RequireNumber(ctx)
		})
	It("POST /authentication/setphone rejects the first-step link of a user who has a phone, and keeps the number",
		clause.Should("onlyoffice.tfa-sms.set-phone-other-link", op, contract.Forbidden, oneOwner, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			stranger := p.Lease(client.NoPhone)
			first := p.LogIn(ctx, x.Who)
			p.Require("take the first step", first, p.Login, client.SMSRequired)
			request := client.JSON(conform.Object{"mobilePhone": stranger.Phone})
			p.DoExpect(ctx, p.Bearer(x.Who, p.StepLinkOf(first, client.PhoneAuth)), op, request, contract.Forbidden)
			x.RequestCode(ctx) // texted to the number as it was
		})
	It("POST /authentication/setphone rejects a missing number and one without a digit",
		clause.Should("onlyoffice.tfa-sms.set-phone-empty", op, contract.Invalid, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: x.Bearer, Control: x.Number, OnlyAfter: true, Outcome: contract.Invalid,
				Changes: []conform.Change{
					conform.Drop("mobilePhone"), set("empty", "mobilePhone", ""), set("letters", "mobilePhone", "phone"),
				},
			})
			x.NextCode(ctx)
		})
	It("POST /authentication/setphone rejects a number once the phone of the user is activated",
		clause.Should("onlyoffice.tfa-sms.set-phone-again", op, contract.Invalid, needsSMS, disruptsAll), afterOthers,
		func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			x.Activate(ctx)
			p.DoExpect(ctx, x.Bearer, op, x.Number(), contract.Invalid)
		})
}
