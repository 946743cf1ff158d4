package conform

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"authconform/harness/clause"
	"authconform/harness/httpclient"
	"authconform/harness/journal"
	"authconform/harness/otp"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// run is what is known of the spec that is running.
type run struct {
	clause  clause.Entry
	known   *target.Deviation // the target file lists a failure of this clause
	serial  bool
	before  bool // no spec: the preflight, before the first of them
	started time.Time
	checks  atomic.Int32
	closing atomic.Bool // its body is over, and what it changed is being put back

	mu       sync.Mutex
	leases   []*lease
	atMost   map[string]int // accounts of a role that the clause makes do with
	inTurn   string         // the role of which it has one account at a time
	kits     []*otp.Kit     // that it makes codes with
	calls    []string
	last     *httpclient.Call // the newest of them
	state    verdict.State    // empty while nothing has ended the spec
	reason   string
	trace    string // of a panic of what records the spec
	failures []journal.Failure
	notes    []journal.Failure // of shapes, which another clause judges
	evidence []journal.Check
}

// record keeps a check, and how many calls had been made by then: what it rests on.
func (r *run) record(c journal.Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.After = len(r.calls)
	r.evidence = append(r.evidence, c)
}

// newestStep is the operation that an answer was last compared with, and how that ended.
func (r *run) newestStep() (operation, outcome string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range slices.Backward(r.evidence) {
		if c.Operation != "" {
			return c.Operation, c.Outcome, true
		}
	}
	return "", "", false
}

// note keeps what is another clause's to judge.
func (r *run) note(f journal.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, f)
}

func (r *run) addCall(call *httpclient.Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls, r.last = append(r.calls, call.ID), call
}

// use remembers a secret that the spec has to do with.
func (r *run) use(kit *otp.Kit) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.kits, kit) {
		r.kits = append(r.kits, kit)
	}
}

func (r *run) lastCall() *httpclient.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

