package onlyoffice

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/family"
)

func passwords(p *portal) {
	Describe("POST /api/2.0/people/password", func() {
		passwordMailSent(p)
		passwordMailRefused(p)
	})
	Describe("PUT /api/2.0/people/{userid}/password", func() {
		passwordChanges(p)
		passwordChangeNeedsLink(p)
		passwordChangeRefused(p)
		challengesWithoutLink(p, "change-password", p.changePassword, p.changePasswordReady)
	})
	subjects := []family.Subject{{Operation: p.changePassword, Ready: p.changePasswordReady, SingleUse: true}}
	family.Bodies(p.Context, subjects)
	family.Methods(p.Context, subjects)
}

func passwordMailSent(p *portal) {
	It("mails a link that changes the password",
		clause.Must("onlyoffice.password-mail.link", p.sendPassword, contract.OK),
		func(ctx SpecContext) {
			who := p.Lease(user)
			c := p.newPasswordCase(who, p.opener(who))
			p.ForgetMail(ctx, who.Login)
			p.Expect(p.Do(ctx, p.Anonymous(), p.sendPassword, p.passwordMail(who.Login)), p.sendPassword, contract.OK)
			c.link = p.mailedLink(ctx, who.Login, passwordChange)
			p.Expect(p.Do(ctx, p.holder(who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.works(ctx, p.Actor(who.Name, who, cookie(token(p.loggedIn(ctx, who.Login, c.next)))))
		})
	It("mails a link to a user who asks for one while signed in",
		clause.Must("onlyoffice.password-mail.self", p.sendPassword, contract.OK),
		func(ctx SpecContext) {
			who, me := p.signedIn(ctx, user)
			p.ForgetMail(ctx, who.Login)
			p.Expect(p.Do(ctx, me, p.sendPassword, p.passwordMail(who.Login)), p.sendPassword, contract.OK)
			mailed := p.mailedLink(ctx, who.Login, passwordChange)
			p.Check("the link is the user's own", strings.ToLower(mailed.uid), Equal(strings.ToLower(p.id(ctx, me))))
		})
	It("tells an address without an account nothing that it does not tell one with an account",
		clause.Must("onlyoffice.password-mail.same-answer", p.sendPassword, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 1.6; facts/auth-checks.md E05")),
		func(ctx SpecContext) {
			who, nobody := p.Lease(user), p.nobody()
			known := p.Do(ctx, p.Anonymous(), p.sendPassword, p.passwordMail(who.Login))
			p.Require("ask for a mail to an account", known, p.sendPassword, contract.OK)
			unknown := p.Do(ctx, p.Anonymous(), p.sendPassword, p.passwordMail(nobody))
			p.Expect(unknown, p.sendPassword, contract.OK)
			p.Holds("both bodies are the same but for the address asked for",
				strings.ReplaceAll(string(known.Body), who.Login, "") == strings.ReplaceAll(string(unknown.Body), nobody, ""), "they differ")
			p.Check("both carry the same header fields", headerNames(unknown), Equal(headerNames(known)))
		})
}

func passwordMailRefused(p *portal) {
	It("refuses anybody without a right captcha answer",
		clause.Must("onlyoffice.password-mail.captcha", p.sendPassword, contract.CaptchaRefused, clause.Needs("captcha")),
		func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendPassword, By: p.Anonymous(), Control: always(p.passwordMail(p.Lease(user).Login)), Outcome: contract.CaptchaRefused,
				Changes: []conform.Change{
					conform.Drop("recaptchaResponse"),
					renamed("an empty captcha answer", conform.Set("recaptchaResponse", "")),
					renamed("a wrong captcha answer", conform.Set("recaptchaResponse", "wrong-captcha-answer")),
				},
			})
		})
	It("refuses what is no e-mail address",
		clause.Must("onlyoffice.password-mail.no-address", p.sendPassword, contract.Invalid),
		func(ctx SpecContext) {
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendPassword, By: p.Anonymous(), Control: always(p.passwordMail(p.Lease(user).Login)), Outcome: contract.Invalid,
				Changes: []conform.Change{conform.Set("email", "not an address"), renamed("an empty address", conform.Set("email", ""))},
			})
		})

	// Each refusal is one sender asking for somebody else's mail; asking for the
	// mail of the user named last is what the same sender may do.
	refuses := func(text, id, sender, target string, allowed func(SpecContext, *conform.Actor) string, args ...any) {
		args = append(args, clause.Must("onlyoffice.password-mail."+id, p.sendPassword, contract.Forbidden), func(ctx SpecContext) {
			_, me := p.signedIn(ctx, sender)
			victim := p.Lease(target)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.sendPassword, By: me, Control: always(p.passwordMail(allowed(ctx, me))), Outcome: contract.Forbidden,
				Changes: []conform.Change{renamed("the address of somebody else", conform.Set("email", victim.Login))},
			})
		})
		It(text, args...)
	}
	own := func(_ SpecContext, me *conform.Actor) string { return me.Who.Login }
	aUsers := func(SpecContext, *conform.Actor) string { return p.Lease(user).Login }
	refuses("refuses a user who asks for the mail of another", "foreign", user, user, own)
	refuses("refuses an administrator who asks for the mail of the owner", "owner", admin, owner, aUsers, Serial)
	refuses("refuses an administrator who asks for the mail of another", "administrator", admin, admin, aUsers)
	It("mails the link of a user whom an administrator names",
		clause.Must("onlyoffice.password-mail.by-administrator", p.sendPassword, contract.OK),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, admin)
			who := p.Lease(user)
			p.ForgetMail(ctx, who.Login)
			p.Expect(p.Do(ctx, me, p.sendPassword, p.passwordMail(who.Login)), p.sendPassword, contract.OK)
			mailed := p.mailedLink(ctx, who.Login, passwordChange)
			p.Expect(p.check(ctx, mailed), p.checkConfirm, contract.OK)
		})
}

