package otp

import (
	"strings"
	"testing"
	"time"

	"authconform/harness/secret"
)

func fixed(t time.Time) *Clock { return NewClock(func() time.Time { return t }) }

func mustKit(t testing.TB, s Setup) *Kit {
	t.Helper()
	if s.Vault == nil {
		s.Vault = secret.New()
	}
	if s.Clock == nil {
		s.Clock = fixed(time.Unix(1_800_000_010, 0))
	}
	k, err := s.Kit()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The HOTP values of RFC 4226 appendix D.
func TestRFC4226(t *testing.T) {
	k := mustKit(t, Setup{Secret: NewSecret([]byte("12345678901234567890"))})
	for counter, want := range []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"} {
		if got, err := k.At(int64(counter)); err != nil || got != want {
			t.Errorf("counter %d: got %s, %v; want %s", counter, got, err, want)
		}
	}
}

// The TOTP values of RFC 6238 appendix B; the keys are as long as each hash, as in the code of appendix A.
func TestRFC6238(t *testing.T) {
	seed := func(n int) Secret { return NewSecret([]byte(strings.Repeat("1234567890", 7)[:n])) }
	kits := []*Kit{
		mustKit(t, Setup{Secret: seed(20), Params: Params{Algorithm: SHA1, Digits: 8}}),
		mustKit(t, Setup{Secret: seed(32), Params: Params{Algorithm: SHA256, Digits: 8}}),
		mustKit(t, Setup{Secret: seed(64), Params: Params{Algorithm: SHA512, Digits: 8}}),
	}
	for _, c := range []struct {
		unix int64
		want [3]string
	}{
		{59, [3]string{"94287082", "46119246", "90693936"}},
		{1111111109, [3]string{"07081804", "68084774", "25091201"}},
		{1111111111, [3]string{"14050471", "67062674", "99943326"}},
		{1234567890, [3]string{"89005924", "91819424", "93441116"}},
		{2000000000, [3]string{"69279037", "90698825", "38618901"}},
		{20000000000, [3]string{"65353130", "77737706", "47863826"}},
	} {
		for i, k := range kits {
			if got, err := k.Code(time.Unix(c.unix, 0)); err != nil || got != c.want[i] {
				t.Errorf("%s at %d: got %s, %v; want %s", k.Params().Algorithm, c.unix, got, err, c.want[i])
			}
		}
	}
}
