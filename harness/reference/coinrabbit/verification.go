package coinrabbit

import (
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
	until  time.Time
	old    []string // digests of replaced codes; kept for faults only
}

// verification is the right that a verified code gives.
type verification struct {
	account *account
	kind    string
	until   time.Time
	digest  string
	shown   string // for one fault only
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
		if a != r.caller && !s.faults.On("code-of-another-user-accepted") {
			why := invalid(s.policy.recipientMember)
			return nil, "", &why
		}
		return a, kind, nil
	}
	if s.faults.On("unknown-message-type-accepted") {
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
		if s.faults.On("unknown-address-told") {
			return refuse(invalid(s.policy.recipientMember))
		}
		return ok(nil)
	}
	if !s.faults.On("sending-never-limited") {
		if wait, allowed := s.limiter.Take("send/"+kind+"/"+a.id, sendRule, r.now); !allowed {
			return refuse(tooMany(wait))
		}
	}
	code := kit.RandomString(6, kit.Decimal)
	sent := &sentCode{digest: s.digest(code), until: r.now.Add(codeLife)}
	if last := s.codes[kind+"/"+a.id]; last != nil {
		sent.old = append(last.old, last.digest)
	}
	s.codes[kind+"/"+a.id] = sent
	s.deliver(a, kind, code)
	if s.faults.On("code-in-answer") {
		return ok(map[string]string{"verification_code": code})
	}
	return ok(nil)
}

func (s *Server) deliver(a *account, kind, code string) {
	message := "Your code for " + kind + " is " + code
	if s.policy.bySMS {
		s.outbox.SendSMS(a.phone, message)
		return
	}
	s.outbox.Send(a.email, "Verification code", message)
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
		return refuse(wrongCode())
	}
	key := "verify/" + a.id
	if !s.faults.On("verifying-never-limited") {
		if wait, allowed := s.limiter.Take(key, verifyRule, r.now); !allowed {
			return refuse(tooMany(wait))
		}
	}
	if !s.rightCode(r, a, kind, code) {
		return refuse(wrongCode())
	}
	s.limiter.Forgive(key, r.now)
	return ok(map[string]string{"verification_token": s.newVerification(r, a, kind)})
}

func (s *Server) rightCode(r *request, a *account, kind, code string) bool {
	digest := s.digest(code)
	if s.faults.On("any-verification-code-accepted") {
		return true
	}
	if s.faults.On("code-of-another-type-accepted") {
		for _, other := range []string{typeActivation, typeDeactivation, typeLogin} {
			if sent := s.codes[other+"/"+a.id]; sent != nil && sent.digest == digest {
				return true
			}
		}
	}
	sent := s.codes[kind+"/"+a.id]
	if s.faults.On("code-of-another-user-accepted") {
		for name, other := range s.codes {
			if strings.HasPrefix(name, kind+"/") && other.digest == digest {
				return true
			}
		}
	}
	if sent == nil {
		return false
	}
	if s.faults.On("replaced-code-accepted") {
		for _, old := range sent.old {
			if old == digest {
				return true
			}
		}
	}
	if !kit.SameSecret(sent.digest, digest) || !sent.until.After(r.now) && !s.faults.On("expired-code-accepted") {
		return false
	}
	return s.spend(r, "code/"+kind+"/"+a.id+"/"+digest+sent.until.String()) || s.faults.On("verification-code-reusable")
}

func (s *Server) newVerification(r *request, a *account, kind string) string {
	token := "vt-" + kit.RandomString(40, kit.Alphanumeric)
	v := &verification{account: a, kind: kind, until: r.now.Add(verificationLife), digest: s.digest(token), shown: token}
	s.verifications[v.digest] = v
	return token
}

// findVerification is the verification a token stands for, if it is good for an
// account (nil: any) and a type.
func (s *Server) findVerification(r *request, token string, a *account, kind string) *verification {
	v := s.verifications[s.digest(token)]
	switch {
	case v == nil && s.faults.On("any-verification-token-accepted") && a != nil:
		return &verification{account: a, kind: kind, digest: s.digest(token)}
	case v == nil:
		return nil
	case v.kind != kind && !s.faults.On("verification-token-of-another-type-accepted"):
		return nil
	case a != nil && v.account != a && !s.faults.On("verification-token-of-another-user-accepted"):
		return nil
	case !v.until.After(r.now) && !s.faults.On("expired-verification-token-accepted"):
		return nil
	case s.spent(r, "token/"+v.digest) && !s.faults.On("verification-token-reusable"):
		return nil
	}
	return v
}

// useVerification uses a verification up.
func (s *Server) useVerification(r *request, v *verification) bool {
	return s.spend(r, "token/"+v.digest) || s.faults.On("verification-token-reusable")
}
