package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

func (p *api) emailSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.RequestEmailConfirmation, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.Member(ctx).Account
			return p.Visitor(), func() conform.Request { return p.ForAddress(a.Login) }
		}, Expected: alreadyActive},
		{Operation: p.ConfirmEmail, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.Visitor(), func() conform.Request { return confirmWith(p.signUpToken(ctx)) }
		}, Features: []string{client.SignUp}},
	}
}

func confirmWith(token string) conform.Request {
	return conform.Request{JSON: conform.Object{"token": token}}
}

// signUpToken signs an account up and reads the token out of its first mail.
func (p *api) signUpToken(ctx context.Context) string {
	GinkgoHelper()
	return p.MailedToken(ctx, p.SignedUp(ctx).Account.Login, client.Confirmation)
}

// emailConfirmations is about the two operations that confirm an e-mail address
// (barong#2.1).
func emailConfirmations(p *api) {
	Describe("POST identity/users/email/confirm_code", func() {
		confirmations(p)
		confirmsNoMore(p)
		mailedTokens(p, tokenBearer{
			area: "email", operation: p.ConfirmEmail, request: p.CreateUser,
			features: []string{client.SignUp},
			fresh: func(ctx context.Context) (string, func(token string) conform.Request) {
				GinkgoHelper()
				return p.signUpToken(ctx), confirmWith
			},
			other: func(ctx context.Context) string {
				GinkgoHelper()
				return p.ResetToken(ctx, p.SignedUp(ctx).Account) // of one who waits for the confirmation
			},
		})
	})
	Describe("POST identity/users/email/generate_code", func() { confirmationRequests(p) })
}

func confirmations(p *api) {
	op := p.ConfirmEmail
	It("POST /identity/users/email/confirm_code activates a pending user at level 1 and opens a session",
		clause.Must("barong.email.confirms", op, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			newcomer := p.SignedUp(ctx)
			call := p.Do(ctx, p.VisitorAt(newcomer.Account.Address), op,
				confirmWith(p.MailedToken(ctx, newcomer.Account.Login, client.Confirmation)))
			p.Expect(call, op, contract.OK)
			me := p.Opened(call, newcomer.Account)
			p.Check("the user is a member", value.Text(me.User, "role"), Equal("member"))
			p.Check("the user is active", value.Text(me.User, "state"), Equal("active"))
			p.Check("the user has level 1", value.Number(me.User, "level"), Equal(1))
			p.Check("the label email is verified", labelOf(me.User, "email"), Equal("verified"))
			now := p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{})
			p.Require("use the session", now, p.GetCurrentUser, contract.OK)
			p.Check("the user stays active", value.Text(value.Of(now), "state"), Equal("active"))
		})
	It("POST /identity/users/email/confirm_code rejects a token whose address is already confirmed",
		clause.Must("barong.email.already-confirmed", op, "already-confirmed", clause.Needs(client.SignUp)), func(ctx SpecContext) {
			token := p.signUpToken(ctx)
			p.Require("confirm an address", p.Do(ctx, p.Visitor(), op, confirmWith(token)), op, contract.OK)
			p.Expect(p.Do(ctx, p.Visitor(), op, confirmWith(token)), op, "already-confirmed")
		})
	It("POST /identity/users/email/confirm_code accepts the token of an earlier mail as well as the newest one",
		clause.Must("barong.email.earlier-mail", op, contract.OK, clause.Needs(client.SignUp), clause.From(contract.Observed, "barong#10.2-4")),
		func(ctx SpecContext) {
			newcomer := p.SignedUp(ctx)
			first := p.MailedToken(ctx, newcomer.Account.Login, client.Confirmation)
			second := p.ConfirmationToken(ctx, newcomer.Account)
			p.Check("the second mail has a token of its own", second != first, BeTrue())
			p.Expect(p.Do(ctx, p.Visitor(), op, confirmWith(first)), op, contract.OK)
		})
}

func confirmationRequests(p *api) {
	op := p.RequestEmailConfirmation
	It("POST /identity/users/email/generate_code mails a token that confirms the address",
		clause.Must("barong.email.mail", op, contract.OK, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			a := p.SignedUp(ctx).Account
			p.MailedToken(ctx, a.Login, client.Confirmation)
			asked := p.Do(ctx, p.Visitor(), op, p.ForAddress(a.Login))
			p.Expect(asked, op, contract.OK)
			token := p.PromisedToken(ctx, a.Login, client.Confirmation)
			p.expectMailedOnly(asked, token)
			p.Expect(p.Do(ctx, p.Visitor(), p.ConfirmEmail, confirmWith(token)), p.ConfirmEmail, contract.OK)
		})
	It("POST /identity/users/email/generate_code answers for an unknown address as for a pending one and mails nothing to it",
		clause.Must("barong.email.unknown", op, unknownEmail), func(ctx SpecContext) {
			email := p.Nobody()
			p.Expect(p.Do(ctx, p.Visitor(), op, p.ForAddress(email)), op, unknownEmail)
			p.ExpectNoMail(ctx, email)
		})
	It("POST /identity/users/email/generate_code answers for a confirmed address as for a pending one and mails nothing to it",
		clause.Must("barong.email.active", op, alreadyActive), func(ctx SpecContext) {
			a := p.Member(ctx).Account
			before := p.messagesWith(ctx, a.Login, client.Confirmation)
			p.Expect(p.Do(ctx, p.Visitor(), op, p.ForAddress(a.Login)), op, alreadyActive)
			p.ResetToken(ctx, a) // a later mail, so that an earlier one would be there
			p.Check("no confirmation was mailed", p.messagesWith(ctx, a.Login, client.Confirmation), Equal(before))
		})
	It("POST /identity/users/email/generate_code answers pending, confirmed and unknown addresses identically",
		clause.Must("barong.email.no-account-oracle", op, unknownEmail, clause.From(contract.Observed, "barong#10.2-4")), func(ctx SpecContext) {
			nobodys := p.Do(ctx, p.Visitor(), op, p.ForAddress(p.Nobody()))
			p.Expect(nobodys, op, unknownEmail)
			confirmed := p.Do(ctx, p.Visitor(), op, p.ForAddress(p.Member(ctx).Account.Login))
			p.Expect(confirmed, op, alreadyActive)
			p.Alike(nobodys, confirmed)
			if p.SignsUpHere() {
				waiting := p.Do(ctx, p.Visitor(), op, p.ForAddress(p.SignedUp(ctx).Account.Login))
				p.Require("ask for a confirmation", waiting, op, contract.OK)
				p.Alike(nobodys, waiting)
			}
		})
}
