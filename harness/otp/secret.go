// Package otp makes the one-time codes of a run: right, wrong, stale, early and hostile ones (RFC 4226, RFC 6238).
//
// The arithmetic is pquerna/otp's. What that package is lenient about and a conformance check must not be (empty secrets,
// otpauth URIs, reuse of codes) is done here.
package otp

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"time"

	pquerna "github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

const (
	// MinSecret is the shortest shared secret allowed, in bytes (RFC 4226 section 4, R6: at least 128 bits).
	MinSecret = 16
	// GoodSecret is the recommended length, in bytes (RFC 4226 section 4, R6: 160 bits).
	GoodSecret = 20
)

// Secret is a shared secret. The zero value is an empty one.
type Secret struct {
	// A function, because a printer that follows an unexported field past String would print the bytes.
	raw func() []byte
}

// NewSecret makes a secret of raw bytes.
func NewSecret(raw []byte) Secret {
	own := append([]byte(nil), raw...)
	return Secret{func() []byte { return own }}
}

// ParseSecret reads Base32 (RFC 4648 section 6) as people get to see it: lower case, grouped by spaces or dashes, padded or not.
// How long the secret is has to be judged by Len; the error never quotes it.
func ParseSecret(text string) (Secret, error) {
	compact := strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\t", "", "\r", "", "\n", "").Replace(text))
	digits := strings.TrimRight(compact, "=")
	switch padding := len(compact) - len(digits); {
	case digits == "":
		return Secret{}, errors.New("the secret is empty: expected Base32, letters A-Z and digits 2-7")
	case padding > 0 && len(compact)%8 != 0:
		return Secret{}, errors.New("the secret's padding is wrong: Base32 is padded with = to a multiple of 8 characters, or not at all")
	}
	if at := strings.IndexFunc(digits, func(r rune) bool { return !(r >= 'A' && r <= 'Z' || r >= '2' && r <= '7') }); at >= 0 {
		return Secret{}, fmt.Errorf("the secret is not Base32: character %d (spaces and dashes not counted) is none of A-Z and 2-7", at+1)
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(digits)
	if err != nil || len(raw) == 0 {
		return Secret{}, fmt.Errorf("the secret is not Base32: %d characters cannot be a whole number of bytes", len(digits))
	}
	return NewSecret(raw), nil
}

// Base32 is the secret in upper case without padding.
func (s Secret) Base32() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(s.bytes())
}

// Len is the secret's length in bytes; see MinSecret.
func (s Secret) Len() int { return len(s.bytes()) }

func (s Secret) bytes() []byte {
	if s.raw == nil {
		return nil
	}
	return s.raw()
}

// String hides the secret.
func (s Secret) String() string { return "‹totp-secret›" }

// GoString hides the secret.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Algorithm is the HMAC's hash, as spelled in an otpauth URI.
type Algorithm string

const (
	SHA1   Algorithm = "SHA1"
	SHA256 Algorithm = "SHA256"
	SHA512 Algorithm = "SHA512"
)

// Params are the parameters of a TOTP generator (RFC 6238 section 4). A zero field has the default: SHA1, 6 digits, 30 s.
type Params struct {
	Algorithm Algorithm
	Digits    int           // 6 to 8 (RFC 4226 section 5.3)
	Period    time.Duration // whole seconds
}

var algorithms = map[Algorithm]pquerna.Algorithm{SHA1: pquerna.AlgorithmSHA1, SHA256: pquerna.AlgorithmSHA256,
	SHA512: pquerna.AlgorithmSHA512}

// complete fills in the defaults and refuses what no authenticator can do.
func (p Params) complete() (Params, error) {
	if p.Algorithm == "" {
		p.Algorithm = SHA1
	}
	if p.Digits == 0 {
		p.Digits = 6
	}
	if p.Period == 0 {
		p.Period = 30 * time.Second
	}
	if _, known := algorithms[p.Algorithm]; !known {
		return p, fmt.Errorf("algorithm %q is unknown: expected SHA1, SHA256 or SHA512", p.Algorithm)
	}
	if p.Digits < 6 || p.Digits > 8 {
		return p, fmt.Errorf("%d digits are not possible: expected 6 to 8", p.Digits)
	}
	if p.Period < time.Second || p.Period%time.Second != 0 {
		return p, fmt.Errorf("period %s is not possible: expected whole seconds", p.Period)
	}
	return p, nil
}

// code is HOTP of the step number (RFC 6238 section 4.2).
func (p Params) code(s Secret, step int64) (string, error) {
	if s.Len() == 0 {
		return "", errors.New("the secret is empty")
	}
	return hotp.GenerateCodeCustom(s.Base32(), uint64(step), hotp.ValidateOpts{
		Digits: pquerna.Digits(p.Digits), Algorithm: algorithms[p.Algorithm],
	})
}

// step numbers the time step of t (RFC 6238 section 4.2, T0 = 0).
func (p Params) step(t time.Time) int64 {
	seconds, period := t.Unix(), int64(p.Period/time.Second)
	if seconds < 0 {
		return (seconds+1)/period - 1
	}
	return seconds / period
}

// begin is when a step begins.
func (p Params) begin(step int64) time.Time {
	return time.Unix(step*int64(p.Period/time.Second), 0).UTC()
}
