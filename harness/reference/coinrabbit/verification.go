package coinrabbit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// Message types. The page names those of the second factor; the one of the
// log-in is made up here (2.7).
const (
	typeActivation   = "TFA_ACTIVATION"
	typeDeactivation = "TFA_DEACTIVATION"
	typeLogin        = "LOGIN"
)

// Lifetimes and limits that the page leaves open. Ten minutes is what OWASP ASVS
// 5.0 6.5.5 allows a code that is sent.
const (
	codeLife         = 10 * time.Minute
	verificationLife = 10 * time.Minute
)

var (
	sendRule   = kit.Rule{Attempts: 10, Period: time.Minute, Block: time.Minute}
	verifyRule = kit.Rule{Attempts: 5, Period: time.Minute, Block: time.Minute}
)

type sentCode struct {
	digest string
	shown  string // for faults only
	until  time.Time
	old    []string // digests of replaced codes; kept for faults only
}

// verification is the right that a verified code gives.
type verification struct {
	account *account
	kind    string
	until   time.Time
	digest  string
	shown   string // for faults only
}

// addressee reads type and recipient of a request and finds the account, nil for
// one that there is not.
func (s *Server) addressee(r *request, in map[string]any) (*account, string, *refusal) {
	kind, refused := text(in, s.policy.typeMember)
	if refused != nil {
		return nil, "", refused
	}
	recipient, refused := text(in, s.policy.recipientMember)
	if refused != nil {
		return nil, "", refused
	}
	a := s.byRecipient[strings.ToLower(recipient)]
	switch kind {
	case typeLogin:
		return a, kind, nil
	case typeActivation, typeDeactivation:
		if r.caller == nil {
			return nil, "", unauthenticated()
		}
		if a != r.caller && !s.On(faultCodeOfAnotherUserAccepted) {
			why := invalid(s.policy.recipientMember)
			return nil, "", &why
		}
		return a, kind, nil
	}
	if s.On(faultUnknownMessageTypeAccepted) {
		return a, kind, nil
	}
	why := invalid(s.policy.typeMember)
	return nil, "", &why
}

// sendCode sends a code; a new one replaces the last of its type. Who has no
// account is told nothing else.
func (s *Server) sendCode(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	a, kind, refused := s.addressee(r, in)
	if refused != nil {
		return refuse(*refused)
	}
	if a == nil {
		if s.On(faultUnknownAddressTold) {
			return refuse(invalid(s.policy.recipientMember))
		}
		if s.On(faultOddUnknownTold) {
			r.note = "unknown"
		}
		recipient, _ := in[s.policy.recipientMember].(string)
		if wait, allowed := s.limiter.Take("send/"+kind+"/"+strings.ToLower(recipient), sendRule, r.Now); !allowed &&
			!s.On(faultOddUnknownToldByLimit) {
			return refuse(tooMany(wait))
		}
		if s.On(faultOddUnknownGetsMail) {
			s.deliver(&account{email: recipient, phone: recipient}, kind, kit.RandomString(6, kit.Decimal))
		}
		return ok(nil)
	}
	if s.On(faultOddUnknownTold) {
		r.note = "known"
	}
	if !s.On(faultSendingNeverLimited) {
		if wait, allowed := s.limiter.Take("send/"+kind+"/"+a.id, sendRule, r.Now); !allowed {
			if s.On(faultOddSentDespiteLimit) {
				s.deliver(a, kind, kit.RandomString(6, kit.Decimal))
			}
			return refuse(tooMany(wait))
		}
	}
	code := cmp.Or(s.oddCode(a, r.Now), kit.RandomString(6, kit.Decimal))
	sent := &sentCode{digest: s.digest(code), shown: code, until: r.Now.Add(codeLife)}
	if s.On(faultOddCodeMinutesLonger) {
		sent.until = sent.until.Add(codeLife)
	}
	if s.On(faultOddVerifyResetBySend) {
		s.limiter.Reset()
	}
	if last := s.codes[kind+"/"+a.id]; last != nil {
		sent.old = append(last.old, last.digest)
	}
	s.codes[kind+"/"+a.id] = sent
	s.deliver(a, kind, code)
	switch {
	case s.On(faultOddCodeInField):
		r.note = "sent " + code
	case s.On(faultOddCodeDigestInAnswer):
		sum := sha256.Sum256([]byte(code))
		return ok(map[string]string{"request_id": hex.EncodeToString(sum[:])})
	}
	if s.On(faultCodeInAnswer) {
		return ok(map[string]string{"verification_code": code})
	}
	return ok(nil)
}

