// Package client talks to an ONLYOFFICE DocSpace portal: it signs accounts in,
// enrols authenticator apps, reads confirmation links out of mails and answers,
// and changes settings that it restores when the spec ends. What it cannot bring
// about makes the clause of the running spec UNTESTABLE. It states no promise.
package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// Profiles of the contract.
const (
	Documented = "documented"
	Release37  = "3.7"
)

// Roles of identities in a target file.
const (
	Owner     = "owner"
	Admin     = "admin"
	RoomAdmin = "room-admin"
	User      = "user"
	TOTP      = "totp"
	Disabled  = "disabled"
	Phone     = "phone"
	NoPhone   = "no-phone"
)

// Outcomes that only this exchange has.
const (
	ConfirmInvalid = contract.Outcome("confirm-invalid") // a link that does not count
	ConfirmExpired = contract.Outcome("confirm-expired")
	ForeignLink    = contract.Outcome("foreign-link") // a link that counts, but for another user
	Challenged     = contract.Outcome("challenged")   // a refusal that tells how to authenticate
	SMSRequired    = contract.Outcome("sms-required")
	PhoneRequired  = contract.Outcome("phone-required")
	SMSVerified    = contract.Outcome("sms-verified")
	Activated      = contract.Outcome("activated") // a confirmation that enrols the app
	Verified       = contract.Outcome("verified")
	BlankCode      = contract.Outcome("blank-code")
	NotApplicable  = contract.Outcome("not-applicable")
	DisabledOK     = contract.Outcome("disabled-ok") // the second factor is switched off
	UnlinkedOther  = contract.Outcome("unlinked-other")
	CodeMissing    = contract.Outcome("code-missing")
	IDMissing      = contract.Outcome("id-missing")
)

// Names of the settings that only this exchange has.
const (
	Envelope  = "envelope"
	CodePlace = "code-in"
)

const byCode = "authenticateMeFromBodyWithCode"

// Values that no portal accepts as right.
const (
	WrongPassword = "wrong-Password-1"
	UnknownID     = "5f0c9a52-3d1e-4b7c-9f0a-7d2b6c1e8a43" // no user has it
)

// NoBody is the request of operations that take neither body nor parameters.
var NoBody = conform.Request{}

// Client is the context of a spec with the operations of the contract.
type Client struct {
	*conform.Context

	IsAuthentificated, Login, LoginByCode, Logout, CheckConfirm, SetPhone, SendSMS *contract.Operation

	TFASettings, UpdateTFA, UpdateTFALink, ValidateCode, TFAConfirm, TFASetup, BackupCodes, RenewCodes, UnlinkApp *contract.Operation

	LoginSettings, UpdateLoginSettings, ResetLoginSettings, CookieSettings, UpdateCookieSettings *contract.Operation

	Connections, LogoutAllChangePassword, LogoutAllForUser, LogoutAllExceptThis, LogoutConnection *contract.Operation

	SendPassword, ChangePassword, ChangeEmail, SendEmailChange, ProfileByEmail *contract.Operation

	EmailActivation, PasswordSettings, UpdatePasswordSettings, Capabilities, CapabilitiesJSON, Settings *contract.Operation
}

// New is the client of a context.
func New(s *conform.Context) *Client {
	op := s.Operation
	return &Client{
		Context:           s,
		IsAuthentificated: op("getIsAuthentificated"), Login: op("authenticateMe"), LoginByCode: op(byCode),
		Logout: op("logout"), CheckConfirm: op("checkConfirm"), SetPhone: op("saveMobilePhone"), SendSMS: op("sendSmsCode"),

		TFASettings: op("getTfaSettings"), UpdateTFA: op("updateTfaSettings"), UpdateTFALink: op("updateTfaSettingsLink"),
		ValidateCode: op("tfaValidateAuthCode"), TFAConfirm: op("getTfaConfirmData"), TFASetup: op("tfaAppGenerateSetupCode"),
		BackupCodes: op("getTfaAppCodes"), RenewCodes: op("updateTfaAppCodes"), UnlinkApp: op("unlinkTfaApp"),

		LoginSettings: op("getLoginSettings"), UpdateLoginSettings: op("updateLoginSettings"),
		ResetLoginSettings: op("setDefaultLoginSettings"), CookieSettings: op("getCookieSettings"),
		UpdateCookieSettings: op("updateCookieSettings"),

		Connections: op("getAllActiveConnections"), LogoutAllChangePassword: op("logOutAllActiveConnectionsChangePassword"),
		LogoutAllForUser: op("logOutAllActiveConnectionsForUser"), LogoutAllExceptThis: op("logOutAllExceptThisConnection"),
		LogoutConnection: op("logOutActiveConnection"),

		SendPassword: op("sendUserPassword"), ChangePassword: op("changeUserPassword"), ChangeEmail: op("changeUserEmail"),
		SendEmailChange: op("sendEmailChangeInstructions"), ProfileByEmail: op("getProfileByEmail"),
		EmailActivation: op("updateEmailActivationSettings"), PasswordSettings: op("getPasswordSettings"),
		UpdatePasswordSettings: op("updatePasswordSettings"),

		Capabilities: op("getPortalCapabilities"), CapabilitiesJSON: op("getPortalCapabilitiesJson"), Settings: op("getSettings"),
	}
}

