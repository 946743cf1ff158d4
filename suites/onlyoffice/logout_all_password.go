package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func logoutAllPassword(p *client.Client) {
	op := p.LogoutAllChangePassword
	It("PUT /security/activeconnections/logoutallchangepassword ends every session of the user and returns a link that changes the password",
		clause.Must("onlyoffice.logout-all-password.link", op, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			other := p.SignIn(ctx, who)
			_, stranger := p.SignedIn(ctx, client.User)
			c := p.PasswordWithoutLink(who, p.Opener(who))
			p.RequireAlive(ctx, other)
			call := p.DoExpect(ctx, session, op, client.NoBody, contract.OK)
			p.ExpectEnded(ctx, session, other)
			p.ExpectAlive(ctx, stranger)
			c.Link = client.ParseLink(client.Text(call))
			p.Secret("confirm-key", c.Link.Key)
			p.Check("the link is one to change a password", c.Link.Kind, Equal(client.PasswordChange))
			c.Make(ctx)
			p.Expect(p.LogInWith(ctx, who.Login, c.Next), p.Login, contract.OK)
		})
	It("POST /authentication accepts the old password until the link of logoutallchangepassword is used",
		clause.Must("onlyoffice.logout-all-password.not-yet", p.Login, contract.OK), func(ctx SpecContext) {
			who, session := p.SignedIn(ctx, client.User)
			p.PasswordLink(ctx, session)
			p.Expect(p.LogIn(ctx, who), p.Login, contract.OK)
		})
}
