package family

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// JWT is a signed token in its compact form (RFC 7515 section 3.1), taken apart
// so that forgeries can be made of it (RFC 8725 section 3). Each method leaves it
// as it is and returns a token.
type JWT struct{ Header, Payload, Signature string }

// ParseJWT takes a token apart. It says whether the token has three parts, a header
// that names an algorithm, and a payload of claims.
func ParseJWT(token string) (JWT, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return JWT{}, false
	}
	header, _ := object(parts[0])
	_, named := header["alg"].(string)
	_, ok := object(parts[1])
	return JWT{parts[0], parts[1], parts[2]}, named && ok
}

func (t JWT) String() string { return t.Header + "." + t.Payload + "." + t.Signature }

// Claims are the members of the payload, whole numbers as json.Number, so that
// they can be written again as they were read. It is empty where the payload is
// not a JSON object.
func (t JWT) Claims() map[string]any {
	claims, ok := object(t.Payload)
	if !ok {
		return map[string]any{}
	}
	return claims
}

// ClaimsWith are the claims with one of them changed; nil leaves it out.
func (t JWT) ClaimsWith(name string, value any) map[string]any {
	claims := t.Claims()
	if claims[name] = value; value == nil {
		delete(claims, name)
	}
	return claims
}

// Altered has one claim changed under the old signature; nil leaves it out.
func (t JWT) Altered(name string, value any) string {
	t.Payload = EncodeJSON(t.ClaimsWith(name, value))
	return t.String()
}

// WithPayloadOf has the claims of another token under its own signature.
func (t JWT) WithPayloadOf(other JWT) string {
	t.Payload = other.Payload
	return t.String()
}

// WithSignatureOf has the signature of another token.
func (t JWT) WithSignatureOf(other JWT) string {
	t.Signature = other.Signature
	return t.String()
}

// Stripped has an empty signature.
func (t JWT) Stripped() string {
	t.Signature = ""
	return t.String()
}

// AlgNone names an algorithm that needs no signature, and has none (RFC 8725
// section 3.1). Servers are known to compare the name in one spelling only, so
// alg is "none" or another spelling of it.
func (t JWT) AlgNone(alg string) string {
	t.Header = EncodeJSON(map[string]any{"alg": alg, "typ": "JWT"})
	return t.Stripped()
}

// Flipped has one bit of its signature changed: one of the first octet, since the
// last character of Base64 can hold bits that nobody reads.
func (t JWT) Flipped() string {
	return t.signatureMade(func(signature []byte) []byte {
		signature[0] ^= 1
		return signature
	})
}

// Truncated has a signature without its last octet.
func (t JWT) Truncated() string {
	return t.signatureMade(func(signature []byte) []byte { return signature[:len(signature)-1] })
}

// signatureMade changes the octets of the signature; one that is no Base64 gets a
// character more.
func (t JWT) signatureMade(change func([]byte) []byte) string {
	signature, err := base64.RawURLEncoding.DecodeString(t.Signature)
	if err != nil || len(signature) == 0 {
		return t.String() + "x"
	}
	t.Signature = Encode(change(signature))
	return t.String()
}

// SignedHMAC has the same claims, signed with HS256 under a secret of the
// forger's. The header has further members, such as a key that it brings along.
func (t JWT) SignedHMAC(header map[string]any, secret []byte) string {
	return SignJWT(jwt.SigningMethodHS256, header, t.Claims(), secret)
}

// Forgery is one way to forge a token that needs no key of the server's.
type Forgery struct {
	Slug string
	What string // completes "a token "
	Make func(JWT) string
}

// Forgeries are the forgeries that every verifier of signed tokens must reject (RFC
// 8725 sections 3.1, 3.3 and 3.10).
func Forgeries() []Forgery {
	own := RandomSecret()
	return []Forgery{
		{"alg-none", "that names alg none and has no signature", func(t JWT) string { return t.AlgNone("none") }},
		{"alg-none-odd", "that names alg nOnE and has no signature", func(t JWT) string { return t.AlgNone("nOnE") }},
		{"stripped", "without its signature", JWT.Stripped},
		{"tampered-signature", "whose signature was changed", JWT.Flipped},
		{"truncated-signature", "whose signature was cut short", JWT.Truncated},
		{"other-key", "signed with another key", func(t JWT) string { return t.SignedHMAC(nil, own) }},
		{"empty-key", "signed with an empty key", func(t JWT) string { return t.SignedHMAC(nil, nil) }},
		{"subject-key", "signed with its own subject as the key", func(t JWT) string {
			subject, _ := t.Claims()["sub"].(string)
			return t.SignedHMAC(nil, []byte(subject))
		}},
		{"guessable-key", `signed with the key "secret"`, func(t JWT) string { return t.SignedHMAC(nil, []byte("secret")) }},
		{"key-in-token", "that brings its own key in its header",
			func(t JWT) string { return t.SignedHMAC(map[string]any{"jwk": JWKOf(own)}, own) }},
		{"rsa-key-in-token", "that brings the public half of its own RSA key in its header", func(t JWT) string {
			key := forgersRSA()
			return SignJWT(jwt.SigningMethodRS256, map[string]any{"jwk": PublicJWK(key)}, t.Claims(), key)
		}},
	}
}

// SignJWT makes a token of claims with a signature. The key must fit the method:
// bytes for HS256, an *rsa.PrivateKey for RS256. It returns "" where it does not.
func SignJWT(method jwt.SigningMethod, header, claims map[string]any, key any) string {
	token := jwt.NewWithClaims(method, jwt.MapClaims(claims))
	maps.Copy(token.Header, header)
	text, err := token.SignedString(key)
	if err != nil {
		return ""
	}
	return text
}

// RandomSecret is a key for HS256 that no server knows.
func RandomSecret() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return key
}

// forgersRSA is a key for RS256 that no server knows: one a process, for making one takes
// longer than all else that a forgery does.
var forgersRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // of no length that crypto/rsa refuses
	}
	return key
})

// JWKOf is a secret as a JSON Web Key (RFC 7518 section 6.4).
func JWKOf(secret []byte) map[string]any {
	return map[string]any{"kty": "oct", "k": Encode(secret)}
}

// PublicJWK is the public half of an RSA key as a JSON Web Key (RFC 7518 section
// 6.3.1).
func PublicJWK(key *rsa.PrivateKey) map[string]any {
	return map[string]any{"kty": "RSA", "n": Encode(key.N.Bytes()), "e": Encode(big.NewInt(int64(key.E)).Bytes())}
}

// Encode is the Base64 of tokens: for URLs, without padding (RFC 7515 section 2).
func Encode(text []byte) string { return base64.RawURLEncoding.EncodeToString(text) }

// EncodeJSON is a JSON object as a part of a token.
func EncodeJSON(members map[string]any) string {
	text, _ := json.Marshal(members) // of JSON values only
	return Encode(text)
}

func object(part string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var members map[string]any
	err = decoder.Decode(&members)
	return members, err == nil && members != nil
}
