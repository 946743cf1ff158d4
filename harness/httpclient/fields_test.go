package httpclient

import (
	"net/http"
	"slices"
	"testing"
)

// TestFieldsTellWhatAReaderCouldTell: values count, and what differs between any two
// responses does not.
func TestFieldsTellWhatAReaderCouldTell(t *testing.T) {
	fields := func(h http.Header) []string { return (&Call{Header: h}).Fields() }
	first := http.Header{
		"Date": {"Sat, 28 Nov 2026 12:00:00 GMT"}, "X-Request-Id": {"8f2a-bc01"}, "Cf-Ray": {"8c1f9e-FRA"}, "X-Reason": {"wrong-password"},
		"Set-Cookie": {"sid=aAbBcC; Path=/; HttpOnly"},
	}
	second := http.Header{
		"Date": {"Sat, 28 Nov 2026 12:00:07 GMT"}, "X-Request-Id": {"77aa-0012"}, "Cf-Ray": {"9d2b-FRA"}, "X-Reason": {"wrong-password"},
		"Set-Cookie": {"sid=dDeEfF; Path=/; HttpOnly"},
	}
	if !slices.Equal(fields(first), fields(second)) {
		t.Errorf("%q\n%q\nwant the same", fields(first), fields(second))
	}
	for name, value := range map[string]string{"X-Reason": "unknown-user", "X-Other": "", "Set-Cookie": "sid=dDeEfF; Path=/"} {
		changed := second.Clone()
		changed.Set(name, value)
		if slices.Equal(fields(first), fields(changed)) {
			t.Errorf("%s: %s makes no difference", name, value)
		}
	}
}
