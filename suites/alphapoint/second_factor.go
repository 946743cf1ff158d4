package alphapoint

import (
	"net/url"
	"slices"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// window is wider than any target's: a code this many steps away is wrong.
const window = 40

func (v *Venue) secondFactor() {
	Describe("a log-in whose second factor is pending", func() { v.pendingLogins() })
	Describe("Authenticate2FA", func() {
		v.codeOpens()
		v.codeRefused()
		v.codeMissing()
		v.codeOnce()
	})
}

func (v *Venue) pendingLogins() {
	It("asks a user with a second factor for it",
		v.promise("pending.required", v.login, contract.SecondFactorRequired),
		func(ctx SpecContext) {
			who := v.lease(totp)
			v.Expect(v.Do(ctx, v.caller(who), v.login, v.signed(who)), v.login, contract.SecondFactorRequired)
		})
	It("is no session although it says authenticated: it has no session token",
		v.promise("pending.no-token", v.login, contract.SecondFactorRequired),
		func(ctx SpecContext) {
			who := v.lease(totp)
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Holds("no session token is issued before the second factor", token(call) == "" && call.Header.Get("Set-Cookie") == "", "one is")
			v.Expect(call, v.login, contract.SecondFactorRequired)
		})
	It("opens no call until Authenticate2FA succeeds",
		v.promise("pending.opens-nothing", v.devices, contract.Unauthenticated),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			v.closed(ctx, v.caller(p.who))
			v.closed(ctx, p.by)
			if p.token != "" {
				v.closed(ctx, v.with(p.who, v.Setting(sessionSetting), p.token))
			}
			call := v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes)))
			v.Require("take the second step", call, v.second, contract.OK)
			v.alive(ctx, v.session(p.who, call))
		})
	It("never shows the secret of an app that is enrolled",
		v.promise("pending.no-secret", v.login, contract.SecondFactorRequired, clause.From(contract.Standard, "OWASP ASVS 5.0 14.2.6; facts/auth-checks.md T21; facts/kiiex.md 4 doc oddity")),
		func(ctx SpecContext) {
			who := v.lease(totp)
			call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
			v.Holds("twoFAToken is empty for an enrolled user", str(body(call), "twoFAToken", "TwoFAToken") == "", "it is not")
			v.Expect(call, v.login, contract.SecondFactorRequired)
		})
	It("asks for the second factor after a password too",
		v.promise("pending.by-password", v.login, contract.SecondFactorRequired, unpublished),
		func(ctx SpecContext) {
			who := v.lease(totp)
			v.Expect(v.Do(ctx, v.caller(who), v.login, password(who)), v.login, contract.SecondFactorRequired)
		})
	It("does not let the client decide that no second factor is needed",
		v.promise("pending.client-decides", v.login, contract.SecondFactorRequired, clause.From(contract.Standard, "OWASP ASVS 5.0 8.3.1; facts/auth-checks.md I19, F08")),
		func(ctx SpecContext) {
			who := v.lease(totp)
			request := v.signed(who).With("requires2FA", false).With("Use2FA", false).With("Authenticated", true)
			v.Expect(v.Do(ctx, v.caller(who), v.login, request), v.login, contract.SecondFactorRequired)
		})
}

func (v *Venue) codeOpens() {
	It("opens a session for a code of the app",
		v.promise("code.right", v.second, contract.OK),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			call := v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes)))
			v.Expect(call, v.second, contract.OK)
			v.works(ctx, v.session(p.who, call))
		})
	It("takes the right code after a wrong one",
		v.promise("code.wrong-then-right", v.second, contract.OK),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			v.Require("get a wrong code refused", v.Do(ctx, p.by, v.second, withCode(p.codes.Wrong(window))), v.second, contract.SecondFactorWrong)
			v.Expect(v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes))), v.second, contract.OK)
		})
}

// refusesCodes requires the outcome for requests of the second step, and that a
// right one still works afterwards.
func (v *Venue) refusesCodes(ctx SpecContext, p *pending, outcome contract.Outcome, changes ...conform.Change) {
	GinkgoHelper()
	for _, call := range v.Refuses(ctx, conform.Refusal{
		Operation: v.second, By: p.by, Control: always(withCode(v.Code(ctx, p.codes))),
		Changes: changes, Outcome: outcome, OnlyAfter: true,
	}) {
		v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
	}
}

