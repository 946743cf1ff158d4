package onlyoffice

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/value"
)

// backupCount and backupForm are what a portal ships with.
const (
	backupCount = 5
	backupForm  = `^[A-Za-z0-9_-]{6}$`
)

func appBackupCodes(p *portal) {
	Describe("GET /api/2.0/settings/tfaappcodes", func() {
		showsBackupCodes(p)
		refusesBackupCodes(p, p.backupCodes, "tfa-codes")
	})
	Describe("PUT /api/2.0/settings/tfaappnewcodes", func() {
		renewsBackupCodes(p)
		refusesBackupCodes(p, p.renewCodes, "tfa-new-codes")
	})
}

func showsBackupCodes(p *portal) {
	op := p.backupCodes
	shipped := clause.From(contract.Observed, "facts/onlyoffice.md 2.1 step 5")
	It("shows an enrolled user their backup codes, none of them used",
		clause.Must("onlyoffice.tfa-codes.unused", op, contract.OK),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			first := p.code(ctx, n.enrolled, p.Code(ctx, n.codes))
			p.Require("enrol with a first code", first, p.loginByCode, contract.OK)
			n.me = p.Actor(n.who.Name, n.who, cookie(token(first)))
			call := p.Do(ctx, n.me, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("codes that are not used", p.unusedCodes(call), HaveLen(len(value.List(value.Of(call), "response"))))
		})
	It("makes five of them",
		clause.Should("onlyoffice.tfa-codes.five", op, contract.OK, shipped),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.finishEnrolment(ctx, n)
			p.Check("backup codes", len(n.backup), Equal(backupCount))
		})
	It("makes them of six letters, digits, hyphens and underscores, each another",
		clause.Should("onlyoffice.tfa-codes.form", op, contract.OK, shipped),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Check("each backup code", e.backup, HaveEach(MatchRegexp(backupForm)))
			p.Check("different ones", slices.Compact(slices.Sorted(slices.Values(e.backup))), HaveLen(len(e.backup)))
		})
	It("marks a code as used once it was, and no other",
		clause.Must("onlyoffice.tfa-codes.marked", op, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.used(ctx, e, e.takeBackup())
			call := p.Do(ctx, e.me, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("the codes that are not used", p.unusedCodes(call), Equal(e.backup))
		})
	It("does not mark a code as used because a wrong one was tried",
		clause.Must("onlyoffice.tfa-codes.not-marked", op, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Require("get a wrong code refused", p.code(ctx, e, e.otherCase()), p.loginByCode, contract.SecondFactorWrong)
			call := p.Do(ctx, e.me, op, conform.Request{})
			p.Expect(call, op, contract.OK)
			p.Check("the codes that are not used", p.unusedCodes(call), Equal(e.backup))
		})
	It("gives each user codes of their own",
		clause.Should("onlyoffice.tfa-codes.own", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.3; facts/auth-checks.md T03")),
		func(ctx SpecContext) {
			one, two := p.enrol(ctx), p.enrol(ctx)
			p.Check("codes that two users share", shared(one.backup, two.backup), BeEmpty())
		})
	It("shows nobody else's codes, whoever the request names",
		clause.Should("onlyoffice.tfa-codes.foreign", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 8.2.2; facts/auth-checks.md F16")),
		func(ctx SpecContext) {
			e, other := p.enrol(ctx), p.enrol(ctx)
			for _, name := range []string{"id", "userId", "userid", "uid"} {
				call := p.Do(ctx, e.me, op, conform.Request{Query: query(name, other.id)})
				p.Expect(call, op, contract.OK)
				p.Check("the codes shown", p.unusedCodes(call), Equal(e.backup))
			}
		})
}

func renewsBackupCodes(p *portal) {
	op := p.renewCodes
	It("replaces the whole set by new codes, used and unused",
		clause.Must("onlyoffice.tfa-new-codes.replaced", op, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			old := slices.Clone(e.backup)
			p.used(ctx, e, e.takeBackup())
			call := p.renew(ctx, e)
			p.Expect(call, op, contract.OK)
			p.Check("as many new codes, none of them used", e.backup, HaveLen(len(value.List(value.Of(call), "response"))))
			p.Check("codes that are in both sets", shared(old, e.backup), BeEmpty())
			p.Check("the codes shown from then on", p.readBackupCodes(ctx, e.me), Equal(e.backup))
		})
	It("makes as many codes as an enrolment does",
		clause.Should("onlyoffice.tfa-new-codes.five", op, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.1 step 5")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.renew(ctx, e), op, contract.OK)
			p.Check("backup codes", len(e.backup), Equal(backupCount))
			p.Check("each backup code", e.backup, HaveEach(MatchRegexp(backupForm)))
		})
	It("makes codes that open a session",
		clause.Must("onlyoffice.tfa-new-codes.open", op, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.renew(ctx, e), op, contract.OK)
			p.Expect(p.code(ctx, e, e.takeBackup()), p.loginByCode, contract.OK)
		})
	It("makes the old codes worthless at the log-in by code",
		clause.Must("onlyoffice.tfa-new-codes.old-at-login", p.loginByCode, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			old := e.takeBackup()
			p.Require("renew the codes", p.renew(ctx, e), op, contract.OK)
			p.refusesCode(ctx, e, old, contract.SecondFactorWrong)
		})
	It("makes the old codes worthless on the confirmation of a log-in",
		clause.Must("onlyoffice.tfa-new-codes.old-at-link", p.validateCode, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			old := e.takeBackup()
			p.Require("renew the codes", p.renew(ctx, e), op, contract.OK)
			p.refusesAtLink(ctx, e, contract.SecondFactorWrong, conform.Set("code", old))
		})
	It("keeps the app and the sessions of the user",
		clause.Must("onlyoffice.tfa-new-codes.app-kept", op, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.renew(ctx, e), op, contract.OK)
			p.works(ctx, e.me)
			p.Expect(p.code(ctx, e, p.Code(ctx, e.codes)), p.loginByCode, contract.OK)
		})
	It("renews nobody else's codes, whoever the request names",
		clause.Should("onlyoffice.tfa-new-codes.foreign", op, contract.OK, clause.From(contract.Standard, "OWASP ASVS 5.0 8.2.2; facts/auth-checks.md F16")),
		func(ctx SpecContext) {
			e, other := p.enrol(ctx), p.enrol(ctx)
			call := p.Do(ctx, e.me, op, conform.Request{Query: query("id", other.id, "userId", other.id)})
			p.Expect(call, op, contract.OK)
			e.backup = p.unusedCodes(call)
			p.Check("the other user's codes", p.readBackupCodes(ctx, other.me), Equal(other.backup))
		})
}

