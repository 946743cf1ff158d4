package alphapoint

import (
	"fmt"
	"strings"

	"authconform/harness/reference/kit"
)

// authenticate2FA is the second step of a log-in.
func (s *Server) authenticate2FA(r *request) answer {
	code, waved, refused := s.readCode(r)
	if refused != nil {
		return *refused
	}
	carrier := r.carrier
	if s.policy.pendingToken {
		carrier = r.http.Header.Get(pendingHeader)
	}
	known := s.pending[carrier]
	if known != nil && !r.Now.Before(known.until) && !s.On(faultPendingLoginNeverExpires) {
		known = nil
	}
	if known == nil && s.On(faultSecondStepWithoutFirst) {
		known = s.ownerOf(r, code)
	}
	if known == nil {
		return s.refuse(r, notPending)
	}
	if refused := s.checkCode(r, known.user, code, waved); refused != nil {
		return *refused
	}
	if !s.On(faultPendingLoginReusable) && !s.On(faultParallelUsesAllAccepted) {
		delete(s.pending, carrier)
	}
	opened := s.open(r, known.user)
	body := object{"Authenticated": true, "SessionToken": opened.token}
	if s.policy.failuresOn200 {
		body["UserId"] = known.user.id
	}
	return ok(body)
}

// ownerOf takes a code for the name of its user.
func (s *Server) ownerOf(r *request, code string) *pendingLogin {
	for _, u := range s.users {
		if _, found := kit.MatchTOTP(u.totp, code, r.Now, 1); found && u.enrolled {
			return &pendingLogin{user: u}
		}
	}
	return nil
}

// activate2FA makes the app of its caller count: the session's user, or the API
// key's (1.5: used while registering).
func (s *Server) activate2FA(r *request) answer {
	u := r.gatewayUser
	if r.session != nil {
		u = r.session.user
	}
	if u == nil {
		return s.refuse(r, noSession)
	}
	code, waved, refused := s.readCode(r)
	if refused != nil {
		return *refused
	}
	waved = waved || code != "" && s.On(faultActivationWithWrongCode)
	if refused := s.checkCode(r, u, code, waved); refused != nil {
		return *refused
	}
	if !s.On(faultActivationWithoutEffect) {
		u.enrolled = true
	}
	return ok(object{"Activated": true, "Error": ""})
}

func (s *Server) validate2FA(r *request) answer {
	code, waved, refused := s.readCode(r)
	if refused != nil {
		return *refused
	}
	if refused := s.checkCode(r, r.session.user, code, waved); refused != nil {
		return *refused
	}
	r.session.validated = true
	r.session.user.validated, s.odd.anyValidated = true, true
	return ok(object{"TFaAuthenticated": true})
}

func (s *Server) requiredEndpoints(*request) answer {
	names := append([]string(nil), guarded...)
	if s.On(faultRequiredEndpointsInOtherCase) {
		for i := range names {
			names[i] = strings.ToUpper(names[i])
		}
	}
	if s.On(faultRequiredEndpointsHidden) {
		names = []string{}
	}
	return ok(names)
}

// guardedCall wants a code: the platform in the call itself, KIIEX's documents
// validated since the last one.
func (s *Server) guardedCall(r *request) answer {
	if s.On(faultOneRequiredEndpointUnguarded) && strings.HasSuffix(r.op.path, guarded[len(guarded)-1]) {
		return standardResponse()
	}
	if s.policy.wrappedCodes {
		return s.wrappedCall(r)
	}
	validated := r.session.validated || r.session.user.validated && s.On(faultOddValidationOfUser) ||
		s.odd.anyValidated && s.On(faultOddValidationOfAnybody)
	if !validated && !s.On(faultRequiredEndpointWithoutCode) {
		return s.refuse(r, codeRequired)
	}
	if !s.On(faultValidationLasts) {
		r.session.validated = false
	}
	return standardResponse()
}

