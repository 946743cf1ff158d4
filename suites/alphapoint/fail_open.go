package alphapoint

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// attempt is a request that nothing may come of.
type attempt struct {
	what    string
	by      *conform.Actor
	request conform.Request
}

// failOpen sends every kind of request that is rejected, the first of them with
// the clause's outcome, and looks at nothing but whether the answer grants access:
// by a token, or a member that says authenticated, on whatever status and in
// whatever casing.
func (v specs) failOpen() {
	type row struct {
		op      *contract.Operation
		clause  string
		outcome contract.Outcome
		invalid func(context.Context) []attempt
	}
	rows := []row{
		{v.Login, "fail-open.login", contract.BadCredentials, v.invalidLogins},
		{v.SecondStep, "fail-open.code", contract.SecondFactorWrong, v.invalidCodes},
		{v.Devices, "fail-open.session", contract.Unauthenticated, v.invalidSessions},
		{v.Activate, "fail-open.activate", contract.SecondFactorWrong, v.invalidActivations},
		{v.Validate, "fail-open.validate", contract.SecondFactorWrong, v.invalidValidations},
		{v.Guarded, "fail-open.required", client.CodeRequired, v.invalidCalls},
		{v.Register, "fail-open.register", client.DeviceCodeWrong, v.invalidDevices},
		{v.Config, "fail-open.configuration", contract.Forbidden, v.invalidConfigs},
	}
	for _, row := range rows {
		if row.op == nil {
			continue
		}
		text := "No invalid request to " + row.op.Name() + " is answered with a token, a success flag or a server error"
		It(text, clause.Graded(v.ID(row.clause), row.op, row.outcome), func(ctx SpecContext) {
			for i, a := range row.invalid(ctx) {
				call := v.Do(ctx, a.by, row.op, a.request)
				if i == 0 {
					v.Expect(call, row.op, row.outcome)
				}
				found := client.Grants(call)
				v.Holds("the refusal of a request "+a.what+" grants no access", found == "", "it carries "+found)
				v.Holds("a request "+a.what+" does not break the server",
					call.Status < 500 || call.Status == http.StatusNotImplemented, "its status is of class 5")
			}
		})
	}
}

// notJSON is cut off in the middle.
var notJSON = conform.Request{Raw: []byte(`{"Code":`)}

// operator is a query operator of document databases in place of a text.
var operator = conform.Object{"$ne": ""}

func (v specs) invalidLogins(context.Context) []attempt {
	GinkgoHelper()
	who, other := v.Account(client.User), v.Account(client.User)
	by, wrong := v.Caller(who), v.WrongLogin(who)
	all := []attempt{
		{"with another secret or password", by, wrong},
		{"by another method", by, byMethod("PUT", wrong)},
		{"in another media type", by, inMedia("text/html", wrong)},
		{"without members", by, client.Nothing},
		{"that is no JSON", by, notJSON},
		{"that is a list", by, conform.Request{Raw: []byte(`[]`)}},
		{"without a body", by, conform.Request{}},
	}
	if v.Setting(client.LoginSetting) != "password" {
		all = append(all,
			attempt{"with the secret of another", by,
				v.SignedLogin(who).With("Signature", v.Signer().Sign(other.APISecret, "1", who.ID, who.APIKey))},
			attempt{"with an unknown API key", by, v.SignedLogin(who).With("APIKey", v.Nonce()+v.Nonce())},
			attempt{"without a signature", by, v.SignedLogin(who).Without("Signature")},
			attempt{"with an object for a signature", by, v.SignedLogin(who).With("Signature", operator)})
	}
	if v.Setting(client.LoginSetting) != "signature" {
		second := v.Account(client.TOTP)
		all = append(all,
			attempt{"with a wrong password", v.Caller(other), v.PasswordLogin(other).With("Password", client.WrongPassword)},
			attempt{"of an unknown user", v.Caller(other), v.PasswordLogin(other).With("UserName", v.UnknownLogin())},
			attempt{"with a wrong password of a user with a second factor", v.Caller(second),
				v.PasswordLogin(second).With("Password", client.WrongPassword)})
	}
	if v.Setting(client.GatewaySetting) == "none" {
		return all
	}
	return append(all, attempt{"without the gateway's credential", v.Anonymous(), v.LoginRequest(who)})
}

