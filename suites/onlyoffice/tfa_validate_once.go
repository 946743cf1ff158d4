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

// validateRefusesReplays states that a code counts once, wherever it is used
// (RFC 6238 section 5.2).
func validateRefusesReplays(p *client.Client) {
	replayed, only := contract.SecondFactorReplayed, clause.Only(client.Documented)
	It("POST /settings/tfaapp/validate rejects a TOTP code that confirmed a log-in before",
		clause.Should("onlyoffice.tfa-validate.replayed", p.ValidateCode, replayed, only), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			refusesAtLink(ctx, p, e, replayed, conform.Set("code", p.ConfirmCode(ctx, e, p.Code(ctx, e.Codes))))
		})
	It("POST /settings/tfaapp/validate rejects a TOTP code that was used at the log-in by code",
		clause.Should("onlyoffice.tfa-validate.replayed-from-login", p.ValidateCode, replayed, only), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			refusesAtLink(ctx, p, e, replayed, conform.Set("code", p.UseCode(ctx, e, p.Code(ctx, e.Codes))))
		})
	It("POST /authentication/{code} rejects a TOTP code that confirmed a log-in before",
		clause.Should("onlyoffice.tfa-validate.replayed-at-login", p.LoginByCode, replayed, only), func(ctx SpecContext) {
			p.Only(p.ValidateCode)
			e := p.Enrol(ctx)
			refusesCode(ctx, p, e, p.ConfirmCode(ctx, e, p.Code(ctx, e.Codes)), replayed)
		})
	It("POST /authentication/{code} rejects the TOTP code that enrolled the app",
		clause.Should("onlyoffice.tfa-validate.replayed-first", p.LoginByCode, replayed, only), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			first := p.Code(ctx, n.Codes)
			p.Require("enrol with a first code", p.Activate(ctx, n, first), p.ValidateCode, client.Activated)
			n.Backup = p.ReadBackupCodes(ctx, n.Session)
			refusesCode(ctx, p, n.Enrolled, first, replayed)
		})
}

// validateOnceInParallel sends one code several times at once: one use may open a
// session, the others have to lead to the outcome of the clause.
func validateOnceInParallel(p *client.Client) {
	op := p.ValidateCode
	for _, row := range []conform.Row[codeOf]{
		{Text: "POST /settings/tfaapp/validate accepts one of several simultaneous uses of a TOTP code",
			Clause: clause.Should("onlyoffice.tfa-validate.parallel", op, contract.SecondFactorReplayed, clause.Only(client.Documented)),
			Given:  func(ctx context.Context, e *client.Enrolled) string { return p.Code(ctx, e.Codes) }},
		{Text: "POST /settings/tfaapp/validate accepts one of several simultaneous uses of a backup code",
			Clause: clause.Should("onlyoffice.tfa-validate.backup-parallel", op, contract.SecondFactorWrong,
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 2.3.4; checks#T15; checks#T31")),
			Given: func(_ context.Context, e *client.Enrolled) string { return e.TakeBackup() }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			const uses = 4 // the refused ones stay below the limit of wrong codes
			e := p.Enrol(ctx)
			right, l := client.Code(row.Given(ctx, e)), p.SecondStepLink(ctx, e)
			var attempts []conform.Attempt
			for range uses {
				attempts = append(attempts, conform.Attempt{By: p.Bearer(e.Who, l), Request: right})
			}
			accepted := 0
			for _, call := range p.Together(ctx, op, attempts) {
				if client.SetCookie(call, client.SessionCookie) != "" {
					p.Expect(call, op, client.Verified)
					accepted++
					continue
				}
				p.Expect(call, op, row.Clause.Outcome)
			}
			p.Check("uses that open a session", accepted, Equal(1))
		})
	}
}
