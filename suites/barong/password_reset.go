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
	"authconform/harness/inbox"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

const (
	unknownEmail  = contract.Outcome("unknown-email")
	tokenUsed     = contract.Outcome("token-used")
	alreadyActive = contract.Outcome("already-active")
)

func (p *api) passwordResetSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.RequestPasswordReset, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.Member(ctx).Account
			return p.Visitor(), func() conform.Request { return p.ForAddress(a.Login) }
		}},
		{Operation: p.ConfirmPasswordReset, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.Changeable(ctx).Account
			return p.Visitor(), func() conform.Request { return p.PasswordReset(p.ResetToken(ctx, a), p.Next(a)) }
		}},
	}
}

// passwordResets is about the two operations of a forgotten password (barong#2.1).
func passwordResets(p *api) {
	Describe("POST identity/users/password/generate_code", func() { resetRequests(p) })
	Describe("POST identity/users/password/confirm_code", func() {
		resetConfirms(p)
		resetRefuses(p)
		resetsNoMore(p)
		mailedTokens(p, tokenBearer{
			area: "password-reset", operation: p.ConfirmPasswordReset, request: p.RequestPasswordReset,
			fresh: func(ctx context.Context) (string, func(token string) conform.Request) {
				GinkgoHelper()
				a := p.Changeable(ctx).Account
				return p.ResetToken(ctx, a), func(token string) conform.Request { return p.PasswordReset(token, p.Next(a)) }
			},
			other: func(ctx context.Context) string {
				GinkgoHelper()
				return p.ConfirmationToken(ctx, p.Newcomer(ctx).Account)
			},
		})
	})
}

// expectMailedOnly checks that who asked for a mail is not told its token, which would prove
// that they read a mailbox that is not theirs (OWASP ASVS 5.0.0 6.6.3).
func (p *api) expectMailedOnly(asked *httpclient.Call, token string) {
	GinkgoHelper()
	said := string(asked.Body)
	for _, values := range asked.Header {
		said += "\n" + strings.Join(values, "\n")
	}
	p.Holds("the token is in the mail alone", !strings.Contains(said, token), "the answer to the request for the mail holds it")
}

func resetRequests(p *api) {
	op := p.RequestPasswordReset
	It("POST /identity/users/password/generate_code mails a token that resets the password",
		clause.Must("barong.password-reset.mail", op, contract.OK), func(ctx SpecContext) {
			a := p.Changeable(ctx).Account
			p.ForgetMail(ctx, a.Login)
			asked := p.Do(ctx, p.Visitor(), op, p.ForAddress(a.Login))
			p.Expect(asked, op, contract.OK)
			token := p.PromisedToken(ctx, a.Login, client.Reset)
			p.expectMailedOnly(asked, token)
			call := p.Do(ctx, p.Visitor(), p.ConfirmPasswordReset, p.PasswordReset(token, p.Next(a)))
			p.Expect(call, p.ConfirmPasswordReset, contract.OK)
		})
	It("POST /identity/users/password/generate_code answers for an unknown address as documented and mails nothing to it",
		clause.Must("barong.password-reset.unknown", op, unknownEmail), func(ctx SpecContext) {
			email := p.Nobody()
			p.Expect(p.Do(ctx, p.Visitor(), op, p.ForAddress(email)), op, unknownEmail)
			p.ExpectNoMail(ctx, email)
		})
	It("POST /identity/users/password/generate_code answers known and unknown addresses identically",
		clause.Must("barong.password-reset.no-account-oracle", op, unknownEmail, clause.Only(client.Release26, client.Release31),
			clause.From(contract.Observed, "barong#10.2-4")), func(ctx SpecContext) {
			a := p.Member(ctx).Account
			owned := p.Do(ctx, p.Visitor(), op, p.ForAddress(a.Login))
			p.Require("ask for a password reset", owned, op, contract.OK)
			nobodys := p.Do(ctx, p.Visitor(), op, p.ForAddress(p.Nobody()))
			p.Expect(nobodys, op, unknownEmail)
			p.Alike(owned, nobodys)
		})
}

