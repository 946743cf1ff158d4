package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

func loginByCode(p *portal) {
	Describe("the first step of a log-in with two factors", func() { firstStep(p) })
	Describe("POST /api/2.0/authentication/{code}", func() {
		codeSucceeds(p)
		codeRefuses(p)
		codeNeedsCredentials(p)
	})
}

func firstStep(p *portal) {
	It("asks a user with an authenticator app for a code and gives no token",
		clause.Must("onlyoffice.first-step.second-factor", p.login, contract.SecondFactorRequired),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.passwordOnly(ctx, e), p.login, contract.SecondFactorRequired)
		})
	It("gives a user who still has to enrol the shared secret and no token",
		clause.Must("onlyoffice.first-step.enrolment", p.login, contract.EnrolmentRequired),
		func(ctx SpecContext) {
			who := p.Lease(totp)
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, contract.EnrolmentRequired)
		})
	It("sets no session cookie before the second factor",
		clause.Must("onlyoffice.first-step.no-cookie", p.login, contract.SecondFactorRequired),
		func(ctx SpecContext) {
			call := p.passwordOnly(ctx, p.enrol(ctx))
			p.Require("take the first step", call, p.login, contract.SecondFactorRequired)
			p.Holds("the first step sets no session cookie", setCookie(call, sessionCookie) == "", "it sets "+sessionCookie)
		})
	It("does not take what the first step gives for a session",
		clause.Must("onlyoffice.first-step.no-session", p.tfaSettings, contract.Unauthenticated),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.passwordOnly(ctx, e)
			p.Require("take the first step", call, p.login, contract.SecondFactorRequired)
			key := p.stepLink(call).key
			p.Require("use a real session", p.Do(ctx, e.me, p.tfaSettings, conform.Request{}), p.tfaSettings, contract.OK)
			p.Expect(p.Do(ctx, p.Actor("first step", nil, cookie(key)), p.tfaSettings, conform.Request{}), p.tfaSettings, contract.Unauthenticated)
		})
	It("asks for the second factor whatever address the client claims to come from",
		clause.Should("onlyoffice.first-step.claimed-address", p.login, contract.SecondFactorRequired, clause.From(contract.Standard, "OWASP ASVS 5.0 4.1.3; facts/auth-checks.md F14")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Forwarded"} {
				request := conform.Request{JSON: credentials(e.who)}.WithHeader(name, "127.0.0.1")
				p.Expect(p.Do(ctx, p.Anonymous(), p.login, request), p.login, contract.SecondFactorRequired)
			}
		})
	It("asks for the second factor although the client says that none is needed",
		clause.Should("onlyoffice.first-step.client-decides", p.login, contract.SecondFactorRequired, clause.From(contract.Standard, "OWASP ASVS 5.0 8.3.1; facts/auth-checks.md F08, I19")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			request := conform.Request{JSON: credentials(e.who)}.With("tfa", false).With("sms", false).With("authenticated", true)
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, request), p.login, contract.SecondFactorRequired)
		})
}

func codeSucceeds(p *portal) {
	It("opens a session for the credentials and a code of the app",
		clause.Must("onlyoffice.code.valid", p.loginByCode, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(e.who, p.Code(ctx, e.codes)))
			p.Expect(call, p.loginByCode, contract.OK)
			p.works(ctx, p.Actor(e.who.Name, e.who, cookie(token(call))))
		})
	It("enrols a user with the first code that is right",
		clause.Must("onlyoffice.code.enrols", p.loginByCode, contract.OK),
		func(ctx SpecContext) {
			e := p.startEnrolment(ctx).enrolled
			call := p.code(ctx, e, p.Code(ctx, e.codes))
			p.Expect(call, p.loginByCode, contract.OK)
			e.me = p.Actor(e.who.Name, e.who, cookie(token(call)))
			p.Expect(p.passwordOnly(ctx, e), p.login, contract.SecondFactorRequired)
		})
	It("takes a backup code in place of the app's",
		clause.Must("onlyoffice.code.backup", p.loginByCode, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(e.who, e.takeBackup())), p.loginByCode, contract.OK)
		})
	It("takes the right code after a wrong one",
		clause.Must("onlyoffice.code.wrong-then-right", p.loginByCode, contract.OK),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Require("get a wrong code refused", p.code(ctx, e, e.codes.Wrong(window)), p.loginByCode, contract.SecondFactorWrong)
			p.Expect(p.code(ctx, e, p.Code(ctx, e.codes)), p.loginByCode, contract.OK)
		})
	It("opens two connections for one log-in by code",
		clause.Note("onlyoffice.code.two-connections", p.loginByCode, contract.OK, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 6.B17")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.code(ctx, e, p.Code(ctx, e.codes))
			p.Expect(call, p.loginByCode, contract.OK)
			p.Check("the session cookie is set twice", call.Header.Values("Set-Cookie"), HaveLen(2))
		})
}

