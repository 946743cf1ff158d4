// Package conform gives specs what they need to put one promise to one target:
// operations of the contract, identities, actors, calls, codes, waiting, and
// the ways a spec can end. Specs are closures over a Context, not over globals,
// so one process can build the same suite against a target, a reference and
// every fault.
package conform

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onsi/ginkgo/v2"
	"golang.org/x/time/rate"

	"authconform/harness/clause"
	"authconform/harness/contract"
	"authconform/harness/expect"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/secret"
	"authconform/harness/target"
)

// Suite is the set of specs of one exchange.
type Suite struct {
	Exchange string
	// Specs builds the Ginkgo tree.
	Specs func(*Context)
	// Roles names what an identity can be, Settings what a target file may set
	// beyond what all exchanges share: each with one sentence that explains it.
	Roles map[string]string
	// UsedUp names the roles whose accounts a clause takes to where no documented call
	// brings them back from: each such clause needs one of its own.
	UsedUp []string
	// Serves says by role which other one its accounts fill as well. Where the suite locks
	// or enrols such accounts, its specs have to bring them back to what the role says first.
	Serves map[string]string
	// Becomes says by role which other one its accounts have once a clause has used them up.
	Becomes map[string]string
	// Makes names the roles whose accounts the suite makes for itself on a target; nil
	// means none, so that each has to be in the target file.
	Makes func(*target.Target) []string
	// Provide, when not nil, makes an account of a role that the target file lacks, on
	// a target whose file says that there accounts can be had for the asking; n is a
	// text that no other account has. false means that none can be made.
	Provide  func(t *target.Target, role, n string) (target.Identity, bool)
	Settings map[string]target.Setting
	// Features names the features that a target may declare.
	Features map[string]Feature
	// Path, when not nil, says where an operation lives on a target: for paths
	// that documents leave open and a setting of the target file decides. "" means
	// that the target file does not say; the specs of the operation are then
	// UNTESTABLE.
	Path func(*target.Target, *contract.Operation) string
	// Leak, when not nil, names what in an answer lets its reader in although the
	// outcome is a refusal; "" is nothing. It is asked of every answer that a spec
	// expects, so that no refusal of any kind is passed over.
	Leak func(*httpclient.Call, contract.Outcome) string
	// Send, when not nil, brings a request to the target in place of Context.Send:
	// for exchanges where another service hands out the credential that each
	// request needs.
	Send func(context.Context, *Context, *Actor, *contract.Operation, Request) (*httpclient.Call, error)
	// Alone, when not nil, tells whether one process has to run all specs against a
	// target, because the target limits them together.
	Alone func(t *target.Target, profile string) bool
	// Tallies says that the suite notes failed attempts itself, by Identity.Failed:
	// where a refusal does not show whether a target counts it.
	Tallies bool
	// Counts names operations, by operationId, every call of which a target may count
	// towards a limit, whatever its outcome.
	Counts map[string]bool
	// Knock, when not nil, is how the preflight signs an identity in for one of its
	// roles; nil where the role does not sign in, or where that would cost a clause
	// something.
	Knock func(s *Context, who *identity.Identity, role string) *Knock
	// Letter, when not nil, is a mail that doctor has sent to one account; nil where the
	// target has no operation that mails, or no account that may be mailed.
	Letter func(context.Context, *Context) *Letter
	// Renews says that right attempts renew what a target counts of wrong ones.
	Renews bool
	// Ease, when not nil, raises the limits of a target before the first spec, and says
	// how they are put back; nil where the target does not grant it.
	Ease func(context.Context, *Context) *Ease
	// Drift, when not nil, finds out with one account of the target file whether the target
	// takes codes of the step before; nil where nothing can be tried.
	Drift func(context.Context, *Context) *Drift
	// PutBack, when not nil, brings an account back that a clean-up had to leave for want of
	// a code: it kept identity.FactorLeftOn or FactorLeftOff.
	PutBack func(ctx context.Context, s *Context, who *identity.Identity)
	// Needs names, by operationId, the settings without which an operation cannot
	// be called; where one has neither value nor default, its specs are UNTESTABLE.
	Needs map[string][]string
	// ProductionHosts lists the hosts that the exchange's documents, or its public
	// clients, name as production; none where whoever installs it runs it.
	ProductionHosts []string
}

// Setting is what a target file sets, or else the setting's default.
func (st Suite) Setting(t *target.Target, name string) string {
	return cmp.Or(t.Settings[name], st.Settings[name].Default)
}

// Gaps lists the settings, sorted, that have no default and that a target file
// does not set although the documents leave them to it. t nil is an empty file.
func (st Suite) Gaps(t *target.Target) []string {
	if t == nil {
		t = &target.Target{}
	}
	var gaps []string
	for _, name := range slices.Sorted(maps.Keys(st.Settings)) {
		if st.Settings[name].Ask != "" && st.Setting(t, name) == "" {
			gaps = append(gaps, name)
		}
	}
	return gaps
}

