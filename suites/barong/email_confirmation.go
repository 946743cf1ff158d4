package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/family"
)

func (p *api) emailSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.requestEmailConfirmation, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.member(ctx).account
			return p.visitor(), func() conform.Request { return p.forAddress(a.Login) }
		}, Expected: alreadyActive},
		{Operation: p.confirmEmail, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			return p.visitor(), func() conform.Request { return confirmWith(p.signUpToken(ctx)) }
		}, Features: []string{signUp}},
	}
}

func confirmWith(token string) conform.Request {
	return conform.Request{JSON: conform.Object{"token": token}}
}

// signUpToken signs an account up and reads the token out of its first mail.
func (p *api) signUpToken(ctx context.Context) string {
	GinkgoHelper()
	return p.mailedToken(ctx, p.signedUp(ctx).account.Login, confirmation)
}

// emailConfirmations is about the two operations that confirm an e-mail address
// (facts/barong.md 2.1).
func emailConfirmations(p *api) {
	Describe("POST identity/users/email/confirm_code", func() {
		confirmations(p)
		mailedTokens(p, tokenBearer{
			area: "email", operation: p.confirmEmail, kind: confirmation, features: []string{signUp},
			fresh: func(ctx context.Context) (string, func(token string) conform.Request) {
				GinkgoHelper()
				return p.signUpToken(ctx), confirmWith
			},
			other: func(ctx context.Context) string {
				GinkgoHelper()
				return p.resetToken(ctx, p.signedUp(ctx).account) // of one who waits for the confirmation
			},
		})
	})
	Describe("POST identity/users/email/generate_code", func() { confirmationRequests(p) })
}

func confirmations(p *api) {
	op := p.confirmEmail
	It("makes a pending user active, at level 1, and opens a session",
		clause.Must("barong.email.confirms", op, contract.OK, clause.Needs(signUp)), func(ctx SpecContext) {
			newcomer := p.signedUp(ctx)
			call := p.Do(ctx, p.visitorAt(newcomer.account.address), op, confirmWith(p.mailedToken(ctx, newcomer.account.Login, confirmation)))
			p.Expect(call, op, contract.OK)
			me := p.opened(call, newcomer.account)
			p.Check("the user is a member", value.Text(me.user, "role"), Equal("member"))
			p.Check("the user is active", value.Text(me.user, "state"), Equal("active"))
			p.Check("the user has level 1", value.Number(me.user, "level"), Equal(1))
			p.Check("the label email is verified", labelOf(me.user, "email"), Equal("verified"))
			now := p.Do(ctx, me.Actor, p.getCurrentUser, conform.Request{})
			p.Require("use the session", now, p.getCurrentUser, contract.OK)
			p.Check("the user stays active", value.Text(value.Of(now), "state"), Equal("active"))
		})
	It("refuses a token whose address is confirmed already",
		clause.Must("barong.email.already-confirmed", op, "already-confirmed", clause.Needs(signUp)), func(ctx SpecContext) {
			token := p.signUpToken(ctx)
			p.Require("confirm an address", p.Do(ctx, p.visitor(), op, confirmWith(token)), op, contract.OK)
			p.Expect(p.Do(ctx, p.visitor(), op, confirmWith(token)), op, "already-confirmed")
		})
	It("takes the token of an earlier mail as well as that of the newest",
		clause.Must("barong.email.earlier-mail", op, contract.OK, clause.Needs(signUp), clause.From(contract.Observed, "facts/barong-observed.md 4")), func(ctx SpecContext) {
			newcomer := p.signedUp(ctx)
			first := p.mailedToken(ctx, newcomer.account.Login, confirmation)
			second := p.confirmationToken(ctx, newcomer.account)
			p.Check("the second mail has a token of its own", second != first, BeTrue())
			p.Expect(p.Do(ctx, p.visitor(), op, confirmWith(first)), op, contract.OK)
		})
}

func confirmationRequests(p *api) {
	op := p.requestEmailConfirmation
	It("mails a token that confirms the address",
		clause.Must("barong.email.mail", op, contract.OK, clause.Needs(signUp)), func(ctx SpecContext) {
			a := p.signedUp(ctx).account
			p.mailedToken(ctx, a.Login, confirmation)
			p.Expect(p.Do(ctx, p.visitor(), op, p.forAddress(a.Login)), op, contract.OK)
			token := p.mailedToken(ctx, a.Login, confirmation)
			p.Expect(p.Do(ctx, p.visitor(), p.confirmEmail, confirmWith(token)), p.confirmEmail, contract.OK)
		})
	It("answers for an address that no account has as for one that waits, and mails nothing to it",
		clause.Must("barong.email.unknown", op, unknownEmail), func(ctx SpecContext) {
			email := p.nobody()
			p.Expect(p.Do(ctx, p.visitor(), op, p.forAddress(email)), op, unknownEmail)
			p.noMail(ctx, email)
		})
	It("answers for an address that is confirmed as for one that waits, and mails nothing to it",
		clause.Must("barong.email.active", op, alreadyActive), func(ctx SpecContext) {
			a := p.member(ctx).account
			before := p.messagesWith(ctx, a.Login, confirmation)
			p.Expect(p.Do(ctx, p.visitor(), op, p.forAddress(a.Login)), op, alreadyActive)
			p.resetToken(ctx, a) // a later mail, so that an earlier one would be there
			p.Check("no confirmation was mailed", p.messagesWith(ctx, a.Login, confirmation), Equal(before))
		})
	It("does not tell addresses that wait, are confirmed or have no account apart",
		clause.Must("barong.email.no-account-oracle", op, unknownEmail, clause.From(contract.Observed, "facts/barong-observed.md 4")), func(ctx SpecContext) {
			nobodys := p.Do(ctx, p.visitor(), op, p.forAddress(p.nobody()))
			p.Expect(nobodys, op, unknownEmail)
			confirmed := p.Do(ctx, p.visitor(), op, p.forAddress(p.member(ctx).account.Login))
			p.Expect(confirmed, op, alreadyActive)
			p.alike(nobodys, confirmed)
			if p.signsUpHere() {
				waiting := p.Do(ctx, p.visitor(), op, p.forAddress(p.signedUp(ctx).account.Login))
				p.Require("ask for a confirmation", waiting, op, contract.OK)
				p.alike(nobodys, waiting)
			}
		})
}
