package barong

import (
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// oddOwner is whom a fault takes for the owner of a mailed token.
func (s *Server) oddOwner(r *request, owner *account) *account {
	email, _ := r.sent["email"].(string)
	uid, _ := r.sent["uid"].(string)
	byEmail := s.On(faultOddResetObeysEmail) && r.op.id == "confirmPasswordReset" ||
		s.On(faultOddConfirmObeysEmail) && r.op.id == "confirmEmail"
	switch {
	case byEmail && s.accountByEmail(email) != nil:
		return s.accountByEmail(email)
	case s.On(faultOddResetObeysUID) && r.op.id == "confirmPasswordReset" && s.byUID[uid] != nil:
		return s.byUID[uid]
	}
	return owner
}

// oddSubject tells whether a fault lets a token of one kind do the work of another.
func (s *Server) oddSubject(subject, wanted string) bool {
	return s.On(faultOddResetOfSessionToken) && wanted == "reset" && subject == "session" ||
		s.On(faultOddConfirmOfSessionToken) && wanted == "confirmation" && subject == "session" ||
		s.On(faultOddMailedTokenAsBearer) && wanted == "session" && subject == "confirmation"
}

// oddSigned tells whether a fault takes the signature of a token for right.
func (s *Server) oddSigned(parts []string, header claims) bool {
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	message := parts[0] + "." + parts[1]
	under := func(key []byte) bool {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(message))
		return hmac.Equal(mac.Sum(nil), signature)
	}
	public, err := x509.MarshalPKIXPublicKey(&processKey().PublicKey)
	switch {
	case err != nil:
		return false
	case header["alg"] == "HS256" && s.On(faultOddTokenHashedKey):
		asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
		return under(asPEM) || under([]byte(strings.TrimSpace(string(asPEM)))) || under(public)
	case header["alg"] == "HS256" && s.On(faultOddTokenEmptyKey):
		return under(nil)
	case s.On(faultOddTokenKeyInside):
		return signedByOwnKey(message, signature, header)
	case s.On(faultOddTokenHalfSignature):
		right, err := jwt.SigningMethodRS256.Sign(message, processKey())
		half := len(right) / 2
		return err == nil && len(signature) == len(right) && string(right[:half]) == string(signature[:half])
	}
	return false
}

func signedByOwnKey(message string, signature []byte, header claims) bool {
	key, _ := header["jwk"].(map[string]any)
	n, _ := key["n"].(string)
	modulus, err := base64.RawURLEncoding.DecodeString(n)
	if err != nil || n == "" {
		return false
	}
	own := &rsa.PublicKey{N: new(big.Int).SetBytes(modulus), E: 65537}
	return jwt.SigningMethodRS256.Verify(message, signature, own) == nil
}

// oddClaims are the claims of a token that a fault does not look at.
func (s *Server) oddClaims(now time.Time, payload claims) {
	at := float64(now.Unix())
	expires, _ := payload["exp"].(float64)
	switch {
	case s.On(faultOddTokenNotYet):
		delete(payload, "nbf")
	case s.On(faultOddTokenFromTheFuture):
		delete(payload, "iat")
	case s.On(faultOddTokenGrace) && expires <= at && at < expires+oddGrace.Seconds():
		delete(payload, "exp")
	case s.On(faultOddTokenWithoutID) && payload["jti"] == nil:
		payload["jti"] = randomHex(10)
	case s.On(faultOddTokenIssuerAbsent) && payload["iss"] == nil:
		payload["iss"] = "barong"
	}
}

func subjectOf(token claims) string {
	subject, _ := token["sub"].(string)
	return subject
}

// oddSignedUp takes over the labels of a sign-up.
func (s *Server) oddSignedUp(r *request, a *account) {
	labels, _ := r.sent["labels"].([]any)
	for _, one := range labels {
		members, _ := one.(map[string]any)
		key, _ := members["key"].(string)
		value, _ := members["value"].(string)
		if key != "" && s.On(faultOddSignUpObeysLevel) {
			s.setPrivate(a, key, value, r.Now)
		}
	}
}