// refusesBackupCodes states, for showing and for renewing, that there are no
// codes without an app. The control is an enrolled user.
func refusesBackupCodes(p *portal, op *contract.Operation, area string) {
	id := "onlyoffice." + area + "."
	It("is not available to a user without a second factor",
		clause.Must(id+"no-second-factor", op, contract.Unavailable),
		func(ctx SpecContext) {
			_, me := p.signedIn(ctx, user)
			e := p.enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: e.me, Control: always(conform.Request{}), ChangedBy: me, Outcome: contract.Unavailable,
			})
			e.backup = p.readBackupCodes(ctx, e.me)
		})
	It("is not available once the app is unlinked",
		clause.Must(id+"unlinked", op, contract.Unavailable),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.finishEnrolment(ctx, n)
			p.Require("get it while the app is linked", p.Do(ctx, n.me, op, conform.Request{}), op, contract.OK)
			p.Require("unlink the app", p.unlinkOwn(ctx, n.enrolled), p.unlink, contract.OK)
			call := p.Do(ctx, n.me, op, conform.Request{})
			p.Expect(call, op, contract.Unavailable)
		})
	It("is not available while the second factor is off",
		clause.Must(id+"off", op, contract.Unavailable, clause.Disrupts()),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Require("get it while the second factor is on", p.Do(ctx, e.me, op, conform.Request{}), op, contract.OK)
			e.backup = p.readBackupCodes(ctx, e.me)
			keeper, former := p.keepTFA(ctx)
			p.switchTFA(ctx, keeper, former.with(tfaNone))
			e.me = p.signIn(ctx, e.who)
			p.Expect(p.Do(ctx, e.me, op, conform.Request{}), op, contract.Unavailable)
		})
}

// renew replaces the backup codes of an enrolled user.
func (p *portal) renew(ctx context.Context, e *enrolled) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, e.me, p.renewCodes, conform.Request{})
	if p.Is(call, p.renewCodes, contract.OK) {
		e.backup = p.unusedCodes(call)
	}
	return call
}

// shared are the codes that are in both sets.
func shared(one, two []string) []string {
	return slices.DeleteFunc(slices.Clone(one), func(code string) bool { return !slices.Contains(two, code) })
}
