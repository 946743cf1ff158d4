package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func unlinksApp(p *client.Client) {
	It("PUT /settings/tfaappnewapp unlinks the app of another user for the owner and ends that user's session",
		clause.Must("onlyoffice.tfa-unlink.other-by-owner", p.UnlinkApp, client.UnlinkedOther), Serial, func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Owner)
			n := p.EnrolNew(ctx)
			p.DoExpect(ctx, boss, p.UnlinkApp, client.Unlink(n.ID), client.UnlinkedOther)
			p.ExpectEnded(ctx, n.Session)
			p.ExpectAlive(ctx, boss)
			p.Expect(p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
		})
	op := p.UnlinkApp
	observed := clause.From(contract.Observed, "onlyoffice#1.2-effects; checks#S07")
	It("PUT /settings/tfaappnewapp unlinks the caller's own app and returns the link to set up another",
		clause.Must("onlyoffice.tfa-unlink.own", op, contract.OK), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			call := p.UnlinkOwn(ctx, n.Enrolled)
			p.Expect(call, op, contract.OK)
			l := client.ParseLink(client.Text(call))
			p.Check("the link is one to set up an app", l.Kind, Equal(client.TFAActivation))
			p.Check("the link is the caller's", l.UID, Equal(n.ID))
		})
	It("PUT /settings/tfaappnewapp ends every session of the user, the caller's own too",
		clause.Must("onlyoffice.tfa-unlink.ends-sessions", op, contract.OK, observed), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			caller := n.Session
			other := p.SendCode(ctx, n.Enrolled, n.TakeBackup())
			p.Require("open a second session", other, p.LoginByCode, contract.OK)
			p.Expect(p.UnlinkOwn(ctx, n.Enrolled), op, contract.OK)
			p.ExpectEnded(ctx, caller)
			p.ExpectTokenEnded(ctx, client.Token(other))
		})
	It("PUT /settings/tfaappnewapp gives the caller a new session as a cookie",
		clause.Must("onlyoffice.tfa-unlink.fresh-session", op, contract.OK, observed), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			former := n.Session.Header.Get("Cookie")
			p.Expect(p.UnlinkOwn(ctx, n.Enrolled), op, contract.OK)
			p.Holds("the session cookie is another than before", n.Session.Header.Get("Cookie") != former, "it is the same")
			p.ExpectAlive(ctx, n.Session)
		})
	It("PUT /settings/tfaappnewapp makes the next log-in ask for an enrolment with another shared secret",
		clause.Must("onlyoffice.tfa-unlink.new-secret", op, contract.OK), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			p.Expect(p.UnlinkOwn(ctx, n.Enrolled), op, contract.OK)
			call := p.LogIn(ctx, n.Who)
			p.Expect(call, p.Login, contract.EnrolmentRequired)
			p.Holds("the secret is another than before", p.TFAKey(call) != n.Key, "it is the same")
		})
	It("PUT /settings/tfaappnewapp keeps the app and the session of another user",
		clause.Must("onlyoffice.tfa-unlink.others", op, contract.OK), func(ctx SpecContext) {
			n, other := p.EnrolNew(ctx), p.Enrol(ctx)
			p.Expect(p.UnlinkOwn(ctx, n.Enrolled), op, contract.OK)
			p.ExpectAlive(ctx, other.Session)
			p.Expect(p.LogIn(ctx, other.Who), p.Login, contract.SecondFactorRequired)
		})
}

// unlinkVoidsOldApp states that nothing of the old app opens a session any more,
// once another app has taken its place (checks#T23).
func unlinkVoidsOldApp(p *client.Client) {
	wrong := contract.SecondFactorWrong
	old := clause.From(contract.Observed, "onlyoffice#1.2-effects; checks#T23")
	It("POST /authentication/{code} rejects a TOTP code of an app that was replaced",
		clause.Must("onlyoffice.tfa-unlink.old-code", p.LoginByCode, wrong, old), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			kit := p.ReplaceApp(ctx, n)
			refusesCode(ctx, p, n.Enrolled, p.Code(ctx, kit), wrong)
		})
	It("POST /settings/tfaapp/validate rejects a TOTP code of an app that was replaced",
		clause.Must("onlyoffice.tfa-unlink.old-code-at-link", p.ValidateCode, wrong, old), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			kit := p.ReplaceApp(ctx, n)
			refusesAtLink(ctx, p, n.Enrolled, wrong, conform.Set("code", p.Code(ctx, kit)))
		})
	It("POST /authentication/{code} does not enrol a new app with a TOTP code of the unlinked one",
		clause.Must("onlyoffice.tfa-unlink.old-code-enrols", p.LoginByCode, wrong, old), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			p.Require("unlink the app", p.UnlinkOwn(ctx, n.Enrolled), p.UnlinkApp, contract.OK)
			p.Require("begin with another app", p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
			p.Expect(p.SendCode(ctx, n.Enrolled, p.Code(ctx, n.Codes)), p.LoginByCode, wrong)
			p.Expect(p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
		})
	It("POST /authentication/{code} does not enrol a new app with a backup code of the unlinked one",
		clause.Must("onlyoffice.tfa-unlink.old-backup-enrols", p.LoginByCode, wrong, old), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			backup := n.TakeBackup()
			p.Require("unlink the app", p.UnlinkOwn(ctx, n.Enrolled), p.UnlinkApp, contract.OK)
			p.Require("begin with another app", p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
			p.Expect(p.SendCode(ctx, n.Enrolled, backup), p.LoginByCode, wrong)
			p.Expect(p.LogIn(ctx, n.Who), p.Login, contract.EnrolmentRequired)
		})
	It("POST /authentication/{code} rejects a backup code of an app that was replaced",
		clause.Must("onlyoffice.tfa-unlink.old-backup", p.LoginByCode, wrong, old), func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			backup := n.TakeBackup()
			p.ReplaceApp(ctx, n)
			refusesCode(ctx, p, n.Enrolled, backup, wrong)
		})
}

