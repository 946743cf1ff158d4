package onlyoffice

import (
	"net/http"
	"time"
)

// refusal is any answer but a success. What of it is written depends on the
// profile (envelope.go).
type refusal struct {
	status    int
	message   string
	exception string              // type the release names beside a stack; "" for none
	bare      bool                // the release sends no body
	problem   map[string][]string // the release's validation errors by member
	wait      time.Duration       // Retry-After of the documented 429
	allow     string              // Allow of a 405
	header    http.Header         // extra fields, used by faults only
	padding   string              // follows the body, used by faults only
}

func (r refusal) after(wait time.Duration) refusal {
	r.wait = wait
	return r
}

// badCredentials is one text for every reason: the release made it neutral so
// that it does not tell known from unknown users.
func badCredentials() refusal { return refusal{status: 401, message: "User authentication failed"} }

func unauthenticated() refusal { return refusal{status: 401, message: "Unauthorized", bare: true} }

// wrongRole is refused by the framework before the operation runs.
func wrongRole() refusal { return refusal{status: 403, message: "Access denied", bare: true} }

func accessDenied() refusal {
	return refusal{status: 403, message: "Access denied", exception: "System.Security.SecurityException"}
}

func captchaRefused() refusal { return refusal{status: 403, message: "Invalid Recaptcha"} }

func notFound() refusal {
	return refusal{status: 404, message: "The user could not be found", exception: "ASC.Common.Web.ItemNotFoundException"}
}

func noRoute() refusal { return refusal{status: 404, message: "Not Found", bare: true} }

func argument(message string) refusal {
	return refusal{status: 400, message: message, exception: "System.ArgumentException"}
}

func failure(exception, message string) refusal {
	return refusal{status: 500, message: message, exception: exception}
}

// invalid is a value the model validation of an operation refuses.
func invalid(member, message string) refusal {
	return refusal{status: 400, message: message, problem: map[string][]string{member: {message}}}
}

// hresult is what .NET reports with an exception type.
func hresult(exception string) int {
	switch exception {
	case "":
		return 0
	case "System.ArgumentException":
		return -2147024809
	case "System.Security.SecurityException":
		return -2146233078
	case "System.InvalidOperationException":
		return -2146233079
	case "System.NullReferenceException":
		return -2147467261
	case "System.MethodAccessException":
		return -2146233072
	}
	return -2146233088
}
