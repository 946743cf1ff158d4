package onlyoffice

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// loginSettings is LoginSettingsDto. All times are seconds: the documents call
// blockTime minutes and checkPeriod a response time, the code counts both in
// seconds (6.B9).
type loginSettings struct {
	AttemptCount int  `json:"attemptCount"`
	BlockTime    int  `json:"blockTime"`
	CheckPeriod  int  `json:"checkPeriod"`
	IsDefault    bool `json:"isDefault"`
}

var defaultLoginSettings = loginSettings{AttemptCount: 5, BlockTime: 60, CheckPeriod: 60, IsDefault: true}

func (s *Server) getLoginSettings(r *request) answer {
	if refused := s.requireAdmin(r); refused != nil {
		return refuseIf(refused)
	}
	return ok(s.login)
}

func (s *Server) updateLoginSettings(r *request) answer {
	var in struct {
		AttemptCount wholeNumber `json:"attemptCount"`
		BlockTime    wholeNumber `json:"blockTime"`
		CheckPeriod  wholeNumber `json:"checkPeriod"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	for _, member := range []struct {
		name   string
		number wholeNumber
	}{{"attemptCount", in.AttemptCount}, {"blockTime", in.BlockTime}, {"checkPeriod", in.CheckPeriod}} {
		if member.number.quoted && !s.policy.numbersAsText {
			return refuse(wrongType(member.name))
		}
		if inRange := member.number.value >= 1 && member.number.value <= 9999; !inRange && !s.On(faultSettingsOutOfRangeAccepted) {
			return refuse(invalid(member.name, "The field "+member.name+" must be between 1 and 9999."))
		}
	}
	refused := s.requireAdmin(r)
	if refused != nil && !s.On(faultOddRefusedSettings) {
		return refuseIf(refused)
	}
	s.login = loginSettings{AttemptCount: in.AttemptCount.value, BlockTime: in.BlockTime.value, CheckPeriod: in.CheckPeriod.value}
	changed := s.login
	changed.IsDefault = true
	s.login.IsDefault = changed == defaultLoginSettings
	if refused != nil {
		return refuseIf(refused)
	}
	return ok(s.login)
}

func (s *Server) resetLoginSettings(r *request) answer {
	if refused := s.requireAdmin(r); refused != nil {
		return refuseIf(refused)
	}
	s.login = defaultLoginSettings
	return ok(s.login)
}

// attemptKey is whom password attempts are counted for: the login in lower case
// and the client's address (3.1).
func (s *Server) attemptKey(r *request, login string) string {
	address := r.address
	if s.On(faultCounterResetByNewConnection) {
		address = r.http.RemoteAddr
	}
	if claimed := claimedAddress(r.http.Header); claimed != "" && s.On(faultCounterTrustsClientAddress) {
		address = claimed
	}
	if !s.On(faultCounterResetByEmailCase) {
		login = strings.ToLower(login)
	}
	return login + "/" + address + s.Varies(r.http)
}

func claimedAddress(header http.Header) string {
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "Forwarded", "True-Client-Ip", "Cf-Connecting-Ip", "X-Client-Ip"} {
		if claimed := header.Get(name); claimed != "" {
			return claimed
		}
	}
	return ""
}

var passwordLimitFaults = kit.LimitFaults{
	NeverReached: faultLimitNeverReached, NeverReleased: faultLimitNeverReleased,
	OneTooMany: faultLimitOneTooMany, OneTooFew: faultLimitOneTooFew,
}

// takeAttempt counts a password attempt, right or wrong, known user or not. A
// right one is taken back by its caller.
func (s *Server) takeAttempt(r *request, key string) (time.Duration, bool) {
	rule := kit.Rule{
		Attempts: s.login.AttemptCount,
		Period:   time.Duration(s.login.CheckPeriod) * time.Second,
		Block:    time.Duration(s.login.BlockTime) * time.Second,
	}
	if s.On(faultLimitIgnoresSettings) {
		rule.Attempts = defaultLoginSettings.AttemptCount
	}
	return s.attempts.Take(key, rule, r.Now)
}

// tries counts second-factor codes (3.2): a fixed time that each counted try
// renews; a refused try is not counted.
type tries struct {
	count int
	until time.Time
}

func (s *Server) takeCodeTry(r *request, key string, limit int, period time.Duration) (time.Duration, bool) {
	key += s.Varies(r.http)
	key, unlimited := s.oddTry(r, key)
	if unlimited || s.On(faultSecondFactorLimitNeverReached) {
		return 0, true
	}
	known := s.codeTries[key]
	if !known.until.After(r.Now) {
		known = tries{}
	}
	if known.count >= limit {
		return known.until.Sub(r.Now), false
	}
	s.codeTries[key] = tries{count: known.count + 1, until: r.Now.Add(period)}
	return 0, true
}

// forgiveCodeTry takes a right code back: by one, not to zero.
func (s *Server) forgiveCodeTry(key string) {
	known := s.codeTries[key]
	known.count = max(0, known.count-1)
	s.codeTries[key] = known
}

// requestLimit is the documented general limit of requests in a minute. It is
// told, not enforced: the released configuration switches it off, and a portal
// that refused its 1501st call would only limit how fast it can be tested.
const requestLimit = 1500

func (s *Server) writeRequestCounts(w http.ResponseWriter, r *request) {
	minute := r.Now.Unix() / 60
	used := s.requestsIn(minute)
	header := w.Header()
	header.Set("X-RateLimit-Limit", strconv.Itoa(requestLimit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(1, requestLimit-used)))
	header.Set("X-RateLimit-Reset", strconv.FormatInt((minute+1)*60-r.Now.Unix(), 10)) // seconds
}

// requestsIn counts this request and returns the number in its minute.
func (s *Server) requestsIn(minute int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.countedMinute != minute {
		s.countedMinute, s.countedRequests = minute, 0
	}
	s.countedRequests++
	return s.countedRequests
}
