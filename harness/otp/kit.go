package otp

import (
	"context"
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"authconform/harness/secret"
)

// ErrUsed means that the code asked for was handed out before. A target may refuse it for that reason alone.
var ErrUsed = errors.New("this code was handed out before: wait for the next time step, or call Replay to repeat it on purpose")

const (
	// inFlight is how long a fresh code must stay current, for the request to arrive within its time step.
	inFlight = time.Second
	// maxWaits bounds the waits for one fresh code. One is usual; more are needed when coming codes were handed out by Future.
	maxWaits = 20
)

// Setup says what a kit is made of.
type Setup struct {
	Identity string // prefix of the labels its values are redacted by; it must hold no secret
	Secret   Secret
	Params   Params
	Clock    *Clock
	Vault    *secret.Vault
	Source   rand.Source // of wrong codes; nil means one seeded at random
}

// Kit makes the codes of one identity. None is handed out twice unless Replay is asked for, wrong ones included: a target may
// refuse a repeated code for being repeated. It is safe for concurrent use.
type Kit struct {
	setup  Setup
	params Params

	mu   sync.Mutex
	rand *rand.Rand
	used map[string]bool

	disguised disguises // for Told
}

// NewKit returns a kit with the default parameters, which all authenticator apps share: SHA1, 6 digits, 30 s.
func NewKit(s Secret, c *Clock, v *secret.Vault) *Kit {
	return newKit(Setup{Secret: s, Clock: c, Vault: v}, Params{Algorithm: SHA1, Digits: 6, Period: 30 * time.Second})
}

// Kit returns the kit set up, or what is wrong with its parameters.
func (s Setup) Kit() (*Kit, error) {
	params, err := s.Params.complete()
	if err != nil {
		return nil, fmt.Errorf("one-time codes of %s: %w", orDefault(s.Identity), err)
	}
	if s.Secret.Len() == 0 {
		return nil, fmt.Errorf("one-time codes of %s: the secret is empty", orDefault(s.Identity))
	}
	return newKit(s, params), nil
}

func newKit(s Setup, p Params) *Kit {
	s.Identity = orDefault(s.Identity)
	if s.Source == nil {
		var seed [32]byte
		_, _ = cryptorand.Read(seed[:]) // never fails
		s.Source = rand.NewChaCha8(seed)
	}
	k := &Kit{setup: s, params: p, rand: rand.New(s.Source), used: map[string]bool{}}
	k.registerSecret()
	return k
}

func orDefault(identity string) string {
	if identity == "" {
		return "totp"
	}
	return identity
}

// registerSecret covers the spellings an enrolment page or a log may show.
func (k *Kit) registerSecret() {
	text := k.setup.Secret.Base32()
	var groups []string
	for rest := text; rest != ""; {
		n := min(4, len(rest))
		groups = append(groups, rest[:n])
		rest = rest[n:]
	}
	padded := text + strings.Repeat("=", (8-len(text)%8)%8)
	label := k.setup.Identity + "-secret"
	for _, spelling := range []string{text, padded, strings.Join(groups, " "), strings.Join(groups, "-")} {
		k.setup.Vault.Register(label, spelling)
		k.setup.Vault.Register(label, strings.ToLower(spelling))
	}
	k.setup.Vault.Register(label, string(k.setup.Secret.bytes()))
}

// String names the kit and shows nothing it keeps.
func (k *Kit) String() string { return "one-time codes of " + k.setup.Identity }

// GoString is String: %#v must not print the codes either.
func (k *Kit) GoString() string { return k.String() }

// Params are the parameters the codes are made with.
func (k *Kit) Params() Params { return k.params }

// Step numbers the time step of t.
func (k *Kit) Step(t time.Time) int64 { return k.params.step(t) }

// Code is the code of the time step of now (the target's time), or ErrUsed.
func (k *Kit) Code(now time.Time) (string, error) { return k.At(k.params.step(now)) }

// At is the code of a time step, or ErrUsed.
func (k *Kit) At(step int64) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	code := k.code(step)
	if k.used[code] {
		return "", ErrUsed
	}
	return k.handOut(code, ""), nil
}