// readCode reads the member Code. waved says that a fault accepts the code
// without a look at it.
func (s *Server) readCode(r *request) (code string, waved bool, refused *answer) {
	in, refused := s.members(r)
	if refused != nil {
		return "", false, refused
	}
	m := in["Code"]
	if queried := r.http.URL.Query().Get("Code"); m.kind == "" && queried != "" && s.On(faultCodeInQueryAccepted) {
		return queried, false, nil
	}
	if r.op.id == opValidate {
		if refused := s.texts(r, in, "TFaType"); refused != nil {
			return "", false, refused
		}
		if !in["TFaType"].given() {
			missing := s.refuse(r, codeMissing)
			return "", false, &missing
		}
	}
	refuse := func(why kind) (string, bool, *answer) {
		a := s.refuse(r, why)
		return "", false, &a
	}
	switch {
	case m.kind == "" && s.On(faultAbsentCodeAccepted), m.kind == "null" && s.On(faultNullCodeAccepted),
		m.kind == "string" && m.text == "" && s.On(faultEmptyCodeAccepted),
		m.kind == "array" && s.On(faultArrayCodeAccepted), m.kind == "boolean" && s.On(faultBooleanCodeAccepted),
		m.kind == "object" && s.On(faultObjectCodeAccepted):
		return "", true, nil
	case m.kind == "number" && s.On(faultNumberCodeAccepted):
		return m.text, false, nil
	case m.kind == "" || m.kind == "null" || m.kind == "string" && strings.TrimSpace(m.text) == "":
		return refuse(codeMissing)
	case m.kind != "string":
		return refuse(wrongType)
	}
	return s.normalised(m.text), s.On(faultAnyCodeAccepted), nil
}

func (s *Server) normalised(text string) string {
	if s.On(faultSpacedCodeAccepted) {
		text = strings.Join(strings.Fields(text), "")
	}
	if s.On(faultFullWidthCodeAccepted) {
		text = kit.HalfWidth(text)
	}
	if s.On(faultLongCodeAccepted) && len(text) > 6 && len(kit.Digits(text[:6])) == 6 {
		text = text[:6]
	}
	return text
}

// checkCode judges a code of the authenticator app and uses it up.
func (s *Server) checkCode(r *request, u *user, code string, waved bool) *answer {
	key := "code/" + u.idText()
	if wait, allowed := s.takeAttempt(r, key); !allowed {
		if s.On(faultOddLimitUnenrols) {
			u.enrolled = false
		}
		refused := s.refuseFor(r, throttled, wait)
		return &refused
	}
	if !waved && !s.matches(r, u, code) && !s.oddWrong(r, u, code) {
		refused := s.refuse(r, codeWrong)
		return &refused
	}
	s.attempts.Forgive(key, r.Now)
	return nil
}

func (s *Server) matches(r *request, u *user, code string) bool {
	window := 1 // RFC 6238 section 5.2 recommends at most one step
	if s.On(faultWindowTooWide) {
		window = 10
	}
	if s.On(faultWindowFarTooWide) {
		window = 120
	}
	window = s.oddWindow(r.op.id, window)
	s.Note(u.totp)
	for _, secret := range s.secretsFor(r, u) {
		step, found := s.MatchTOTP(secret, code, r.Now, window)
		if !found {
			continue
		}
		// RFC 6238 section 5.2: a code must not be accepted a second time.
		used := fmt.Sprintf("totp/%s/%d", secret, step)
		if r.op.id == opGuarded && s.On(faultWrappedCodeReusable) {
			return true
		}
		if s.On(faultCodeCountsOncePerCall) {
			used += r.op.id
		}
		if s.oddUnspent(r.op.id) || s.Spend(r.Call, used) || s.On(faultReplayedCodeAccepted) {
			return true
		}
	}
	return false
}

func (s *Server) secretsFor(r *request, u *user) []string {
	secrets := []string{u.totp}
	if s.On(faultForeignCodeAccepted) || s.oddForeign(r.op.id) || r.op.id == opGuarded && s.On(faultForeignWrappedCodeAccepted) {
		for _, other := range s.users {
			if other != u && other.totp != "" {
				secrets = append(secrets, other.totp)
			}
		}
	}
	return secrets
}
