package alphapoint

import (
	"context"
	"regexp"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/harness/inbox"
)

// unenrolledCase is a session of a user whose app is set up and not active. What
// activates it uses the identity up: no documented call takes a factor away.
func (v *Venue) unenrolledCase(ctx context.Context) (*pending, *conform.Actor) {
	GinkgoHelper()
	who := v.lease(unenrolled)
	if who.TOTPSecret == "" {
		v.Untestable("the target file gives %s no totp-secret", who.Name)
	}
	me := v.signIn(ctx, who)
	DeferCleanup(func() { who.Retire("its app may be active now") })
	return &pending{who: who, codes: v.Codes(who.TOTPSecret)}, me
}

func (v *Venue) activation() {
	Describe("Activate2FA", func() {
		It("makes the next log-in ask for the second factor",
			v.promise("activate.right", v.activate, contract.OK),
			func(ctx SpecContext) {
				p, me := v.unenrolledCase(ctx)
				v.Expect(v.Do(ctx, me, v.activate, withCode(v.Code(ctx, p.codes))), v.activate, contract.OK)
				v.Expect(v.Do(ctx, v.caller(p.who), v.login, v.signed(p.who)), v.login, contract.SecondFactorRequired)
			})
		refuses := func(text, slug string, outcome contract.Outcome, changes func(SpecContext, *pending) []conform.Change) {
			It(text, v.promise("activate."+slug, v.activate, outcome), func(ctx SpecContext) {
				p, me := v.unenrolledCase(ctx)
				for _, call := range v.Refuses(ctx, conform.Refusal{
					Operation: v.activate, By: me, Control: always(withCode(v.Code(ctx, p.codes))),
					Changes: changes(ctx, p), Outcome: outcome, OnlyAfter: true,
					State: func() any {
						return v.Is(v.Do(ctx, v.caller(p.who), v.login, v.signed(p.who)), v.login, contract.OK)
					},
				}) {
					v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
				}
			})
		}
		refuses("refuses a wrong code, and activates nothing", "wrong", contract.SecondFactorWrong, func(_ SpecContext, p *pending) []conform.Change {
			return []conform.Change{renamed("wrong code", conform.Set("Code", p.codes.Wrong(window)))}
		})
		refuses("refuses the current code of another user", "foreign", contract.SecondFactorWrong, func(ctx SpecContext, _ *pending) []conform.Change {
			return []conform.Change{renamed("foreign code", conform.Set("Code", v.Code(ctx, v.firstStep(ctx).codes)))}
		})
		refuses("refuses a request without a code", "absent", contract.Invalid, func(SpecContext, *pending) []conform.Change {
			return []conform.Change{conform.Drop("Code"), conform.Set("Code", nil), conform.Set("Code", "")}
		})
		It("refuses a caller without any credential",
			v.promise("activate.anonymous", v.activate, contract.Unauthenticated),
			func(ctx SpecContext) {
				p, me := v.unenrolledCase(ctx)
				v.Refuses(ctx, conform.Refusal{
					Operation: v.activate, By: me, Control: always(withCode(v.Code(ctx, p.codes))),
					ChangedBy: v.Anonymous(), Outcome: contract.Unauthenticated, OnlyAfter: true,
				})
			})
		It("tells a caller without any credential how to authenticate",
			v.promise("activate.challenge", v.activate, challenged),
			func(ctx SpecContext) {
				v.Expect(v.Do(ctx, v.Anonymous(), v.activate, withCode("123456")), v.activate, challenged)
			})
	})
}

// validation2FA is the request of Validate2FA.
func (v *Venue) validation2FA(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"TFaType": "Google", "Code": code}}
}

func (v *Venue) validated(ctx context.Context, p *pending, me *conform.Actor) {
	GinkgoHelper()
	v.Require("validate a code", v.Do(ctx, me, v.validate, v.validation2FA(v.Code(ctx, p.codes))), v.validate, contract.OK)
}

// requiredNames reads the calls that need a code.
func (v *Venue) requiredNames(ctx context.Context, by *conform.Actor) []string {
	GinkgoHelper()
	call := v.Do(ctx, by, v.required, nothing)
	v.Require("list the calls that need a code", call, v.required, contract.OK)
	var names []string
	for _, name := range list(body(call)) {
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	if len(names) == 0 {
		v.Untestable("the target names no call that needs a code")
	}
	return names
}

// plainCall is a call that needs a code, without one.
func (v *Venue) plainCall(name string) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: v.payload()}.WithPath("endpoint", name)
}

