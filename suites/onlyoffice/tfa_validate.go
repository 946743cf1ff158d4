package onlyoffice

import (
	"context"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

func validateSucceeds(p *client.Client) {
	op := p.ValidateCode
	It("POST /settings/tfaapp/validate enrols the app of a user with the first right TOTP code and opens a session",
		clause.Must("onlyoffice.tfa-validate.activated", op, client.Activated), func(ctx SpecContext) {
			n := p.StartEnrolment(ctx)
			p.Expect(p.Activate(ctx, n, p.Code(ctx, n.Codes)), op, client.Activated)
			p.ExpectAlive(ctx, n.Session)
			n.Backup = p.ReadBackupCodes(ctx, n.Session)
			p.Expect(p.LogIn(ctx, n.Who), p.Login, contract.SecondFactorRequired)
		})
	It("POST /settings/tfaapp/validate opens the user's own session for a TOTP code of an enrolled app",
		clause.Must("onlyoffice.tfa-validate.verified", op, client.Verified), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			call := p.Confirm(ctx, p.SecondStep(ctx, e), p.Code(ctx, e.Codes))
			p.Expect(call, op, client.Verified)
			session := p.CookieSession(e.Who, call)
			p.ExpectAlive(ctx, session)
			p.Check("the session is the user's own", p.ReadBackupCodes(ctx, session), Equal(e.Backup))
		})
	observed := clause.From(contract.Observed, "onlyoffice#2.1-backup-both; onlyoffice#7.1")
	conform.Table(func(ctx SpecContext, browser bool) {
		e := p.Enrol(ctx)
		call := p.DoExpect(ctx, p.SecondStep(ctx, e), op, client.Code(e.TakeBackup()).With("session", browser), client.Verified)
		p.ExpectAlive(ctx, p.CookieSession(e.Who, call))
	}, []conform.Row[bool]{
		{Text: "POST /settings/tfaapp/validate accepts a backup code with `session` true",
			Clause: clause.Must("onlyoffice.tfa-validate.backup-session-true", op, client.Verified, observed), Given: true},
		{Text: "POST /settings/tfaapp/validate accepts a backup code with `session` false",
			Clause: clause.Must("onlyoffice.tfa-validate.backup-session-false", op, client.Verified, observed), Given: false},
	})
	It("POST /settings/tfaapp/validate accepts the key of a link in a cookie when the confirm header has none",
		clause.Must("onlyoffice.tfa-validate.key-in-cookie", op, client.Verified,
			clause.From(contract.Observed, "onlyoffice#1.2-confirm-scheme; onlyoffice#1.2-key-in-cookie; onlyoffice#1.2-confirm-no-type")),
		func(ctx SpecContext) {
			e := p.Enrol(ctx)
			l := p.SecondStepLink(ctx, e)
			header := l.WithKey("").Header()
			header.Set("Cookie", client.ConfirmCookie+l.Kind+"="+l.Key)
			p.Expect(p.Confirm(ctx, p.Actor(e.Who.Name+" by cookie", e.Who, header), e.TakeBackup()), op, client.Verified)
		})
	It("POST /settings/tfaapp/validate accepts the right TOTP code after a wrong one",
		clause.Must("onlyoffice.tfa-validate.wrong-then-right", op, client.Verified), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			by := p.SecondStep(ctx, e)
			wrong := client.Code(e.Codes.Wrong(client.Window))
			p.DoRequire(ctx, "get a wrong code refused", by, op, wrong, contract.SecondFactorWrong)
			p.Expect(p.Confirm(ctx, by, p.Code(ctx, e.Codes)), op, client.Verified)
		})
	It("POST /settings/tfaapp/validate trims white space around a TOTP code",
		clause.Note("onlyoffice.tfa-validate.trims", op, client.Verified, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#2.1")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			p.Expect(p.Confirm(ctx, p.SecondStep(ctx, e), " "+p.Code(ctx, e.Codes)+" "), op, client.Verified)
		})
	It("POST /settings/tfaapp/validate accepts a used TOTP code again within its time window",
		clause.Note("onlyoffice.tfa-validate.replay-accepted", op, client.Verified, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#2.1")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			used := p.ConfirmCode(ctx, e, p.Code(ctx, e.Codes))
			p.Expect(p.Confirm(ctx, p.SecondStep(ctx, e), used), op, client.Verified)
		})
}

