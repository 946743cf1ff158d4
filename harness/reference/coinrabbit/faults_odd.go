package coinrabbit

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authconform/harness/reference/kit"
)

// Faults that were made up by kind, before it was seen which of them the suite notices:
// what a refusal leaves behind, tokens and codes at the wrong consumer, limits that somebody
// resets, secrets that can be guessed, and answers that tell who has an account.
const (
	faultOddWrongCodeDropsSecret     = "odd-wrong-code-drops-secret"
	faultOddWrongCodeActivatesNext   = "odd-third-wrong-code-activates"
	faultOddMailedCodeAtApp          = "odd-mailed-code-counts-for-app"
	faultOddAppCodeAtVerify          = "odd-app-code-counts-for-mailed"
	faultOddCodeOfReplacedSecret     = "odd-code-of-replaced-secret"
	faultOddActivationCodeForgotten  = "odd-code-of-activation-not-remembered"
	faultOddCodesForgottenAtLogin    = "odd-used-codes-forgotten-at-log-in"
	faultOddCodesForgottenAtCreation = "odd-used-codes-forgotten-with-new-secret"
	faultOddVerifyResetBySend        = "odd-verifying-limit-reset-by-sending"
	faultOddGuessesResetByVerify     = "odd-guesses-reset-by-verified-code"
	faultOddGuessesResetByLogin      = "odd-guesses-reset-by-log-in"
	faultOddSentDespiteLimit         = "odd-code-sent-despite-limit"
	faultOddCodeInField              = "odd-code-in-header-field"
	faultOddCodeDigestInAnswer       = "odd-digest-of-code-in-answer"
	faultOddRefusalVerifies          = "odd-refusal-carries-verification"
	faultOddRefusalLogsIn            = "odd-refusal-carries-user-token"
	faultOddTokenIsDigestOfCode      = "odd-verification-is-digest-of-code"
	faultOddTokenPerAccount          = "odd-verification-same-for-account"
	faultOddTokensCountUp            = "odd-verifications-count-up"
	faultOddCodesCountUp             = "odd-codes-count-up"
	faultOddCodesSame                = "odd-code-same-each-time"
	faultOddCodesOfTheClock          = "odd-code-is-the-clock"
	faultOddCodesOfFourDigits        = "odd-code-of-four-digits"
	faultOddSecretsBeginAlike        = "odd-secrets-begin-alike"
	faultOddSecretCountsUp           = "odd-secrets-count-up"
	faultOddTokenByPartnerKey        = "odd-user-token-signed-with-partner-key"
	faultOddTokenByEmptyKey          = "odd-user-token-signed-with-empty-key"
	faultOddTokenByUserID            = "odd-user-token-signed-with-its-subject"
	faultOddTokenMinuteLonger        = "odd-user-token-outlives-its-expiry"
	faultOddCodeMinutesLonger        = "odd-code-lives-twice-as-long"
	faultOddUnknownTold              = "odd-unknown-address-told-by-field"
	faultOddUnknownToldByVerify      = "odd-unknown-address-told-at-verify"
	faultOddUnknownToldByLimit       = "odd-unknown-address-told-by-limit"
	faultOddUnknownGetsMail          = "odd-code-sent-to-unknown-address"
	faultOddActivationSpentFirst     = "odd-wrong-code-spends-code-too"
	faultOddLoginSwitchesOff         = "odd-log-in-switches-factor-off"
	faultOddFactorOffAfterLimit      = "odd-limit-switches-factor-off"
	faultOddReplayDeactivates        = "odd-replayed-code-deactivates"
)

