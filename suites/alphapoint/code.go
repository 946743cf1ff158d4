package alphapoint

import (
	"context"
	"net/url"
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// codes makes deviations of a request that carries a code.
type codes = func(ctx context.Context, p *client.Pending) []conform.Change

// codeOf sends another code of the account. It is made after that of the control, which may
// have to wait for a time step: of what is two steps ahead, that would leave one.
func codeOf(value func(p *client.Pending) string) codes {
	return func(_ context.Context, p *client.Pending) []conform.Change {
		return []conform.Change{{Name: "Code", Of: func(r conform.Request) conform.Request { return r.With("Code", value(p)) }}}
	}
}

func pastCode(p *client.Pending) string { return p.Codes.Past(client.Window) }

// foreignCode sends the current code of another user. It is made before that of the control:
// the other user may be waited for longer than a code lives.
func (v specs) foreignCode(ctx context.Context, _ *client.Pending) []conform.Change {
	return []conform.Change{conform.Set("Code", v.foreign(ctx))}
}

// foreign is the current code of another user.
func (v specs) foreign(ctx context.Context) string {
	GinkgoHelper()
	return v.Code(ctx, v.FirstStep(ctx).Codes)
}

// noCode leaves the code out, in each way that JSON has.
func noCode(context.Context, *client.Pending) []conform.Change {
	return []conform.Change{conform.Drop("Code"), named("null", conform.Set("Code", nil)), named("empty", conform.Set("Code", ""))}
}

// changing are codes that do not depend on the account.
func changing(changes ...conform.Change) codes {
	return func(context.Context, *client.Pending) []conform.Change { return changes }
}

// rejectsCodes states that an operation rejects each row's codes, and accepts a
// right one afterwards.
func (v specs) rejectsCodes(ready func(context.Context) trial, rows ...conform.Row[codes]) {
	GinkgoHelper()
	for _, row := range rows {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			t := ready(ctx)
			v.Refuses(ctx, conform.Refusal{
				Operation: row.Clause.Operation, By: t.by, Control: t.control, Changes: row.Given(ctx, t.Pending),
				Outcome: row.Clause.Outcome, OnlyAfter: true, State: t.state,
			})
		})
	}
}

func (v specs) code() {
	v.codeAccepted()
	op, wrong := v.SecondStep.Name(), contract.SecondFactorWrong
	v.rejectsCodes(v.secondStepTrial, []conform.Row[codes]{
		{Text: op + " rejects a wrong TOTP code", Clause: clause.Graded(v.ID("code.wrong"), v.SecondStep, wrong),
			Given: codeOf((*client.Pending).Wrong)},
		{Text: op + " rejects a TOTP code that expired long ago", Clause: clause.Graded(v.ID("code.expired"), v.SecondStep, wrong),
			Given: codeOf(pastCode)},
		{Text: op + " rejects a TOTP code of the far future", Clause: clause.Graded(v.ID("code.future"), v.SecondStep, wrong),
			Given: codeOf(func(p *client.Pending) string { return p.Codes.Future(client.Window) })},
		{Text: op + " rejects a TOTP code two time steps old",
			Clause: clause.Should(v.ID("code.window-past"), v.SecondStep, wrong,
				clause.From(contract.Standard, "RFC 6238 section 5.2; checks#T08")),
			Given: codeOf(func(p *client.Pending) string { return p.Codes.Past(2) })},
		{Text: op + " rejects a TOTP code two time steps ahead",
			Clause: clause.Should(v.ID("code.window-future"), v.SecondStep, wrong,
				clause.From(contract.Standard, "RFC 6238 section 6; checks#T09")),
			Given: codeOf(func(p *client.Pending) string { return v.CodeAhead(p.Codes, 2) })},
		{Text: op + " rejects the current TOTP code of another user",
			Clause: clause.Graded(v.ID("code.foreign"), v.SecondStep, wrong), Given: v.foreignCode},
		{Text: op + " rejects a request without a code",
			Clause: clause.Graded(v.ID("code.absent"), v.SecondStep, contract.Invalid), Given: changing(conform.Drop("Code"))},
		{Text: op + " rejects a code that is null",
			Clause: clause.Should(v.ID("code.null"), v.SecondStep, contract.Invalid, silent), Given: changing(conform.Set("Code", nil))},
		{Text: op + " rejects a code that is empty or made of spaces",
			Clause: clause.Should(v.ID("code.empty"), v.SecondStep, contract.Invalid, silent),
			Given:  changing(named("empty", conform.Set("Code", "")), named("spaces", conform.Set("Code", "      ")))},
		{Text: op + " rejects a TOTP code that is sent in the query",
			Clause: clause.Should(v.ID("code.in-url"), v.SecondStep, contract.Invalid,
				clause.From(contract.Standard, "OWASP ASVS 5.0.0 14.2.1; checks#H19; alphapoint#8.9")),
			Given: v.inQuery},
	}...)
	v.codeFirstStep()
	v.codeSingleUse()
}

// inQuery moves the code from the body to the query.
func (v specs) inQuery(context.Context, *client.Pending) []conform.Change {
	if why := v.bodiless(); why != "" {
		v.Inapplicable("%s", why)
	}
	return []conform.Change{{Name: "in the query", Of: func(r conform.Request) conform.Request {
		r.Query = url.Values{"Code": {r.JSON.(conform.Object)["Code"].(string)}}
		r.JSON = conform.Object{}
		return r
	}}}
}

