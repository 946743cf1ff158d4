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

func codeSucceeds(p *client.Client) {
	op := p.LoginByCode
	It("POST /authentication/{code} opens a session for the credentials and a TOTP code",
		clause.Must("onlyoffice.code.valid", op, contract.OK), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
			p.Expect(call, op, contract.OK)
			p.ExpectOpens(ctx, e.Who, call)
		})
	It("POST /authentication/{code} enrols the app of a user with the first right TOTP code",
		clause.Must("onlyoffice.code.enrols", op, contract.OK), func(ctx SpecContext) {
			e := p.StartEnrolment(ctx).Enrolled
			call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
			p.Expect(call, op, contract.OK)
			e.Session = p.Session(e.Who, call)
			p.Expect(p.LogIn(ctx, e.Who), p.Login, contract.SecondFactorRequired)
		})
	It("POST /authentication/{code} accepts a backup code in place of a TOTP code",
		clause.Must("onlyoffice.code.backup", op, contract.OK), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			p.Expect(p.SendCode(ctx, e, e.TakeBackup()), op, contract.OK)
		})
	It("POST /authentication/{code} accepts the right TOTP code after a wrong one",
		clause.Must("onlyoffice.code.wrong-then-right", op, contract.OK), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			p.Require("get a wrong code refused", p.SendCode(ctx, e, e.Codes.Wrong(client.Window)), op, contract.SecondFactorWrong)
			p.Expect(p.SendCode(ctx, e, p.Code(ctx, e.Codes)), op, contract.OK)
		})
	It("POST /authentication/{code} issues a new token for each log-in",
		clause.Should("onlyoffice.code.token-fresh", op, contract.OK,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 7.2.2; checks#S12")), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			first, second := p.SendCode(ctx, e, e.Right(ctx)), p.SendCode(ctx, e, e.Right(ctx))
			p.Require("sign in once", first, op, contract.OK)
			p.Require("sign in twice", second, op, contract.OK)
			p.Check("two log-ins give two tokens", client.Token(second), Not(Equal(client.Token(first))))
		})
	It("POST /authentication/{code} sets the session cookie twice for one log-in",
		clause.Note("onlyoffice.code.two-connections", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#6.B17")), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
			p.Expect(call, op, contract.OK)
			p.Check("the session cookie is set twice", call.Header.Values("Set-Cookie"), HaveLen(2))
		})
	It("POST /authentication/{code} accepts a used TOTP code again within its time window",
		clause.Note("onlyoffice.code.replay-accepted", op, contract.OK, clause.Only(client.Release37),
			clause.From(contract.Observed, "onlyoffice#2.1")), func(ctx SpecContext) {
			e := p.WithApp(ctx)
			p.Expect(p.SendCode(ctx, e, p.UseCode(ctx, e, p.Code(ctx, e.Codes))), op, contract.OK)
		})
}

// codeOf makes a code that an enrolled user may send; it may use others up.
type codeOf = func(context.Context, *client.Enrolled) string

// Codes that are wrong for an enrolled user, at the log-in by code and on the
// confirmation of a log-in.
func wrongCode(_ context.Context, e *client.Enrolled) string   { return e.Codes.Wrong(client.Window) }
func expiredCode(_ context.Context, e *client.Enrolled) string { return e.Codes.Past(client.Window) }
func futureCode(_ context.Context, e *client.Enrolled) string  { return e.Codes.Future(client.Window) }

func foreignCode(p *client.Client) codeOf {
	return func(ctx context.Context, _ *client.Enrolled) string { return p.Code(ctx, p.WithApp(ctx).Codes) }
}

func foreignBackup(p *client.Client) codeOf {
	return func(ctx context.Context, _ *client.Enrolled) string { return p.WithApp(ctx).TakeBackup() }
}

func backupInOtherCase(_ context.Context, e *client.Enrolled) string { return e.BackupInOtherCase() }