func oddFaults() []kit.Fault {
	wrong, verify, send := list{outFactorWrong}, list{opVerify}, list{opSend}
	all := func(id, text string, operations, outcomes list) kit.Fault {
		return kit.Fault{ID: id, Text: text, Operations: operations, Outcomes: outcomes}
	}
	users := list{opCreate, opActivate, opDeactivate}
	return []kit.Fault{
		all(faultOddWrongCodeDropsSecret, "A wrong code at an activation drops the secret that waits for it.", list{opActivate}, wrong),
		all(faultOddWrongCodeActivatesNext, "The third wrong code in a row activates.", list{opActivate}, wrong),
		all(faultOddMailedCodeAtApp, "The code that was sent counts as one of the app.", byCode, wrong),
		all(faultOddAppCodeAtVerify, "A code of the app counts as the one that was sent.", verify, list{outCodeWrong}),
		all(faultOddCodeOfReplacedSecret, "A code of the secret created before activates the newest one.", list{opActivate}, wrong),
		all(faultOddActivationCodeForgotten, "The code of an activation counts again at the deactivation.", list{opDeactivate},
			list{outReplayed}),
		all(faultOddCodesForgottenAtLogin, "Used codes count again after a log-in.", byCode, list{outReplayed}),
		all(faultOddCodesForgottenAtCreation, "Used codes count again after a secret was created.", byCode, list{outReplayed}),
		all(faultOddVerifyResetBySend, "A newly sent code brings new guesses.", list{opVerify, opSend}, list{outThrottled}),
		all(faultOddGuessesResetByVerify, "A verified code brings new guesses at codes of the app.", byCode, list{outThrottled}),
		all(faultOddGuessesResetByLogin, "A log-in brings everybody new guesses at codes of the app.", byCode, list{outThrottled}),
		all(faultOddSentDespiteLimit, "A code is sent although the answer says too many.", send, list{outThrottled}),
		all(faultOddCodeInField, "A header field of the answer to sending a code holds it.", send, list{outOK}),
		all(faultOddCodeDigestInAnswer, "The answer to sending a code holds its digest.", send, list{outOK}),
		all(faultOddRefusalVerifies, "The rejection of a wrong code carries a verification token that counts.", verify, list{outCodeWrong}),
		all(faultOddRefusalLogsIn, "The rejection of a verification token carries a user token.", list{opLogin, opCreate},
			list{outNotVerified, outUnauth}),
		all(faultOddTokenIsDigestOfCode, "A verification token is the digest of its code.", list{opVerify, opCreate}, list{outOK}),
		all(faultOddTokenPerAccount, "A user gets the same verification token each time.", list{opVerify, opCreate}, list{outOK}),
		all(faultOddTokensCountUp, "Verification tokens count up.", list{opVerify, opCreate}, list{outOK}),
		all(faultOddCodesCountUp, "Codes that are sent count up.", list{opSend, opCreate}, list{outOK}),
		all(faultOddCodesSame, "A user is sent the same code each time.", send, list{outOK}),
		all(faultOddCodesOfTheClock, "A code that is sent is the time in milliseconds.", list{opSend, opCreate}, list{outOK}),
		all(faultOddCodesOfFourDigits, "Codes that are sent begin with 00.", list{opSend, opCreate}, list{outOK}),
		all(faultOddSecretsBeginAlike, "All secrets begin with the same 20 characters.", list{opCreate}, list{outOK}),
		all(faultOddSecretCountsUp, "Secrets count up.", list{opCreate}, list{outOK}),
		all(faultOddTokenByPartnerKey, "A user token signed with the partner's key is accepted.", users, list{outUnauth}),
		all(faultOddTokenByEmptyKey, "A user token signed with an empty key is accepted.", users, list{outUnauth}),
		all(faultOddTokenByUserID, "A user token signed with its own subject is accepted.", users, list{outUnauth}),
		all(faultOddTokenMinuteLonger, "A user token counts ten minutes after it expired.", users, list{outUnauth}),
		all(faultOddCodeMinutesLonger, "A code that was sent lives for twenty minutes.", verify, list{outCodeWrong}),
		all(faultOddUnknownTold, "A header field tells whether an address has an account.", send, list{outOK, outInvalid}),
		all(faultOddUnknownToldByVerify, "The rejection of a wrong code tells that the address has no account.", verify, list{outCodeWrong}),
		all(faultOddUnknownToldByLimit, "Wrong codes for an address without an account are never limited.", verify,
			list{outCodeWrong, outThrottled}),
		all(faultOddUnknownGetsMail, "An address without an account is sent a code.", send, list{outOK, outInvalid}),
		all(faultOddActivationSpentFirst, "A wrong code of the app spends the right one of the time step.", byCode, wrong),
		all(faultOddLoginSwitchesOff, "A log-in by code switches the factor off.", list{opLogin}, list{outOK}),
		all(faultOddReplayDeactivates, "A used code is rejected and switches the factor off.", list{opDeactivate}, list{outReplayed}),
		all(faultOddFactorOffAfterLimit, "Too many wrong codes switch the factor off.", byCode, list{outThrottled}),
	}
}