// DoExpect sends a request, expects the outcome, and returns the call.
func (p *Client) DoExpect(ctx context.Context, by *conform.Actor, op *contract.Operation, r conform.Request,
	outcome contract.Outcome) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, by, op, r)
	p.Expect(call, op, outcome)
	return call
}

// DoRequire sends a request that only prepares a promise and returns the call;
// any other outcome makes the clause UNTESTABLE. what is an infinitive.
func (p *Client) DoRequire(ctx context.Context, what string, by *conform.Actor, op *contract.Operation, r conform.Request,
	outcome contract.Outcome) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, by, op, r)
	p.Require(what, call, op, outcome)
	return call
}

// JSON is a request with a JSON object as its body.
func JSON(body conform.Object) conform.Request { return conform.Request{JSON: body} }

// Query is a query string of names, each followed by its value.
func Query(pairs ...string) conform.Request {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return conform.Request{Query: values}
}

// Nobody is an address that no account has and no spec used before, so that no
// counter of failed log-ins knows it.
func (p *Client) Nobody() string { return "nobody-" + p.Nonce() + "@unknown.invalid" }

// ProfileID is the id of the user who has an address.
func (p *Client) ProfileID(ctx context.Context, by *conform.Actor, login string) string {
	ginkgo.GinkgoHelper()
	call := p.DoRequire(ctx, "read the profile of a user", by, p.ProfileByEmail, Query("email", login), contract.OK)
	return value.Text(value.Of(call), "response", "id")
}

// ID is the id of a session's user: from the target file, or from its profile.
func (p *Client) ID(ctx context.Context, session *conform.Actor) string {
	ginkgo.GinkgoHelper()
	if session.Who.ID != "" {
		return session.Who.ID
	}
	return p.ProfileID(ctx, session, session.Who.Login)
}

// Text is a member of the `response` of an answer.
func Text(call *httpclient.Call, members ...string) string {
	return value.Text(value.At(value.Of(call), "response"), members...)
}

// Credentials is the log-in of an identity with its own password.
func Credentials(who *identity.Identity) conform.Request { return Password(who.Login, who.Password) }

// Password is a log-in with a password.
func Password(login, password string) conform.Request {
	return JSON(conform.Object{"userName": login, "password": password})
}

// ByCode is the log-in by code; Send gives the code its place.
func ByCode(who *identity.Identity, code string) conform.Request {
	return Credentials(who).With("code", code)
}

// Send puts the code of a log-in by code where the target reads it. Document 003 has
// it in the path and in the body; newer pages say that both carry the same value and
// that the one in the body is read.
func Send(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	if body, is := r.JSON.(conform.Object); op.ID == byCode && r.Path["code"] == "" {
		code, _ := body["code"].(string)
		inPath := is && code != "" && s.Setting(CodePlace) == "path"
		if inPath {
			r = r.Without("code")
		}
		if !inPath && !plain.MatchString(code) { // what a path may not hold
			code = "code"
		}
		r = r.WithPath("code", code)
	}
	call, err := s.Send(ctx, by, op, r)
	if call != nil && s.Profile() == Documented {
		unwrapped(call, s.Setting(Envelope))
	}
	return call, err
}

// refusals are the outcomes that let nobody in, in any profile.
var refusals = []contract.Outcome{
	contract.BadCredentials, contract.SecondFactorWrong, contract.SecondFactorUnavailable, contract.Invalid, CodeMissing, contract.Throttled,
	contract.SecondFactorThrottled, contract.AccountDisabled, contract.CaptchaRefused, contract.Malformed, contract.InvalidType,
	contract.SecondFactorRequired, contract.EnrolmentRequired,
}

// Leak names the token that an answer issues although its outcome is a refusal.
func Leak(call *httpclient.Call, outcome contract.Outcome) string {
	body := value.Of(call)
	switch {
	case !slices.Contains(refusals, outcome):
		return ""
	case value.Text(body, "token") != "" || value.Text(body, "response", "token") != "":
		return "the member token"
	case SetCookie(call, SessionCookie) != "":
		return "the cookie " + SessionCookie
	}
	return ""
}

var plain = regexp.MustCompile(`^[0-9A-Za-z]+$`)

// unwrapped gives an answer that comes without the envelope the form that the other
// pages of the documents give it, so that it is judged and read like any other.
func unwrapped(call *httpclient.Call, envelope string) {
	var body any
	if envelope == "response" || call.Status >= http.StatusMultipleChoices || json.Unmarshal(call.Body, &body) != nil {
		return
	}
	object, _ := body.(map[string]any)
	if _, wrapped := object["response"]; wrapped && envelope != "bare" || object["statusCode"] != nil {
		return
	}
	count := 1
	if list, is := body.([]any); is {
		count = len(list)
	}
	link := map[string]string{"href": call.URL, "action": call.Method}
	call.Body, _ = json.Marshal(map[string]any{
		"response": body, "count": count, "links": []any{link}, "status": 0, "statusCode": http.StatusOK,
	})
}

// Code is the confirmation of a log-in with a code.
func Code(code string) conform.Request { return JSON(conform.Object{"code": code}) }
