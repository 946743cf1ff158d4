package barong

import (
	"net/http"
	"strings"
)

// createSession is log-in: captcha, user, state, password, second factor.
func (s *Server) createSession(r *request) answer {
	if _, isObject := r.params["email"].(map[string]any); isObject {
		return internalError() // as the original does
	}
	a := s.claimed(r)
	if !s.captchaForgiven(r, a) {
		if refused := s.checkCaptcha(r); refused != nil {
			return *refused
		}
	}
	if a == nil {
		s.oddUnknown(r)
		return s.unknownUser(r)
	}
	if refused := s.stateRefuses(r, a); refused != nil {
		return *refused
	}
	if a.otp && r.text("otp_code") == "" && s.On(faultOTPCheckedBeforePassword) {
		return refuse(http.StatusUnauthorized, "identity.session.missing_otp")
	}
	if !s.isPassword(r, a, "password") {
		s.recordFailure(r, a, topicSession, "login", "invalid_params")
		if s.On(faultUnknownEmailToldByHeaderValue) {
			r.header.Set("X-User-Found", "true")
		}
		return s.badCredentials()
	}
	if !a.otp || s.Waives(r.http) || s.oddWaives(r, a) {
		s.record(r, a, topicSession, "login", succeed, nil)
		return s.opened(r, a)
	}
	return s.secondStep(r, a)
}

// secondStep is the log-in of a user with a second factor whose password was
// right.
func (s *Server) secondStep(r *request, a *account) answer {
	if refused := s.loginCode(r, a); refused != nil {
		if s.On(faultSessionBeforeSecondFactor) {
			s.open(r, a)
		}
		return *refused
	}
	s.record(r, a, topicSession, "login::2fa", succeed, nil)
	return s.opened(r, a)
}

func (s *Server) loginCode(r *request, a *account) *answer {
	if blank(r.text("otp_code")) {
		_, sent := r.params["otp_code"]
		if !sent && s.On(faultOTPSkippedWhenAbsent) || sent && s.On(faultOTPBlankSkips) {
			return nil
		}
		return refusal(http.StatusUnauthorized, "identity.session.missing_otp")
	}
	status := http.StatusForbidden
	if s.On(faultSecondFactorWrongAs401) {
		status = http.StatusUnauthorized
	}
	result := s.checkCode(r, a, r.text("otp_code"))
	if result != codeRight {
		s.recordFailure(r, a, topicSession, "login::2fa", "invalid_otp")
	}
	return refuseCode(result, status, "identity.session.invalid_otp")
}

// claimed is the user named by the e-mail address, which is not checked for its
// type: of several the first that exists counts.
func (s *Server) claimed(r *request) *account {
	several, isList := r.params["email"].([]any)
	if !isList {
		return s.accountByEmail(r.text("email"))
	}
	for _, one := range several {
		if email, isText := plainText(one); isText && s.accountByEmail(email) != nil {
			return s.accountByEmail(email)
		}
	}
	return nil
}

// captchaForgiven: release 3.1 asks for no second captcha when a user with a
// second factor comes back with the code.
func (s *Server) captchaForgiven(r *request, a *account) bool {
	return s.policy.captchaForgiven && a != nil && a.otp && !blank(r.text("otp_code")) && !s.On(faultCaptchaKeptWithCode)
}

// stateRefuses looks at the state before the password.
func (s *Server) stateRefuses(r *request, a *account) *answer {
	key := ""
	switch a.state {
	case "active":
	case "pending":
		if s.On(faultPendingRefused) {
			key = "not_active"
		}
	case "banned":
		if !s.On(faultBannedLetIn) {
			key = "banned"
		}
	case "deleted":
		if !s.On(faultDeletedLetIn) {
			key = "deleted"
		}
	default:
		if !s.On(faultLockedLetIn) {
			key = "not_active"
		}
	}
	if key == "" {
		return nil
	}
	s.recordFailure(r, a, topicSession, "login", key)
	return refusal(http.StatusUnauthorized, "identity.session."+key)
}

func (s *Server) badCredentials() answer {
	switch {
	case s.On(faultBadCredentialsAs400):
		return refuse(http.StatusBadRequest, "identity.session.invalid_params")
	case s.On(faultBadCredentialsWith200):
		return refuse(http.StatusOK, "identity.session.invalid_params")
	}
	return refuse(http.StatusUnauthorized, "identity.session.invalid_params")
}

// unknownUser reads like a wrong password.
func (s *Server) unknownUser(r *request) answer {
	a := s.badCredentials()
	switch {
	case s.On(faultUnknownEmailToldByKey):
		return refuse(a.status, "identity.session.invalid_login_params")
	case s.On(faultUnknownEmailToldByStatus):
		a.status = http.StatusNotFound
	case s.On(faultUnknownEmailToldByHeader), s.On(faultUnknownEmailToldByHeaderValue):
		r.header.Set("X-User-Found", "false")
	case s.On(faultUnknownEmailToldByLength):
		a.pad = strings.Repeat(" ", 8)
	}
	return a
}
