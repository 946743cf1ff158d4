package barong

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// subrequest is a question asked of AuthZ directly, as a gateway asks it: any
// method on /api/v2/auth/<path of the gateway>.
func (s *Server) subrequest(r *request, path string) answer {
	if rest, found := strings.CutPrefix(path, ruleRoot); found {
		r.op, _ = s.find(r.http.Method, rest)
	}
	if path == ruleRoot+loginPath {
		r.viaGate = true // whoever asks is a gateway: the limiter counts the question
		return s.limited(r, loginPath, func() answer { return s.grant(r, path) })
	}
	return s.grant(r, path)
}

// grant answers AuthZ's question about a path: a token, nothing, or a refusal.
func (s *Server) grant(r *request, path string) answer {
	refused := s.locked(func() (refused *answer) {
		r.claims, refused = s.authorize(r, path)
		return refused
	})
	if refused != nil {
		return *refused
	}
	if r.claims != nil {
		r.header.Set("Authorization", "Bearer "+sign(r.claims))
	}
	return answer{status: http.StatusOK, media: htmlMedia}
}

// denied is a refusal of AuthZ: JSON that calls itself HTML.
func denied(status int, key string) *answer {
	a := refuse(status, key)
	a.media = htmlMedia
	return &a
}

// authorize decides about a path of the gateway (without its first slash). The
// claims are nil for a path that needs no token.
func (s *Server) authorize(r *request, path string) (claims, *answer) {
	if refused := s.restricted(r, path); refused != nil {
		return nil, refused
	}
	switch {
	case hasPrefix(path, ruleRoot+"/management", "api/v2/peatio/management"):
		if !s.On(faultManagementOpen) && !s.oddManaged(r) {
			return nil, denied(http.StatusUnauthorized, "authz.permission_denied")
		}
		return nil, nil
	case r.http.Method == http.MethodOptions && s.policy.preflightPasses && !s.On(faultOptionsRefused):
		return nil, nil
	case hasPrefix(path, ruleRoot+"/public", ruleRoot+"/identity"):
		s.touch(r, s.cookieSession(r))
		if s.On(faultPublicPathGetsToken) {
			return s.somebodysClaims(r.Now), nil
		}
		return nil, nil
	}
	if s.asksByKey(r) {
		return s.authorizeKey(r, path)
	}
	return s.authorizeCookie(r, path)
}

func hasPrefix(path string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// authorizeCookie: CSRF first, then the session, the state of its user, his
// permission.
func (s *Server) authorizeCookie(r *request, path string) (claims, *answer) {
	found := s.cookieSession(r)
	if refused := s.checkCSRF(r, found); refused != nil {
		return nil, refused
	}
	if found == nil {
		return nil, s.unauthenticated(r, "authz.invalid_session")
	}
	if s.mismatch(r, found) {
		if !s.On(faultSessionSurvivesMismatch) {
			delete(s.sessions, found.sid)
		}
		return nil, s.unauthenticated(r, "authz.client_session_mismatch")
	}
	if !s.On(faultSessionDoesNotSlide) {
		found.expires = r.Now.Add(sessionLifetime)
	}
	s.touch(r, found)
	owner := found.account
	if !owner.mayAct() && !(owner.state == "deleted" && s.On(faultDeletedUserKeepsSession)) && !s.oddActs(r, owner) {
		return nil, denied(http.StatusUnauthorized, "authz.user_not_active")
	}
	if !s.permitted(owner.role, path) && !s.oddPermits(owner, path) {
		return nil, denied(http.StatusUnauthorized, "authz.invalid_permission")
	}
	return s.claimsOf(r.Now, owner), nil
}

func (s *Server) unauthenticated(r *request, key string) *answer {
	if r.http.Method == http.MethodGet && s.On(faultUnauthenticatedAs403) {
		return denied(http.StatusForbidden, key)
	}
	return denied(http.StatusUnauthorized, key)
}

// permitted is the seeded permission table: everybody may use the resource
// module, administrators the admin module too.
func (s *Server) permitted(role, path string) bool {
	if hasPrefix(path, ruleRoot+"/resource") {
		return true
	}
	return hasPrefix(path, ruleRoot+"/admin") && (role == "superadmin" || s.On(faultAdminOpenToMember))
}

// csrfMethods need the token of the session in X-CSRF-Token.
var csrfMethods = []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodTrace}

func (s *Server) checkCSRF(r *request, found *session) *answer {
	if !slices.Contains(csrfMethods, r.http.Method) || s.On(faultCSRFNotChecked) {
		return nil
	}
	sent := r.http.Header.Get("X-CSRF-Token")
	if blank(sent) {
		if s.csrfForgiven(r.http.Method) && found != nil || s.oddForgiven(r, found) {
			return nil
		}
		return denied(http.StatusUnauthorized, "authz.missing_csrf_token")
	}
	if found != nil && (s.On(faultCSRFAnyValue) || s.csrfMatches(found, sent) || s.oddCSRF(found, sent)) {
		return nil
	}
	return denied(http.StatusUnauthorized, "authz.csrf_token_mismatch")
}

func (s *Server) csrfForgiven(method string) bool {
	switch method {
	case http.MethodPut:
		return s.On(faultCSRFSkippedForPut)
	case http.MethodDelete:
		return s.On(faultCSRFSkippedForDelete)
	case http.MethodPatch:
		return s.On(faultCSRFSkippedForPatch)
	}
	return false
}

func (s *Server) csrfMatches(found *session, sent string) bool {
	switch {
	case s.SameProof(found.csrf, sent),
		s.On(faultCSRFBeginning) && strings.HasPrefix(found.csrf, sent),
		s.On(faultCSRFLonger) && strings.HasPrefix(sent, found.csrf),
		s.On(faultCSRFAnyCase) && strings.EqualFold(found.csrf, sent):
		return true
	}
	if s.On(faultCSRFTokenOfOtherSession) {
		for _, other := range s.sessions {
			if other.account == found.account && kit.SameSecret(other.csrf, sent) {
				return true
			}
		}
	}
	return false
}
