package barong

import (
	"net/http"
	"slices"
)

// requestReset mails a reset link, and tells nobody whether it did; the published
// page promises to tell.
func (s *Server) requestReset(r *request) answer {
	if refused := s.checkCaptcha(r); refused != nil {
		s.oddRobot(r)
		return *refused
	}
	a := s.accountByEmail(r.text("email"))
	switch {
	case a != nil:
		s.mailReset(r, a)
		s.record(r, a, topicPassword, "request password reset", succeed, nil)
	case s.policy.resetTellsUnknown:
		return refuse(http.StatusNotFound, "identity.password.user_doesnt_exist")
	case s.On(faultMailToUnknown):
		s.mailReset(r, &account{email: r.text("email")})
	case s.On(faultResetRequestTellsUnknown):
		return s.ok(r, http.StatusNotFound)
	}
	return s.ok(r, http.StatusCreated)
}

// confirmReset sets a new password with the token of a mail and ends every
// session of the user. A refused password leaves the token good.
func (s *Server) confirmReset(r *request) answer {
	if r.text("password") != r.text("confirm_password") && !s.On(faultResetIgnoresMismatch) {
		return unprocessable("identity.user.passwords_doesnt_match")
	}
	token, problem := s.verifyToken(r.Now, r.text("reset_password_token"), tokenRules{
		subject: "reset", issued: true,
		anySubject: s.On(faultResetTakesConfirmationToken), expiredToo: s.On(faultResetTokenNeverExpires),
	})
	if problem != "" {
		return unprocessable("jwt.decode_and_verify." + problem)
	}
	a := s.tokenOwner(token)
	if a == nil || !s.resetCounts(a, token) && !s.oddSubject(subjectOf(token), "reset") {
		return unprocessable("identity.user.utilized_token")
	}
	a = s.oddOwner(r, a)
	if problem := passwordProblem(r.text("password")); problem != "" && !s.On(faultResetWeakAccepted) {
		if s.On(faultRefusedResetSpendsToken) {
			a.resetToken = ""
		}
		return unprocessable(problem)
	}
	if !s.On(faultResetKeepsOldPassword) {
		a.setPassword(r, "password")
	}
	if !s.On(faultResetTokenReusable) {
		a.resetToken = ""
		a.resetTokens = nil
	}
	if !s.On(faultResetKeepsSessions) {
		s.endSessions(a, "")
	}
	s.record(r, a, topicPassword, "password reset", succeed, nil)
	return s.ok(r, http.StatusCreated)
}

// resetCounts tells whether a token is of the newest reset mail, and unused.
func (s *Server) resetCounts(a *account, token claims) bool {
	sent, _ := token["reset_token"].(string)
	switch {
	case s.On(faultResetTakesConfirmationToken) && token["sub"] == "confirmation":
		return true
	case s.On(faultOlderResetLinkAlive):
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
	case !s.isPassword(r, a, "old_password") && !s.On(faultChangeWithoutOld):
		return refuse(http.StatusBadRequest, "resource.password.prev_pass_not_correct")
	case r.text("old_password") == r.text("new_password") && !s.On(faultChangeSameAccepted):
		return refuse(http.StatusBadRequest, "resource.password.no_change_provided")
	}
	if problem := passwordProblem(r.text("new_password")); problem != "" && !s.On(faultChangeWeakAccepted) {
		return unprocessable(problem)
	}
	if !s.On(faultChangeKeepsOldPassword) {
		a.setPassword(r, "new_password")
	}
	if s.On(faultChangeKillsSessions) {
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
