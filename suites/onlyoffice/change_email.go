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

func emailChanges(p *client.Client) {
	op := p.ChangeEmail
	It("PUT /people/{userid}/email replaces the e-mail address by the one that the link was mailed to",
		clause.Must("onlyoffice.change-email.new", op, contract.OK), func(ctx SpecContext) {
			c := p.NewEmail(ctx)
			answer := client.Text(c.Make(ctx), "id")
			p.Check("the answer names the user of the link", strings.ToLower(answer), Equal(strings.ToLower(c.ID)))
			p.Expect(p.LogInWith(ctx, c.Next, c.Who.Password), p.Login, contract.OK)
			p.Expect(p.LogIn(ctx, c.Who), p.Login, contract.BadCredentials)
		})
	It("PUT /people/{userid}/email rejects an e-mail address that the link was not mailed to",
		clause.Must("onlyoffice.change-email.other-address", op, contract.Forbidden, clause.Only(client.Documented)), func(ctx SpecContext) {
			c := p.NewEmail(ctx)
			p.Refuses(ctx, c.Refusal(ctx, contract.Forbidden, set("an address that got no link", "email", p.NewAddress(c.Who))))
		})
	It("PUT /people/{userid}/email rejects a missing, empty or malformed e-mail address",
		clause.Must("onlyoffice.change-email.no-address", op, contract.Invalid, clause.Only(client.Documented)),
		func(ctx SpecContext) {
			p.Refuses(ctx, p.NewEmail(ctx).Refusal(ctx, contract.Invalid, wrongAddresses()...))
		})
}

func emailChangeNeedsLink(p *client.Client) {
	op, unauthenticated := p.ChangeEmail, contract.Unauthenticated
	It("PUT /people/{userid}/email answers a request without a link with WWW-Authenticate",
		clause.Should("onlyoffice.change-email.challenge", op, client.Challenged),
		challenges(p, op, contract.OK, p.ChangeEmailReady))
	refusesSenders(p, op, p.NewEmail, []conform.Row[senders]{
		{Text: "PUT /people/{userid}/email rejects a link whose key was never issued or was tampered with",
			Clause: clause.Must("onlyoffice.change-email.wrong-key", op, unauthenticated), Given: forgedKeys(p)},
		{Text: "PUT /people/{userid}/email rejects a link whose e-mail address was changed",
			Clause: clause.Must("onlyoffice.change-email.link-address", op, unauthenticated),
			Given: func(_ context.Context, c *client.AccountChange) []*conform.Actor {
				forged := c.Link
				forged.Email, forged.EncEmail = p.NewAddress(c.Who), ""
				return p.Bearers(c.Who, forged)
			}},
		{Text: "PUT /people/{userid}/email rejects a link with the key of another user",
			Clause: clause.Must("onlyoffice.change-email.foreign-key", op, unauthenticated),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				return p.Bearers(c.Who, c.Link.WithKey(p.NewEmail(ctx).Link.Key))
			}},
		{Text: "PUT /people/{userid}/email rejects a link that changes a password",
			Clause: clause.Should("onlyoffice.change-email.other-type", op, contract.Forbidden),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				return p.Bearers(c.Who, p.PasswordLink(ctx, p.SignIn(ctx, c.Who)))
			}},
		{Text: "PUT /people/{userid}/email rejects the key of a link that changes a password",
			Clause: clause.Must("onlyoffice.change-email.retyped-key", op, unauthenticated),
			Given: func(ctx context.Context, c *client.AccountChange) []*conform.Actor {
				return p.Bearers(c.Who, c.Link.WithKey(p.PasswordLink(ctx, p.SignIn(ctx, c.Who)).Key))
			}},
		{Text: "PUT /people/{userid}/email rejects a session in place of a link",
			Clause: clause.Should("onlyoffice.change-email.session", op, contract.Forbidden), Given: ownSession(p)},
		{Text: "PUT /people/{userid}/email rejects a request without a link",
			Clause: clause.Must("onlyoffice.change-email.no-link", op, unauthenticated), Given: withoutLink(p)},
	})
}

func emailChangeRefusesLinks(p *client.Client) {
	op := p.ChangeEmail
	It("PUT /people/{userid}/email rejects the link of another user",
		clause.Must("onlyoffice.change-email.foreign-link", op, contract.Forbidden, clause.Only(client.Documented)), func(ctx SpecContext) {
			c, other := p.NewEmail(ctx), p.NewEmail(ctx)
			for _, address := range []string{c.Next, other.Next} {
				p.DoExpect(ctx, p.Bearer(c.Who, other.Link), op, c.To(address), contract.Forbidden)
			}
			c.ExpectUnchanged(ctx)
		})
	It("PUT /people/{userid}/email rejects a link that was used before",
		clause.Should("onlyoffice.change-email.used-link", op, contract.Unauthenticated, singleUse), func(ctx SpecContext) {
			c := p.NewEmail(ctx)
			c.Require(ctx, "use the link")
			p.Expect(c.Put(ctx, c.Bearer()), op, contract.Unauthenticated)
		})
	It("PUT /people/{userid}/email rejects a link after seven days",
		clause.Should("onlyoffice.change-email.expired-link", op, contract.Unauthenticated, clause.Disrupts()),
		func(ctx SpecContext) { refusesExpiredLink(ctx, p, op, p.NewEmail(ctx)) })
}
