package kit

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func still() time.Time { return noon }

func TestClockAdvances(t *testing.T) {
	clock := NewClock(still)
	clock.Advance(90 * time.Second)
	clock.Advance(-time.Hour)
	if got, want := clock.Now(), noon.Add(90*time.Second); !got.Equal(want) {
		t.Errorf("Now() = %v, want %v: forward steps count, backward ones do not", got, want)
	}
}

func TestLimiterBlocksOnceHistoryIsFull(t *testing.T) {
	limiter := NewLimiter()
	rule := Rule{Attempts: 2, Period: time.Minute, Block: 30 * time.Second}
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	steps := []struct {
		second int
		ok     bool
		wait   time.Duration
	}{
		{0, true, 0}, {1, true, 0},
		{2, false, 30 * time.Second},
		{10, false, 22 * time.Second}, // does not prolong
		{32, true, 0},                 // released, with a clean history
		{33, true, 0},
		{34, false, 30 * time.Second},
	}
	for _, step := range steps {
		wait, ok := limiter.Take("k", rule, at(step.second))
		if ok != step.ok || wait != step.wait {
			t.Errorf("second %d: Take = %v, %v; want %v, %v", step.second, wait, ok, step.wait, step.ok)
		}
	}
	if _, ok := limiter.Take("other", rule, at(34)); !ok {
		t.Error("another key was refused")
	}
}

func TestLimiterSlides(t *testing.T) {
	limiter := NewLimiter()
	rule := Rule{Attempts: 1, Period: time.Minute}
	limiter.Take("k", rule, noon)
	if wait, ok := limiter.Take("k", rule, noon.Add(20*time.Second)); ok || wait != 40*time.Second {
		t.Errorf("Take = %v, %v; want 40s, false", wait, ok)
	}
	if _, ok := limiter.Take("k", rule, noon.Add(time.Minute)); !ok {
		t.Error("refused after the window slid past the attempt")
	}
}

func TestLimiterForgivesOneAttempt(t *testing.T) {
	limiter := NewLimiter()
	rule := Rule{Attempts: 2, Period: time.Minute, Block: time.Minute}
	limiter.Take("k", rule, noon)
	limiter.Take("k", rule, noon.Add(time.Second))
	limiter.Forgive("k", noon.Add(time.Second))
	if _, ok := limiter.Take("k", rule, noon.Add(2*time.Second)); !ok {
		t.Error("a forgiven attempt still counts")
	}
	if _, ok := limiter.Take("k", rule, noon.Add(3*time.Second)); ok {
		t.Error("forgiving one attempt forgave the others")
	}
}

func TestMatchTOTPKeepsToTheWindow(t *testing.T) {
	secret := NewTOTPSecret(20)
	for _, distance := range []int{-3, -2, -1, 0, 1, 2, 3} {
		code, err := totp.GenerateCode(secret, noon.Add(time.Duration(distance)*TOTPStep))
		if err != nil {
			t.Fatal(err)
		}
		step, ok := MatchTOTP(secret, code, noon, 2)
		if want := distance >= -2 && distance <= 2; ok != want {
			t.Errorf("code of step %+d: matched %v, want %v", distance, ok, want)
		}
		if want := noon.Unix()/30 + int64(distance); ok && step != want {
			t.Errorf("code of step %+d: step %d, want %d", distance, step, want)
		}
	}
}

func TestMatchTOTPIsExact(t *testing.T) {
	secret := NewTOTPSecret(20)
	code, err := totp.GenerateCode(secret, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, changed := range []string{"", " " + code, code + "\n", code + "0", code[:5], strings.Repeat("0", 7)} {
		if _, ok := MatchTOTP(secret, changed, noon, 1); ok {
			t.Errorf("%d characters instead of the code matched", len(changed))
		}
	}
	empty, err := totp.GenerateCode("", noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := MatchTOTP("", empty, noon, 1); ok {
		t.Error("the code of an empty secret matched")
	}
}

func TestOneUseGivesOneFirst(t *testing.T) {
	memory := NewOneUse()
	var firsts atomic.Int32
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if _, first := memory.Spend("k"); first {
				firsts.Add(1)
			}
		})
	}
	all.Wait()
	if firsts.Load() != 1 {
		t.Errorf("%d of 32 parallel uses were first, want 1", firsts.Load())
	}
	if !memory.Used("k") || memory.Used("other") || memory.Spent() != 1 {
		t.Error("Used or Spent disagree with the one key spent")
	}
}

