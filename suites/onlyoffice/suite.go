// Package onlyoffice puts the promises of the ONLYOFFICE DocSpace API 2.0 about
// signing in, second factors, sessions and their settings to a target: document
// 003 and the published API in profile "documented", the released server in
// profile "3.7".
package onlyoffice

import (
	"context"
	"net/http"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Profiles of the contract.
const (
	documented = "documented"
	release37  = "3.7"
)

// Roles of identities in a target file.
const (
	owner     = "owner"
	admin     = "admin"
	roomAdmin = "room-admin"
	user      = "user"
	totp      = "totp"
	disabled  = "disabled"
	phone     = "phone"
	noPhone   = "no-phone"
)

// Suite is the ONLYOFFICE suite.
var Suite = conform.Suite{
	Exchange: "onlyoffice",
	Specs:    specs,
	Roles: map[string]string{
		owner:     "the owner of the portal",
		admin:     "a DocSpace administrator who is not the owner",
		roomAdmin: "a room administrator",
		user:      "a user without a second factor",
		totp:      "a user who must pass two-factor authentication by app (one of the portal's mandatory users or groups)",
		disabled:  "a disabled user whose password is right",
		phone:     "a user with an activated phone number, for the specs on text messages",
		noPhone:   "a user without a phone number, for the specs on text messages",
	},
	Settings: map[string]target.Setting{
		conform.Tolerance: {Text: "how many 30-second steps old an app's code may be, 0 or 1; 1 unless set"},
	},
	Features: map[string]conform.Feature{
		"captcha": {Text: "captcha keys are configured; captcha.response is an answer that they accept", Present: captchaPresent},
		"sms":     {Text: "two-factor authentication by text message can be switched on, and texts reach the inbox", Present: smsPresent},
	},
}

// portal is the context with the operations that specs name.
type portal struct {
	*conform.Context

	isAuthentificated, login, loginByCode, logout, checkConfirm, setPhone, sendSMS *contract.Operation

	tfaSettings, updateTFA, updateTFALink, validateCode, tfaConfirm, tfaSetup, backupCodes, renewCodes, unlink *contract.Operation

	loginSettings, updateLoginSettings, resetLoginSettings, cookieSettings, updateCookieSettings *contract.Operation

	connections, logoutAllChangePassword, logoutAllForUser, logoutAllExceptThis, logoutConnection *contract.Operation

	sendPassword, changePassword, changeEmail, sendEmailChange, profileByEmail, emailActivation, passwordSettings, updatePasswordSettings *contract.Operation

	capabilities, capabilitiesJSON, settings *contract.Operation
}

func newPortal(s *conform.Context) *portal {
	op := s.Operation
	return &portal{
		Context:           s,
		isAuthentificated: op("getIsAuthentificated"), login: op("authenticateMe"), loginByCode: op("authenticateMeFromBodyWithCode"),
		logout: op("logout"), checkConfirm: op("checkConfirm"), setPhone: op("saveMobilePhone"), sendSMS: op("sendSmsCode"),

		tfaSettings: op("getTfaSettings"), updateTFA: op("updateTfaSettings"), updateTFALink: op("updateTfaSettingsLink"),
		validateCode: op("tfaValidateAuthCode"), tfaConfirm: op("getTfaConfirmData"), tfaSetup: op("tfaAppGenerateSetupCode"),
		backupCodes: op("getTfaAppCodes"), renewCodes: op("updateTfaAppCodes"), unlink: op("unlinkTfaApp"),

		loginSettings: op("getLoginSettings"), updateLoginSettings: op("updateLoginSettings"), resetLoginSettings: op("setDefaultLoginSettings"),
		cookieSettings: op("getCookieSettings"), updateCookieSettings: op("updateCookieSettings"),

		connections: op("getAllActiveConnections"), logoutAllChangePassword: op("logOutAllActiveConnectionsChangePassword"),
		logoutAllForUser: op("logOutAllActiveConnectionsForUser"), logoutAllExceptThis: op("logOutAllExceptThisConnection"),
		logoutConnection: op("logOutActiveConnection"),

		sendPassword: op("sendUserPassword"), changePassword: op("changeUserPassword"), changeEmail: op("changeUserEmail"),
		sendEmailChange: op("sendEmailChangeInstructions"), profileByEmail: op("getProfileByEmail"),
		emailActivation: op("updateEmailActivationSettings"), passwordSettings: op("getPasswordSettings"),
		updatePasswordSettings: op("updatePasswordSettings"),

		capabilities: op("getPortalCapabilities"), capabilitiesJSON: op("getPortalCapabilitiesJson"), settings: op("getSettings"),
	}
}

// captchaPresent asks the anonymous settings for a captcha key.
func captchaPresent(ctx context.Context, s *conform.Context) bool {
	call := s.Do(ctx, s.Anonymous(), s.Operation("getSettings"), conform.Request{})
	return call.Status == http.StatusOK && value.Text(value.Of(call), "response", "recaptchaPublicKey") != ""
}

// smsPresent asks the second-factor settings for an available text message.
func smsPresent(ctx context.Context, s *conform.Context) bool {
	p := newPortal(s)
	_, me := p.signedIn(ctx, user)
	for _, way := range value.List(value.Of(p.Do(ctx, me, p.tfaSettings, conform.Request{})), "response") {
		if value.Text(way, "id") == "sms" && value.Flag(way, "available") {
			return true
		}
	}
	return false
}
