package family_test

import (
	"testing"

	"authconform/harness/httpclient"
	"authconform/suites/family"
)

// TestSameBody: what every answer makes anew differs between honest answers; anything else
// that differs tells something.
func TestSameBody(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{`{"error":"wrong"}`, `{"error":"wrong"}`, true},
		{`{"error":"wrong"}`, `{"error":"unknown"}`, false},
		{`{"trace":"4bf92f3577b34da6a3ce929d0e0e4736"}`, `{"trace":"00f067aa0ba902b74bf92f3577b34da6"}`, true},
		{`{"id":"0b0e0f0a-0000-4000-8000-000000000001"}`, `{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}`, true},
		{`{"at":"2026-11-29T08:30:00Z"}`, `{"at":"2026-11-29T08:30:01.5+01:00"}`, true},
		{`{"at":"Sun, 29 Nov 2026 08:30:00 GMT"}`, `{"at":"Sun, 29 Nov 2026 08:30:02 GMT"}`, true},
		{`{"at":1796000000}`, `{"at":1796000001}`, true},
		{`{"at":1796000000123}`, `{"at":1796000001456}`, true},
		{`{"requestId":"JKJaXmPLvHcESHA1"}`, `{"requestId":"Q2x1c3RlcjQ0MTFhQ=="}`, true},
		{`{"traceId":"0HMPNHL0JHL76:00000001"}`, `{"traceId":"0HMPNHL0JHL77:0000000B"}`, true},
		{`{"error":"TooManyLoginAttempts"}`, `{"error":"InvalidCredentials"}`, false},
		{`{"code":"E401_LOCKED_ACCOUNT"}`, `{"code":"E401_WRONG_PASSWORD"}`, false},
		{`{"left":4}`, `{"left":3}`, false},
		{`{"trace":"4bf92f3577b34da6a3ce929d0e0e4736"}`, `{"trace":"00f067aa0ba902b74bf92f3577b34da6","x":1}`, false},
		{`{"user":"ann@example.org"}`, `{"user":"bob@example.org"}`, false},
	} {
		if got := family.SameBody(&httpclient.Call{Body: []byte(tc.a)}, &httpclient.Call{Body: []byte(tc.b)}); got != tc.same {
			t.Errorf("%s and %s are the same: %t", tc.a, tc.b, got)
		}
	}
}
