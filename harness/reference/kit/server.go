package kit

import (
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Setup says what a Server starts with.
type Setup struct {
	Registry []Fault
	Profile  string
	Faults   []string // ids of Registry, or of the common faults of Surface, to switch on
	Surface  Surface
	// ParallelFault is the id of the fault that lets overlapping uses of a
	// single-use key all pass; "" where there is none.
	ParallelFault string

	Clock          *Clock // nil: the system clock
	HashIterations int    // PBKDF2 work of a password; 0 is 1000
}

// Server is the part of a back end that is the same for every exchange: time, an
// outbox, seeded faults, identities, password hashing, and a memory of what counts
// once. A reference embeds one and gives its own handler to Front.
type Server struct {
	*Faults
	Clock  *Clock
	Outbox *Outbox

	surface    Surface
	common     []commonFault // that are on
	drawn      atomic.Int64  // tokens
	knows      confidence    // what faults tell
	iterations int
	parallel   string
	oneUse     *OneUse
	lastCode   map[string]usedCode // by what comes before the step in a key
	identities []Identity
	handler    http.Handler
}

// NewServer starts the common part. An unknown fault and negative work are errors.
func NewServer(setup Setup) (*Server, error) {
	faults, err := NewFaults(append(slices.Clone(setup.Registry), CommonFaults(setup.Surface)...), setup.Profile, setup.Faults)
	if err != nil {
		return nil, err
	}
	if setup.HashIterations == 0 {
		setup.HashIterations = 1000
	}
	if setup.HashIterations < 0 {
		return nil, fmt.Errorf("hash iterations %d; want a positive number", setup.HashIterations)
	}
	if setup.Clock == nil {
		setup.Clock = NewClock(nil)
	}
	return &Server{
		surface: setup.Surface, common: slices.DeleteFunc(allCommon(), func(f commonFault) bool { return !faults.On(f.id) }),
		Faults: faults, Clock: setup.Clock, Outbox: NewOutbox(setup.Clock), iterations: setup.HashIterations,
		parallel: setup.ParallelFault, oneUse: NewOneUse(), lastCode: map[string]usedCode{},
	}, nil
}

// Front puts the control endpoints before the exchange's own handler.
func (s *Server) Front(exchange http.HandlerFunc) {
	s.handler = Front(s.faulty(s.surface, exchange), s.Clock, s.Outbox)
}

// ServeHTTP answers the API and, under ControlPrefix, the control endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// AddIdentity seeds an identity. It belongs to the start, before the first call.
func (s *Server) AddIdentity(identity Identity) { s.identities = append(s.identities, identity) }

// Identities are the seeded accounts.
func (s *Server) Identities() []Identity { return slices.Clone(s.identities) }

// HashIterations is the PBKDF2 work of a password.
func (s *Server) HashIterations() int { return s.iterations }

// Hash is HashPassword with this server's work.
func (s *Server) Hash(password, salt string) string {
	return HashPassword(s.readPassword(password), salt, s.iterations)
}

// Call is when a request came in, by the clock and by the single-use keys that
// were spent before it.
type Call struct {
	Now     time.Time
	arrived uint64
}

// Arrive marks the arrival of a request. It comes before the server's lock, so
// that parallel requests overlap.
func (s *Server) Arrive() Call { return Call{Now: s.Clock.Now(), arrived: s.oneUse.Spent()} }

// Spend uses a single-use key up and tells whether it counts. With the parallel
// fault a use that overlapped the first one in time counts as well, which is what
// checking and marking in two steps does.
func (s *Server) Spend(c Call, key string) bool {
	if strings.HasPrefix(key, "totp/") {
		s.forget(c, key)
	}
	order, first := s.oneUse.Spend(key)
	if !first && s.On(faultOddReplaySecondTime) && strings.HasPrefix(key, "totp/") {
		s.oneUse.Forget(key)
	}
	return first || s.On(s.parallel) && order > c.arrived
}

// forget is where faults lose what they should remember of used time-based codes.
func (s *Server) forget(c Call, key string) {
	whose := key[:strings.LastIndexByte(key, '/')]
	switch last := s.lastCode[whose]; {
	case s.On(faultOnlyLastCodeRemembered) && last.key != "" && last.key != key,
		s.On(faultCodesForgottenAfterStep) && last.key != "" && c.Now.Unix()/30 != last.at.Unix()/30:
		s.oneUse.Forget(whose)
	}
	s.lastCode[whose] = usedCode{key, c.Now}
}

// usedCode is the last time-based code of a secret that was looked at.
type usedCode struct {
	key string
	at  time.Time
}

// Unspend makes used keys with a beginning count again, for faults.
func (s *Server) Unspend(beginning string) { s.oneUse.Forget(beginning) }

// Spent tells whether a single-use key no longer counts. With the parallel fault
// only Spend decides.
func (s *Server) Spent(key string) bool { return !s.On(s.parallel) && s.oneUse.Used(key) }

// WidenRace lengthens the time between arrival and check for a fault of parallel
// uses only, so that parallel calls really overlap, on one core too: it works
// instead of sleeping, and lets the others arrive meanwhile.
func WidenRace() {
	for range 100 {
		HashPassword("race", "salt", 500)
		runtime.Gosched()
	}
}