func (v *Venue) codeRefused() {
	refuses := func(text, slug string, code func(SpecContext, *pending) string, options ...clause.Option) {
		It(text, v.promise("code."+slug, v.second, contract.SecondFactorWrong, options...), func(ctx SpecContext) {
			p := v.firstStep(ctx)
			v.refusesCodes(ctx, p, contract.SecondFactorWrong, renamed("code", conform.Set("Code", code(ctx, p))))
		})
	}
	refuses("refuses a wrong code", "wrong", func(_ SpecContext, p *pending) string { return p.codes.Wrong(window) })
	refuses("refuses a code that expired long ago", "expired", func(_ SpecContext, p *pending) string { return p.codes.Past(window) })
	refuses("refuses a code of the far future", "future", func(_ SpecContext, p *pending) string { return p.codes.Future(window) })
	refuses("refuses a code more than one time step old", "window-past",
		func(_ SpecContext, p *pending) string { return p.codes.Past(3) }, clause.From(contract.Standard, "RFC 6238 section 5.2; facts/auth-checks.md T08"))
	refuses("refuses a code more than one time step ahead", "window-future",
		func(_ SpecContext, p *pending) string { return p.codes.Future(3) }, clause.From(contract.Standard, "RFC 6238 section 6; facts/auth-checks.md T09"))
	refuses("refuses the current code of another user", "foreign",
		func(ctx SpecContext, _ *pending) string { return v.Code(ctx, v.firstStep(ctx).codes) })

	It("refuses a right code without a first step",
		v.promise("code.without-first-step", v.second, notPending),
		func(ctx SpecContext) {
			p, _ := v.bothSteps(ctx) // nothing is pending any more
			code := v.Code(ctx, p.codes)
			by := v.caller(p.who)
			if p.token != "" {
				by = v.with(p.who, v.Setting(pendingSetting), v.Secret("pending-token", v.Nonce()+v.Nonce()))
			}
			call := v.Do(ctx, by, v.second, withCode(code))
			v.Expect(call, v.second, notPending)
			v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
			v.again(ctx, p)
			v.Require("get the same code accepted after a first step", v.Do(ctx, p.by, v.second, withCode(code)), v.second, contract.OK)
		})
	It("opens one session for one first step",
		v.promise("code.first-step-once", v.second, notPending),
		func(ctx SpecContext) {
			p, _ := v.bothSteps(ctx)
			v.Expect(v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes))), v.second, notPending)
		})
	It("does not wait for ever for the second step",
		v.promise("code.first-step-expires", v.second, notPending, clause.Disrupts(), clause.From(contract.Standard, "OWASP ASVS 5.0 6.5.5; facts/auth-checks.md F10")),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			v.Wait(ctx, 15*time.Minute, "a first step has to expire")
			code := v.Code(ctx, p.codes)
			v.Expect(v.Do(ctx, p.by, v.second, withCode(code)), v.second, notPending)
			v.again(ctx, p)
			v.Require("get the same code accepted after a new first step", v.Do(ctx, p.by, v.second, withCode(code)), v.second, contract.OK)
		})
}

func (v *Venue) codeMissing() {
	refuses := func(text, slug string, outcome contract.Outcome, options []clause.Option, changes ...conform.Change) {
		It(text, v.promise("code."+slug, v.second, outcome, options...), func(ctx SpecContext) {
			v.refusesCodes(ctx, v.firstStep(ctx), outcome, changes...)
		})
	}
	silent := []clause.Option{clause.From(contract.Inferred, "facts/auth-checks.md I02, I03; facts/kiiex.md 0a Code is required")}
	refuses("refuses a request without a code", "absent", contract.Invalid, nil, conform.Drop("Code"))
	refuses("refuses a code that is null", "null", contract.Invalid, silent, conform.Set("Code", nil))
	refuses("refuses an empty code", "empty", contract.Invalid, silent, conform.Set("Code", ""), renamed("spaces", conform.Set("Code", "      ")))
	It("does not take the code out of the URL",
		v.promise("code.in-url", v.second, contract.Invalid, clause.From(contract.Standard, "OWASP ASVS 5.0 14.2.1; facts/auth-checks.md H19; facts/kiiex.md 8.9")),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			code := v.Code(ctx, p.codes)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.second, By: p.by, Control: always(withCode(code)), Outcome: contract.Invalid, OnlyAfter: true,
				Changes: []conform.Change{{Name: "in the query", Of: func(r conform.Request) conform.Request {
					r.JSON, r.Query = conform.Object{}, url.Values{"Code": {code}}
					return r
				}}},
			})
		})
}

// codeOnce is RFC 6238 section 5.2: no second acceptance of a code.
func (v *Venue) codeOnce() {
	It("refuses a code that was used before",
		v.promise("code.replayed", v.second, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			code := v.Code(ctx, p.codes)
			v.Require("use the code once", v.Do(ctx, p.by, v.second, withCode(code)), v.second, contract.OK)
			v.again(ctx, p)
			call := v.Do(ctx, p.by, v.second, withCode(code))
			v.Expect(call, v.second, contract.SecondFactorReplayed)
			v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
		})
	It("accepts one of several uses of a code at the same time",
		v.promise("code.parallel", v.second, contract.SecondFactorReplayed, clause.From(contract.Standard, "RFC 6238 section 5.2; OWASP ASVS 5.0 2.3.4; facts/auth-checks.md T15")),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			request := withCode(v.Code(ctx, p.codes))
			const uses = 4
			calls := make([]*httpclient.Call, uses)
			errs := make([]error, uses)
			var group sync.WaitGroup
			for i := range uses {
				group.Go(func() { calls[i], errs[i] = v.Try(ctx, p.by, v.second, request) })
			}
			group.Wait()
			accepted := 0
			for i, call := range calls {
				if errs[i] != nil {
					v.Error("one of the calls got no response: %v", errs[i])
				}
				if v.Is(call, v.second, contract.OK) {
					accepted++
				} else if !slices.ContainsFunc([]contract.Outcome{contract.SecondFactorReplayed, notPending}, func(o contract.Outcome) bool { return v.Exactly(call, v.second, o) }) {
					v.Expect(call, v.second, contract.SecondFactorReplayed)
				}
			}
			v.Holds("exactly one use is accepted", accepted == 1, "another number is")
		})
}
