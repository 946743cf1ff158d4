package conform_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/secret"
	"authconform/harness/target"
)

// The exchange of these tests has a log-in and a profile.
const document = `openapi: 3.1.0
info: {title: Example, version: "1"}
x-profiles: {documented: as written}
paths:
  /login:
    post:
      operationId: logIn
      x-area: sessions
      x-source: RFC 9110 section 1
      responses:
        "200": {description: a session, content: {application/json: {schema: {$ref: session.schema.json}}}}
        "401": {description: a refusal, content: {application/json: {schema: {$ref: refusal.schema.json}}}}
        "429": {description: a limit, content: {application/json: {schema: {$ref: refusal.schema.json}}}}
      x-outcomes:
        ok: {status: 200, provenance: documented}
        bad-credentials: {status: 401, provenance: documented}
        throttled: {status: 429, provenance: documented}
  /profile:
    get:
      operationId: readProfile
      x-area: profile
      x-source: RFC 9110 section 2
      responses:
        "200": {description: the profile, content: {application/json: {schema: {$ref: profile.schema.json}}}}
      x-outcomes:
        ok: {status: 200, provenance: documented}
`

func object(required string) *fstest.MapFile {
	const draft = `{"$schema":"http://json-schema.org/draft-07/schema#",`
	return &fstest.MapFile{Data: []byte(draft + `"type":"object","required":["` + required + `"]}`)}
}

func exampleContract(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load(fstest.MapFS{
		"standards/authorities.yaml": {Data: []byte("- {id: RFC 9110, title: HTTP Semantics, url: https://www.rfc-editor.org/rfc/rfc9110}\n")},
		"ex/openapi.yaml":            {Data: []byte(document)}, "ex/session.schema.json": object("session"),
		"ex/refusal.schema.json": object("error"), "ex/profile.schema.json": object("greeting"),
	}, "ex")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	rightPassword = "correct-horse-battery"
	wrongPassword = "incorrect-horse-battery"

	session = `{"session":"open"}`
	refusal = `{"error":"no"}`
)

// backend is the server of these tests. Each can be made to break one promise.
type backend struct {
	// logIn answers a log-in; nil is a back end that keeps all its promises.
	logIn func(b *backend, password string) (status int, body string)
	// profile is what the profile says.
	profile string
	// before, when not nil, sees every request first; false means that it took care
	// of the answer.
	before func(http.ResponseWriter, *http.Request) bool

	mu        sync.Mutex
	passwords []string // of the log-ins, as they came
	served    int
}

func honest(_ *backend, password string) (int, string) {
	if password == rightPassword {
		return http.StatusOK, session
	}
	return http.StatusUnauthorized, refusal
}

