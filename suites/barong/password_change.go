package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/family"
)

func (p *api) passwordChangeSubjects() []family.Subject {
	return []family.Subject{{Operation: p.changePassword, Ready: p.passwordChangeReady}}
}

// passwordChangeReady builds each control for another member, whose password is
// sure to be the old one.
func (p *api) passwordChangeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	by := p.member(ctx).Actor
	return by, func() conform.Request {
		me := p.changeable(ctx)
		by.Who, by.Header = me.Who, me.Header
		return p.passwordChange(me.account.Password, p.next(me.account))
	}
}

func (p *api) passwordChange(old, next string) conform.Request {
	return conform.Request{JSON: conform.Object{"old_password": old, "new_password": next, "confirm_password": next}}
}

// changeable is a member whose password a spec may change: a pooled account gets
// its own back.
func (p *api) changeable(ctx context.Context) *session {
	GinkgoHelper()
	me := p.member(ctx)
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) { p.restorePassword(ctx, me.account) })
	}
	return me
}

// restorePassword gives a pooled account the password of the target file back,
// whichever of those that a spec made up it has now. One whose password is not
// known any more is not handed out again.
func (p *api) restorePassword(ctx context.Context, a *account) {
	for i := len(a.passwords) - 1; i >= 0; i-- {
		call := p.tryLogIn(ctx, a, p.logInWith(a, a.passwords[i]))
		if !p.Is(call, p.createSession, contract.OK) {
			continue
		}
		back := p.passwordChange(a.passwords[i], a.Password)
		if call, err := p.Try(ctx, p.opened(call, a).Actor, p.changePassword, back); err == nil && p.Is(call, p.changePassword, contract.OK) {
			return
		}
	}
	if !p.logsIn(ctx, a, a.Password) {
		a.Retire("its password could not be brought back")
	}
}

// logInWith is the log-in of an account without a second factor by a password that
// may not be its own.
func (p *api) logInWith(a *account, password string) conform.Request {
	return conform.Request{JSON: p.solved(conform.Object{"email": a.Login, "password": password})}
}

// next makes up a password for an account and remembers it for restorePassword.
func (p *api) next(a *account) string {
	password := p.Secret("password", newPassword())
	a.passwords = append(a.passwords, password)
	return password
}

// logsIn tells whether a password opens a session of an account without a second
// factor.
func (p *api) logsIn(ctx context.Context, a *account, password string) bool {
	GinkgoHelper()
	call := p.tryLogIn(ctx, a, p.logInWith(a, password))
	return p.Is(call, p.createSession, contract.OK)
}

// passwordChanges is about PUT resource/users/password (facts/barong.md 2.2).
func passwordChanges(p *api) {
	Describe("PUT resource/users/password", func() {
		It("replaces the password, and ends no session",
			clause.Must("barong.password.change", p.changePassword, contract.OK), func(ctx SpecContext) {
				me := p.changeable(ctx)
				other := p.logIn(ctx, me.account)
				password := p.next(me.account)
				p.Expect(p.Do(ctx, me.Actor, p.changePassword, p.passwordChange(me.account.Password, password)), p.changePassword, contract.OK)
				p.Check("the old password opens no session", p.logsIn(ctx, me.account, me.account.Password), BeFalse())
				p.Check("the new password opens a session", p.logsIn(ctx, me.account, password), BeTrue())
				p.Expect(p.Do(ctx, me.Actor, p.getCurrentUser, conform.Request{}), p.getCurrentUser, contract.OK)
				p.Expect(p.Do(ctx, other.Actor, p.getCurrentUser, conform.Request{}), p.getCurrentUser, contract.OK)
			})
		passwordChangeRefused(p)
	})
}

func passwordChangeRefused(p *api) {
	refused := func(outcome contract.Outcome, promise string, changes ...conform.Change) {
		It("refuses "+promise, clause.Must("barong.password.change-"+string(outcome), p.changePassword, outcome), func(ctx SpecContext) {
			me := p.changeable(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changePassword, By: me.Actor, Outcome: outcome, OnlyAfter: true, Changes: changes[:min(3, len(changes))],
				Control: func() conform.Request { return p.passwordChange(me.account.Password, p.next(me.account)) },
				State:   func() any { return p.logsIn(ctx, me.account, me.account.Password) },
			})
		})
	}
	refused("passwords-differ", "a new password that is confirmed by another", conform.Change{Name: "confirm_password", Of: func(r conform.Request) conform.Request {
		return r.With("confirm_password", p.Secret("password", newPassword()))
	}})
	refused(contract.BadCredentials, "a wrong old password", conform.Change{Name: "old_password", Of: func(r conform.Request) conform.Request {
		return r.With("old_password", p.Secret("password", newPassword()))
	}})
	refused("unchanged", "the old password as the new one", conform.Change{Name: "new_password", Of: func(r conform.Request) conform.Request {
		old := r.JSON.(conform.Object)["old_password"]
		return r.With("new_password", old).With("confirm_password", old)
	}})
	refused("password-requirements", "a password without the required classes", badPasswords("new_password", lackingClasses)...)
	refused("password-weak", "a password that a dictionary knows", badPasswords("new_password", known)...)
	refused("password-too-long", "a password of more than 72 bytes", badPasswords("new_password", []string{tooLong})...)
}