// breakDown notes a panic of what records the spec.
func (r *run) breakDown(defect error, trace []byte) {
	r.end(verdict.Errored, "a defect of authconform, please report it: it panicked while it recorded a call: "+defect.Error(), nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trace = string(trace)
}

// end settles the spec's state. The first word counts: what fails while a spec is
// cleaned up is seldom more than an echo of it.
func (r *run) end(state verdict.State, reason string, f *journal.Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f != nil {
		r.failures = append(r.failures, *f)
	}
	if r.state == "" {
		r.state, r.reason = state, reason
	}
}

func (s *Context) hooks() {
	ginkgo.BeforeEach(func(ctx ginkgo.SpecContext) { s.begin(ctx) })
	ginkgo.AfterEach(s.settle)
	ginkgo.ReportAfterEach(s.finish)
}

// begin opens the record of a spec and keeps it from running where the target
// lacks what it needs.
func (s *Context) begin(ctx ginkgo.SpecContext) {
	report := ctx.SpecReport()
	entry, ok := s.registry.Lookup(report.Labels())
	if !ok {
		ginkgo.Fail("the spec has no clause: " + report.FullText())
	}
	r := &run{clause: entry, serial: report.IsSerial, started: time.Now()}
	for i, d := range s.env.Target.Deviations {
		listed := verdict.Deviation{Clause: d.Clause}
		if listed.Lists(entry.ID) && s.env.Today.Before(d.Expires) {
			r.known = &s.env.Target.Deviations[i]
		}
	}
	s.mu.Lock()
	s.run = r
	s.mu.Unlock()
	if over := s.env.Accounts.Course().Over; over != "" {
		s.stop(verdict.NotRun, over, nil)
	}
	s.Only(entry.Operation)
	for _, name := range entry.Features {
		s.feature(ctx, name)
	}
	if entry.Disrupts && !s.env.Target.Allow.Disruptive {
		s.Untestable("it disturbs others on the deployment, and the target file does not set allow.disruptive")
	}
}

func (s *Context) feature(ctx ginkgo.SpecContext, name string) {
	declared, named := s.env.Target.Features[name]
	switch {
	case !named:
		s.stop(verdict.NotApplicable, fmt.Sprintf("the target file does not declare the feature %q", name), nil)
	case declared:
		return
	case s.suite.Features[name].Present(ctx, s):
		s.stop(verdict.FeaturePresent, fmt.Sprintf("the target file declares the feature %q absent, but the target shows it", name), nil)
	default:
		s.stop(verdict.NotApplicable, fmt.Sprintf("the target file declares the feature %q absent, and the target does not show it", name), nil)
	}
}

// settle runs after the spec's body: a spec that checked nothing proves
// nothing, and a deviation that no longer fails must leave the list.
func (s *Context) settle() {
	s.mu.Lock()
	r := s.run
	s.mu.Unlock()
	if r == nil {
		return // something skipped it before it began
	}
	r.closing.Store(true)
	r.mu.Lock()
	ended := r.state != ""
	r.mu.Unlock()
	if ended || ginkgo.CurrentSpecReport().Failed() {
		return
	}
	if r.checks.Load() == 0 {
		s.stop(verdict.Errored, "the spec records no check", nil)
	}
	// Of a glob only the whole run can tell.
	if r.known != nil && r.known.Clause == r.clause.ID {
		ginkgo.Fail("stale deviation: the clause passes, take it off the target file's list")
	}
}

// finish writes the spec's result, whatever became of it.
func (s *Context) finish(report types.SpecReport) {
	s.mu.Lock()
	r := s.run
	s.run = nil
	s.mu.Unlock()
	if r == nil {
		return // filtered out: it never began
	}
	if r.state == "" {
		r.state, r.reason = s.fromGinkgo(r, report)
	}
	if report.State == types.SpecStatePanicked {
		r.trace = report.Failure.Location.FullStackTrace
	}
	result := journal.Result{
		Clause: r.clause.ID, State: r.state, Reason: r.reason, Failures: r.failures, Notes: r.notes,
		Checks: int(r.checks.Load()), Calls: r.calls, Evidence: r.evidence, Leases: r.borrowed(), Started: r.started,
		DurationMS: float64(time.Since(r.started).Microseconds()) / 1000, Process: s.env.Process,
		Trace: r.trace,
	}
	if err := s.env.Sink.Result(result.Redacted(s.env.Vault)); err != nil {
		s.lose(err) // a clause without a result is NOT_RUN
	}
}

// fromGinkgo reads a state off Ginkgo's report for specs that did not end
// through the context: they passed, panicked, timed out or were interrupted.
func (s *Context) fromGinkgo(r *run, report types.SpecReport) (verdict.State, string) {
	switch report.State {
	case types.SpecStatePassed:
		return verdict.Passed, ""
	case types.SpecStateFailed:
		if r.known != nil && r.checks.Load() > 0 && len(r.failures) == 0 {
			return verdict.Passed, "" // settle failed it as stale; the verdict says so
		}
		return verdict.Errored, "it failed outside the harness's checks: " + report.Failure.Message
	case types.SpecStatePanicked:
		return verdict.Errored, fmt.Sprintf("it panicked at %s: %s", report.Failure.Location, report.Failure.ForwardedPanic)
	case types.SpecStateInterrupted, types.SpecStateAborted, types.SpecStateTimedout:
		return verdict.NotRun, "it was " + report.State.String() + " before it ended"
	default:
		return verdict.NotRun, "Ginkgo ended it as " + report.State.String()
	}
}

func (s *Context) current() *run {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run == nil {
		panic("no spec is running")
	}
	return s.run
}

// stop ends the spec. What must turn a run red fails the spec in Ginkgo too, so
// that both doors agree; all else is skipped there with its reason.
func (s *Context) stop(state verdict.State, reason string, f *journal.Failure) {
	r := s.current()
	if r.before {
		panic(unready{reason})
	}
	r.end(state, reason, f)
	text := reason
	if f != nil {
		text = journal.Describe(*f)
	}
	message := s.env.Vault.Redact(fmt.Sprintf("%s %s: %s", r.clause.ID, state, text))
	ginkgo.GinkgoHelper()
	if red(r, state, f) {
		ginkgo.Fail(message)
	}
	ginkgo.Skip(message)
}

func red(r *run, state verdict.State, f *journal.Failure) bool {
	baseline := len(r.clause.Info.Baseline) > 0
	switch state {
	case verdict.Failed:
		breaks := baseline && f != nil && f.Facet == verdict.Behaviour
		return r.known == nil && (r.clause.Level == clause.MUST || breaks)
	case verdict.FeaturePresent:
		return true
	case verdict.Errored, verdict.Untestable, verdict.NotRun:
		return r.clause.Level == clause.MUST || baseline
	}
	return false
}

// Untestable ends the spec: the target could not be brought to where the
// promise can be put to it.
func (s *Context) Untestable(format string, args ...any) {
	ginkgo.GinkgoHelper()
	s.stop(verdict.Untestable, fmt.Sprintf(format, args...), nil)
}

// Inapplicable ends the spec: the target file says that the target has nothing which
// the promise speaks of.
func (s *Context) Inapplicable(format string, args ...any) {
	ginkgo.GinkgoHelper()
	s.stop(verdict.NotApplicable, fmt.Sprintf(format, args...), nil)
}

// Error ends the spec: the harness, the network or the budget failed, not the
// promise.
func (s *Context) Error(format string, args ...any) {
	ginkgo.GinkgoHelper()
	s.stop(verdict.Errored, fmt.Sprintf(format, args...), nil)
}