// window is wider than any target's: a code this many steps away is wrong.
const window = 40

// codeRefuses lists the codes that must not open a session.
func codeRefuses(p *portal) {
	refuses := func(text string, c clause.Clause, code func(SpecContext, *enrolled) string) {
		It(text, c, func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.refusesCode(ctx, e, code(ctx, e), c.Outcome)
		})
	}
	wrong := contract.SecondFactorWrong
	refuses("refuses a wrong code",
		clause.Must("onlyoffice.code.wrong", p.loginByCode, wrong),
		func(_ SpecContext, e *enrolled) string { return e.codes.Wrong(window) })
	refuses("refuses a code that expired long ago",
		clause.Must("onlyoffice.code.expired", p.loginByCode, wrong),
		func(_ SpecContext, e *enrolled) string { return e.codes.Past(window) })
	refuses("refuses a code of the far future",
		clause.Must("onlyoffice.code.future", p.loginByCode, wrong),
		func(_ SpecContext, e *enrolled) string { return e.codes.Future(window) })
	refuses("refuses a code more than one time step old",
		clause.Should("onlyoffice.code.window-past", p.loginByCode, wrong, clause.Only(documented), clause.From(contract.Standard, "RFC 6238 section 5.2; facts/auth-checks.md T08")),
		func(_ SpecContext, e *enrolled) string { return e.codes.Past(3) })
	refuses("refuses a code more than one time step ahead",
		clause.Should("onlyoffice.code.window-future", p.loginByCode, wrong, clause.Only(documented), clause.From(contract.Standard, "RFC 6238 section 6; facts/auth-checks.md T09")),
		func(_ SpecContext, e *enrolled) string { return e.codes.Future(3) })
	refuses("refuses the current code of another user",
		clause.Must("onlyoffice.code.foreign", p.loginByCode, wrong),
		func(ctx SpecContext, e *enrolled) string { return p.Code(ctx, p.enrol(ctx).codes) })
	refuses("refuses a code that was used before",
		clause.Should("onlyoffice.code.replayed", p.loginByCode, contract.SecondFactorReplayed, clause.Only(documented)),
		func(ctx SpecContext, e *enrolled) string { return p.used(ctx, e, p.Code(ctx, e.codes)) })
	refuses("refuses a backup code that was used before",
		clause.Must("onlyoffice.code.backup-reused", p.loginByCode, wrong),
		func(ctx SpecContext, e *enrolled) string { return p.used(ctx, e, e.takeBackup()) })
	refuses("refuses a backup code of another user",
		clause.Must("onlyoffice.code.backup-foreign", p.loginByCode, wrong),
		func(ctx SpecContext, e *enrolled) string { return p.enrol(ctx).takeBackup() })
	refuses("refuses a backup code in another case",
		clause.Must("onlyoffice.code.backup-case", p.loginByCode, wrong),
		func(_ SpecContext, e *enrolled) string { return e.otherCase() })

	It("accepts a used code again within its window",
		clause.Note("onlyoffice.code.replay-accepted", p.loginByCode, contract.OK, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.code(ctx, e, p.used(ctx, e, p.Code(ctx, e.codes))), p.loginByCode, contract.OK)
		})
	It("ignores the code in the path and reads the one in the body",
		clause.Must("onlyoffice.code.path-ignored", p.loginByCode, wrong),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			right := e.takeBackup()
			p.Refuses(ctx, conform.Refusal{
				Operation: p.loginByCode, By: p.Anonymous(), Control: always(byCode(e.who, right)), Outcome: wrong, OnlyAfter: true,
				Changes: []conform.Change{{Name: "right code in the path, wrong one in the body", Of: func(r conform.Request) conform.Request {
					return r.With("code", e.codes.Wrong(window)).WithPath("code", right)
				}}},
			})
		})
	It("refuses a log-in link with a wrong key",
		clause.Must("onlyoffice.code.link-wrong-key", p.loginByCode, contract.NotFound),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.loginByCode, By: p.Anonymous(), Control: always(byCode(e.who, e.takeBackup())), Outcome: contract.NotFound, OnlyAfter: true,
				Changes: []conform.Change{{Name: "wrong key", Of: func(r conform.Request) conform.Request {
					r.JSON = conform.Object{"confirmData": map[string]any{"email": p.nobody(), "key": "1.WRONGKEY"}, "code": "123456"}
					return r
				}}},
			})
		})
	It("does not let a disabled account in by a code",
		clause.Should("onlyoffice.code.disabled", p.loginByCode, contract.AccountDisabled),
		func(ctx SpecContext) {
			who, e := p.Lease(disabled), p.enrol(ctx)
			p.Require("get a right code accepted", p.code(ctx, e, e.takeBackup()), p.loginByCode, contract.OK)
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(who, "123456")), p.loginByCode, contract.AccountDisabled)
		}, Serial)
	It("refuses any code of a user who has no second factor",
		clause.Must("onlyoffice.code.unavailable", p.loginByCode, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			who, e := p.Lease(user), p.enrol(ctx)
			p.Require("get a right code accepted", p.code(ctx, e, p.Code(ctx, e.codes)), p.loginByCode, contract.OK)
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(who, "123456")), p.loginByCode, contract.SecondFactorUnavailable)
		})
}

