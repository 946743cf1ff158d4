package onlyoffice

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func passwordChanges(p *client.Client) {
	op := p.ChangePassword
	expectOnlyNew := func(ctx context.Context, c *client.AccountChange) {
		GinkgoHelper()
		p.Expect(p.LogInWith(ctx, c.Who.Login, c.Next), p.Login, contract.OK)
		p.Expect(p.LogIn(ctx, c.Who), p.Login, contract.BadCredentials)
	}
	It("PUT /people/{userid}/password replaces the password of the link's user",
		clause.Must("onlyoffice.change-password.new", op, contract.OK), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			answer := client.Text(c.Make(ctx), "id")
			p.Check("the answer names the user of the link", strings.ToLower(answer), Equal(strings.ToLower(c.Link.UID)))
			expectOnlyNew(ctx, c)
		})
	It("PUT /people/{userid}/password accepts the hash of the new password",
		clause.Must("onlyoffice.change-password.hash", op, contract.OK), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			request := c.To("").Without("password").With("passwordHash", p.PasswordHash(ctx, c.Next))
			p.DoExpect(ctx, c.Bearer(), op, request, contract.OK)
			expectOnlyNew(ctx, c)
		})
	It("PUT /people/{userid}/password sets no session cookie",
		clause.Should("onlyoffice.change-password.no-session", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.4.3; checks#F12; checks#S20")), func(ctx SpecContext) {
			p.ExpectNoSession(p.NewPassword(ctx).Make(ctx))
		})
	It("POST /authentication asks an enrolled user for the second factor after a change of password",
		clause.Should("onlyoffice.change-password.second-factor", p.Login, contract.SecondFactorRequired,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.4.3; checks#F12")), func(ctx SpecContext) {
			c, _ := p.NewPasswordOfEnrolled(ctx)
			c.Require(ctx, "change the password")
			p.Expect(p.LogInWith(ctx, c.Who.Login, c.Next), p.Login, contract.SecondFactorRequired)
		})
	It("PUT /people/{userid}/password ends every session of the user and keeps those of others alive",
		clause.Must("onlyoffice.change-password.ends-sessions", p.ChangePassword, contract.OK,
			clause.From(contract.Observed, "onlyoffice#1.6-mail; onlyoffice#1.6-change-password; onlyoffice#1.6-email; "+
				"onlyoffice#1.6-password-settings; checks#S07")), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			_, bystander := p.SignedIn(ctx, client.User)
			first, second := p.SignIn(ctx, c.Who), p.SignIn(ctx, c.Who)
			p.RequireAlive(ctx, first, second)
			c.Make(ctx)
			p.ExpectEnded(ctx, first, second)
			p.ExpectAlive(ctx, bystander)
		})
}

func passwordChangeRefused(p *client.Client) {
	op := p.ChangePassword
	for _, row := range []conform.Row[func(*client.AccountChange) []conform.Change]{
		{Text: "PUT /people/{userid}/password rejects a missing, empty or null password",
			Clause: clause.Must("onlyoffice.change-password.missing", op, contract.Invalid), Given: func(*client.AccountChange) []conform.Change {
				return []conform.Change{
					conform.Drop("password"), set("an empty password", "password", ""), set("a null password", "password", nil),
				}
			}},
		{Text: "PUT /people/{userid}/password rejects a password of one letter or of white space",
			Clause: clause.Must("onlyoffice.change-password.weak", op, contract.Invalid), Given: func(*client.AccountChange) []conform.Change {
				return []conform.Change{set("one letter", "password", "a"), set("white space", "password", strings.Repeat(" ", 20))}
			}},
		{Text: "PUT /people/{userid}/password rejects the present password of the user",
			Clause: clause.Must("onlyoffice.change-password.old", op, contract.Invalid,
				clause.From(contract.Observed, "onlyoffice#1.6-mail; onlyoffice#1.6-change-password; onlyoffice#1.6-email; "+
					"onlyoffice#1.6-password-settings")),
			Given: func(c *client.AccountChange) []conform.Change {
				return []conform.Change{set("the old password", "password", c.Who.Password)}
			}},
		{Text: "PUT /people/{userid}/password rejects an id that no user has",
			Clause: clause.Must("onlyoffice.change-password.unknown-user", op, contract.NotFound, clause.Only(client.Documented)),
			Given: func(*client.AccountChange) []conform.Change {
				return []conform.Change{{Name: "an unknown user", Of: func(r conform.Request) conform.Request {
					return r.WithPath("userid", client.UnknownID)
				}}}
			}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			p.Refuses(ctx, c.Refusal(ctx, row.Clause.Outcome, row.Given(c)...))
		})
	}
}

