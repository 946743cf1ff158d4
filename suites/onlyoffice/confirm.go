package onlyoffice

import (
	"context"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// How long links count (email:validinterval and auth:validinterval as shipped).
const (
	mailLinkLife = 7 * 24 * time.Hour
	stepLinkLife = time.Hour
)

// oneUse and oneOwner are the authorities for links that count once, and for
// their user and purpose alone.
var (
	oneUse   = clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.1; facts/auth-checks.md T27")
	oneOwner = clause.From(contract.Standard, "OWASP ASVS 5.0 6.6.2; facts/auth-checks.md T28")
)

// unknownLink is a link as it should look, with a key that was never issued.
var unknownLink = conform.Request{JSON: conform.Object{
	"type": passwordChange, "key": "500000000000.THISKEYWASNEVERISSUEDBYANYPORTAL",
	"uiD": "5f0c9a52-3d1e-4b7c-9f0a-7d2b6c1e8a43", "email": "nobody@unknown.invalid",
}}

func confirmLinks(p *portal) {
	Describe("POST /api/2.0/authentication/confirm", func() {
		confirmAccepts(p)
		confirmRefuses(p)
		confirmExpires(p)
	})
}

func confirmAccepts(p *portal) {
	It("finds the key of a mailed link good",
		clause.Must("onlyoffice.confirm.mailed", p.checkConfirm, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			p.ForgetMail(ctx, who.Login)
			p.Require("ask for a mail", p.Do(ctx, p.Anonymous(), p.sendPassword, p.passwordMail(who.Login)), p.sendPassword, contract.OK)
			mailed := p.mailedLink(ctx, who.Login, passwordChange)
			p.Expect(p.check(ctx, mailed), p.checkConfirm, contract.OK)
		})
	It("finds the key of a log-in's first step good",
		clause.Must("onlyoffice.confirm.first-step", p.checkConfirm, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.check(ctx, p.stepLink(p.passwordOnly(ctx, e))), p.checkConfirm, contract.OK)
		})
	It("does not use a link up by looking at it",
		clause.Must("onlyoffice.confirm.not-spent", p.changePassword, contract.OK),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			p.Require("look at the link", p.check(ctx, c.link), p.checkConfirm, contract.OK)
			p.Expect(p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
		})
}

func confirmRefuses(p *portal) {
	refuses := func(text string, c clause.Clause, forged func(SpecContext, link) []link) {
		It(text, c, func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			good := p.passwordLink(ctx, me)
			pair := conform.Refusal{
				Operation: p.checkConfirm, By: p.Anonymous(), Control: always(good.model()), Outcome: confirmInvalid,
			}
			for _, l := range forged(ctx, good) {
				pair.Changes = append(pair.Changes, conform.Change{Name: "forged link", Of: func(conform.Request) conform.Request { return l.model() }})
			}
			p.Refuses(ctx, pair)
		})
	}
	refuses("finds a key bad that was never issued",
		clause.Must("onlyoffice.confirm.wrong-key", p.checkConfirm, confirmInvalid),
		func(_ SpecContext, l link) []link {
			return []link{l.keyed("x"), l.keyed("500000000000." + strings.Repeat("A", 40))}
		})
	refuses("finds a key bad of which anything was changed",
		clause.Must("onlyoffice.confirm.tampered-key", p.checkConfirm, confirmInvalid),
		func(_ SpecContext, l link) []link { return l.tampered() })
	refuses("finds the key of another user bad",
		clause.Must("onlyoffice.confirm.foreign-key", p.checkConfirm, confirmInvalid),
		func(ctx SpecContext, l link) []link {
			_, other := p.signedIn(ctx, user)
			return []link{l.keyed(p.passwordLink(ctx, other).key)}
		})
	refuses("finds a key bad for a purpose it was not issued for",
		clause.Must("onlyoffice.confirm.other-type", p.checkConfirm, confirmInvalid),
		func(_ SpecContext, l link) []link {
			return []link{l.typed("EmailActivation"), l.typed("ProfileRemove"), l.typed(tfaAuth), l.typed(phoneActivation)}
		})

	It("finds a key bad once it was used",
		clause.Should("onlyoffice.confirm.used", p.checkConfirm, confirmInvalid, oneUse),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			p.Require("find the link good", p.check(ctx, c.link), p.checkConfirm, contract.OK)
			p.Require("use the link", p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.Expect(p.check(ctx, c.link), p.checkConfirm, confirmInvalid)
		})
	It("finds the key of a first step bad for somebody who is signed in",
		clause.Must("onlyoffice.confirm.first-step-signed-in", p.checkConfirm, confirmInvalid, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 7.3")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			step := p.stepLink(p.passwordOnly(ctx, e))
			p.Refuses(ctx, conform.Refusal{
				Operation: p.checkConfirm, By: p.Anonymous(), ChangedBy: e.me, Control: always(step.model()), Outcome: confirmInvalid,
			})
		})
	It("refuses an empty object",
		clause.Should("onlyoffice.confirm.empty", p.checkConfirm, contract.Invalid),
		func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: p.checkConfirm, By: p.Anonymous(), Control: always(unknownLink), Expected: confirmInvalid, Outcome: contract.Invalid,
				Changes: []conform.Change{{Name: "{}", Of: func(r conform.Request) conform.Request { r.JSON = conform.Object{}; return r }}},
			})
		})
}

