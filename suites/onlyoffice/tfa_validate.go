package onlyoffice

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// confirmCookie begins the name of the cookie with the key of a link.
const confirmCookie = "asc_confirm_key_"

func validatesCodes(p *portal) {
	validateSucceeds(p)
	validateRefusesCodes(p)
	validateRefusesReplays(p)
	validateNeedsLink(p)
}

func validateSucceeds(p *portal) {
	op := p.validateCode
	It("enrols a user with the first code of the app and opens a session",
		clause.Must("onlyoffice.tfa-validate.activated", op, activated),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			p.Expect(p.activate(ctx, n, p.Code(ctx, n.codes)), op, activated)
			p.works(ctx, n.me)
			n.backup = p.readBackupCodes(ctx, n.me)
			p.Expect(p.passwordOnly(ctx, n.enrolled), p.login, contract.SecondFactorRequired)
		})
	It("opens a session for a code of an enrolled app",
		clause.Must("onlyoffice.tfa-validate.verified", op, verified),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.validate(ctx, p.secondStep(ctx, e), p.Code(ctx, e.codes))
			p.Expect(call, op, verified)
			me := p.Actor(e.who.Name, e.who, cookie(setCookie(call, sessionCookie)))
			p.works(ctx, me)
			p.Check("the session is the user's own", p.readBackupCodes(ctx, me), Equal(e.backup))
		})
	for _, browser := range []bool{true, false} {
		It("takes a backup code with `session` "+strconv.FormatBool(browser),
			clause.Must("onlyoffice.tfa-validate.backup-session-"+strconv.FormatBool(browser), op, verified, clause.From(contract.Observed, "facts/onlyoffice.md 2.1, 7.1")),
			func(ctx SpecContext) {
				e := p.enrol(ctx)
				call := p.Do(ctx, p.secondStep(ctx, e), op, codeOf(e.takeBackup()).With("session", browser))
				p.Expect(call, op, verified)
				p.works(ctx, p.Actor(e.who.Name, e.who, cookie(setCookie(call, sessionCookie))))
			})
	}
	It("lets the cookie end with the browser when `session` says so, and outlive it otherwise",
		clause.Should("onlyoffice.tfa-validate.cookie-life", op, verified, clause.From(contract.Observed, "facts/onlyoffice.md 5")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			for _, browser := range []bool{true, false} {
				call := p.Do(ctx, p.secondStep(ctx, e), op, codeOf(e.takeBackup()).With("session", browser))
				p.Expect(call, op, verified)
				p.Check("the session cookie has an expiry date", hasExpiry(call, sessionCookie), Equal(!browser))
			}
		})
	It("keeps the session, which is in no body, out of scripts' reach",
		clause.Should("onlyoffice.tfa-validate.cookie-http-only", op, verified, clause.From(contract.Standard, "OWASP ASVS 5.0 3.3.4; facts/auth-checks.md S14")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			call := p.validate(ctx, p.secondStep(ctx, e), e.takeBackup())
			p.Expect(call, op, verified)
			p.Holds("the session cookie is HttpOnly", lastCookie(call, sessionCookie).HttpOnly, "it is not")
		})
	It("opens another session each time",
		clause.Should("onlyoffice.tfa-validate.token-fresh", op, verified, clause.From(contract.Standard, "OWASP ASVS 5.0 7.2.4; facts/auth-checks.md S01, S12")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			open := func() string {
				call := p.validate(ctx, p.secondStep(ctx, e), e.takeBackup())
				p.Expect(call, op, verified)
				return setCookie(call, sessionCookie)
			}
			first := open()
			p.Holds("the second session is another", open() != first, "it is the same")
		})
	It("takes the key from the cookie when the header names none",
		clause.Must("onlyoffice.tfa-validate.key-in-cookie", op, verified, clause.From(contract.Observed, "facts/onlyoffice.md 1.2 confirm scheme")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			l := p.secondStepLink(ctx, e)
			header := l.keyed("").confirmHeader()
			header.Set("Cookie", confirmCookie+l.kind+"="+l.key)
			p.Expect(p.validate(ctx, p.Actor(e.who.Name+" by cookie", e.who, header), e.takeBackup()), op, verified)
		})
	It("takes the right code after a wrong one",
		clause.Must("onlyoffice.tfa-validate.wrong-then-right", op, verified),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			by := p.secondStep(ctx, e)
			p.Require("get a wrong code refused", p.validate(ctx, by, e.codes.Wrong(window)), op, contract.SecondFactorWrong)
			p.Expect(p.validate(ctx, by, p.Code(ctx, e.codes)), op, verified)
		})
}

