package alphapoint

import (
	"net/http"
	"time"

	"authconform/harness/reference/kit"
)

// answer is what an operation returns.
type answer struct {
	status int
	body   any    // JSON; nil: none
	text   string // plain text in place of JSON
	suffix string
	header http.Header
}

type object map[string]any

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

// kind is why a request is refused.
type kind int

const (
	keyMissing kind = iota
	noSession
	forbidden
	badCredentials
	incomplete
	wrongType
	malformed
	mediaTypeRefused
	methodRefused
	notFound
	codeWrong
	codeMissing
	notPending
	deviceCodeWrong
	codeRequired
	accountLocked
	throttled
)

// statuses are those of profile "documented": KIIEX's 400 and 401, and what RFC
// 9110 and RFC 6585 give the rest.
var statuses = map[kind]int{
	keyMissing: 401, noSession: 401, forbidden: 403, badCredentials: 401, incomplete: 400, wrongType: 400, malformed: 400,
	mediaTypeRefused: 415, methodRefused: 405, notFound: 404, codeWrong: 401, codeMissing: 400, notPending: 401,
	deviceCodeWrong: 400, codeRequired: 403, throttled: 429,
}

func (s *Server) refuse(r *request, why kind) answer { return s.refuseFor(r, why, 0) }

// refuseFor is refuse with the time after which it is worth trying again.
func (s *Server) refuseFor(r *request, why kind, wait time.Duration) answer {
	var a answer
	switch {
	case why == accountLocked:
		a = s.lockedAnswer()
	case s.policy.failuresOn200:
		a = platformRefusal(r, why)
	case why == codeWrong && r.op.id == opActivate, why == codeWrong && r.op.id == opValidate:
		a = platformRefusal(r, why) // both pages have a member for it
	default:
		a = s.documentedRefusal(r, why, wait)
	}
	return s.spoil(r, why, a)
}

func (s *Server) documentedRefusal(r *request, why kind, wait time.Duration) answer {
	a := answer{status: statuses[why], header: http.Header{}}
	switch a.status {
	case http.StatusUnauthorized:
		a.header.Set("WWW-Authenticate", s.challenge()) // RFC 9110 section 11.6.1
	case http.StatusMethodNotAllowed:
		a.header.Set("Allow", r.op.method) // RFC 9110 section 15.5.6
	case http.StatusTooManyRequests:
		s.RetryAfter(a.header, wait, kit.RetryAfterFaults{})
	}
	return a
}

func (s *Server) challenge() string {
	if s.policy.gateway == "bearer" {
		return `Bearer realm="kiiex"`
	}
	return `APIKey realm="kiiex"`
}

// platformRefusal is a failure as AlphaPoint sends it: on 200, in the shape that
// the call has.
func platformRefusal(r *request, why kind) answer {
	operation := ""
	if r.op != nil {
		operation = r.op.id
	}
	switch {
	case why == throttled:
		return answer{status: http.StatusTooManyRequests, text: "TOO MANY REQUESTS"}
	case why == malformed || why == notFound:
	case operation == opLogin || operation == opBasic:
		return ok(object{"Authenticated": false, "Locked": false, "errormsg": "Invalid username or password"})
	case operation == opSecond:
		return ok(object{"Authenticated": false})
	case operation == opActivate:
		return ok(object{"Activated": false, "Error": "Invalid code"})
	case operation == opValidate && why == codeWrong:
		return ok(object{"TFaAuthenticated": false})
	}
	return ok(standardRefusal(why))
}

// standardRefusal is the standard response object (3).
func standardRefusal(why kind) object {
	code, text := 100, "Invalid Request"
	var detail any
	switch why {
	case noSession, forbidden, keyMissing, codeWrong:
		code, text = 20, "Not Authorized"
	case codeRequired:
		code, text, detail = 20, "Not Authorized", "This endpoint requires 2FACode along with the payload"
	case deviceCodeWrong:
		code, text = 101, "Operation Failed"
	case notFound:
		code, text = 104, "Resource Not Found"
	}
	return object{"result": false, "errormsg": text, "errorcode": code, "detail": detail}
}

func standardResponse() answer {
	return ok(object{"result": true, "errormsg": nil, "errorcode": 0, "detail": nil})
}

func (s *Server) lockedAnswer() answer {
	if s.policy.camelCase {
		return ok(object{"authenticated": false, "locked": true, "requires2FA": false, "twoFAType": "", "twoFAToken": ""})
	}
	return ok(object{"Authenticated": false, "Locked": true, "errormsg": "User is locked"})
}

func (s *Server) write(w http.ResponseWriter, r *request, a answer) {
	if r.note != "" {
		w.Header().Set("X-Session", r.note)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	var media string
	var text []byte
	switch {
	case a.text != "":
		media, text = "text/plain; charset=utf-8", []byte(a.text)
	case a.body != nil:
		media, text = kit.JSONMedia, kit.Encode(a.body)
	}
	kit.WriteBody(w, a.status, media, append(text, a.suffix...))
}
