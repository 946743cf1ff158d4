package onlyoffice

// getSettings shows anybody what a client needs to log in: how to hash the
// password and which captcha to show.
func (s *Server) getSettings(*request) answer {
	type passwordHash struct {
		Size       int    `json:"size"` // bits
		Iterations int    `json:"iterations"`
		Salt       string `json:"salt"`
	}
	return ok(struct {
		Culture            string       `json:"culture"`
		PasswordHash       passwordHash `json:"passwordHash"`
		RecaptchaType      int          `json:"recaptchaType"`
		RecaptchaPublicKey string       `json:"recaptchaPublicKey"`
	}{"en-US", passwordHash{256, s.HashIterations(), s.salt}, 0, "reference-site-key"})
}

func (s *Server) getCapabilities(*request) answer {
	return ok(struct {
		LDAPEnabled           bool     `json:"ldapEnabled"`
		Providers             []string `json:"providers"`
		SSOLabel              string   `json:"ssoLabel"`
		OAuthEnabled          bool     `json:"oauthEnabled"`
		SSOURL                string   `json:"ssoUrl"`
		IdentityServerEnabled bool     `json:"identityServerEnabled"`
	}{Providers: []string{}})
}

func (s *Server) updateEmailActivation(r *request) answer {
	var in struct {
		Show flag `json:"show"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	if refused := s.requireAdmin(r); refused != nil {
		return refuseIf(refused)
	}
	s.emailActivation = bool(in.Show)
	return ok(struct {
		Show bool `json:"show"`
	}{s.emailActivation})
}
