package alphapoint

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/pquerna/otp/totp"

	"authconform/harness/reference/kit"
)

// The published vectors of the signature.
func TestSignatureVectors(t *testing.T) {
	s := &Server{Server: &kit.Server{}}
	for _, v := range []struct {
		secret string
		in     signed
	}{
		{"test_secret_key", signed{key: "test_api_key", userID: "001", nonce: "1234567890",
			signature: "6da3735d764bb64c26da9c2d202333a9c7c6ae55198bdbc4a9f696b4a58e5975"}},
		{"example-secret", signed{key: "28c68ac3fcfafc3d4e8d653fe57e5baf", userID: "96", nonce: "2247733562",
			signature: "e674d528a8d7653360133a4781a854178a1209bf2c89ce548b847da1c7a1548b"}},
	} {
		if !s.verify(v.secret, v.in) {
			t.Errorf("%s: the vector is refused", v.secret)
		}
		v.in.signature = strings.ToUpper(v.in.signature)
		if s.verify(v.secret, v.in) {
			t.Errorf("%s: upper case is accepted", v.secret)
		}
	}
}

func everywhere(t *testing.T, test func(*testing.T, *venue)) {
	for _, surface := range surfaces {
		for _, profile := range both {
			t.Run(surface+"/"+profile, func(t *testing.T) { test(t, start(t, surface, profile)) })
		}
	}
}

// A log-in with two factors, end to end, on each surface in each profile.
func TestBothSteps(t *testing.T) {
	everywhere(t, func(t *testing.T, v *venue) {
		who := v.who(roleTOTP)
		header := v.gateway(who)
		first := v.call(v.path("AuthenticateUser"), signedBody(who), header)
		if first.status != 200 || strings.Contains(first.raw, "SessionToken") || strings.Contains(first.raw, who.TOTPSecret) {
			t.Fatalf("first step: %d %s", first.status, first.raw)
		}
		if pending, sent := first.body["Pending2FaToken"].(string); sent {
			header.Set(pendingHeader, pending)
		}
		devices := func(h http.Header) reply {
			return v.call(v.path("GetUserDevices"), map[string]any{"UserId": json.Number(who.ID)}, h)
		}
		if early := devices(header); strings.HasPrefix(early.raw, "[") {
			t.Fatalf("a pending log-in opens calls: %s", early.raw)
		}
		code, err := totp.GenerateCode(who.TOTPSecret, v.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		second := v.call(v.path("Authenticate2FA"), map[string]any{"Code": code}, header)
		token, _ := second.body["SessionToken"].(string)
		if second.status != 200 || token == "" {
			t.Fatalf("second step: %d %s", second.status, second.raw)
		}
		header.Set(sessionHeader, token)
		if open := devices(header); !strings.HasPrefix(open.raw, "[") {
			t.Fatalf("the session opens nothing: %d %s", open.status, open.raw)
		}
		if again := v.call(v.path("Authenticate2FA"), map[string]any{"Code": code}, header); strings.Contains(again.raw, "true") {
			t.Fatalf("the code counts twice: %s", again.raw)
		}
		v.Clock.Advance(sessionIdle)
		if late := devices(header); strings.HasPrefix(late.raw, "[") {
			t.Fatal("the session outlives an hour without a call")
		}
	})
}

// Many clients at once find the same state: run with -race.
func TestParallelCalls(t *testing.T) {
	everywhere(t, func(t *testing.T, v *venue) {
		who := v.who(roleUser)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 5 {
					login := v.call(v.path("AuthenticateUser"), signedBody(who), v.gateway(who))
					header := v.gateway(who)
					if token, sent := login.body["SessionToken"].(string); sent {
						header.Set(sessionHeader, token)
					}
					v.call(v.path("LogOut"), map[string]any{}, header)
				}
			})
		}
		group.Wait()
	})
}

// Refusals have the profile's status and let nobody in.
func TestRefusals(t *testing.T) {
	everywhere(t, func(t *testing.T, v *venue) {
		who := v.who(roleUser)
		wrong := signedBody(who)
		wrong["Signature"] = strings.Repeat("0", 64)
		want := 401
		if v.policy.failuresOn200 {
			want = 200
		}
		for i := range 6 {
			got := v.call(v.path("AuthenticateUser"), wrong, v.gateway(who))
			if i == 5 {
				want = 429
			}
			if got.status != want || strings.Contains(got.raw, "true") {
				t.Errorf("attempt %d: %d %s, want %d", i+1, got.status, got.raw, want)
			}
		}
	})
}