func passwordChanges(p *portal) {
	It("sets a new password, and the old one no longer works",
		clause.Must("onlyoffice.change-password.new", p.changePassword, contract.OK),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			call := p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next))
			p.Expect(call, p.changePassword, contract.OK)
			p.Check("the answer names the user of the link", strings.ToLower(value.Text(value.Of(call), "response", "id")), Equal(strings.ToLower(c.link.uid)))
			p.Expect(p.tries(ctx, c.who.Login, c.next), p.login, contract.OK)
			p.Expect(p.tries(ctx, c.who.Login, c.who.Password), p.login, contract.BadCredentials)
		})
	It("takes the hash of the new password",
		clause.Must("onlyoffice.change-password.hash", p.changePassword, contract.OK),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			request := c.to("").Without("password").With("passwordHash", p.passwordHash(ctx, c.next))
			p.Expect(p.Do(ctx, p.holder(c.who, c.link), p.changePassword, request), p.changePassword, contract.OK)
			p.Expect(p.tries(ctx, c.who.Login, c.next), p.login, contract.OK)
			p.Expect(p.tries(ctx, c.who.Login, c.who.Password), p.login, contract.BadCredentials)
		})
	It("ends every session of the user, and of nobody else",
		clause.Must("onlyoffice.change-password.ends-sessions", p.changePassword, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 1.6; facts/auth-checks.md S07")),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			_, bystander := p.signedIn(ctx, user)
			first, second := p.signIn(ctx, c.who), p.signIn(ctx, c.who)
			p.alive(ctx, first)
			p.alive(ctx, second)
			p.Expect(p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.over(ctx, first)
			p.over(ctx, second)
			p.works(ctx, bystander)
		})
	It("opens no session by changing the password",
		clause.Should("onlyoffice.change-password.no-session", p.changePassword, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 6.4.3; facts/auth-checks.md F12, S20")),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			call := p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next))
			p.Expect(call, p.changePassword, contract.OK)
			p.Holds("the answer sets no session cookie", setCookie(call, sessionCookie) == "", "it sets "+sessionCookie)
		})
	It("still asks for the second factor after the password was changed",
		clause.Should("onlyoffice.change-password.second-factor", p.login, contract.SecondFactorRequired, clause.From(contract.Standard, "OWASP ASVS 5.0 6.4.3; facts/auth-checks.md F12")),
		func(ctx SpecContext) {
			c, _ := p.enrolledPasswordCase(ctx)
			p.Require("change the password", p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.Expect(p.tries(ctx, c.who.Login, c.next), p.login, contract.SecondFactorRequired)
		})
}

// passwordChangeNeedsLink varies the link, which is all that says who may change
// a password.
func passwordChangeNeedsLink(p *portal) {
	refuses := func(text string, c clause.Clause, with func(SpecContext, *passwordCase) []*conform.Actor) {
		It(text, c, func(ctx SpecContext) {
			right := p.passwordCase(ctx)
			for _, sender := range with(ctx, right) {
				p.Expect(p.Do(ctx, sender, p.changePassword, right.to(right.next)), p.changePassword, c.Outcome)
			}
			right.stillChanges(ctx)
		})
	}
	unauthenticated := contract.Unauthenticated
	refuses("refuses a key that was never issued or of which anything was changed",
		clause.Must("onlyoffice.change-password.wrong-key", p.changePassword, unauthenticated),
		func(_ SpecContext, c *passwordCase) (senders []*conform.Actor) {
			for _, forged := range append(c.link.tampered(), c.link.keyed("x"), c.link.keyed("")) {
				senders = append(senders, p.holder(c.who, forged))
			}
			return senders
		})
	refuses("refuses the key of another user",
		clause.Must("onlyoffice.change-password.foreign-key", p.changePassword, unauthenticated),
		func(ctx SpecContext, c *passwordCase) []*conform.Actor {
			_, other := p.signedIn(ctx, user)
			return []*conform.Actor{p.holder(c.who, c.link.keyed(p.passwordLink(ctx, other).key))}
		})
	refuses("refuses the link of another user",
		clause.Must("onlyoffice.change-password.foreign-link", p.changePassword, foreignLink),
		func(ctx SpecContext, c *passwordCase) []*conform.Actor {
			_, other := p.signedIn(ctx, user)
			return []*conform.Actor{p.holder(c.who, p.passwordLink(ctx, other))}
		})
	refuses("refuses the link of another user from the user who is signed in",
		clause.Must("onlyoffice.change-password.link-decides", p.changePassword, foreignLink, clause.From(contract.Observed, "facts/onlyoffice.md 7.4")),
		func(ctx SpecContext, c *passwordCase) []*conform.Actor {
			_, other := p.signedIn(ctx, user)
			both := p.passwordLink(ctx, other).confirmHeader()
			both["Cookie"] = p.signIn(ctx, c.who).Header["Cookie"]
			return []*conform.Actor{p.Actor("signed in, with a foreign link", c.who, both)}
		})
	refuses("refuses a session in place of a link",
		clause.Should("onlyoffice.change-password.session", p.changePassword, contract.Forbidden),
		func(ctx SpecContext, c *passwordCase) []*conform.Actor { return []*conform.Actor{p.signIn(ctx, c.who)} })
	refuses("refuses a request without a link",
		clause.Must("onlyoffice.change-password.no-link", p.changePassword, unauthenticated),
		func(SpecContext, *passwordCase) []*conform.Actor { return []*conform.Actor{p.Anonymous()} })

	It("refuses the link of a log-in's first step",
		clause.Should("onlyoffice.change-password.other-type", p.changePassword, contract.Forbidden),
		func(ctx SpecContext) {
			right, step := p.enrolledPasswordCase(ctx)
			p.Expect(p.Do(ctx, p.holder(right.who, step), p.changePassword, right.to(right.next)), p.changePassword, contract.Forbidden)
			right.stillChanges(ctx)
		})
	It("refuses the key of a log-in's first step under another type",
		clause.Must("onlyoffice.change-password.retyped-key", p.changePassword, unauthenticated),
		func(ctx SpecContext) {
			right, step := p.enrolledPasswordCase(ctx)
			p.Expect(p.Do(ctx, p.holder(right.who, step.typed(passwordChange)), p.changePassword, right.to(right.next)), p.changePassword, unauthenticated)
			right.stillChanges(ctx)
		})
	It("refuses a link that was used before",
		clause.Should("onlyoffice.change-password.used-link", p.changePassword, unauthenticated, oneUse),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			holder, third := p.holder(c.who, c.link), p.madeUpPassword()
			p.Require("use the link", p.Do(ctx, holder, p.changePassword, c.to(c.next)), p.changePassword, contract.OK)
			p.Expect(p.Do(ctx, holder, p.changePassword, c.to(third)), p.changePassword, unauthenticated)
			p.Expect(p.tries(ctx, c.who.Login, c.next), p.login, contract.OK)
		})
	It("refuses a link after seven days",
		clause.Should("onlyoffice.change-password.expired-link", p.changePassword, unauthenticated, clause.Disrupts()),
		func(ctx SpecContext) {
			c := p.passwordCase(ctx)
			p.Require("find the link good", p.check(ctx, c.link), p.checkConfirm, contract.OK)
			p.Wait(ctx, mailLinkLife+time.Minute, "the link has to expire")
			p.Expect(p.Do(ctx, p.holder(c.who, c.link), p.changePassword, c.to(c.next)), p.changePassword, unauthenticated)
			c.link = p.passwordLink(ctx, p.signIn(ctx, c.who))
			c.stillChanges(ctx)
		})
}

