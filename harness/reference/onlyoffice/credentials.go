package onlyoffice

import (
	"encoding/json"
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

// authRequest is AuthRequestsDto and AuthWithCodeRequestsDto: both at once,
// because only A3 looks at code.
type authRequest struct {
	UserName          string       `json:"userName"`
	Password          string       `json:"password"`
	PasswordHash      string       `json:"passwordHash"`
	Provider          string       `json:"provider"`
	AccessToken       string       `json:"accessToken"`
	SerializedProfile string       `json:"serializedProfile"`
	Code              codeText     `json:"code"`
	CodeOAuth         string       `json:"codeOAuth"`
	Session           flag         `json:"session"`
	ConfirmData       *confirmData `json:"confirmData"`
	RecaptchaType     choice       `json:"recaptchaType"`
	RecaptchaResponse string       `json:"recaptchaResponse"`
	Culture           string       `json:"culture"`
}

type confirmData struct {
	Email string `json:"email"`
	First *flag  `json:"first"`
	Key   string `json:"key"`
}

var captchaTypes = []string{"Default", "AndroidV2", "iOSV2", "hCaptcha"}

// readCredentials decodes and validates the body A2, A3 and A7 share.
func (s *Server) readCredentials(r *request) (authRequest, *refusal) {
	var in authRequest
	if refused := s.decode(r, &in); refused != nil {
		return in, refused
	}
	if refused := s.checkCaptchaType(in.RecaptchaType); refused != nil {
		return in, refused
	}
	if in.ConfirmData != nil && in.ConfirmData.Email != "" && !isEmail(in.ConfirmData.Email) {
		why := invalid("ConfirmData.Email", "The Email field is not a valid e-mail address.")
		return in, &why
	}
	return in, nil
}

// checkCaptchaType: the documents take a name or a number, the release has no
// converter for names but takes any number (6.B8).
func (s *Server) checkCaptchaType(kind choice) *refusal {
	_, known := kind.pick(captchaTypes)
	if s.policy.captchaTypeNames && known && !(kind.named && s.On(faultCaptchaTypeNameRefused)) || !s.policy.captchaTypeNames && !kind.named {
		return nil
	}
	why := wrongType("recaptchaType")
	return &why
}

// hashPassword runs before the portal is locked: it is the only slow thing a
// log-in does. The product trims passwords and prefers a hash the client made.
func (s *Server) hashPassword(r *request) {
	var in struct{ Password, PasswordHash string }
	_ = json.Unmarshal(r.body, &in) // decode refuses what does not read
	if hash := strings.TrimSpace(in.PasswordHash); hash != "" {
		r.passwordHash = hash
	} else if in.Password != "" {
		r.passwordHash = s.Hash(strings.TrimSpace(in.Password), s.salt)
	}
}

// identify finds whose credentials these are, or why they are refused.
func (s *Server) identify(r *request, in authRequest) (*user, *refusal) {
	if in.ConfirmData != nil {
		return s.identifyByLink(r, *in.ConfirmData)
	}
	if in.Provider != "" && in.Provider != "email" {
		why := badCredentials() // no third party is enabled on this portal
		return nil, &why
	}
	if in.UserName == "" || in.Password == "" && in.PasswordHash == "" {
		return nil, &s.policy.emptyCredentials
	}
	solved, refused := s.checkCaptcha(in.RecaptchaResponse)
	if refused != nil {
		return nil, refused
	}
	u := s.userByEmail(in.UserName)
	right := u != nil && kit.SameSecret(s.verifierOf(u), s.verifier(u.id, r.passwordHash))

	key := s.attemptKey(r, in.UserName)
	if (!solved || !s.policy.captchaSkipsLimit) && !(u == nil && s.On(faultOddUnknownUnlimited)) {
		wait, allowed := s.takeAttempt(r, key)
		if !allowed && !(right && s.On(faultRightPasswordPassesBlock)) {
			why := s.policy.loginThrottled.after(wait)
			return nil, &why
		}
	}
	if !right {
		why := s.wrongCredentials(u)
		s.oddRefused(r, u, in.UserName, &why)
		return nil, &why
	}
	if u.disabled() && !s.On(faultDisabledAccountLetIn) {
		return nil, &s.policy.disabledAccount
	}
	s.attempts.Forgive(key, r.Now)
	return u, nil
}

// wrongCredentials answers an unknown user and a wrong password alike.
func (s *Server) wrongCredentials(u *user) refusal {
	why := badCredentials()
	if s.On(faultUnknownUserToldByHeaderValue) {
		why.header = http.Header{"X-Reason": {"wrong-password"}}
	}
	if u != nil {
		return why
	}
	switch {
	case s.On(faultUnknownUserToldByBody):
		why.message = "User not found"
	case s.On(faultUnknownUserToldByStatus):
		why = notFound()
	case s.On(faultUnknownUserToldByHeader), s.On(faultUnknownUserToldByHeaderValue):
		why.header = http.Header{"X-Reason": {"unknown-user"}}
	case s.On(faultUnknownUserToldByLength):
		why.padding = "\n"
	}
	return why
}

// checkCaptcha: keys are configured, so a response that is sent must be right.
func (s *Server) checkCaptcha(response string) (solved bool, refused *refusal) {
	if response == "" {
		return false, nil
	}
	if kit.SameSecret(response, s.captcha) {
		return true, nil
	}
	if s.On(faultCaptchaIgnored) {
		return false, nil
	}
	why := captchaRefused()
	return solved, &why
}

// identifyByLink is the log-in by a single-use Auth link (2.3). Like the right
// password it does not replace the second factor.
func (s *Server) identifyByLink(r *request, data confirmData) (*user, *refusal) {
	if data.Key == "" {
		return nil, &s.policy.linkKeyNull
	}
	u := s.userByEmail(data.Email)
	if u == nil || u.disabled() || s.checkKey(r, "Auth", data.Key, u, "") != linkValid && !s.On(faultLogInLinkUnchecked) {
		why := notFound()
		return nil, &why
	}
	if !s.Spend(r.Call, "link/"+data.Key) && !s.On(faultConfirmKeyReusable) {
		why := notFound()
		return nil, &why
	}
	return u, nil
}
