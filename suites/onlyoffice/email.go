package onlyoffice

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/value"
	"authconform/suites/family"
)

func emails(p *portal) {
	Describe("POST /api/2.0/people/email", func() { emailChangeMail(p) })
	Describe("PUT /api/2.0/people/{userid}/email", func() {
		emailChanges(p)
		emailChangeNeedsLink(p)
		challengesWithoutLink(p, "change-email", p.changeEmail, p.changeEmailReady)
	})
	subjects := []family.Subject{{Operation: p.changeEmail, Ready: p.changeEmailReady, SingleUse: true}}
	family.Bodies(p.Context, subjects)
	family.Methods(p.Context, subjects)
	Describe("GET /api/2.0/people/email", func() { profileByEmail(p) })
	Describe("PUT /api/2.0/settings/emailactivation", func() { emailActivation(p) })
}

func emailChangeMail(p *portal) {
	It("mails a link to the new address",
		clause.Must("onlyoffice.email-mail.link", p.sendEmailChange, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			next := p.newAddress(who)
			p.Expect(p.Do(ctx, me, p.sendEmailChange, emailMail(p.id(ctx, me), next)), p.sendEmailChange, contract.OK)
			mailed := p.mailedLink(ctx, next, emailChange)
			p.Expect(p.check(ctx, mailed), p.checkConfirm, contract.OK)
		})
	It("changes nothing before the link is used",
		clause.Must("onlyoffice.email-mail.not-yet", p.sendEmailChange, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			next := p.newAddress(who)
			p.Expect(p.Do(ctx, me, p.sendEmailChange, emailMail(p.id(ctx, me), next)), p.sendEmailChange, contract.OK)
			p.Expect(p.tries(ctx, who.Login, who.Password), p.login, contract.OK)
			p.Expect(p.tries(ctx, next, who.Password), p.login, contract.BadCredentials)
		})
	It("refuses what is no e-mail address",
		clause.Must("onlyoffice.email-mail.no-address", p.sendEmailChange, contract.Invalid),
		func(ctx SpecContext) {
			by, control := p.sendEmailChangeReady(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendEmailChange, By: by, Control: control, Outcome: contract.Invalid,
				Changes: []conform.Change{
					conform.Set("email", "not an address"), renamed("an empty address", conform.Set("email", "")), conform.Drop("email"),
				},
			})
		})
	It("refuses a user who wants to change the address of another",
		clause.Must("onlyoffice.email-mail.foreign", p.sendEmailChange, contract.Forbidden),
		func(ctx SpecContext) {
			by, control := p.sendEmailChangeReady(ctx)
			other, otherSession := p.signedIn(ctx, user)
			id := p.id(ctx, otherSession)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendEmailChange, By: by, Control: control, Outcome: contract.Forbidden,
				Changes: []conform.Change{renamed("the id of another", conform.Set("userId", id))},
				State:   func() any { return p.opener(other)(ctx, other.Password) != nil },
			})
		})
	It("knows no user by an id that nobody has",
		clause.Must("onlyoffice.email-mail.unknown-user", p.sendEmailChange, contract.NotFound, clause.Only(documented)),
		func(ctx SpecContext) {
			who, boss := p.signedIn(ctx, admin)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendEmailChange, By: boss, Control: always(emailMail(p.id(ctx, boss), p.newAddress(who))),
				Changes: []conform.Change{renamed("an unknown user", conform.Set("userId", noID))}, Outcome: contract.NotFound,
			})
		})
}

