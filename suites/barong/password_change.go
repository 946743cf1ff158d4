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

// passwordChanges is about PUT resource/users/password (facts/barong.md 2.2).
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
	refused := func(outcome contract.Outcome, promise string, changes ...conform.Change) {
		It(p.ChangePassword.Name()+" rejects "+promise, clause.Must("barong.password.change-"+string(outcome), p.ChangePassword, outcome), func(ctx SpecContext) {
			me := p.Changeable(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.ChangePassword, By: me.Actor, Outcome: outcome, OnlyAfter: true, Changes: changes[:min(3, len(changes))],
				Control: func() conform.Request { return p.PasswordChange(me.Account.Password, p.Next(me.Account)) },
				State:   func() any { return p.LogsIn(ctx, me.Account, me.Account.Password) },
			})
		})
	}
	refused("passwords-differ", "a new password with a different confirmation", conform.Change{Name: "confirm_password", Of: func(r conform.Request) conform.Request {
		return r.With("confirm_password", p.Secret("password", client.NewPassword()))
	}})
	refused(contract.BadCredentials, "a wrong old password", conform.Change{Name: "old_password", Of: func(r conform.Request) conform.Request {
		return r.With("old_password", p.Secret("password", client.NewPassword()))
	}})
	refused("unchanged", "the old password as the new one", conform.Change{Name: "new_password", Of: func(r conform.Request) conform.Request {
		old := r.JSON.(conform.Object)["old_password"]
		return r.With("new_password", old).With("confirm_password", old)
	}})
	refused("password-requirements", "a password without the required classes", badPasswords("new_password", lackingClasses)...)
	refused("password-weak", "a password from a dictionary", badPasswords("new_password", known)...)
	refused("password-too-long", "a password of more than 72 bytes", badPasswords("new_password", []string{tooLong})...)
}
