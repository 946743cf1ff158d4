package barong

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"authconform/harness/reference/kit"
)

// maxBody is the longest request body read, in bytes.
const maxBody = 8 << 20

// Server is one deployment. It is an http.Handler and safe for concurrent use.
type Server struct {
	*kit.Server
	config  Config
	policy  policy
	router  kit.Router[operation]
	salt    string // of every password hash
	captcha string // the one answer the captcha provider accepts

	whitelinkTokens []string // as seeded

	// mu guards all below and everything it leads to. Operations run under it one
	// at a time; only reading the body and hashing passwords happen outside.
	mu           sync.Mutex
	accounts     []*account
	byUID        map[string]*account
	byEmail      map[string]*account // by collation key
	byService    map[string]*serviceAccount
	byKey        map[string]*keyOwner
	sessions     map[string]*session // by sid
	activities   []*activity
	lastID       int
	memory       *codeMemory
	whitelinks   map[string]bool // tokens that still count
	restrictions []restriction
	windows      *fixedWindows
	signedUp     bool // somebody has, so that the next one is not the first user
	odd          odd
}

// New starts a deployment with fresh identities. An unknown profile, role, fault
// or setting is an error.
func New(config Config) (*Server, error) {
	if err := config.complete(); err != nil {
		return nil, fmt.Errorf("barong: %w", err)
	}
	server, err := kit.NewServer(kit.Setup{
		Registry: append(Faults(), oddFaults()...), Surface: surface, Profile: config.Profile, Faults: config.Faults, Clock: config.Clock,
		HashIterations: config.HashIterations,
	})
	if err != nil {
		return nil, fmt.Errorf("barong: %w", err)
	}
	s := &Server{
		Server: server, config: config, policy: policyOf(config.Profile), router: newRouter(config),
		salt: kit.RandomString(32, kit.Alphanumeric), captcha: kit.RandomString(40, kit.URLSafe),
		byUID: map[string]*account{}, byEmail: map[string]*account{}, byService: map[string]*serviceAccount{},
		byKey: map[string]*keyOwner{}, sessions: map[string]*session{}, memory: newCodeMemory(),
		whitelinks: map[string]bool{}, windows: newFixedWindows(server.On(faultLimitNeverReleased)), signedUp: !config.NoFirstUser, odd: newOdd(),
	}
	if err := s.seed(); err != nil {
		return nil, fmt.Errorf("barong: %w", err)
	}
	s.Front(s.serve)
	return s, nil
}

// CaptchaResponse is the one captcha_response this deployment accepts; with
// Geetest it is the value of all three members.
func (s *Server) CaptchaResponse() string { return s.captcha }

// request is one call on its way through the deployment.
type request struct {
	kit.Call
	http *http.Request
	op   *operation        // the row that answers, or that AuthZ is asked about; nil: none
	path map[string]string // values of the path parameters
	// params are the declared parameters that were sent, coerced: nil (null),
	// string, int64, bool, time.Time, []any of file, or raw JSON where the
	// operation declares no type.
	params  map[string]any
	sent    map[string]any // all of them, declared or not, for faults
	address netip.Addr
	arrived uint64 // codes remembered before this call came in

	claims  claims            // of the bearer token
	account *account          // whose token it is; always there on resource operations
	hashes  map[string]string // password hashes, by parameter
	cookie  string            // Set-Cookie of the answer
	// cookieName is what this deployment calls the session's cookie.
	cookieName string
	header     http.Header // extra header fields of the answer
	viaGate    bool        // it came through the gateway
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{Call: s.Arrive(), http: hr, address: s.clientAddress(hr), header: http.Header{}, arrived: s.memory.count.Load()}
	r.cookieName = s.config.SessionCookie
	hr.Body = http.MaxBytesReader(w, hr.Body, maxBody)
	s.write(w, r, s.dispatch(r))
}

// locked runs a step under the lock.
func (s *Server) locked(step func() *answer) *answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return step()
}

func (s *Server) nextID() int {
	s.lastID++
	return s.lastID
}

// clientAddress is the socket's address, or the last one in X-Forwarded-For when
// the peer is the proxy that wrote it. Other fields a client can send (X-Real-IP,
// Forwarded, True-Client-IP) are no address.
func (s *Server) clientAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil {
		return netip.IPv4Unspecified()
	}
	if s.config.ClientAddress && peer.IsLoopback() {
		named := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last, err := netip.ParseAddr(strings.TrimSpace(named[len(named)-1])); err == nil {
			return last.Unmap()
		}
	}
	return peer.Unmap()
}