func emailChanges(p *portal) {
	It("sets the address that the link was mailed to, and the old one no longer works",
		clause.Must("onlyoffice.change-email.new", p.changeEmail, contract.OK),
		func(ctx SpecContext) {
			c := p.emailCase(ctx)
			call := p.Do(ctx, p.holder(c.who, c.link), p.changeEmail, c.to(c.next))
			p.Expect(call, p.changeEmail, contract.OK)
			p.Check("the answer names the user of the link", strings.ToLower(value.Text(value.Of(call), "response", "id")), Equal(strings.ToLower(c.id)))
			p.Expect(p.tries(ctx, c.next, c.who.Password), p.login, contract.OK)
			p.Expect(p.tries(ctx, c.who.Login, c.who.Password), p.login, contract.BadCredentials)
		})
	It("refuses an address other than the one that the link was mailed to",
		clause.Must("onlyoffice.change-email.other-address", p.changeEmail, contract.Forbidden, clause.Only(documented)),
		func(ctx SpecContext) {
			c := p.emailCase(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changeEmail, By: p.holder(c.who, c.link), Control: always(c.to(c.next)),
				Changes: []conform.Change{renamed("an address that got no link", conform.Set("email", p.newAddress(c.who)))},
				Outcome: contract.Forbidden, OnlyAfter: true, State: c.unchanged(ctx),
			})
		})
	It("refuses what is no e-mail address",
		clause.Must("onlyoffice.change-email.no-address", p.changeEmail, contract.Invalid, clause.Only(documented)),
		func(ctx SpecContext) {
			c := p.emailCase(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changeEmail, By: p.holder(c.who, c.link), Control: always(c.to(c.next)),
				Changes: []conform.Change{conform.Set("email", "not an address"), renamed("an empty address", conform.Set("email", "")), conform.Drop("email")},
				Outcome: contract.Invalid, OnlyAfter: true, State: c.unchanged(ctx),
			})
		})
}

// emailChangeNeedsLink varies the link, which is all that says who may change an
// address.
func emailChangeNeedsLink(p *portal) {
	refuses := func(text string, c clause.Clause, with func(SpecContext, *emailCase) []*conform.Actor) {
		It(text, c, func(ctx SpecContext) {
			right := p.emailCase(ctx)
			for _, sender := range with(ctx, right) {
				p.Expect(p.Do(ctx, sender, p.changeEmail, right.to(right.next)), p.changeEmail, c.Outcome)
			}
			right.stillChanges(ctx)
		})
	}
	unauthenticated := contract.Unauthenticated
	refuses("refuses a key that was never issued or of which anything was changed",
		clause.Must("onlyoffice.change-email.wrong-key", p.changeEmail, unauthenticated),
		func(_ SpecContext, c *emailCase) (senders []*conform.Actor) {
			for _, forged := range append(c.link.tampered(), c.link.keyed("x"), c.link.keyed("")) {
				senders = append(senders, p.holder(c.who, forged))
			}
			return senders
		})
	refuses("refuses a link of which the address was changed",
		clause.Must("onlyoffice.change-email.link-address", p.changeEmail, unauthenticated),
		func(_ SpecContext, c *emailCase) []*conform.Actor {
			forged := c.link
			forged.email, forged.encEmail = p.newAddress(c.who), ""
			return []*conform.Actor{p.holder(c.who, forged)}
		})
	refuses("refuses the key of another user",
		clause.Must("onlyoffice.change-email.foreign-key", p.changeEmail, unauthenticated),
		func(ctx SpecContext, c *emailCase) []*conform.Actor {
			return []*conform.Actor{p.holder(c.who, c.link.keyed(p.emailCase(ctx).link.key))}
		})
	refuses("refuses a link for another purpose",
		clause.Should("onlyoffice.change-email.other-type", p.changeEmail, contract.Forbidden),
		func(ctx SpecContext, c *emailCase) []*conform.Actor {
			return []*conform.Actor{p.holder(c.who, p.passwordLink(ctx, p.signIn(ctx, c.who)))}
		})
	refuses("refuses the key of a link for another purpose",
		clause.Must("onlyoffice.change-email.retyped-key", p.changeEmail, unauthenticated),
		func(ctx SpecContext, c *emailCase) []*conform.Actor {
			return []*conform.Actor{p.holder(c.who, c.link.keyed(p.passwordLink(ctx, p.signIn(ctx, c.who)).key))}
		})
	refuses("refuses a session in place of a link",
		clause.Should("onlyoffice.change-email.session", p.changeEmail, contract.Forbidden),
		func(ctx SpecContext, c *emailCase) []*conform.Actor { return []*conform.Actor{p.signIn(ctx, c.who)} })
	refuses("refuses a request without a link",
		clause.Must("onlyoffice.change-email.no-link", p.changeEmail, unauthenticated),
		func(SpecContext, *emailCase) []*conform.Actor { return []*conform.Actor{p.Anonymous()} })

	It("refuses the link of another user",
		clause.Must("onlyoffice.change-email.foreign-link", p.changeEmail, contract.Forbidden, clause.Only(documented)),
		func(ctx SpecContext) {
			right, other := p.emailCase(ctx), p.emailCase(ctx)
			for _, address := range []string{right.next, other.next} {
				p.Expect(p.Do(ctx, p.holder(right.who, other.link), p.changeEmail, right.to(address)), p.changeEmail, contract.Forbidden)
			}
			right.stillChanges(ctx)
		})
	It("refuses a link that was used before",
		clause.Should("onlyoffice.change-email.used-link", p.changeEmail, unauthenticated, oneUse),
		func(ctx SpecContext) {
			c := p.emailCase(ctx)
			holder := p.holder(c.who, c.link)
			p.Require("use the link", p.Do(ctx, holder, p.changeEmail, c.to(c.next)), p.changeEmail, contract.OK)
			p.Expect(p.Do(ctx, holder, p.changeEmail, c.to(c.next)), p.changeEmail, unauthenticated)
		})
	It("refuses a link after seven days",
		clause.Should("onlyoffice.change-email.expired-link", p.changeEmail, unauthenticated, clause.Disrupts()),
		func(ctx SpecContext) {
			c := p.emailCase(ctx)
			p.Require("find the link good", p.check(ctx, c.link), p.checkConfirm, contract.OK)
			p.Wait(ctx, mailLinkLife+time.Minute, "the link has to expire")
			p.Expect(p.Do(ctx, p.holder(c.who, c.link), p.changeEmail, c.to(c.next)), p.changeEmail, unauthenticated)
			c.next = p.newAddress(c.who)
			c.askLink(ctx, p.signIn(ctx, c.who))
			c.stillChanges(ctx)
		})
}

