package client

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// AccountChange is an identity whose password or e-mail address a spec may
// change, with a link that allows it. The identity gets its own back when the
// spec ends; one for which that fails is not leased any more.
type AccountChange struct {
	Who  *identity.Identity
	ID   string // its user id; that of the link unless set
	Link Link
	Next string // the new password or address

	p      *Client
	op     *contract.Operation
	member string
	opens  Opens
	// newLink gets a link to change the member to a value, for a session of the
	// identity.
	newLink func(ctx context.Context, session *conform.Actor, next string) Link
}

// Opens opens a session of an identity with a password; nil when it does not.
type Opens func(ctx context.Context, password string) *conform.Actor

// Opener opens sessions of an identity without a second factor.
func (p *Client) Opener(who *identity.Identity) Opens {
	return func(ctx context.Context, password string) *conform.Actor {
		return p.open(ctx, who, who.Login, password)
	}
}

func (p *Client) open(ctx context.Context, who *identity.Identity, login, password string) *conform.Actor {
	call, err := p.Try(ctx, p.Anonymous(), p.Login, Password(login, password))
	if err != nil || !p.Is(call, p.Login, contract.OK) {
		return nil
	}
	return p.Session(who, call)
}

// NewPassword is a change of password, with its link.
func (p *Client) NewPassword(ctx context.Context) *AccountChange {
	ginkgo.GinkgoHelper()
	who, session := p.SignedIn(ctx, User)
	c := p.PasswordWithoutLink(who, p.Opener(who))
	c.Link = p.PasswordLink(ctx, session)
	return c
}

// PasswordWithoutLink is a change of password that has yet to get its link.
func (p *Client) PasswordWithoutLink(who *identity.Identity, opens Opens) *AccountChange {
	c := &AccountChange{Who: who, Next: p.MadeUpPassword(), p: p, op: p.ChangePassword, member: "password", opens: opens}
	c.newLink = func(ctx context.Context, session *conform.Actor, _ string) Link { return p.PasswordLink(ctx, session) }
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		c.restore(ctx, who.Password, func() *conform.Actor { return opens(ctx, c.Next) })
	})
	return c
}

// NewPasswordOfEnrolled is a change of password of an identity with an
// authenticator app, with the link of a first step beside it.
func (p *Client) NewPasswordOfEnrolled(ctx context.Context) (*AccountChange, Link) {
	ginkgo.GinkgoHelper()
	e := p.Enrol(ctx)
	c := p.PasswordWithoutLink(e.Who, func(ctx context.Context, password string) *conform.Actor {
		call, err := p.Try(ctx, p.Anonymous(), p.LoginByCode, ByCode(e.Who, e.TakeBackup()).With("password", password))
		if err != nil || !p.Is(call, p.LoginByCode, contract.OK) {
			return nil
		}
		e.Session = p.Session(e.Who, call)
		return e.Session
	})
	step := p.StepLink(p.LogIn(ctx, e.Who))
	c.Link = p.PasswordLink(ctx, e.Session)
	return c, step
}

// NewEmail is a change of e-mail address, with its link.
func (p *Client) NewEmail(ctx context.Context) *AccountChange {
	ginkgo.GinkgoHelper()
	who, session := p.SignedIn(ctx, User)
	c := &AccountChange{
		Who: who, ID: p.ID(ctx, session), Next: p.NewAddress(who), p: p, op: p.ChangeEmail, member: "email", opens: p.Opener(who),
	}
	c.newLink = func(ctx context.Context, session *conform.Actor, to string) Link {
		ginkgo.GinkgoHelper()
		p.ForgetMail(ctx, to)
		p.DoRequire(ctx, "ask for a link", session, p.SendEmailChange, EmailMail(c.ID, to), contract.OK)
		return p.MailedLink(ctx, to, EmailChange)
	}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		c.restore(ctx, who.Login, func() *conform.Actor { return p.open(ctx, who, c.Next, who.Password) })
	})
	c.Link = c.newLink(ctx, session, c.Next)
	return c
}