func resetConfirms(p *api) {
	op := p.ConfirmPasswordReset
	It("POST /identity/users/password/confirm_code replaces the password and opens no session",
		clause.Must("barong.password-reset.replaces", op, contract.OK), func(ctx SpecContext) {
			a := p.Changeable(ctx).Account
			password := p.Next(a)
			call := p.Do(ctx, p.Visitor(), op, p.PasswordReset(p.ResetToken(ctx, a), password))
			p.Expect(call, op, contract.OK)
			p.Check("the answer sets no session cookie", p.CookieOf(call), BeEmpty())
			p.Check("the old password opens no session", p.LogsIn(ctx, a, a.Password), BeFalse())
			p.Check("the new password opens a session", p.LogsIn(ctx, a, password), BeTrue())
		})
	It("POST /identity/users/password/confirm_code accepts a token once",
		clause.Must("barong.password-reset.token-once", op, tokenUsed), func(ctx SpecContext) {
			a := p.Changeable(ctx).Account
			token, first := p.ResetToken(ctx, a), p.Next(a)
			p.Require("reset the password", p.Do(ctx, p.Visitor(), op, p.PasswordReset(token, first)), op, contract.OK)
			second := p.Next(a)
			p.Expect(p.Do(ctx, p.Visitor(), op, p.PasswordReset(token, second)), op, tokenUsed)
			p.Check("the password of the second use opens no session", p.LogsIn(ctx, a, second), BeFalse())
			p.Check("the password of the first use opens a session", p.LogsIn(ctx, a, first), BeTrue())
		})
	It("POST /identity/users/password/confirm_code accepts only the token of the newest mail",
		clause.Must("barong.password-reset.older-link", op, tokenUsed), func(ctx SpecContext) {
			a := p.Changeable(ctx).Account
			older, newer := p.ResetToken(ctx, a), p.ResetToken(ctx, a)
			p.Expect(p.Do(ctx, p.Visitor(), op, p.PasswordReset(older, p.Next(a))), op, tokenUsed)
			p.Require("reset the password by the newest mail", p.Do(ctx, p.Visitor(), op, p.PasswordReset(newer, p.Next(a))), op, contract.OK)
		})
}

func resetRefuses(p *api) {
	op := p.ConfirmPasswordReset
	It("POST /identity/users/password/confirm_code keeps the token of a rejected reset valid",
		clause.Must("barong.password-reset.refusal-spends-nothing", op, contract.OK, clause.From(contract.Observed, "barong#2.1")),
		func(ctx SpecContext) {
			a := p.Changeable(ctx).Account
			token := p.ResetToken(ctx, a)
			weak := p.PasswordReset(token, known[0])
			p.Require("have a weak password refused", p.Do(ctx, p.Visitor(), op, weak), op, "password-weak")
			p.Expect(p.Do(ctx, p.Visitor(), op, p.PasswordReset(token, p.Next(a))), op, contract.OK)
		})
	conform.Table(func(ctx SpecContext, given refused) {
		a := p.Changeable(ctx).Account
		token := p.ResetToken(ctx, a)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Visitor(), Outcome: given.outcome, OnlyAfter: true, Changes: given.changes,
			Control: func() conform.Request { return p.PasswordReset(token, p.Next(a)) },
			State:   func() any { return p.LogsIn(ctx, a, a.Password) },
		})
	}, []conform.Row[refused]{
		{Text: "POST /identity/users/password/confirm_code rejects a password with a different confirmation",
			Clause: clause.Must("barong.password-reset.passwords-differ", op, "passwords-differ"),
			Given:  refusedFor("passwords-differ", p.anotherPassword("confirm_password"))},
		{Text: "POST /identity/users/password/confirm_code rejects a password without the required classes",
			Clause: clause.Must("barong.password-reset.password-requirements", op, "password-requirements"),
			Given:  refusedFor("password-requirements", badPasswords("password", lackingClasses)...)},
		{Text: "POST /identity/users/password/confirm_code rejects a password from a dictionary",
			Clause: clause.Must("barong.password-reset.password-weak", op, "password-weak"),
			Given:  refusedFor("password-weak", badPasswords("password", known)...)},
		{Text: "POST /identity/users/password/confirm_code rejects a password of more than 72 bytes",
			Clause: clause.Must("barong.password-reset.password-too-long", op, "password-too-long"),
			Given:  refusedFor("password-too-long", badPasswords("password", []string{tooLong})...)},
	})
	It("POST /identity/users/password/confirm_code checks that the passwords match before it checks the token",
		clause.Must("barong.password-reset.differ-first", op, "passwords-differ"), func(ctx SpecContext) {
			r := p.PasswordReset(p.Nonce(), p.Secret("password", client.NewPassword())).With("confirm_password",
				p.Secret("password", client.NewPassword()))
			p.Expect(p.Do(ctx, p.Visitor(), op, r), op, "passwords-differ")
		})
}

// messagesWith counts the mails to an address that hold a token of the kind.
func (p *api) messagesWith(ctx context.Context, to, kind string) int {
	GinkgoHelper()
	n := 0
	for _, m := range p.Messages(ctx, to) {
		if holds(m, kind) {
			n++
		}
	}
	return n
}

func holds(m inbox.Message, kind string) bool { return client.TokenIn(m, kind) != "" }