func validateRefusesCodes(p *portal) {
	refuses := func(text string, c clause.Clause, changes func(SpecContext, *enrolled) []conform.Change) {
		It(text, c, func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.refusesAtLink(ctx, e, c.Outcome, changes(ctx, e)...)
		})
	}
	one := func(code func(SpecContext, *enrolled) string) func(SpecContext, *enrolled) []conform.Change {
		return func(ctx SpecContext, e *enrolled) []conform.Change {
			return []conform.Change{conform.Set("code", code(ctx, e))}
		}
	}
	op, wrong := p.validateCode, contract.SecondFactorWrong
	must := func(slug string, outcome contract.Outcome) clause.Clause {
		return clause.Must("onlyoffice.tfa-validate."+slug, op, outcome)
	}
	refuses("refuses a wrong code", must("wrong", wrong),
		one(func(_ SpecContext, e *enrolled) string { return e.codes.Wrong(window) }))
	refuses("refuses a code that expired long ago", must("expired", wrong),
		one(func(_ SpecContext, e *enrolled) string { return e.codes.Past(window) }))
	refuses("refuses a code of the far future", must("future", wrong),
		one(func(_ SpecContext, e *enrolled) string { return e.codes.Future(window) }))
	refuses("refuses the current code of another user", must("foreign", wrong),
		one(func(ctx SpecContext, _ *enrolled) string { return p.Code(ctx, p.enrol(ctx).codes) }))
	refuses("refuses a backup code of another user", must("backup-foreign", wrong),
		one(func(ctx SpecContext, _ *enrolled) string { return p.enrol(ctx).takeBackup() }))
	refuses("refuses a backup code in another case", must("backup-case", wrong),
		one(func(_ SpecContext, e *enrolled) string { return e.otherCase() }))
	refuses("refuses a backup code that was used before", must("backup-reused", wrong),
		one(func(ctx SpecContext, e *enrolled) string { return p.usedAtLink(ctx, e, e.takeBackup()) }))
	refuses("refuses the right code with a space inside, a digit more or another code behind it", must("not-exact", wrong),
		func(ctx SpecContext, e *enrolled) []conform.Change {
			code := p.Code(ctx, e.codes)
			return []conform.Change{
				renamed("space inside", conform.Set("code", code[:3]+" "+code[3:])),
				renamed("a digit more", conform.Set("code", code+"0")),
				renamed("two codes", conform.Set("code", e.codes.Wrong(window)+","+code)),
			}
		})
	refuses("refuses the right code in digits that are not ASCII",
		clause.Should("onlyoffice.tfa-validate.other-digits", op, wrong, clause.From(contract.Standard, "OWASP ASVS 5.0 2.2.1; facts/auth-checks.md I11")),
		func(ctx SpecContext, e *enrolled) []conform.Change {
			code := p.Code(ctx, e.codes)
			return []conform.Change{
				renamed("full-width", conform.Set("code", inDigitsFrom('０', code))),
				renamed("Arabic-Indic", conform.Set("code", inDigitsFrom('٠', code))),
			}
		})
	refuses("refuses the right code with white space around it",
		clause.Should("onlyoffice.tfa-validate.padded", op, wrong, clause.Only(documented), clause.From(contract.Inferred, "facts/auth-checks.md I10")),
		func(ctx SpecContext, e *enrolled) []conform.Change {
			code := p.Code(ctx, e.codes)
			return []conform.Change{
				renamed("space before", conform.Set("code", " "+code)),
				renamed("line end behind", conform.Set("code", code+"\n")),
			}
		})
	refuses("refuses a code that is no text",
		clause.Should("onlyoffice.tfa-validate.wrong-type", op, contract.InvalidType),
		func(ctx SpecContext, e *enrolled) []conform.Change {
			code := p.Code(ctx, e.codes)
			number, _ := strconv.Atoi(code)
			return []conform.Change{
				renamed("number", conform.Set("code", number)), renamed("array", conform.Set("code", []string{code})),
				renamed("object", conform.Set("code", map[string]any{"$ne": ""})), renamed("boolean", conform.Set("code", true)),
			}
		})
	refuses("refuses an empty code", must("blank", blankCode),
		one(func(SpecContext, *enrolled) string { return "" }))
	refuses("refuses a request without a code, or with null for one", must("absent", contract.Invalid),
		func(SpecContext, *enrolled) []conform.Change {
			return []conform.Change{conform.Drop("code"), renamed("null", conform.Set("code", nil))}
		})
	It("trims white space around a code",
		clause.Note("onlyoffice.tfa-validate.trims", op, verified, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.Expect(p.validate(ctx, p.secondStep(ctx, e), " "+p.Code(ctx, e.codes)+" "), op, verified)
		})
}

