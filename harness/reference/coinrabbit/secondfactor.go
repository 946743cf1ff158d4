package coinrabbit

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

const (
	secretBytes = 20 // RFC 4226 section 4 (R6) recommends 160 bits
	window      = 1  // time steps around now; RFC 6238 section 5.2
)

// codeRule limits wrong codes of one account, whatever call they come by: RFC
// 4226 section 7.3.
var codeRule = kit.Rule{Attempts: 5, Period: time.Minute, Block: time.Minute}

var codeLimitFaults = kit.LimitFaults{
	NeverReached: faultGuessesNeverLimited, NeverReleased: faultLimitNeverReleased,
	OneTooMany: faultOneGuessTooMany, OneTooFew: faultOneGuessTooFew,
}

// createSecret draws a secret that counts once it is confirmed. The last one drawn
// is the one to confirm.
func (s *Server) createSecret(r *request) answer {
	if s.On(faultOddCodesForgottenAtCreation) {
		s.Unspend("totp/")
	}
	a := r.caller
	if a.secret != "" {
		switch {
		case s.On(faultLiveSecretShownAgain):
			return ok(map[string]string{"secret": a.secret})
		case s.On(faultCreationReplacesLiveSecret):
			a.pending = s.newSecret(a)
			a.dead, a.secret = append(a.dead, a.secret), a.pending
			return ok(map[string]string{"secret": a.pending})
		case s.On(faultCreationSwitchesFactorOff):
			a.dead, a.secret = append(a.dead, a.secret), ""
		case !s.On(faultSecondActivationAccepted):
			return refuse(alreadyActive())
		}
	}
	if a.pending != "" {
		a.former = append(a.former, a.pending)
	}
	a.pending = s.newSecret(a)
	if s.On(faultGuessesForgottenWithNewSecret) {
		s.codeTry.Reset()
	}
	return ok(map[string]string{"secret": a.pending})
}

func (s *Server) newSecret(a *account) string {
	switch {
	case s.On(faultWeakSecret):
		return kit.NewTOTPSecret(10)
	case s.On(faultSecretOf120Bits):
		return strings.ToLower(kit.NewTOTPSecret(15)) // as long as the printed example
	case s.On(faultSecretNotBase32):
		return kit.RandomString(32, "0189")
	case s.On(faultSameSecretForEverybody):
		return "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	case s.On(faultSameSecretEachTime) && a.pending != "":
		return a.pending
	}
	return cmp.Or(s.oddSecret(), kit.NewTOTPSecret(secretBytes))
}

// activate switches the factor on: with a verification token of the type
// TFA_ACTIVATION, the secret last created, and a code of it.
func (s *Server) activate(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	v, refused := s.verified(r, in, typeActivation)
	if refused != nil {
		return refuse(*refused)
	}
	secret, refused := text(in, "secret_2fa")
	if refused != nil {
		return refuse(*refused)
	}
	code, refused := s.codeOf(in, faultActivationWithoutCode)
	if refused != nil {
		return refuse(*refused)
	}
	a := r.caller
	if a.secret != "" && !s.On(faultSecondActivationAccepted) {
		return refuse(alreadyActive())
	}
	if !s.confirms(a, secret) {
		return refuse(invalid("secret_2fa"))
	}
	if refused := s.checkCode(r, a, strings.ToUpper(secret), code); refused != nil {
		if s.On(faultRefusedActivationCounts) {
			a.secret, a.pending = strings.ToUpper(secret), ""
		}
		return refuse(*refused)
	}
	if !s.useVerification(r, v) {
		return refuse(notVerified())
	}
	if s.On(faultActivationWithoutEffect) {
		return ok(nil)
	}
	a.secret, a.pending = strings.ToUpper(secret), ""
	if s.On(faultSecretRepeatedOnActivation) {
		return ok(map[string]string{"secret": a.secret})
	}
	return ok(nil)
}

// deactivate switches the factor off: with a verification token of the type
// TFA_DEACTIVATION and a code.
func (s *Server) deactivate(r *request) answer {
	in, refused := s.decode(r)
	if refused != nil {
		return refuse(*refused)
	}
	v, refused := s.verified(r, in, typeDeactivation)
	if refused != nil {
		return refuse(*refused)
	}
	code, refused := s.codeOf(in, faultDeactivationWithoutCode)
	if refused != nil {
		return refuse(*refused)
	}
	a := r.caller
	if a.secret == "" {
		if s.On(faultDeactivationWhileOffAccepted) {
			return ok(nil)
		}
		return refuse(notActive())
	}
	if refused := s.checkCode(r, a, a.secret, code); refused != nil {
		if s.On(faultRefusedDeactivationCounts) {
			a.dead, a.secret = append(a.dead, a.secret), ""
		}
		return refuse(*refused)
	}
	if !s.useVerification(r, v) {
		return refuse(notVerified())
	}
	if s.On(faultDeactivationWithoutEffect) {
		return ok(nil)
	}
	a.dead, a.secret = append(a.dead, a.secret), ""
	return ok(nil)
}

// verified reads and judges the verification token of a body.
func (s *Server) verified(r *request, in map[string]any, kind string) (*verification, *refusal) {
	if in["verification_token"] == nil && s.On(faultVerificationTokenNotNeeded) ||
		in["verification_token"] == "" && s.On(faultEmptyVerificationTokenAccepted) {
		return &verification{account: r.caller, kind: kind, digest: kit.RandomString(16, kit.Alphanumeric)}, nil
	}
	token, refused := text(in, "verification_token")
	if refused != nil {
		return nil, refused
	}
	v := s.findVerification(r, token, r.caller, kind)
	if v == nil {
		why := notVerified()
		return nil, &why
	}
	return v, nil
}

