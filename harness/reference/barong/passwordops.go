package barong

import (
	"net/http"
	"slices"
)

// requestReset mails a reset link, and tells nobody whether it did; the published
// page promises to tell.
func (s *Server) requestReset(r *request) answer {
	if refused := s.checkCaptcha(r); refused != nil {
		return *refused
	}
	a := s.accountByEmail(r.text("email"))
	switch {
	case a != nil:
		s.mailReset(r, a)
		s.record(r, a, topicPassword, "request password reset", succeed, nil)
	case s.policy.resetTellsUnknown:
		return refuse(http.StatusNotFound, "identity.password.user_doesnt_exist")
	case s.faults.On("mail-to-unknown"):
		s.mailReset(r, &account{email: r.text("email")})
	case s.faults.On("reset-request-tells-unknown"):
		return s.ok(r, http.StatusNotFound)
	}
	return s.ok(r, http.StatusCreated)
}

// confirmReset sets a new password with the token of a mail and ends every
// session of the user. A refused password leaves the token good.
func (s *Server) confirmReset(r *request) answer {
	if r.text("password") != r.text("confirm_password") && !s.faults.On("reset-ignores-mismatch") {
		return unprocessable("identity.user.passwords_doesnt_match")
	}
	token, problem := s.verifyToken(r.now, r.text("reset_password_token"), tokenRules{
		subject: "reset", issued: true,
		anySubject: s.faults.On("reset-takes-confirmation-token"), expiredToo: s.faults.On("reset-token-never-expires"),
	})
	if problem != "" {
		return unprocessable("jwt.decode_and_verify." + problem)
	}
	a := s.tokenOwner(token)
	if a == nil || !s.resetCounts(a, token) {
		return unprocessable("identity.user.utilized_token")
	}
	if problem := passwordProblem(r.text("password")); problem != "" && !s.faults.On("reset-weak-accepted") {
		if s.faults.On("refused-reset-spends-token") {
			a.resetToken = ""
		}
		return unprocessable(problem)
	}
	if !s.faults.On("reset-keeps-old-password") {
		a.setPassword(r, "password")
	}
	if !s.faults.On("reset-token-reusable") {
		a.resetToken = ""
		a.resetTokens = nil
	}
	if !s.faults.On("reset-keeps-sessions") {
		s.endSessions(a, "")
	}
	s.record(r, a, topicPassword, "password reset", succeed, nil)
	return s.ok(r, http.StatusCreated)
}

// resetCounts tells whether a token is of the newest reset mail, and unused.
func (s *Server) resetCounts(a *account, token claims) bool {
	sent, _ := token["reset_token"].(string)
	switch {
	case s.faults.On("reset-takes-confirmation-token") && token["sub"] == "confirmation":
		return true
	case s.faults.On("older-reset-link-alive"):
		return slices.Contains(a.resetTokens, sent)
	}
	return sent != "" && sent == a.resetToken
}

// changePassword asks for the old password and no code; other sessions go on.
func (s *Server) changePassword(r *request) answer {
	a := r.account
	switch {
	case r.text("new_password") != r.text("confirm_password"):
		return unprocessable("resource.password.doesnt_match")
	case !s.isPassword(r, a, "old_password") && !s.faults.On("change-without-old"):
		return refuse(http.StatusBadRequest, "resource.password.prev_pass_not_correct")
	case r.text("old_password") == r.text("new_password") && !s.faults.On("change-same-accepted"):
		return refuse(http.StatusBadRequest, "resource.password.no_change_provided")
	}
	if problem := passwordProblem(r.text("new_password")); problem != "" && !s.faults.On("change-weak-accepted") {
		return unprocessable(problem)
	}
	if !s.faults.On("change-keeps-old-password") {
		a.setPassword(r, "new_password")
	}
	if s.faults.On("change-kills-sessions") {
		s.endSessions(a, r.sid())
	}
	s.record(r, a, topicPassword, "password change", succeed, nil)
	return s.ok(r, http.StatusCreated)
}

func (s *Server) validatePassword(r *request) answer {
	if r.params["password"] == nil {
		return internalError() // as the original does with null
	}
	return s.ok(r, map[string]float64{"entropy": entropy(r.text("password"))})
}
