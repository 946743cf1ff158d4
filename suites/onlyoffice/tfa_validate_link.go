package onlyoffice

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// validateNeedsLink changes what proves that the first step was taken; the code
// is right each time.
func validateNeedsLink(p *client.Client) {
	op, unauthenticated := p.ValidateCode, contract.Unauthenticated
	It("POST /settings/tfaapp/validate answers a request without a link with WWW-Authenticate",
		clause.Should("onlyoffice.tfa-validate.challenge", op, client.Challenged), challenges(p, op, client.Verified, p.ConfirmReady))
	for _, row := range []conform.Row[func(context.Context, *client.Enrolled, client.Link) *conform.Actor]{
		{Text: "POST /settings/tfaapp/validate rejects a right code without a link",
			Clause: clause.Must("onlyoffice.tfa-validate.no-link", op, unauthenticated),
			Given:  func(context.Context, *client.Enrolled, client.Link) *conform.Actor { return p.Anonymous() }},
		{Text: "POST /settings/tfaapp/validate rejects a right code with a link without a key",
			Clause: clause.Must("onlyoffice.tfa-validate.key-missing", op, unauthenticated),
			Given: func(_ context.Context, e *client.Enrolled, l client.Link) *conform.Actor {
				return p.Bearer(e.Who, l.WithKey(""))
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right code with the key of another user",
			Clause: clause.Must("onlyoffice.tfa-validate.key-foreign", op, unauthenticated),
			Given: func(ctx context.Context, e *client.Enrolled, l client.Link) *conform.Actor {
				return p.Bearer(e.Who, l.WithKey(p.SecondStepLink(ctx, p.Enrol(ctx)).Key))
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right code with the key of a link that changes a password",
			Clause: clause.Must("onlyoffice.tfa-validate.key-of-another-kind", op, unauthenticated),
			Given: func(ctx context.Context, e *client.Enrolled, l client.Link) *conform.Actor {
				return p.Bearer(e.Who, l.WithKey(p.PasswordLink(ctx, e.Session).Key))
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right code with a link that changes a password",
			Clause: clause.Should("onlyoffice.tfa-validate.other-link", op, contract.Forbidden, oneOwner),
			Given: func(ctx context.Context, e *client.Enrolled, _ client.Link) *conform.Actor {
				return p.Bearer(e.Who, p.PasswordLink(ctx, e.Session))
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right code with a session in place of a link",
			Clause: clause.Should("onlyoffice.tfa-validate.session", op, contract.Forbidden),
			Given:  func(_ context.Context, e *client.Enrolled, _ client.Link) *conform.Actor { return e.Session }},
		{Text: "POST /settings/tfaapp/validate rejects a right code and link from a user who is signed in",
			Clause: clause.Must("onlyoffice.tfa-validate.signed-in", op, unauthenticated, clause.Only(client.Release37),
				clause.From(contract.Observed, "onlyoffice#7.3")),
			Given: func(_ context.Context, e *client.Enrolled, l client.Link) *conform.Actor {
				header := l.Header()
				header.Set("Cookie", e.Session.Header.Get("Cookie"))
				return p.Actor(e.Who.Name+" signed in", e.Who, header)
			}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			e := p.Enrol(ctx)
			right, l := client.Code(e.TakeBackup()), p.SecondStepLink(ctx, e)
			sender := row.Given(ctx, e, l)
			p.ExpectNoSession(p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Bearer(e.Who, l), Control: client.Always(right), Expected: client.Verified,
				ChangedBy: sender, Outcome: row.Clause.Outcome, OnlyAfter: true,
			})...)
		})
	}
}

func validateRefusesOldLinks(p *client.Client) {
	op := p.ValidateCode
	It("POST /settings/tfaapp/validate rejects a right code with a link whose key was tampered with",
		clause.Must("onlyoffice.tfa-validate.key-wrong", op, contract.Unauthenticated), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			right, l := client.Code(e.TakeBackup()), p.SecondStepLink(ctx, e)
			for _, sender := range p.Bearers(e.Who, tampered(l)...) {
				p.ExpectNoSession(p.DoExpect(ctx, sender, op, right, contract.Unauthenticated))
			}
			p.DoRequire(ctx, "get the right key accepted", p.Bearer(e.Who, l), op, right, client.Verified)
		})
	It("POST /settings/tfaapp/validate rejects a right code with a link more than an hour old",
		clause.Should("onlyoffice.tfa-validate.link-expired", op, contract.Unauthenticated, clause.Disrupts(),
			clause.From(contract.Observed, "onlyoffice#1.1-A5")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			old := p.SecondStepLink(ctx, e)
			p.Wait(ctx, client.StepLinkLife+time.Minute, "the link has to expire")
			right := client.Code(e.TakeBackup())
			p.DoExpect(ctx, p.Bearer(e.Who, old), op, right, contract.Unauthenticated)
			p.DoRequire(ctx, "get a new link accepted", p.SecondStep(ctx, e), op, right, client.Verified)
		})
}
