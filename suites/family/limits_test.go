package family

import (
	"net/http"
	"testing"
	"time"
)

// What a failed check of a limit relies on is the setting and both of its durations.
func TestDeclared(t *testing.T) {
	l := Limit{Attempts: 5, Window: time.Minute, Block: 5 * time.Minute, Setting: "limits.password of the target file"}
	if got, want := l.Declared(), "limits.password of the target file: 5 within 1m0s, and then held back for 5m0s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if l.Window = 0; l.Declared() != "limits.password of the target file: 5 within 5m0s, and then held back for 5m0s" {
		t.Errorf("%q: a limit without a window of its own counts as long as it holds back", l.Declared())
	}
}

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