func profileByEmail(p *portal) {
	It("shows the profile that has the address",
		clause.Must("onlyoffice.profile-by-email.found", p.profileByEmail, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			other, otherSession := p.signedIn(ctx, user)
			call := p.Do(ctx, me, p.profileByEmail, conform.Request{Query: query("email", other.Login)})
			p.Expect(call, p.profileByEmail, contract.OK)
			found := value.At(value.Of(call), "response")
			p.Check("the profile has the address asked for", strings.ToLower(value.Text(found, "email")), Equal(strings.ToLower(other.Login)))
			p.Check("the profile has the id of that user", strings.ToLower(value.Text(found, "id")), Equal(strings.ToLower(p.id(ctx, otherSession))))
		})
	It("finds nobody by an address that no user has",
		clause.Must("onlyoffice.profile-by-email.not-found", p.profileByEmail, contract.NotFound),
		func(ctx SpecContext) {
			by, control := p.profileReady(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.profileByEmail, By: by, Control: control, Outcome: contract.NotFound,
				Changes: []conform.Change{{Name: "an unknown address", Of: func(r conform.Request) conform.Request {
					r.Query = query("email", p.nobody())
					return r
				}}},
			})
		})
}

func emailActivation(p *portal) {
	It("answers with the settings exactly as submitted",
		clause.Must("onlyoffice.email-activation.echo", p.emailActivation, contract.OK, clause.Disrupts()),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, admin)
			for _, show := range []bool{false, true} { // shown is how portals come
				call := p.Do(ctx, me, p.emailActivation, conform.Request{JSON: conform.Object{"show": show}})
				p.Expect(call, p.emailActivation, contract.OK)
				p.Check("show is as submitted", value.At(value.Of(call), "response", "show"), Equal(show))
			}
		})
	refuses := func(role string, args ...any) {
		args = append(args, clause.Must("onlyoffice.email-activation."+role, p.emailActivation, contract.Forbidden), func(ctx SpecContext) {
			_, by := p.signedIn(ctx, admin)
			_, other := p.signedIn(ctx, role)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.emailActivation, By: by, ChangedBy: other, Outcome: contract.Forbidden,
				Control: always(conform.Request{JSON: conform.Object{"show": true}}),
			})
		})
		It("refuses a "+role, args...)
	}
	refuses(user)
	refuses(roomAdmin, Serial)
}

