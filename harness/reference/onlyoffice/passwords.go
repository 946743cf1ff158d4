package onlyoffice

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"authconform/harness/reference/kit"
)

// passwordSettings are the portal's demands on passwords typed by users. Ones
// sent as a hash cannot be looked into.
type passwordSettings struct {
	MinLength         int    `json:"minLength"`
	UpperCase         bool   `json:"upperCase"`
	Digits            bool   `json:"digits"`
	SpecSymbols       bool   `json:"specSymbols"`
	AllowedCharacters string `json:"allowedCharactersRegexStr"`
	DigitsRegex       string `json:"digitsRegexStr"`
	UpperCaseRegex    string `json:"upperCaseRegexStr"`
	SpecSymbolsRegex  string `json:"specSymbolsRegexStr"`
}

var defaultPasswordSettings = passwordSettings{
	MinLength: 8, AllowedCharacters: `[\x21-\x7E]`, DigitsRegex: `(?=.*\d)`,
	UpperCaseRegex: `(?=.*[A-Z])`, SpecSymbolsRegex: `(?=.*[\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E])`,
}

// Bounds of minLength. The documents only say that there are bounds.
const (
	minPasswordLength = 8
	maxPasswordLength = 30
)

func (s *Server) getPasswordSettings(*request) answer { return ok(s.password) }

func (s *Server) updatePasswordSettings(r *request) answer {
	var in struct {
		MinLength   wholeNumber `json:"minLength"`
		UpperCase   flag        `json:"upperCase"`
		Digits      flag        `json:"digits"`
		SpecSymbols flag        `json:"specSymbols"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	if in.MinLength.quoted && !s.policy.numbersAsText {
		return refuse(wrongType("minLength"))
	}
	refused := s.requireAdmin(r)
	if refused != nil && !s.On(faultOddRefusedSettings) {
		return refuseIf(refused)
	}
	length := in.MinLength.value
	if (length < minPasswordLength || length > maxPasswordLength) && !s.On(faultSettingsOutOfRangeAccepted) {
		return refuse(argument(fmt.Sprintf("minLength must be between %d and %d", minPasswordLength, maxPasswordLength)))
	}
	s.password.MinLength = length
	s.password.UpperCase, s.password.Digits, s.password.SpecSymbols = bool(in.UpperCase), bool(in.Digits), bool(in.SpecSymbols)
	if refused != nil {
		return refuseIf(refused)
	}
	return ok(s.password)
}

func (p passwordSettings) strongEnough(password string) bool {
	has := func(is func(rune) bool) bool { return strings.IndexFunc(password, is) >= 0 }
	special := func(c rune) bool { return unicode.IsPunct(c) || unicode.IsSymbol(c) }
	return utf8.RuneCountInString(password) >= p.MinLength &&
		(!p.UpperCase || has(unicode.IsUpper)) && (!p.Digits || has(unicode.IsDigit)) && (!p.SpecSymbols || has(special))
}

const passwordMailText = "If the e-mail is registered, password change instructions have been sent to it"

// sendUserPassword mails a link. An anonymous caller learns nothing about who is
// registered and must solve the captcha, because keys are configured.
func (s *Server) sendUserPassword(r *request) answer {
	var in struct {
		Email             string `json:"email"`
		RecaptchaType     choice `json:"recaptchaType"`
		RecaptchaResponse string `json:"recaptchaResponse"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	if refused := s.checkCaptchaType(in.RecaptchaType); refused != nil {
		return refuseIf(refused)
	}
	if !isEmail(in.Email) || len(in.Email) > 255 {
		return refuse(invalidEmail())
	}
	u := s.userByEmail(in.Email)
	if refused := s.mayMailPassword(r, u, in.RecaptchaResponse); refused != nil {
		s.oddMail(r, u, in.Email, refused)
		return refuseIf(refused)
	}
	if refused := s.takePasswordMail(r, in.Email); refused != nil {
		return refuseIf(refused)
	}
	if u == nil && s.On(faultUnknownUserToldByPasswordMail) {
		return refuse(notFound())
	}
	s.oddMail(r, u, in.Email, nil)
	if u != nil && !u.disabled() {
		s.Outbox.Send(u.email, "Change of password", "Change your password: "+s.passwordLink(r, u))
	}
	return ok(passwordMailText)
}

func (s *Server) mayMailPassword(r *request, u *user, captcha string) *refusal {
	var why refusal
	switch {
	case r.session == nil && !kit.SameSecret(captcha, s.captcha) && !s.On(faultCaptchaIgnored):
		why = captchaRefused()
	case r.session != nil && !mayManagePassword(r.caller, u):
		why = accessDenied()
	default:
		return nil
	}
	return &why
}

// mayManagePassword: one's own; by administrators those of users; by the owner
// those of administrators too; nobody else the owner's.
func mayManagePassword(caller, u *user) bool {
	switch {
	case caller == u:
		return true
	case !caller.admin():
		return false
	case u == nil:
		return true
	}
	return !u.admin() || caller.portalOwner
}

// takePasswordMail is "5 per minute to collect passwords", counted per caller
// and address mailed.
func (s *Server) takePasswordMail(r *request, email string) *refusal {
	if !s.policy.limitsPasswordMail || s.On(faultPasswordMailLimitNeverReached) {
		return nil
	}
	caller := r.address
	if r.session != nil {
		caller = r.caller.id
	}
	wait, allowed := s.mailSends.Take(caller+"|"+strings.ToLower(email), kit.Rule{Attempts: 5, Period: time.Minute}, r.Now)
	if allowed {
		return nil
	}
	why := refusal{status: 429, message: "Too many requests. Please try again later"}.after(wait)
	return &why
}

func (s *Server) passwordLink(r *request, u *user) string {
	return linkURL(r.portal, "PasswordChange", "key", s.newKey(r.Now, "PasswordChange", u, ""), "uid", u.id)
}

// changeUserPassword ends every session of the user.
func (s *Server) changeUserPassword(r *request) answer {
	var in struct {
		Password     string `json:"password"`
		PasswordHash string `json:"passwordHash"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	u, refused := s.linkedUser(r)
	if refused != nil {
		return refuseIf(refused)
	}
	typed := strings.TrimSpace(in.Password)
	verifier := s.verifier(u.id, r.passwordHash)
	switch {
	case r.passwordHash == "":
		return refuse(argument("Password is empty"))
	case strings.TrimSpace(in.PasswordHash) == "" && !s.password.strongEnough(typed) && !s.On(faultWeakPasswordAccepted):
		if s.On(faultOddRefusedPasswordSaved) {
			u.password, u.seeded = verifier, ""
		}
		if s.On(faultOddRefusedPasswordSpends) {
			u.passwordChanges++
		}
		return refuse(argument("The password does not meet the requirements"))
	case kit.SameSecret(s.verifierOf(u), verifier) && !s.On(faultOldPasswordAcceptedAsNew):
		return refuse(argument("A new password must be used"))
	}
	u.password, u.seeded = verifier, ""
	u.passwordChanges++
	if instead := s.oddEnds(r, u); instead != nil {
		s.endAll(func(known *session) bool { return slices.Contains(instead, known) })
	} else if !s.On(faultTokenAliveAfterPasswordChange) {
		s.endAllOf(u)
	}
	return ok(profileOf(u))
}
