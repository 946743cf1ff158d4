package alphapoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

// signed is a request's claim to come from the holder of an API key.
type signed struct{ key, signature, userID, userName, nonce string }

func signedHeaders(h http.Header) signed {
	return signed{key: h.Get("APIKey"), signature: h.Get("Signature"), userID: h.Get("UserId"), nonce: h.Get("Nonce")}
}

// complete tells whether all that is signed is there.
func (s *Server) complete(in signed) bool {
	return in.key != "" && in.userID != "" &&
		(in.signature != "" || s.faults.On("empty-signature-accepted")) &&
		(in.nonce != "" || s.faults.On("missing-nonce-accepted"))
}

// holder is the user who signed: the key's, who must be the one named. nil when
// the signature does not show it. UserName is not signed (7.3).
func (s *Server) holder(in signed) *user {
	u := s.byKey[in.key]
	if u == nil || !s.verify(u.secret, in) {
		return nil
	}
	if u.idText() != in.userID {
		if s.faults.On("user-id-not-bound") {
			return s.userByID(in.userID)
		}
		return nil
	}
	if in.userName != "" && !strings.EqualFold(in.userName, u.login) && !s.faults.On("user-name-not-bound") {
		return nil
	}
	return u
}

func (s *Server) verify(secret string, in signed) bool {
	messages := []string{in.nonce + in.userID + in.key}
	if s.faults.On("signed-in-any-order") {
		messages = append(messages, in.nonce+in.key+in.userID, in.userID+in.nonce+in.key, in.userID+in.key+in.nonce, in.key+in.nonce+in.userID, in.key+in.userID+in.nonce)
	}
	if s.faults.On("signed-without-user") {
		messages = append(messages, in.nonce+in.key)
	}
	if s.faults.On("signed-without-nonce") {
		messages = append(messages, in.userID+in.key)
	}
	for _, message := range messages {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(message))
		if s.sameSignature(hex.EncodeToString(mac.Sum(nil)), in.signature) {
			return true
		}
	}
	return false
}

func (s *Server) sameSignature(want, got string) bool {
	switch {
	case s.faults.On("any-signature-accepted"), got == "" && s.faults.On("empty-signature-accepted"):
		return true
	case s.faults.On("signature-case-folded"):
		got = strings.ToLower(got)
	case s.faults.On("signature-cut-short-accepted") && len(got) >= 8:
		return strings.HasPrefix(want, got)
	}
	return kit.SameSecret(want, got)
}
