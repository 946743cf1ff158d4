package barong

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// confirmsNoMore states that a confirmation confirms the address of its token's account, and
// lets nobody in who is banned.
func confirmsNoMore(p *api) {
	op := p.ConfirmEmail
	It("POST /identity/users/email/confirm_code confirms the address of its token's account whatever account the request names",
		clause.Should("barong.email.own-account", op, contract.OK, bound, clause.Needs(client.SignUp)), func(ctx SpecContext) {
			me, other := p.Newcomer(ctx), p.Newcomer(ctx)
			r := conform.Request{JSON: conform.Object{
				"token": p.ConfirmationToken(ctx, me.Account), "email": other.Account.Login, "uid": value.Text(other.User, "uid"),
			}}
			call := p.Do(ctx, p.Visitor(), op, r)
			p.Expect(call, op, contract.OK)
			p.Check("the account that is answered", value.Text(value.Of(call), "uid"), Equal(value.Text(me.User, "uid")))
			p.Check("the state of the other account", value.Text(p.UserOf(ctx, other), "state"), Equal("pending"))
		})
	It("POST /identity/users/email/confirm_code lets no banned user in",
		clause.Should("barong.email.banned", p.CreateSession, bannedUser,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.2; checks#S08")), func(ctx SpecContext) {
			a := p.Leased(client.RoleBanned)
			p.ForgetMail(ctx, a.Login)
			p.Require("ask for a confirmation", p.Do(ctx, p.Visitor(), p.RequestEmailConfirmation, p.ForAddress(a.Login)),
				p.RequestEmailConfirmation, contract.OK)
			if p.messagesWith(ctx, a.Login, client.Confirmation) > 0 {
				token := conform.Object{"token": p.MailedToken(ctx, a.Login, client.Confirmation)}
				call := p.Do(ctx, p.VisitorAt(a.Address), op, conform.Request{JSON: token})
				if cookie := p.Secret("session", p.CookieOf(call)); cookie != "" {
					inside := p.Do(ctx, p.With(a, cookie, ""), p.GetCurrentUser, conform.Request{})
					p.ExpectShut("the account is banned", inside, p.GetCurrentUser, userNotActive)
				}
			}
			p.Expect(p.TryLogIn(ctx, a, p.Credentials(a, "")), p.CreateSession, bannedUser)
		})
}
