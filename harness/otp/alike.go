package otp

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Alike lists codes that resemble the right one and are wrong: those that a careless comparison takes for it, and those that the
// same secret gives under other parameters or a wrong key. None of them is right in a step near to now, none was handed out.
func (k *Kit) Alike(right string) []Variant {
	now := k.setup.Clock.Now()
	all := append(near(right), k.kin(now)...)
	k.mu.Lock()
	defer k.mu.Unlock()
	var kept []Variant
	for _, v := range all {
		code := v.Value.(string)
		twice := slices.ContainsFunc(kept, func(o Variant) bool { return o.Value == code })
		if twice || k.used[code] || k.within(code, k.params.step(now), nearSteps) {
			continue
		}
		k.handOut(code, "-alike")
		kept = append(kept, v)
	}
	return kept
}

// Near lists codes of which some digits are those of a right one: for codes that are sent, which no secret makes.
func Near(right string) []string {
	var codes []string
	for _, v := range near(right) {
		if v.Value != right {
			codes = append(codes, v.Value.(string))
		}
	}
	return codes
}

// nearSteps is more than any target accepts on either side of now.
const nearSteps = 24

// near are codes of which some digits are right.
func near(right string) []Variant {
	half, last := len(right)/2, len(right)-1
	other := strings.Map(func(r rune) rune { return '0' + (r-'0'+5)%10 }, right)
	by := 1
	if right[last] == '9' {
		by = -1
	}
	return []Variant{
		{"T06", "last digit one more or less", right[:last] + string(rune(int(right[last])+by))},
		{"T06", "first digit changed", other[:1] + right[1:]},
		{"T06", "digits backwards", backwards(right)},
		{"T06", "first digit moved to the end", right[1:] + right[:1]},
		{"T06", "middle digit changed", right[:half] + other[half:half+1] + right[half+1:]},
		{"T06", "first half changed", other[:half] + right[half:]},
		{"T06", "second half changed", right[:half] + other[half:]},
	}
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// kin are codes of the same secret, and of keys that a server may take for it by mistake.
func (k *Kit) kin(now time.Time) []Variant {
	with := func(change func(*Params)) string {
		p := k.params
		change(&p)
		code, _ := p.code(k.setup.Secret, p.step(now)) // the secret was checked when the kit was made
		return code
	}
	hash := func(a, instead Algorithm) func(*Params) {
		return func(p *Params) {
			if p.Algorithm == a {
				a = instead
			}
			p.Algorithm = a
		}
	}
	first, _ := k.params.code(k.setup.Secret, 0)
	step := uint64(k.params.step(now))
	return []Variant{
		{"T06", "another hash", with(hash(SHA256, SHA1))},
		{"T06", "a third hash", with(hash(SHA512, SHA1))},
		{"T06", "another number of digits", with(func(p *Params) { p.Digits = 14 - p.Digits })},
		{"T06", "a time step twice as long", with(func(p *Params) { p.Period *= 2 })},
		{"T06", "the secret's text for a key", keyed([]byte(k.setup.Secret.Base32()), step, k.params.Digits)},
		{"T06", "an empty key", keyed(nil, step, k.params.Digits)},
		{"T06", "the counter 0", first},
	}
}

// keyed is HOTP under a key that is not the secret (RFC 4226 section 5.3).
func keyed(key []byte, counter uint64, digits int) string {
	var message [8]byte
	binary.BigEndian.PutUint64(message[:], counter)
	mac := hmac.New(sha1.New, key)
	mac.Write(message[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 15
	limit := uint32(1)
	for range digits {
		limit *= 10
	}
	return fmt.Sprintf("%0*d", digits, binary.BigEndian.Uint32(sum[at:])&0x7fffffff%limit)
}
