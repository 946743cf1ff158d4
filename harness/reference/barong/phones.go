package barong

import (
	"net/http"
	"time"
)

// The limits of release 3.1. They are refusals like any other, not 429.
const (
	resendPause  = 30 * time.Second
	phoneSends   = 5 // per number, the first text message included
	phoneTries   = 10
	phonesUnused = 3 // unverified numbers one account may have
)

func phoneRefusal(status int, word string) *answer { return refusal(status, "resource.phone."+word) }

// typedPhone is the number in a request, unless somebody has verified it already,
// the caller included.
func (s *Server) typedPhone(r *request) (*phone, *answer) {
	typed := parseNumber(r.text("phone_number"))
	switch {
	case typed == nil:
		return nil, phoneRefusal(http.StatusBadRequest, "invalid_num")
	case s.isVerified(r.account, typed.number):
		return nil, phoneRefusal(http.StatusBadRequest, "number_exist")
	}
	return typed, nil
}

// isVerified tells whether a number is taken, seen from one account.
func (s *Server) isVerified(caller *account, number string) bool {
	for _, a := range s.accounts {
		if a != caller && s.On(faultPhoneNumberShared) {
			continue
		}
		if found := a.phone(number); found != nil && !found.validated.IsZero() {
			return true
		}
	}
	return false
}

func (a *account) phone(number string) *phone {
	for _, p := range a.phones {
		if p.number == number {
			return p
		}
	}
	return nil
}

// ownPhone is a number of the caller that can still be verified.
func (s *Server) ownPhone(r *request) (*phone, *answer) {
	typed, refused := s.typedPhone(r)
	if refused != nil {
		return nil, refused
	}
	found := r.account.phone(typed.number)
	if found == nil {
		found = s.oddForeignPhone(typed.number)
	}
	if found == nil {
		return nil, phoneRefusal(http.StatusNotFound, "doesnt_exist")
	}
	return found, nil
}

func (s *Server) createPhone(r *request) answer {
	typed, refused := s.typedPhone(r)
	if refused != nil {
		return *refused
	}
	if r.account.phone(typed.number) != nil {
		return *phoneRefusal(http.StatusBadRequest, "exists")
	}
	if s.policy.phoneLimits && r.account.unverifiedPhones() >= phonesUnused {
		s.setState(r.account, "banned", r.Now)
		return *phoneRefusal(http.StatusBadRequest, "too_many_unverified")
	}
	typed.code = s.oddPhoneCode()
	r.account.phones = append(r.account.phones, typed)
	return s.sendCode(r, typed)
}

func (a *account) unverifiedPhones() int {
	count := 0
	for _, p := range a.phones {
		if p.validated.IsZero() {
			count++
		}
	}
	return count
}

// sendCode texts the code of a number: always the same one, and it never expires.
// Mock phones are sent nothing.
func (s *Server) sendCode(r *request, p *phone) answer {
	p.sent = r.Now
	p.sends++
	if s.config.Phones != MockPhones {
		s.Outbox.SendSMS(p.number, "Your verification code: "+p.code)
	}
	channel := orElse(r.text("channel"), "sms")
	return s.ok(r, map[string]string{"message": "Code was sent successfully via " + channel})
}

func (s *Server) sendPhoneCode(r *request) answer {
	own, refused := s.ownPhone(r)
	if refused != nil {
		return *refused
	}
	if s.policy.phoneLimits {
		switch {
		case r.Now.Before(own.sent.Add(resendPause)) && !s.On(faultPhoneResendAtOnce):
			return *phoneRefusal(http.StatusBadRequest, "code_sent_too_fast")
		case own.sends >= phoneSends:
			return *phoneRefusal(http.StatusBadRequest, "too_many_retries")
		}
	}
	return s.sendCode(r, own)
}

// verifyPhone takes the code of a number. With mock phones every code is right.
func (s *Server) verifyPhone(r *request) answer {
	own, refused := s.ownPhone(r)
	if refused != nil {
		return *refused
	}
	if own.tries++; s.policy.phoneLimits && own.tries > phoneTries && !s.On(faultOddPhoneTriesUnlimited) {
		s.setState(r.account, "banned", r.Now)
		return *phoneRefusal(http.StatusBadRequest, "too_many_retries")
	}
	if !s.isPhoneCode(own, r.text("verification_code")) {
		return *phoneRefusal(http.StatusNotFound, "verification_invalid")
	}
	own.validated = r.Now
	if !s.On(faultPhoneVerifyWithoutLabel) {
		s.setPrivate(r.account, "phone", "verified", r.Now)
	}
	return s.ok(r, s.userWithFullInfo(r.account))
}

func (s *Server) isPhoneCode(own *phone, code string) bool {
	return s.config.Phones == MockPhones || s.On(faultPhoneAnyCode) || s.SameSentCode(own.code, code) || s.oddPhone(own, code)
}

func (s *Server) listPhones(r *request) answer {
	return s.ok(r, each(r.account.phones, s.phoneOf))
}
