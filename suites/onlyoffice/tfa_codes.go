package onlyoffice

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/value"
	"authconform/suites/onlyoffice/client"
)

// backupCount and backupForm are what a portal ships with.
const (
	backupCount = 5
	backupForm  = `^[A-Za-z0-9_-]{6}$`
)

func tfaCodesShown(p *client.Client) {
	op, shipped := p.BackupCodes, clause.From(contract.Observed, "onlyoffice#2.1-step-5; onlyoffice#2.1-backup-form")
	It("GET /settings/tfaappcodes shows a newly enrolled user backup codes that are all unused",
		clause.Must("onlyoffice.tfa-codes.unused", op, contract.OK), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			first := p.SendCode(ctx, n.Enrolled, p.Code(ctx, n.Codes))
			p.Require("enrol with a first code", first, p.LoginByCode, contract.OK)
			n.Session = p.Session(n.Who, first)
			call := p.DoExpect(ctx, n.Session, op, client.NoBody, contract.OK)
			p.Check("codes that are not used", p.UnusedCodes(call), HaveLen(len(value.List(value.Of(call), "response"))))
		})
	It("GET /settings/tfaappcodes returns in count how many backup codes it lists",
		clause.Should("onlyoffice.tfa-codes.count", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#1.0-count")), func(ctx SpecContext) {
			all := value.Of(p.DoExpect(ctx, p.Enrol(ctx).Session, op, client.NoBody, contract.OK))
			p.Check("count", value.Number(all, "count"), Equal(len(value.List(all, "response"))))
		})
	It("GET /settings/tfaappcodes shows a newly enrolled user five backup codes",
		clause.Should("onlyoffice.tfa-codes.five", op, contract.OK, shipped),
		func(ctx SpecContext) { p.Check("backup codes", len(p.EnrolNew(ctx).Backup), Equal(backupCount)) })
	It("GET /settings/tfaappcodes shows different backup codes of six letters, digits, hyphens and underscores",
		clause.Should("onlyoffice.tfa-codes.form", op, contract.OK, shipped), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Check("each backup code", e.Backup, HaveEach(MatchRegexp(backupForm)))
			p.Check("different ones", slices.Compact(slices.Sorted(slices.Values(e.Backup))), HaveLen(len(e.Backup)))
		})
}

func tfaCodesMarked(p *client.Client) {
	op, observed := p.BackupCodes, clause.From(contract.Observed, "onlyoffice#2.1")
	expectUnused := func(ctx context.Context, e *client.Enrolled) {
		GinkgoHelper()
		call := p.DoExpect(ctx, e.Session, op, client.NoBody, contract.OK)
		p.Check("the codes that are not used", p.UnusedCodes(call), Equal(e.Backup))
	}
	It("GET /settings/tfaappcodes marks a backup code as used after its use, and no other",
		clause.Must("onlyoffice.tfa-codes.marked", op, contract.OK, observed), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.UseCode(ctx, e, e.TakeBackup())
			expectUnused(ctx, e)
		})
	It("GET /settings/tfaappcodes marks no backup code as used after a wrong one was tried",
		clause.Must("onlyoffice.tfa-codes.not-marked", op, contract.OK, observed), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Require("get a wrong code refused", p.SendCode(ctx, e, e.BackupInOtherCase()), p.LoginByCode, contract.SecondFactorWrong)
			expectUnused(ctx, e)
		})
}

func tfaCodesOfOthers(p *client.Client) {
	op := p.BackupCodes
	It("GET /settings/tfaappcodes shows two users no backup code in common",
		clause.Should("onlyoffice.tfa-codes.own", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.5.3; checks#T03")), func(ctx SpecContext) {
			one, two := p.Enrol(ctx), p.Enrol(ctx)
			p.Check("codes that two users share", client.SharedCodes(one.Backup, two.Backup), BeEmpty())
		})
	It("GET /settings/tfaappcodes shows the caller's own backup codes when the query names another user",
		clause.Should("onlyoffice.tfa-codes.foreign", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.2.2; checks#F16")), func(ctx SpecContext) {
			e, other := p.Enrol(ctx), p.Enrol(ctx)
			for _, name := range []string{"id", "userId", "userid", "uid"} {
				call := p.DoExpect(ctx, e.Session, op, client.Query(name, other.ID), contract.OK)
				p.Check("the codes shown", p.UnusedCodes(call), Equal(e.Backup))
			}
		})
	It("GET /settings/tfaappcodes is unavailable to a user without a second factor",
		clause.Must("onlyoffice.tfa-codes.no-second-factor", op, contract.Unavailable),
		func(ctx SpecContext) { codesUnavailableWithoutApp(ctx, p, op) })
	It("GET /settings/tfaappcodes is unavailable once the app is unlinked",
		clause.Must("onlyoffice.tfa-codes.unlinked", op, contract.Unavailable),
		func(ctx SpecContext) { codesUnavailableOnceUnlinked(ctx, p, op) })
	It("GET /settings/tfaappcodes is unavailable while the second factor is off",
		clause.Must("onlyoffice.tfa-codes.off", op, contract.Unavailable, clause.Disrupts()),
		func(ctx SpecContext) { codesUnavailableWhileOff(ctx, p, op) })
}

// codesUnavailableWithoutApp requires, for showing and for renewing, that a user
// without an app has no backup codes. The control is an enrolled user.
func codesUnavailableWithoutApp(ctx context.Context, p *client.Client, op *contract.Operation) {
	GinkgoHelper()
	_, session := p.SignedIn(ctx, client.User)
	e := p.Enrol(ctx)
	p.Refuses(ctx, conform.Refusal{
		Operation: op, By: e.Session, Control: client.Always(client.NoBody), ChangedBy: session, Outcome: contract.Unavailable,
	})
	e.Backup = p.ReadBackupCodes(ctx, e.Session)
}

func codesUnavailableOnceUnlinked(ctx context.Context, p *client.Client, op *contract.Operation) {
	GinkgoHelper()
	n := p.EnrolNew(ctx)
	p.DoRequire(ctx, "get it while the app is linked", n.Session, op, client.NoBody, contract.OK)
	p.Require("unlink the app", p.UnlinkOwn(ctx, n.Enrolled), p.UnlinkApp, contract.OK)
	p.DoExpect(ctx, n.Session, op, client.NoBody, contract.Unavailable)
}

func codesUnavailableWhileOff(ctx context.Context, p *client.Client, op *contract.Operation) {
	GinkgoHelper()
	e := p.Enrol(ctx)
	p.DoRequire(ctx, "get it while the second factor is on", e.Session, op, client.NoBody, contract.OK)
	e.Backup = p.ReadBackupCodes(ctx, e.Session)
	keeper, former := p.KeepTFA(ctx)
	p.SwitchTFA(ctx, keeper, former.With(client.TFANone))
	e.Session = p.SignIn(ctx, e.Who)
	p.DoExpect(ctx, e.Session, op, client.NoBody, contract.Unavailable)
}
