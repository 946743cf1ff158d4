package onlyoffice

import (
	"net/http"
	"reflect"

	"authconform/harness/reference/kit"
)

// answer is what an operation returns. Cookies are kept on the request, because
// they are set on the way.
type answer struct {
	response any // nil: the member is left out
	refused  *refusal
}

func ok(response any) answer       { return answer{response: response} }
func refuse(why refusal) answer    { return answer{refused: &why} }
func refuseIf(why *refusal) answer { return answer{refused: why} }

// Shapes on the wire. Null members are left out (1.0).
type (
	link struct {
		Href   string `json:"href"`
		Action string `json:"action"`
	}

	success struct {
		Response   any    `json:"response,omitempty"`
		Count      int    `json:"count"`
		Links      []link `json:"links"`
		Status     int    `json:"status"`
		StatusCode int    `json:"statusCode"`
	}

	errorBody struct {
		Status     int         `json:"status"`
		StatusCode int         `json:"statusCode"`
		Error      errorDetail `json:"error"`
	}

	// errorDetail writes its nulls: errors go out with default web options (4.2).
	errorDetail struct {
		Message string  `json:"message"`
		Type    *string `json:"type"`
		Stack   *string `json:"stack"`
		HResult int     `json:"hresult"`
	}

	problem struct {
		Type    string              `json:"type"`
		Title   string              `json:"title"`
		Status  int                 `json:"status"`
		Errors  map[string][]string `json:"errors,omitempty"`
		TraceID string              `json:"traceId"`
	}
)

const problemType = "application/problem+json"

func (s *Server) write(w http.ResponseWriter, r *request, a answer) {
	for _, cookie := range r.cookies {
		http.SetCookie(w, cookie)
	}
	if a.refused != nil {
		s.writeRefusal(w, r, s.spoil(r, *a.refused))
		return
	}
	if s.policy.uncached && !s.On(faultSecretsCacheable) {
		w.Header().Set("Cache-Control", "no-store")
	}
	if s.policy.requestCountsInReply {
		s.writeRequestCounts(w, r)
	}
	response := selectFields(a.response, r.http.URL.Query()["fields"])
	writeBody(w, http.StatusOK, kit.JSONMedia, success{
		Response: response, Count: count(a.response), Links: r.links(), StatusCode: http.StatusOK,
	}, "")
}

// count is 1 for anything but a list, and 0 for nothing (1.0).
func count(response any) int {
	if response == nil {
		return 0
	}
	if v := reflect.ValueOf(response); v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 1
}

func (r *request) links() []link {
	return []link{{Href: r.portal + r.http.URL.RequestURI(), Action: r.http.Method}}
}

func (s *Server) writeRefusal(w http.ResponseWriter, r *request, why refusal) {
	header := w.Header()
	for name, values := range why.header {
		header[name] = values
	}
	if why.allow != "" {
		header.Set("Allow", why.allow)
	}
	status := why.status
	if s.On(faultErrorWith200) {
		status = http.StatusOK
	}
	if s.policy.released {
		s.writeReleasedRefusal(w, r, status, why)
		return
	}
	if why.status == http.StatusUnauthorized && r.op != nil && r.op.access != anonymous {
		header.Set("WWW-Authenticate", `Bearer realm="portal"`) // RFC 9110 section 11.6.1
	}
	if why.status == http.StatusTooManyRequests {
		s.RetryAfter(header, why.wait, retryAfterFaults)
	}
	writeBody(w, status, kit.JSONMedia, errorBody{
		Status: 1, StatusCode: why.status, Error: errorDetail{Message: why.message},
	}, why.padding)
}

var retryAfterFaults = kit.RetryAfterFaults{
	Missing: faultRetryAfterMissing, Zero: faultRetryAfterZero, TooLong: faultRetryAfterTooLong,
}

// writeReleasedRefusal writes the four error shapes of the release (4.2, 4.3).
func (s *Server) writeReleasedRefusal(w http.ResponseWriter, r *request, status int, why refusal) {
	switch {
	case why.status == http.StatusUnsupportedMediaType:
		// The wrapper special-cases validation only, hence the contradiction.
		writeBody(w, status, problemType, success{
			Response: problem{Type: "https://tools.ietf.org/html/rfc9110#section-15.5.16", Title: "Unsupported Media Type", Status: 415,
				TraceID: traceID()},
			Count: 1, Links: r.links(), Status: 0, StatusCode: 200,
		}, "")
	case why.problem != nil:
		writeBody(w, status, problemType, success{
			Response: problem{
				Type:   "https://tools.ietf.org/html/rfc9110#section-15.5.1",
				Title:  "One or more validation errors occurred.",
				Status: 400, Errors: why.problem, TraceID: traceID(),
			},
			Count: 1, Links: r.links(), Status: 1, StatusCode: 400,
		}, "")
	case why.bare:
		w.WriteHeader(status)
	default:
		detail := errorDetail{Message: why.message, HResult: hresult(why.exception)}
		if why.exception != "" {
			stack := "   at ASC.Web.Api.Controllers." + r.operationID() + "()"
			detail.Type, detail.Stack = &why.exception, &stack
		}
		writeBody(w, status, kit.JSONMedia, errorBody{Status: 1, StatusCode: why.status, Error: detail}, why.padding)
	}
}

func writeBody(w http.ResponseWriter, status int, media string, body any, padding string) {
	kit.WriteBody(w, status, media, append(kit.Encode(body), padding...))
}
