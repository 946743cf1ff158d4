package alphapoint

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
)

// attempt is a request that nothing may come of.
type attempt struct {
	what    string
	by      *conform.Actor
	request conform.Request
}

// failOpen sends every kind of request that is refused, and looks at nothing but
// whether the answer lets its reader in: a token, or a member that says
// authenticated, on whatever status and in whatever casing.
func (v *Venue) failOpen() {
	Describe("a refusal", func() {
		It("of AuthenticateUser never says authenticated and never carries a token",
			v.promise("fail-open.login", v.login, contract.BadCredentials),
			func(ctx SpecContext) {
				who := v.lease(user)
				wrong := v.signed(who).With("Signature", Sign("made-up", "1", who.ID, who.APIKey))
				v.Expect(v.Do(ctx, v.caller(who), v.login, wrong), v.login, contract.BadCredentials)
				v.letsNobodyIn(ctx, v.login, v.refusedLogins())
			})
		It("of Authenticate2FA never says authenticated and never carries a token",
			v.promise("fail-open.code", v.second, contract.SecondFactorWrong),
			func(ctx SpecContext) {
				p := v.firstStep(ctx)
				v.Expect(v.Do(ctx, p.by, v.second, withCode(p.codes.Wrong(window))), v.second, contract.SecondFactorWrong)
				v.letsNobodyIn(ctx, v.second, v.refusedCodes(ctx))
			})
		It("of a call that needs a session never says authenticated and never carries a token",
			v.promise("fail-open.session", v.devices, contract.Unauthenticated),
			func(ctx SpecContext) {
				who := v.lease(user)
				v.Expect(v.Do(ctx, v.Anonymous(), v.devices, v.ownDevices(who)), v.devices, contract.Unauthenticated)
				_, me := v.signedIn(ctx, user)
				v.letsNobodyIn(ctx, v.devices, []attempt{
					{"without any credential", v.Anonymous(), v.ownDevices(who)},
					{"with a made-up session", v.with(who, v.Setting(sessionSetting), v.Nonce()+v.Nonce()), v.ownDevices(who)},
					{"of another user", me, v.ownDevices(who)},
					{"without a user", me, nothing},
					{"that is no JSON", me, conform.Request{Raw: []byte(`{"UserId":`)}},
				})
			})
	})
}

func (v *Venue) refusedLogins() []attempt {
	GinkgoHelper()
	who, other := v.lease(user), v.lease(user)
	second := v.lease(totp)
	by := v.caller(who)
	wrong := v.wrongly(who)
	attempts := []attempt{
		{"with another secret", by, v.signed(who).With("Signature", Sign(other.APISecret, "1", who.ID, who.APIKey))},
		{"with an unknown API key", by, v.signed(who).With("APIKey", v.Nonce()+v.Nonce())},
		{"by another method", by, byMethod("PUT", wrong)},
		{"in another media type", by, inMedia("text/html", wrong)},
		{"with a wrong password", v.caller(other), password(other).With("Password", "wrong-Password-1")},
		{"of an unknown user", v.caller(other), password(other).With("UserName", v.nobody())},
		{"with a wrong password of a user with a second factor", v.caller(second), password(second).With("Password", "wrong-Password-1")},
		{"without members", by, nothing},
		{"without a signature", by, v.signed(who).Without("Signature")},
		{"with an object for a signature", by, v.signed(who).With("Signature", conform.Object{"$ne": ""})},
		{"that is no JSON", by, conform.Request{Raw: []byte(`{"APIKey":`)}},
		{"that is a list", by, conform.Request{Raw: []byte(`[]`)}},
		{"without a body", by, conform.Request{}},
	}
	if v.Setting(gatewaySetting) != "none" {
		attempts = append(attempts,
			attempt{"without the gateway's credential", v.Anonymous(), v.signed(who)},
			attempt{"with the gateway's credential of another", v.caller(other), v.signed(who)})
	}
	return attempts
}