// codeRefuses lists the codes that must not open a session.
func codeRefuses(p *client.Client) {
	op, wrong := p.LoginByCode, contract.SecondFactorWrong
	for _, row := range []conform.Row[codeOf]{
		{Text: "POST /authentication/{code} rejects a wrong TOTP code",
			Clause: clause.Must("onlyoffice.code.wrong", op, wrong), Given: wrongCode},
		{Text: "POST /authentication/{code} rejects a TOTP code that expired long ago",
			Clause: clause.Must("onlyoffice.code.expired", op, wrong), Given: expiredCode},
		{Text: "POST /authentication/{code} rejects a TOTP code of the far future",
			Clause: clause.Must("onlyoffice.code.future", op, wrong), Given: futureCode},
		{Text: "POST /authentication/{code} rejects the current TOTP code of another user",
			Clause: clause.Must("onlyoffice.code.foreign", op, wrong), Given: foreignCode(p)},
		{Text: "POST /authentication/{code} rejects a TOTP code that was used before",
			Clause: clause.Should("onlyoffice.code.replayed", op, contract.SecondFactorReplayed, clause.Only(client.Documented)),
			Given:  func(ctx context.Context, e *client.Enrolled) string { return p.UseCode(ctx, e, p.Code(ctx, e.Codes)) }},
		{Text: "POST /authentication/{code} rejects a backup code that was used before",
			Clause: clause.Must("onlyoffice.code.backup-reused", op, wrong),
			Given:  func(ctx context.Context, e *client.Enrolled) string { return p.UseCode(ctx, e, e.TakeBackup()) }},
		{Text: "POST /authentication/{code} rejects a backup code of another user",
			Clause: clause.Must("onlyoffice.code.backup-foreign", op, wrong), Given: foreignBackup(p)},
		{Text: "POST /authentication/{code} rejects a backup code in another case",
			Clause: clause.Must("onlyoffice.code.backup-case", op, wrong), Given: backupInOtherCase},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			e := p.WithApp(ctx)
			refusesCode(ctx, p, e, row.Given(ctx, e), row.Clause.Outcome)
		})
	}
	conform.Table(func(ctx SpecContext, code func(*client.Enrolled) string) {
		e := p.WithApp(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Anonymous(), Control: client.Always(client.ByCode(e.Who, e.Right(ctx))), Outcome: wrong, OnlyAfter: true,
			// Made after the right one, which may be waited for: of two steps ahead that would leave one.
			Changes: []conform.Change{{Name: "code", Of: func(r conform.Request) conform.Request { return r.With("code", code(e)) }}},
		})
	}, []conform.Row[func(*client.Enrolled) string]{
		{Text: "POST /authentication/{code} rejects a TOTP code of two time steps ago",
			Clause: clause.Should("onlyoffice.code.window-past", op, wrong, clause.Only(client.Documented),
				clause.From(contract.Standard, "RFC 6238 section 5.2; checks#T08")),
			Given: func(e *client.Enrolled) string { return e.Codes.Past(2) }},
		{Text: "POST /authentication/{code} rejects a TOTP code of two time steps ahead",
			Clause: clause.Should("onlyoffice.code.window-future", op, wrong, clause.Only(client.Documented),
				clause.From(contract.Standard, "RFC 6238 section 6; checks#T09")),
			Given: func(e *client.Enrolled) string { return p.CodeAhead(e.Codes, 2) }},
	})
}

