package onlyoffice

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"

	"authconform/harness/reference/kit"
)

// Config says which portal to start. The zero value is a documented portal on
// the system clock with the default pool.
type Config struct {
	Profile string     // Documented (default) or Released
	Clock   *kit.Clock // nil: the system clock
	// Pool is the number of accounts per role; nil is a pool for a whole run. A
	// role that is left out has none, but a portal always has its one owner.
	Pool   map[string]int
	Faults []string // ids of Faults() to switch on

	// HashIterations is the PBKDF2 work of a password; 0 is 1000. The product
	// uses 100000, about 20 ms of each log-in: clients read the number from
	// GET /settings, so a small one changes no behaviour and keeps a thousand
	// log-ins of a conformance run cheap.
	HashIterations int
}

// maxBody is the longest request body read, in bytes.
const maxBody = 1 << 20

// Server is one portal. It is an http.Handler and safe for concurrent use.
type Server struct {
	*kit.Server
	policy     policy
	router     kit.Router[operation]
	salt       string // of every password hash, public
	machineKey string // keys of links derive from it
	captcha    string // the one answer the captcha provider accepts

	attempts  *kit.Limiter // password attempts
	mailSends *kit.Limiter // password mails

	// mu guards all below and every user and session. Operations run under it one
	// at a time; only reading the body and hashing the password happen outside.
	mu              sync.Mutex
	users           []*user
	owner           *user
	sessions        map[string]*session // by token
	ended           map[string]*session // by token; for faults only
	lastEvent       int
	app, sms        tfaSettings
	login           loginSettings
	cookie          cookieSettings
	password        passwordSettings
	emailActivation bool
	codeTries       map[string]tries
	smsCodes        map[string][]smsCode // by phone
	countedMinute   int64                // for X-RateLimit-Remaining
	countedRequests int
	odd             odd
}

// New starts a portal with fresh identities. An unknown profile, role or fault
// is an error.
func New(config Config) (*Server, error) {
	if config.Profile == "" {
		config.Profile = Documented
	}
	rules, known := policyOf(config.Profile)
	if !known {
		return nil, fmt.Errorf("onlyoffice: unknown profile %q; want %q or %q", config.Profile, Documented, Released)
	}
	server, err := kit.NewServer(kit.Setup{
		Registry: append(Faults(), oddFaults()...), Surface: surface, Profile: config.Profile, Faults: config.Faults,
		ParallelFault: faultParallelUsesAllAccepted, Clock: config.Clock, HashIterations: config.HashIterations,
	})
	if err != nil {
		return nil, fmt.Errorf("onlyoffice: %w", err)
	}
	s := &Server{
		Server: server, policy: rules, router: newRouter(), salt: kit.RandomString(64, "0123456789abcdef"),
		machineKey: kit.RandomString(40, kit.Alphanumeric), captcha: kit.RandomString(40, kit.URLSafe),
		attempts: kit.NewFaultyLimiter(server.Faults, passwordLimitFaults), mailSends: kit.NewLimiter(),
		sessions: map[string]*session{}, ended: map[string]*session{}, codeTries: map[string]tries{}, smsCodes: map[string][]smsCode{},
		login: defaultLoginSettings, cookie: defaultCookieSettings, password: defaultPasswordSettings, odd: odd{wrong: map[string]int{}},
	}
	if err := s.seed(config.Pool); err != nil {
		return nil, fmt.Errorf("onlyoffice: %w", err)
	}
	s.Front(s.serve)
	return s, nil
}

// CaptchaResponse is the one recaptchaResponse this portal accepts.
func (s *Server) CaptchaResponse() string { return s.captcha }

// request is one call on its way through the portal.
type request struct {
	kit.Call
	http    *http.Request
	op      *operation
	path    map[string]string // values of the path parameters
	body    []byte
	portal  string // scheme and host
	address string // of the client

	passwordHash string // of the body's password or passwordHash

	session  *session
	byCookie bool // the session came by cookie, not by header
	caller   *user
	link     *confirmation
	cookies  []*http.Cookie
}

func (r *request) operationID() string {
	if r.op == nil {
		return "none"
	}
	return r.op.id
}

func (s *Server) serve(w http.ResponseWriter, hr *http.Request) {
	r := &request{Call: s.Arrive(), http: hr, portal: portalOf(hr)}
	r.address = s.clientAddress(hr)

	op, path, refused := s.route(hr)
	if refused != nil {
		s.write(w, r, refuseIf(refused))
		return
	}
	r.op, r.path = op, path

	body, err := kit.ReadBody(hr, maxBody)
	if err != nil {
		s.write(w, r, refuse(bodyRefused(err)))
		return
	}
	r.body = body
	if op.hashesPassword {
		s.hashPassword(r)
	}
	s.write(w, r, s.run(r))
}

func (s *Server) run(r *request) answer {
	if s.On(faultParallelUsesAllAccepted) {
		kit.WidenRace()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.On(faultCounterResetByAnyRequest) && !r.op.takesCredentials() {
		s.attempts.Reset()
	}
	s.findSession(r)
	if refused := s.authorise(r); refused != nil {
		return refuseIf(refused)
	}
	return r.op.handle(s, r)
}

func bodyRefused(err error) refusal {
	var unusable *kit.BodyError
	if errors.As(err, &unusable) && unusable.Problem == kit.TooLarge {
		return refusal{status: 413, message: "Payload Too Large", bare: true}
	}
	return invalid("$", "The request body cannot be read.")
}

func portalOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// clientAddress is the socket's address. Fields a client can write
// (X-Forwarded-For and its kin) are no address; the release believes its query
// parameter request-x-real-ip (3.5).
func (s *Server) clientAddress(r *http.Request) string {
	if s.policy.addressFromQuery {
		if claimed := r.URL.Query().Get("request-x-real-ip"); claimed != "" {
			return claimed
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
}
