package alphapoint

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"authconform/harness/reference/kit"
)

// Config says which venue to start. Profile is Documented unless set.
type Config struct {
	Surface string // Legacy or Trading
	Profile string
	Clock   *kit.Clock     // nil: the system clock
	Pool    map[string]int // accounts per role; nil is a pool for a whole run
	Faults  []string       // ids of Faults(Surface) to switch on

	// HashIterations is the PBKDF2 work of a password; 0 is 1000.
	HashIterations int
}

// maxBody is the longest request body read, in bytes.
const maxBody = 1 << 20

// Server is one venue. It is an http.Handler and safe for concurrent use.
type Server struct {
	surface    string
	policy     policy
	clock      *kit.Clock
	outbox     *kit.Outbox
	faults     *kit.Faults
	handler    http.Handler
	operations []operation
	iterations int
	jwtKey     string

	attempts *kit.Limiter
	oneUse   *kit.OneUse

	// mu guards all below and every user and session. Operations run under it one
	// at a time.
	mu         sync.Mutex
	identities []kit.Identity
	users      []*user
	byLogin    map[string]*user // lower case
	byKey      map[string]*user
	sessions   map[string]*session // by token, or by the JWT that carries it
	lastOpened *session
	pending    map[string]*pendingLogin
	stuck      map[string]bool // keys a fault never releases
	anyLocked  bool            // wrong log-ins have locked an account
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
	faults, err := kit.NewFaults(Faults(config.Surface), config.Profile, config.Faults)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", config.Surface, err)
	}
	if config.Clock == nil {
		config.Clock = kit.NewClock(nil)
	}
	if config.HashIterations == 0 {
		config.HashIterations = 1000
	}
	s := &Server{
		surface: config.Surface, policy: rules, clock: config.Clock, outbox: kit.NewOutbox(config.Clock), faults: faults,
		operations: operations(config.Surface), iterations: config.HashIterations, jwtKey: randomHex(32),
		attempts: kit.NewLimiter(), oneUse: kit.NewOneUse(),
		byLogin: map[string]*user{}, byKey: map[string]*user{},
		sessions: map[string]*session{}, pending: map[string]*pendingLogin{}, stuck: map[string]bool{},
	}
	if err := s.seed(config.Pool); err != nil {
		return nil, fmt.Errorf("%s: %w", config.Surface, err)
	}
	s.handler = kit.Front(http.HandlerFunc(s.serve), s.clock, s.outbox)
	return s, nil
}

// ServeHTTP answers the API and, under kit.ControlPrefix, the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Identities are the seeded accounts, each with an API key and one role: user (no
// second factor), totp (an authenticator app is enrolled), unenrolled (its app is
// set up but not activated), locked (locked from the start), lockable (as user, for
// whoever wants to see one locked). On the surface that wants one each has a JWT.
func (s *Server) Identities() []kit.Identity { return append([]kit.Identity(nil), s.identities...) }

// Gateway names what every call must carry: "api-key", "bearer" or "none".
func (s *Server) Gateway() string { return s.policy.gateway }

// request is one call on its way through the venue.
type request struct {
	http    *http.Request
	op      *operation
	body    []byte
	now     time.Time
	arrived uint64 // one-use keys spent before this call came in

	gatewayUser *user  // whose API key or JWT it carries
	carrier     string // of a session or pending log-in that has no token of its own
	session     *session
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{http: hr, now: s.clock.Now(), arrived: s.oneUse.Spent()}
	op, methodRight := s.route(hr)
	if op == nil {
		s.write(w, r, s.refuse(r, notFound))
		return
	}
	r.op = op
	if !methodRight {
		s.write(w, r, s.refuse(r, methodRefused))
		return
	}
	body, err := kit.ReadBody(hr, maxBody)
	if err != nil {
		s.write(w, r, s.refuse(r, malformed))
		return
	}
	r.body = body
	s.widenRace()
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
