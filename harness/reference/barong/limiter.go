package barong

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// The limiter of release 3.1: per key so many requests in each minute of the
// clock, whatever their answers are.
const (
	limitRequests = 5
	limitWindow   = time.Minute
)

// fixedWindows counts requests per key in windows that start at multiples of
// limitWindow since 1970.
type fixedWindows struct {
	window int64
	counts map[string]int
	stuck  bool // counts are never forgotten, for a fault
}

func newFixedWindows(stuck bool) *fixedWindows {
	return &fixedWindows{counts: map[string]int{}, stuck: stuck}
}

// used is how many requests a key has had in this window.
func (f *fixedWindows) used(key string, now time.Time) int {
	if window := now.Unix() / int64(limitWindow/time.Second); window != f.window && !f.stuck {
		f.window = window
		clear(f.counts)
	}
	return f.counts[key]
}

func (s *Server) throttled(r *request) *answer {
	a := refuse(http.StatusTooManyRequests, "identity.session.rack_attack_limit")
	a.media = "text/plain"
	if s.On(faultThrottledAsJSON) {
		a.media = jsonMedia
	}
	return &a
}

// limited runs a call unless the limiter has had enough of its keys.
func (s *Server) limited(r *request, path string, run func() answer) answer {
	if !s.policy.limiter && !s.On(faultLimitInOldRelease) {
		return run()
	}
	keys := s.limitKeys(r, path)
	refused := s.locked(func() *answer { return s.countKeys(r, keys) })
	if refused == nil {
		a := run()
		if s.On(faultParallelEscapes) {
			s.locked(func() *answer { s.addUses(r, keys); return nil })
		}
		return a
	}
	s.oddThrottled(r, path, run)
	if path == loginPath && s.On(faultRightPasswordPasses) {
		if a := run(); a.status < http.StatusBadRequest {
			return a
		}
	}
	return *refused
}

func (s *Server) countKeys(r *request, keys []string) *answer {
	allowed := limitRequests
	switch {
	case s.On(faultLimitOneTooMany):
		allowed++
	case s.On(faultLimitOneTooFew):
		allowed--
	}
	over := false
	for _, key := range keys {
		over = over || s.windows.used(key, r.Now) >= allowed
	}
	if !s.On(faultParallelEscapes) {
		s.addUses(r, keys)
	}
	if over {
		s.oddOver()
		return s.throttled(r)
	}
	return nil
}

func (s *Server) addUses(r *request, keys []string) {
	for _, key := range keys {
		s.windows.used(key, r.Now)
		s.windows.counts[key]++
	}
}

const (
	loginPath  = "/identity/sessions"
	changePath = "/resource/users/password"
	phonesPath = "/resource/phones"
)

// limitKeys are the keys under which a request is counted. Log-ins are counted on
// their way through the gateway only: the rule names the path AuthZ is asked about.
func (s *Server) limitKeys(r *request, path string) []string {
	switch {
	case r.http.Method == http.MethodPost && path == loginPath && r.viaGate:
		if !s.oddCounted(r) {
			return nil
		}
		return s.loginKeys(r)
	case !s.policy.limiter || r.sid() == "":
		return nil
	case r.http.Method == http.MethodPut && path == changePath && !s.On(faultPasswordChangeUnlimited):
		if s.On(faultPasswordLimitPerUser) {
			return []string{"password/" + s.sessionUser(r)}
		}
		return []string{"password/" + r.sid()}
	case r.http.Method == http.MethodPost && strings.HasPrefix(path, phonesPath) && !s.On(faultPhonesUnlimited):
		return []string{"phones/" + r.sid()}
	}
	return nil
}

func (s *Server) sessionUser(r *request) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.cookieSession(r); found != nil {
		return found.account.uid
	}
	return ""
}

func (s *Server) loginKeys(r *request) []string {
	if s.On(faultLimitNeverReached) {
		return nil
	}
	connection := s.Varies(r.http)
	if s.On(faultCountsPerConnection) {
		connection += r.http.RemoteAddr
	}
	var keys []string
	if !s.On(faultIPKeyMissing) {
		keys = append(keys, "login/address/"+s.countedAddress(r)+connection)
	}
	if email := s.countedEmail(emailInBody(r.http)); email != "" && !s.On(faultEmailKeyMissing) {
		keys = append(keys, "login/email/"+email+connection)
	}
	return keys
}

func (s *Server) countedAddress(r *request) string {
	if s.On(faultTrustsXRealIP) {
		if claimed := r.http.Header.Get("X-Real-IP"); claimed != "" {
			return claimed
		}
	}
	return r.address.String()
}

func (s *Server) countedEmail(email string) string {
	if !s.On(faultEmailCaseEscapes) {
		email = strings.ToLower(email)
	}
	if !s.On(faultEmailBlanksEscape) {
		email = strings.Join(strings.Fields(email), "")
	}
	return email
}

// emailInBody reads the member email of a JSON body and puts the body back.
func emailInBody(r *http.Request) string {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return ""
	}
	var in struct {
		Email any `json:"email"`
	}
	if json.Unmarshal(body, &in) != nil {
		return ""
	}
	email, _ := in.Email.(string)
	return email
}
