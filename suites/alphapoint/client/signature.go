package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Sign is the signature of AlphaPoint's requests: the HMAC-SHA256 of nonce, user
// id and API key, put together without anything between them, under the API
// secret; in lower-case hexadecimal (alphapoint#2).
func Sign(secret, nonce, userID, apiKey string) string { return MAC(secret, nonce+userID+apiKey) }

// MAC is the HMAC-SHA256 of any message in lower-case hexadecimal: the signature
// of requests that are put together in another way than Sign's.
func MAC(secret, message string) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(message))
	return hex.EncodeToString(h.Sum(nil))
}
