package alphapoint

import (
	"encoding/json"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
)

// wrapper are the members in which the platform's calls carry their code. The
// casing is that of live venues, unlike the TFaType of Validate2FA.
func wrapper(code any, payload string) conform.Object {
	return conform.Object{"TfaType": "Google", "TFaCode": code, "Payload": payload}
}

// wrapped is a call that needs a code, with one.
func (v *Venue) wrapped(name string, code any) conform.Request {
	GinkgoHelper()
	text, err := json.Marshal(v.payload())
	if err != nil {
		v.Error("settings.%s cannot be written as JSON: %v", payloadSetting, err)
	}
	return conform.Request{JSON: wrapper(code, string(text))}.WithPath("endpoint", name)
}

func (v *Venue) payload() conform.Object {
	GinkgoHelper()
	members := conform.Object{}
	if err := json.Unmarshal([]byte(v.Setting(payloadSetting)), &members); err != nil || members == nil {
		v.Error("settings.%s is no JSON object", payloadSetting)
	}
	return members
}

// wrappers state that the code in a wrapper is a second factor like any other, at
// each of the calls that want one.
func (v *Venue) wrappers() {
	Describe("a call that carries its code", func() {
		refuses := func(text, slug string, outcome contract.Outcome, codes func(SpecContext, *pending) []any, options ...clause.Option) {
			It(text, v.promise("wrapped."+slug, v.guarded, outcome, append(options, clause.Only(platform))...), func(ctx SpecContext) {
				_, by := v.bothSteps(ctx)
				for batch := range slices.Chunk(v.requiredNames(ctx, by), perIdentity) {
					p, me := v.bothSteps(ctx)
					for _, name := range batch {
						for _, code := range codes(ctx, p) {
							call := v.Do(ctx, me, v.guarded, v.wrapped(name, code))
							v.Expect(call, v.guarded, outcome)
							v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
						}
					}
					v.Require("get a right code accepted after the refusal", v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, batch[0])), v.guarded, contract.OK)
				}
			})
		}
		refuses("refuses a wrapper without a code", "absent", codeRequired, func(SpecContext, *pending) []any { return []any{nil, ""} })
		refuses("refuses a wrong code", "wrong", contract.SecondFactorWrong, func(_ SpecContext, p *pending) []any { return []any{p.codes.Wrong(window)} })
		refuses("refuses a code of the far past", "expired", contract.SecondFactorWrong, func(_ SpecContext, p *pending) []any { return []any{p.codes.Past(window)} })
		refuses("refuses the current code of another user", "foreign", contract.SecondFactorWrong, func(ctx SpecContext, _ *pending) []any {
			return []any{v.Code(ctx, v.firstStep(ctx).codes)}
		})
		v.wrappedOnce()
		v.wrappedType()
	})
}

func (v *Venue) wrappedOnce() {
	It("refuses the code that opened the session",
		v.promise("wrapped.code-of-log-in", v.guarded, contract.SecondFactorReplayed, clause.Only(platform)),
		func(ctx SpecContext) {
			p := v.firstStep(ctx)
			code := v.Code(ctx, p.codes)
			call := v.Do(ctx, p.by, v.second, withCode(code))
			v.Require("take the second step", call, v.second, contract.OK)
			me := v.session(p.who, call)
			name := v.requiredNames(ctx, me)[0]
			v.Expect(v.Do(ctx, me, v.guarded, v.wrapped(name, code)), v.guarded, contract.SecondFactorReplayed)
			v.Require("get a fresh code accepted", v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, name)), v.guarded, contract.OK)
		})
	It("refuses a code that a call has used, at each of the calls",
		v.promise("wrapped.replayed", v.guarded, contract.SecondFactorReplayed, clause.Only(platform)),
		func(ctx SpecContext) {
			p, me := v.bothSteps(ctx)
			names := v.requiredNames(ctx, me)
			code := v.Code(ctx, p.codes)
			v.Require("use the code once", v.Do(ctx, me, v.guarded, v.wrapped(names[0], code)), v.guarded, contract.OK)
			for _, name := range names[:min(len(names), perIdentity)] {
				v.Expect(v.Do(ctx, me, v.guarded, v.wrapped(name, code)), v.guarded, contract.SecondFactorReplayed)
			}
		})
}

func (v *Venue) wrappedType() {
	It("refuses a right code that is no text",
		v.promise("wrapped.number", v.guarded, contract.SecondFactorWrong, clause.Only(platform), clause.From(contract.Inferred, "facts/auth-checks.md I05; facts/kiiex.md 1.7 all texts")),
		func(ctx SpecContext) {
			p, me := v.bothSteps(ctx)
			name := v.requiredNames(ctx, me)[0]
			code := v.Code(ctx, p.codes)
			for code[0] == '0' { // a number would lose it
				p, me = v.bothSteps(ctx)
				code = v.Code(ctx, p.codes)
			}
			v.Expect(v.Do(ctx, me, v.guarded, v.wrapped(name, json.Number(code))), v.guarded, contract.SecondFactorWrong)
			v.Require("get the same code accepted as a text", v.Do(ctx, me, v.guarded, v.wrapped(name, code)), v.guarded, contract.OK)
		})
}