func (v specs) invalidCodes(ctx context.Context) []attempt {
	GinkgoHelper()
	p, fresh := v.FirstStep(ctx), v.Account(client.User)
	all := []attempt{
		{"with a wrong code", p.By, client.WithCode(p.Wrong())},
		{"by another method", p.By, byMethod("PUT", client.WithCode(p.Wrong()))},
		{"in another media type", p.By, inMedia("text/html", client.WithCode(p.Wrong()))},
		{"with a code of the far past", p.By, client.WithCode(p.Codes.Past(client.Window))},
		{"without a code", p.By, client.Nothing},
		{"with an object for a code", p.By, client.WithCode(operator)},
		{"with true for a code", p.By, client.WithCode(true)},
		{"that is no JSON", p.By, notJSON},
		{"without a body", p.By, conform.Request{}},
		{"without a first step", v.Caller(fresh), client.WithCode("123456")},
	}
	if v.Setting(client.GatewaySetting) == "none" {
		return all
	}
	return append(all, attempt{"without the gateway's credential", v.Anonymous(), client.WithCode("123456")})
}

func byMethod(method string, r conform.Request) conform.Request {
	r.Method = method
	return r
}

func inMedia(mediaType string, r conform.Request) conform.Request {
	r.ContentType = mediaType
	return r
}

func (v specs) invalidSessions(ctx context.Context) []attempt {
	GinkgoHelper()
	who := v.Account(client.User)
	_, session := v.SignedIn(ctx)
	own := v.OwnDevices(who)
	return []attempt{
		{"without any credential", v.Anonymous(), own},
		{"with a made-up session", v.CallerWith(who, v.Setting(client.SessionHeader), v.Nonce()+v.Nonce()), own},
		{"of another user", session, own},
		{"without a user", session, client.Nothing},
		{"that is no JSON", session, notJSON},
	}
}

// invalid adds to a wrong request the ones that every call of a session rejects.
func (v specs) invalid(what string, session *conform.Actor, wrong conform.Request, without string) []attempt {
	return []attempt{
		{what, session, wrong}, {without, session, client.Nothing}, {"that is no JSON", session, notJSON},
		{"without any credential", v.Anonymous(), wrong},
	}
}

func (v specs) invalidActivations(ctx context.Context) []attempt {
	GinkgoHelper()
	p, session := v.UnenrolledSession(ctx)
	return append(v.invalid("with a wrong code", session, client.WithCode(p.Wrong()), "without a code"),
		attempt{"with an object for a code", session, client.WithCode(operator)})
}

func (v specs) invalidValidations(ctx context.Context) []attempt {
	GinkgoHelper()
	p, session := v.BothSteps(ctx)
	wrong := client.Validation(p.Wrong())
	return append(v.invalid("with a wrong code", session, wrong, "without a code"),
		attempt{"with an object for a code", session, wrong.With("Code", operator)},
		attempt{"while the second factor is pending", v.FirstStep(ctx).By, wrong})
}

func (v specs) invalidCalls(ctx context.Context) []attempt {
	GinkgoHelper()
	p, session := v.BothSteps(ctx)
	name := v.RequiredNames(ctx, session)[0]
	uncoded := v.Uncoded(name)
	return []attempt{
		{"without a code", session, uncoded}, {"with a wrong code", session, v.Wrapped(name, p.Wrong())},
		{"without any credential", v.Anonymous(), uncoded}, {"while the second factor is pending", v.FirstStep(ctx).By, uncoded},
	}
}

func (v specs) invalidDevices(ctx context.Context) []attempt {
	GinkgoHelper()
	_, session := v.SignedIn(ctx)
	return v.invalid("with a made-up code", session, v.Device(v.MadeUpUUID()), "without a code")
}

func (v specs) invalidConfigs(ctx context.Context) []attempt {
	GinkgoHelper()
	_, session := v.SignedIn(ctx)
	return v.invalid("of another user", session, v.OwnConfig(v.Account(client.User)), "without a user")
}
