package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// Outcomes of unlinking an app (T9).
const (
	unlinkedOther = contract.Outcome("unlinked-other")
	idMissing     = contract.Outcome("id-missing")
)

func unlinksApp(p *portal) {
	Describe("PUT /api/2.0/settings/tfaappnewapp", func() {
		unlinksOwn(p)
		unlinkVoids(p)
		unlinkRefuses(p)
		unlinksOther(p)
	})
}

func unlinksOwn(p *portal) {
	op := p.unlink
	observed := clause.From(contract.Observed, "facts/onlyoffice.md 1.2; facts/auth-checks.md S07")
	It("unlinks the caller's own app and answers with the link to set up another",
		clause.Must("onlyoffice.tfa-unlink.own", op, contract.OK),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			call := p.unlinkOwn(ctx, n.enrolled)
			p.Expect(call, op, contract.OK)
			l := parseLink(value.Text(value.Of(call), "response"))
			p.Check("the link is one to set up an app", l.kind, Equal(tfaActivation))
			p.Check("the link is the caller's", l.uid, Equal(n.id))
		})
	It("ends all sessions of the user, the caller's own too",
		clause.Must("onlyoffice.tfa-unlink.ends-sessions", op, contract.OK, observed),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			caller := n.me
			other := p.code(ctx, n.enrolled, n.takeBackup())
			p.Require("open a second session", other, p.loginByCode, contract.OK)
			p.Expect(p.unlinkOwn(ctx, n.enrolled), op, contract.OK)
			p.over(ctx, caller)
			p.dead(ctx, token(other))
		})
	It("gives the caller a fresh session by cookie",
		clause.Must("onlyoffice.tfa-unlink.fresh-session", op, contract.OK, observed),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			former := n.me
			p.Expect(p.unlinkOwn(ctx, n.enrolled), op, contract.OK)
			p.Holds("the session cookie is another than before", n.me.Header.Get("Cookie") != former.Header.Get("Cookie"), "it is the same")
			p.works(ctx, n.me)
		})
	It("makes the next log-in ask for a new app, with another secret",
		clause.Must("onlyoffice.tfa-unlink.new-secret", op, contract.OK),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			p.Expect(p.unlinkOwn(ctx, n.enrolled), op, contract.OK)
			call := p.passwordOnly(ctx, n.enrolled)
			p.Expect(call, p.login, contract.EnrolmentRequired)
			key := p.Secret("totp-secret", value.Text(value.Of(call), "response", "tfaKey"))
			p.Holds("the secret is another than before", key != n.key, "it is the same")
		})
	It("leaves other users alone",
		clause.Must("onlyoffice.tfa-unlink.others", op, contract.OK),
		func(ctx SpecContext) {
			n, other := p.enrolNew(ctx), p.enrol(ctx)
			p.Expect(p.unlinkOwn(ctx, n.enrolled), op, contract.OK)
			p.works(ctx, other.me)
			p.Expect(p.passwordOnly(ctx, other), p.login, contract.SecondFactorRequired)
		})
}

// unlinkVoids states that nothing of the old app opens a session any more, once
// another app has taken its place (facts/auth-checks.md T23).
func unlinkVoids(p *portal) {
	wrong := contract.SecondFactorWrong
	old := clause.From(contract.Observed, "facts/onlyoffice.md 1.2; facts/auth-checks.md T23")
	It("makes codes of the old app worthless at the log-in by code",
		clause.Must("onlyoffice.tfa-unlink.old-code", p.loginByCode, wrong, old),
		func(ctx SpecContext) {
			n, kit := p.replacedApp(ctx)
			p.refusesCode(ctx, n.enrolled, p.Code(ctx, kit), wrong)
		})
	It("makes codes of the old app worthless on the confirmation of a log-in",
		clause.Must("onlyoffice.tfa-unlink.old-code-at-link", p.validateCode, wrong, old),
		func(ctx SpecContext) {
			n, kit := p.replacedApp(ctx)
			p.refusesAtLink(ctx, n.enrolled, wrong, conform.Set("code", p.Code(ctx, kit)))
		})
	It("does not enrol a new app with a code of the old one",
		clause.Must("onlyoffice.tfa-unlink.old-code-enrols", p.loginByCode, wrong, old),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			kit := n.codes
			p.Require("unlink the app", p.unlinkOwn(ctx, n.enrolled), p.unlink, contract.OK)
			p.Require("begin with another app", p.passwordOnly(ctx, n.enrolled), p.login, contract.EnrolmentRequired)
			p.Expect(p.code(ctx, n.enrolled, p.Code(ctx, kit)), p.loginByCode, wrong)
			p.Expect(p.passwordOnly(ctx, n.enrolled), p.login, contract.EnrolmentRequired)
		})
	It("makes the old backup codes worthless",
		clause.Must("onlyoffice.tfa-unlink.old-backup", p.loginByCode, wrong, old),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			backup := n.takeBackup()
			p.reenrol(ctx, n)
			p.refusesCode(ctx, n.enrolled, backup, wrong)
		})
}