func codeNeedsCredentials(p *portal) {
	refuses := func(text string, c clause.Clause, changes ...conform.Change) {
		It(text, c, func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: p.loginByCode, By: p.Anonymous(), Control: always(byCode(e.who, e.takeBackup())),
				Changes: changes, Outcome: c.Outcome, OnlyAfter: true,
			})
		})
	}
	refuses("refuses a right code with a wrong password",
		clause.Must("onlyoffice.code.wrong-password", p.loginByCode, contract.BadCredentials),
		conform.Set("password", "wrong-Password-1"))
	refuses("refuses a right code with an unknown user name",
		clause.Must("onlyoffice.code.unknown-user", p.loginByCode, contract.BadCredentials),
		conform.Change{Name: "unknown user", Of: func(r conform.Request) conform.Request { return r.With("userName", p.nobody()) }})
	refuses("refuses a right code without a user name",
		clause.Must("onlyoffice.code.no-user-name", p.loginByCode, contract.Invalid),
		conform.Drop("userName"), conform.Set("userName", ""))
	refuses("refuses a right code without a password",
		clause.Must("onlyoffice.code.no-password", p.loginByCode, contract.Invalid),
		conform.Drop("password"), conform.Set("password", ""))
	refuses("refuses a request without a code",
		clause.Must("onlyoffice.code.absent", p.loginByCode, contract.SecondFactorWrong),
		conform.Drop("code"))
	refuses("refuses a code that is null",
		clause.Must("onlyoffice.code.null", p.loginByCode, contract.SecondFactorWrong),
		conform.Set("code", nil))
	refuses("refuses an empty code",
		clause.Must("onlyoffice.code.empty", p.loginByCode, contract.SecondFactorWrong),
		conform.Set("code", ""), conform.Set("code", " "))
}

// passwordOnly takes the first step alone.
func (p *portal) passwordOnly(ctx SpecContext, e *enrolled) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(e.who)})
}

// code sends the credentials of an enrolled user with a code.
func (p *portal) code(ctx SpecContext, e *enrolled, code string) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(e.who, code))
}

// used spends a code.
func (p *portal) used(ctx SpecContext, e *enrolled, code string) string {
	GinkgoHelper()
	p.Require("use the code once", p.code(ctx, e, code), p.loginByCode, contract.OK)
	return code
}

// refusesCode requires the outcome for a code, and that a right one still works
// afterwards.
func (p *portal) refusesCode(ctx SpecContext, e *enrolled, code string, outcome contract.Outcome) {
	GinkgoHelper()
	right := e.takeBackup()
	p.Refuses(ctx, conform.Refusal{
		Operation: p.loginByCode, By: p.Anonymous(), Control: always(byCode(e.who, right)),
		Changes: []conform.Change{conform.Set("code", code)}, Outcome: outcome, OnlyAfter: true,
	})
}

// otherCase is an unused backup code with the case of its letters changed; one
// without letters is no use for that.
func (e *enrolled) otherCase() string {
	for _, code := range e.backup {
		if changed := swapCase(code); changed != code {
			return changed
		}
	}
	return swapCase(e.backup[0]) + "A"
}
