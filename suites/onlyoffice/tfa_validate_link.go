package onlyoffice

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// validateNeedsLink changes what proves that the first step was taken; the code
// is right each time.
func validateNeedsLink(p *portal) {
	It("tells a request without a link how to authenticate",
		clause.Should("onlyoffice.tfa-validate.challenge", p.validateCode, contract.Outcome("challenged")),
		func(ctx SpecContext) {
			by, control := p.validateReady(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.validateCode, By: by, ChangedBy: p.Anonymous(), Control: control, Expected: verified,
				Outcome: contract.Outcome("challenged"), OnlyAfter: true,
			})
		})
	op := p.validateCode
	refuses := func(text string, c clause.Clause, sender func(SpecContext, *enrolled, link) *conform.Actor) {
		It(text, c, func(ctx SpecContext) {
			e := p.enrol(ctx)
			right := codeOf(e.takeBackup())
			l := p.secondStepLink(ctx, e)
			by := sender(ctx, e, l)
			refused := p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.holder(e.who, l), Control: always(right), Expected: verified,
				ChangedBy: by, Outcome: c.Outcome, OnlyAfter: true,
			})
			p.opensNothing(refused)
		})
	}
	must := func(slug string, options ...clause.Option) clause.Clause {
		return clause.Must("onlyoffice.tfa-validate."+slug, op, contract.Unauthenticated, options...)
	}
	refuses("refuses a right code without any link", must("no-link"),
		func(SpecContext, *enrolled, link) *conform.Actor { return p.Anonymous() })
	refuses("refuses a right code with a link without a key", must("key-missing"),
		func(_ SpecContext, e *enrolled, l link) *conform.Actor { return p.holder(e.who, l.keyed("")) })
	refuses("refuses a right code with the key of another user", must("key-foreign"),
		func(ctx SpecContext, e *enrolled, l link) *conform.Actor {
			return p.holder(e.who, l.keyed(p.secondStepLink(ctx, p.enrol(ctx)).key))
		})
	refuses("refuses a right code with the key of another kind of link", must("key-of-another-kind"),
		func(ctx SpecContext, e *enrolled, l link) *conform.Actor {
			return p.holder(e.who, l.keyed(p.passwordLink(ctx, e.me).key))
		})
	refuses("refuses a right code with a link that is none of the second factor",
		clause.Should("onlyoffice.tfa-validate.other-link", op, contract.Forbidden, oneOwner),
		func(ctx SpecContext, e *enrolled, _ link) *conform.Actor {
			return p.holder(e.who, p.passwordLink(ctx, e.me))
		})
	refuses("refuses a right code with a session in place of a link",
		clause.Should("onlyoffice.tfa-validate.session", op, contract.Forbidden),
		func(_ SpecContext, e *enrolled, _ link) *conform.Actor { return e.me })
	refuses("refuses the link of a log-in from who is signed in already",
		must("signed-in", clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 7.3")),
		func(_ SpecContext, e *enrolled, l link) *conform.Actor {
			header := l.confirmHeader()
			header.Set("Cookie", e.me.Header.Get("Cookie"))
			return p.Actor(e.who.Name+" signed in", e.who, header)
		})
	It("refuses a right code with a key that was changed", must("key-wrong"),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			right, l := codeOf(e.takeBackup()), p.secondStepLink(ctx, e)
			for _, forged := range l.tampered() {
				call := p.Do(ctx, p.holder(e.who, forged), op, right)
				p.Expect(call, op, contract.Unauthenticated)
				p.opensNothing([]*httpclient.Call{call})
			}
			p.Require("get the right key accepted", p.Do(ctx, p.holder(e.who, l), op, right), op, verified)
		})
	It("refuses a right code with a link more than an hour old",
		clause.Should("onlyoffice.tfa-validate.link-expired", op, contract.Unauthenticated, clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 1.1 A5")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			old := p.secondStepLink(ctx, e)
			p.Wait(ctx, stepLinkLife+time.Minute, "the link has to expire")
			right := codeOf(e.takeBackup())
			p.Expect(p.Do(ctx, p.holder(e.who, old), op, right), op, contract.Unauthenticated)
			p.Require("get a new link accepted", p.Do(ctx, p.secondStep(ctx, e), op, right), op, verified)
		})
}

// secondStepLink takes the first step and keeps the link that it leaves.
func (p *portal) secondStepLink(ctx context.Context, e *enrolled) link {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(e.who)})
	p.Require("take the first step as "+e.who.Name, call, p.login, contract.SecondFactorRequired)
	return p.linkOf(call, tfaAuth)
}

// linkOf is the link that a first step left, which has to be of the kind.
func (p *portal) linkOf(call *httpclient.Call, kind string) link {
	GinkgoHelper()
	l := p.stepLink(call)
	if l.kind != kind || l.key == "" {
		p.Untestable("the log-in's first step leaves no %s link with a key", kind)
	}
	return l
}

// asks tells what a log-in's first step asks of a user, by the kind of its link:
// the state that unlinking an app changes.
func (p *portal) asks(ctx context.Context, e *enrolled) func() any {
	return func() any {
		GinkgoHelper()
		return p.stepLink(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(e.who)})).kind
	}
}

// secondStep takes the first step and makes the actor who may take the second.
func (p *portal) secondStep(ctx context.Context, e *enrolled) *conform.Actor {
	GinkgoHelper()
	return p.holder(e.who, p.secondStepLink(ctx, e))
}
