package barong

import (
	"net/http"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	auth0Domain   = "conform.auth0.invalid"
	auth0ClientID = "barong-reference"
)

// auth0Key signs the id tokens of the Auth0 tenant that belongs to this
// deployment.
var auth0Key = sync.OnceValue(newKey)

// createSessionByAuth0 logs in with an id token. The releases look at neither the
// second factor nor the state of the user, nor whether a known user's address is
// verified; the documented profile does.
func (s *Server) createSessionByAuth0(r *request) answer {
	const refusedKey = "identity.session.auth0.invalid_params"
	if !s.config.Auth0 && s.policy.authMethods {
		return unprocessable("identity.session.endpoint_not_enabled")
	}
	token, valid := s.readIDToken(r.text("id_token"))
	if !valid {
		return unprocessable(refusedKey)
	}
	email, _ := token["email"].(string)
	verified, _ := token["email_verified"].(bool)
	a := s.accountByEmail(email)
	switch {
	case email == "", a == nil && !verified:
		return refuse(http.StatusUnauthorized, refusedKey)
	case a != nil && s.policy.auth0Strict && (!verified || a.otp || !a.mayAct()):
		return refuse(http.StatusUnauthorized, refusedKey)
	case a == nil:
		a = s.addAccount(email, r.Now)
		s.setPrivate(a, "email", "verified", r.Now)
	}
	s.record(r, a, topicSession, "login", succeed, nil)
	return s.opened(r, a)
}

// readIDToken verifies an id token as OpenID Connect Core section 3.1.3.7 asks.
func (s *Server) readIDToken(text string) (claims, bool) {
	if !s.config.Auth0 {
		return nil, false
	}
	token := claims{}
	_, err := jwt.ParseWithClaims(text, token, func(*jwt.Token) (any, error) { return &auth0Key().PublicKey, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodRS256.Name}),
		jwt.WithIssuer("https://"+auth0Domain+"/"), jwt.WithAudience(auth0ClientID),
		jwt.WithExpirationRequired(), jwt.WithTimeFunc(func() time.Time { return s.Clock.Now() }))
	return token, err == nil
}
