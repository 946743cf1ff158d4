package client

import (
	"context"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

func (p *Client) PasswordChange(old, next string) conform.Request {
	return conform.Request{JSON: conform.Object{"old_password": old, "new_password": next, "confirm_password": next}}
}

// Changeable is a member whose password a spec may change: a pooled account gets
// its own back.
func (p *Client) Changeable(ctx context.Context) *Session {
	ginkgo.GinkgoHelper()
	me := p.Member(ctx)
	if me.Account.Pooled {
		ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.restorePassword(ctx, me.Account) })
	}
	return me
}

// restorePassword gives a pooled account the password of the target file back,
// whichever of those that a spec made up it has now. One whose password is not
// known any more is not handed out again.
func (p *Client) restorePassword(ctx context.Context, a *Account) {
	for i := len(a.passwords) - 1; i >= 0; i-- {
		call := p.TryLogIn(ctx, a, p.logInWith(a, a.passwords[i]))
		if !p.Is(call, p.CreateSession, contract.OK) {
			continue
		}
		back := p.PasswordChange(a.passwords[i], a.Password)
		if call, err := p.Try(ctx, p.Opened(call, a).Actor, p.ChangePassword, back); err == nil && p.Is(call, p.ChangePassword, contract.OK) {
			return
		}
	}
	if !p.LogsIn(ctx, a, a.Password) {
		a.Retire("its password could not be brought back")
	}
}

// logInWith is the log-in of an account without a second factor by a password that
// may not be its own.
func (p *Client) logInWith(a *Account, password string) conform.Request {
	return conform.Request{JSON: p.Solved(conform.Object{"email": a.Login, "password": password})}
}

// Next makes up a password for an account and remembers it for restorePassword.
func (p *Client) Next(a *Account) string {
	password := p.Secret("password", NewPassword())
	a.passwords = append(a.passwords, password)
	return password
}

// LogsIn tells whether a password opens a session of an account without a second
// factor.
func (p *Client) LogsIn(ctx context.Context, a *Account, password string) bool {
	ginkgo.GinkgoHelper()
	call := p.TryLogIn(ctx, a, p.logInWith(a, password))
	return p.Is(call, p.CreateSession, contract.OK)
}

// ForAddress asks for a mail to an e-mail address.
func (p *Client) ForAddress(email string) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{JSON: p.Solved(conform.Object{"email": email})}
}

func (p *Client) PasswordReset(token, password string) conform.Request {
	return conform.Request{JSON: conform.Object{"reset_password_token": token, "password": password, "confirm_password": password}}
}

// ResetToken has a reset mail sent to an account and reads the token out of it.
func (p *Client) ResetToken(ctx context.Context, a *Account) string {
	ginkgo.GinkgoHelper()
	p.ForgetMail(ctx, a.Login)
	p.Require("ask for a password reset",
		p.Do(ctx, p.Visitor(), p.RequestPasswordReset, p.ForAddress(a.Login)), p.RequestPasswordReset, contract.OK)
	return p.MailedToken(ctx, a.Login, Reset)
}

// Nobody is an e-mail address that no account has, and whose mail would arrive.
func (p *Client) Nobody() string { return "nobody-" + p.Nonce() + "@" + p.Setting(signUpDomain) }

// noMail shows that nothing was mailed to an address: when a mail that was asked
// for later has arrived elsewhere, there is none.
func (p *Client) ExpectNoMail(ctx context.Context, email string) {
	ginkgo.GinkgoHelper()
	p.ResetToken(ctx, p.Member(ctx).Account)
	p.Check("nothing was mailed to the address", len(p.Messages(ctx, email)), gomega.Equal(0))
}

// Alike holds two answers to look the same to someone who asks which addresses
// have accounts: same status, header fields and body.
func (p *Client) Alike(a, b *httpclient.Call) {
	ginkgo.GinkgoHelper()
	p.Check("both answers have the same status", a.Status, gomega.Equal(b.Status))
	p.Check("both answers have the same body", string(a.Body), gomega.Equal(string(b.Body)))
	p.Check("both answers have the same header fields", a.Fields(), gomega.Equal(b.Fields()))
}
