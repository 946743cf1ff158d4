package barong

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"authconform/harness/reference/kit"
)

// secretBytes is the length of a TOTP secret (RFC 4226 section 4 recommends 20).
const secretBytes = 20

// qrPixels is the width of the QR code.
const qrPixels = 300

// qrcode is the answer of the secret store the original hands on as it is.
type qrcode struct {
	Auth          any               `json:"auth"`
	Data          map[string]string `json:"data"`
	Metadata      any               `json:"metadata"`
	LeaseDuration int               `json:"lease_duration"`
	LeaseID       string            `json:"lease_id"`
	Renewable     bool              `json:"renewable"`
	Warnings      any               `json:"warnings"`
	WrapInfo      any               `json:"wrap_info"`
}

func alreadyEnabled() answer { return refuse(http.StatusBadRequest, "resource.otp.already_enabled") }

// generateQRCode makes a new secret, which replaces the last one at once.
func (s *Server) generateQRCode(r *request) answer {
	a := r.account
	if a.otp && !s.On(faultOTPGenerateWhileOn) {
		return alreadyEnabled()
	}
	size := secretBytes
	if s.On(faultOTPWeakSecret) {
		size = 10
	}
	if a.totpSecret == "" || !s.On(faultOTPGenerateKeepsSecret) {
		if a.totpSecret != "" {
			a.oldSecrets = append(a.oldSecrets, a.totpSecret)
		}
		a.totpSecret = newSecret(s, a, size)
	}
	s.record(r, a, topicOTP, "request QR code for 2FA", succeed, nil)
	link := s.otpauth(a)
	return s.ok(r, func() any { return qrcode{Data: map[string]string{"barcode": qrPNG(link), "url": link}} })
}

// otpauth is the URI of the account's secret in the form authenticator apps read.
func (s *Server) otpauth(a *account) string {
	name := a.email
	if s.On(faultOTPURLOfOtherUser) {
		name = "somebody@" + signUpDomain
	}
	query := url.Values{
		"algorithm": {"SHA1"}, "digits": {"6"}, "issuer": {"Barong"}, "period": {"30"}, "secret": {a.totpSecret},
	}
	return "otpauth://totp/Barong:" + url.PathEscape(name) + "?" + query.Encode()
}

// qrPNG is the URI as a QR code, in Base64; "" when it is too long for one.
func qrPNG(link string) string {
	picture, err := kit.QRCode(link, qrPixels)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(picture)
}

// enableOTP switches the second factor on with a first code and ends the user's
// other sessions.
func (s *Server) enableOTP(r *request) answer {
	a := r.account
	if a.otp {
		return alreadyEnabled()
	}
	result := s.checkCode(r, a, r.text("code"))
	switch {
	case a.totpSecret == "" && s.On(faultOTPEnableWithoutKey),
		result == codeWrong && a.totpSecret != "" && s.On(faultOTPEnableWithWrongCode):
		result = codeRight
	}
	if refused := s.refuseOTP(r, result, "enable 2FA"); refused != nil {
		return *refused
	}
	a.otp = true
	if !s.On(faultOTPLabelMissing) {
		s.setPrivate(a, "otp", "enabled", r.Now)
	}
	if s.On(faultKeyBackAfterEnable) {
		for _, k := range a.keys {
			k.state = "active"
		}
	}
	if !s.On(faultEnableKeepsOtherSessions) {
		s.endSessions(a, r.sid())
	}
	if s.On(faultEnableKillsOwnSession) {
		delete(s.sessions, r.sid())
	}
	s.record(r, a, topicOTP, "enable 2FA", succeed, nil)
	return s.ok(r, http.StatusOK)
}

// refuseOTP is the refusal of a code by the otp operations, with its line in the
// log.
func (s *Server) refuseOTP(r *request, result codeResult, action string) *answer {
	refused := refuseCode(result, http.StatusUnprocessableEntity, "resource.otp.invalid")
	if refused != nil {
		s.recordFailure(r, r.account, topicOTP, action, "invalid_otp")
	}
	return refused
}

// disableOTP switches the second factor off. The secret stays, the sessions too;
// API keys die.
func (s *Server) disableOTP(r *request) answer {
	if !r.account.otp {
		return refuse(http.StatusBadRequest, "resource.otp.not_enabled")
	}
	result := s.checkCode(r, r.account, r.text("code"))
	if s.On(faultOTPDisableWithoutCode) {
		result = codeRight
	}
	if refused := s.refuseOTP(r, result, "disable 2FA"); refused != nil {
		return *refused
	}
	s.switchOff(r, r.account)
	s.record(r, r.account, topicOTP, "disable 2FA", succeed, nil)
	return s.ok(r, http.StatusOK)
}

func (s *Server) switchOff(r *request, a *account) {
	a.otp = false
	s.removePrivate(a, "otp", r.Now)
	if !s.On(faultKeyAliveAfterDisable) {
		s.deactivateKeys(a, r.Now)
	}
	if s.On(faultOTPDisableDeletesSecret) {
		a.totpSecret = ""
	}
	if s.On(faultDisableKillsSessions) {
		s.endSessions(a, r.sid())
	}
}

// verifyOTP only judges a code, and spends it.
func (s *Server) verifyOTP(r *request) answer {
	if !r.account.otp && !s.On(faultOTPVerifyWhenOffOk) {
		return alreadyEnabled() // the key means the opposite of what it says
	}
	if r.account.otp {
		if refused := s.refuseOTP(r, s.checkCode(r, r.account, r.text("code")), "verify 2FA code"); refused != nil {
			return *refused
		}
	}
	if s.On(faultOTPVerifyDisables) {
		s.switchOff(r, r.account)
	}
	return s.ok(r, nil)
}
