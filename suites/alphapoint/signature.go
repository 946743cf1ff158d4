package alphapoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign is the signature of AlphaPoint's requests: the HMAC-SHA256 of nonce, user
// id and API key, put together without anything between them, under the API
// secret; in lower-case hexadecimal (facts/kiiex.md section 2).
func Sign(secret, nonce, userID, apiKey string) string { return mac(secret, nonce+userID+apiKey) }

func mac(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}
