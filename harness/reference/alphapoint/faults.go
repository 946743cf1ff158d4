package alphapoint

import (
	"net/http"
	"slices"

	"authconform/harness/reference/kit"
)

// Operations and outcomes a fault can touch, as the contracts name them.
const (
	opLogin    = "AuthenticateUser"
	opBasic    = "Authenticate"
	opSecond   = "Authenticate2fa"
	opActivate = "Activate2fa"
	opValidate = "Validate2fa"
	opRequired = "GetValidate2faRequiredEndpoints"
	opGuarded  = "RequiredEndpoint"
	opLogOut   = "LogOut"
	opRegister = "RegisterNewDevice"
	opDevices  = "GetUserDevices"
	opConfig   = "GetUserConfig"
	opPing     = "Ping"

	outOK          = "ok"
	outPending     = "second-factor-required"
	outBad         = "bad-credentials"
	outIncomplete  = "incomplete"
	outLocked      = "account-locked"
	outThrottled   = "throttled"
	outCodeLimit   = "second-factor-throttled"
	outCodeWrong   = "second-factor-wrong"
	outReplayed    = "second-factor-replayed"
	outNotPending  = "not-pending"
	outInvalid     = "invalid"
	outInvalidType = "invalid-type"
	outMalformed   = "malformed"
	outMediaType   = "media-type-refused"
	outMethod      = "method-refused"
	outUnauth      = "unauthenticated"
	outForbidden   = "forbidden"
	outDeviceCode  = "device-code-wrong"
	outCodeNeeded  = "code-required"
)

// list is short for a row's members.
type list = []string

var (
	documentedOnly = list{Documented}
	platformOnly   = list{Platform}
)

// Faults are the defects that can be seeded on a surface: those of which it has an
// operation.
func Faults(surface string) []kit.Fault {
	return onSurface(surface, codeFaults(), loginFaults(), lockFaults(), wrapperFaults(), signatureFaults(), gatewayFaults(surface),
		sessionFaults(surface), rightFaults(), refusalFaults(), limitFaults())
}

// oddOn are those of oddFaults whose first operation a surface has.
func oddOn(surface string) []kit.Fault {
	all := slices.DeleteFunc(oddFaults(), func(f kit.Fault) bool {
		return !slices.ContainsFunc(operations(surface), func(op operation) bool { return op.id == f.Operations[0] })
	})
	for i, f := range all {
		if surface == Trading && slices.Contains(list{faultOddEndedInCookie, faultOddEndedInQuery, faultOddLoginRevives}, f.ID) {
			all[i].Profiles = platformOnly // documented there: the bearer token is the session, and no call ends it
		}
	}
	return onSurface(surface, all)
}

// onSurface are the faults of areas that a surface has an operation of.
func onSurface(surface string, areas ...[]kit.Fault) []kit.Fault {
	var has list
	for _, op := range operations(surface) {
		has = append(has, op.id)
	}
	var all []kit.Fault
	for _, area := range areas {
		for _, f := range area {
			f.Operations = slices.DeleteFunc(slices.Clone(f.Operations), func(id string) bool { return !slices.Contains(has, id) })
			if len(f.Operations) > 0 {
				all = append(all, f)
			}
		}
	}
	return all
}

// spoil applies the faults that make something else of a right refusal.
func (s *Server) spoil(r *request, why kind, a answer) answer {
	unread := why == malformed || why == mediaTypeRefused || why == methodRefused || why == wrongType || why == incomplete ||
		why == codeMissing
	closed := why == noSession || why == keyMissing || why == forbidden || why == codeRequired || why == notPending || why == deviceCodeWrong
	switch {
	case s.On(faultLockSaysAuthenticated) && why == accountLocked:
		a.body = withMember(withMember(a.body, "Authenticated", true), "authenticated", true)
	case s.On(faultUnreadRequestGetsToken) && unread, s.On(faultClosedCallGivesToken) && closed:
		a.body = withMember(a.body, "SessionToken", kit.RandomUUID())
	case s.On(faultRefusalSaysAuthenticated) && a.text == "" && (why == badCredentials || why == codeWrong):
		a.body = withMember(a.body, "Authenticated", true)
		if s.policy.camelCase {
			a.body = withMember(a.body, "authenticated", true)
		}
	case s.On(faultRefusalCarriesToken) && a.text == "" && (why == badCredentials || why == codeWrong):
		a.body = withMember(a.body, "SessionToken", kit.RandomUUID())
	case s.On(faultRefusalWith200):
		a.status = http.StatusOK
	case s.On(faultBadCredentialsAs400) && why == badCredentials, s.On(faultWrongCodeAs400) && why == codeWrong && a.status == 401:
		a.status = http.StatusBadRequest
	case s.On(faultUnauthenticatedAs403) && (why == keyMissing || why == noSession):
		a.status = http.StatusForbidden
	case s.On(faultForbiddenAs401) && a.status == http.StatusForbidden:
		a.status = http.StatusUnauthorized
	case s.On(faultChallengeMissing):
		a.header.Del("Www-Authenticate")
	case s.On(faultRefusalWithCodeZero):
		a.body = withCode(a.body, 0)
	case s.On(faultRefusalWithAnotherCode):
		a.body = withCode(a.body, 102)
	case s.On(faultOverLimitCacheable) && why == throttled:
		a.header = withHeader(a.header, "Cache-Control", "public, max-age=600")
	case s.On(faultOverLimitAsHTML) && why == throttled:
		a.text = "<html><title>Service</title></html>"
	}
	return a
}

func withMember(body any, name string, value any) object {
	changed := object{}
	if old, isObject := body.(object); isObject {
		for known, kept := range old {
			changed[known] = kept
		}
	}
	changed[name] = value
	return changed
}

func withCode(body any, code int) any {
	if old, isObject := body.(object); isObject && old["errorcode"] != nil {
		return withMember(body, "errorcode", code)
	}
	return body
}

func withHeader(header http.Header, name, value string) http.Header {
	changed := header.Clone()
	if changed == nil {
		changed = http.Header{}
	}
	changed.Set(name, value)
	return changed
}
