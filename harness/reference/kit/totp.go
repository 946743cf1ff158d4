package kit

import (
	"crypto/rand"
	"encoding/base32"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// TOTPStep is the time step of every code here (RFC 6238 section 4.1).
const TOTPStep = 30 * time.Second

// NewTOTPSecret draws a secret of size bytes, Base32 without padding. RFC 4226
// section 4 (R6) demands 16 bytes and recommends 20.
func NewTOTPSecret(size int) string {
	key := make([]byte, size)
	_, _ = rand.Read(key)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
}

// MatchTOTP looks for the time step, at most window steps from at, whose code
// (HMAC-SHA1, six digits) is exactly code. An empty or unreadable secret matches
// nothing; pquerna/otp would make a code from an empty one.
func MatchTOTP(secret, code string, at time.Time, window int) (step int64, ok bool) {
	if secret == "" || len(code) != 6 {
		return 0, false
	}
	now := at.Unix() / int64(TOTPStep/time.Second)
	options := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	for distance := int64(0); distance <= int64(window); distance++ {
		for _, candidate := range []int64{now - distance, now + distance} {
			if candidate < 0 {
				continue
			}
			want, err := hotp.GenerateCodeCustom(secret, uint64(candidate), options)
			if err == nil && SameSecret(want, code) {
				return candidate, true
			}
		}
	}
	return 0, false
}

// MatchTOTP is the function of that name, on a server with faults.
func (s *Server) MatchTOTP(secret, code string, at time.Time, window int) (step int64, ok bool) {
	if step, ok := MatchTOTP(secret, code, at, window); ok {
		return step, ok
	}
	return s.mistakenTOTP(secret, code, at)
}

// SameSentCode is SameSecret for a code that was sent, on a server with faults.
func (s *Server) SameSentCode(right, text string) bool {
	return SameSecret(right, text) || s.mistakenSentCode(right, text)
}

// HalfWidth makes ASCII digits of full-width ones, as a lenient reader of codes
// does.
func HalfWidth(code string) string {
	return strings.Map(func(c rune) rune {
		if c >= '０' && c <= '９' {
			return c - '０' + '0'
		}
		return c
	}, code)
}

// OneUse remembers what may be used once: a time step's code (RFC 6238 section
// 5.2), a backup code, a link. It is safe for concurrent use; of many parallel
// Spend calls with one key exactly one is first.
type OneUse struct {
	mu    sync.Mutex
	spent map[string]uint64
}

// NewOneUse returns an empty memory.
func NewOneUse() *OneUse { return &OneUse{spent: map[string]uint64{}} }

// Spend uses a key up. order counts first uses from 1 and is that of the key's
// first use, so that a caller can tell which of two uses came earlier.
func (o *OneUse) Spend(key string) (order uint64, first bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if order, used := o.spent[key]; used {
		return order, false
	}
	order = uint64(len(o.spent)) + 1
	o.spent[key] = order
	return order, true
}

// Forget makes every key with a beginning new again.
func (o *OneUse) Forget(beginning string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key := range o.spent {
		if strings.HasPrefix(key, beginning) {
			delete(o.spent, key)
		}
	}
}

// Used tells whether a key is used up.
func (o *OneUse) Used(key string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.spent[key] != 0
}

// Spent is the number of keys used up, which is the order of the latest.
func (o *OneUse) Spent() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return uint64(len(o.spent))
}
