package alphapoint

import (
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// attemptRule holds for passwords and signatures of one user, and for its codes.
// KIIEX documents none; the fact file knows that users are locked for trying too
// often and nothing of how often that is.
var attemptRule = kit.Rule{Attempts: 5, Period: time.Minute, Block: time.Minute}

var limitFaultNames = kit.LimitFaults{
	NeverReleased: faultLimitNeverReleased, OneTooMany: faultLimitOneTooMany, OneTooFew: faultLimitOneTooFew,
}

// takeAttempt counts an attempt, right or wrong, known user or not. A right one
// is taken back by its caller.
func (s *Server) takeAttempt(r *request, key string) (time.Duration, bool) {
	never := faultLimitNeverReached
	if strings.HasPrefix(key, "code/") {
		never = faultSecondFactorLimitNeverReached
	}
	if s.On(never) {
		return 0, true
	}
	if claimed := r.http.Header.Get("X-Forwarded-For") + r.http.Header.Get("X-Real-Ip"); s.On(faultCounterTrustsClientAddress) {
		key += claimed
	}
	key, limited := s.oddKey(r, key+s.Varies(r.http))
	if !limited {
		return 0, true
	}
	return s.attempts.Take(key, attemptRule, r.Now)
}

// lockAfter is how many wrong log-ins without a right one between them lock an
// account until an administrator unlocks it. The fact file has "too many times in
// rapid succession" (4) and no number. It is well above what the limit of attempts
// lets through at once.
const lockAfter = 12

// countFailure counts a wrong log-in on the account that it names, if there is one.
func (s *Server) countFailure(r *request, key string) {
	way, name, _ := strings.Cut(key, "/")
	u := s.userByID(name)
	if way == "password" {
		u = s.byLogin[strings.ToLower(name)]
	}
	if u == nil || s.On(faultAccountNeverLocked) {
		return
	}
	enough := lockAfter
	if s.On(faultAccountLockedTooEarly) {
		enough--
	}
	if s.On(faultAccountLockedTooLate) {
		enough++
	}
	s.oddFailures(r, u, way)
	if u.failed++; u.failed >= enough && !u.locked {
		u.locked, u.lockedAt = true, r.Now
		s.anyLocked = true
	}
}

// closed tells whether an account is locked. A lock has no end: only an
// administrator unlocks (4), and no call of this venue does.
func (s *Server) closed(r *request, u *user) bool {
	if s.On(faultLockEndsByItself) && !u.lockedAt.IsZero() && r.Now.Sub(u.lockedAt) >= time.Hour {
		u.locked = false
	}
	return u.locked || s.anyLocked && s.On(faultLockHoldsEverybody)
}

// opensAnotherWay is where a fault locks no more than the log-in by API key.
func (s *Server) opensAnotherWay(key string) bool {
	return strings.HasPrefix(key, "password/") && s.On(faultLockOpenToPassword)
}

// lockedOut answers the right credentials of a locked account.
func (s *Server) lockedOut(r *request, u *user) answer {
	if s.On(faultLockOpenedByRightCredentials) {
		u.locked, u.failed = false, 0
	}
	if s.On(faultLockNotTold) {
		return s.refuse(r, badCredentials)
	}
	return s.refuse(r, accountLocked)
}