// restore gives the identity its own password or address back; reopen opens a
// session of one that was changed.
func (c *AccountChange) restore(ctx context.Context, own string, reopen func() *conform.Actor) {
	restored := c.opens(ctx, c.Who.Password) != nil // it was never changed
	defer func() {
		if !restored {
			c.Who.Retire("its " + c.member + " could not be restored")
		}
	}()
	if restored {
		return
	}
	if session := reopen(); session != nil {
		back := &AccountChange{Who: c.Who, ID: c.ID, member: c.member, Link: c.newLink(ctx, session, own)}
		call, err := c.p.Try(ctx, c.p.Bearer(c.Who, back.Link), c.op, back.To(own))
		restored = err == nil && c.p.Is(call, c.op, contract.OK)
	}
}

// To is the request that sets a password or address.
func (c *AccountChange) To(value string) conform.Request {
	return JSON(conform.Object{c.member: value}).WithPath("userid", cmp.Or(c.ID, c.Link.UID))
}

// Put sends the right request as an actor.
func (c *AccountChange) Put(ctx context.Context, by *conform.Actor) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return c.p.Do(ctx, by, c.op, c.To(c.Next))
}

// Make makes the change with the link, and expects that it succeeds.
func (c *AccountChange) Make(ctx context.Context) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return c.p.DoExpect(ctx, c.Bearer(), c.op, c.To(c.Next), contract.OK)
}

// Require makes the change with the link, where a promise only builds on it.
func (c *AccountChange) Require(ctx context.Context, what string) {
	ginkgo.GinkgoHelper()
	c.p.DoRequire(ctx, what, c.Bearer(), c.op, c.To(c.Next), contract.OK)
}

// Bearer is the actor who has the link and no other credential.
func (c *AccountChange) Bearer() *conform.Actor { return c.p.Bearer(c.Who, c.Link) }

// Ready is the Ready of the change; it uses the link up.
func (c *AccountChange) Ready() (*conform.Actor, func() conform.Request) {
	return c.Bearer(), Always(c.To(c.Next))
}

// State tells whether the identity's own password and address still open a
// session.
func (c *AccountChange) State(ctx context.Context) func() any {
	return func() any { return c.opens(ctx, c.Who.Password) != nil }
}

// ExpectUnchanged checks that a refused request changed nothing, and that nothing
// but the link was wrong with it: with the right one it makes the change.
func (c *AccountChange) ExpectUnchanged(ctx context.Context) {
	ginkgo.GinkgoHelper()
	c.p.Check("a refused request leaves the "+c.member+" as it was", c.State(ctx)(), gomega.BeTrue())
	c.Require(ctx, "change the "+c.member+" with the right link after the refusal")
}

// Refusal is a refusal of the change with the right link and a wrong request.
func (c *AccountChange) Refusal(ctx context.Context, outcome contract.Outcome, changes ...conform.Change) conform.Refusal {
	return conform.Refusal{
		Operation: c.op, By: c.Bearer(), Control: Always(c.To(c.Next)), Changes: changes,
		Outcome: outcome, OnlyAfter: true, State: c.State(ctx),
	}
}

// Expire waits until the link has expired.
func (c *AccountChange) Expire(ctx context.Context) {
	ginkgo.GinkgoHelper()
	c.p.RequireLink(ctx, c.Link)
	c.p.Wait(ctx, MailLinkLife+time.Minute, "the link has to expire")
}

// RenewLink gets another link; one to change an address goes to another address.
func (c *AccountChange) RenewLink(ctx context.Context) {
	ginkgo.GinkgoHelper()
	if c.member == "email" {
		c.Next = c.p.NewAddress(c.Who)
	}
	c.Link = c.newLink(ctx, c.p.SignIn(ctx, c.Who), c.Next)
}

// MadeUpPassword meets any demand on passwords that a portal can make.
func (p *Client) MadeUpPassword() string { return p.Secret("password", "Aa1!"+p.Nonce()) }

// NewAddress is one that no account has, in the domain of the identity's own, so
// that its mail reaches the same inbox.
func (p *Client) NewAddress(who *identity.Identity) string {
	_, domain, _ := strings.Cut(who.Login, "@")
	return "new-" + p.Nonce() + "@" + domain
}

// EmailMail asks for a mail with a link to change a user's address.
func EmailMail(userID, next string) conform.Request {
	return JSON(conform.Object{"userId": userID, "email": next})
}

// PasswordMail asks for a mail with a link to change a password, with the captcha
// answer where the target file gives one.
func (p *Client) PasswordMail(login string) conform.Request {
	request := JSON(conform.Object{"email": login})
	if answer := p.Target().Captcha.Response; answer != "" {
		return request.With("recaptchaResponse", answer)
	}
	return request
}