func unlinkRefuses(p *client.Client) {
	op, forbidden := p.UnlinkApp, contract.Forbidden
	It("PUT /settings/tfaappnewapp rejects the id of another user from a user",
		clause.Must("onlyoffice.tfa-unlink.other-by-user", op, forbidden), func(ctx SpecContext) {
			n, victim := p.EnrolNew(ctx), p.Enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.Session, Control: client.Always(client.Unlink(n.ID)), OnlyAfter: true,
				Changes: []conform.Change{set("the other user's id", "id", victim.ID)}, Outcome: forbidden,
				State: p.AskedFactor(ctx, victim),
			})
			p.ExpectAlive(ctx, victim.Session)
		})
	It("PUT /settings/tfaappnewapp rejects the id of a user from an administrator who is not the owner",
		clause.Must("onlyoffice.tfa-unlink.other-by-admin", op, forbidden), Serial, func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Owner)
			_, admin := p.SignedIn(ctx, client.Admin)
			n := p.EnrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss, Control: client.Always(client.Unlink(n.ID)), Expected: client.UnlinkedOther, OnlyAfter: true,
				ChangedBy: admin, Outcome: forbidden, State: p.AskedFactor(ctx, n.Enrolled),
			})
		})
	It("PUT /settings/tfaappnewapp rejects the id of the owner from an administrator",
		clause.Must("onlyoffice.tfa-unlink.owner-by-admin", op, forbidden, clause.Disrupts()), func(ctx SpecContext) {
			boss := p.EnrolOwner(ctx)
			_, admin := p.SignedIn(ctx, client.Admin)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss.Session, Control: client.Always(client.Unlink(boss.ID)), OnlyAfter: true,
				ChangedBy: admin, Outcome: forbidden, State: p.AskedFactor(ctx, boss.Enrolled),
			})
		})
	It("PUT /settings/tfaappnewapp rejects the id of a disabled account from the owner",
		clause.Should("onlyoffice.tfa-unlink.disabled", op, forbidden,
			clause.From(contract.Observed, "onlyoffice#7.9")), Serial, func(ctx SpecContext) {
			_, boss := p.SignedIn(ctx, client.Owner)
			gone := p.ProfileID(ctx, boss, p.Lease(client.Disabled).Login)
			n := p.EnrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: boss, Control: client.Always(client.Unlink(n.ID)), Expected: client.UnlinkedOther, OnlyAfter: true,
				Changes: []conform.Change{set("the disabled account's id", "id", gone)}, Outcome: forbidden,
			})
		})
}

func unlinkRefusesIDs(p *client.Client) {
	op := p.UnlinkApp
	for _, row := range []conform.Row[[]conform.Change]{
		{Text: "PUT /settings/tfaappnewapp rejects a body without an id",
			Clause: clause.Must("onlyoffice.tfa-unlink.id-missing", op, client.IDMissing, clause.Only(client.Release37)),
			Given:  []conform.Change{conform.Drop("id")}},
		{Text: "PUT /settings/tfaappnewapp rejects a malformed id",
			Clause: clause.Should("onlyoffice.tfa-unlink.id-malformed", op, contract.InvalidType), Given: []conform.Change{
				set("no id", "id", "not-a-user-id"),
				set("a character that is no digit", "id", "5f0c9a52-3d1e-4b7c-9f0a-7d2b6c1e8a4g"),
				set("a digit in place of a hyphen", "id", "5f0c9a5203d1e-4b7c-9f0a-7d2b6c1e8a43"),
				set("a digit too few", "id", "5f0c9a52-3d1e-4b7c-9f0a-7d2b6c1e8a4"),
			}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			n := p.EnrolNew(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: n.Session, Control: client.Always(client.Unlink(n.ID)), OnlyAfter: true,
				Changes: row.Given, Outcome: row.Clause.Outcome, State: p.AskedFactor(ctx, n.Enrolled),
			})
		})
	}
}
