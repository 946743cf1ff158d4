package family

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"testing"

	"crypto/sha1"

	"authconform/harness/httpclient"
)

// TestGuessable: eight random tokens of 64 bits are no finding, and what counts up, is
// mostly constant, or is the hash of what anybody knows is one.
func TestGuessable(t *testing.T) {
	random := func(int) string {
		var b [8]byte
		_, _ = rand.Read(b[:])
		return hex.EncodeToString(b[:])
	}
	for name, c := range map[string]struct {
		draw func(n int) string
		want bool
	}{
		"random":                {random, false},
		"random after a prefix": {func(n int) string { return "sess_live_" + random(n) }, false},
		"signed":                {func(n int) string { return "e30.e30." + random(n) }, false},
		"a counter":             {func(n int) string { return fmt.Sprintf("%032d", 1000000+n) }, true},
		"few bits":              {func(n int) string { return "5f2a9c001122334455667788" + random(n)[:4] }, true},
		"hash of a number":      {func(n int) string { return fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprint(n+40)))) }, true},
		"hash of the user":      {func(n int) string { return fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprintf("user-%d", n)))) }, true},
		"short texts":           {func(n int) string { return fmt.Sprintf("step-%d", n) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &samples{tokens: map[string]map[string]bool{}, names: map[string]bool{}}
			for n := range enough {
				s.take(&httpclient.Call{Status: 200, Body: fmt.Appendf(nil, `{"user":"user-%d","session":{"token":%q}}`, n, c.draw(n))})
			}
			if found := s.guessable(); (found != "") != c.want {
				t.Errorf("guessable: %q, want a finding: %v", found, c.want)
			}
		})
	}
}
