package barong

import "net/url"

// frontend is where the links of the mails lead.
const frontend = "https://www.example.invalid/accounts/"

// mailConfirmation sends a link; an earlier one stays good.
func (s *Server) mailConfirmation(r *request, a *account) {
	c := s.mailedClaims(r, "confirmation")
	c["email"], c["uid"] = a.email, a.uid
	a.confirmID, _ = c["jti"].(string)
	if s.On(faultNoMail) {
		return
	}
	s.odd.link = link("confirmation?confirmation_token=", c)
	s.Outbox.Send(a.email, "Registration Confirmation", "Confirm your registration: "+s.odd.link)
}

// mailReset sends a link that revokes the one before.
func (s *Server) mailReset(r *request, a *account) {
	c := s.mailedClaims(r, "reset")
	a.resetToken = randomHex(10)
	a.resetTokens = append(a.resetTokens, a.resetToken)
	c["email"], c["uid"], c["reset_token"] = a.email, a.uid, a.resetToken
	if s.On(faultNoMail) {
		return
	}
	s.odd.link = link("password_reset?reset_token=", c)
	s.Outbox.Send(a.email, "Password Reset Instructions", "Choose a new password: "+s.odd.link)
}

func (s *Server) mailedClaims(r *request, subject string) claims {
	c := newClaims(r.Now, subject)
	switch {
	case s.On(faultMailedTokenForADay):
		c["exp"] = r.Now.Add(24 * tokenLifetime).Unix()
	case s.On(faultMailedTokenForEver):
		delete(c, "exp")
	}
	return c
}

func link(path string, c claims) string {
	return frontend + path + url.QueryEscape(sign(c)) + "&lang=en"
}
