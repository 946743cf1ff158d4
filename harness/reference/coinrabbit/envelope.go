package coinrabbit

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"
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
	if a.refused != nil {
		s.writeRefusal(w, r, *a.refused)
		return
	}
	body := map[string]any{"result": true}
	if a.response != nil {
		body["response"] = a.response
	}
	if !s.faults.On("secret-cacheable") {
		w.Header().Set("Cache-Control", "no-store")
	}
	writeJSON(w, http.StatusOK, body)
}

func (s *Server) writeRefusal(w http.ResponseWriter, r *request, why refusal) {
	header, status := w.Header(), http.StatusOK
	if s.policy.statuses {
		status = why.status
		switch status {
		case http.StatusUnauthorized:
			if !s.faults.On("challenge-missing") {
				header.Set("WWW-Authenticate", `x-user-token realm="partner API"`) // RFC 9110 section 11.6.1
			}
		case http.StatusMethodNotAllowed:
			header.Set("Allow", http.MethodPost) // RFC 9110 section 15.5.6
		case http.StatusTooManyRequests:
			s.retryAfter(header, why.wait)
		}
		status = s.spoilt(status)
	}
	body := map[string]any{"result": false, "message": why.message}
	switch {
	case s.faults.On("refusal-says-true"):
		body["result"] = true
	case s.faults.On("internals-in-refusals"):
		body["message"] = why.message + "\n    at Object.handle (/srv/app/dist/auth/2fa.service.js:71:13)"
	case s.faults.On("refusal-repeats-input") && len(r.body) > 0:
		body["message"] = why.message + ": " + string(r.body)
	}
	writeJSON(w, status, body)
}

// spoilt applies the faults that give a right refusal a wrong status.
func (s *Server) spoilt(status int) int {
	switch {
	case s.faults.On("refusal-with-200"):
		return http.StatusOK
	case status == http.StatusUnauthorized && s.faults.On("unauthenticated-as-403"):
		return http.StatusForbidden
	case status == http.StatusForbidden && s.faults.On("forbidden-as-404"):
		return http.StatusNotFound
	}
	return status
}

func (s *Server) retryAfter(header http.Header, wait time.Duration) {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	switch {
	case s.faults.On("retry-after-missing"):
		return
	case s.faults.On("retry-after-too-long"):
		seconds += 3600
	}
	header.Set("Retry-After", strconv.Itoa(seconds))
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, "reference: response cannot be written as JSON", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // the status line is out; a failed write means the client has gone
}