func codeRefusesRequests(p *client.Client) {
	op := p.LoginByCode
	refuses := func(ctx context.Context, outcome contract.Outcome, change func(e *client.Enrolled, right string) conform.Change) {
		GinkgoHelper()
		e := p.WithApp(ctx)
		right := e.Right(ctx)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Anonymous(), Control: client.Always(client.ByCode(e.Who, right)), Outcome: outcome, OnlyAfter: true,
			Changes: []conform.Change{change(e, right)},
		})
	}
	It("POST /authentication/{code} ignores a right code in the path when the one in the body is wrong",
		clause.Must("onlyoffice.code.path-ignored", op, contract.SecondFactorWrong), func(ctx SpecContext) {
			if p.Setting(client.CodePlace) == "path" {
				p.Inapplicable("settings.%s says that the code of the path is read", client.CodePlace)
			}
			refuses(ctx, contract.SecondFactorWrong, func(e *client.Enrolled, right string) conform.Change {
				return conform.Change{Name: "right code in the path, wrong one in the body", Of: func(r conform.Request) conform.Request {
					return r.With("code", e.Codes.Wrong(client.Window)).WithPath("code", right)
				}}
			})
		})
	It("POST /authentication/{code} rejects a log-in link with a key that was never issued",
		clause.Must("onlyoffice.code.link-wrong-key", op, contract.NotFound), func(ctx SpecContext) {
			refuses(ctx, contract.NotFound, func(*client.Enrolled, string) conform.Change {
				return conform.Change{Name: "wrong key", Of: func(r conform.Request) conform.Request {
					return wrongLogInLink(p).Of(r).With("code", "123456")
				}}
			})
		})
	refusesAccount := func(ctx context.Context, role string, right codeOf, outcome contract.Outcome) {
		GinkgoHelper()
		who, e := p.Lease(role), p.WithApp(ctx)
		p.Require("get a right code accepted", p.SendCode(ctx, e, right(ctx, e)), op, contract.OK)
		p.DoExpect(ctx, p.Anonymous(), op, client.ByCode(who, "123456"), outcome)
	}
	It("POST /authentication/{code} rejects a code of a disabled account",
		clause.Should("onlyoffice.code.disabled", op, contract.AccountDisabled), Serial, func(ctx SpecContext) {
			right := func(ctx context.Context, e *client.Enrolled) string { return e.Right(ctx) }
			refusesAccount(ctx, client.Disabled, right, contract.AccountDisabled)
		})
	It("POST /authentication/{code} rejects a code of a user without a second factor",
		clause.Must("onlyoffice.code.unavailable", op, contract.SecondFactorUnavailable), func(ctx SpecContext) {
			current := func(ctx context.Context, e *client.Enrolled) string { return p.Code(ctx, e.Codes) }
			refusesAccount(ctx, client.User, current, contract.SecondFactorUnavailable)
		})
	refusesChanges(p, func(ctx context.Context) conform.Refusal {
		by, control := p.LoginByCodeReady(ctx)
		return conform.Refusal{Operation: op, By: by, Control: control, OnlyAfter: true}
	}, []conform.Row[[]conform.Change]{
		{Text: "POST /authentication/{code} rejects a right code with a wrong password",
			Clause: clause.Must("onlyoffice.code.wrong-password", op, contract.BadCredentials),
			Given:  []conform.Change{conform.Set("password", client.WrongPassword)}},
		{Text: "POST /authentication/{code} rejects a right code with a wrong captcha answer",
			Clause: clause.Graded("onlyoffice.code.captcha-wrong", op, contract.CaptchaRefused, clause.Needs("captcha")),
			Given:  []conform.Change{conform.Set("recaptchaResponse", "wrong-captcha-answer")}},
		{Text: "POST /authentication/{code} rejects a right code with the password in another case, cut short or extended",
			Clause: clause.Must("onlyoffice.code.password-exact", op, contract.BadCredentials),
			Given: []conform.Change{
				passwordSpelt("another case", client.SwapCase),
				passwordSpelt("cut short", func(s string) string { return s[:max(0, len(s)-1)] }),
				passwordSpelt("extended", func(s string) string { return s + "x" }),
			}},
		{Text: "POST /authentication/{code} rejects a right code with an unknown user name",
			Clause: clause.Must("onlyoffice.code.unknown-user", op, contract.BadCredentials), Given: []conform.Change{unknownUser(p)}},
		{Text: "POST /authentication/{code} rejects a right code with a missing or empty user name",
			Clause: clause.Must("onlyoffice.code.no-user-name", op, contract.Invalid),
			Given:  []conform.Change{conform.Drop("userName"), conform.Set("userName", "")}},
		{Text: "POST /authentication/{code} rejects a right code with a missing or empty password",
			Clause: clause.Must("onlyoffice.code.no-password", op, contract.Invalid),
			Given:  []conform.Change{conform.Drop("password"), conform.Set("password", "")}},
		{Text: "POST /authentication/{code} rejects a body without a code",
			Clause: clause.Must("onlyoffice.code.absent", op, client.CodeMissing), Given: []conform.Change{conform.Drop("code")}},
		{Text: "POST /authentication/{code} rejects null in place of a code",
			Clause: clause.Must("onlyoffice.code.null", op, client.CodeMissing), Given: []conform.Change{conform.Set("code", nil)}},
		{Text: "POST /authentication/{code} rejects an empty or blank code",
			Clause: clause.Must("onlyoffice.code.empty", op, client.CodeMissing),
			Given:  []conform.Change{conform.Set("code", ""), conform.Set("code", " ")}},
	})
}

// passwordSpelt sends the right password in another spelling.
func passwordSpelt(name string, spell func(string) string) conform.Change {
	return conform.Change{Name: name, Of: func(r conform.Request) conform.Request {
		right, _ := r.JSON.(conform.Object)["password"].(string)
		return r.With("password", spell(right))
	}}
}

// refusesCode requires the outcome for a code, and that a right one still works
// afterwards.
func refusesCode(ctx context.Context, p *client.Client, e *client.Enrolled, code string, outcome contract.Outcome) {
	GinkgoHelper()
	p.Refuses(ctx, conform.Refusal{
		Operation: p.LoginByCode, By: p.Anonymous(), Control: client.Always(client.ByCode(e.Who, e.Right(ctx))),
		Changes: []conform.Change{conform.Set("code", code)}, Outcome: outcome, OnlyAfter: true,
	})
}
