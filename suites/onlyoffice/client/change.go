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
	// newLink gets a link to change the member, for a session of the identity.
	newLink func(context.Context, *conform.Actor) Link
}

// Opens opens a session of an identity with a password; nil when it does not.
type Opens func(ctx context.Context, password string) *conform.Actor

// Opener opens sessions of an identity without a second factor.
func (p *Client) Opener(who *identity.Identity) Opens {
	return func(ctx context.Context, password string) *conform.Actor {
		call, err := p.Try(ctx, p.Anonymous(), p.Login, Password(who.Login, password))
		if err != nil || !p.Is(call, p.Login, contract.OK) {
			return nil
		}
		return p.Session(who, call)
	}
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
	c.newLink = p.PasswordLink
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		restored := false
		defer func() {
			if !restored {
				who.Retire("its password could not be restored")
			}
		}()
		session := opens(ctx, c.Next)
		if session == nil { // it was never set
			restored = opens(ctx, who.Password) != nil
			return
		}
		back := &AccountChange{Who: who, Link: p.PasswordLink(ctx, session), member: c.member}
		call, err := p.Try(ctx, p.Bearer(who, back.Link), c.op, back.To(who.Password))
		restored = err == nil && p.Is(call, c.op, contract.OK)
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
	c := p.emailChange(who, p.ID(ctx, session), p.NewAddress(who))
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		restored := false
		defer func() {
			if !restored {
				who.Retire("its e-mail address could not be restored")
			}
		}()
		if c.opens(ctx, who.Password) != nil { // it was never changed
			restored = true
			return
		}
		call := p.LogInWith(ctx, c.Next, who.Password)
		if !p.Is(call, p.Login, contract.OK) {
			return
		}
		back := p.emailChange(who, c.ID, who.Login)
		back.Link = back.newLink(ctx, p.Session(who, call))
		restored = p.Is(back.Put(ctx, p.Bearer(who, back.Link)), p.ChangeEmail, contract.OK)
	})
	c.Link = c.newLink(ctx, session)
	return c
}

func (p *Client) emailChange(who *identity.Identity, id, next string) *AccountChange {
	c := &AccountChange{Who: who, ID: id, Next: next, p: p, op: p.ChangeEmail, member: "email", opens: p.Opener(who)}
	c.newLink = func(ctx context.Context, session *conform.Actor) Link {
		ginkgo.GinkgoHelper()
		p.ForgetMail(ctx, c.Next)
		p.DoRequire(ctx, "ask for a link", session, p.SendEmailChange, EmailMail(id, c.Next), contract.OK)
		return p.MailedLink(ctx, c.Next, EmailChange)
	}
	return c
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
	session := c.p.SignIn(ctx, c.Who)
	if c.member == "email" {
		c.Next = c.p.NewAddress(c.Who)
	}
	c.Link = c.newLink(ctx, session)
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