// validateRefusesReplays states that a code counts once, wherever it is used
// (RFC 6238 section 5.2).
func validateRefusesReplays(p *portal) {
	replayed := contract.SecondFactorReplayed
	should := func(slug string, op *contract.Operation) clause.Clause {
		return clause.Should("onlyoffice.tfa-validate."+slug, op, replayed, clause.Only(documented))
	}
	It("refuses a code that was used before on the same link",
		should("replayed", p.validateCode),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			used := p.usedAtLink(ctx, e, p.Code(ctx, e.codes))
			p.refusesAtLink(ctx, e, replayed, conform.Set("code", used))
		})
	It("refuses a code that was used at the log-in by code",
		should("replayed-from-login", p.validateCode),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			used := p.used(ctx, e, p.Code(ctx, e.codes))
			p.refusesAtLink(ctx, e, replayed, conform.Set("code", used))
		})
	It("refuses at the log-in by code a code that was used on a link",
		should("replayed-at-login", p.loginByCode),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.refusesCode(ctx, e, p.usedAtLink(ctx, e, p.Code(ctx, e.codes)), replayed)
		})
	It("refuses at the log-in by code the code that enrolled the app",
		should("replayed-first", p.loginByCode),
		func(ctx SpecContext) {
			n := p.startEnrolment(ctx)
			first := p.Code(ctx, n.codes)
			p.Require("enrol with a first code", p.activate(ctx, n, first), p.validateCode, activated)
			n.backup = p.readBackupCodes(ctx, n.me)
			p.refusesCode(ctx, n.enrolled, first, replayed)
		})
	It("accepts one of several uses of a code at the same time",
		should("parallel", p.validateCode),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.oneOf(ctx, e, p.Code(ctx, e.codes), replayed)
		})
	It("accepts one of several uses of a backup code at the same time",
		clause.Should("onlyoffice.tfa-validate.backup-parallel", p.validateCode, contract.SecondFactorWrong, clause.From(contract.Standard, "OWASP ASVS 5.0 2.3.4; facts/auth-checks.md T15, T31")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			p.oneOf(ctx, e, e.takeBackup(), contract.SecondFactorWrong)
		})
	It("accepts a used code again within its window",
		clause.Note("onlyoffice.tfa-validate.replay-accepted", p.validateCode, verified, clause.Only(release37), clause.From(contract.Observed, "facts/onlyoffice.md 2.1")),
		func(ctx SpecContext) {
			e := p.enrol(ctx)
			used := p.usedAtLink(ctx, e, p.Code(ctx, e.codes))
			p.Expect(p.validate(ctx, p.secondStep(ctx, e), used), p.validateCode, verified)
		})
}

// usedAtLink spends a code.
func (p *portal) usedAtLink(ctx context.Context, e *enrolled, code string) string {
	GinkgoHelper()
	p.Require("use the code once", p.validate(ctx, p.secondStep(ctx, e), code), p.validateCode, verified)
	return code
}

// refusesAtLink requires the outcome for each changed code, that none opens a
// session, and that a right one still works afterwards.
func (p *portal) refusesAtLink(ctx context.Context, e *enrolled, outcome contract.Outcome, changes ...conform.Change) {
	GinkgoHelper()
	refused := p.Refuses(ctx, conform.Refusal{
		Operation: p.validateCode, By: p.secondStep(ctx, e), Control: always(codeOf(e.takeBackup())), Expected: verified,
		Changes: changes, Outcome: outcome, OnlyAfter: true,
	})
	p.opensNothing(refused)
}

func (p *portal) opensNothing(refused []*httpclient.Call) {
	GinkgoHelper()
	for _, call := range refused {
		p.Holds("a refusal opens no session", setCookie(call, sessionCookie) == "", "the session cookie is set")
	}
}

// oneOf sends one code several times at once: one use may open a session, the
// others have to lead to the outcome.
func (p *portal) oneOf(ctx context.Context, e *enrolled, code string, outcome contract.Outcome) {
	GinkgoHelper()
	const uses = 4 // the refused ones stay below the limit of wrong codes
	l := p.secondStepLink(ctx, e)
	calls, errs := make([]*httpclient.Call, uses), make([]error, uses)
	var group sync.WaitGroup
	for i := range uses {
		by := p.holder(e.who, l)
		group.Go(func() { calls[i], errs[i] = p.Try(ctx, by, p.validateCode, codeOf(code)) })
	}
	group.Wait()
	accepted := 0
	for i, call := range calls {
		if errs[i] != nil {
			p.Error("a use of the code got no response: %v", errs[i])
		}
		if setCookie(call, sessionCookie) != "" {
			p.Expect(call, p.validateCode, verified)
			accepted++
			continue
		}
		p.Expect(call, p.validateCode, outcome)
	}
	p.Check("uses that open a session", accepted, Equal(1))
}

// hasExpiry tells whether a cookie outlives the browser (RFC 6265 section 4.1.2).
func hasExpiry(call *httpclient.Call, name string) bool {
	c := lastCookie(call, name)
	return c.MaxAge > 0 || !c.Expires.IsZero()
}

// lastCookie is the last of the cookies of a name that a response sets; an empty
// one when there is none.
func lastCookie(call *httpclient.Call, name string) *http.Cookie {
	last := &http.Cookie{}
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			last = c
		}
	}
	return last
}

// inDigitsFrom writes a code in the digits of another script, by its zero.
func inDigitsFrom(zero rune, code string) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, code)
}