func TestHashPasswordIsPBKDF2(t *testing.T) {
	// PBKDF2-HMAC-SHA256 vectors for "password", "salt" (RFC 6070's inputs).
	for iterations, want := range map[int]string{
		1:    "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b",
		4096: "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a",
	} {
		if got := HashPassword("password", "salt", iterations); got != want {
			t.Errorf("%d iterations: %s, want %s", iterations, got, want)
		}
	}
	if SameSecret("", "") {
		t.Error("two empty secrets are the same")
	}
}

func TestDecodeJSON(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		problem                 BodyProblem
		field                   string
	}{
		{"no type", "", `{}`, MediaType, ""},
		{"form", "application/x-www-form-urlencoded", `{}`, MediaType, ""},
		{"other charset", "application/json; charset=latin1", `{}`, MediaType, ""},
		{"empty", "application/json", ``, Malformed, ""},
		{"null", "application/json", `null`, Malformed, ""},
		{"cut", "application/json", `{"name":`, Malformed, ""},
		{"two values", "application/json", `{}{}`, Malformed, ""},
		{"not UTF-8", "application/json", "{\"name\":\"\xff\"}", Malformed, ""},
		{"array", "application/json", `[]`, InvalidType, ""},
		{"number for text", "text/json", `{"name":1}`, InvalidType, "name"},
		{"below", "application/vnd.x+json", `{"inner":{"name":[]}}`, InvalidType, "inner.name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var into struct {
				Name  string `json:"name"`
				Inner struct {
					Name string `json:"name"`
				} `json:"inner"`
			}
			var got *BodyError
			if err := DecodeJSON(test.contentType, []byte(test.body), &into); !errors.As(err, &got) {
				t.Fatalf("error %v, want a *BodyError", err)
			}
			if got.Problem != test.problem || got.Field != test.field {
				t.Errorf("problem %d at %q, want %d at %q", got.Problem, got.Field, test.problem, test.field)
			}
		})
	}
	var into struct{ Name *string }
	if err := DecodeJSON("application/json; charset=UTF-8", []byte(`{"name":null,"more":1}`), &into); err != nil || into.Name != nil {
		t.Errorf("null and unknown members: error %v, name %v", err, into.Name)
	}
}

func TestNewFaultsRefusesUnknownAndForeign(t *testing.T) {
	registry := []Fault{{ID: "a"}, {ID: "b", Profiles: []string{"documented"}}}
	for name, want := range map[string]string{"c": "unknown fault", "b": "none in profile"} {
		if _, err := NewFaults(registry, "3.7", []string{name}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("fault %q: error %v, want one that says %q", name, err, want)
		}
	}
	on, err := NewFaults(registry, "documented", []string{"b"})
	if err != nil || !on.On("b") || on.On("a") {
		t.Errorf("b alone should be on (error %v)", err)
	}
}

func TestIdentityPrintsNoSecret(t *testing.T) {
	identity := Identity{Name: "user-001", Login: "l-secret", Password: "p-secret", TOTPSecret: "t-secret"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, identity); strings.Contains(got, "secret") || !strings.Contains(got, "user-001") {
			t.Errorf("%s prints %q", verb, got)
		}
	}
}

func TestQRCodeIsASquareOfTheSizeAsked(t *testing.T) {
	picture, err := QRCode("otpauth://totp/Barong:ann@conform.test?secret=NX7F2JALR6TX5GYZYRACJO4SUAJ646HL", 300)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if size := drawn.Bounds().Size(); size.X != 300 || size.Y != 300 {
		t.Errorf("it is %v", size)
	}
	if _, err := QRCode(strings.Repeat("x", 5000), 300); err == nil {
		t.Error("a text too long for a QR code is drawn")
	}
}
