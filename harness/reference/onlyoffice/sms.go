package onlyoffice

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

const (
	smsLifetime    = 10 * time.Minute
	smsOutstanding = 6 // codes a phone may have at once
	smsTries       = 5 // wrong codes per phone
)

type smsCode struct {
	code  string
	until time.Time
}

// askSMS is the answer of A2 to a user with codes by text message: a phone to
// name first, or a code already on its way.
func (s *Server) askSMS(r *request, u *user) answer {
	if !u.phoneActive {
		return ok(token{SMS: true, Expires: s.pendingExpires(), ConfirmURL: linkURL(r.portal, "PhoneActivation",
			"key", s.newKey(r.Now, "PhoneActivation", u, ""), "encemail", s.sealedEmail(u.email), "uid", u.id)})
	}
	if len(s.outstanding(r, u.phone)) == 0 {
		s.sendCode(r, u)
	}
	noise, refused := s.phoneNoise(u.phone)
	if refused != nil {
		return refuseIf(refused)
	}
	out := token{SMS: true, PhoneNoise: noise}
	out.ConfirmURL = linkURL(r.portal, "PhoneAuth", "key", s.newKey(r.Now, "PhoneAuth", u, ""), "encemail", s.sealedEmail(u.email), "uid",
		u.id)
	if s.policy.pendingExpires {
		out.Expires = s.dateText(r.Now.Add(smsLifetime))
	}
	return ok(out)
}

func (s *Server) outstanding(r *request, phone string) []smsCode {
	s.smsCodes[phone] = slices.DeleteFunc(s.smsCodes[phone], func(c smsCode) bool { return !c.until.After(r.Now) })
	return s.smsCodes[phone]
}

// sendCode sends six digits, the first never 0.
func (s *Server) sendCode(r *request, u *user) {
	code := cmp.Or(s.oddSMSCode(u), kit.RandomString(1, "123456789")+kit.RandomString(5, kit.Decimal))
	sent := smsCode{code: code, until: r.Now.Add(smsLifetime)}
	s.oddSent(r, u, &sent)
	s.smsCodes[u.phone] = append(s.smsCodes[u.phone], sent)
	s.Outbox.SendSMS(u.phone, "Your code: "+code)
}

// loginBySMS is A3 for a user with codes by text message. A right code activates
// a phone that was only named so far, and drops every code of the phone.
func (s *Server) loginBySMS(r *request, u *user, in authRequest) answer {
	skipped := in.Code.kind == "" && s.On(faultAbsentCodeSkipsSecondFactor)
	if !skipped {
		if refused := s.checkSMSCode(r, u, in.Code); refused != nil {
			return refuseIf(refused)
		}
	}
	noise, refused := s.phoneNoise(u.phone)
	if refused != nil {
		return refuse(badCredentials()) // A3 wraps whatever is thrown after the code
	}
	u.phoneActive = true
	if !s.On(faultSMSCodeReusable) {
		delete(s.smsCodes, u.phone)
	}
	out := s.grant(r, u, bool(in.Session))
	out.SMS, out.PhoneNoise = true, noise
	return ok(out)
}

func (s *Server) checkSMSCode(r *request, u *user, code codeText) *refusal {
	wrong := badCredentials()
	if u.phone == "" {
		return &wrong
	}
	if s.wavedThrough(&user{enrolled: true}, code) {
		return nil
	}
	text := s.normalised(code.text)
	codes := s.outstanding(r, u.phone)
	if text == "" || len(codes) == 0 {
		return &wrong
	}
	wait, allowed := s.takeCodeTry(r, "sms/"+u.phone, smsTries, smsLifetime)
	if !allowed {
		why := s.policy.codeThrottledLogin.after(wait)
		return &why
	}
	if !slices.ContainsFunc(codes, func(c smsCode) bool { return s.SameSentCode(c.code, text) }) && !s.oddSMS(r, u, text) {
		return &wrong
	}
	s.forgiveCodeTry("sms/" + u.phone)
	return nil
}

// A6 names the phone of a user who has none activated, and sends it a code.
func (s *Server) saveMobilePhone(r *request) answer {
	var in struct {
		MobilePhone string `json:"mobilePhone"`
	}
	if refused := s.decode(r, &in); refused != nil {
		return refuseIf(refused)
	}
	u := r.link.user
	phone := kit.Digits(in.MobilePhone)
	if phone == "" || u.phoneActive {
		return refuse(s.policy.phoneRefused)
	}
	u.phone = phone[:min(len(phone), 64)]
	return s.sendNow(r, u)
}

// A7 sends another code.
func (s *Server) sendSMSCode(r *request) answer {
	in, refused := s.readCredentials(r)
	if refused != nil {
		return refuseIf(refused)
	}
	u, refused := s.identify(r, in)
	if refused != nil {
		return refuseIf(refused)
	}
	if !s.applies(s.sms, u, r) || u.phone == "" {
		return refuse(s.policy.smsNotOn)
	}
	return s.sendNow(r, u)
}

func (s *Server) sendNow(r *request, u *user) answer {
	codes := s.outstanding(r, u.phone)
	if len(codes) >= smsOutstanding {
		return refuse(s.policy.smsTooMany.after(codes[0].until.Sub(r.Now)))
	}
	s.sendCode(r, u)
	noise, refused := s.phoneNoise(u.phone)
	if refused != nil {
		return refuseIf(refused)
	}
	return ok(token{SMS: true, PhoneNoise: noise, Expires: s.dateText(r.Now.Add(smsLifetime))})
}

// phoneNoise hides the middle of a number: "+", four digits, stars, the last
// four. The release gives numbers below eight digits away and fails on ten and
// more, after the message was sent (2.2).
func (s *Server) phoneNoise(phone string) (string, *refusal) {
	const shown = 4
	switch {
	case len(phone) >= 10 && s.policy.longPhoneFails:
		why := argument("Index and count must refer to a location within the string.")
		return "", &why
	case len(phone) < 2*shown && s.policy.longPhoneFails:
		return phone, nil
	case len(phone) <= 2*shown:
		return "+" + strings.Repeat("*", max(0, len(phone)-2)) + phone[max(0, len(phone)-2):], nil
	}
	return "+" + phone[:shown] + strings.Repeat("*", len(phone)-2*shown) + phone[len(phone)-shown:], nil
}