func passwordChangeRefused(p *portal) {
	refuses := func(text string, c clause.Clause, changes func(*passwordCase) []conform.Change) {
		It(text, c, func(ctx SpecContext) {
			right := p.passwordCase(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changePassword, By: p.holder(right.who, right.link), Control: always(right.to(right.next)),
				Changes: changes(right), Outcome: c.Outcome, OnlyAfter: true, State: right.unchanged(ctx),
			})
		})
	}
	refuses("refuses a request without a new password",
		clause.Must("onlyoffice.change-password.missing", p.changePassword, contract.Invalid),
		func(*passwordCase) []conform.Change {
			return []conform.Change{conform.Drop("password"), renamed("an empty password", conform.Set("password", "")), renamed("a null password", conform.Set("password", nil))}
		})
	refuses("refuses a password weaker than the settings demand",
		clause.Must("onlyoffice.change-password.weak", p.changePassword, contract.Invalid),
		func(*passwordCase) []conform.Change {
			return []conform.Change{renamed("one letter", conform.Set("password", "a")), renamed("white space", conform.Set("password", strings.Repeat(" ", 20)))}
		})
	refuses("refuses the password that the user has already",
		clause.Must("onlyoffice.change-password.old", p.changePassword, contract.Invalid, clause.From(contract.Observed, "facts/onlyoffice.md 1.6")),
		func(c *passwordCase) []conform.Change {
			return []conform.Change{renamed("the old password", conform.Set("password", c.who.Password))}
		})
	It("knows no user by an id that nobody has",
		clause.Must("onlyoffice.change-password.unknown-user", p.changePassword, contract.NotFound, clause.Only(documented)),
		func(ctx SpecContext) {
			right := p.passwordCase(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.changePassword, By: p.holder(right.who, right.link), Control: always(right.to(right.next)),
				Outcome: contract.NotFound, OnlyAfter: true, State: right.unchanged(ctx),
				Changes: []conform.Change{{Name: "an unknown user", Of: func(r conform.Request) conform.Request { return r.WithPath("userid", noID) }}},
			})
		})
}

