package barong

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// writes tells the methods that change something.
func (r *request) writes() bool {
	return r.http.Method != http.MethodGet && r.http.Method != http.MethodHead
}

// oddSession is the session that a fault takes for open.
func (s *Server) oddSession(r *request) *session {
	switch ended := s.odd.ended[r.sid()]; {
	case ended == nil:
	case s.On(faultOddEndedReads) && !r.writes() && r.viaGate,
		s.On(faultOddEndedWrites) && r.writes() && r.op != nil && r.op.protected(),
		s.On(faultOddEndedGetsToken) && !r.viaGate:
		return ended
	}
	switch {
	case r.sid() != "":
	case s.On(faultOddSIDInQuery):
		return s.sessions[r.http.URL.Query().Get(r.cookieName)]
	case s.On(faultOddSIDInField):
		return s.sessions[r.http.Header.Get("X-Session-Id")]
	}
	return nil
}

// oddSameClient tells whether a fault takes another client for the one that a session
// was opened for.
func (s *Server) oddSameClient(r *request, found *session) bool {
	agent := r.http.UserAgent()
	beginning := func(text string) string { return text[:min(8, len(text))] }
	eight := func(a netip.Addr) string { first, _, _ := strings.Cut(a.String(), "."); return first }
	sameAgent, sameNetwork := agent == found.agent, s.sameNetwork(found.address, r.address)
	switch {
	case s.On(faultOddMismatchReads) && !r.writes(), s.On(faultOddMismatchWrites) && r.writes():
		return true
	case s.On(faultOddAgentBeginning) && beginning(agent) == beginning(found.agent),
		s.On(faultOddAgentCase) && strings.EqualFold(agent, found.agent), s.On(faultOddAgentAbsent) && agent == "":
		sameAgent = true
	case s.On(faultOddNetworkOfEight) && eight(r.address) == eight(found.address):
		sameNetwork = true
	}
	return sameAgent && sameNetwork && r.Now.Before(found.expires)
}

// oddActs tells the states in which a fault lets a user act.
func (s *Server) oddActs(r *request, a *account) bool {
	switch a.state {
	case "banned":
		return s.On(faultOddBannedKeepsSession)
	case "locked":
		return s.On(faultOddLockedKeepsSession)
	case "deleted":
		return s.On(faultOddClosedReads) && !r.writes() || s.On(faultOddClosedWrites) && r.writes()
	}
	return false
}

// oddForgiven tells whether a fault asks for no CSRF token.
func (s *Server) oddForgiven(r *request, found *session) bool {
	header := r.http.Header
	switch {
	case found == nil:
		return false
	case s.On(faultOddCSRFForForms) && strings.HasPrefix(header.Get("Content-Type"), "application/x-www-form-urlencoded"),
		s.On(faultOddCSRFForOrigin) && header.Get("Origin") != "",
		s.On(faultOddCSRFForAjax) && header.Get("X-Requested-With") != "":
		return true
	}
	return s.On(faultOddCSRFInQuery) && r.http.URL.Query().Get("csrf_token") == found.csrf
}

// oddCSRF tells whether a fault takes a text for a session's CSRF token.
func (s *Server) oddCSRF(found *session, sent string) bool {
	if s.On(faultOddCSRFOfAnySession) {
		for _, other := range s.sessions {
			if other.csrf == sent {
				return true
			}
		}
	}
	return s.On(faultOddCSRFOfEarlier) && slices.Contains(s.odd.csrf[found.sid], sent) || s.On(faultOddCSRFIsSID) && found.sid == sent
}

// oddToken is the CSRF token that a fault makes for a session.
func (s *Server) oddToken(sid, random string) string {
	made := random
	switch {
	case s.On(faultOddCSRFFromSID):
		made = sid[:min(20, len(sid))]
	case s.On(faultOddCSRFCounts):
		made = s.oddNumber(len(random))
	}
	s.odd.csrf[sid] = append(s.odd.csrf[sid], made)
	return made
}

// oddSpared is the session that a fault spares when it ends a user's.
func (s *Server) oddSpared(r *request, a *account) *session {
	own := s.byAge(a)
	switch {
	case len(own) == 0:
	case r.op.id == "confirmPasswordReset" && s.On(faultOddResetSparesNewest):
		return own[len(own)-1]
	case r.op.id == "enableOTP" && s.On(faultOddEnableSparesOlder):
		at := slices.IndexFunc(own, func(known *session) bool { return known.sid == r.sid() })
		return own[max(0, at-1)]
	}
	return nil
}

// oddThrottled is what a throttled log-in sets.
func (s *Server) oddThrottled(r *request, path string, run func() answer) {
	if path == loginPath && s.On(faultOddThrottledOpens) {
		run()
	}
}

// oddPassword tells whether a fault takes a password that is not the user's.
func (s *Server) oddPassword(r *request, a *account, hash string) bool {
	name := "password/" + a.uid
	switch {
	case hash == "" || r.op.id != "createSession":
		return false
	case s.On(faultOddOldPasswordAlive), s.On(faultOddOldPasswordAfterReset):
		return slices.Contains(s.odd.passwords[a.uid], hash)
	case s.On(faultOddThirdPasswordOpens):
		return s.odd.wrong[name]%3 == 2
	}
	return s.On(faultOddPasswordOfOther) && slices.ContainsFunc(s.accounts, func(other *account) bool { return other.passwordHash == hash })
}

// oddCounted tells whether a fault does not count a log-in.
func (s *Server) oddCounted(r *request) bool {
	body := emailInBody
	switch {
	case s.On(faultOddLimitKnownOnly):
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.accountByEmail(body(r.http)) != nil
	case s.On(faultOddLimitCodeStep):
		return !strings.Contains(bodyOf(r.http), "otp_code")
	}
	return true
}

// cookieLifetime is how long a browser keeps the cookie of a session.
func (s *Server) cookieLifetime() time.Duration {
	if s.On(faultOddCookieForAYear) {
		return 365 * storeLifetime
	}
	return storeLifetime
}

// oddOver is what a fault forgets when the limit is reached.
func (s *Server) oddOver() {
	if s.On(faultOddLimitOnce) {
		clear(s.windows.counts)
	}
}

// bodyOf reads a body and puts it back.
func bodyOf(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}
