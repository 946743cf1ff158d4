package barong

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// oddManaged tells whether a fault opens the management module.
func (s *Server) oddManaged(r *request) bool {
	return s.On(faultOddManagementReads) && r.http.Method == http.MethodGet
}

// oddPermits tells whether a fault lets a user into the admin module.
func (s *Server) oddPermits(a *account, path string) bool {
	label := a.scoped("role", public)
	return hasPrefix(path, ruleRoot+"/admin") &&
		(s.On(faultOddAdminByLevel) && a.level >= 1 || s.On(faultOddAdminByLabel) && label != nil && strings.Contains(label.value, "admin"))
}

// oddLabelled lets public labels take an effect.
func (s *Server) oddLabelled(r *request, a *account) {
	if s.On(faultOddLevelByPublicLabel) {
		s.labelsChanged(a, r.Now)
	}
	if verified := a.scoped("email", public); s.On(faultOddStateByPublicLabel) && verified != nil && verified.value == "verified" {
		s.setState(a, "active", r.Now)
	}
}

// hasVerified is hasPrivate, but for faults that look at public labels too.
func (s *Server) hasVerified(a *account, key, value string) bool {
	found := a.scoped(key, public)
	return a.hasPrivate(key, value) || s.On(faultOddLevelByPublicLabel) && found != nil && found.value == value
}

// oddServices are the service accounts that a fault shows a user.
func (s *Server) oddServices(a *account) []*serviceAccount {
	if s.On(faultOddServiceListOfOthers) {
		return ofAll(s, func(other *account) []*serviceAccount { return other.services })
	}
	return a.services
}

// oddService tells whether a fault lets a user act for another's service account.
func (s *Server) oddService(r *request) bool {
	return s.On(faultOddServiceKeysOfOthers) && r.op.id == "listServiceAccountKeys"
}

// oddKeyOwned tells whether a fault lets a user act on another's key.
func (s *Server) oddKeyOwned(r *request) bool {
	return s.On(faultOddKeyDeletedByOthers) && r.op.id == "deleteKey" || s.On(faultOddKeyChangedByOthers) && r.op.id == "updateKey"
}

// oddKeyState tells whether a fault takes a key for active.
func (s *Server) oddKeyState(owner *keyOwner) bool {
	return s.On(faultOddKeyOtherState) && owner.key.state != "inactive" || s.On(faultOddKeyOfClosed) && owner.account.state == "deleted"
}

// oddHolder tells whether a fault lets a key's holder act in any state.
func (s *Server) oddHolder(owner *keyOwner) bool {
	return s.On(faultOddKeyOfClosed) && owner.account.state == "deleted"
}

// oddNonce tells whether a fault takes a nonce that is too old or no time.
func (s *Server) oddNonce(now time.Time, sent int64) bool {
	return s.On(faultOddKeyNonceGrace) && now.Sub(time.UnixMilli(sent)).Abs() < oddNonce ||
		s.On(faultOddKeyNonceSeconds) && now.Sub(time.Unix(sent, 0)).Abs() < nonceLifetime
}

// oddProof tells whether a fault takes a signature of a request for right.
func (s *Server) oddProof(owner *keyOwner, nonce, kid, signature string) bool {
	switch {
	case s.On(faultOddKeySwapped):
		return signatureOf(owner.key.secret, kid+nonce) == signature
	case s.On(faultOddKeySignedByNothing):
		return signatureOf("", nonce+kid) == signature
	case s.On(faultOddKeySignedByKid):
		return signatureOf(kid, nonce+kid) == signature
	case s.On(faultOddKeyForeignSecret):
		for _, other := range s.byKey {
			if signatureOf(other.key.secret, nonce+kid) == signature {
				return true
			}
		}
	}
	return false
}

// oddMade makes an API key that can be guessed.
func (s *Server) oddMade(made *apiKey) {
	switch {
	case s.On(faultOddKeySecretsAlike):
		made.secret = made.secret[:6] + strings.Repeat("5c", 13)
	case s.On(faultOddKeySecretFromKid):
		sum := sha256.Sum256([]byte(made.kid))
		made.secret = hex.EncodeToString(sum[:16])
	}
}

// oddPhoneCode is the code of a new number.
func (s *Server) oddPhoneCode() string {
	switch {
	case s.On(faultOddPhoneCodeSame):
		return "38114"
	case s.On(faultOddPhoneCodesCount):
		return s.oddNumber(5)
	}
	return kit.RandomString(5, kit.Decimal)
}

// oddPhone tells whether a fault takes the code of another number.
func (s *Server) oddPhone(own *phone, code string) bool {
	if s.On(faultOddPhoneRejectedVerifies) && own.code != code {
		own.validated = own.sent
	}
	if !s.On(faultOddPhoneCodeOfOther) {
		return false
	}
	for _, p := range ofAll(s, func(a *account) []*phone { return a.phones }) {
		if p != own && p.code == code {
			return true
		}
	}
	return false
}

// oddForeignPhone is a number that another user added, for a fault.
func (s *Server) oddForeignPhone(number string) *phone {
	if s.On(faultOddPhoneForeign) {
		for _, p := range ofAll(s, func(a *account) []*phone { return a.phones }) {
			if p.number == number {
				return p
			}
		}
	}
	return nil
}

// oddShown is a key as the answer to its change shows it.
func (s *Server) oddShown(k *apiKey) keyEntity {
	entity := s.shownKey(k)
	if s.On(faultOddKeySecretAtChange) {
		entity.Secret = k.secret
	}
	return entity
}

// oddOtherService tells whether a fault takes a key of any service account.
func (s *Server) oddOtherService(owner *keyOwner) bool {
	return owner.service != nil && s.On(faultOddServiceKeyOfOtherService)
}
