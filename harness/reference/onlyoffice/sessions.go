package onlyoffice

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"time"
)

const (
	sessionCookie   = "asc_auth_key"
	sessionLifetime = 365 * 24 * time.Hour
	noExpiry        = "0001-01-01T00:00:00" // the release's unset date, without a zone
)

// session is one log-in and its token.
type session struct {
	event   int // log-in event id
	token   string
	user    *user
	opened  time.Time
	expires time.Time // zero: never
	address string
	agent   string
}

func (s *session) live(now time.Time) bool { return s.expires.IsZero() || now.Before(s.expires) }

// open logs a user in: a new token, a new log-in event, the session cookie.
func (s *Server) open(r *request, u *user, browserSession bool) *session {
	opened := s.reusable(u)
	if opened == nil {
		s.lastEvent++
		opened = &session{
			event: s.lastEvent, token: s.Drawn(newToken()), user: u, opened: r.Now,
			expires: s.expiryFrom(r.Now), address: r.address, agent: r.http.UserAgent(),
		}
		s.sessions[opened.token] = opened
	}
	cookie := &http.Cookie{
		Name: sessionCookie, Value: opened.token, Path: "/", SameSite: http.SameSiteStrictMode,
		HttpOnly: !s.On(faultSessionCookieReadableByScripts), Secure: r.http.TLS != nil,
	}
	if !browserSession {
		cookie.Expires = opened.expires
	}
	r.cookies = append(r.cookies, cookie)
	s.oddOpened(r, u)
	return opened
}

func (s *Server) reusable(u *user) *session {
	if !s.On(faultTokenUnchangedBetweenLogins) {
		return nil
	}
	for _, known := range s.sessions {
		if known.user == u {
			return known
		}
	}
	return nil
}

func (s *Server) expiryFrom(now time.Time) time.Time {
	switch {
	case !s.cookie.Enabled:
		return now.Add(sessionLifetime)
	case s.cookie.LifeTime == 0:
		return time.Time{}
	}
	return now.Add(time.Duration(s.cookie.LifeTime) * time.Minute)
}

// newToken is opaque; like the product's it is Base64 with padding.
func newToken() string {
	var b [100]byte
	_, _ = rand.Read(b[:])
	return base64.StdEncoding.EncodeToString(b[:])
}

func traceID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return "00-" + hex.EncodeToString(b[:]) + "-0000000000000000-00"
}

func (s *Server) end(ended *session) {
	delete(s.sessions, ended.token)
	if s.keepsEnded() {
		s.ended[ended.token] = ended
	}
}

// endAll ends the sessions for which is says so.
func (s *Server) endAll(is func(*session) bool) {
	for _, known := range s.sessions {
		if is(known) {
			s.end(known)
		}
	}
}

func (s *Server) endAllOf(u *user) { s.endAll(func(known *session) bool { return known.user == u }) }

// findSession resolves the caller's token: cookie, Authorization: <token> or
// Authorization: Bearer <token>. A cookie wins even when it is unusable (5).
func (s *Server) findSession(r *request) {
	presented := ""
	if cookie, err := r.http.Cookie(sessionCookie); err == nil && cookie.Value != "" {
		presented, r.byCookie = cookie.Value, true
	} else {
		presented = r.http.Header.Get("Authorization")
		if scheme, rest, found := strings.Cut(presented, " "); found && strings.EqualFold(scheme, "Bearer") {
			presented = strings.TrimSpace(rest)
		}
	}
	known := s.sessions[presented]
	if known == nil && !r.byCookie && s.On(faultEndedSessionAliveInHeader) {
		known = s.ended[presented]
	}
	if known == nil {
		known = s.oddSession(r, presented)
	}
	if known == nil || !known.live(r.Now) && !s.On(faultTokenNeverExpires) && (r.byCookie || !s.On(faultExpiredSessionAliveInHeader)) {
		return
	}
	if known.user.disabled() && !s.On(faultDisabledAccountLetIn) {
		return
	}
	r.session, r.caller = known, known.user
}

// authorise decides whether an operation may run at all (rights inside an
// operation are its own business).
func (s *Server) authorise(r *request) *refusal {
	switch r.op.access {
	case signedIn:
		if r.session == nil {
			why := unauthenticated()
			return &why
		}
	case byLink:
		return s.authoriseByLink(r)
	}
	return nil
}

// thisConnection is the session the caller may call "this one" (1.5).
func (s *Server) thisConnection(r *request) *session {
	if r.byCookie || s.policy.headerIsThis {
		return r.session
	}
	return nil
}

// requireAdmin is the right EditPortalSettings.
func (s *Server) requireAdmin(r *request) *refusal {
	if r.caller.admin() || s.On(faultAdminOperationOpenToUser) || s.oddRight(r) {
		return nil
	}
	why := accessDenied()
	return &why
}

// expiresText is the member expires of a granted token. The release writes no
// date for browser sessions and unlimited lifetimes (6.B7).
func (s *Server) expiresText(opened *session, browserSession bool) *string {
	switch {
	case s.policy.released && (browserSession || opened.expires.IsZero()):
		return s.pendingExpires()
	case opened.expires.IsZero():
		return nil
	}
	return s.dateText(opened.expires)
}

func (s *Server) pendingExpires() *string {
	if !s.policy.pendingExpires {
		return nil
	}
	text := noExpiry
	return &text
}

// dateText is RFC 3339; the release always writes seven fractional digits.
func (s *Server) dateText(at time.Time) *string {
	layout := time.RFC3339
	if s.policy.released {
		layout = "2006-01-02T15:04:05.0000000Z"
	}
	text := at.UTC().Format(layout)
	return &text
}
