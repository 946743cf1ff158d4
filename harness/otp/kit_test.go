package otp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"authconform/harness/secret"

	"pgregory.net/rapid"
)

var key = NewSecret([]byte("12345678901234567890"))

func TestParseSecret(t *testing.T) {
	for _, text := range []string{"GEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq", "GEZD-GNBV-GY3T-QOJQ\n", " GEZDGNBVGY3TQOJQ"} {
		s, err := ParseSecret(text)
		if err != nil || s.Base32() != "GEZDGNBVGY3TQOJQ" || s.Len() != 10 {
			t.Errorf("%q: %v, %d bytes", text, err, s.Len())
		}
	}
	if s, err := ParseSecret("ge======"); err != nil || s.Len() != 1 {
		t.Errorf("padded: %v", err)
	}
	for text, want := range map[string]string{
		"":                     "empty",
		" - ":                  "empty",
		"====":                 "empty",
		"JBSWY3DPEHPK3PXP====": "padding is wrong",
		"JBSWY3D8EHPK3PXP":     "character 8",
		"ABC=DEFG":             "character 4",
		"A":                    "1 characters cannot be a whole number",
		"ABC":                  "3 characters cannot be a whole number",
		"ÄBCDEFGH":             "character 1",
	} {
		if _, err := ParseSecret(text); err == nil || !strings.Contains(err.Error(), want) ||
			len(text) > 4 && strings.Contains(err.Error(), text) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	k := mustKit(t, Setup{Identity: "alice", Secret: key})
	holder := struct{ hidden Secret }{key}
	encoded, err := json.Marshal(map[string]any{"s": key})
	if err != nil {
		t.Fatal(err)
	}
	text := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		text += fmt.Sprintf(verb+verb+verb+verb, key, k, holder, Setup{Secret: key})
	}
	for _, form := range []string{"1234567890", "GEZDGNBVGY3TQOJQ", "49 50 51", "0x31, 0x32"} {
		if strings.Contains(text, form) {
			t.Errorf("%s stands in %s", form, text)
		}
	}
}

func TestSetupIsChecked(t *testing.T) {
	for _, c := range []struct {
		s    Setup
		want string
	}{
		{Setup{Secret: key, Params: Params{Algorithm: "MD5"}}, `algorithm "MD5"`},
		{Setup{Secret: key, Params: Params{Digits: 5}}, "5 digits"},
		{Setup{Secret: key, Params: Params{Digits: 9}}, "9 digits"},
		{Setup{Secret: key, Params: Params{Period: -time.Second}}, "period -1s"},
		{Setup{Secret: key, Params: Params{Period: 1500 * time.Millisecond}}, "period 1.5s"},
		{Setup{Identity: "bob"}, "codes of bob: the secret is empty"},
	} {
		if _, err := c.s.Kit(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.s.Params, err, c.want)
		}
	}
}

func TestEverythingIsRegisteredAtBirth(t *testing.T) {
	v := secret.New()
	k := mustKit(t, Setup{Identity: "alice", Secret: key, Vault: v, Clock: fixed(time.Unix(1_800_000_010, 0))})
	for _, spelling := range []string{"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
		"GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
		"GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ", "12345678901234567890", "3132333435363738393031323334353637383930"} {
		if got := v.Redact(spelling); got != "‹alice-secret›" {
			t.Errorf("%s is redacted as %s", spelling, got)
		}
	}
	fresh, err := k.Code(time.Unix(1_800_000_010, 0))
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{fresh: "‹alice-code›", k.Past(3): "‹alice-code-past-3›",
		k.Future(2): "‹alice-code-future-2›", k.Wrong(1): "‹alice-code-wrong›"} {
		if got := v.Redact(code); got != want {
			t.Errorf("a code is redacted as %s, want %s", got, want)
		}
	}
	plain := NewKit(key, fixed(time.Unix(0, 0)), secret.New())
	if p := plain.Params(); p != (Params{SHA1, 6, 30 * time.Second}) {
		t.Errorf("default parameters are %+v", p)
	}
}

