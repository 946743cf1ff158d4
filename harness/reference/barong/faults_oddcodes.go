package barong

import (
	"crypto/sha1"
	"encoding/base32"
	"maps"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// oddMatches tells whether a fault takes a code that is not the user's.
func (s *Server) oddMatches(r *request, a *account, code string) bool {
	digits := len(code) == 6 && kit.Digits(code) == code
	switch r.op.id {
	case "disableOTP":
		return s.On(faultOddForeignAtSwitchOff) && s.othersCode(r, a, code)
	case "createKey":
		return s.On(faultOddForeignAtKey) && s.othersCode(r, a, code)
	case "deleteKey":
		return s.On(faultOddAnyAtKeyDeletion) && digits
	case "updateKey":
		return s.On(faultOddAnyAtKeyChange) && digits
	case "updateServiceAccountKey", "deleteServiceAccountKey":
		return s.On(faultOddAnyAtServiceKey) && digits
	case "deleteCurrentUser":
		return s.On(faultOddAnyAtAccountDeletion) && digits
	}
	return false
}

func (s *Server) othersCode(r *request, a *account, code string) bool {
	return slices.ContainsFunc(s.accounts, func(other *account) bool {
		_, found := kit.MatchTOTP(other.totpSecret, code, r.Now, 1)
		return other != a && found
	})
}

// oddMemory is what else a fault remembers a code by.
func (s *Server) oddMemory(r *request) string {
	switch {
	case s.On(faultOddCodesByAddress):
		return "/" + r.http.UserAgent()
	case s.On(faultOddCodesBySession):
		return "/" + r.sid()
	}
	return ""
}

// oddOverlooked is where faults forget that a code was spent.
func (s *Server) oddOverlooked(r *request, before seenCode, right bool) bool {
	step := int64(kit.TOTPStep.Seconds())
	return right && before.right && s.On(faultOddCodeNewInNextStep) && before.at.Unix()/step != r.Now.Unix()/step
}

// oddReplayed is what a fault forgets of a code that was presented again.
func (s *Server) oddReplayed(key string) {
	if s.On(faultOddReplayThirdTime) {
		delete(s.memory.seen, key)
	}
}

// oddUnspent tells the operations whose right codes a fault does not remember.
func (s *Server) oddUnspent(r *request) bool {
	switch r.op.id {
	case "deleteKey":
		return s.On(faultOddDeletionCodeCounts)
	case "updateKey":
		return s.On(faultOddChangeCodeCounts)
	case "createServiceAccountKey":
		return s.On(faultOddServiceCodeCounts)
	case "disableOTP":
		return s.On(faultOddDisableCodeCounts)
	}
	return false
}

// oddWrongCode tells whether a fault takes a wrong code for right.
func (s *Server) oddWrongCode(a *account) bool {
	name := "code/" + a.uid
	s.odd.wrong[name]++
	if s.On(faultOddCodesForgottenByWrong) {
		s.forgetCodes(a)
	}
	return s.On(faultOddThirdWrongCodeCounts) && s.odd.wrong[name]%3 == 0
}

func (s *Server) forgetCodes(a *account) {
	maps.DeleteFunc(s.memory.seen, func(key string, _ seenCode) bool { return strings.HasPrefix(key, a.uid+"/") })
}

// oddCodesForgotten is what makes faults forget codes.
func (s *Server) oddCodesForgotten(r *request, a *account) {
	if r.op.id == "deleteSession" && s.On(faultOddCodesForgottenAtLogOut) ||
		r.op.id == "disableOTP" && s.On(faultOddCodesForgottenWithFactor) {
		s.forgetCodes(a)
	}
}

// oddWaives tells whether a fault asks for no code.
func (s *Server) oddWaives(r *request, a *account) bool {
	_, isList := r.params["email"].([]any)
	live := s.cookieSession(r)
	switch {
	case s.On(faultOddKnownClientNeedsNoCode) && s.odd.clients[r.http.UserAgent()+"/"+a.uid],
		s.On(faultOddLiveSessionNeedsNoCode) && live != nil && live.account == a,
		s.On(faultOddEmailCaseNeedsNoCode) && r.text("email") != strings.ToLower(r.text("email")),
		s.On(faultOddEmailListNeedsNoCode) && isList:
		return true
	}
	codes, isList := r.sent["otp_code"].([]any)
	return isList && s.On(faultOddCodeList) && slices.ContainsFunc(codes, func(one any) bool {
		code, isText := plainText(one)
		return isText && s.codeMatches(r, a, code)
	})
}

// newSecret is the secret of an authenticator app of so many bytes.
func newSecret(s *Server, a *account, size int) string {
	made := kit.NewTOTPSecret(size)
	switch {
	case s.On(faultOddFactorSecretsAlike):
		return "JBSWY3DPEHPK3PXP" + made[16:]
	case s.On(faultOddFactorSecretFromUID):
		sum := sha1.Sum([]byte(a.uid))
		return base32.StdEncoding.EncodeToString(sum[:])
	}
	return made
}

// oddKeyRejected is what a rejected call of the keys does all the same.
func (s *Server) oddKeyRejected(r *request, a *account, code bool) {
	own := s.ownKey(r)
	switch {
	case r.op.id == "createKey" && code && a.otp && r.text("algorithm") == "HS256" && s.On(faultOddRejectedKeyMade):
		s.addKey(r.Now, &keyOwner{account: a}, "HS256", scopes(r.text("scope")))
	case own == nil && known(r.op.id, "deleteKey", "updateKey"):
		if s.On(faultOddRejectedKeyCodeCounts) {
			s.forgetCodes(a)
		}
	case r.op.id == "deleteKey" && code && s.On(faultOddRejectedKeyDeletion):
		s.removeKey(own)
	case r.op.id == "updateKey" && code && s.On(faultOddRejectedKeyChange):
		own.scope = scopes(r.text("scope"))
		own.state = orElse(r.text("state"), own.state)
	}
}

// oddMailAsked is what the answer to a request for a mail tells.
func (s *Server) oddMailAsked(r *request) {
	a := s.accountByEmail(r.text("email"))
	if a == nil {
		return
	}
	switch reset := r.op.id == "requestPasswordReset"; {
	case reset && s.On(faultOddResetLinkInAnswer), !reset && s.On(faultOddConfirmLinkInAnswer):
		r.header.Set("Location", s.odd.link)
	case reset && s.On(faultOddResetTellsKnown), !reset && a.state == "pending" && s.On(faultOddConfirmTellsPending):
		r.header.Set("X-Queue", "1")
	}
}

// oddRobot mails what a captcha ought to have stopped.
func (s *Server) oddRobot(r *request) {
	if a := s.accountByEmail(r.text("email")); a != nil && s.On(faultOddMailDespiteCaptcha) {
		s.mailReset(r, a)
	}
}
