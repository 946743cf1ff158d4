package onlyoffice

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// unknownLink is a link as it should look, with a key that was never issued.
var unknownLink = client.JSON(conform.Object{
	"type": client.PasswordChange, "key": "500000000000.THISKEYWASNEVERISSUEDBYANYPORTAL",
	"uiD": client.UnknownID, "email": "nobody@unknown.invalid",
})

func confirmAccepts(p *client.Client) {
	op := p.CheckConfirm
	It("POST /authentication/confirm accepts the key of a mailed link",
		clause.Must("onlyoffice.confirm.mailed", op, contract.OK), func(ctx SpecContext) {
			who := p.Lease(client.User)
			p.ForgetMail(ctx, who.Login)
			p.DoRequire(ctx, "ask for a mail", p.Anonymous(), p.SendPassword, p.PasswordMail(who.Login), contract.OK)
			p.Expect(p.CheckLink(ctx, p.MailedLink(ctx, who.Login, client.PasswordChange)), op, contract.OK)
		})
	It("POST /authentication/confirm accepts the key of a log-in's first step",
		clause.Must("onlyoffice.confirm.first-step", op, contract.OK), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Expect(p.CheckLink(ctx, p.StepLink(p.LogIn(ctx, e.Who))), op, contract.OK)
		})
	It("POST /authentication/confirm takes the key from the cookie of the first step where the body has none",
		clause.Should("onlyoffice.confirm.key-in-cookie", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.1-A5-key-cookie")), func(ctx SpecContext) {
			l := p.SecondStepLink(ctx, p.Enrol(ctx))
			cookie := client.ConfirmCookie + l.Kind + "=" + l.Key
			p.DoExpect(ctx, p.Anonymous(), op, l.Request().Without("key").WithHeader("Cookie", cookie), contract.OK)
		})
	It("PUT /people/{userid}/password accepts a link that POST /authentication/confirm has checked",
		clause.Must("onlyoffice.confirm.not-spent", p.ChangePassword, contract.OK), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			p.RequireLink(ctx, c.Link)
			c.Make(ctx)
		})
}

// confirmRefuses forges a link that counts.
func confirmRefuses(p *client.Client) {
	op, invalid := p.CheckConfirm, client.ConfirmInvalid
	conform.Table(func(ctx SpecContext, forge func(context.Context, client.Link) []client.Link) {
		good := p.PasswordLink(ctx, p.SessionOf(ctx, client.User))
		pair := conform.Refusal{Operation: op, By: p.Anonymous(), Control: client.Always(good.Request()), Outcome: invalid}
		for _, l := range forge(ctx, good) {
			pair.Changes = append(pair.Changes, replaced("forged link", l.Request()))
		}
		p.Refuses(ctx, pair)
	}, []conform.Row[func(context.Context, client.Link) []client.Link]{
		{Text: "POST /authentication/confirm rejects a key that was never issued",
			Clause: clause.Must("onlyoffice.confirm.wrong-key", op, invalid), Given: func(_ context.Context, l client.Link) []client.Link {
				return []client.Link{l.WithKey("x"), l.WithKey("500000000000." + strings.Repeat("A", 40))}
			}},
		{Text: "POST /authentication/confirm rejects a key that was tampered with",
			Clause: clause.Must("onlyoffice.confirm.tampered-key", op, invalid),
			Given:  func(_ context.Context, l client.Link) []client.Link { return tampered(l) }},
		{Text: "POST /authentication/confirm rejects the key of another user",
			Clause: clause.Must("onlyoffice.confirm.foreign-key", op, invalid), Given: func(ctx context.Context, l client.Link) []client.Link {
				return []client.Link{l.WithKey(p.PasswordLink(ctx, p.SessionOf(ctx, client.User)).Key)}
			}},
		{Text: "POST /authentication/confirm rejects a key under a type that it was not issued for",
			Clause: clause.Must("onlyoffice.confirm.other-type", op, invalid), Given: func(_ context.Context, l client.Link) []client.Link {
				return []client.Link{
					l.WithKind("EmailActivation"), l.WithKind("ProfileRemove"), l.WithKind(client.TFAAuth), l.WithKind(client.PhoneActivation),
					l.WithKind("EmpInvite"),
				}
			}},
	})
}

func confirmRefusesLater(p *client.Client) {
	op := p.CheckConfirm
	It("POST /authentication/confirm rejects a key that was used before",
		clause.Should("onlyoffice.confirm.used", op, client.ConfirmInvalid, singleUse), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			p.RequireLink(ctx, c.Link)
			c.Require(ctx, "use the link")
			p.Expect(p.CheckLink(ctx, c.Link), op, client.ConfirmInvalid)
		})
	It("POST /authentication/confirm rejects the key of a first step from a caller who is signed in",
		clause.Must("onlyoffice.confirm.first-step-signed-in", op, client.ConfirmInvalid, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#7.3")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			control := client.Always(p.StepLink(p.LogIn(ctx, e.Who)).Request())
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), ChangedBy: e.Session, Control: control, Outcome: client.ConfirmInvalid,
			})
		})
	It("POST /authentication/confirm rejects a type of link that the documents do not name",
		clause.Should("onlyoffice.confirm.unknown-type", op, contract.InvalidType), func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: client.Always(unknownLink), Expected: client.ConfirmInvalid,
				Outcome: contract.InvalidType, Changes: []conform.Change{set("a type that there is not", "type", "NoSuchType")},
			})
		})
	It("POST /authentication/confirm rejects an empty JSON object",
		clause.Should("onlyoffice.confirm.empty", op, contract.Invalid), func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: client.Always(unknownLink), Expected: client.ConfirmInvalid,
				Outcome: contract.Invalid, Changes: []conform.Change{replaced("{}", client.JSON(conform.Object{}))},
			})
		})
}

// confirmExpires waits for days: where time cannot be moved these promises stay
// untested, so they are no MUST.
func confirmExpires(p *client.Client) {
	op := p.CheckConfirm
	expires := func(ctx context.Context, l client.Link, life, before time.Duration) {
		GinkgoHelper()
		p.Wait(ctx, life-before, "the link has to get old")
		p.RequireLink(ctx, l)
		p.Wait(ctx, before+time.Minute, "the link has to expire")
		p.Expect(p.CheckLink(ctx, l), op, client.ConfirmExpired)
	}
	It("POST /authentication/confirm accepts a mailed key until seven days are nearly over",
		clause.Should("onlyoffice.confirm.lasts", op, contract.OK, clause.Disrupts(), clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.1-A5-lifetimes")), func(ctx SpecContext) {
			l := p.PasswordLink(ctx, p.SessionOf(ctx, client.User))
			p.Wait(ctx, client.MailLinkLife-time.Minute, "the link has to get old")
			p.Expect(p.CheckLink(ctx, l), op, contract.OK)
		})
	It("POST /authentication/confirm answers that a mailed key has expired after seven days",
		clause.Should("onlyoffice.confirm.expired", op, client.ConfirmExpired, clause.Disrupts()),
		func(ctx SpecContext) {
			expires(ctx, p.PasswordLink(ctx, p.SessionOf(ctx, client.User)), client.MailLinkLife, time.Hour)
		})
	It("POST /authentication/confirm answers that the key of a first step has expired after an hour",
		clause.Should("onlyoffice.confirm.first-step-expired", op, client.ConfirmExpired, clause.Disrupts()),
		func(ctx SpecContext) {
			expires(ctx, p.StepLink(p.LogIn(ctx, p.Enrol(ctx).Who)), client.StepLinkLife, time.Minute)
		})
}