func (s *Server) deliver(a *account, kind, code string) {
	message := "Your code for " + kind + " is " + code
	if s.policy.bySMS {
		s.Outbox.SendSMS(a.phone, message)
		return
	}
	s.Outbox.Send(a.email, "Verification code", message)
}

// verifyCode takes a code for a verification token.
func (s *Server) verifyCode(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	a, kind, refused := s.addressee(r, in)
	if refused != nil {
		return refuse(*refused)
	}
	code, refused := text(in, s.policy.codeMember)
	if refused != nil {
		return refuse(*refused)
	}
	if a == nil {
		if s.On(faultOddUnknownToldByVerify) {
			r.note = "unknown"
		}
		recipient, _ := in[s.policy.recipientMember].(string)
		if wait, allowed := s.limiter.Take("verify/"+strings.ToLower(recipient), verifyRule, r.Now); !allowed &&
			!s.On(faultOddUnknownToldByLimit) {
			return refuse(tooMany(wait))
		}
		return refuse(wrongCode())
	}
	key := "verify/" + a.id + s.Varies(r.http)
	if !s.On(faultVerifyingNeverLimited) {
		if wait, allowed := s.limiter.Take(key, verifyRule, r.Now); !allowed {
			return refuse(tooMany(wait))
		}
	}
	if !s.rightCode(r, a, kind, code) {
		if s.On(faultOddRefusalVerifies) {
			r.note = s.newVerification(r, a, kind, code)
		}
		return refuse(wrongCode())
	}
	s.limiter.Forgive(key, r.Now)
	if s.On(faultOddGuessesResetByVerify) {
		s.codeTry.Reset()
	}
	return ok(map[string]string{"verification_token": s.newVerification(r, a, kind, code)})
}

func (s *Server) rightCode(r *request, a *account, kind, code string) bool {
	digest := s.digest(code)
	if s.On(faultAnyVerificationCodeAccepted) {
		return true
	}
	if _, right := kit.MatchTOTP(a.secret, code, r.Now, window); right && s.On(faultOddAppCodeAtVerify) {
		return true
	}
	if s.On(faultCodeOfAnotherTypeAccepted) {
		for _, other := range []string{typeActivation, typeDeactivation, typeLogin} {
			if sent := s.codes[other+"/"+a.id]; sent != nil && sent.digest == digest {
				return true
			}
		}
	}
	sent := s.codes[kind+"/"+a.id]
	if s.On(faultCodeOfAnotherUserAccepted) {
		for name, other := range s.codes {
			if strings.HasPrefix(name, kind+"/") && other.digest == digest {
				return true
			}
		}
	}
	if sent == nil {
		return false
	}
	if s.On(faultReplacedCodeAccepted) {
		for _, old := range sent.old {
			if old == digest {
				return true
			}
		}
	}
	if !s.SameSentCode(sent.shown, code) || !sent.until.After(r.Now) && !s.On(faultExpiredCodeAccepted) {
		return false
	}
	return s.Spend(r.Call, "code/"+kind+"/"+a.id+"/"+digest+sent.until.String()) || s.On(faultVerificationCodeReusable)
}

func (s *Server) newVerification(r *request, a *account, kind, code string) string {
	token := cmp.Or(s.oddVerification(a, kind, code), "vt-"+kit.RandomString(40, kit.Alphanumeric))
	v := &verification{account: a, kind: kind, until: r.Now.Add(verificationLife), digest: s.digest(token), shown: token}
	s.verifications[v.digest] = v
	return token
}

// findVerification is the verification a token stands for, if it is good for an
// account (nil: any) and a type.
func (s *Server) findVerification(r *request, token string, a *account, kind string) *verification {
	v := cmp.Or(s.verifications[s.digest(token)], s.mistakenVerification(token, a))
	switch {
	case v == nil && s.On(faultAnyVerificationTokenAccepted) && a != nil:
		return &verification{account: a, kind: kind, digest: s.digest(token)}
	case v == nil:
		return nil
	case v.kind != kind && !s.On(faultVerificationTokenOfAnotherTypeAccepted):
		return nil
	case a != nil && v.account != a && !s.On(faultVerificationTokenOfAnotherUserAccepted):
		return nil
	case !v.until.After(r.Now) && !s.On(faultExpiredVerificationTokenAccepted):
		return nil
	case s.Spent("token/"+v.digest) && !s.On(faultVerificationTokenReusable):
		return nil
	}
	return v
}

// useVerification uses a verification up.
func (s *Server) useVerification(r *request, v *verification) bool {
	return s.Spend(r.Call, "token/"+v.digest) || s.On(faultVerificationTokenReusable)
}
