package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

func setsPhone(p *portal) {
	It("texts a code to the number", smsMust("set-phone", p.setPhone, contract.OK),
		func(ctx SpecContext) {
			x := p.phoneless(ctx)
			p.Expect(p.Do(ctx, x.by, p.setPhone, x.number()), p.setPhone, contract.OK)
			p.Check("a code arrives", x.next(ctx), Not(BeEmpty()))
		})
	It("opens a session for that code, and texts to the number from then on",
		smsMust("set-phone-activates", p.loginByCode, smsVerified),
		func(ctx SpecContext) {
			x := p.phoneless(ctx)
			x.activate(ctx)
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(x.who)}), p.login, smsRequired)
			x.another(ctx)
			call := p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(x.who, x.take()))
			p.Expect(call, p.loginByCode, smsVerified)
			p.works(ctx, p.Actor(x.who.Name, x.who, cookie(token(call))))
		})
}

func refusesPhone(p *portal) {
	op := p.setPhone
	refuses := func(text string, c clause.Clause, by func(SpecContext, *phoneless) []*conform.Actor) {
		It(text, c, func(ctx SpecContext) {
			x := p.phoneless(ctx)
			for _, sender := range by(ctx, x) {
				p.Expect(p.Do(ctx, sender, op, x.number()), op, c.Outcome)
			}
			p.Require("get the right link accepted", p.Do(ctx, x.by, op, x.number()), op, contract.OK)
			x.next(ctx)
		})
	}
	refuses("tells a request without a link how to authenticate", smsShould("set-phone-challenge", op, contract.Outcome("challenged")),
		func(SpecContext, *phoneless) []*conform.Actor { return []*conform.Actor{p.Anonymous()} })
	refuses("refuses a request without any link", smsMust("set-phone-no-link", op, contract.Unauthenticated),
		func(SpecContext, *phoneless) []*conform.Actor { return []*conform.Actor{p.Anonymous()} })
	refuses("refuses a key that is missing or was changed", smsMust("set-phone-key-wrong", op, contract.Unauthenticated),
		func(_ SpecContext, x *phoneless) []*conform.Actor {
			senders := []*conform.Actor{p.holder(x.who, x.link.keyed(""))}
			for _, forged := range x.link.tampered() {
				senders = append(senders, p.holder(x.who, forged))
			}
			return senders
		})
	It("refuses the key of another user", smsMust("set-phone-key-foreign", op, contract.Unauthenticated),
		func(ctx SpecContext) {
			both := p.phonelessUsers(ctx, 2)
			x, other := both[0], both[1]
			p.Expect(p.Do(ctx, p.holder(x.who, x.link.keyed(other.link.key)), op, x.number()), op, contract.Unauthenticated)
			p.Require("get the right key accepted", p.Do(ctx, x.by, op, x.number()), op, contract.OK)
			x.next(ctx)
		})
	It("refuses the link of a user whose phone is known, so that no password alone can change the number",
		smsShould("set-phone-other-link", op, contract.Forbidden, oneOwner),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			stranger := p.Lease(noPhone)
			first := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(x.who)})
			p.Require("take the first step", first, p.login, smsRequired)
			request := conform.Request{JSON: conform.Object{"mobilePhone": stranger.Phone}}
			p.Expect(p.Do(ctx, p.holder(x.who, p.linkOf(first, "PhoneAuth")), op, request), op, contract.Forbidden)
			x.another(ctx) // texted to the number as it was
		})
	It("refuses a number without a digit", smsShould("set-phone-empty", op, contract.Invalid),
		func(ctx SpecContext) {
			x := p.phoneless(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: x.by, Control: x.number, OnlyAfter: true, Outcome: contract.Invalid,
				Changes: []conform.Change{
					conform.Drop("mobilePhone"), renamed("empty", conform.Set("mobilePhone", "")), renamed("letters", conform.Set("mobilePhone", "phone")),
				},
			})
			x.next(ctx)
		})
	It("refuses another number once one is activated", smsShould("set-phone-again", op, contract.Invalid),
		func(ctx SpecContext) {
			x := p.phoneless(ctx)
			x.activate(ctx)
			p.Expect(p.Do(ctx, x.by, op, x.number()), op, contract.Invalid)
		})
}

// phoneless is a user who still has to name a phone, after the first step.
type phoneless struct {
	texted
	link link
	by   *conform.Actor // holds the link and nothing else
}

func (p *portal) phoneless(ctx context.Context) *phoneless {
	GinkgoHelper()
	return p.phonelessUsers(ctx, 1)[0]
}

func (p *portal) phonelessUsers(ctx context.Context, n int) []*phoneless {
	GinkgoHelper()
	var all []*phoneless
	for _, who := range p.textMode(ctx, noPhone, n) {
		call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
		p.Require("take the first step as "+who.Name, call, p.login, phoneRequired)
		l := p.linkOf(call, phoneActivation)
		all = append(all, &phoneless{texted: texted{p: p, who: who}, link: l, by: p.holder(who, l)})
	}
	return all
}

// number names the user's phone.
func (x *phoneless) number() conform.Request {
	return conform.Request{JSON: conform.Object{"mobilePhone": x.who.Phone}}
}

// activate names the phone and logs in with the code sent to it. No call of this
// surface undoes that.
func (x *phoneless) activate(ctx context.Context) *httpclient.Call {
	GinkgoHelper()
	p := x.p
	p.Require("name the phone", p.Do(ctx, x.by, p.setPhone, x.number()), p.setPhone, contract.OK)
	code := x.next(ctx)
	x.who.Retire("its phone was activated")
	call := p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(x.who, code))
	p.Require("activate the phone by the code sent to it", call, p.loginByCode, smsVerified)
	return call
}