// noID is an id that no user has.
const noID = "5f0c9a52-3d1e-4b7c-9f0a-7d2b6c1e8a43"

// foreignLink is the outcome for a link that is good, but for another user.
const foreignLink = contract.Outcome("foreign-link")

// passwordMail asks for a mail with a link to change a password, with the
// captcha answer where the target file gives one.
func (p *portal) passwordMail(login string) conform.Request {
	request := conform.Request{JSON: conform.Object{"email": login}}
	if answer := p.Target().Captcha.Response; answer != "" {
		return request.With("recaptchaResponse", answer)
	}
	return request
}

// sendPasswordReady asks for one's own mail while signed in, which takes no
// captcha.
func (p *portal) sendPasswordReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	who, me := p.signedIn(ctx, user)
	return me, always(p.passwordMail(who.Login))
}

// changePasswordReady uses a link up.
func (p *portal) changePasswordReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	c := p.passwordCase(ctx)
	return p.holder(c.who, c.link), always(c.to(c.next))
}

// passwordHash is what the log-in takes in place of a password: PBKDF2 (RFC 8018
// section 5.2) with HMAC-SHA256 and the portal's public parameters, in lower-case
// hexadecimal.
func (p *portal) passwordHash(ctx context.Context, password string) string {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.settings, conform.Request{})
	p.Require("read how passwords are hashed", call, p.settings, contract.OK)
	how := value.At(value.Of(call), "response", "passwordHash")
	key, err := pbkdf2.Key(sha256.New, strings.TrimSpace(password), []byte(value.Text(how, "salt")), value.Number(how, "iterations"), value.Number(how, "size")/8)
	if err != nil {
		p.Error("cannot hash a password as the portal says: %v", err)
	}
	return p.Secret("password-hash", hex.EncodeToString(key))
}
