package barong

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const tokenLifetime = time.Hour

// processKey signs the tokens. It is made once per process: a new RSA key takes a
// tenth of a second, and a proof starts hundreds of references.
var processKey = sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("barong: no RSA key: " + err.Error()) // only a broken system source of randomness
	}
	return key
}

func pkcs8(key *rsa.PrivateKey) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil
	}
	return der
}

// claims is the payload of a token: of AuthZ (sub session), of a confirmation or
// of a reset mail.
type claims = jwt.MapClaims

// newClaims are the claims every token has.
func newClaims(now time.Time, subject string) claims {
	return claims{
		"iat": now.Unix(), "exp": now.Add(tokenLifetime).Unix(), "sub": subject, "iss": "barong",
		"aud": []any{"peatio", "barong"}, "jti": randomHex(10),
	}
}

// claimsOf is what AuthZ says of a user.
func (s *Server) claimsOf(now time.Time, a *account) claims {
	c := newClaims(now, "session")
	c["uid"], c["username"], c["email"], c["referral_id"] = a.uid, a.username, a.email, a.referralUID
	c["role"], c["level"], c["state"] = a.role, a.level, a.state
	return s.spoiledClaims(now, c)
}

// serviceClaims is what AuthZ says of a service account.
func (s *Server) serviceClaims(now time.Time, a *serviceAccount) claims {
	c := newClaims(now, "session")
	c["uid"], c["email"], c["role"], c["level"], c["state"] = a.uid, a.email, a.role, a.level, a.state
	return s.spoiledClaims(now, c)
}

// somebodysClaims are those of the first account, for faults that ask nobody who
// he is.
func (s *Server) somebodysClaims(now time.Time) claims {
	if len(s.accounts) == 0 {
		return newClaims(now, "session")
	}
	return s.claimsOf(now, s.accounts[0])
}

func (s *Server) spoiledClaims(now time.Time, c claims) claims {
	if s.On(faultTokenRoleEscalated) {
		c["role"] = "superadmin"
	}
	if s.On(faultTokenLifetimeDay) {
		c["exp"] = now.Add(24 * time.Hour).Unix()
	}
	return c
}

func sign(c claims) string {
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(processKey())
	if err != nil {
		return ""
	}
	return token
}

// authenticate is the token check in front of the resource module. Of a path that
// contains the word swagger it looks at no token, not even the gateway's.
func (s *Server) authenticate(r *request, path string) *answer {
	if strings.Contains(path, "swagger") {
		r.claims = nil
		return nil
	}
	if !strings.HasPrefix(path, "/resource/") || r.claims != nil {
		return nil
	}
	kind, token, _ := strings.Cut(r.http.Header.Get("Authorization"), " ")
	if kind == "Bearer" || s.On(faultBearerLowerCaseType) && kind == "bearer" {
		if found, problem := s.verifyBearer(r.Now, token); problem == "" {
			r.claims = found
			return nil
		}
	}
	if s.On(faultBearerNotChecked) {
		return s.locked(func() *answer {
			r.claims = s.somebodysClaims(r.Now)
			return nil
		})
	}
	return refusal(http.StatusUnauthorized, "jwt.decode_and_verify")
}

// findAccount resolves the token's user. A service account is no user. Behind a
// path that only looks like the API description there is no token to look at,
// which the original does not expect.
func (s *Server) findAccount(r *request) *answer {
	if !r.op.protected() || strings.HasPrefix(r.op.path, "/resource/swagger_doc") {
		return nil
	}
	if r.claims == nil {
		a := internalError()
		return &a
	}
	uid, _ := r.claims["uid"].(string)
	r.account = s.byUID[uid]
	if r.account == nil {
		a := recordNotFound()
		return &a
	}
	return nil
}

func (s *Server) verifyBearer(now time.Time, token string) (claims, string) {
	found, problem := s.verifyToken(now, token, tokenRules{
		subject: "session", anySubject: s.On(faultBearerAnySubject), expiredToo: s.On(faultBearerExpiredAccepted),
		unsigned: s.On(faultBearerPayloadNotVerified), hmacToo: s.On(faultBearerHs256Accepted),
	})
	return found, problem
}

// tokenRules is what is asked of a token beyond its signature.
type tokenRules struct {
	subject string
	issued  bool // iss and aud must be this server's
	// The rest is for faults.
	anySubject, expiredToo, unsigned, hmacToo bool
}

// verifyToken reads a token. The problem is the last word of what the jwt gem of
// the original says about it, in the gem's order of checks; "" means none.
func (s *Server) verifyToken(now time.Time, token string, rules tokenRules) (claims, string) {
	parts := strings.Split(token, ".")
	header, headerFine := segment(parts[0])
	algorithm, _ := header["alg"].(string)
	unsigned := algorithm == "none" && (rules.issued && s.On(faultTokenUnsignedReadsAlgorithm) || s.On(faultTokenAlgNoneAccepted))
	if (len(parts) != 3 || parts[2] == "") && !unsigned { // jwt 2.2.2 splits without keeping an empty end
		return nil, "segments"
	}
	payload, payloadFine := segment(parts[1])
	if !headerFine || !payloadFine {
		return nil, "encoding"
	}
	if problem := s.checkSignature(parts, header, rules); problem != "" {
		return nil, problem
	}
	return payload, s.checkClaims(now, payload, rules)
}

func segment(part string) (claims, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(part, "="))
	if err != nil {
		return nil, false
	}
	var members claims
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return nil, false
	}
	return members, true
}

func (s *Server) checkSignature(parts []string, header claims, rules tokenRules) string {
	algorithm, _ := header["alg"].(string)
	if algorithm == "none" && s.On(faultTokenAlgNoneAccepted) {
		return ""
	}
	if algorithm == "HS256" && rules.hmacToo || s.oddSigned(parts, header) {
		return ""
	}
	if algorithm != jwt.SigningMethodRS256.Name {
		return "algorithm"
	}
	if rules.unsigned || s.On(faultTokenSignatureIgnored) {
		return ""
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || jwt.SigningMethodRS256.Verify(parts[0]+"."+parts[1], signature, &processKey().PublicKey) != nil {
		return "raised"
	}
	return ""
}

func (s *Server) checkClaims(now time.Time, payload claims, rules tokenRules) string {
	s.oddClaims(now, payload)
	at := float64(now.UnixNano()) / float64(time.Second)
	if expires, named := payload["exp"].(float64); named && expires <= at && !rules.expiredToo {
		return "expired"
	}
	if from, named := payload["nbf"].(float64); named && from > at {
		return "reached"
	}
	if issuer := payload["iss"]; rules.issued && issuer != "barong" && !s.On(faultTokenAnyIssuer) {
		return orElse(fmt.Sprint(issuer), "<none>")
	}
	if issued, named := payload["iat"].(float64); payload["iat"] != nil && (!named || issued > at) {
		return "iat"
	}
	if id, _ := payload["jti"].(string); id == "" {
		return "jti"
	}
	if rules.issued && !forBarong(payload["aud"]) && !s.On(faultTokenAnyAudience) {
		return encoded(payload["aud"])
	}
	if subject, _ := payload["sub"].(string); subject != rules.subject && !rules.anySubject && !s.oddSubject(subject, rules.subject) {
		return orElse(subject, "<none>")
	}
	return ""
}

func forBarong(audience any) bool {
	if list, isList := audience.([]any); isList {
		return slices.Contains(list, any("barong")) || slices.Contains(list, any("peatio"))
	}
	return audience == "barong" || audience == "peatio"
}