// confirmExpires waits for days: where time cannot be moved these promises stay
// untested, so they are no MUST.
func confirmExpires(p *portal) {
	It("finds a mailed key expired after seven days",
		clause.Should("onlyoffice.confirm.expired", p.checkConfirm, confirmExpired, clause.Disrupts()),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			old := p.passwordLink(ctx, me)
			p.Wait(ctx, mailLinkLife-time.Hour, "the link has to get old")
			p.Require("find the link good until then", p.check(ctx, old), p.checkConfirm, contract.OK)
			p.Wait(ctx, time.Hour+time.Minute, "the link has to expire")
			p.Expect(p.check(ctx, old), p.checkConfirm, confirmExpired)
		})
	It("finds the key of a first step expired after an hour",
		clause.Should("onlyoffice.confirm.first-step-expired", p.checkConfirm, confirmExpired, clause.Disrupts()),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			old := p.stepLink(p.passwordOnly(ctx, e))
			p.Wait(ctx, stepLinkLife-time.Minute, "the link has to get old")
			p.Require("find the link good until then", p.check(ctx, old), p.checkConfirm, contract.OK)
			p.Wait(ctx, 2*time.Minute, "the link has to expire")
			p.Expect(p.check(ctx, old), p.checkConfirm, confirmExpired)
		})
}

// challengesWithoutLink states that an operation for the bearer of a link says
// how to authenticate to somebody who has none.
func challengesWithoutLink(p *portal, slug string, op *contract.Operation, ready func(context.Context) (*conform.Actor, func() conform.Request)) {
	const challenged = contract.Outcome("challenged")
	It("tells a request without a link how to authenticate",
		clause.Should("onlyoffice."+slug+".challenge", op, challenged),
		func(ctx SpecContext) {
			by, control := ready(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: by, ChangedBy: p.Anonymous(), Control: control, Outcome: challenged, OnlyAfter: true,
			})
		})
}

// check asks, without a session, whether a link counts.
func (p *portal) check(ctx context.Context, l link) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.checkConfirm, l.model())
}

// model is the link as the body of a request.
func (l link) model() conform.Request {
	body := conform.Object{"type": l.kind, "key": l.key}
	for name, value := range map[string]string{"uiD": l.uid, "email": l.email, "encEmail": l.encEmail} {
		if value != "" {
			body[name] = value
		}
	}
	return conform.Request{JSON: body}
}

func (l link) keyed(key string) link  { l.key = key; return l }
func (l link) typed(kind string) link { l.kind = kind; return l }

// tampered changes one thing in the key each time: a character at either end, its
// length, and the moment of issue that stands before the dot, which would
// lengthen its life.
func (l link) tampered() []link {
	key := l.key
	forged := []link{l.keyed(other(key[:1]) + key[1:]), l.keyed(key[:len(key)-1] + other(key[len(key)-1:])), l.keyed(key[:len(key)-1]), l.keyed(key + "A")}
	issued, hash, dotted := strings.Cut(key, ".")
	if ms, err := strconv.ParseInt(issued, 10, 64); dotted && err == nil {
		forged = append(forged, l.keyed(strconv.FormatInt(ms+mailLinkLife.Milliseconds(), 10)+"."+hash), l.keyed(issued+"."))
	}
	return forged
}

// other is a character of a key that is not the given one in either case.
func other(character string) string {
	if character == "7" {
		return "8"
	}
	return "7"
}