func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.served++
	b.mu.Unlock()
	if b.before != nil && !b.before(w, r) {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	status, body := http.StatusOK, `{"greeting":"`+b.profile+`"}`
	if r.URL.Path == "/login" {
		var credentials struct{ Password string }
		_ = json.NewDecoder(r.Body).Decode(&credentials)
		b.passwords = append(b.passwords, credentials.Password)
		answer := b.logIn
		if answer == nil {
			answer = honest
		}
		status, body = answer(b, credentials.Password)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// trial is a small suite, what it is put to, and the target file of the run.
type trial struct {
	claims    map[string][]identity.Claim // that clauses declare
	specs     func(*conform.Context, ops)
	backend   *backend
	suite     conform.Suite // without its specs
	target    target.Target // without its URL
	inbox     inbox.Inbox
	processes int           // 1 unless set
	window    time.Duration // how long an identity rests after a failure
}

// ops are the operations of the exchange.
type ops struct{ logIn, profile *contract.Operation }

// must is the clause of a spec whose own promise is that a log-in succeeds.
func (o ops) must(name string, options ...clause.Option) clause.Clause {
	return clause.Must("ex.spec."+name, o.logIn, contract.OK, options...)
}

// found is what a run left behind.
type found struct {
	results map[string]journal.Result   // by the last word of the clause's id
	ginkgo  map[string]types.SpecReport // likewise
	entries map[string]clause.Entry     // likewise
	calls   map[string][]journal.Call   // likewise
	said    string                      // all that Ginkgo printed
}

// run puts the suite to its back end, as the runner does.
func (tr trial) run(t *testing.T) found {
	t.Helper()
	if tr.backend == nil {
		tr.backend = &backend{}
	}
	server := httptest.NewServer(tr.backend)
	defer server.Close()
	c := exampleContract(t)
	st := tr.suite
	st.Exchange = "ex"
	st.Specs = func(s *conform.Context) {
		tr.specs(s, ops{s.Operation("logIn"), s.Operation("readProfile")})
	}
	env, memory := tr.environment(t, server.URL)
	defer env.Wire.Close()

	globals.Reset()
	defer globals.Reset()
	registry := clause.NewRegistry(c, nil)
	s := conform.New(st, c, "documented", registry)
	ginkgo.BeforeSuite(func() { s.Open(env) })
	var report types.Report
	ginkgo.ReportAfterSuite("keep", func(r ginkgo.Report) { report = r })
	unregister := s.Build()
	defer unregister()
	said := runQuietly()

	f := found{
		results: memory.results, calls: memory.calls, said: said,
		ginkgo: map[string]types.SpecReport{}, entries: map[string]clause.Entry{},
	}
	for _, e := range registry.Entries() {
		if !e.Info.IsShape() { // that one has no spec
			f.entries[lastWord(e.ID)] = e
		}
	}
	for _, spec := range report.SpecReports {
		for _, label := range spec.Labels() {
			if strings.HasPrefix(label, "ex.") {
				f.ginkgo[lastWord(label)] = spec
			}
		}
	}
	if len(f.results) != len(f.entries) || len(f.results) == 0 {
		t.Fatalf("%d specs left %d results:\n%s", len(f.entries), len(f.results), said)
	}
	return f
}

func (tr trial) environment(t *testing.T, url string) (conform.Environment, *memory) {
	t.Helper()
	vault := secret.New()
	vault.Register("password", rightPassword)
	vault.Register("password", wrongPassword)
	at := tr.target
	at.URL, at.Exchange, at.Profile = url, "ex", "documented"
	if at.HTTP.Timeout == 0 {
		at.HTTP.Timeout = 10 * time.Second
	}
	wire, err := httpclient.New(httpclient.Options{BaseURL: url, RunID: "test", Timeout: at.HTTP.Timeout, MaxBody: 1 << 20}, vault)
	if err != nil {
		t.Fatal(err)
	}
	processes := max(tr.processes, 1)
	clock := otp.NewClock(time.Now)
	kept := &memory{results: map[string]journal.Result{}, calls: map[string][]journal.Call{}}
	return conform.Environment{
		Target: &at, Vault: vault, Wire: wire, Clock: clock, Sink: kept, Inbox: tr.inbox,
		Accounts: identity.NewBroker(at.Identities, identity.Terms{Attempts: 2, Window: tr.window, Patience: time.Minute}, time.Now),
		Claims:   tr.claims,
		Process:  1, Processes: processes, Today: time.Now(),
	}, kept
}

// runQuietly runs the tree that was built, specs of one line in the order of their
// texts and all others in that of their lines, and returns what Ginkgo prints.
func runQuietly() string {
	config, reporter := ginkgo.GinkgoConfiguration()
	reporter.NoColor, reporter.Verbose = true, true
	var said bytes.Buffer
	out := formatter.ColorableStdOut
	formatter.ColorableStdOut = &said
	defer func() { formatter.ColorableStdOut = out }()
	ginkgo.RunSpecs(quiet{}, "fixture", config, reporter)
	return said.String()
}

// quiet keeps a suite that is meant to fail from failing the test around it.
type quiet struct{}

func (quiet) Fail() {}

func lastWord(id string) string { return id[strings.LastIndexByte(id, '.')+1:] }

// memory is a conform.Sink that keeps everything.
type memory struct {
	mu      sync.Mutex
	results map[string]journal.Result
	calls   map[string][]journal.Call
}

func (m *memory) Call(c journal.Call) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[lastWord(c.Clause)] = append(m.calls[lastWord(c.Clause)], c)
	return nil
}

func (m *memory) Result(r journal.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.results[lastWord(r.Clause)] = r
	return nil
}

// credentials is a log-in with a password.
func credentials(password string) conform.Request {
	return conform.Request{JSON: conform.Object{"user": "ann", "password": password}}
}

// logsIn is the body of a spec that logs in and expects to succeed.
func logsIn(s *conform.Context, o ops) func(context.Context) {
	return func(ctx context.Context) {
		s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(rightPassword)), o.logIn, contract.OK)
	}
}
