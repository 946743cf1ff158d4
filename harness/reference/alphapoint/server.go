package alphapoint

import (
	"fmt"
	"net/http"
	"sync"

	"authconform/harness/reference/kit"
)

// Config says which venue to start. Profile is Documented unless set.
type Config struct {
	Surface string // Legacy or Trading
	Profile string
	Clock   *kit.Clock     // nil: the system clock
	Pool    map[string]int // accounts per role; nil is a pool for a whole run
	Faults  []string       // ids of Faults(Surface) to switch on
	// CodeInQuery has Authenticate2FA take GET ?Code=, as public clients of the platform's
	// venues send it, and not a body.
	CodeInQuery bool

	// HashIterations is the PBKDF2 work of a password; 0 is 1000.
	HashIterations int
}

// maxBody is the longest request body read, in bytes.
const maxBody = 1 << 20

// Server is one venue. It is an http.Handler and safe for concurrent use.
type Server struct {
	*kit.Server
	surface  string
	policy   policy
	inQuery  bool // Config.CodeInQuery
	router   kit.Router[operation]
	jwtKey   string
	attempts *kit.Limiter

	// mu guards all below and every user and session. Operations run under it one
	// at a time.
	mu         sync.Mutex
	users      []*user
	byLogin    map[string]*user // lower case
	byKey      map[string]*user
	sessions   map[string]*session // by token, or by the JWT that carries it
	lastOpened *session
	pending    map[string]*pendingLogin
	anyLocked  bool // wrong log-ins have locked an account
	odd        odd
}

// New starts a venue with fresh identities. An unknown surface, profile, role or
// fault is an error.
func New(config Config) (*Server, error) {
	if config.Profile == "" {
		config.Profile = Documented
	}
	rules, known := policyOf(config.Surface, config.Profile)
	if !known {
		return nil, fmt.Errorf("alphapoint: unknown surface %q or profile %q", config.Surface, config.Profile)
	}
	server, err := kit.NewServer(kit.Setup{
		Registry: append(Faults(config.Surface), oddOn(config.Surface)...), Surface: surfaceOf(config.Surface), Profile: config.Profile,
		Faults: config.Faults, ParallelFault: faultParallelUsesAllAccepted,
		Clock: config.Clock, HashIterations: config.HashIterations,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", config.Surface, err)
	}
	s := &Server{
		Server: server, surface: config.Surface, policy: rules, router: newRouter(config.Surface, rules), inQuery: config.CodeInQuery,
		jwtKey:   randomHex(32),
		attempts: kit.NewFaultyLimiter(server.Faults, limitFaultNames),
		byLogin:  map[string]*user{}, byKey: map[string]*user{},
		sessions: map[string]*session{}, pending: map[string]*pendingLogin{}, odd: newOdd(),
	}
	if err := s.seed(config.Pool); err != nil {
		return nil, fmt.Errorf("%s: %w", config.Surface, err)
	}
	s.Front(s.serve)
	return s, nil
}

// Gateway names what every call must carry: "api-key", "bearer" or "none".
func (s *Server) Gateway() string { return s.policy.gateway }

// request is one call on its way through the venue.
type request struct {
	kit.Call
	http *http.Request
	op   *operation
	body []byte

	gatewayUser *user  // whose API key or JWT it carries
	carrier     string // of a session or pending log-in that has no token of its own
	session     *session
	note        string // what a fault tells in a header field
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{Call: s.Arrive(), http: hr}
	op, methodRight := s.route(hr)
	if op == nil {
		s.write(w, r, s.refuse(r, notFound))
		return
	}
	r.op = op
	if !methodRight {
		if s.On(faultOddRefusedMethodLogsOut) && op.id == opLogOut {
			s.run(r)
		}
		s.write(w, r, s.refuse(r, methodRefused))
		return
	}
	body, err := kit.ReadBody(hr, maxBody)
	if err != nil {
		s.write(w, r, s.refuse(r, malformed))
		return
	}
	r.body = body
	if s.On(faultParallelUsesAllAccepted) {
		kit.WidenRace()
	}
	s.write(w, r, s.run(r))
}

func (s *Server) run(r *request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.passGateway(r); refused != nil {
		return *refused
	}
	if r.op.access == private {
		if refused := s.requireSession(r); refused != nil {
			return *refused
		}
	} else {
		s.findSession(r)
	}
	return r.op.handle(s, r)
}
