package alphapoint

import (
	"strings"

	"authconform/harness/reference/kit"
)

// authenticateUser is the first step: by API key and signature, or by password.
func (s *Server) authenticateUser(r *request) answer {
	in, refused := s.members(r)
	if refused != nil {
		return *refused
	}
	names := []string{"APIKey", "Signature", "UserId", "UserName", "Nonce", "Password"}
	if refused := s.texts(r, in, names...); refused != nil {
		return *refused
	}
	claim := signed{in["APIKey"].text, in["Signature"].text, in["UserId"].text, in["UserName"].text, in["Nonce"].text}
	for name, into := range map[string]*string{"APIKey": &claim.key, "Signature": &claim.signature, "UserId": &claim.userID,
		"UserName": &claim.userName, "Nonce": &claim.nonce} {
		if in[name].kind == "null" {
			*into = ""
		}
	}
	switch {
	case s.complete(claim):
		return s.firstStep(r, "key/"+claim.userID, func() *user { return s.holder(claim) })
	case in["UserName"].given() && in["Password"].given() && claim.key == "" && claim.signature == "":
		return s.byPassword(r, in["UserName"].text, in["Password"].text)
	}
	return s.refuse(r, incomplete)
}

// authenticate is the platform's log-in by Basic authentication or signed headers.
func (s *Server) authenticate(r *request) answer {
	if login, password, sent := r.http.BasicAuth(); sent {
		return s.byPassword(r, login, password)
	}
	claim := signedHeaders(r.http.Header)
	if !s.complete(claim) {
		return s.refuse(r, badCredentials)
	}
	return s.firstStep(r, "key/"+claim.userID, func() *user { return s.holder(claim) })
}

func (s *Server) byPassword(r *request, login, password string) answer {
	key := strings.ToLower(login)
	if s.On(faultCounterResetByLoginCase) {
		key = login
	}
	return s.firstStep(r, "password/"+key, func() *user {
		u := s.byLogin[strings.ToLower(login)]
		if u == nil {
			s.Hash(password, login) // as long as for a known user
			return nil
		}
		if s.samePassword(r, u, password) {
			return u
		}
		return nil
	})
}

func (s *Server) samePassword(r *request, u *user, password string) bool {
	switch {
	case s.On(faultPasswordCaseFolded) && strings.EqualFold(password, u.seeded),
		s.On(faultPasswordCutShortAccepted) && len(password) > 7 && strings.HasPrefix(u.seeded, password),
		s.On(faultBasicPasswordIgnored) && r.op.id == opBasic:
		return true
	}
	if s.oddPassword(u, password) {
		return true
	}
	return kit.SameSecret(s.verifierOf(u), s.Hash(password, u.login))
}

// firstStep counts the attempt, finds who it is, and opens a session or asks for
// the second factor.
func (s *Server) firstStep(r *request, key string, find func() *user) answer {
	wait, allowed := s.takeAttempt(r, key)
	if !allowed && !s.On(faultRightCredentialsPassBlock) {
		return s.refuseFor(r, throttled, wait)
	}
	u := find()
	switch {
	case u == nil && !allowed:
		return s.refuseFor(r, throttled, wait)
	case u == nil || !s.belongs(r, u):
		s.countFailure(r, key)
		return s.wrongCredentials(r, key)
	case s.closed(r, u) && !s.On(faultLockedAccountLetIn) && !s.opensAnotherWay(key):
		return s.lockedOut(r, u)
	}
	u.failed = 0
	s.oddSuccess(u)
	s.attempts.Forgive(key, r.Now)
	if u.enrolled && !s.On(faultSecondFactorSkipped) && !s.Waives(r.http) {
		return s.askSecondFactor(r, u)
	}
	return ok(s.signedIn(r, u, s.open(r, u)))
}

