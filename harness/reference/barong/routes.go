package barong

import (
	"net/http"
	"slices"
	"strings"
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

// find returns the operation of a method and path; nil when there is none. HEAD
// is GET, and a wrong method is no route: this server knows no 405.
func (s *Server) find(method, path string) *operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for i := range s.operations {
		op := &s.operations[i]
		if op.method == method && s.served(op) {
			if _, matches := match(op.path, path); matches {
				return op
			}
		}
	}
	return nil
}

// served tells whether an operation is there in this deployment.
func (s *Server) served(op *operation) bool { return op.id != "createUser" || !s.config.SignUpClosed }

func (s *Server) methodsOf(path string) []string {
	var methods []string
	for i := range s.operations {
		op := &s.operations[i]
		if _, matches := match(op.path, path); matches && s.served(op) {
			methods = append(methods, op.method)
			if op.method == http.MethodGet {
				methods = append(methods, http.MethodHead)
			}
		}
	}
	if methods == nil {
		return nil
	}
	methods = append(methods, http.MethodOptions)
	slices.Sort(methods)
	return slices.Compact(methods)
}

// match compares a path with a pattern segment by segment and returns what {x}
// stood for. A literal pattern wins because of the order of the table. A dot in
// the last segment and what follows is a format suffix and ignored.
func match(pattern, path string) (map[string]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	last := len(got) - 1
	if dot := strings.LastIndexByte(got[last], '.'); dot >= 0 {
		got[last] = got[last][:dot]
	}
	values := map[string]string{}
	for i, segment := range want {
		name, isValue := strings.CutPrefix(segment, "{")
		switch {
		case isValue && got[i] != "":
			values[strings.TrimSuffix(name, "}")] = got[i]
		case isValue || segment != got[i]:
			return nil, false
		}
	}
	return values, true
}
