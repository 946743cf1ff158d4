package onlyoffice

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

func tfaNewCodes(p *client.Client) {
	op := p.RenewCodes
	It("PUT /settings/tfaappnewcodes replaces all backup codes, used and unused, by new unused ones",
		clause.Must("onlyoffice.tfa-new-codes.replaced", op, contract.OK), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			old := slices.Clone(e.Backup)
			p.UseCode(ctx, e, e.TakeBackup())
			call := p.Renew(ctx, e)
			p.Expect(call, op, contract.OK)
			p.Check("as many new codes, none of them used", e.Backup, HaveLen(len(value.List(value.Of(call), "response"))))
			p.Check("codes that are in both sets", client.SharedCodes(old, e.Backup), BeEmpty())
			p.Check("the codes shown from then on", p.ReadBackupCodes(ctx, e.Session), Equal(e.Backup))
		})
	It("PUT /settings/tfaappnewcodes returns five backup codes of six letters, digits, hyphens and underscores",
		clause.Should("onlyoffice.tfa-new-codes.five", op, contract.OK,
			clause.From(contract.Observed, "onlyoffice#2.1-step-5; onlyoffice#2.1-backup-form")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Expect(p.Renew(ctx, e), op, contract.OK)
			p.Check("backup codes", len(e.Backup), Equal(backupCount))
			p.Check("each backup code", e.Backup, HaveEach(MatchRegexp(backupForm)))
		})
	It("PUT /settings/tfaappnewcodes returns a backup code that opens a session, although one of the former set was used",
		clause.Must("onlyoffice.tfa-new-codes.open", op, contract.OK), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.UseCode(ctx, e, e.TakeBackup()) // the one in the same place of the set
			p.Expect(p.Renew(ctx, e), op, contract.OK)
			p.Expect(p.SendCode(ctx, e, e.TakeBackup()), p.LoginByCode, contract.OK)
		})
	It("PUT /settings/tfaappnewcodes keeps the app enrolled and the session alive",
		clause.Must("onlyoffice.tfa-new-codes.app-kept", op, contract.OK), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Expect(p.Renew(ctx, e), op, contract.OK)
			p.ExpectAlive(ctx, e.Session)
			p.Expect(p.SendCode(ctx, e, p.Code(ctx, e.Codes)), p.LoginByCode, contract.OK)
		})
	It("PUT /settings/tfaappnewcodes keeps the backup codes of another user whom the query names",
		clause.Should("onlyoffice.tfa-new-codes.foreign", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.2.2; checks#F16")), func(ctx SpecContext) {
			e, other := p.Enrol(ctx), p.Enrol(ctx)
			call := p.DoExpect(ctx, e.Session, op, client.Query("id", other.ID, "userId", other.ID), contract.OK)
			e.Backup = p.UnusedCodes(call)
			p.Check("the other user's codes", p.ReadBackupCodes(ctx, other.Session), Equal(other.Backup))
		})
	wrong := contract.SecondFactorWrong
	replaced := func(ctx SpecContext) (e *client.Enrolled, old string) {
		GinkgoHelper()
		e = p.Enrol(ctx)
		old = e.TakeBackup()
		p.Require("renew the codes", p.Renew(ctx, e), p.RenewCodes, contract.OK)
		return e, old
	}
	It("POST /authentication/{code} rejects a backup code that was replaced",
		clause.Must("onlyoffice.tfa-new-codes.old-at-login", p.LoginByCode, wrong), func(ctx SpecContext) {
			p.Only(p.RenewCodes)
			e, old := replaced(ctx)
			refusesCode(ctx, p, e, old, wrong)
		})
	It("POST /settings/tfaapp/validate rejects a backup code that was replaced",
		clause.Must("onlyoffice.tfa-new-codes.old-at-link", p.ValidateCode, wrong), func(ctx SpecContext) {
			e, old := replaced(ctx)
			refusesAtLink(ctx, p, e, wrong, conform.Set("code", old))
		})
	It("PUT /settings/tfaappnewcodes is unavailable to a user without a second factor",
		clause.Must("onlyoffice.tfa-new-codes.no-second-factor", op, contract.Unavailable),
		func(ctx SpecContext) { codesUnavailableWithoutApp(ctx, p, op) })
	It("PUT /settings/tfaappnewcodes is unavailable once the app is unlinked",
		clause.Must("onlyoffice.tfa-new-codes.unlinked", op, contract.Unavailable),
		func(ctx SpecContext) { codesUnavailableOnceUnlinked(ctx, p, op) })
	It("PUT /settings/tfaappnewcodes is unavailable while the second factor is off",
		clause.Must("onlyoffice.tfa-new-codes.off", op, contract.Unavailable, clause.Disrupts()),
		func(ctx SpecContext) { codesUnavailableWhileOff(ctx, p, op) })
}
