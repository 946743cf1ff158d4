package barong

import (
	"net/http"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// operation is one row of the surface. Its path is what follows the prefix.
type operation struct {
	id, method, path string
	// namespace is in front of missing_x and empty_x in the keys of its parameters.
	namespace string
	params    []param
	status    int // of a success
	// names400: the published page names 400 for missing and empty required
	// parameters.
	names400 bool
	secrets  []string // parameters that are passwords, hashed before the lock
	// handle runs under the lock with valid parameters; on resource operations
	// request.account is the caller.
	handle func(*Server, *request) answer
}

// protected tells the operations that need a bearer token.
func (o operation) protected() bool { return strings.HasPrefix(o.path, "/resource/") }

// operations lists the surface. Every area adds its own rows.
func operations() []operation {
	return slices.Concat(
		identityRoutes(), otpRoutes(), keyRoutes(), serviceRoutes(),
		accountRoutes(), phoneRoutes(), documentRoutes(), profileRoutes(), labelRoutes(), infoRoutes(),
	)
}

// authzOperations are the questions one can ask AuthZ directly, as faults name
// them.
var authzOperations = []string{"authorizeRead", "authorizeWrite", "authorizePublic", "authorizeManagement", "authorizeAdmin"}

// newRouter holds what this deployment serves. A format suffix of a path is ignored.
func newRouter(config Config) kit.Router[operation] {
	router := kit.Router[operation]{FormatSuffix: true}
	for _, op := range operations() {
		if op.id != "createUser" || !config.SignUpClosed {
			router.Handle(op.method, op.path, &op)
		}
	}
	return router
}

// find returns the operation of a method and path and what its parameters stand
// for; nil when there is none. HEAD is GET, and a wrong method is no route: this
// server knows no 405.
func (s *Server) find(method, path string) (*operation, map[string]string) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	found, _ := s.router.Find(method, path)
	if len(found) == 0 {
		return nil, nil
	}
	return found[0].Op, found[0].Values
}

// methodsOf are the methods of a path, none of one that there is not.
func (s *Server) methodsOf(path string) []string {
	_, methods := s.router.Find(kit.AnyMethod, path)
	if methods == nil {
		return nil
	}
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	methods = append(methods, http.MethodOptions)
	slices.Sort(methods)
	return methods
}