func TestNoCodeTwice(t *testing.T) {
	now := time.Unix(1_800_000_010, 0)
	k := mustKit(t, Setup{Secret: key, Clock: fixed(now)})
	code, err := k.Code(now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Code(now); !errors.Is(err, ErrUsed) {
		t.Errorf("the same step again: %v", err)
	}
	if _, err := k.At(k.Step(now)); !errors.Is(err, ErrUsed) {
		t.Errorf("the same step by number: %v", err)
	}
	if again, err := k.Replay(code); err != nil || again != code {
		t.Errorf("Replay: %v", err)
	}
	if _, err := k.Replay("none"); err == nil {
		t.Error("Replay of a code never handed out must be an error")
	}
	if k.Past(0) == code {
		t.Error("Past(0) repeats the code")
	}
	if !k.Right(code, 0) || k.Right("", 5) {
		t.Error("Right is wrong")
	}
}

func TestPastFutureWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "now"), 0)
		n := rapid.IntRange(1, 40).Draw(t, "n")
		digits := rapid.SampledFrom([]int{6, 7, 8}).Draw(t, "digits")
		seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
		secretBytes := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret")
		kit := func() *Kit {
			k, err := Setup{Secret: NewSecret(secretBytes), Params: Params{Digits: digits}, Clock: fixed(now), Vault: secret.New(),
				Source: rand.NewChaCha8([32]byte(seed))}.Kit()
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		k := kit()
		step := k.Step(now)
		seen := map[string]bool{}
		take := func(what, code string) {
			if len(code) != digits || seen[code] {
				t.Fatalf("%s gives %q, handed out before: %v", what, code, seen[code])
			}
			seen[code] = true
		}
		for range 3 {
			past, future, wrong := k.Past(n), k.Future(n), k.Wrong(n)
			take("Past", past)
			take("Future", future)
			take("Wrong", wrong)
			for d := -n - 1; d <= n+1; d++ {
				right := k.code(step + int64(d))
				if right == wrong {
					t.Fatalf("Wrong(%d) is right %d steps away", n, d)
				}
				if d > -n && d < n && (right == past || right == future) {
					t.Fatalf("Past or Future(%d) is right %d steps away", n, d)
				}
			}
		}
		if first := kit(); first.Past(n) != first.code(step-int64(n)) && !first.within(first.code(step-int64(n)), step, n-1) {
			t.Fatal("the first Past is not the code of that step")
		}
		a, b := kit(), kit()
		for range 5 {
			if a.Wrong(1) != b.Wrong(1) {
				t.Fatal("two kits with one source draw different wrong codes")
			}
		}
	})
}

// timer is a wait function and the clock it moves.
type timer struct {
	now   time.Time
	waits []time.Duration
}

func (c *timer) wait(_ context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	c.now = c.now.Add(d)
	return nil
}

func TestFreshWaitsForTheNextStep(t *testing.T) {
	c := &timer{now: time.Unix(1_800_000_010, 0)}
	k := mustKit(t, Setup{Secret: key, Clock: NewClock(func() time.Time { return c.now })})
	get := func() string {
		code, err := k.Fresh(t.Context(), c.wait)
		if err != nil {
			t.Fatal(err)
		}
		if !k.Right(code, 0) {
			t.Errorf("%s is not right now", code)
		}
		return code
	}
	if get(); len(c.waits) != 0 {
		t.Errorf("waited %v for the first code", c.waits)
	}
	if get(); fmt.Sprint(c.waits) != "[20s]" {
		t.Errorf("waited %v for the second code", c.waits)
	}
	k.Future(1)
	if get(); fmt.Sprint(c.waits) != "[20s 30s 30s]" {
		t.Errorf("waited %v past a code handed out early", c.waits)
	}
	c.now = c.now.Add(59*time.Second + 500*time.Millisecond)
	if get(); c.waits[3] != 500*time.Millisecond {
		t.Errorf("waited %v near the end of a step", c.waits[3])
	}
}

func TestFreshKeepsAwayFromUncertainEdges(t *testing.T) {
	c := &timer{now: time.Unix(1_800_000_000, 0)}
	clock := NewClock(func() time.Time { return c.now })
	if err := clock.Observe(c.now.Add(10*time.Minute).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), c.now, c.now); err != nil {
		t.Fatal(err)
	}
	k := mustKit(t, Setup{Secret: key, Clock: clock})
	c.now = k.params.begin(k.Step(c.now)).Add(-500 * time.Millisecond) // the target's step begins, or began up to 1 s ago
	if _, err := k.Fresh(t.Context(), c.wait); err != nil || fmt.Sprint(c.waits) != "[500ms]" {
		t.Errorf("waited %v, %v", c.waits, err)
	}
}

func TestFreshGivesUp(t *testing.T) {
	k := mustKit(t, Setup{Secret: key})
	still := func(context.Context, time.Duration) error { return nil }
	if _, err := k.Fresh(t.Context(), still); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Fresh(t.Context(), still); err == nil || !strings.Contains(err.Error(), "does the clock move") {
		t.Errorf("standing clock: %v", err)
	}
	broken := errors.New("no time")
	if _, err := k.Fresh(t.Context(), func(context.Context, time.Duration) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("failing wait: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.Fresh(ended, still); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
}

func TestKitFromManyGoroutines(t *testing.T) {
	k := mustKit(t, Setup{Secret: key})
	var seen sync.Map
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				for _, code := range []string{k.Wrong(1), k.Past(2), k.Future(2)} {
					if _, twice := seen.LoadOrStore(code, true); twice {
						t.Errorf("%s was handed out twice", code)
					}
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkWrong(b *testing.B) {
	k := mustKit(b, Setup{Secret: key})
	for b.Loop() {
		k.Wrong(40)
	}
}
