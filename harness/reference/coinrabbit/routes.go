package coinrabbit

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// operation is one row of the surface.
type operation struct {
	id, path          string // every method is POST
	needsKey, forUser bool
	handle            func(*Server, *request) answer
}

func operations(p policy) []operation {
	return []operation{
		{id: opPartner, path: p.partnerPath, needsKey: true, handle: (*Server).partnerLogin},
		{id: opLogin, path: loginPath, needsKey: true, handle: (*Server).login},
		{id: opSend, path: sendPath, needsKey: true, handle: (*Server).sendCode},
		{id: opVerify, path: verifyPath, needsKey: true, handle: (*Server).verifyCode},
		{id: opCreate, path: p.createPath, needsKey: p.createNeedsKey, forUser: true, handle: (*Server).createSecret},
		{id: opActivate, path: activatePath, needsKey: true, forUser: true, handle: (*Server).activate},
		{id: opDeactivate, path: deactivatePath, needsKey: true, forUser: true, handle: (*Server).deactivate},
	}
}

func newRouter(p policy) (router kit.Router[operation]) {
	for _, op := range operations(p) {
		router.Handle(http.MethodPost, op.path, &op)
	}
	return router
}

// route finds the operation. Where the creation of a secret shares the path of
// the activation, as the page prints it, the two differ by their body: one has
// none (2.1).
func (s *Server) route(r *request) (*operation, *refusal) {
	found, methods := s.router.Find(r.http.Method, r.http.URL.Path)
	switch {
	case methods == nil:
		return nil, &refusal{status: http.StatusNotFound, message: "Not found"}
	case len(found) == 0:
		return nil, &refusal{status: http.StatusMethodNotAllowed, message: "Method not allowed"}
	case len(found) > 1:
		creates := len(r.body) == 0
		at := slices.IndexFunc(found, func(m kit.Match[operation]) bool { return (m.Op.id == opCreate) == creates })
		return found[at].Op, nil
	}
	return found[0].Op, nil
}

// authorise finds the caller, or why the call is refused.
func (s *Server) authorise(r *request) *refusal {
	token := r.http.Header.Get("X-User-Token")
	if r.http.Header.Get("X-Api-Key") == "" && token == "" && s.On(faultCallWithoutHeadersTrusted) {
		r.caller = s.anybody(r)
		return nil
	}
	if r.op.needsKey && !s.rightKey(r) {
		return unauthenticated()
	}
	if token == "" && s.On(faultUserTokenTakenFromQuery) {
		token = r.http.URL.Query().Get("x-user-token")
	}
	if token != "" {
		r.caller = s.userOf(r, token)
	}
	if r.caller == nil && r.op.forUser {
		if token == "" && s.On(faultMissingUserTokenAccepted) || token != "" && s.On(faultUnreadableUserTokenAccepted) {
			r.caller = s.anybody(r)
			return nil
		}
		return unauthenticated()
	}
	return nil
}

func (s *Server) rightKey(r *request) bool {
	key := r.http.Header.Get("X-Api-Key")
	switch {
	case key == "" && s.On(faultMissingAPIKeyAccepted):
		return true
	case key != "" && s.On(faultAnyAPIKeyAccepted):
		return true
	}
	return kit.SameSecret(s.digest(key), s.digest(s.key))
}

// anybody is whom the fault of a missing user token acts for: the account of the
// verification token, or one of its own.
func (s *Server) anybody(r *request) *account {
	for _, v := range s.verifications {
		if strings.Contains(string(r.body), v.shown) {
			return v.account
		}
	}
	return s.externalAccount("nobody")
}
