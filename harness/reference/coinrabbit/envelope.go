package coinrabbit

import (
	"net/http"
	"time"

	"authconform/harness/reference/kit"
)

// answer is what an operation returns: a success with or without a response, or a
// refusal.
type answer struct {
	response any
	refused  *refusal
}

func ok(response any) answer    { return answer{response: response} }
func refuse(why refusal) answer { return answer{refused: &why} }

// refusal is any answer but a success. Its status is sent in profile strict only.
type refusal struct {
	status  int
	message string
	wait    time.Duration // Retry-After of a 429
}

func unauthenticated() *refusal {
	return &refusal{status: http.StatusUnauthorized, message: "UNAUTHORIZED"}
}

func malformed() refusal { return refusal{status: http.StatusBadRequest, message: "Bad request"} }

func mediaType() refusal {
	return refusal{status: http.StatusUnsupportedMediaType, message: "Content-Type must be application/json"}
}

func invalid(member string) refusal {
	return refusal{status: http.StatusBadRequest, message: "Invalid " + member}
}

func wrongCode() refusal { return refusal{status: http.StatusUnauthorized, message: "Wrong code"} }

func notVerified() refusal {
	return refusal{status: http.StatusForbidden, message: "Invalid verification token"}
}

func alreadyActive() refusal {
	return refusal{status: http.StatusForbidden, message: "2FA is active already"}
}

func notActive() refusal { return refusal{status: http.StatusBadRequest, message: "2FA is not active"} }

func tooMany(wait time.Duration) refusal {
	return refusal{status: http.StatusTooManyRequests, message: "Too many attempts", wait: wait}
}

func (s *Server) write(w http.ResponseWriter, r *request, a answer) {
	if r.note != "" {
		w.Header().Set("X-Note", r.note)
	}
	if a.refused != nil {
		s.writeRefusal(w, r, *a.refused)
		return
	}
	body := map[string]any{"result": true}
	if a.response != nil {
		body["response"] = a.response
	}
	if !s.On(faultSecretCacheable) {
		w.Header().Set("Cache-Control", "no-store")
	}
	kit.WriteBody(w, http.StatusOK, kit.JSONMedia, kit.Encode(body))
}

var (
	wrongStatuses = []kit.WrongStatus{
		{Fault: faultRefusalWith200, Instead: http.StatusOK},
		{Fault: faultUnauthenticatedAs403, Right: http.StatusUnauthorized, Instead: http.StatusForbidden},
		{Fault: faultForbiddenAs404, Right: http.StatusForbidden, Instead: http.StatusNotFound},
	}
	retryAfterFaults = kit.RetryAfterFaults{Missing: faultRetryAfterMissing, TooLong: faultRetryAfterTooLong}
)

func (s *Server) writeRefusal(w http.ResponseWriter, r *request, why refusal) {
	header, status := w.Header(), http.StatusOK
	if s.policy.statuses {
		status = why.status
		switch status {
		case http.StatusUnauthorized:
			if !s.On(faultChallengeMissing) {
				header.Set("WWW-Authenticate", `x-user-token realm="partner API"`) // RFC 9110 section 11.6.1
			}
		case http.StatusMethodNotAllowed:
			header.Set("Allow", http.MethodPost) // RFC 9110 section 15.5.6
		case http.StatusTooManyRequests:
			s.RetryAfter(header, why.wait, retryAfterFaults)
		}
		status = s.Restate(status, wrongStatuses...)
	}
	body := map[string]any{"result": false, "message": why.message}
	switch {
	case s.On(faultRefusalSaysTrue):
		body["result"] = true
	case s.On(faultInternalsInRefusals):
		body["message"] = why.message + "\n    at Object.handle (/srv/app/dist/auth/2fa.service.js:71:13)"
	case s.On(faultRefusalRepeatsInput) && len(r.body) > 0:
		body["message"] = why.message + ": " + string(r.body)
	}
	kit.WriteBody(w, status, kit.JSONMedia, kit.Encode(body))
}
