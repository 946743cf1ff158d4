package coinrabbit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"time"

	"authconform/harness/reference/kit"
)

// Config says which back end to start. The zero value is a documented one on the
// system clock with accounts for a whole run.
type Config struct {
	Profile  string     // Documented (default) or Strict
	Clock    *kit.Clock // nil: the system clock
	Accounts int        // how many users are seeded; 0 is defaultAccounts
	Faults   []string   // ids of Faults() to switch on
}

const (
	// Enough that any one of four processes, each of which owns a quarter, can run
	// every spec: an identity whose attempts failed rests for the rest of the run.
	defaultAccounts = 800
	maxBody         = 1 << 20 // bytes of a request body read
)

// Server is one back end. It is an http.Handler and safe for concurrent use.
type Server struct {
	policy     policy
	clock      *kit.Clock
	outbox     *kit.Outbox
	faults     *kit.Faults
	handler    http.Handler
	operations []operation
	key        string // the partner's
	signing    []byte // of user tokens
	pepper     []byte // of stored digests
	limiter    *kit.Limiter
	oneUse     *kit.OneUse

	// mu guards all below. Operations run under it one at a time.
	mu            sync.Mutex
	identities    []kit.Identity
	accounts      []*account
	byID          map[string]*account
	byExternal    map[string]*account
	byRecipient   map[string]*account
	codes         map[string]*sentCode     // by account and type
	verifications map[string]*verification // by digest
	stuck         map[string]bool          // keys a fault never releases
}

// New starts a back end with fresh accounts. An unknown profile or fault is an
// error.
func New(config Config) (*Server, error) {
	if config.Profile == "" {
		config.Profile = Documented
	}
	rules, known := policyOf(config.Profile)
	if !known {
		return nil, fmt.Errorf("coinrabbit: unknown profile %q; want %q or %q", config.Profile, Documented, Strict)
	}
	faults, err := kit.NewFaults(Faults(), config.Profile, config.Faults)
	if err != nil {
		return nil, fmt.Errorf("coinrabbit: %w", err)
	}
	if config.Clock == nil {
		config.Clock = kit.NewClock(nil)
	}
	if config.Accounts == 0 {
		config.Accounts = defaultAccounts
	}
	if config.Accounts < 0 {
		return nil, fmt.Errorf("coinrabbit: %d accounts; want a positive number", config.Accounts)
	}
	s := &Server{
		policy: rules, clock: config.Clock, outbox: kit.NewOutbox(config.Clock), faults: faults,
		key: "pk-" + kit.RandomString(40, kit.Alphanumeric), signing: []byte(kit.RandomString(48, kit.Alphanumeric)),
		pepper: []byte(kit.RandomString(32, kit.Alphanumeric)), limiter: kit.NewLimiter(), oneUse: kit.NewOneUse(),
		byID: map[string]*account{}, byExternal: map[string]*account{}, byRecipient: map[string]*account{},
		codes: map[string]*sentCode{}, verifications: map[string]*verification{}, stuck: map[string]bool{},
	}
	s.operations = operations(rules)
	for n := 1; n <= config.Accounts; n++ {
		s.seed(n)
	}
	s.handler = kit.Front(http.HandlerFunc(s.serve), s.clock, s.outbox)
	return s, nil
}

// ServeHTTP answers the API and, under kit.ControlPrefix, the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Identities are the seeded accounts, all with the role user and without a second
// factor. ID is the partner's external_id, Login the e-mail address.
func (s *Server) Identities() []kit.Identity { return append([]kit.Identity(nil), s.identities...) }

// request is one call on its way through the server.
type request struct {
	http    *http.Request
	op      *operation
	body    []byte
	now     time.Time
	arrived uint64   // one-use keys spent before this call came in
	caller  *account // of x-user-token; nil without one
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{http: hr, now: s.clock.Now(), arrived: s.oneUse.Spent()}
	body, err := kit.ReadBody(hr, maxBody)
	if err != nil {
		s.write(w, r, refuse(malformed()))
		return
	}
	r.body = body
	op, refused := s.route(r)
	if refused != nil {
		s.write(w, r, refuse(*refused))
		return
	}
	r.op = op
	s.write(w, r, s.run(r))
}

func (s *Server) run(r *request) answer {
	s.widenRace(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.authorise(r); refused != nil {
		return refuse(*refused)
	}
	return r.op.handle(s, r)
}

// widenRace lengthens the time between arrival and check for that fault only, so
// that parallel calls really overlap, on one core too. It works instead of
// sleeping.
func (s *Server) widenRace(r *request) {
	if s.faults.On("parallel-uses-all-accepted") && (r.op.id == opVerify || r.op.id == opLogin) {
		for range 100 {
			runtime.Gosched()
		}
		kit.HashPassword("race", "salt", 20_000)
	}
}

// spend uses a one-use key up and tells whether it may be used.
func (s *Server) spend(r *request, key string) bool {
	order, first := s.oneUse.Spend(key)
	return first || s.faults.On("parallel-uses-all-accepted") && order > r.arrived
}

// spent tells whether a one-use key may no more be used.
func (s *Server) spent(r *request, key string) bool {
	if s.faults.On("parallel-uses-all-accepted") {
		return false // spend decides
	}
	return s.oneUse.Used(key)
}

// digest is what is stored of a code or token.
func (s *Server) digest(text string) string {
	h := hmac.New(sha256.New, s.pepper)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}