// emailMail asks for a link to change a user's address.
func emailMail(userID, next string) conform.Request {
	return conform.Request{JSON: conform.Object{"userId": userID, "email": next}}
}

// newAddress is one that no account has, in the domain of the identity's own, so
// that its mail reaches the same inbox.
func (p *portal) newAddress(who *identity.Identity) string {
	_, domain, _ := strings.Cut(who.Login, "@")
	return "new-" + p.Nonce() + "@" + domain
}

// emailCase is an identity whose address a spec may change, with a link that does
// it. The identity gets its own address back when the spec ends.
type emailCase struct {
	p        *portal
	who      *identity.Identity
	id, next string
	link     link
}

func (p *portal) emailCase(ctx context.Context) *emailCase {
	GinkgoHelper()
	who, me := p.signedIn(ctx, user)
	c := &emailCase{p: p, who: who, id: p.id(ctx, me), next: p.newAddress(who)}
	DeferCleanup(func(ctx SpecContext) { c.restore(ctx) })
	c.askLink(ctx, me)
	return c
}

// askLink has a link mailed to the new address.
func (c *emailCase) askLink(ctx context.Context, me *conform.Actor) {
	GinkgoHelper()
	p := c.p
	p.ForgetMail(ctx, c.next)
	p.Require("ask for a link", p.Do(ctx, me, p.sendEmailChange, emailMail(c.id, c.next)), p.sendEmailChange, contract.OK)
	c.link = p.mailedLink(ctx, c.next, emailChange)
}

// to is the request that sets an address.
func (c *emailCase) to(email string) conform.Request {
	return conform.Request{Path: map[string]string{"userid": c.id}, JSON: conform.Object{"email": email}}
}

// unchanged tells whether the identity's own address still opens a session.
func (c *emailCase) unchanged(ctx context.Context) func() any {
	return func() any { return c.p.opener(c.who)(ctx, c.who.Password) != nil }
}

// stillChanges proves that a refused request changed nothing, and that nothing
// but the link was wrong with it: with the right one it changes the address.
func (c *emailCase) stillChanges(ctx context.Context) {
	GinkgoHelper()
	p := c.p
	p.Check("a refused request leaves the address as it was", c.unchanged(ctx)(), BeTrue())
	p.Require("change the address with the right link after the refusal",
		p.Do(ctx, p.holder(c.who, c.link), p.changeEmail, c.to(c.next)), p.changeEmail, contract.OK)
}

// restore gives the identity its own address back, by a link mailed there; one
// for which that fails is not handed out any more.
func (c *emailCase) restore(ctx context.Context) {
	p, restored := c.p, false
	defer func() {
		if !restored {
			c.who.Retire("its e-mail address could not be brought back")
		}
	}()
	if p.opener(c.who)(ctx, c.who.Password) != nil { // it was never changed
		restored = true
		return
	}
	call := p.tries(ctx, c.next, c.who.Password)
	if !p.Is(call, p.login, contract.OK) {
		return
	}
	back := &emailCase{p: p, who: c.who, id: c.id, next: c.who.Login}
	back.askLink(ctx, p.Actor(c.who.Name, c.who, cookie(token(call))))
	call = p.Do(ctx, p.holder(c.who, back.link), p.changeEmail, back.to(back.next))
	restored = p.Is(call, p.changeEmail, contract.OK)
}

func (p *portal) sendEmailChangeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, me := p.signedIn(ctx, user)
	return me, always(emailMail(p.id(ctx, me), p.newAddress(who)))
}

// changeEmailReady uses a link up.
func (p *portal) changeEmailReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	c := p.emailCase(ctx)
	return p.holder(c.who, c.link), always(c.to(c.next))
}

func (p *portal) profileReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, me := p.signedIn(ctx, user)
	return me, always(conform.Request{Query: query("email", who.Login)})
}