// Fresh is a code that is right now and was not handed out before. When there is none, or the current one may expire on its way,
// wait is called with the time to let pass; it returns early only with an error.
func (k *Kit) Fresh(ctx context.Context, wait func(ctx context.Context, d time.Duration) error) (string, error) {
	for range maxWaits {
		now := k.setup.Clock.Now()
		d := k.notYet(now)
		if d == 0 {
			code, err := k.Code(now)
			if err == nil {
				return code, nil
			}
			continue // another goroutine was faster
		}
		err := wait(ctx, d)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", fmt.Errorf("waiting %s for a fresh code: %w", d, err)
		}
	}
	return "", fmt.Errorf("no fresh code after waiting %d times: does the clock move?", maxWaits)
}

// notYet is how long to wait until the current step's code may be used: 0 when it may be used at once. Both ends of a step are
// avoided by as much as the target's clock is uncertain.
func (k *Kit) notYet(now time.Time) time.Duration {
	guard := min(k.setup.Clock.Uncertainty(), k.params.Period/4)
	step := k.params.step(now)
	begin, end := k.params.begin(step), k.params.begin(step+1)
	k.mu.Lock()
	used := k.used[k.code(step)]
	k.mu.Unlock()
	switch {
	case used, end.Sub(now) < guard+min(inFlight, k.params.Period/10):
		return end.Add(guard).Sub(now)
	case now.Before(begin.Add(guard)):
		return begin.Add(guard).Sub(now)
	}
	return 0
}

// Past is the code of n steps ago, or of the nearest earlier step whose code was not handed out and is not right in a nearer
// step by chance.
func (k *Kit) Past(n int) string { return k.beyond(n, -1, "past") }

// Future is the code of n steps ahead, or of the nearest later step as in Past.
func (k *Kit) Future(n int) string { return k.beyond(n, 1, "future") }

func (k *Kit) beyond(n, direction int, kind string) string {
	now := k.params.step(k.setup.Clock.Now())
	k.mu.Lock()
	defer k.mu.Unlock()
	for {
		code := k.code(now + int64(direction*n))
		if !k.used[code] && !k.within(code, now, n-1) {
			return k.handOut(code, fmt.Sprintf("-%s-%d", kind, n))
		}
		n++
	}
}

// Wrong is a code that is right in none of the steps from window before now to window after, nor in the one beyond them on
// either side, which time may reach before the code is judged.
func (k *Kit) Wrong(window int) string {
	now := k.params.step(k.setup.Clock.Now())
	k.mu.Lock()
	defer k.mu.Unlock()
	limit := 1
	for range k.params.Digits {
		limit *= 10
	}
	for {
		code := fmt.Sprintf("%0*d", k.params.Digits, k.rand.IntN(limit))
		if !k.used[code] && !k.within(code, now, window+1) {
			return k.handOut(code, "-wrong")
		}
	}
}

// Replay is a code once more, on purpose. A code never handed out is an error: sending it would be no replay.
func (k *Kit) Replay(code string) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.used[code] {
		return "", errors.New("this code was never handed out, so that sending it is no replay")
	}
	return code, nil
}

// Used lists the codes that were handed out.
func (k *Kit) Used() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Collect(maps.Keys(k.used))
}

// Use notes codes as handed out: by another process, which had the identity before.
func (k *Kit) Use(codes []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, code := range codes {
		k.used[code] = true
	}
}

// Right tells whether a code is right in a step at most window steps from now. It hands nothing out.
func (k *Kit) Right(code string, window int) bool {
	now := k.params.step(k.setup.Clock.Now())
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.within(code, now, window)
}

// code, within and handOut expect the lock to be held.
func (k *Kit) code(step int64) string {
	code, err := k.params.code(k.setup.Secret, step)
	if err != nil {
		// Secret and parameters were checked when the kit was made.
		panic("otp: a checked secret gives no code")
	}
	return code
}

func (k *Kit) within(code string, now int64, window int) bool {
	for d := -window; d <= window; d++ {
		if k.code(now+int64(d)) == code {
			return true
		}
	}
	return false
}

func (k *Kit) handOut(code, suffix string) string {
	k.used[code] = true
	k.setup.Vault.Register(k.setup.Identity+"-code"+suffix, code)
	return code
}