func (s *Server) askSecondFactor(r *request, u *user) answer {
	carrier := r.carrier
	if s.policy.pendingToken {
		carrier = s.Drawn(kit.RandomUUID())
	}
	delete(s.sessions, r.carrier) // a new log-in replaces what the JWT carried
	s.pending[carrier] = &pendingLogin{user: u, until: r.Now.Add(s.pendingTime())}
	if s.On(faultCounterResetByNewLogin) {
		s.attempts.Reset()
	}
	token := ""
	if s.On(faultTokenBeforeSecondFactor) {
		token = s.open(r, u).token
	}
	shown := ""
	if s.On(faultSecretShownAtLogin) {
		shown = u.totp
	}
	if s.policy.camelCase {
		body := s.result(u, true, "Google", shown)
		if token != "" {
			body["sessionToken"] = token
		}
		return ok(body)
	}
	body := s.wireResult(u, true, "Google", shown)
	if r.op.id == opBasic {
		body = object{"Authenticated": true, "Requires2FA": true, "AuthType": "Google", "AddtlInfo": ""}
	}
	if s.policy.pendingToken {
		body["Pending2FaToken"] = carrier
	}
	if token != "" {
		body["SessionToken"] = token
	}
	return ok(body)
}

func (s *Server) signedIn(r *request, u *user, opened *session) object {
	if s.policy.camelCase && r.op.id == opLogin {
		return s.result(u, false, "", "")
	}
	body := s.wireResult(u, false, nil, "")
	body["SessionToken"] = opened.token
	return body
}

// result is AuthenticationResult as published (0c).
func (s *Server) result(u *user, pending bool, factor, shown string) object {
	if s.On(faultOddAPISecretAtLogin) && !pending {
		shown = u.secret
	}
	return object{
		"user": object{
			"userId": u.id, "userName": u.login, "email": u.login, "emailVerified": true,
			"accountId": u.id + 1000, "omsId": 1, "use2FA": u.enrolled,
		},
		"authenticated": true, "locked": false, "requires2FA": pending, "twoFAType": factor, "twoFAToken": shown,
	}
}

// wireResult is the same as the platform sends it (1.1 WIRE).
func (s *Server) wireResult(u *user, pending bool, factor any, shown string) object {
	var token any
	if s.On(faultOddAPISecretAtLogin) && !pending {
		shown = u.secret
	}
	if shown != "" {
		token = shown
	}
	return object{
		"Authenticated": true,
		"User": object{
			"UserId": u.id, "UserName": u.login, "Email": u.login, "EmailVerified": true,
			"AccountId": u.id + 1000, "OMSId": 1, "Use2FA": u.enrolled,
		},
		"Locked": false, "Requires2FA": pending, "EnforceEnable2FA": false, "TwoFAType": factor, "TwoFAToken": token, "errormsg": nil,
	}
}

// wrongCredentials is the one refusal of unknown users and wrong secrets; faults
// make it tell more.
func (s *Server) wrongCredentials(r *request, key string) answer {
	a := s.oddTold(r, key, s.refuse(r, badCredentials))
	login, byPassword := strings.CutPrefix(key, "password/")
	if !byPassword {
		return a
	}
	u := s.byLogin[strings.ToLower(login)]
	switch {
	case u != nil && u.locked && s.On(faultLockToldWithoutCredentials):
		return s.refuse(r, accountLocked)
	case u != nil && u.enrolled && s.On(faultSecondFactorToldBeforePassword):
		a.header = withHeader(a.header, "X-Second-Factor", "Google")
	case u != nil && s.On(faultUnknownUserToldByHeaderValue):
		a.header = withHeader(a.header, "X-Reason", "wrong-password")
	case u != nil:
	case s.On(faultUnknownUserToldByBody):
		a.body = object{"Authenticated": false, "errormsg": "User not found"}
	case s.On(faultUnknownUserToldByStatus):
		a.status = 404
	case s.On(faultUnknownUserToldByHeader), s.On(faultUnknownUserToldByHeaderValue):
		a.header = withHeader(a.header, "X-Reason", "unknown-user")
	case s.On(faultUnknownUserToldByLength):
		a.suffix = "\n"
	}
	return a
}
