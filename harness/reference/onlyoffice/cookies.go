package onlyoffice

// cookieSettings is the lifetime of sessions, in minutes; 0 while enabled means
// for ever, and not enabled means a year (1.4, 5).
type cookieSettings struct {
	LifeTime int  `json:"lifeTime"`
	Enabled  bool `json:"enabled"`
}

var defaultCookieSettings = cookieSettings{LifeTime: 1440}

func (s *Server) getCookieSettings(r *request) answer {
	if refused := s.requireAdmin(r); refused != nil {
		return refuseIf(refused)
	}
	return ok(s.cookie)
}

// updateCookieSettings corrects out-of-range values in silence. A new lifetime
// counts for everybody at once, so all sessions end; the caller gets a new one.
func (s *Server) updateCookieSettings(r *request) answer {
	var in struct {
		LifeTime wholeNumber `json:"lifeTime"`
		Enabled  flag        `json:"enabled"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	if in.LifeTime.quoted && !s.policy.numbersAsText {
		return refuse(wrongType("lifeTime"))
	}
	refused := s.requireAdmin(r)
	if refused != nil && !s.On(faultOddRefusedCookies) {
		return refuseIf(refused)
	}
	s.cookie = cookieSettings{LifeTime: min(max(in.LifeTime.value, 0), 9999), Enabled: bool(in.Enabled)}
	if refused != nil {
		return refuseIf(refused)
	}
	if s.cookie.Enabled && s.cookie.LifeTime > 0 {
		if !s.On(faultTokenAliveAfterLifetimeChange) {
			s.endAll(func(*session) bool { return true })
		}
		s.open(r, r.caller, false)
	}
	return ok("The settings have been successfully updated")
}
