package barong

import (
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"authconform/harness/reference/kit"
)

// codeMemoryTime is how long a presented code is remembered: three time steps.
const codeMemoryTime = 3 * kit.TOTPStep

// codeResult is what became of a second-factor code.
type codeResult int

const (
	codeRight codeResult = iota
	codeWrong
	codeReplayed
)

// codeMemory remembers every code that was judged, right or wrong, per user.
type codeMemory struct {
	seen  map[string]seenCode
	count atomic.Uint64 // read by calls that have not got the lock yet
}

type seenCode struct {
	at    time.Time
	order uint64
	right bool
	where string // operation
}

func newCodeMemory() *codeMemory { return &codeMemory{seen: map[string]seenCode{}} }

func (s *Server) forgetsAfter() time.Duration {
	switch {
	case s.On(faultOTPMemoryForever):
		return 24 * 365 * time.Hour
	case s.On(faultOTPMemoryShort):
		return kit.TOTPStep
	}
	return codeMemoryTime
}

// checkCode judges a second-factor code and spends it. Without a secret there is
// nothing to remember it under.
func (s *Server) checkCode(r *request, a *account, code string) codeResult {
	if s.On(faultOTPAnyCodeAccepted) || s.oddMatches(r, a, code) {
		return codeRight
	}
	if a.totpSecret == "" {
		return codeWrong
	}
	right := s.codeMatches(r, a, code)
	key := a.uid + "/" + s.remembered(code) + s.oddMemory(r)
	if s.On(faultOTPMemoryPerOperation) {
		key += "/" + r.op.id
	}
	if before, seen := s.memory.seen[key]; seen && r.Now.Before(before.at.Add(s.forgetsAfter())) && !s.overlooked(r, before, right) {
		s.oddReplayed(key)
		return codeReplayed
	}
	if right && (s.oddUnspent(r) || r.op.id == "createSession" && s.On(faultOTPLogInCodeNotSpent) ||
		r.op.id == "createKey" && s.On(faultOTPKeyCodeNotSpent)) {
		return codeRight
	}
	if s.On(faultOTPOnlyLastRemembered) {
		maps.DeleteFunc(s.memory.seen, func(key string, _ seenCode) bool { return strings.HasPrefix(key, a.uid+"/") })
	}
	s.memory.seen[key] = seenCode{at: r.Now, order: s.memory.count.Add(1), right: right, where: r.op.id}
	switch {
	case right:
		return codeRight
	case s.oddWrongCode(a):
		return codeRight
	case s.On(faultOTPWrongReadsReplayed):
		return codeReplayed
	}
	return codeWrong
}

// remembered is the text a code is remembered by: without the white space around
// it, or else padding would make a spent code new.
func (s *Server) remembered(code string) string {
	if s.On(faultOTPPaddedReplay) {
		return code
	}
	return strings.TrimSpace(code)
}

// overlooked is where faults forget that a code was spent.
func (s *Server) overlooked(r *request, before seenCode, right bool) bool {
	switch {
	case before.right && right && s.On(faultOTPReplayAccepted):
		return true
	case before.where == "enableOTP" && r.op.id == "createSession" && s.On(faultOTPEnableCodeReusableAtLogin):
		return true
	case s.oddOverlooked(r, before, right):
		return true
	case !before.right && s.On(faultOTPWrongNotRemembered):
		return true
	}
	return before.order > r.arrived && s.On(faultOTPParallelAllAccepted)
}

func (s *Server) codeMatches(r *request, a *account, code string) bool {
	window := 1
	switch {
	case s.On(faultOTPWindowTenSteps):
		window = 10
	case s.On(faultOTPWindowCurrentOnly):
		window = 0
	}
	code = s.normalised(code)
	s.Note(a.totpSecret)
	for _, secret := range s.secretsFor(a) {
		if _, found := s.MatchTOTP(secret, code, r.Now, window); found {
			return true
		}
	}
	return false
}

func (s *Server) normalised(code string) string {
	code = strings.TrimSpace(code)
	if s.On(faultOTPFullWidthDigits) {
		code = kit.HalfWidth(code)
	}
	if s.On(faultOTPFirstSixDigits) && len(code) > 6 {
		code = code[:6]
	}
	return code
}

func (s *Server) secretsFor(a *account) []string {
	secrets := []string{a.totpSecret}
	if s.On(faultOTPOldSecretAlive) {
		secrets = append(secrets, a.oldSecrets...)
	}
	if s.On(faultOTPForeignCode) {
		for _, other := range s.accounts {
			secrets = append(secrets, other.totpSecret)
		}
	}
	return secrets
}

// refuseCode is the refusal of a code that is not right: everywhere the same one
// for a spent code, and the operation's own for a wrong one.
func refuseCode(result codeResult, status int, wrongKey string) *answer {
	switch result {
	case codeWrong:
		return refusal(status, wrongKey)
	case codeReplayed:
		return refusal(422, "totp.error")
	}
	return nil
}
