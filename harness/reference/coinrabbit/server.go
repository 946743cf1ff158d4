package coinrabbit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"sync"

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
	*kit.Server
	policy  policy
	router  kit.Router[operation]
	key     string       // the partner's
	signing []byte       // of user tokens
	pepper  []byte       // of stored digests
	codeTry *kit.Limiter // of the second factor
	limiter *kit.Limiter // of verification codes

	// mu guards all below. Operations run under it one at a time.
	mu            sync.Mutex
	accounts      []*account
	byID          map[string]*account
	byExternal    map[string]*account
	byRecipient   map[string]*account
	codes         map[string]*sentCode     // by account and type
	verifications map[string]*verification // by digest

	oddCount int // of what faults let count up
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
	server, err := kit.NewServer(kit.Setup{
		Registry: append(Faults(), oddFaults()...), Surface: surface, Profile: config.Profile, Faults: config.Faults,
		ParallelFault: faultParallelUsesAllAccepted, Clock: config.Clock,
	})
	if err != nil {
		return nil, fmt.Errorf("coinrabbit: %w", err)
	}
	if config.Accounts == 0 {
		config.Accounts = defaultAccounts
	}
	if config.Accounts < 0 {
		return nil, fmt.Errorf("coinrabbit: %d accounts; want a positive number", config.Accounts)
	}
	s := &Server{
		Server: server, policy: rules, router: newRouter(rules),
		key: "pk-" + kit.RandomString(40, kit.Alphanumeric), signing: []byte(kit.RandomString(48, kit.Alphanumeric)),
		pepper: []byte(kit.RandomString(32, kit.Alphanumeric)), codeTry: kit.NewFaultyLimiter(server.Faults, codeLimitFaults),
		limiter: kit.NewFaultyLimiter(server.Faults, kit.LimitFaults{}),
		byID:    map[string]*account{}, byExternal: map[string]*account{}, byRecipient: map[string]*account{},
		codes: map[string]*sentCode{}, verifications: map[string]*verification{},
	}
	for n := 1; n <= config.Accounts; n++ {
		s.seed(n)
	}
	s.Front(s.serve)
	return s, nil
}

// request is one call on its way through the server.
type request struct {
	kit.Call
	http   *http.Request
	op     *operation
	body   []byte
	caller *account // of x-user-token; nil without one
	note   string   // what a fault tells in a header field
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{Call: s.Arrive(), http: hr}
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
	if s.On(faultParallelUsesAllAccepted) && (r.op.id == opVerify || r.op.id == opLogin) {
		kit.WidenRace()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused := s.authorise(r); refused != nil {
		return refuse(*refused)
	}
	return r.op.handle(s, r)
}

// digest is what is stored of a code or token.
func (s *Server) digest(text string) string {
	h := hmac.New(sha256.New, s.pepper)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}