// validateSetsCookie looks at the session cookie: no body holds the session.
func validateSetsCookie(p *client.Client) {
	op := p.ValidateCode
	It("POST /settings/tfaapp/validate sets an expiry on the session cookie unless `session` is true",
		clause.Should("onlyoffice.tfa-validate.cookie-life", op, client.Verified,
			clause.From(contract.Observed, "onlyoffice#5-cookie; onlyoffice#5-expires")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			for _, browser := range []bool{true, false} {
				call := p.DoExpect(ctx, p.SecondStep(ctx, e), op, client.Code(e.TakeBackup()).With("session", browser), client.Verified)
				// A cookie with an expiry outlives the browser (RFC 6265 section 4.1.2).
				c := client.LastCookie(call, client.SessionCookie)
				p.Check("the session cookie has an expiry date", c.MaxAge > 0 || !c.Expires.IsZero(), Equal(!browser))
			}
		})
	It("POST /settings/tfaapp/validate sets the session cookie with the HttpOnly attribute",
		clause.Should("onlyoffice.tfa-validate.cookie-http-only", op, client.Verified,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 3.3.4; checks#S14")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			call := p.Confirm(ctx, p.SecondStep(ctx, e), e.TakeBackup())
			p.Expect(call, op, client.Verified)
			p.Holds("the session cookie is HttpOnly", client.LastCookie(call, client.SessionCookie).HttpOnly, "it is not")
		})
	It("POST /settings/tfaapp/validate issues a new session token for each log-in",
		clause.Should("onlyoffice.tfa-validate.token-fresh", op, client.Verified,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.2.4; checks#S01; checks#S12")), func(ctx SpecContext) {
			e := p.Enrol(ctx)
			open := func() string {
				call := p.Confirm(ctx, p.SecondStep(ctx, e), e.TakeBackup())
				p.Expect(call, op, client.Verified)
				return client.SetCookie(call, client.SessionCookie)
			}
			first := open()
			p.Holds("the second session is another", open() != first, "it is the same")
		})
}

// validateRefusesCodes lists the codes that must not open a session.
func validateRefusesCodes(p *client.Client) {
	op, wrong := p.ValidateCode, contract.SecondFactorWrong
	for _, row := range []conform.Row[codeOf]{
		{Text: "POST /settings/tfaapp/validate rejects a wrong TOTP code",
			Clause: clause.Must("onlyoffice.tfa-validate.wrong", op, wrong), Given: wrongCode},
		{Text: "POST /settings/tfaapp/validate rejects a TOTP code that expired long ago",
			Clause: clause.Must("onlyoffice.tfa-validate.expired", op, wrong), Given: expiredCode},
		{Text: "POST /settings/tfaapp/validate rejects a TOTP code of the far future",
			Clause: clause.Must("onlyoffice.tfa-validate.future", op, wrong), Given: futureCode},
		{Text: "POST /settings/tfaapp/validate rejects the current TOTP code of another user",
			Clause: clause.Must("onlyoffice.tfa-validate.foreign", op, wrong), Given: foreignCode(p)},
		{Text: "POST /settings/tfaapp/validate rejects a backup code of another user",
			Clause: clause.Must("onlyoffice.tfa-validate.backup-foreign", op, wrong), Given: foreignBackup(p)},
		{Text: "POST /settings/tfaapp/validate rejects a backup code in another case",
			Clause: clause.Must("onlyoffice.tfa-validate.backup-case", op, wrong), Given: backupInOtherCase},
		{Text: "POST /settings/tfaapp/validate rejects a backup code that was used before",
			Clause: clause.Must("onlyoffice.tfa-validate.backup-reused", op, wrong),
			Given:  func(ctx context.Context, e *client.Enrolled) string { return p.ConfirmCode(ctx, e, e.TakeBackup()) }},
		{Text: "POST /settings/tfaapp/validate rejects an empty code",
			Clause: clause.Must("onlyoffice.tfa-validate.blank", op, client.BlankCode),
			Given:  func(context.Context, *client.Enrolled) string { return "" }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			e := p.Enrol(ctx)
			refusesAtLink(ctx, p, e, row.Clause.Outcome, conform.Set("code", row.Given(ctx, e)))
		})
	}
}

