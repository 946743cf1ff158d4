package onlyoffice

import (
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

// access is who may call an operation.
type access int

const (
	anonymous access = iota // anybody; a session still counts when there is one
	signedIn                // a live session
	byLink                  // the confirm scheme (confirm.go)
)

// operation is one row of the documented surface.
type operation struct {
	id, method, path string
	access           access
	kinds            []string // of links accepted, for byLink
	handle           func(*Server, *request) answer
	hashesPassword   bool // its body carries a password
}

// takesCredentials tells the operations on which password attempts are counted.
func (o operation) takesCredentials() bool { return o.hashesPassword && o.access == anonymous }

const prefix = "/api/2.0"

// anySession in kinds is the role "Authenticated": a session or any link.
const anySession = "Authenticated"

// operations lists the surface. A literal segment wins over {}; order decides
// nothing else.
func operations() []operation {
	tfaLinks := []string{"TfaActivation", "TfaAuth"}
	return []operation{
		{id: "getIsAuthentificated", method: "GET", path: "/authentication", handle: (*Server).isAuthenticated},
		{id: "authenticateMe", method: "POST", path: "/authentication", handle: (*Server).authenticate, hashesPassword: true},
		{id: "authenticateMeFromBodyWithCode", method: "POST", path: "/authentication/{code}", handle: (*Server).authenticateWithCode,
			hashesPassword: true},
		{id: "logout", method: "POST", path: "/authentication/logout", handle: (*Server).logout},
		{id: "checkConfirm", method: "POST", path: "/authentication/confirm", handle: (*Server).checkConfirm},
		{id: "saveMobilePhone", method: "POST", path: "/authentication/setphone", access: byLink, kinds: []string{"PhoneActivation"},
			handle: (*Server).saveMobilePhone},
		{id: "sendSmsCode", method: "POST", path: "/authentication/sendsms", handle: (*Server).sendSMSCode, hashesPassword: true},

		{id: "getTfaSettings", method: "GET", path: "/settings/tfaapp", access: signedIn, handle: (*Server).getTFASettings},
		{id: "updateTfaSettings", method: "PUT", path: "/settings/tfaapp", access: signedIn, handle: (*Server).updateTFASettings},
		{id: "updateTfaSettingsLink", method: "PUT", path: "/settings/tfaappwithlink", access: signedIn, handle: (*Server).updateTFASettingsLink},
		{id: "tfaValidateAuthCode", method: "POST", path: "/settings/tfaapp/validate", access: byLink, kinds: tfaLinks,
			handle: (*Server).validateCode},
		{id: "getTfaConfirmData", method: "GET", path: "/settings/tfaapp/confirm", access: signedIn, handle: (*Server).getTFAConfirmData},
		{id: "tfaAppGenerateSetupCode", method: "GET", path: "/settings/tfaapp/setup", access: byLink, kinds: tfaLinks[:1],
			handle: (*Server).setupCode},
		{id: "getTfaAppCodes", method: "GET", path: "/settings/tfaappcodes", access: signedIn, handle: (*Server).getBackupCodes},
		{id: "updateTfaAppCodes", method: "PUT", path: "/settings/tfaappnewcodes", access: signedIn, handle: (*Server).renewBackupCodes},
		{id: "unlinkTfaApp", method: "PUT", path: "/settings/tfaappnewapp", access: signedIn, handle: (*Server).unlinkApp},

		{id: "getLoginSettings", method: "GET", path: "/settings/security/loginsettings", access: signedIn, handle: (*Server).getLoginSettings},
		{id: "updateLoginSettings", method: "PUT", path: "/settings/security/loginsettings", access: signedIn,
			handle: (*Server).updateLoginSettings},
		{id: "setDefaultLoginSettings", method: "DELETE", path: "/settings/security/loginsettings", access: signedIn,
			handle: (*Server).resetLoginSettings},
		{id: "getCookieSettings", method: "GET", path: "/settings/cookiesettings", access: signedIn, handle: (*Server).getCookieSettings},
		{id: "updateCookieSettings", method: "PUT", path: "/settings/cookiesettings", access: signedIn, handle: (*Server).updateCookieSettings},
		{id: "getPasswordSettings", method: "GET", path: "/settings/security/password", access: byLink, kinds: []string{anySession},
			handle: (*Server).getPasswordSettings},
		{id: "updatePasswordSettings", method: "PUT", path: "/settings/security/password", access: signedIn,
			handle: (*Server).updatePasswordSettings},
		{id: "updateEmailActivationSettings", method: "PUT", path: "/settings/emailactivation", access: signedIn,
			handle: (*Server).updateEmailActivation},
		{id: "getSettings", method: "GET", path: "/settings", handle: (*Server).getSettings},
		{id: "getPortalCapabilities", method: "GET", path: "/capabilities", handle: (*Server).getCapabilities},
		{id: "getPortalCapabilitiesJson", method: "GET", path: "/capabilities.json", handle: (*Server).getCapabilities},

		{id: "getAllActiveConnections", method: "GET", path: "/security/activeconnections", access: signedIn, handle: (*Server).getConnections},
		{id: "logOutAllActiveConnectionsChangePassword", method: "PUT", path: "/security/activeconnections/logoutallchangepassword",
			access: signedIn, handle: (*Server).logOutAllChangePassword},
		{id: "logOutAllActiveConnectionsForUser", method: "PUT", path: "/security/activeconnections/logoutall/{userId}", access: signedIn,
			handle: (*Server).logOutAllForUser},
		{id: "logOutAllExceptThisConnection", method: "PUT", path: "/security/activeconnections/logoutallexceptthis", access: signedIn,
			handle: (*Server).logOutAllExceptThis},
		{id: "logOutActiveConnection", method: "PUT", path: "/security/activeconnections/logout/{loginEventId}", access: signedIn,
			handle: (*Server).logOutConnection},
		{id: "getLastLoginEvents", method: "GET", path: "/security/audit/login/last", access: signedIn, handle: (*Server).getLoginEvents},
		{id: "getLoginEventsByFilter", method: "GET", path: "/security/audit/login/filter", access: signedIn, handle: (*Server).getLoginEvents},

		{id: "sendUserPassword", method: "POST", path: "/people/password", handle: (*Server).sendUserPassword},
		{id: "changeUserPassword", method: "PUT", path: "/people/{userid}/password", access: byLink, kinds: []string{"PasswordChange"},
			handle: (*Server).changeUserPassword, hashesPassword: true},
		{id: "changeUserEmail", method: "PUT", path: "/people/{userid}/email", access: byLink, kinds: []string{"EmailChange"},
			handle: (*Server).changeUserEmail},
		{id: "sendEmailChangeInstructions", method: "POST", path: "/people/email", access: signedIn, handle: (*Server).sendEmailChange},
		{id: "getProfileByEmail", method: "GET", path: "/people/email", access: signedIn, handle: (*Server).getProfileByEmail},
	}
}

// newRouter compares literal segments without regard to case, as the product's
// router does.
func newRouter() kit.Router[operation] {
	router := kit.Router[operation]{FoldCase: true}
	for _, op := range operations() {
		router.Handle(op.method, op.path, &op)
	}
	return router
}

// route finds the operation of a request: 404 for an unknown path, 405 with
// Allow for a known path with another method.
func (s *Server) route(r *http.Request) (*operation, map[string]string, *refusal) {
	if rest, found := strings.CutPrefix(r.URL.Path, prefix); found {
		matches, methods := s.router.Find(r.Method, strings.TrimSuffix(rest, "/"))
		if len(matches) > 0 {
			return matches[0].Op, matches[0].Values, nil
		}
		if methods != nil {
			return nil, nil, &refusal{status: 405, message: "Method Not Allowed", bare: true, allow: strings.Join(methods, ", ")}
		}
	}
	why := noRoute()
	return nil, nil, &why
}
