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

// takeAttempt counts an attempt, right or wrong, known user or not. A right one
// is taken back by its caller.
func (s *Server) takeAttempt(r *request, key string) (time.Duration, bool) {
	rule, codes := attemptRule, strings.HasPrefix(key, "code/")
	if claimed := r.http.Header.Get("X-Forwarded-For") + r.http.Header.Get("X-Real-Ip"); s.faults.On("counter-trusts-client-address") {
		key += claimed
	}
	switch {
	case s.faults.On("limit-never-reached") && !codes, s.faults.On("second-factor-limit-never-reached") && codes:
		return 0, true
	case s.stuck[key]:
		return rule.Block, false
	case s.faults.On("limit-one-too-many"):
		rule.Attempts++
	case s.faults.On("limit-one-too-few"):
		rule.Attempts--
	}
	wait, allowed := s.attempts.Take(key, rule, r.now)
	if !allowed && s.faults.On("limit-never-released") {
		s.stuck[key] = true
	}
	return wait, allowed
}

// lockAfter is how many wrong log-ins without a right one between them lock an
// account until an administrator unlocks it. The fact file has "too many times in
// rapid succession" (4) and no number. It is well above what the limit of attempts
// lets through at once.
const lockAfter = 12

// LockAfter is what a target file of this venue says of it.
func (s *Server) LockAfter() int { return lockAfter }

// countFailure counts a wrong log-in on the account that it names, if there is one.
func (s *Server) countFailure(r *request, key string) {
	way, name, _ := strings.Cut(key, "/")
	u := s.userByID(name)
	if way == "password" {
		u = s.byLogin[strings.ToLower(name)]
	}
	if u == nil || s.faults.On("account-never-locked") {
		return
	}
	enough := lockAfter
	if s.faults.On("account-locked-too-early") {
		enough--
	}
	if s.faults.On("account-locked-too-late") {
		enough++
	}
	if u.failed++; u.failed >= enough && !u.locked {
		u.locked, u.lockedAt = true, r.now
		s.anyLocked = true
	}
}

// closed tells whether an account is locked. A lock has no end: only an
// administrator unlocks (4), and no call of this venue does.
func (s *Server) closed(r *request, u *user) bool {
	if s.faults.On("lock-ends-by-itself") && !u.lockedAt.IsZero() && r.now.Sub(u.lockedAt) >= time.Hour {
		u.locked = false
	}
	return u.locked || s.anyLocked && s.faults.On("lock-holds-everybody")
}

// opensAnotherWay is where a fault locks no more than the log-in by API key.
func (s *Server) opensAnotherWay(key string) bool {
	return strings.HasPrefix(key, "password/") && s.faults.On("lock-open-to-password")
}

// lockedOut answers the right credentials of a locked account.
func (s *Server) lockedOut(r *request, u *user) answer {
	if s.faults.On("lock-opened-by-right-credentials") {
		u.locked, u.failed = false, 0
	}
	if s.faults.On("lock-not-told") {
		return s.refuse(r, badCredentials)
	}
	return s.refuse(r, accountLocked)
}
