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

// route finds the operation. Where the creation of a secret shares the path of
// the activation, as the page prints it, the two differ by their body: one has
// none (2.1).
func (s *Server) route(r *request) (*operation, *refusal) {
	var found []*operation
	for i := range s.operations {
		if s.operations[i].path == r.http.URL.Path {
			found = append(found, &s.operations[i])
		}
	}
	switch {
	case len(found) == 0:
		return nil, &refusal{status: http.StatusNotFound, message: "Not found"}
	case r.http.Method != http.MethodPost:
		return nil, &refusal{status: http.StatusMethodNotAllowed, message: "Method not allowed"}
	case len(found) > 1:
		creates := len(r.body) == 0
		at := slices.IndexFunc(found, func(op *operation) bool { return (op.id == opCreate) == creates })
		return found[at], nil
	}
	return found[0], nil
}

// authorise finds the caller, or why the call is refused.
func (s *Server) authorise(r *request) *refusal {
	token := r.http.Header.Get("X-User-Token")
	if r.http.Header.Get("X-Api-Key") == "" && token == "" && s.faults.On("call-without-headers-trusted") {
		r.caller = s.anybody(r)
		return nil
	}
	if r.op.needsKey && !s.rightKey(r) {
		return unauthenticated()
	}
	if token == "" && s.faults.On("user-token-taken-from-query") {
		token = r.http.URL.Query().Get("x-user-token")
	}
	if token != "" {
		r.caller = s.userOf(r, token)
	}
	if r.caller == nil && r.op.forUser {
		if token == "" && s.faults.On("missing-user-token-accepted") || token != "" && s.faults.On("unreadable-user-token-accepted") {
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
	case key == "" && s.faults.On("missing-api-key-accepted"):
		return true
	case key != "" && s.faults.On("any-api-key-accepted"):
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