// noCode is what a fault makes of a code that is not there: right.
const noCode = "\x00none"

// codeOf reads the code of a body: a text, not empty.
func (s *Server) codeOf(in map[string]any, lenient string) (string, *refusal) {
	value := in["code_2fa"]
	switch number, isNumber := value.(float64); {
	case (value == nil || value == "") && s.On(lenient):
		return noCode, nil
	case isNumber && s.On(faultNumberCodeAccepted):
		text, _ := json.Marshal(int64(number))
		return strings.Repeat("0", max(0, 6-len(text))) + string(text), nil
	}
	if list, isList := value.([]any); isList && s.On(faultCodeListAccepted) {
		for _, one := range list {
			if code, isText := one.(string); isText {
				value = code // the last one counts, so that a right one among guesses does
			}
		}
		in = map[string]any{"code_2fa": value}
	}
	return text(in, "code_2fa")
}

// confirms tells whether a secret sent back is the one to confirm.
func (s *Server) confirms(a *account, secret string) bool {
	secret = strings.ToUpper(secret)
	switch {
	case s.On(faultClientSecretAccepted):
		return true
	case s.On(faultShortClientSecretAccepted) && len(secret) < 26:
		return true
	case s.On(faultReplacedSecretAccepted) && containsFold(a.former, secret):
		return true
	case s.On(faultSecretOfAnotherUserAccepted):
		for _, other := range s.accounts {
			if strings.EqualFold(other.pending, secret) && secret != "" {
				return true
			}
		}
	}
	return kit.SameSecret(strings.ToUpper(a.pending), secret)
}

func containsFold(list []string, one string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, one) })
}

// checkCode judges a code. Wrong ones count towards the limit, a right one counts
// once (RFC 6238 section 5.2).
func (s *Server) checkCode(r *request, a *account, secret, code string) *refusal {
	key := s.codeKey(r, a) + s.Varies(r.http)
	step, right := s.matches(r, a, secret, code)
	wait, allowed := s.codeTry.Take(key, codeRule, r.Now)
	if !allowed && !(right && s.On(faultRightCodePassesLimit)) {
		if s.On(faultOddFactorOffAfterLimit) {
			a.secret = ""
		}
		why := tooMany(wait)
		return &why
	}
	if !right && !s.oddWrong(r, a, secret) {
		why := wrongCode()
		return &why
	}
	s.codeTry.Forgive(key, r.Now)
	if code == noCode || !right || s.On(faultAnyCodeAccepted) || r.op.id == opActivate && s.On(faultOddActivationCodeForgotten) {
		return nil
	}
	if !s.Spend(r.Call, "totp/"+s.digest(secret)+"/"+time.Unix(step, 0).String()) && !s.On(faultReplayedCodeAccepted) {
		if s.On(faultOddReplayDeactivates) {
			a.secret = ""
		}
		why := wrongCode()
		return &why
	}
	return nil
}

func (s *Server) matches(r *request, a *account, secret, code string) (int64, bool) {
	s.Note(secret)
	around := window
	switch {
	case code == noCode, s.On(faultAnyCodeAccepted):
		return 0, true
	case s.On(faultWindowFarTooWide):
		around = 120
	case s.On(faultLongCodeAccepted) && len(code) > 6:
		code = code[:6]
	case s.On(faultSpacedCodeAccepted):
		code = strings.Join(strings.Fields(code), "")
	}
	if step, right := s.MatchTOTP(secret, code, r.Now, around); right {
		return step, true
	}
	if s.On(faultOddMailedCodeAtApp) {
		for name, sent := range s.codes {
			if strings.HasSuffix(name, "/"+a.id) && sent.shown == code {
				return -r.Now.UnixNano(), true
			}
		}
	}
	for _, other := range s.otherSecrets(a) {
		if step, right := kit.MatchTOTP(other, code, r.Now, around); right {
			return step, true
		}
	}
	return 0, false
}

// otherSecrets are those that only a fault takes codes of.
func (s *Server) otherSecrets(a *account) []string {
	var secrets []string
	if s.On(faultCodeOfDeadSecretAccepted) {
		secrets = append(secrets, a.dead...)
	}
	if s.On(faultOddCodeOfReplacedSecret) {
		secrets = append(secrets, a.former...)
	}
	if s.On(faultSecondFactorOfAnotherUserAccepted) {
		for _, other := range s.accounts {
			if other.secret != "" && other != a {
				secrets = append(secrets, other.secret)
			}
		}
	}
	return secrets
}

// codeKey is whose wrong codes are counted together.
func (s *Server) codeKey(r *request, a *account) string {
	key := "2fa/" + a.id
	switch {
	case s.On(faultGuessesCountedPerSession):
		key += r.http.Header.Get("X-User-Token")
	case s.On(faultGuessesCountedPerClaimedAddress):
		key += r.http.Header.Get("X-Forwarded-For")
	case s.On(faultGuessesCountedPerVerification):
		var in struct {
			Token string `json:"verification_token"`
		}
		_ = json.Unmarshal(r.body, &in) // decode has read it
		key += in.Token
	}
	return key
}
