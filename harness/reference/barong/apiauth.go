package barong

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// nonceLifetime is how far a nonce may be from now, in either direction.
const nonceLifetime = 5 * time.Second

// keyOwner is whose an API key is: an account's, or one of its service accounts'.
type keyOwner struct {
	key     *apiKey
	account *account // the owner of service, when that is set
	service *serviceAccount
}

var keyHeaders = []string{"X-Auth-Apikey", "X-Auth-Nonce", "X-Auth-Signature"}

// asksByKey tells a call that is signed with an API key: any of the header fields
// is enough, and then a cookie does not count.
func (s *Server) asksByKey(r *request) bool {
	present := 0
	for _, name := range keyHeaders {
		if !blank(r.http.Header.Get(name)) {
			present++
		}
	}
	if present < len(keyHeaders) && s.On(faultKeyMissingHeaderFallsBack) {
		return false
	}
	return present > 0
}

func (s *Server) authorizeKey(r *request, path string) (claims, *answer) {
	kid, nonce, signature := r.http.Header.Get(keyHeaders[0]), r.http.Header.Get(keyHeaders[1]), r.http.Header.Get(keyHeaders[2])
	if blank(kid) || blank(nonce) || blank(signature) {
		return nil, denied(http.StatusUnprocessableEntity, "authz.invalid_api_key_headers")
	}
	owner := s.byKey[kid]
	if owner == nil {
		return nil, denied(http.StatusUnauthorized, "authz.unexistent_apikey")
	}
	if key := s.checkNonce(r.Now, nonce); key != "" && !s.oddNonce(r.Now, leadingNumber(nonce)) {
		return nil, denied(http.StatusUnauthorized, key)
	}
	if !s.signedBy(owner, nonce, kid, signature) {
		return nil, denied(http.StatusUnauthorized, "authz.invalid_signature")
	}
	if owner.key.state != "active" && !s.On(faultKeyInactiveAccepted) && !s.oddKeyState(owner) {
		return nil, denied(http.StatusUnauthorized, "authz.apikey_not_active")
	}
	return s.grantKey(r, owner, path)
}

func (s *Server) grantKey(r *request, owner *keyOwner, path string) (claims, *answer) {
	state, role := owner.account.state, owner.account.role
	if owner.service != nil {
		state, role = owner.service.state, owner.service.role
	}
	switch {
	case state != "active" && state != "pending" && !s.oddHolder(owner):
		return nil, denied(http.StatusUnauthorized, "authz.invalid_session")
	case owner.service == nil && !owner.account.otp && !s.keysOutliveFactor():
		return nil, denied(http.StatusUnauthorized, "authz.disabled_2fa")
	case !s.permitted(role, path):
		return nil, denied(http.StatusUnauthorized, "authz.invalid_permission")
	}
	granted := s.claimsOf(r.Now, owner.account)
	if owner.service != nil && !s.On(faultOddServiceIsOwner) {
		granted = s.serviceClaims(r.Now, owner.service)
	}
	return granted, nil
}

// keysOutliveFactor is on with the faults for which a key goes on without 2FA.
func (s *Server) keysOutliveFactor() bool {
	return s.On(faultKeyAliveAfterDisable) || s.On(faultKeyWithout2fa) || s.On(faultKeyInactiveAccepted)
}

// checkNonce returns the key of a nonce that is no number of milliseconds or too
// far from now. It may be used again within its time.
func (s *Server) checkNonce(now time.Time, nonce string) string {
	sent := leadingNumber(nonce)
	if sent <= 0 {
		if s.On(faultKeyNonceNotCheckedAsNumber) {
			return ""
		}
		return "authz.nonce_not_valid_timestamp"
	}
	age := now.Sub(time.UnixMilli(sent))
	switch {
	case age >= nonceLifetime && !s.On(faultKeyNonceStaleAccepted):
		return "authz.nonce_expired"
	case age <= -nonceLifetime && !s.On(faultKeyNonceFutureAccepted):
		return "authz.nonce_expired"
	}
	return ""
}

// leadingNumber reads a number as Ruby's to_i does: up to the first character
// that is none, 0 when there is nothing.
func leadingNumber(value string) int64 {
	value = strings.TrimSpace(value)
	end := 0
	for end < len(value) && (value[end] >= '0' && value[end] <= '9' || end == 0 && value[end] == '-') {
		end++
	}
	number, err := strconv.ParseInt(value[:end], 10, 64)
	if err != nil {
		return 0
	}
	return number
}

func (s *Server) signedBy(owner *keyOwner, nonce, kid, signature string) bool {
	if s.On(faultKeySignatureIgnored) || s.oddProof(owner, nonce, kid, signature) {
		return true
	}
	if s.On(faultKeySignatureUpperCaseAccepted) {
		signature = strings.ToLower(signature)
	}
	secrets := []string{owner.key.secret}
	if s.On(faultKeyOfOtherSecret) {
		for _, other := range owner.account.keys {
			secrets = append(secrets, other.secret)
		}
	}
	for _, secret := range secrets {
		if s.SameProof(signatureOf(secret, nonce+kid), signature) ||
			s.On(faultKeySignatureOfKid) && kit.SameSecret(signatureOf(secret, kid), signature) {
			return true
		}
	}
	return false
}

// signatureOf is the lower-case hexadecimal HMAC-SHA256 (RFC 2104) of a message.
func signatureOf(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}
