package alphapoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// passGateway checks what every call must carry. Calls that AlphaPoint opens to
// the public need it too, but for those that tell nothing of anybody.
func (s *Server) passGateway(r *request) *answer {
	switch s.policy.gateway {
	case "api-key":
		r.gatewayUser = s.byKey[r.http.Header.Get("APIKey")]
		if r.gatewayUser != nil {
			r.carrier = "key/" + r.gatewayUser.key
		}
	case "bearer":
		r.gatewayUser = s.userOfJWT(r)
		if r.gatewayUser != nil {
			r.carrier = "jwt/" + r.gatewayUser.jwtID
		}
	default:
		return nil
	}
	if r.gatewayUser != nil || r.op.access == public || s.On(faultGatewayOpen) && r.op.access == keyed {
		return nil
	}
	why := keyMissing
	if r.op.access == private {
		why = noSession
	}
	refused := s.refuse(r, why)
	return &refused
}

// belongs tells whether the gateway's credential is the user's: nobody acts with
// the key or JWT of another.
func (s *Server) belongs(r *request, u *user) bool {
	return r.gatewayUser == nil || r.gatewayUser == u || s.On(faultForeignGatewayCredentialAccepted)
}

// jwtLifetime is far beyond the length of a test; the documents name none.
const jwtLifetime = 30 * 24 * time.Hour

type jwtClaims struct {
	Subject string `json:"sub"`
	ID      string `json:"jti"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
}

// newJWT issues what no documented call issues: KIIEX's clients get their JWT
// elsewhere (7.1).
func (s *Server) newJWT(u *user) string {
	now := s.Clock.Now()
	claims, _ := json.Marshal(jwtClaims{u.idText(), u.jwtID, now.Unix(), now.Add(jwtLifetime).Unix()})
	encoding := base64.RawURLEncoding
	signed := encoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encoding.EncodeToString(claims)
	return signed + "." + s.jwtMAC(signed)
}

func (s *Server) jwtMAC(text string) string {
	mac := hmac.New(sha256.New, []byte(s.jwtKey))
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// userOfJWT verifies a bearer token (RFC 8725: the algorithm is ours, not the
// token's) and finds its user.
func (s *Server) userOfJWT(r *request) *user {
	scheme, token, _ := strings.Cut(r.http.Header.Get("Authorization"), " ")
	parts := strings.Split(token, ".")
	if !strings.EqualFold(scheme, "Bearer") || len(parts) != 3 {
		return nil
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	var claims jwtClaims
	if !decodePart(parts[0], &header) || !decodePart(parts[1], &claims) {
		return nil
	}
	right := header.Algorithm == "HS256" && kit.SameSecret(s.jwtMAC(parts[0]+"."+parts[1]), parts[2])
	switch {
	case header.Algorithm == "none" && parts[2] == "" && s.On(faultUnsignedJWTAccepted):
	case s.On(faultJWTSignatureNotVerified) && parts[2] != "":
	case !right:
		return nil
	}
	if r.Now.Unix() >= claims.Expires {
		return nil
	}
	return s.userByID(claims.Subject)
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}
