package barong

import (
	"net/http"
	"net/netip"
)

// showConfigs is what a client has to know before it can sign up.
func (s *Server) showConfigs(r *request) answer {
	configs := map[string]any{
		"session_expire_time": int(sessionLifetime.Seconds()), "captcha_type": s.config.Captcha,
		"phone_verification_type": s.config.Phones, "password_min_entropy": minEntropy, "password_regexp": passwordRegexp,
	}
	if s.config.Captcha == Recaptcha {
		configs["captcha_id"] = "barong-reference-recaptcha"
	}
	return s.ok(r, configs)
}

// showVersion names the same build in every profile: a profile is a behaviour.
func (s *Server) showVersion(r *request) answer {
	return s.ok(r, map[string]string{
		"git_tag": "2.7.0", "git_sha": "3d7fe81", "build_date": "2020-12-08T15:09:53.000+02:00", "version": "2.7.0",
	})
}

func (s *Server) publicTime(r *request) answer {
	return s.ok(r, map[string]int64{"time": r.Now.Unix()})
}

func (s *Server) identityTime(r *request) answer {
	if !s.policy.milliseconds {
		return s.publicTime(r)
	}
	return s.ok(r, map[string]int64{"time": r.Now.Unix(), "time_ms": r.Now.UnixMilli()})
}

func (s *Server) ping(r *request) answer { return s.ok(r, map[string]string{"ping": "pong"}) }

// geetestID is this deployment's id with Geetest.
const geetestID = "36fc3fe98530eea08dc6ce76e3d24fc4"

// registerGeetest fetches a challenge from Geetest, where that is set up.
func (s *Server) registerGeetest(r *request) answer {
	if s.config.Captcha != Geetest {
		return s.ok(r, "")
	}
	return s.ok(r, map[string]string{"gt": geetestID, "challenge": randomHex(16)})
}

func (s *Server) showAuth0(r *request) answer {
	configs := map[string]string{"auth0_domain": "", "auth0_client_id": ""}
	if s.config.Auth0 {
		configs = map[string]string{"auth0_domain": auth0Domain, "auth0_client_id": auth0ClientID}
	}
	return s.ok(r, configs)
}

// receiveKYC is the callback of the KYC provider. It is not signed, so all it does
// is to fetch the verdict from the provider: nothing a client sees.
func (s *Server) receiveKYC(r *request) answer {
	result := s.ok(r, http.StatusOK)
	if s.config.KYC == LocalKYC {
		result = answer{status: http.StatusUnprocessableEntity, body: http.StatusUnprocessableEntity}
	}
	if s.On(faultKYCAnswersObject) {
		result.body = map[string]any{"status": result.status}
	}
	return result
}

// createWhitelist puts the caller's IPv4 address on the whitelist. A token stays good.
func (s *Server) createWhitelist(r *request) answer {
	token := r.text("whitelink_token")
	if !s.whitelinks[token] {
		return unprocessable("identity.user.access.invalid_token")
	}
	if !r.address.Is4() {
		return unprocessable("value.invalid")
	}
	if s.restrictionOf(whitelist, r.address) != nil {
		return unprocessable("value.taken")
	}
	s.restrictions = append(s.restrictions, restriction{category: whitelist, network: netip.PrefixFrom(r.address, 32)})
	if s.On(faultWhitelinkSpent) {
		delete(s.whitelinks, token)
	}
	return s.ok(r, 1)
}
