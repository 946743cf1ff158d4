package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// codesStaySpent states that nothing that happens later makes a used code count again. What
// may happen does so in a row, with one code: each would take a time step of its own.
func codesStaySpent(p *client.Client) {
	op := p.LoginByCode
	stale := func(ctx context.Context, e *client.Enrolled, code, after string, outcome contract.Outcome) {
		GinkgoHelper()
		p.ExpectShut("the used code after "+after, p.SendCode(ctx, e, code), op, outcome)
	}
	usedThenLoggedOut := func(ctx context.Context, e *client.Enrolled, code string) {
		GinkgoHelper()
		used := p.SendCode(ctx, e, code)
		p.Require("use the code once", used, op, contract.OK)
		p.Require("get a wrong code refused", p.SendCode(ctx, e, e.Codes.Wrong(client.Window)), op, contract.SecondFactorWrong)
		p.SignOut(ctx, p.Session(e.Who, used))
	}
	It("POST /authentication/{code} rejects a used TOTP code after a wrong one, after a log-out and after new backup codes",
		clause.Should("onlyoffice.code.replayed-later", op, contract.SecondFactorReplayed, clause.Only(client.Documented),
			clause.From(contract.Standard, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 6.5.1; checks#T10")), func(ctx SpecContext) {
			p.Only(p.Logout, p.RenewCodes)
			e := p.WithApp(ctx)
			code := p.Code(ctx, e.Codes)
			usedThenLoggedOut(ctx, e, code)
			stale(ctx, e, code, "a wrong one and a log-out", contract.SecondFactorReplayed)
			p.Require("renew the backup codes", p.Renew(ctx, e), p.RenewCodes, contract.OK)
			stale(ctx, e, code, "new backup codes", contract.SecondFactorReplayed)
			p.Require("log in by a code that is new", p.SendCode(ctx, e, e.TakeBackup()), op, contract.OK)
		})
	It("POST /authentication/{code} rejects a used backup code after a wrong code and a log-out",
		clause.Should("onlyoffice.code.backup-reused-later", op, contract.SecondFactorWrong,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.5.1; checks#T31")), func(ctx SpecContext) {
			p.Only(p.Logout)
			e := p.WithApp(ctx)
			code := e.TakeBackup()
			usedThenLoggedOut(ctx, e, code)
			stale(ctx, e, code, "a wrong one and a log-out", contract.SecondFactorWrong)
			p.Require("log in by a code that is new", p.SendCode(ctx, e, e.TakeBackup()), op, contract.OK)
		})
}
