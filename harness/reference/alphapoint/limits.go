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