// validateRefusesForms lists the forms in which a right code must not be accepted.
func validateRefusesForms(p *client.Client) {
	op, wrong := p.ValidateCode, contract.SecondFactorWrong
	for _, row := range []conform.Row[func(e *client.Enrolled, right string) []conform.Change]{
		{Text: "POST /settings/tfaapp/validate rejects a right TOTP code with a space inside, a digit more or a wrong code before it",
			Clause: clause.Must("onlyoffice.tfa-validate.not-exact", op, wrong), Given: func(e *client.Enrolled, right string) []conform.Change {
				return []conform.Change{
					set("space inside", "code", right[:3]+" "+right[3:]), set("a digit more", "code", right+"0"),
					set("two codes", "code", e.Codes.Wrong(client.Window)+","+right),
				}
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right TOTP code in digits that are not ASCII",
			Clause: clause.Should("onlyoffice.tfa-validate.other-digits", op, wrong,
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 2.2.1; checks#I11")),
			Given: func(_ *client.Enrolled, right string) []conform.Change {
				from := func(zero rune) string {
					return strings.Map(func(r rune) rune { return zero + r - '0' }, right)
				}
				return []conform.Change{set("full-width", "code", from('０')), set("Arabic-Indic", "code", from('٠'))}
			}},
		{Text: "POST /settings/tfaapp/validate rejects a right TOTP code with white space around it",
			Clause: clause.Should("onlyoffice.tfa-validate.padded", op, wrong, clause.Only(client.Documented),
				clause.From(contract.Inferred, "checks#I10")),
			Given: func(_ *client.Enrolled, right string) []conform.Change {
				return []conform.Change{set("space before", "code", " "+right), set("line end behind", "code", right+"\n")}
			}},
		{Text: "POST /settings/tfaapp/validate rejects a code that is a JSON number, array, object or boolean",
			Clause: clause.Should("onlyoffice.tfa-validate.wrong-type", op, contract.InvalidType),
			Given: func(_ *client.Enrolled, right string) []conform.Change {
				number, _ := strconv.Atoi(right)
				return []conform.Change{
					set("number", "code", number), set("array", "code", []string{right}),
					set("object", "code", map[string]any{"$ne": ""}), set("boolean", "code", true),
				}
			}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			e := p.Enrol(ctx)
			refusesAtLink(ctx, p, e, row.Clause.Outcome, row.Given(e, p.Code(ctx, e.Codes))...)
		})
	}
	It("POST /settings/tfaapp/validate rejects a missing or null code",
		clause.Must("onlyoffice.tfa-validate.absent", op, contract.Invalid),
		func(ctx SpecContext) {
			refusesAtLink(ctx, p, p.Enrol(ctx), contract.Invalid, conform.Drop("code"), set("null", "code", nil))
		})
}

// refusesAtLink requires the outcome for each changed code, that none opens a
// session, and that a right one still works afterwards.
func refusesAtLink(ctx context.Context, p *client.Client, e *client.Enrolled, outcome contract.Outcome, changes ...conform.Change) {
	GinkgoHelper()
	p.ExpectNoSession(p.Refuses(ctx, conform.Refusal{
		Operation: p.ValidateCode, By: p.SecondStep(ctx, e), Control: client.Always(client.Code(e.TakeBackup())),
		Expected: client.Verified, Changes: changes, Outcome: outcome, OnlyAfter: true,
	})...)
}
