package family

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
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
		"random":                 {random, false},
		"random after a prefix":  {func(n int) string { return "sess_live_" + random(n) }, false},
		"random but for a digit": {func(n int) string { return strings.ReplaceAll(random(n), "7", "8") }, false},
		"signed":                 {func(n int) string { return "e30.e30." + random(n) }, false},
		"a counter":              {func(n int) string { return fmt.Sprintf("%032d", 1000000+n) }, true},
		"few bits":               {func(n int) string { return "5f2a9c001122334455667788" + random(n)[:4] }, true},
		"hash of a number":       {func(n int) string { return fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprint(n+40)))) }, true},
		"hash of the user":       {func(n int) string { return fmt.Sprintf("%x", sha1.Sum([]byte(fmt.Sprintf("user-%d", n)))) }, true},
		"short texts":            {func(n int) string { return fmt.Sprintf("step-%d", n) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := &samples{tokens: map[string]map[string]bool{}, owners: map[string]map[string]bool{}, names: map[string]bool{}}
			for n := range enough {
				s.take(&httpclient.Call{Status: 200, Body: fmt.Appendf(nil, `{"user":"user-%d","session":{"token":%q}}`, n, c.draw(n))})
			}
			if found := s.guessable(); (found != "") != c.want {
				t.Errorf("guessable: %q, want a finding: %v", found, c.want)
			}
		})
	}
}

// TestCommonSession: three callers who are given one session are a finding, and one caller
// who is given it again, or who sent it, is none.
func TestCommonSession(t *testing.T) {
	const token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
	body := fmt.Appendf(nil, `{"SessionToken":%q}`, token)
	for name, c := range map[string]struct {
		actor func(n int) string
		sent  string
		want  bool
	}{
		"three callers":               {func(n int) string { return fmt.Sprint("user-", n) }, "", true},
		"one caller":                  {func(int) string { return "user" }, "", false},
		"three callers that sent it":  {func(n int) string { return fmt.Sprint("user-", n) }, "sid=" + token, false},
		"three that sent another one": {func(n int) string { return fmt.Sprint("user-", n) }, "sid=0", true},
	} {
		t.Run(name, func(t *testing.T) {
			s := &samples{tokens: map[string]map[string]bool{}, owners: map[string]map[string]bool{}, names: map[string]bool{}}
			for n := range shared {
				s.take(&httpclient.Call{
					Actor: c.actor(n), Status: 200, Body: body, RequestHeader: http.Header{"Cookie": {c.sent}},
				})
			}
			if found := s.guessable(); (found != "") != c.want {
				t.Errorf("guessable: %q, want a finding: %v", found, c.want)
			}
		})
	}
}

// TestPatternedCodes: backup codes that resemble one another are a finding, and random ones none.
func TestPatternedCodes(t *testing.T) {
	for name, c := range map[string]struct {
		draw func(n int) string
		want bool
	}{
		"random":                     {func(int) string { return rand.Text()[:6] }, false},
		"counting up":                {func(n int) string { return fmt.Sprintf("a%05d", n) }, true},
		"counting up from afar":      {func(n int) string { return fmt.Sprintf("%06d", 128_450+n) }, true},
		"differing in one character": {func(n int) string { return "kQ7_z" + string(rune('A'+n%50)) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			codes := map[string]bool{}
			for n := range 300 {
				codes[c.draw(n)] = true
			}
			if found := patternedCodes(slices.Sorted(maps.Keys(codes))); found != c.want {
				t.Errorf("the codes were found to resemble one another: %t; want %t", found, c.want)
			}
		})
	}
}
