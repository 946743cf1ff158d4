package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/suites/family"
)

const (
	unknownEmail  = contract.Outcome("unknown-email")
	tokenUsed     = contract.Outcome("token-used")
	alreadyActive = contract.Outcome("already-active")
)

func (p *api) passwordResetSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.requestPasswordReset, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.member(ctx).account
			return p.visitor(), func() conform.Request { return p.forAddress(a.Login) }
		}},
		{Operation: p.confirmPasswordReset, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.changeable(ctx).account
			return p.visitor(), func() conform.Request { return p.passwordReset(p.resetToken(ctx, a), p.next(a)) }
		}},
	}
}

// forAddress asks for a mail to an e-mail address.
func (p *api) forAddress(email string) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: p.solved(conform.Object{"email": email})}
}

func (p *api) passwordReset(token, password string) conform.Request {
	return conform.Request{JSON: conform.Object{"reset_password_token": token, "password": password, "confirm_password": password}}
}

// resetToken has a reset mail sent to an account and reads the token out of it.
func (p *api) resetToken(ctx context.Context, a *account) string {
	GinkgoHelper()
	p.ForgetMail(ctx, a.Login)
	p.Require("ask for a password reset", p.Do(ctx, p.visitor(), p.requestPasswordReset, p.forAddress(a.Login)), p.requestPasswordReset, contract.OK)
	return p.mailedToken(ctx, a.Login, reset)
}

// nobody is an e-mail address that no account has, and whose mail would arrive.
func (p *api) nobody() string { return "nobody-" + p.Nonce() + "@" + p.Setting(signUpDomain) }

// passwordResets is about the two operations of a forgotten password (facts/barong.md 2.1).
func passwordResets(p *api) {
	Describe("POST identity/users/password/generate_code", func() { resetRequests(p) })
	Describe("POST identity/users/password/confirm_code", func() {
		resetConfirms(p)
		resetRefuses(p)
		mailedTokens(p, tokenBearer{
			area: "password-reset", operation: p.confirmPasswordReset, kind: reset,
			fresh: func(ctx context.Context) (string, func(token string) conform.Request) {
				GinkgoHelper()
				a := p.changeable(ctx).account
				return p.resetToken(ctx, a), func(token string) conform.Request { return p.passwordReset(token, p.next(a)) }
			},
			other: func(ctx context.Context) string {
				GinkgoHelper()
				return p.confirmationToken(ctx, p.newcomer(ctx).account)
			},
		})
	})
}

func resetRequests(p *api) {
	op := p.requestPasswordReset
	It("mails a token that resets the password",
		clause.Must("barong.password-reset.mail", op, contract.OK), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			p.ForgetMail(ctx, a.Login)
			p.Expect(p.Do(ctx, p.visitor(), op, p.forAddress(a.Login)), op, contract.OK)
			token := p.mailedToken(ctx, a.Login, reset)
			call := p.Do(ctx, p.visitor(), p.confirmPasswordReset, p.passwordReset(token, p.next(a)))
			p.Expect(call, p.confirmPasswordReset, contract.OK)
		})
	It("answers for an address that no account has as the documents say, and mails nothing to it",
		clause.Must("barong.password-reset.unknown", op, unknownEmail), func(ctx SpecContext) {
			email := p.nobody()
			p.Expect(p.Do(ctx, p.visitor(), op, p.forAddress(email)), op, unknownEmail)
			p.noMail(ctx, email)
		})
	It("does not tell an address that an account has from one that none has",
		clause.Must("barong.password-reset.no-account-oracle", op, unknownEmail, clause.Only(release26, release31),
			clause.From(contract.Observed, "facts/barong-observed.md 4")), func(ctx SpecContext) {
			a := p.member(ctx).account
			owned := p.Do(ctx, p.visitor(), op, p.forAddress(a.Login))
			p.Require("ask for a password reset", owned, op, contract.OK)
			nobodys := p.Do(ctx, p.visitor(), op, p.forAddress(p.nobody()))
			p.Expect(nobodys, op, unknownEmail)
			p.alike(owned, nobodys)
		})
}

// noMail shows that nothing was mailed to an address: when a mail that was asked
// for later has arrived elsewhere, there is none.
func (p *api) noMail(ctx context.Context, email string) {
	GinkgoHelper()
	p.resetToken(ctx, p.member(ctx).account)
	p.Check("nothing was mailed to the address", len(p.Messages(ctx, email)), Equal(0))
}

