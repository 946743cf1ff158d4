// Package onlyoffice puts the promises of the ONLYOFFICE DocSpace API 2.0 about
// signing in, second factors, sessions and their settings to a target: document
// 003 and the published API in profile "documented", the released server in
// profile "3.7".
package onlyoffice

import (
	"context"
	"net/http"

	"authconform/harness/conform"
	"authconform/harness/target"
	"authconform/harness/value"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// Suite is the ONLYOFFICE suite.
var Suite = conform.Suite{
	Exchange: "onlyoffice",
	Specs:    specs,
	Roles: map[string]string{
		client.Owner:     "the owner of the portal",
		client.Admin:     "a DocSpace administrator who is not the owner",
		client.RoomAdmin: "a room administrator",
		client.User:      "a user without a second factor",
		client.TOTP:      "a user who must pass two-factor authentication by app (one of the portal's mandatory users or groups)",
		client.Disabled:  "a disabled user whose password is right",
		client.Phone:     "a user with an activated phone number, for the specs on text messages",
		client.NoPhone:   "a user without a phone number, for the specs on text messages",
	},
	Serves: map[string]string{client.Phone: client.User, client.NoPhone: client.User},
	Counts: map[string]bool{"sendUserPassword": true}, // five mails a minute
	Renews: true,                                      // onlyoffice#3.2-count
	Settings: map[string]target.Setting{
		client.Envelope: {
			Text: "response where successes come in the envelope of the product, bare where they come as document 003 prints them; " +
				"either is taken unless set",
			Values: []string{"response", "bare"},
		},
		client.CodePlace: {
			Text: "body where POST /authentication/{code} reads the code of the body, path where it reads that of the path", Default: "body",
			Values: []string{"body", "path"},
		},
		conform.Tolerance: {Text: "how many 30-second steps old an app's code may be, 0 or 1; where this is not set, a run tries it first",
			Values: []string{"0", "1"}},
	},
	Send:    client.Send,
	Leak:    client.Leak,
	Knock:   client.Knock,
	Letter:  client.Letter,
	Drift:   client.Drift,
	PutBack: client.PutBack,
	Ease:    client.Ease,
	Features: map[string]conform.Feature{
		"captcha": {Text: "captcha keys are configured; captcha.response is an answer that they accept", Present: captchaPresent},
		"sms":     {Text: "two-factor authentication by text message can be switched on, and texts reach the inbox", Present: smsPresent},
	},
}

// specs builds the tree: first what holds for every operation alike, then the
// areas, each in files of its name.
func specs(s *conform.Context) {
	p := client.New(s)
	bySession, byLink := subjects(p), linkSubjects(p)
	family.Credentials(s, family.Scheme{Present: client.Cookie, End: p.SignOut}, bySession)
	all := append(bySession, byLink...)
	family.Bodies(s, all)
	family.Methods(s, all)
	attacks(p, bySession)

	for _, state := range []func(*client.Client){
		loginSucceeds, loginRefuses, loginByForgedLink, loginTakesCaptchaTypes, loginTellsNothing, isAuthentificated, firstStep, logout,
		codeSucceeds, codeRefuses, codeRefusesRequests, codeWithForgedLink, codesStaySpent, hostileCodes,
		confirmAccepts, confirmRefuses, confirmRefusesLater, confirmExpires,
		asksForText, textsCode, acceptsText, refusesText, limitsTexts, refusesToText, setsPhone, setPhoneRefuses,
		tfaSettingsUpdated, tfaSettingsRefused, tfaLink, tfaMandatory, tfaConfirm, tfaEnrolment,
		validateSucceeds, validateSetsCookie, validateRefusesCodes, validateRefusesForms, validateRefusesReplays,
		validateOnceInParallel, validateNeedsLink, validateRefusesOldLinks,
		tfaSetupShown, tfaSetupNeedsLink, tfaCodesShown, tfaCodesMarked, tfaCodesOfOthers, tfaNewCodes,
		unlinksApp, unlinkVoidsOldApp, unlinkRefuses, unlinkRefusesIDs,
		loginSettingsUpdated, loginSettingsRefused, loginSettingsGovern, cookieSettingsUpdated, cookieSettingsGovern,
		connections, connectionLogout, logoutOthers, logoutAll, logoutAllPassword,
		passwordMailSent, passwordMailSilent, passwordMailOfOthers, passwordChanges, passwordChangeRefused, passwordChangeRefusesLinks,
		passwordSettingsRead, passwordSettingsUpdated, emailMail, emailChanges, emailChangeNeedsLink, emailChangeRefusesLinks,
		profileByEmail, emailActivation, capabilities, settings, loginEvents,
		passwordLimit, passwordLimitBypasses, codeLimit, mailLimit,
	} {
		state(p)
	}
}

// captchaPresent asks the anonymous settings for a captcha key.
func captchaPresent(ctx context.Context, s *conform.Context) bool {
	call := s.Do(ctx, s.Anonymous(), s.Operation("getSettings"), client.NoBody)
	return call.Status == http.StatusOK && client.Text(call, "recaptchaPublicKey") != ""
}

// smsPresent asks the second-factor settings for an available text message.
func smsPresent(ctx context.Context, s *conform.Context) bool {
	p := client.New(s)
	for _, way := range value.List(value.Of(p.Do(ctx, p.SessionOf(ctx, client.User), p.TFASettings, client.NoBody)), "response") {
		if value.Text(way, "id") == "sms" && value.Flag(way, "available") {
			return true
		}
	}
	return false
}