func unlinkRefuses(p *portal) {
	op := p.unlink
	It("refuses a user who names another",
		clause.Must("onlyoffice.tfa-unlink.other-by-user", op, contract.Forbidden),
		func(ctx SpecContext) {
			n, victim := p.enrolNew(ctx), p.enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.me, Control: always(unlinkOf(n.id)), OnlyAfter: true,
				Changes: []conform.Change{renamed("the other user's id", conform.Set("id", victim.id))}, Outcome: contract.Forbidden,
				State: p.asks(ctx, victim),
			})
			p.works(ctx, victim.me)
		})
	It("refuses an administrator who is not the owner and names another", Serial,
		clause.Must("onlyoffice.tfa-unlink.other-by-admin", op, contract.Forbidden),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, owner)
			_, me := p.signedIn(ctx, admin)
			n := p.enrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss, Control: always(unlinkOf(n.id)), Expected: unlinkedOther, OnlyAfter: true,
				ChangedBy: me, Outcome: contract.Forbidden,
				State: p.asks(ctx, n.enrolled),
			})
		})
	It("refuses an administrator who names the owner",
		clause.Must("onlyoffice.tfa-unlink.owner-by-admin", op, contract.Forbidden, clause.Disrupts()),
		func(ctx SpecContext) {
			boss := p.enrolOwner(ctx)
			_, me := p.signedIn(ctx, admin)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss.me, Control: always(unlinkOf(boss.id)), OnlyAfter: true,
				ChangedBy: me, Outcome: contract.Forbidden,
				State: p.asks(ctx, boss.enrolled),
			})
		})
	It("refuses to unlink the app of a disabled account", Serial,
		clause.Should("onlyoffice.tfa-unlink.disabled", op, contract.Forbidden, clause.From(contract.Observed, "facts/onlyoffice.md 7.9")),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, owner)
			gone := p.profileID(ctx, boss, p.Lease(disabled).Login)
			n := p.enrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss, Control: always(unlinkOf(n.id)), Expected: unlinkedOther, OnlyAfter: true,
				Changes: []conform.Change{renamed("the disabled account's id", conform.Set("id", gone))}, Outcome: contract.Forbidden,
			})
		})
	It("refuses a request that names nobody",
		clause.Must("onlyoffice.tfa-unlink.id-missing", op, idMissing, clause.Only(release37)),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.me, Control: always(unlinkOf(n.id)), OnlyAfter: true,
				Changes: []conform.Change{conform.Drop("id")}, Outcome: idMissing,
				State: p.asks(ctx, n.enrolled),
			})
		})
	It("refuses an id that is none",
		clause.Should("onlyoffice.tfa-unlink.id-malformed", op, contract.InvalidType),
		func(ctx SpecContext) {
			n := p.enrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.me, Control: always(unlinkOf(n.id)), OnlyAfter: true,
				Changes: []conform.Change{renamed("no id", conform.Set("id", "not-a-user-id"))}, Outcome: contract.InvalidType,
				State: p.asks(ctx, n.enrolled),
			})
		})
}

func unlinksOther(p *portal) {
	It("lets the owner unlink the app of another user, whose sessions end", Serial,
		clause.Must("onlyoffice.tfa-unlink.other-by-owner", p.unlink, unlinkedOther),
		func(ctx SpecContext) {
			_, boss := p.signedIn(ctx, owner)
			n := p.enrolNew(ctx)
			p.Expect(p.Do(ctx, boss, p.unlink, unlinkOf(n.id)), p.unlink, unlinkedOther)
			p.over(ctx, n.me)
			p.works(ctx, boss)
			p.Expect(p.passwordOnly(ctx, n.enrolled), p.login, contract.EnrolmentRequired)
		})
}

func unlinkOf(id string) conform.Request { return conform.Request{JSON: conform.Object{"id": id}} }

// enrolNew is an enrolled identity whose app may be unlinked: the target file
// does not know its secret.
func (p *portal) enrolNew(ctx context.Context) *enrolment {
	GinkgoHelper()
	n := p.startEnrolment(ctx)
	p.finishEnrolment(ctx, n)
	return n
}

// unlinkOwn unlinks the identity's app. The fresh session that this opens becomes
// the identity's.
func (p *portal) unlinkOwn(ctx context.Context, e *enrolled) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, e.me, p.unlink, unlinkOf(e.id))
	if p.Is(call, p.unlink, contract.OK) {
		e.me = p.Actor(e.who.Name, e.who, cookie(setCookie(call, sessionCookie)))
	}
	return call
}

// reenrol unlinks the app and enrols another.
func (p *portal) reenrol(ctx context.Context, n *enrolment) {
	GinkgoHelper()
	p.Require("unlink the app", p.unlinkOwn(ctx, n.enrolled), p.unlink, contract.OK)
	n.codes = p.firstStep(ctx, n.who)
	p.finishEnrolment(ctx, n)
}

// replacedApp is an identity with another app than before, and the old app's
// codes.
func (p *portal) replacedApp(ctx context.Context) (*enrolment, *otp.Kit) {
	GinkgoHelper()
	n := p.enrolNew(ctx)
	old := n.codes
	p.reenrol(ctx, n)
	return n, old
}

// enrolOwner makes the second factor mandatory for the owner and enrols the
// owner. Both are taken back when the spec ends.
func (p *portal) enrolOwner(ctx context.Context) *enrolment {
	GinkgoHelper()
	who, boss := p.signedIn(ctx, owner)
	id := p.id(ctx, boss)
	_, former := p.keepTFA(ctx)
	p.Require("make the second factor mandatory for the owner",
		p.Do(ctx, boss, p.updateTFA, former.with(tfaApp, id).request()), p.updateTFA, contract.OK)
	e := &enrolled{who: who, id: id, me: p.Anonymous(), codes: p.firstStep(ctx, who)}
	DeferCleanup(func(ctx SpecContext) { p.unenrol(ctx, e) })
	n := &enrolment{enrolled: e}
	p.finishEnrolment(ctx, n)
	return n
}

// profileID is the id of a user who cannot sign in to tell it.
func (p *portal) profileID(ctx context.Context, by *conform.Actor, login string) string {
	GinkgoHelper()
	call := p.Do(ctx, by, p.profileByEmail, conform.Request{Query: query("email", login)})
	p.Require("read the profile of a disabled account", call, p.profileByEmail, contract.OK)
	return value.Text(value.Of(call), "response", "id")
}