func (v *Venue) refusedCodes(ctx context.Context) []attempt {
	GinkgoHelper()
	p, fresh := v.firstStep(ctx), v.lease(user)
	attempts := []attempt{
		{"with a wrong code", p.by, withCode(p.codes.Wrong(window))},
		{"by another method", p.by, byMethod("PUT", withCode(p.codes.Wrong(window)))},
		{"in another media type", p.by, inMedia("text/html", withCode(p.codes.Wrong(window)))},
		{"with a code of the far past", p.by, withCode(p.codes.Past(window))},
		{"without a code", p.by, nothing},
		{"with an object for a code", p.by, withCode(conform.Object{"$ne": ""})},
		{"with true for a code", p.by, withCode(true)},
		{"that is no JSON", p.by, conform.Request{Raw: []byte(`{"Code":`)}},
		{"without a body", p.by, conform.Request{}},
		{"without a first step", v.caller(fresh), withCode("123456")},
	}
	if v.Setting(gatewaySetting) != "none" {
		attempts = append(attempts, attempt{"without the gateway's credential", v.Anonymous(), withCode("123456")})
	}
	return attempts
}

func byMethod(method string, r conform.Request) conform.Request {
	r.Method = method
	return r
}

func inMedia(mediaType string, r conform.Request) conform.Request {
	r.ContentType = mediaType
	return r
}

// failOpenElsewhere does the same to the calls that only the legacy surface has.
func (v *Venue) failOpenElsewhere() {
	refused := func(op *contract.Operation, name, slug string, outcome contract.Outcome, attempts func(context.Context) []attempt) {
		It("of "+name+" never says authenticated and never carries a token",
			v.promise("fail-open."+slug, op, outcome), func(ctx SpecContext) {
				all := attempts(ctx)
				v.Expect(v.Do(ctx, all[0].by, op, all[0].request), op, outcome)
				v.letsNobodyIn(ctx, op, all)
			})
	}
	unread := conform.Request{Raw: []byte(`{"Code":`)}
	Describe("a refusal", func() {
		refused(v.activate, "Activate2FA", "activate", contract.SecondFactorWrong, func(ctx context.Context) []attempt {
			p, me := v.unenrolledCase(ctx)
			wrong := withCode(p.codes.Wrong(window))
			return []attempt{{"with a wrong code", me, wrong}, {"without a code", me, nothing}, {"that is no JSON", me, unread},
				{"with an object for a code", me, withCode(conform.Object{"$ne": ""})}, {"without any credential", v.Anonymous(), wrong}}
		})
		refused(v.validate, "Validate2FA", "validate", contract.SecondFactorWrong, func(ctx context.Context) []attempt {
			p, me := v.bothSteps(ctx)
			wrong := v.validation2FA(p.codes.Wrong(window))
			return []attempt{{"with a wrong code", me, wrong}, {"without a code", me, nothing}, {"that is no JSON", me, unread},
				{"with an object for a code", me, wrong.With("Code", conform.Object{"$ne": ""})}, {"without any credential", v.Anonymous(), wrong},
				{"while the second factor is pending", v.firstStep(ctx).by, wrong}}
		})
		refused(v.guarded, "a call that needs a code", "required", codeRequired, func(ctx context.Context) []attempt {
			p, me := v.bothSteps(ctx)
			name := v.requiredNames(ctx, me)[0]
			plain := v.plainCall(name)
			return []attempt{{"without a code", me, plain}, {"with a wrong code", me, v.wrapped(name, p.codes.Wrong(window))},
				{"without any credential", v.Anonymous(), plain}, {"while the second factor is pending", v.firstStep(ctx).by, plain}}
		})
		refused(v.register, "RegisterNewDevice", "register", deviceCodeWrong, func(ctx context.Context) []attempt {
			_, me := v.signedIn(ctx, user)
			made := v.device("00000000-0000-4000-8000-" + v.Nonce()[:12])
			return []attempt{{"with a made-up code", me, made}, {"without a code", me, nothing}, {"that is no JSON", me, unread}, {"without any credential", v.Anonymous(), made}}
		})
		refused(v.config, "GetUserConfig", "configuration", contract.Forbidden, func(ctx context.Context) []attempt {
			_, me := v.signedIn(ctx, user)
			foreign := v.ownConfig(v.lease(user))
			return []attempt{{"of another user", me, foreign}, {"without a user", me, nothing}, {"that is no JSON", me, unread}, {"without any credential", v.Anonymous(), foreign}}
		})
	})
}

func (v *Venue) letsNobodyIn(ctx context.Context, op *contract.Operation, attempts []attempt) {
	GinkgoHelper()
	for _, a := range attempts {
		call := v.Do(ctx, a.by, op, a.request)
		found := leak(call)
		v.Holds("the refusal of a request "+a.what+" lets nobody in", found == "", "it carries "+found)
		v.Holds("a request "+a.what+" does not break the server", call.Status < 500 || call.Status == http.StatusNotImplemented, "its status is of class 5")
	}
}
