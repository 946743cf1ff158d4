package onlyoffice

import (
	"encoding/base64"
	"net/url"
	"strings"

	"authconform/harness/reference/kit"
)

// T4 is the second step by link: the code proves the factor, the answer's cookie
// is the session.
func (s *Server) validateCode(r *request) answer {
	var in struct {
		Code    codeText `json:"code"`
		Session flag     `json:"session"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	u := r.link.user
	if refused := s.checkRequiredCode(u, in.Code); refused != nil {
		return refuseIf(refused)
	}
	if !s.applies(s.app, u, r) {
		if s.policy.released {
			return ok(false) // and no session (6.B1)
		}
		return refuse(s.policy.wrongCodeLink)
	}
	result, wait := s.checkAppCode(r, u, in.Code)
	switch result {
	case codeThrottled:
		return refuse(s.policy.codeThrottledLink.after(wait))
	case codeBlank:
		return refuse(s.policy.blankCodeLink)
	case codeWrong:
		return refuse(s.policy.wrongCodeLink)
	}
	s.open(r, u, bool(in.Session))
	return ok(result == codeEnrols || s.policy.verifiedAnswer)
}

// checkRequiredCode refuses a code that is missing or no text.
func (s *Server) checkRequiredCode(u *user, code codeText) *refusal {
	var why refusal
	switch {
	case s.wrongCodeType(code):
		why = wrongType("code")
	case (code.kind == "" || code.kind == "null") && !s.wavedThrough(u, code):
		why = invalid("code", "The code field is required.")
	default:
		return nil
	}
	return &why
}

// T5 is what a signed-in user needs to open the confirmation page; nothing when
// no second factor applies. The documents of 3.6 gave a plain URL.
func (s *Server) getTFAConfirmData(r *request) answer {
	kind := s.linkKindFor(r, r.caller)
	if kind == "" {
		return ok(nil)
	}
	return ok(struct {
		URL         string `json:"url"`
		CookieName  string `json:"cookieName"`
		CookieValue string `json:"cookieValue"`
	}{s.appLink(r, r.caller, kind), linkCookie(kind), s.newKey(r.Now, kind, r.caller, "")})
}

// T6 shows the secret while it is not proven yet.
func (s *Server) setupCode(r *request) answer {
	u := r.link.user
	if !s.app.enabled || u.enrolled && !s.On(faultSecretShownAfterEnrolment) {
		return refuse(s.policy.tfaUnavailable)
	}
	image, err := qrImage(r.http.Host, u.email, s.secretOf(u))
	if err != nil {
		return refuse(failure("System.Exception", "The QR code cannot be drawn"))
	}
	return ok(struct {
		Account        string `json:"account"`
		ManualEntryKey string `json:"manualEntryKey"`
		Image          string `json:"qrCodeSetupImageUrl"`
	}{u.email, s.secretOf(u), image})
}

// qrImage draws otpauth://totp/<issuer>:<account> without algorithm, digits and
// period, as the product does; their defaults are meant (2.1).
func qrImage(issuer, account, secret string) (string, error) {
	address := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account,
		RawQuery: url.Values{"secret": {secret}, "issuer": {issuer}}.Encode(),
	}
	picture, err := kit.QRCode(address.String(), 200)
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture), err
}

// T7 shows the caller's own backup codes.
func (s *Server) getBackupCodes(r *request) answer {
	if !s.app.enabled || !r.caller.enrolled {
		return refuse(s.policy.tfaUnavailable)
	}
	return shown(r.caller.backup)
}

// shown copies backup codes: a later log-in marks the user's own as used.
func shown(codes []backupCode) answer { return ok(append([]backupCode{}, codes...)) }

// T8 replaces the caller's own backup codes, used and unused.
func (s *Server) renewBackupCodes(r *request) answer {
	if !s.app.enabled || !r.caller.enrolled {
		return refuse(s.policy.tfaUnavailable)
	}
	s.newBackupCodes(r.caller)
	if s.On(faultOddForgottenByBackup) {
		s.Unspend("totp/" + r.caller.id)
	}
	return shown(r.caller.backup)
}

// T9 unlinks the app of the caller, or of anybody by the owner. Without an id the
// release looks the zero id up and refuses; the documents promise nothing else.
func (s *Server) unlinkApp(r *request) answer {
	in, _, refused := s.readTFARequest(r)
	if refused != nil {
		return refuseIf(refused)
	}
	var u *user
	if in.ID != nil {
		u = s.userByID(*in.ID)
	}
	byAdmin := u == s.owner && r.caller.admin() && s.On(faultOwnerFactorUnlinkableByAdmin)
	if u == nil || u.disabled() || !byAdmin && !s.mayUnlink(r, u) {
		if u != nil && s.On(faultOddRefusedUnlink) {
			s.forget(u)
		}
		return refuse(accessDenied())
	}
	if (!s.app.enabled || !u.enrolled) && !byAdmin {
		return refuse(s.policy.tfaUnavailable)
	}
	s.forget(u)
	if !s.On(faultTokenAliveAfterUnlink) {
		s.endAllOf(u)
	}
	if u != r.caller {
		return ok("")
	}
	s.open(r, u, false)
	kind := s.appLinkKind(u)
	s.setLinkCookie(r, u, kind)
	return ok(s.appLink(r, u, kind))
}

func (s *Server) mayUnlink(r *request, u *user) bool {
	return u == r.caller || r.caller == s.owner || s.On(faultForeignTokenAccepted)
}

// sameID compares ids as they are written in paths and bodies.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }
