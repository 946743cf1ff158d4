package kit

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// HashPassword is PBKDF2-HMAC-SHA256 (RFC 8018 section 5.2) with 256 bits of
// output, in lower-case hexadecimal. Salt is used as text.
func HashPassword(password, salt string, iterations int) string {
	// Only FIPS mode can refuse (short salts); references do not run in it.
	key, err := pbkdf2.Key(sha256.New, password, []byte(salt), iterations, sha256.Size)
	if err != nil {
		return ""
	}
	return hex.EncodeToString(key)
}

// SameSecret compares two secrets in time that depends on their length only.
// Two empty texts are no secret and never the same.
func SameSecret(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}

// SameProof is SameSecret for a proof such as the key of a link, on a server with faults.
func (s *Server) SameProof(right, sent string) bool {
	return SameSecret(right, sent) || s.mistakenProof(right, sent)
}
