package onlyoffice

import (
	"net/http"

	"authconform/harness/reference/kit"
)

// Outcomes a fault can touch, as the contract names them.
const (
	outOK           = "ok"
	outInvalid      = "invalid"
	outInvalidType  = "invalid-type"
	outUnauth       = "unauthenticated"
	outForbidden    = "forbidden"
	outBad          = "bad-credentials"
	outThrottled    = "throttled"
	outCodeNeeded   = "second-factor-required"
	outCodeWrong    = "second-factor-wrong"
	outCodeReplayed = "second-factor-replayed"
	outCodeLimit    = "second-factor-throttled"
	outNoFactor     = "second-factor-unavailable"
	outUnavailable  = "unavailable"
	outCaptcha      = "captcha-refused"
	outDisabled     = "account-disabled"
	outEnrolNeeded  = "enrolment-required"
	outNotFound     = "not-found"
	outActivated    = "activated"
	outVerified     = "verified"
	outLinkInvalid  = "confirm-invalid"
	outLinkExpired  = "confirm-expired"
	outAnonymous    = "anonymous"
	opLogin         = "authenticateMe"
	opCodeLogin     = "authenticateMeFromBodyWithCode"
	opCheckToken    = "getIsAuthentificated"
	opLogout        = "logout"
	opCheckLink     = "checkConfirm"
	opSendSMS       = "sendSmsCode"
	opValidate      = "tfaValidateAuthCode"
	opSetup         = "tfaAppGenerateSetupCode"
	opUnlink        = "unlinkTfaApp"
	opSetTFA        = "updateTfaSettings"
	opSetTFALink    = "updateTfaSettingsLink"
	opNewCodes      = "updateTfaAppCodes"
	opSetLimits     = "updateLoginSettings"
	opSetCookies    = "updateCookieSettings"
	opSetPasswords  = "updatePasswordSettings"
	opPassword      = "changeUserPassword"
	opPasswordMail  = "sendUserPassword"
	opEmail         = "changeUserEmail"
	opEmailMail     = "sendEmailChangeInstructions"
	opConnections   = "getAllActiveConnections"
	opLogoutUser    = "logOutAllActiveConnectionsForUser"
	opLogoutAll     = "logOutAllActiveConnectionsChangePassword"
	opLogoutOthers  = "logOutAllExceptThisConnection"
	opLogoutOne     = "logOutActiveConnection"
	opGetLimits     = "getLoginSettings"
	opResetLimits   = "setDefaultLoginSettings"
	opGetCookies    = "getCookieSettings"
	opSetActivation = "updateEmailActivationSettings"
)

// list is short for a row's members.
type list = []string

// Faults are the defects that can be seeded, in the order of the areas they
// belong to.
func Faults() []kit.Fault {
	var all []kit.Fault
	for _, area := range [][]kit.Fault{codeFaults(), loginFaults(), limitFaults(), sessionFaults(), rightFaults(), linkFaults(),
		errorFaults()} {
		all = append(all, area...)
	}
	return all
}

var (
	wrongRights = []kit.WrongStatus{
		{Fault: faultForbiddenAs401, Right: http.StatusForbidden, Instead: http.StatusUnauthorized},
		{Fault: faultUnauthenticatedAs403, Right: http.StatusUnauthorized, Instead: http.StatusForbidden},
	}
	wrongCredentials = []kit.WrongStatus{
		{Fault: faultBadCredentialsAs400, Right: http.StatusUnauthorized, Instead: http.StatusBadRequest},
	}
)

// spoil applies the faults that give a right refusal a wrong status.
func (s *Server) spoil(r *request, why refusal) refusal {
	if r.op == nil {
		return why
	}
	switch {
	case r.op.access != anonymous:
		why.status = s.Restate(why.status, wrongRights...)
	case r.op.takesCredentials():
		why.status = s.Restate(why.status, wrongCredentials...)
	}
	if why.status == http.StatusMethodNotAllowed && why.allow == "" {
		why.allow = r.op.method // RFC 9110 section 15.5.6 wants Allow, whoever says 405
	}
	return why
}