// oddSecret is a secret that can be guessed; "" where no fault makes one.
func (s *Server) oddSecret() string {
	switch {
	case s.On(faultOddSecretsBeginAlike):
		return "JBSWY3DPEHPK3PXPJBSW" + kit.NewTOTPSecret(secretBytes)[20:]
	case s.On(faultOddSecretCountsUp):
		s.oddCount++
		return base32.StdEncoding.EncodeToString(fmt.Appendf(nil, "%0*d", secretBytes, s.oddCount))
	}
	return ""
}

// oddCode is a code to send that can be guessed; "" where no fault makes one.
func (s *Server) oddCode(a *account, now time.Time) string {
	switch {
	case s.On(faultOddCodesCountUp):
		s.oddCount++
		return fmt.Sprintf("%06d", 100000+s.oddCount)
	case s.On(faultOddCodesSame):
		sum := sha256.Sum256([]byte(a.id))
		return fmt.Sprintf("%03d%03d", sum[0], sum[1])
	case s.On(faultOddCodesOfTheClock):
		return fmt.Sprintf("%06d", now.UnixMilli()%1_000_000)
	case s.On(faultOddCodesOfFourDigits):
		return "00" + kit.RandomString(4, kit.Decimal)
	}
	return ""
}

// oddVerification is a verification token that can be guessed; "" where no fault makes one.
func (s *Server) oddVerification(a *account, kind, code string) string {
	switch {
	case s.On(faultOddTokenIsDigestOfCode):
		sum := sha256.Sum256([]byte(code))
		return "vt-" + hex.EncodeToString(sum[:20])
	case s.On(faultOddTokenPerAccount):
		sum := sha256.Sum256([]byte(kind + a.id))
		return "vt-" + hex.EncodeToString(sum[:20])
	case s.On(faultOddTokensCountUp):
		s.oddCount++
		return fmt.Sprintf("vt-%040d", s.oddCount)
	}
	return ""
}

// oddKey is a key that a forged user token may be signed with; nil where no fault takes one.
func (s *Server) oddKey(token *jwt.Token) []byte {
	subject, _ := token.Claims.GetSubject()
	for fault, key := range map[string]string{faultOddTokenByPartnerKey: s.key, faultOddTokenByEmptyKey: "", faultOddTokenByUserID: subject} {
		dot := strings.LastIndexByte(token.Raw, '.')
		if s.On(fault) && jwt.SigningMethodHS256.Verify(token.Raw[:dot], token.Signature, []byte(key)) == nil {
			return []byte(key)
		}
	}
	return nil
}

// oddWrong is what faults let a wrong code of the app do.
func (s *Server) oddWrong(r *request, a *account, secret string) bool {
	a.wrongCodes++
	switch {
	case s.On(faultOddWrongCodeDropsSecret) && r.op.id == opActivate:
		a.pending = ""
	case s.On(faultOddWrongCodeActivatesNext) && r.op.id == opActivate && a.wrongCodes%3 == 0:
		return true
	case s.On(faultOddActivationSpentFirst):
		s.Spend(r.Call, "totp/"+s.digest(secret)+"/"+time.Unix(r.Now.Unix()/30, 0).String())
	}
	return false
}

// mistakenVerification is a verification of an account, nil for any, whose token faults take
// for another one.
func (s *Server) mistakenVerification(token string, a *account) *verification {
	for _, other := range s.verifications {
		if (a == nil || other.account == a) && s.SameProof(other.shown, token) {
			return other
		}
	}
	return nil
}
