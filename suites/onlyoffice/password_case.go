package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// passwordCase is an identity whose password a spec may change, with a link that
// does it. The identity gets its own password back when the spec ends.
type passwordCase struct {
	p     *portal
	who   *identity.Identity
	opens opens
	link  link
	next  string
}

// opens opens a session of an identity with a password; nil when it does not.
type opens func(ctx context.Context, password string) *conform.Actor

func (p *portal) passwordCase(ctx context.Context) *passwordCase {
	GinkgoHelper()
	who, me := p.signedIn(ctx, user)
	c := p.newPasswordCase(who, p.opener(who))
	c.link = p.passwordLink(ctx, me)
	return c
}

// newPasswordCase is a passwordCase that has yet to get its link.
func (p *portal) newPasswordCase(who *identity.Identity, open opens) *passwordCase {
	return &passwordCase{p: p, who: who, opens: open, next: p.nextPassword(who, open)}
}

// enrolledPasswordCase is a passwordCase of an identity with an authenticator
// app, with the link of a first step beside it.
func (p *portal) enrolledPasswordCase(ctx SpecContext) (*passwordCase, link) {
	GinkgoHelper()
	e := p.enrol(ctx)
	c := p.newPasswordCase(e.who, func(ctx context.Context, password string) *conform.Actor {
		request := byCode(e.who, e.takeBackup()).With("password", password)
		call, err := p.Try(ctx, p.Anonymous(), p.loginByCode, request)
		if err != nil || !p.Is(call, p.loginByCode, contract.OK) {
			return nil
		}
		e.me = p.Actor(e.who.Name, e.who, cookie(token(call)))
		return e.me
	})
	step := p.stepLink(p.passwordOnly(ctx, e))
	c.link = p.passwordLink(ctx, e.me)
	return c, step
}

// to is the request that sets a password.
func (c *passwordCase) to(password string) conform.Request {
	return conform.Request{Path: map[string]string{"userid": c.link.uid}, JSON: conform.Object{"password": password}}
}

// unchanged tells whether the identity's own password still opens a session.
func (c *passwordCase) unchanged(ctx context.Context) func() any {
	return func() any { return c.opens(ctx, c.who.Password) != nil }
}

// stillChanges proves that a refused request changed nothing, and that nothing
// but the link was wrong with it: with the right one it changes the password.
func (c *passwordCase) stillChanges(ctx context.Context) {
	GinkgoHelper()
	p := c.p
	p.Check("a refused request leaves the password as it was", c.unchanged(ctx)(), BeTrue())
	p.Require("change the password with the right link after the refusal",
		p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
}

// passwordLink is a link to change the actor's own password, got without a mail.
// It costs all sessions of the user.
func (p *portal) passwordLink(ctx context.Context, me *conform.Actor) link {
	GinkgoHelper()
	call := p.Do(ctx, me, p.logoutAllChangePassword, conform.Request{})
	p.Require("get a link to change the password of "+me.Who.Name, call, p.logoutAllChangePassword, contract.OK)
	l := parseLink(value.Text(value.Of(call), "response"))
	if l.kind != passwordChange || l.key == "" || l.uid == "" {
		p.Untestable("the link to change a password names no type, key or user")
	}
	p.Secret("confirm-key", l.key)
	return l
}

// tries logs in without a second factor.
func (p *portal) tries(ctx context.Context, login, password string) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: conform.Object{"userName": login, "password": password}})
}

// opener opens sessions of an identity without a second factor.
func (p *portal) opener(who *identity.Identity) opens {
	return func(ctx context.Context, password string) *conform.Actor {
		call, err := p.Try(ctx, p.Anonymous(), p.login, conform.Request{JSON: conform.Object{"userName": who.Login, "password": password}})
		if err != nil || !p.Is(call, p.login, contract.OK) {
			return nil
		}
		return p.Actor(who.Name, who, cookie(token(call)))
	}
}

// madeUpPassword meets any demand on passwords that a portal can make.
func (p *portal) madeUpPassword() string { return p.Secret("password", "Aa1!"+p.Nonce()) }

// nextPassword makes the password that a spec gives an identity. When the spec
// ends the identity gets its own back; one for which that fails is not handed
// out any more.
func (p *portal) nextPassword(who *identity.Identity, open opens) string {
	next := p.madeUpPassword()
	DeferCleanup(func(ctx SpecContext) {
		restored := false
		defer func() {
			if !restored {
				who.Retire("its password could not be brought back")
			}
		}()
		me := open(ctx, next)
		if me == nil { // it was never set
			restored = open(ctx, who.Password) != nil
			return
		}
		c := &passwordCase{p: p, who: who, link: p.passwordLink(ctx, me)}
		call, err := p.Try(ctx, p.holder(who, c.link), p.changePassword, c.to(who.Password))
		restored = err == nil && p.Is(call, p.changePassword, contract.OK)
	})
	return next
}
