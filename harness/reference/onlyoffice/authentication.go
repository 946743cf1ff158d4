package onlyoffice

import "net/http"

// token is AuthenticationTokenDto.
type token struct {
	Token      string  `json:"token,omitempty"`
	Expires    *string `json:"expires,omitempty"`
	SMS        bool    `json:"sms"`
	PhoneNoise string  `json:"phoneNoise,omitempty"`
	TFA        bool    `json:"tfa"`
	TFAKey     string  `json:"tfaKey,omitempty"`
	ConfirmURL string  `json:"confirmUrl,omitempty"`
}

// A1: an unusable token is no error here, it is `false`.
func (s *Server) isAuthenticated(r *request) answer { return ok(r.session != nil) }

// A2: a token, or what is missing to get one. Text messages come before the app.
func (s *Server) authenticate(r *request) answer {
	in, refused := s.readCredentials(r)
	if refused != nil {
		return refuseIf(refused)
	}
	u, refused := s.identify(r, in)
	if refused != nil {
		return refuseIf(refused)
	}
	switch {
	case s.Waives(r.http):
	case s.applies(s.sms, u, r):
		return s.askSMS(r, u)
	case s.applies(s.app, u, r):
		return s.askApp(r, u)
	}
	return ok(s.grant(r, u, bool(in.Session)))
}

func (s *Server) grant(r *request, u *user, browserSession bool) token {
	opened := s.open(r, u, browserSession)
	return token{Token: opened.token, Expires: s.expiresText(opened, browserSession)}
}

// askApp demands a code of the authenticator app. The key of the link goes into
// a cookie, not into confirmUrl (6.B15).
func (s *Server) askApp(r *request, u *user) answer {
	kind := s.appLinkKind(u)
	out := token{TFA: true, ConfirmURL: s.appLink(r, u, kind), Expires: s.pendingExpires()}
	s.setLinkCookie(r, u, kind)
	if s.On(faultOddFirstStepCookie) {
		s.open(r, u, false)
		r.cookies[len(r.cookies)-1].Name = "sid"
	}
	if s.On(faultOddCodeLimitBySession) {
		delete(s.codeTries, "app/"+u.id)
	}
	if !u.enrolled || s.On(faultSecretShownAfterEnrolment) {
		out.TFAKey = s.secretOf(u)
	}
	if s.On(faultTokenBeforeSecondFactor) {
		out.Token = s.open(r, u, false).token
	}
	return ok(out)
}

// A3: the body's code decides; the path value is ignored (6.B6).
func (s *Server) authenticateWithCode(r *request) answer {
	in, refused := s.readCredentials(r)
	if refused != nil {
		return refuseIf(refused)
	}
	if s.wrongCodeType(in.Code) {
		return refuse(wrongType("code"))
	}
	u, refused := s.identify(r, in)
	if refused != nil {
		return refuseIf(refused)
	}
	switch {
	case s.applies(s.sms, u, r):
		return s.loginBySMS(r, u, in)
	case s.applies(s.app, u, r):
		return s.loginByApp(r, u, in)
	case s.On(faultCodeLoginWithoutSecondFactor):
		return ok(s.grant(r, u, bool(in.Session)))
	}
	return refuse(s.policy.codeUnavailable)
}

func (s *Server) loginByApp(r *request, u *user, in authRequest) answer {
	enrolledBefore := u.enrolled
	if !(in.Code.kind == "" && s.On(faultAbsentCodeSkipsSecondFactor)) {
		switch result, wait := s.checkAppCode(r, u, in.Code); result {
		case codeThrottled:
			return refuse(s.policy.codeThrottledLogin.after(wait))
		case codeWrong, codeBlank:
			return refuse(badCredentials())
		}
	}
	browserSession := bool(in.Session)
	if enrolledBefore && s.policy.twoLogins {
		s.open(r, u, browserSession)
		browserSession = false
	}
	out := s.grant(r, u, browserSession)
	out.TFA = true
	return ok(out)
}

// A4 ends the session of the caller, if any. The release looks at the cookie
// only (6.B18).
func (s *Server) logout(r *request) answer {
	if r.session != nil && (r.byCookie || s.policy.headerIsThis) && !s.On(faultTokenAliveAfterLogout) {
		ended := r.session
		if instead := s.oddEnds(r, r.caller); instead != nil {
			ended = instead[0]
		}
		s.end(ended)
		s.oddLoggedOut(r.caller)
	}
	r.cookies = append(r.cookies,
		&http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1, HttpOnly: true},
		&http.Cookie{Name: "socketio.sid", Path: "/", MaxAge: -1})
	return ok(nil)
}
