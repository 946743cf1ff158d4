package otp

import (
	"testing"
	"time"

	"authconform/harness/secret"
)

// Nothing that resembles a right code is one, whatever the time, and no two are the same.
func TestAlikeIsNeverRight(t *testing.T) {
	at := time.Unix(1_800_000_000, 0)
	for range 200 {
		at = at.Add(17 * time.Minute)
		k := NewKit(NewSecret([]byte("12345678901234567890")), NewClock(func() time.Time { return at }), secret.New())
		right, err := k.Code(at)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[any]bool{}
		alike := k.Alike(right)
		for _, v := range alike {
			code := v.Value.(string)
			if k.Right(code, nearSteps) || seen[code] || len(code) != 6 && len(code) != 8 {
				t.Errorf("%s of %s: %s is right, is there twice or has a strange length", v.Name, right, code)
			}
			seen[code] = true
		}
		if len(alike) < 12 {
			t.Errorf("%d codes resemble %s; want nearly all of 14", len(alike), right)
		}
	}
}

// The code of the secret's text is that of RFC 4226 appendix D for a key that is the text.
func TestKeyedIsHOTP(t *testing.T) {
	for counter, want := range []string{"755224", "287082", "359152"} {
		if got := keyed([]byte("12345678901234567890"), uint64(counter), 6); got != want {
			t.Errorf("counter %d: %s; want %s", counter, got, want)
		}
	}
}