// silent is the authority where the documents only say that a code is required.
var silent = clause.From(contract.Inferred, "checks#I02; checks#I03; kiiex#0a-code")

func (v specs) codeAccepted() {
	op := v.SecondStep.Name()
	It(op+" opens a session for a valid TOTP code", clause.Graded(v.ID("code.right"), v.SecondStep, contract.OK),
		func(ctx SpecContext) {
			t := v.secondStepTrial(ctx)
			session := v.Session(t.Who, v.ExpectAnswer(ctx, t.by, v.SecondStep, t.control(), contract.OK))
			v.ExpectAlive(ctx, session)
			if v.Config != nil && v.Has(v.Config) { // what it shows of a second factor is looked at as all answers are
				v.ExpectAnswer(ctx, session, v.Config, v.OwnConfig(t.Who), contract.OK)
			}
		})
	It(op+" accepts a valid TOTP code after a wrong one", clause.Graded(v.ID("code.wrong-then-right"), v.SecondStep, contract.OK),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			wrong := v.Do(ctx, p.By, v.SecondStep, client.WithCode(p.Wrong()))
			v.Require("get a wrong code refused", wrong, v.SecondStep, contract.SecondFactorWrong)
			for _, given := range family.OddFields(wrong) { // no session comes with the refusal
				v.ExpectNoSession(ctx, v.CallerWith(p.Who, v.Setting(client.SessionHeader), given))
			}
			v.ExpectAnswer(ctx, p.By, v.SecondStep, client.WithCode(v.Code(ctx, p.Codes)), contract.OK)
		})
}

func (v specs) codeFirstStep() {
	op := v.SecondStep.Name()
	It(op+" rejects a valid TOTP code without a first step",
		clause.Graded(v.ID("code.without-first-step"), v.SecondStep, client.NotPending),
		func(ctx SpecContext) {
			p, _ := v.BothSteps(ctx) // nothing is pending any more
			request, by := client.WithCode(v.Code(ctx, p.Codes)), v.Caller(p.Who)
			if p.Token != "" {
				by = v.CallerWith(p.Who, v.Setting(client.PendingHeader), v.Secret("pending-token", v.Nonce()+v.Nonce()))
			}
			p.Who.Failed() // a target may count it
			v.ExpectRefusal(ctx, by, v.SecondStep, request, client.NotPending)
			v.requireAfterFirstStep(ctx, p, request)
		})
	It(op+" rejects a second use of the same first step", clause.Should(v.ID("code.first-step-once"), v.SecondStep, client.NotPending),
		func(ctx SpecContext) {
			p, _ := v.BothSteps(ctx)
			p.Who.Failed()
			v.ExpectAnswer(ctx, p.By, v.SecondStep, client.WithCode(v.Code(ctx, p.Codes)), client.NotPending)
		})
	It(op+" rejects a valid TOTP code 15 minutes after the first step",
		clause.Should(v.ID("code.first-step-expires"), v.SecondStep, client.NotPending, clause.Disrupts(),
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.5.5; checks#F10")),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			v.Wait(ctx, 15*time.Minute, "a first step has to expire")
			p.Who.Failed()
			request := client.WithCode(v.Code(ctx, p.Codes))
			v.ExpectAnswer(ctx, p.By, v.SecondStep, request, client.NotPending)
			v.requireAfterFirstStep(ctx, p, request)
		})
}

// requireAfterFirstStep requires that a code which was refused for want of a first step is
// accepted after one, or another code where the refusal used the first one up.
func (v specs) requireAfterFirstStep(ctx context.Context, p *client.Pending, request conform.Request) {
	GinkgoHelper()
	v.TakeFirstStep(ctx, p)
	if v.Is(v.Do(ctx, p.By, v.SecondStep, request), v.SecondStep, contract.OK) {
		return
	}
	p.Who.Failed()
	v.TakeFirstStep(ctx, p)
	v.RequireOK(ctx, "get a code accepted after a first step", p.By, v.SecondStep, client.WithCode(v.Code(ctx, p.Codes)))
}

// codeSingleUse is RFC 6238 section 5.2: no second acceptance of a code.
func (v specs) codeSingleUse() {
	op := v.SecondStep.Name()
	It(op+" rejects a TOTP code that was used before", clause.Graded(v.ID("code.replayed"), v.SecondStep, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			t := v.secondStepTrial(ctx)
			v.RequireOK(ctx, "use the code once", t.by, v.SecondStep, t.control())
			v.TakeFirstStep(ctx, t.Pending)
			v.ExpectRefusal(ctx, t.By, v.SecondStep, t.control(), contract.SecondFactorReplayed)
		})
	It(op+" accepts exactly one of several uses of a TOTP code at the same time",
		clause.Should(v.ID("code.parallel"), v.SecondStep, contract.SecondFactorReplayed,
			clause.From(contract.Standard, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 2.3.4; checks#T15")),
		func(ctx SpecContext) {
			t := v.secondStepTrial(ctx)
			use := conform.Attempt{By: t.by, Request: t.control()}
			t.Who.Failed()
			accepted := 0
			for _, call := range v.Together(ctx, v.SecondStep, slices.Repeat([]conform.Attempt{use}, 4)) {
				switch {
				case v.Is(call, v.SecondStep, contract.OK):
					accepted++
				case !v.Exactly(call, v.SecondStep, client.NotPending):
					v.Expect(call, v.SecondStep, contract.SecondFactorReplayed)
				}
			}
			v.Holds("exactly one use is accepted", accepted == 1, "another number is")
		})
}