// Feature is an optional part of a surface.
type Feature struct {
	Text string
	// Present tells whether the target shows the feature. It is asked only when
	// the target file declares the feature absent: present all the same is a
	// failure.
	Present func(context.Context, *Context) bool
}

// Sink receives the evidence of a run. Everything it is given is redacted.
type Sink interface {
	Call(journal.Call) error
	Result(journal.Result) error
}

// Environment is everything of a run that does not depend on the exchange.
type Environment struct {
	Target   *target.Target
	Vault    *secret.Vault
	Wire     *httpclient.Wire
	Accounts identity.Lender
	Claims   map[string][]identity.Claim // by clause id: the accounts that it declares to need
	Clock    *otp.Clock
	Inbox    inbox.Inbox // nil when the target file names none
	Sink     Sink
	Process  int // of Processes, from 1, as Ginkgo counts
	// RealTime keeps the target's test clock from granting what a real wait, up to
	// limits.max-wait, could not.
	RealTime  bool
	Processes int
	Today     time.Time
}

// Context is handed to the specs of one suite. It is built before the tree and
// opened before the first spec runs.
type Context struct {
	suite    Suite
	contract *contract.Contract
	registry *clause.Registry
	profile  string
	judge    *expect.Judge

	env     Environment
	limiter *rate.Limiter

	mu   sync.Mutex
	run  *run
	kits map[string]*otp.Kit // by secret

	prints map[*contract.Operation][]string // what each hands out on this target

	watchers []func(*httpclient.Call)
	readers  []func(inbox.Message)

	mails, answers silence               // of the inbox, and of the target
	lost           atomic.Pointer[error] // why evidence could not be written
}

// New makes a context for one profile of a contract.
func New(st Suite, c *contract.Contract, profile string, registry *clause.Registry) *Context {
	return &Context{
		suite: st, contract: c, profile: profile, registry: registry,
		judge: expect.NewJudge(c, profile, st.Leak), kits: map[string]*otp.Kit{},
	}
}

// Build puts the suite's specs and the hooks that record them into Ginkgo's
// tree. It must run in Ginkgo's construction phase. The clauses register
// themselves when Ginkgo builds the tree; the caller unregisters with the
// returned function when that is done.
func (s *Context) Build() (unregister func()) {
	unregister = ginkgo.AddTreeConstructionNodeArgsTransformer(s.registry.Transform)
	s.hooks()
	ginkgo.Describe(s.suite.Exchange, func() { s.suite.Specs(s) })
	return unregister
}

// Open gives the context its environment. No spec may run before; between two
// specs it may be opened anew, on another deployment.
func (s *Context) Open(env Environment) {
	s.mu.Lock()
	s.env, s.prints = env, nil
	s.mu.Unlock()
	s.mails.heard()
	s.answers.heard()
	if pace := env.Target.Limits.Pace; pace > 0 {
		s.limiter = rate.NewLimiter(rate.Limit(pace), 1)
	}
	env.Wire.OnCall(s.observe)
}

// Exchange is the name that begins every clause id of the suite.
func (s *Context) Exchange() string { return s.suite.Exchange }

// Profile is the reading of the contract that governs this run.
func (s *Context) Profile() string { return s.profile }

// Setting returns a setting of the target file, or its default; "" when it has
// neither.
func (s *Context) Setting(name string) string { return s.suite.Setting(s.env.Target, name) }

// Known is Setting for what a spec cannot do without: nothing known makes the
// clause UNTESTABLE, with what is missing and whom to ask.
func (s *Context) Known(name string) string {
	ginkgo.GinkgoHelper()
	value := s.Setting(name)
	if value == "" {
		setting := s.suite.Settings[name]
		s.Untestable("settings.%s is not set in the target file (%s); ask the vendor: %s", name, setting.Text, setting.Ask)
	}
	return value
}

// Target returns the target file of the run.
func (s *Context) Target() *target.Target { return s.env.Target }

// Operation is an operation of the contract, by its operationId. One that the
// contract does not have is a mistake in the suite and ends the construction.
func (s *Context) Operation(id string) *contract.Operation {
	op, ok := s.contract.Operation(id)
	if !ok {
		panic(fmt.Sprintf("the contract of %s has no operation %q", s.contract.Exchange, id))
	}
	return op
}

// Operations lists the contract's operations in document order.
func (s *Context) Operations() []*contract.Operation { return s.contract.Operations }

// Process is which of the run's processes this is, from 1.
func (s *Context) Process() int { return s.env.Process }
