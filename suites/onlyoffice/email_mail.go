package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func emailMail(p *client.Client) {
	op := p.SendEmailChange
	It("POST /people/email mails a link to the new e-mail address",
		clause.Must("onlyoffice.email-mail.link", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			next := p.NewAddress(who)
			p.DoExpect(ctx, session, op, client.EmailMail(p.ID(ctx, session), next), contract.OK)
			p.Expect(p.CheckLink(ctx, p.PromisedLink(ctx, next, client.EmailChange)), p.CheckConfirm, contract.OK)
		})
	It("POST /people/email keeps the old e-mail address until the link is used",
		clause.Must("onlyoffice.email-mail.not-yet", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			next := p.NewAddress(who)
			p.DoExpect(ctx, session, op, client.EmailMail(p.ID(ctx, session), next), contract.OK)
			p.Expect(p.LogIn(ctx, who), p.Login, contract.OK)
			p.Expect(p.LogInWith(ctx, next, who.Password), p.Login, contract.BadCredentials)
		})
	It("POST /people/email rejects a missing, empty or malformed e-mail address",
		clause.Must("onlyoffice.email-mail.no-address", op, contract.Invalid), func(ctx SpecContext) {
			by, control := p.SendEmailChangeReady(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: by, Control: control, Outcome: contract.Invalid, Changes: wrongAddresses(),
			})
		})
	It("POST /people/email rejects the id of another user from a user",
		clause.Must("onlyoffice.email-mail.foreign", op, contract.Forbidden), func(ctx SpecContext) {
			by, control := p.SendEmailChangeReady(ctx)
			other, session := p.SignedIn(ctx, client.User)
			id, elsewhere := p.ID(ctx, session), p.NewAddress(other)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: by, Control: control, Outcome: contract.Forbidden,
				Changes: []conform.Change{{Name: "the id of another", Of: func(r conform.Request) conform.Request {
					return r.With("userId", id).With("email", elsewhere)
				}}},
				State: func() any { return p.Opener(other)(ctx, other.Password) != nil },
			})
			ExpectNoMail(ctx, p, elsewhere, func() {
				next := p.NewAddress(by.Who)
				p.DoRequire(ctx, "ask for a mail to one's own new address", by, op, control().With("email", next), contract.OK)
				p.MailedLink(ctx, next, client.EmailChange)
			})
		})
	It("POST /people/email rejects an id that no user has from an administrator",
		clause.Must("onlyoffice.email-mail.unknown-user", op, contract.NotFound, clause.Only(client.Documented)), func(ctx SpecContext) {
			who, boss := p.SignedIn(ctx, client.Admin)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss, Control: client.Always(client.EmailMail(p.ID(ctx, boss), p.NewAddress(who))),
				Changes: []conform.Change{set("an unknown user", "userId", client.UnknownID)}, Outcome: contract.NotFound,
			})
		})
}

// ExpectNoMail checks that no mail came to an address. after sends another mail and reads it:
// after it, the one that must not be would have arrived.
func ExpectNoMail(ctx context.Context, p *client.Client, address string, after func()) {
	GinkgoHelper()
	after()
	p.Check("mails to an address after a refusal", len(p.Messages(ctx, address)), Equal(0))
}

// wrongAddresses are those to which no mail can go.
func wrongAddresses() []conform.Change {
	return []conform.Change{
		conform.Set("email", "not an address"), set("an empty address", "email", ""), conform.Drop("email"),
		set("nothing before the @", "email", "@unknown.invalid"), set("nothing behind the @", "email", "nobody@"),
		set("two @", "email", "no@body@unknown.invalid"),
	}
}
