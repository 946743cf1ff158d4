package barong

import (
	"net/http"
	"strings"

	"authconform/harness/reference/kit"
)

const (
	apiRoot   = "/api/v2"
	authzRoot = "/api/v2/auth"
	// ruleRoot is what AuthZ calls this server's part of the gateway's paths; its
	// rules are written for it whatever the gateway's public prefix is.
	ruleRoot = "api/v2/barong"
)

// dispatch finds out which part of the deployment a path belongs to.
func (s *Server) dispatch(r *request) answer {
	path := squeezed(r.http.URL.Path)
	if rest, found := strings.CutPrefix(path, "/api/v2/barong/"); found {
		return s.gateway(r, "/"+rest)
	}
	if rest, found := strings.CutPrefix(path, s.config.Prefix); found && ofApp(rest) {
		return s.gateway(r, rest)
	}
	if rest, found := strings.CutPrefix(path, authzRoot+"/"); found {
		return s.subrequest(r, rest)
	}
	if rest, found := strings.CutPrefix(path, apiRoot); found && ofApp(rest) && s.config.Prefix != apiRoot {
		return s.app(r, rest)
	}
	if strings.HasPrefix(path, apiRoot+"/") || path == apiRoot {
		return noRoute()
	}
	return answer{status: http.StatusNotFound, body: "Not Found", media: htmlMedia}
}

// ofApp tells the paths of the application, by their first segment.
func ofApp(path string) bool {
	for _, part := range []string{"/identity", "/resource", "/public"} {
		if rest, found := strings.CutPrefix(path, part); found && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// squeezed makes one slash of several and drops those at the end.
func squeezed(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return strings.TrimSuffix(path, "/")
}

// gateway asks AuthZ, passes its refusal on as it is, and else calls the
// application with the bearer token of AuthZ instead of whatever the client sent
// as Authorization. The token itself never leaves the gateway, so its claims are
// handed over without signing and verifying them.
func (s *Server) gateway(r *request, path string) answer {
	r.viaGate = true
	r.http.Header.Del("Authorization")
	if preflight(r.http) {
		return preflightAnswer(r)
	}
	r.op, r.path = s.find(r.http.Method, path)
	return s.limited(r, path, func() answer {
		refused := s.locked(func() (refused *answer) {
			r.claims, refused = s.authorize(r, ruleRoot+path)
			return refused
		})
		if refused != nil {
			return *refused
		}
		return s.serveApp(r, path)
	})
}

// app is a call that goes round the gateway: the client brings the token.
func (s *Server) app(r *request, path string) answer {
	if preflight(r.http) {
		return preflightAnswer(r)
	}
	r.op, r.path = s.find(r.http.Method, path)
	return s.limited(r, path, func() answer { return s.serveApp(r, path) })
}

// serveApp runs an operation: route, token, body, parameters, handler.
func (s *Server) serveApp(r *request, path string) answer {
	if r.http.Method == http.MethodOptions {
		return s.options(r, path)
	}
	if r.op == nil {
		return noRoute()
	}
	if refused := s.authenticate(r, path); refused != nil {
		return *refused
	}
	if refused := s.readParams(r); refused != nil {
		return *refused
	}
	if refused := s.validate(r); refused != nil {
		return *refused
	}
	s.hashSecrets(r)
	if s.On(faultOTPParallelAllAccepted) || s.On(faultParallelEscapes) {
		kit.WidenRace()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.findAccount(r); refused != nil {
		return *refused
	}
	s.oddBefore(r)
	return s.oddAfter(r, r.op.handle(s, r))
}

// preflight tells a CORS preflight (Fetch standard section 3.2), which is
// answered before anything else looks at the call.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

func preflightAnswer(r *request) answer {
	r.header.Set("Access-Control-Allow-Origin", "*")
	r.header.Set("Access-Control-Allow-Methods", "GET, POST, DELETE, PUT, PATCH, OPTIONS, HEAD")
	r.header.Set("Access-Control-Max-Age", "3600")
	return answer{status: http.StatusOK, empty: true}
}

// options answers OPTIONS on a known path with the methods it has.
func (s *Server) options(r *request, path string) answer {
	methods := s.methodsOf(path)
	if len(methods) == 0 {
		return noRoute()
	}
	if refused := s.authenticate(r, path); refused != nil {
		return *refused
	}
	r.header.Set("Allow", strings.Join(methods, ", "))
	return answer{status: http.StatusNoContent, empty: true}
}