func passwordChangeRefusesLinks(p *client.Client) {
	op, unauthenticated := p.ChangePassword, contract.Unauthenticated
	It("PUT /people/{userid}/password answers a request without a link with WWW-Authenticate",
		clause.Should("onlyoffice.change-password.challenge", op, client.Challenged),
		challenges(p, op, contract.OK, p.ChangePasswordReady))
	refusesSenders(p, op, p.NewPassword, []conform.Row[senders]{
		{Text: "PUT /people/{userid}/password rejects a link whose key was never issued or was tampered with",
			Clause: clause.Must("onlyoffice.change-password.wrong-key", op, unauthenticated), Given: forgedKeys(p)},
		{Text: "PUT /people/{userid}/password rejects a link with the key of another user",
			Clause: clause.Must("onlyoffice.change-password.foreign-key", op, unauthenticated),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				return p.Bearers(c.Who, c.Link.WithKey(p.PasswordLink(ctx, p.SessionOf(ctx, client.User)).Key))
			}},
		{Text: "PUT /people/{userid}/password rejects the link of another user",
			Clause: clause.Must("onlyoffice.change-password.foreign-link", op, client.ForeignLink),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				return p.Bearers(c.Who, p.PasswordLink(ctx, p.SessionOf(ctx, client.User)))
			}},
		{Text: "PUT /people/{userid}/password rejects the link of another user from the user who is signed in",
			Clause: clause.Must("onlyoffice.change-password.link-decides", op, client.ForeignLink,
				clause.From(contract.Observed, "onlyoffice#7.4")),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				both := p.PasswordLink(ctx, p.SessionOf(ctx, client.User)).Header()
				both["Cookie"] = p.SignIn(ctx, c.Who).Header["Cookie"]
				return []*conform.Actor{p.Actor("signed in, with a foreign link", c.Who, both)}
			}},
		{Text: "PUT /people/{userid}/password rejects a session in place of a link",
			Clause: clause.Should("onlyoffice.change-password.session", op, contract.Forbidden), Given: ownSession(p)},
		{Text: "PUT /people/{userid}/password rejects a request without a link",
			Clause: clause.Must("onlyoffice.change-password.no-link", op, unauthenticated), Given: withoutLink(p)},
	})
	It("PUT /people/{userid}/password rejects the link of a log-in's first step",
		clause.Should("onlyoffice.change-password.other-type", op, contract.Forbidden), func(ctx SpecContext) {
			c, step := p.NewPasswordOfEnrolled(ctx)
			p.Expect(c.Put(ctx, p.Bearer(c.Who, step)), op, contract.Forbidden)
			c.ExpectUnchanged(ctx)
		})
	It("PUT /people/{userid}/password rejects the key of a log-in's first step in a link that changes a password",
		clause.Must("onlyoffice.change-password.retyped-key", op, unauthenticated), func(ctx SpecContext) {
			c, step := p.NewPasswordOfEnrolled(ctx)
			p.Expect(c.Put(ctx, p.Bearer(c.Who, step.WithKind(client.PasswordChange))), op, unauthenticated)
			c.ExpectUnchanged(ctx)
		})
	It("PUT /people/{userid}/password rejects a link that was used before",
		clause.Should("onlyoffice.change-password.used-link", op, unauthenticated, singleUse), func(ctx SpecContext) {
			c := p.NewPassword(ctx)
			c.Require(ctx, "use the link")
			p.DoExpect(ctx, c.Bearer(), op, c.To(p.MadeUpPassword()), unauthenticated)
			p.Expect(p.LogInWith(ctx, c.Who.Login, c.Next), p.Login, contract.OK)
		})
	It("PUT /people/{userid}/password rejects a link after seven days",
		clause.Should("onlyoffice.change-password.expired-link", op, unauthenticated, clause.Disrupts()),
		func(ctx SpecContext) { refusesExpiredLink(ctx, p, op, p.NewPassword(ctx)) })
}