// opened is the same call made right: the platform's carries a code, that of
// KIIEX's documents has one validated before it.
func (v *Venue) opened(ctx context.Context, p *pending, me *conform.Actor, name string) conform.Request {
	GinkgoHelper()
	if v.Profile() == platform {
		return v.wrapped(name, v.Code(ctx, p.codes))
	}
	v.validated(ctx, p, me)
	return v.plainCall(name)
}

func (v *Venue) validation() {
	Describe("Validate2FA", func() {
		It("takes a code of the app",
			v.promise("validate.right", v.validate, contract.OK),
			func(ctx SpecContext) {
				p, me := v.bothSteps(ctx)
				v.Expect(v.Do(ctx, me, v.validate, v.validation2FA(v.Code(ctx, p.codes))), v.validate, contract.OK)
			})
		refuses := func(text, slug string, outcome contract.Outcome, changes func(SpecContext, *pending) []conform.Change) {
			It(text, v.promise("validate."+slug, v.validate, outcome), func(ctx SpecContext) {
				p, me := v.bothSteps(ctx)
				for _, call := range v.Refuses(ctx, conform.Refusal{
					Operation: v.validate, By: me, Control: always(v.validation2FA(v.Code(ctx, p.codes))),
					Changes: changes(ctx, p), Outcome: outcome, OnlyAfter: true,
				}) {
					v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
				}
			})
		}
		refuses("refuses a wrong code", "wrong", contract.SecondFactorWrong, func(_ SpecContext, p *pending) []conform.Change {
			return []conform.Change{renamed("wrong code", conform.Set("Code", p.codes.Wrong(window)))}
		})
		refuses("refuses the current code of another user", "foreign", contract.SecondFactorWrong, func(ctx SpecContext, _ *pending) []conform.Change {
			return []conform.Change{renamed("foreign code", conform.Set("Code", v.Code(ctx, v.firstStep(ctx).codes)))}
		})
		refuses("refuses a request without a code", "absent", contract.Invalid, func(SpecContext, *pending) []conform.Change {
			return []conform.Change{conform.Drop("Code"), conform.Set("Code", nil), conform.Set("Code", "")}
		})
		It("refuses the code that opened the session",
			v.promise("validate.replayed", v.validate, contract.SecondFactorReplayed),
			func(ctx SpecContext) {
				p := v.firstStep(ctx)
				code := v.Code(ctx, p.codes)
				call := v.Do(ctx, p.by, v.second, withCode(code))
				v.Require("take the second step", call, v.second, contract.OK)
				v.Expect(v.Do(ctx, v.session(p.who, call), v.validate, v.validation2FA(code)), v.validate, contract.SecondFactorReplayed)
			})
	})
	Describe("the calls that need a code", func() { v.requiredEndpoints() })
}

func (v *Venue) requiredEndpoints() {
	It("are named to anybody",
		v.promise("required.anonymous", v.required, contract.OK),
		func(ctx SpecContext) {
			v.Expect(v.Do(ctx, v.Anonymous(), v.required, nothing), v.required, contract.OK)
		})
	It("are some",
		v.promise("required.some", v.required, contract.OK, clause.From(contract.Inferred, "facts/kiiex.md 1.8")),
		func(ctx SpecContext) {
			call := v.Do(ctx, v.Anonymous(), v.required, nothing)
			v.Expect(call, v.required, contract.OK)
			v.Check("names", list(body(call)), Not(BeEmpty()))
		})
	It("each refuse a request without a code",
		v.promise("required.each-refuses", v.guarded, codeRequired),
		func(ctx SpecContext) {
			p, me := v.bothSteps(ctx)
			names := v.requiredNames(ctx, me)
			for _, name := range names {
				call := v.Do(ctx, me, v.guarded, v.plainCall(name))
				v.Expect(call, v.guarded, codeRequired)
				v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
			}
			v.Require("make the call with a code", v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, names[0])), v.guarded, contract.OK)
		})
	It("open to a right code, each of them",
		v.promise("required.opens", v.guarded, contract.OK),
		func(ctx SpecContext) {
			p, me := v.bothSteps(ctx)
			names := v.requiredNames(ctx, me)
			v.Expect(v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, names[0])), v.guarded, contract.OK)
			for _, name := range names[1:] { // what else they want of a request differs
				p, me = v.bothSteps(ctx)
				call := v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, name))
				v.Holds("the call is not refused for want of a code", !v.Is(call, v.guarded, codeRequired), "it is")
			}
		})
	It("want a code each time",
		v.promise("required.each-time", v.guarded, codeRequired, clause.From(contract.Inferred, "facts/kiiex.md 1.7: a code goes with each request")),
		func(ctx SpecContext) {
			p, me := v.bothSteps(ctx)
			names := v.requiredNames(ctx, me)
			v.Require("make the call with a code", v.Do(ctx, me, v.guarded, v.opened(ctx, p, me, names[0])), v.guarded, contract.OK)
			v.Expect(v.Do(ctx, me, v.guarded, v.plainCall(names[0])), v.guarded, codeRequired)
		})
}

