package alphapoint

import (
	"cmp"
	"time"

	"authconform/harness/reference/kit"
)

const (
	sessionHeader = "APToken"
	pendingHeader = "Pending2FaToken"

	// sessionIdle is after how long without a call a session ends (5).
	sessionIdle = time.Hour
	// pendingFor is how long a second step may follow its first.
	pendingFor = 5 * time.Minute
)

// session is a log-in that has passed all its factors.
type session struct {
	user      *user
	token     string
	opened    time.Time
	used      time.Time
	validated bool // a code was validated for the next guarded call
}

// pendingLogin is a first step that waits for its second.
type pendingLogin struct {
	user  *user
	until time.Time
}

// open logs a user in and mails the code with which a new device can be
// registered.
func (s *Server) open(r *request, u *user) *session {
	opened := &session{user: u, token: s.Drawn(kit.RandomUUID()), opened: r.Now, used: r.Now}
	if planted := r.http.Header.Get(sessionHeader); planted != "" && s.On(faultSessionTokenAdoptedFromClient) {
		opened.token = planted
	}
	if s.On(faultTokenUnchangedBetweenLogins) {
		for _, known := range s.sessions {
			if known.user == u {
				opened = known
			}
		}
	}
	s.sessions[opened.token] = opened
	if s.policy.camelCase {
		s.sessions[r.carrier] = opened
	}
	delete(s.odd.ended, opened.token)
	s.lastOpened = opened
	if s.surface == Legacy {
		s.odd.codes[u] = append(s.odd.codes[u], u.deviceCode)
		u.deviceCode = cmp.Or(s.oddDeviceCode(), kit.RandomUUID())
		s.Outbox.Send(u.login, "New device", "Your code for a new device: "+u.deviceCode)
	}
	return opened
}

// findSession resolves what the caller presents: the session token, the JWT that
// carries the session, or signed headers.
func (s *Server) findSession(r *request) {
	token := r.http.Header.Get(sessionHeader)
	found := s.sessions[token]
	if token == "" {
		found = s.sessions[r.carrier]
	}
	if found == nil && s.pendingOpens(r, token) != nil {
		found = &session{user: s.pendingOpens(r, token), opened: r.Now, used: r.Now}
	}
	if found == nil {
		found = s.oddSession(r, token)
	}
	if found == nil && token != "" && s.On(faultAnySessionTokenAccepted) {
		found = s.lastOpened
	}
	if found == nil && token == "" && s.policy.signedHeaders {
		found = s.signedSession(r)
	}
	if found == nil || !s.live(found, r.Now) || !s.belongs(r, found.user) {
		return
	}
	found.used = r.Now
	r.session = found
}

func (s *Server) pendingTime() time.Duration {
	if s.On(faultOddPendingLivesLong) {
		return time.Hour
	}
	return pendingFor
}

func (s *Server) live(known *session, now time.Time) bool {
	from := known.used
	if s.On(faultSessionNotProlongedByUse) {
		from = known.opened
	}
	if s.On(faultOddIdleTooLong) {
		return now.Sub(from) < 2*sessionIdle
	}
	return now.Sub(from) < sessionIdle || s.On(faultSessionNeverEnds)
}

// signedSession lets the holder of an API key call without a session. It is no
// way round a second factor.
func (s *Server) signedSession(r *request) *session {
	in := signedHeaders(r.http.Header)
	if !s.complete(in) {
		return nil
	}
	u := s.holder(in)
	if u == nil && s.On(faultSignedHeadersNotVerified) {
		u = s.byKey[in.key]
	}
	if u == nil || u.enrolled || s.closed(r, u) && !s.On(faultLockedAccountOpenToSignedHeaders) {
		return nil
	}
	return &session{user: u, opened: r.Now, used: r.Now}
}

// pendingOpens is where a fault takes a pending log-in for a session.
func (s *Server) pendingOpens(r *request, token string) *user {
	if !s.On(faultPendingLoginOpensCalls) {
		return nil
	}
	for _, key := range []string{token, r.http.Header.Get(pendingHeader), r.carrier} {
		if known := s.pending[key]; known != nil && key != "" {
			return known.user
		}
	}
	return nil
}

func (s *Server) requireSession(r *request) *answer {
	s.findSession(r)
	if r.session != nil {
		return nil
	}
	if r.op.id == opValidate && s.On(faultValidationOpenToAnybody) ||
		(r.op.id == opDevices || r.op.id == opConfig) && s.On(faultPrivateCallsOpen) {
		r.session = s.borrowed(r)
	}
	if r.session != nil {
		return nil
	}
	refused := s.refuse(r, noSession)
	return &refused
}

// borrowed is the session of whomever the call speaks of.
func (s *Server) borrowed(r *request) *session {
	in, refused := s.members(r)
	if refused != nil {
		return nil
	}
	u := s.userByID(in["UserId"].text)
	if u == nil {
		u = s.userByID(in["userId"].text)
	}
	if u == nil && s.lastOpened != nil {
		u = s.lastOpened.user
	}
	if u == nil {
		return nil
	}
	return &session{user: u, opened: r.Now, used: r.Now}
}

func (s *Server) logOut(r *request) answer {
	if s.On(faultOddForgottenByLogOut) {
		s.Unspend("totp/")
	}
	if r.session != nil && s.On(faultOddLogOutOfNewest) {
		r.session = s.lastOpened
	}
	if r.session != nil && !s.On(faultTokenAliveAfterLogout) {
		for key, known := range s.sessions {
			everybody := s.On(faultLogoutEndsEverySession)
			ofUser := s.On(faultLogoutEndsAllOfTheUser) && known.user == r.session.user
			if known == r.session || everybody || ofUser {
				delete(s.sessions, key)
				s.odd.ended[key] = known
			}
		}
	}
	a := standardResponse()
	if s.On(faultSuccessWithCode) {
		a.body = object{"result": true, "errormsg": nil, "errorcode": 107, "detail": nil}
	}
	return a
}

func (s *Server) ping(*request) answer { return ok(object{"msg": "PONG"}) }
