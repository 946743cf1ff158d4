package barong

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

const (
	sessionLifetime = 30 * time.Minute // without a call through AuthZ
	storeLifetime   = 24 * time.Hour   // of cookie and stored session
)

// session is what the store keeps under the id in the cookie.
type session struct {
	sid     string
	account *account
	address netip.Addr
	agent   string
	csrf    string
	expires time.Time
	stored  time.Time // last time it was written
	opened  time.Time
}

func randomHex(bytes int) string {
	value := make([]byte, bytes)
	_, _ = rand.Read(value)
	return hex.EncodeToString(value)
}

// sid is the cookie as it came.
func (r *request) sid() string {
	cookie, err := r.http.Cookie(r.cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// cookieSession is the stored session of the caller's cookie; nil when there is
// none. It may have expired: that is for mismatch to say.
func (s *Server) cookieSession(r *request) *session {
	found := s.sessions[r.sid()]
	if found == nil {
		return s.oddSession(r)
	}
	if !r.Now.Before(found.stored.Add(storeLifetime)) && !s.On(faultSessionNeverExpires) {
		delete(s.sessions, found.sid)
		return nil
	}
	return found
}

// touch writes a session back: the store and the cookie count from now.
func (s *Server) touch(r *request, found *session) {
	if found == nil {
		return
	}
	found.stored = r.Now
	s.setCookie(r, found.sid)
}

func (s *Server) setCookie(r *request, sid string) {
	parts := []string{
		s.config.SessionCookie + "=" + sid, "path=/",
		"expires=" + r.Now.Add(s.cookieLifetime()).UTC().Format(http.TimeFormat),
	}
	if s.policy.secureCookie && !s.On(faultCookieNotSecure) {
		parts = append(parts, "secure")
	}
	if !s.On(faultCookieReadableByScripts) {
		parts = append(parts, "HttpOnly")
	}
	r.cookie = strings.Join(parts, "; ")
}

// mismatch tells that a session is used by another client than it was opened
// for, or too late.
func (s *Server) mismatch(r *request, found *session) bool {
	switch {
	case s.oddSameClient(r, found):
		return false
	case !r.Now.Before(found.expires) && !s.On(faultSessionNeverExpires):
		return true
	case r.http.UserAgent() != found.agent && !s.On(faultSessionIgnoresUserAgent):
		return true
	}
	return !s.sameNetwork(found.address, r.address)
}

// sameNetwork compares the first 16 bits of an IPv4 and the first 96 of an IPv6
// address.
func (s *Server) sameNetwork(opened, now netip.Addr) bool {
	if s.On(faultSessionIgnoresAddress) {
		return true
	}
	if s.On(faultSessionBindsExactAddress) {
		return opened == now
	}
	bits := 96
	if opened.Is4() {
		bits = 16
	}
	network, err := opened.Prefix(bits)
	return err == nil && network.Contains(now)
}

// open starts a session and returns its CSRF token. The id of a live session is
// kept and bound to the new user; one that nobody issued is replaced.
func (s *Server) open(r *request, a *account) string {
	sid := s.Drawn(randomHex(16))
	if found := s.cookieSession(r); found != nil {
		sid = found.sid
	} else if made := r.sid(); made != "" && s.On(faultMadeUpSIDAdopted) {
		sid = made
	}
	token := randomHex(10)
	if s.On(faultCSRFTokenNotRenewed) && a.lastCSRF != "" {
		token = a.lastCSRF
	}
	token = s.oddToken(sid, token)
	a.lastCSRF = token
	s.sessions[sid] = &session{
		sid: sid, account: a, address: r.address, agent: r.http.UserAgent(), csrf: token,
		expires: r.Now.Add(sessionLifetime), stored: r.Now, opened: r.Now,
	}
	s.setCookie(r, sid)
	return token
}

// endSessions ends a user's sessions, all but the one with the id kept.
func (s *Server) endSessions(a *account, kept string) {
	for sid, known := range s.sessions {
		if known.account == a && sid != kept && known != s.odd.spared {
			delete(s.sessions, sid)
		}
	}
}

// deleteSession is log-out. It asks for no CSRF token.
func (s *Server) deleteSession(r *request) answer {
	if s.policy.authMethods && r.given("auth_method") && !known(r.text("auth_method"), "password", "signature", "auth0") {
		return unprocessable("identity.session.invalid_auth_method")
	}
	found := s.cookieSession(r)
	if found == nil || !r.Now.Before(found.expires) {
		if s.On(faultLogoutNeedsNothing) {
			s.setCookie(r, randomHex(16))
			return s.ok(r, http.StatusOK)
		}
		return refuse(http.StatusNotFound, "identity.session.not_found")
	}
	if !s.On(faultSessionAliveAfterLogout) {
		delete(s.sessions, found.sid)
	}
	if s.On(faultLogoutKillsAll) {
		s.endSessions(found.account, "")
	}
	s.record(r, found.account, topicSession, "logout", succeed, nil)
	s.setCookie(r, randomHex(16))
	if s.On(faultLogoutKeepsSID) {
		s.setCookie(r, found.sid)
	}
	return s.ok(r, http.StatusOK)
}

func known(value string, list ...string) bool {
	for _, one := range list {
		if one == value {
			return true
		}
	}
	return false
}
