package alphapoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// signed is a request's claim to come from the holder of an API key.
type signed struct{ key, signature, userID, userName, nonce string }

func signedHeaders(h http.Header) signed {
	return signed{key: h.Get("APIKey"), signature: h.Get("Signature"), userID: h.Get("UserId"), nonce: h.Get("Nonce")}
}

// complete tells whether all that is signed is there.
func (s *Server) complete(in signed) bool {
	return in.key != "" && in.userID != "" &&
		(in.signature != "" || s.On(faultEmptySignatureAccepted)) &&
		(in.nonce != "" || s.On(faultMissingNonceAccepted))
}

// holder is the user who signed: the key's, who must be the one named. nil when
// the signature does not show it. UserName is not signed (7.3).
func (s *Server) holder(in signed) *user {
	u := s.byKey[in.key]
	if u == nil || !s.verify(u.secret, in) && !s.oddSigned(in, u) {
		return nil
	}
	if u.idText() != in.userID {
		if s.On(faultUserIDNotBound) {
			return s.userByID(in.userID)
		}
		return nil
	}
	if in.userName != "" && !strings.EqualFold(in.userName, u.login) && !s.On(faultUserNameNotBound) {
		return nil
	}
	return u
}

func (s *Server) verify(secret string, in signed) bool {
	messages := []string{in.nonce + in.userID + in.key}
	if s.On(faultSignedInAnyOrder) {
		messages = append(messages, in.nonce+in.key+in.userID, in.userID+in.nonce+in.key, in.userID+in.key+in.nonce,
			in.key+in.nonce+in.userID, in.key+in.userID+in.nonce)
	}
	if s.On(faultSignedWithoutUser) {
		messages = append(messages, in.nonce+in.key)
	}
	if s.On(faultSignedWithoutNonce) {
		messages = append(messages, in.userID+in.key)
	}
	for _, message := range messages {
		if s.sameSignature(hmacText(secret, message), in.signature) {
			return true
		}
	}
	return false
}

func hmacText(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Server) sameSignature(want, got string) bool {
	switch {
	case s.On(faultAnySignatureAccepted), got == "" && s.On(faultEmptySignatureAccepted):
		return true
	case s.On(faultSignatureCaseFolded):
		got = strings.ToLower(got)
	case s.On(faultSignatureCutShortAccepted) && len(got) >= 8:
		return strings.HasPrefix(want, got)
	}
	return s.SameProof(want, got)
}