// alike holds two answers to look the same to someone who asks which addresses
// have accounts: same status, header names and body.
func (p *api) alike(a, b *httpclient.Call) {
	GinkgoHelper()
	p.Check("both answers have the same status", a.Status, Equal(b.Status))
	p.Check("both answers have the same body", string(a.Body), Equal(string(b.Body)))
	p.Check("both answers have the same header fields", fieldNames(a), ConsistOf(fieldNames(b)))
}

func fieldNames(call *httpclient.Call) []string {
	var names []string
	for name := range call.Header {
		names = append(names, name)
	}
	return names
}

func resetConfirms(p *api) {
	op := p.confirmPasswordReset
	It("replaces the password, and opens no session",
		clause.Must("barong.password-reset.replaces", op, contract.OK), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			password := p.next(a)
			call := p.Do(ctx, p.visitor(), op, p.passwordReset(p.resetToken(ctx, a), password))
			p.Expect(call, op, contract.OK)
			p.Check("the answer sets no session cookie", setCookie(call, sessionCookie), BeEmpty())
			p.Check("the old password opens no session", p.logsIn(ctx, a, a.Password), BeFalse())
			p.Check("the new password opens a session", p.logsIn(ctx, a, password), BeTrue())
		})
	It("takes a token once",
		clause.Must("barong.password-reset.token-once", op, tokenUsed), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			token, first := p.resetToken(ctx, a), p.next(a)
			p.Require("reset the password", p.Do(ctx, p.visitor(), op, p.passwordReset(token, first)), op, contract.OK)
			second := p.next(a)
			p.Expect(p.Do(ctx, p.visitor(), op, p.passwordReset(token, second)), op, tokenUsed)
			p.Check("the password of the second use opens no session", p.logsIn(ctx, a, second), BeFalse())
			p.Check("the password of the first use opens a session", p.logsIn(ctx, a, first), BeTrue())
		})
	It("takes the token of the newest mail alone",
		clause.Must("barong.password-reset.older-link", op, tokenUsed), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			older, newer := p.resetToken(ctx, a), p.resetToken(ctx, a)
			p.Expect(p.Do(ctx, p.visitor(), op, p.passwordReset(older, p.next(a))), op, tokenUsed)
			p.Require("reset the password by the newest mail", p.Do(ctx, p.visitor(), op, p.passwordReset(newer, p.next(a))), op, contract.OK)
		})
}

func resetRefuses(p *api) {
	op := p.confirmPasswordReset
	It("leaves the token of a refused reset good",
		clause.Must("barong.password-reset.refusal-spends-nothing", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 2.1")), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			token := p.resetToken(ctx, a)
			weak := p.passwordReset(token, known[0])
			p.Require("have a weak password refused", p.Do(ctx, p.visitor(), op, weak), op, "password-weak")
			p.Expect(p.Do(ctx, p.visitor(), op, p.passwordReset(token, p.next(a))), op, contract.OK)
		})
	refused := func(outcome contract.Outcome, promise string, changes ...conform.Change) {
		It("refuses "+promise, clause.Must("barong.password-reset."+string(outcome), op, outcome), func(ctx SpecContext) {
			a := p.changeable(ctx).account
			token := p.resetToken(ctx, a)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.visitor(), Outcome: outcome, OnlyAfter: true, Changes: changes,
				Control: func() conform.Request { return p.passwordReset(token, p.next(a)) },
				State:   func() any { return p.logsIn(ctx, a, a.Password) },
			})
		})
	}
	refused("passwords-differ", "a password that is confirmed by another", conform.Change{Name: "confirm_password", Of: func(r conform.Request) conform.Request {
		return r.With("confirm_password", p.Secret("password", newPassword()))
	}})
	refused("password-requirements", "a password without the required classes", badPasswords("password", lackingClasses)...)
	refused("password-weak", "a password that a dictionary knows", badPasswords("password", known)...)
	refused("password-too-long", "a password of more than 72 bytes", badPasswords("password", []string{tooLong})...)
	It("refuses differing passwords before it looks at the token",
		clause.Must("barong.password-reset.differ-first", op, "passwords-differ"), func(ctx SpecContext) {
			r := p.passwordReset(p.Nonce(), p.Secret("password", newPassword())).With("confirm_password", p.Secret("password", newPassword()))
			p.Expect(p.Do(ctx, p.visitor(), op, r), op, "passwords-differ")
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

func holds(m inbox.Message, kind string) bool { return tokenIn(m, kind) != "" }
