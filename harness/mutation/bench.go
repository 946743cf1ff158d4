package mutation

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/harness/secret"
	"authconform/harness/target"
)

// bench runs a suite against one reference after another in this process, over
// one listening address.
type bench struct {
	suite    conform.Suite
	contract *contract.Contract
	profile  string
	served   *runner.Served
	handler  atomic.Pointer[http.Handler]
}

func newBench(st conform.Suite, c *contract.Contract, profile string) (*bench, error) {
	b := &bench{suite: st, contract: c, profile: profile}
	served, err := runner.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*b.handler.Load()).ServeHTTP(w, r)
	}), "127.0.0.1:0")
	b.served = served
	return b, err
}

func (b *bench) close() { b.served.Close() }

// outcome is what one run of specs left behind.
type outcome struct {
	results map[string]journal.Result
	touched map[string]map[touch]bool // clause -> what it met
	entries []clause.Entry
}

// touch is one kind of response that a spec met.
type touch struct {
	operation string
	status    int
}

// everything stands for the number of specs of the whole suite.
const everything = 1 << 20

// few is up to how many specs a small reference has identities for.
const few = 12

// run puts the specs that selected accepts, n of them, to one deployment of the
// reference with the faults on, behind the front f. Passwords are hashed as cheaply as can be: the
// proof measures the suite.
func (b *bench) run(deployment reference.Deployment, faults []string, f *front, n int, selected func(clause.Info) bool) (*outcome, error) {
	instance, err := reference.New(b.suite.Exchange, reference.Options{Profile: b.profile, Faults: faults, Set: deployment.Set,
		Cheap: true, Small: n <= few, Large: f.byClause != nil})
	if err != nil {
		return nil, err
	}
	f.next = instance.Handler
	var handler http.Handler = f
	b.handler.Store(&handler)

	env, err := Environment(b.suite, b.contract, b.profile, instance, b.served.URL, patience, target.DefaultTimeout)
	if err != nil {
		return nil, err
	}
	defer env.Wire.Close()
	sink := &memory{results: map[string]journal.Result{}, touched: map[string]map[touch]bool{}}
	env.Sink = sink
	globals.Reset()
	defer globals.Reset()
	registry := clause.NewRegistry(b.contract, selected)
	specs := conform.New(b.suite, b.contract, b.profile, registry)
	ginkgo.BeforeSuite(func() { specs.Open(env) })
	unregister := specs.Build()
	defer unregister()
	seed := int64(1)
	runner.Specs(b.suite.Exchange, &seed, io.Discard)
	return &outcome{results: sink.results, touched: sink.touched, entries: registry.Entries()}, nil
}

// patience is how long a spec waits for a mail: a reference sends it at once or
// never. Waiting for time to pass moves the reference's clock.
const patience = time.Second

// Environment is that of a run against a reference served at url, but for the sink.
// mail bounds how long a spec waits for a mail, answer how long for an answer.
func Environment(st conform.Suite, c *contract.Contract, profile string, instance *reference.Instance, url string,
	mail, answer time.Duration) (conform.Environment, error) {
	vault := secret.New()
	t := runner.TargetOf(st, c, profile, instance, url)
	t.Limits.MaxWait, t.HTTP.Timeout = mail, answer
	vault.Register("captcha", t.Captcha.Response)
	for name, setting := range st.Settings {
		if setting.Secret {
			vault.Register("setting "+name, t.Settings[name])
		}
	}
	w, err := httpclient.New(httpclient.Options{BaseURL: t.URL, Version: runner.Version(), RunID: "proof", Timeout: t.HTTP.Timeout,
		MaxBody: t.HTTP.MaxBody}, vault)
	if err != nil {
		return conform.Environment{}, err
	}
	claims, err := runner.Claims(st.Exchange)
	if err != nil {
		return conform.Environment{}, err
	}
	return conform.Environment{
		Target: t, Vault: vault, Wire: w, Clock: otp.NewClock(time.Now),
		Accounts: discreet{identity.NewBroker(t.Identities, runner.TermsOf(st, t.Limits), time.Now), vault}, Claims: claims,
		Inbox: inbox.Mailpit(t.Inbox.URL), Process: 1, Processes: 1, Today: time.Now(),
	}, nil
}

// discreet lends accounts, and makes their secrets known before anybody uses them. A
// reference has some hundred accounts, of which one spec uses a few: to know all of them
// each time was three quarters of the work.
type discreet struct {
	identity.Lender
	vault *secret.Vault
}

func (d discreet) Lease(ctx context.Context, r identity.Request) ([]identity.Grant, error) {
	grants, err := d.Lender.Lease(ctx, r)
	for _, g := range grants {
		who := g.Identity
		d.vault.Register("password", who.Password)
		d.vault.Register("totp-secret", who.TOTPSecret)
		d.vault.Register("api-key", who.APIKey)
		d.vault.Register("api-secret", who.APISecret)
		d.vault.Register("token", who.Token)
	}
	return grants, err
}

// memory is a conform.Sink that keeps what the proof needs and nothing else.
type memory struct {
	mu      sync.Mutex
	results map[string]journal.Result
	touched map[string]map[touch]bool
}

func (m *memory) Call(c journal.Call) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.touched[c.Clause] == nil {
		m.touched[c.Clause] = map[touch]bool{}
	}
	m.touched[c.Clause][touch{c.Operation, c.Status}] = true
	return nil
}

func (m *memory) Result(r journal.Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.results[r.Clause]; twice {
		return fmt.Errorf("two results for clause %s", r.Clause)
	}
	m.results[r.Clause] = r
	return nil
}
