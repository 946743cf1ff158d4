package barong

import "net/http"

// policy is where the profiles differ.
type policy struct {
	documented bool
	// success replaces the release's status of a success, by operation.
	success map[string]int
	// missing is the status of missing and empty parameters on the operations for
	// which the published page names 400.
	missing   int
	malformed int // status of a body that cannot be read

	resetTellsUnknown bool // 404 for an unknown e-mail address
	auth0Strict       bool // Auth0 log-in needs a verified address and no second factor
	profilesConflict  bool // a second profile is 409, none is 404

	limiter         bool // 429 (facts 1.9)
	secureCookie    bool
	preflightPasses bool // AuthZ lets OPTIONS through
	captchaForgiven bool // no captcha for a log-in with a second factor's code
	authMethods     bool // log-out takes auth_method, Auth0 can be switched off
	phoneLimits     bool
	milliseconds    bool // identity/time has time_ms
	uploadType      bool // upload of a document has a type
}

func policyOf(profile string) policy {
	switch profile {
	case Documented:
		return policy{
			documented: true, missing: http.StatusBadRequest, malformed: http.StatusBadRequest,
			resetTellsUnknown: true, auth0Strict: true, profilesConflict: true,
			success: map[string]int{
				"createSession": 201, "createSessionByAuth0": 200, "deleteSession": 204, "createWhitelist": 200,
				"generateQRCode": 200, "enableOTP": 200, "verifyOTP": 200,
				"createPhone": 200, "sendPhoneCode": 200, "deleteCurrentUser": 204, "receiveKYC": 201,
			},
		}
	case Release31:
		return policy{
			missing: http.StatusUnprocessableEntity, malformed: http.StatusInternalServerError,
			limiter: true, secureCookie: true, preflightPasses: true, captchaForgiven: true,
			authMethods: true, phoneLimits: true, milliseconds: true, uploadType: true,
		}
	}
	return policy{missing: http.StatusUnprocessableEntity, malformed: http.StatusInternalServerError}
}
