package family

import (
	"net/http"
	"testing"
)

func TestStorable(t *testing.T) {
	for control, want := range map[string]bool{
		"": false, "no-store": false, "no-cache, private": false,
		"public": true, "private, Max-Age=60": true, "s-maxage=1": true, "x-public": false,
	} {
		if got := storable(http.Header{"Cache-Control": {control}}); got != want {
			t.Errorf("%q: %v, want %v", control, got, want)
		}
	}
	if !storable(http.Header{"Expires": {"Thu, 01 Dec 2044 16:00:00 GMT"}}) {
		t.Error("Expires alone lets a cache keep the answer")
	}
}
