package coinrabbit

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authconform/harness/reference/kit"
)

// userTokenLife is how long a user token counts. The page does not say; public
// clients assume an hour.
const userTokenLife = time.Hour

const audience = "user"

// newUserToken is the x-user-token of a log-in: a JWT, as public clients read it.
func (s *Server) newUserToken(now time.Time, a *account) string {
	claims := jwt.RegisteredClaims{
		Subject: a.id, Audience: jwt.ClaimStrings{audience}, ID: kit.RandomString(16, kit.Alphanumeric),
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(userTokenLife)),
	}
	if s.On(faultUserTokenWithoutExpiry) {
		claims.ExpiresAt = nil
	}
	if s.On(faultUserTokenUnchangedBetweenLogins) {
		claims.ID = a.id
		claims.IssuedAt, claims.ExpiresAt = nil, jwt.NewNumericDate(time.Unix(1<<33, 0))
	}
	// Signing with HS256 and a key of bytes cannot fail.
	token, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.signing)
	return token
}

// userOf is the account of a good user token, or nil. The algorithm is ours, not
// the token's (RFC 8725 section 3.1).
func (s *Server) userOf(r *request, token string) *account {
	switch {
	case s.On(faultAPIKeyAsUserToken) && token == s.key:
		return s.externalAccount("the partner")
	case s.On(faultVerificationTokenAsUserToken):
		if v := s.verifications[s.digest(token)]; v != nil {
			return v.account
		}
	}
	if a := s.forged(token); a != nil {
		return a
	}
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithAudience(audience),
		jwt.WithTimeFunc(func() time.Time { return r.Now }),
	}
	var claims jwt.RegisteredClaims
	if s.On(faultOddTokenMinuteLonger) {
		options = append(options, jwt.WithLeeway(10*time.Minute))
	}
	if s.On(faultExpiredUserTokenAccepted) {
		options = append(options, jwt.WithoutClaimsValidation())
	} else if !s.On(faultUserTokenWithoutExpiry) {
		options = append(options, jwt.WithExpirationRequired())
	}
	if _, err := jwt.ParseWithClaims(token, &claims, func(t *jwt.Token) (any, error) {
		if key := s.oddKey(t); key != nil {
			return key, nil
		}
		return s.signing, nil
	}, options...); err != nil {
		return nil
	}
	return s.byID[claims.Subject]
}

// forged is the account of a token that only a fault lets pass.
func (s *Server) forged(token string) *account {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	var header struct {
		Alg string `json:"alg"`
		JWK struct {
			K string `json:"k"`
			N string `json:"n"`
			E string `json:"e"`
		} `json:"jwk"`
	}
	var claims struct {
		Sub string `json:"sub"`
	}
	if !part(parts[0], &header) || !part(parts[1], &claims) {
		return nil
	}
	switch {
	case s.On(faultUnsignedUserTokenAccepted) && strings.EqualFold(header.Alg, "none"):
	case s.On(faultOddlySpeltNoneAccepted) && strings.EqualFold(header.Alg, "none") && header.Alg != "none":
	case s.On(faultUserTokenSignatureIgnored) && parts[2] != "":
	case s.On(faultStrippedSignatureAccepted) && parts[2] == "":
	case s.On(faultKeyInTokenTrusted) && header.JWK.K != "":
		if !signedBy(jwt.SigningMethodHS256, parts, octets(header.JWK.K)) {
			return nil
		}
	case s.On(faultRSAKeyInTokenTrusted) && header.JWK.N != "":
		n, e := new(big.Int).SetBytes(octets(header.JWK.N)), new(big.Int).SetBytes(octets(header.JWK.E))
		if !signedBy(jwt.SigningMethodRS256, parts, &rsa.PublicKey{N: n, E: int(e.Int64())}) {
			return nil
		}
	case s.On(faultTokenByGuessableKey):
		if !signedBy(jwt.SigningMethodHS256, parts, []byte("secret")) {
			return nil
		}
	default:
		return nil
	}
	return s.byID[claims.Sub]
}

// signedBy tells whether the three parts of a token are signed with a key.
func signedBy(method jwt.SigningMethod, parts []string, key any) bool {
	return method.Verify(parts[0]+"."+parts[1], octets(parts[2]), key) == nil
}

// octets are those of Base64 without padding; nil where it is none.
func octets(text string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return raw
}

func part(text string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && json.Unmarshal(raw, into) == nil
}
