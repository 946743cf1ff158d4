package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/barong/client"
)

// bound is the authority for a token that is good for one account and one thing.
var bound = clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.6.2; checks#T28; checks#J09")

// resetsNoMore states that a reset sets the password of its token's account, and nothing else.
func resetsNoMore(p *api) {
	op := p.ConfirmPasswordReset
	reset := func(ctx context.Context, a *client.Account, members conform.Object) {
		GinkgoHelper()
		r := p.PasswordReset(p.ResetToken(ctx, a), p.Next(a))
		for name, v := range members {
			r = r.With(name, v)
		}
		p.Require("reset the password", p.Do(ctx, p.Visitor(), op, r), op, contract.OK)
	}
	It("POST /identity/users/password/confirm_code sets the password of its token's account whatever account the request names",
		clause.Should("barong.password-reset.own-account", op, contract.OK, bound), func(ctx SpecContext) {
			me, other := p.Changeable(ctx), p.Member(ctx)
			for _, members := range []conform.Object{
				{"uid": value.Text(other.User, "uid")}, {"email": other.Account.Login}, {"user": conform.Object{"email": other.Account.Login}},
			} {
				reset(ctx, me.Account, members)
				p.Check("the other user's password still opens a session", p.LogsIn(ctx, other.Account, other.Account.Password), BeTrue())
			}
		})
	It("POST /identity/users/password/confirm_code leaves the state of a pending account as it is",
		clause.Graded("barong.password-reset.keeps-state", op, contract.OK,
			clause.From(contract.Observed, "barong#1.7-computed")), func(ctx SpecContext) {
			me := p.Newcomer(ctx)
			if me.Account.Pooled {
				me.Account.Retire("a spec reset its password")
			}
			a := me.Account
			password := p.Next(a)
			call := p.Do(ctx, p.Visitor(), op, p.PasswordReset(p.ResetToken(ctx, a), password))
			p.Require("reset the password", call, op, contract.OK)
			again := p.TryLogIn(ctx, a, p.Credentials(a, "").With("password", password))
			p.Require("log in with the new password", again, p.CreateSession, contract.OK)
			p.Check("the state of the account", value.Text(value.Of(again), "state"), Equal("pending"))
		})
	It("POST /identity/users/password/confirm_code ends no session when it rejects a reset",
		clause.Should("barong.password-reset.refusal-ends-nothing", op, "passwords-differ",
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.4.3")), func(ctx SpecContext) {
			me := p.Member(ctx)
			token := p.ResetToken(ctx, me.Account)
			weak := p.PasswordReset(token, known[0])
			p.Require("have a weak password refused", p.Do(ctx, p.Visitor(), op, weak), op, "password-weak")
			differing := p.PasswordReset(token, p.Secret("password", client.NewPassword())).
				With("confirm_password", p.Secret("password", client.NewPassword()))
			p.Expect(p.Do(ctx, p.Visitor(), op, differing), op, "passwords-differ")
			p.ExpectAlive(ctx, me)
		})
}
