package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

func (p *api) passwordChangeSubjects() []family.Subject {
	return []family.Subject{{Operation: p.ChangePassword, Ready: p.passwordChangeReady}}
}

// passwordChangeReady builds each control for another member, whose password is
// sure to be the old one.
func (p *api) passwordChangeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	by := p.Member(ctx).Actor
	return by, func() conform.Request {
		me := p.Changeable(ctx)
		by.Who, by.Header = me.Who, me.Header
		return p.PasswordChange(me.Account.Password, p.Next(me.Account))
	}
}

// passwordChanges is about PUT resource/users/password (barong#2.2).
func passwordChanges(p *api) {
	Describe("PUT resource/users/password", func() {
		It("PUT /resource/users/password replaces the password and keeps the session",
			clause.Must("barong.password.change", p.ChangePassword, contract.OK), func(ctx SpecContext) {
				me := p.Changeable(ctx)
				other := p.LogIn(ctx, me.Account)
				password := p.Next(me.Account)
				p.Expect(p.Do(ctx, me.Actor, p.ChangePassword, p.PasswordChange(me.Account.Password, password)), p.ChangePassword, contract.OK)
				p.Check("the old password opens no session", p.LogsIn(ctx, me.Account, me.Account.Password), BeFalse())
				p.Check("the new password opens a session", p.LogsIn(ctx, me.Account, password), BeTrue())
				p.Expect(p.Do(ctx, me.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, contract.OK)
				p.Expect(p.Do(ctx, other.Actor, p.GetCurrentUser, conform.Request{}), p.GetCurrentUser, contract.OK)
			})
		passwordChangeRefused(p)
	})
}

func passwordChangeRefused(p *api) {
	op := p.ChangePassword
	conform.Table(func(ctx SpecContext, given refused) {
		me := p.Changeable(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: me.Actor, Outcome: given.outcome, OnlyAfter: true, Changes: given.changes[:min(3, len(given.changes))],
			Control: func() conform.Request { return p.PasswordChange(me.Account.Password, p.Next(me.Account)) },
			State:   func() any { return p.LogsIn(ctx, me.Account, me.Account.Password) },
		})
	}, []conform.Row[refused]{
		{Text: "PUT /resource/users/password rejects a new password with a different confirmation",
			Clause: clause.Must("barong.password.change-passwords-differ", op, "passwords-differ"),
			Given:  refusedFor("passwords-differ", p.anotherPassword("confirm_password"))},
		{Text: "PUT /resource/users/password rejects a wrong old password",
			Clause: clause.Must("barong.password.change-bad-credentials", op, contract.BadCredentials),
			Given:  refusedFor(contract.BadCredentials, p.anotherPassword("old_password"))},
		{Text: "PUT /resource/users/password rejects the old password as the new one",
			Clause: clause.Must("barong.password.change-unchanged", op, "unchanged"),
			Given: refusedFor("unchanged", conform.Change{Name: "new_password", Of: func(r conform.Request) conform.Request {
				old := r.JSON.(conform.Object)["old_password"]
				return r.With("new_password", old).With("confirm_password", old)
			}})},
		{Text: "PUT /resource/users/password rejects a password without the required classes",
			Clause: clause.Must("barong.password.change-password-requirements", op, "password-requirements"),
			Given:  refusedFor("password-requirements", badPasswords("new_password", lackingClasses)...)},
		{Text: "PUT /resource/users/password rejects a password from a dictionary",
			Clause: clause.Must("barong.password.change-password-weak", op, "password-weak"),
			Given:  refusedFor("password-weak", badPasswords("new_password", known)...)},
		{Text: "PUT /resource/users/password rejects a password of more than 72 bytes",
			Clause: clause.Must("barong.password.change-password-too-long", op, "password-too-long"),
			Given:  refusedFor("password-too-long", badPasswords("new_password", []string{tooLong})...)},
	})
}

// anotherPassword puts a password that is nobody's in place of a member's.
func (p *api) anotherPassword(member string) conform.Change {
	return conform.Change{Name: member, Of: func(r conform.Request) conform.Request {
		return r.With(member, p.Secret("password", client.NewPassword()))
	}}
}