func (v *Venue) ownConfig(who *identity.Identity) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: conform.Object{"userId": v.userID(who), "userName": who.Login}}
}

// mailedCode finds the code in the mail about a new device: a UUID or at least
// six digits behind a colon.
var mailedCode = regexp.MustCompile(`:\s*([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9]{6,10})`)

// deviceCase is a session with the code that was mailed when it was opened.
func (v *Venue) deviceCase(ctx context.Context) (*identity.Identity, *conform.Actor, string) {
	GinkgoHelper()
	who := v.lease(user)
	v.ForgetMail(ctx, who.Login)
	me := v.signIn(ctx, who)
	var code string
	v.Mail(ctx, who.Login, func(m inbox.Message) bool {
		if found := mailedCode.FindStringSubmatch(m.Text); found != nil {
			code = found[1]
		}
		return code != ""
	})
	return who, me, v.Secret("device-code", code)
}

// device is the request that registers a device of its own.
func (v *Venue) device(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"HashCode": v.deviceHash(), "PendingEmailCode": code}}
}

func (v *Venue) deviceHash() string {
	n, _ := strconv.ParseUint(v.Nonce()[:7], 16, 32)
	return strconv.FormatUint(n, 10)
}

func (v *Venue) newDevices() {
	Describe("RegisterNewDevice", func() {
		It("lists the device from then on, as a trusted one",
			v.promise("device.registers", v.register, contract.OK),
			func(ctx SpecContext) {
				who, me, code := v.deviceCase(ctx)
				request := v.device(code)
				v.Expect(v.Do(ctx, me, v.register, request), v.register, contract.OK)
				listed := v.Do(ctx, me, v.devices, v.ownDevices(who))
				v.Expect(listed, v.devices, contract.OK)
				hash := request.JSON.(conform.Object)["HashCode"].(string)
				found := false
				for _, item := range list(body(listed)) {
					object, _ := item.(map[string]any)
					found = found || strconv.Itoa(number(item, "HashCode")) == hash && object["IsTrusted"] == true
				}
				v.Holds("the device is listed and trusted", found, "it is not")
			})
		refuses := func(text, slug string, code func(SpecContext) string) {
			It(text, v.promise("device."+slug, v.register, deviceCodeWrong), func(ctx SpecContext) {
				who, me, right := v.deviceCase(ctx)
				v.Refuses(ctx, conform.Refusal{
					Operation: v.register, By: me, Control: func() conform.Request { return v.device(right) },
					Changes: []conform.Change{renamed("code", conform.Set("PendingEmailCode", code(ctx)))}, Outcome: deviceCodeWrong, OnlyAfter: true,
					State: func() any { return len(list(body(v.Do(ctx, me, v.devices, v.ownDevices(who))))) },
				})
			})
		}
		refuses("refuses a made-up code", "code-made-up", func(SpecContext) string {
			return "00000000-0000-4000-8000-" + v.Nonce()[:12]
		})
		refuses("refuses the code that was mailed to another user", "code-foreign", func(ctx SpecContext) string {
			_, _, code := v.deviceCase(ctx)
			return code
		})
		It("refuses a code a second time",
			v.promise("device.code-used", v.register, deviceCodeWrong),
			func(ctx SpecContext) {
				_, me, code := v.deviceCase(ctx)
				v.Require("register a device", v.Do(ctx, me, v.register, v.device(code)), v.register, contract.OK)
				v.Expect(v.Do(ctx, me, v.register, v.device(code)), v.register, deviceCodeWrong)
			})
	})
}
