package mutants

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/journal"
	"authconform/harness/mutation"
	"authconform/harness/mutation/site"
	"authconform/harness/reference"
	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// Surface is one suite in one profile.
type Surface struct {
	Exchange string `json:"exchange"`
	Profile  string `json:"profile"`
}

// stage runs the specs of a surface, each against a deployment of its own, so that
// what one mutant spoils is no other's.
type stage struct {
	Surface
	suite    conform.Suite
	contract *contract.Contract
	server   *runner.Served
	handler  atomic.Pointer[guard]
	started  int
	drop     func(string) bool // clauses that the suite is to lack
}

func newStage(st conform.Suite, profile string) (*stage, error) {
	c, err := runner.Contract(st.Exchange)
	if err != nil {
		return nil, err
	}
	s := &stage{Surface: Surface{st.Exchange, profile}, suite: st, contract: c, drop: func(string) bool { return false }}
	s.server, err = runner.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handler.Load().ServeHTTP(w, r)
	}), "127.0.0.1:0")
	return s, err
}

func (s *stage) close() { s.server.Close() }

// guard stands before a deployment: a panic is a 500, as servers answer it, and
// what never answers is found out.
type guard struct {
	next    http.Handler
	running atomic.Int32
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.running.Add(1)
	defer g.running.Add(-1)
	defer func() {
		if recover() != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}()
	g.next.ServeHTTP(w, r)
}

// A reference with a mutant may never answer, and sends a mail at once or never, so
// neither is waited for long. The pristine one does both, on a busy machine too. A
// handler that goes on for spareTime after its spec has ended hangs.
const (
	answerWithin, pristineAnswer = 4 * time.Second, 30 * time.Second
	mailWithin, pristineMail     = 250 * time.Millisecond, 10 * time.Second
	spareTime                    = 2 * time.Second
)

// idle waits until no handler runs.
func (g *guard) idle() bool {
	for end := time.Now().Add(spareTime); g.running.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// assignment says what a clause is put to.
type assignment struct {
	mutant     site.ID // 0 is the pristine reference
	deployment reference.Deployment
}

// finding is what a clause said of its mutant.
type finding struct {
	clause.Info
	mutant     site.ID
	deployment reference.Deployment
	state      verdict.State
	reason     string
	waits      step // of a spec that could not judge: the step that failed
	broken     bool // the reference did not start
	hung       bool // it goes on with a call for ever
	reached    site.Set
	differs    site.Set
}

// run puts each clause that has an assignment to its mutant. begun hears of each
// before it starts, and done of what became of it; a mutant of which done says true
// is not put to the clauses that are left.
func (s *stage) run(assigned func(clause.Info) (assignment, bool), record bool,
	begun func(assignment), done func(finding) (settled bool)) error {
	globals.Reset()
	defer globals.Reset()
	registry := clause.NewRegistry(s.contract, func(info clause.Info) bool {
		_, ok := assigned(info)
		return ok && !s.drop(info.ID)
	})
	context := conform.New(s.suite, s.contract, s.Profile, registry)
	sink := &sink{}
	settled := map[site.ID]bool{}
	var env conform.Environment
	closeWire := func() {
		if env.Wire != nil {
			env.Wire.Close()
		}
	}
	defer func() { closeWire() }()
	ginkgo.BeforeEach(func(ctx ginkgo.SpecContext) {
		entry, ok := registry.Lookup(ctx.SpecReport().Labels())
		if !ok {
			ginkgo.Fail("the spec has no clause: " + ctx.SpecReport().FullText())
		}
		a, _ := assigned(entry.Info)
		if settled[a.mutant] && a.mutant != 0 {
			ginkgo.Skip("its mutant is judged already")
		}
		begun(a)
		found := finding{Info: entry.Info, mutant: a.mutant, deployment: a.deployment}
		if record {
			site.Record()
		}
		instance, err := s.start(a)
		if err != nil {
			found.broken, found.reason = true, err.Error()
			settled[a.mutant] = done(found)
			ginkgo.Skip("the reference does not start")
		}
		closeWire()
		front := &guard{next: instance.Handler}
		s.handler.Store(front)
		mail, answer := mailWithin, answerWithin
		if a.mutant == 0 {
			mail, answer = pristineMail, pristineAnswer
		}
		env, err = mutation.Environment(s.suite, s.contract, s.Profile, instance, s.server.URL, mail, answer)
		if err != nil {
			ginkgo.Fail(err.Error())
		}
		env.Sink = sink
		sink.result = func(r journal.Result) {
			found.state, found.reason = r.State, r.Reason
			found.waits = waitsFor(r)
			if r.State == verdict.Passed && len(r.Notes) > 0 { // the clause about the shape fails by it
				found.state = verdict.Failed
			}
			found.hung = !front.idle()
			if record {
				found.reached, found.differs = site.Recorded()
			}
			settled[a.mutant] = done(found)
		}
		context.Open(env)
	})
	unregister := context.Build()
	defer unregister()
	seed := int64(1)
	runner.Specs(s.Exchange, &seed, io.Discard)
	site.Activate(0)
	return nil
}

// waitsFor is the step that kept a spec from judging: the one that failed, or else the
// last one that was taken, whose answer then lacks what the spec reads out of it.
func waitsFor(r journal.Result) step {
	if len(r.Failures) > 0 && r.Failures[0].Outcome != "" {
		return step{r.Failures[0].Operation, r.Failures[0].Outcome}
	}
	for _, c := range slices.Backward(r.Evidence) {
		if c.Operation != "" {
			return step{c.Operation, c.Outcome}
		}
	}
	return step{}
}

// start starts the reference with a mutant on. A panic means that it does not.
func (s *stage) start(a assignment) (instance *reference.Instance, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it panicked: %v", p)
		}
	}()
	site.Activate(a.mutant)
	instance, err = reference.New(s.Exchange, reference.Options{Profile: s.Profile, Set: a.deployment.Set, Cheap: true, Small: true})
	if err != nil {
		return nil, err
	}
	s.started++
	for i := range instance.Identities { // a suite may remember what it left an identity in, by its name
		instance.Identities[i].Name += fmt.Sprintf("-of-%d", s.started)
	}
	return instance, nil
}

// sink hands on the result of the spec that runs, and keeps nothing.
type sink struct{ result func(journal.Result) }

func (*sink) Call(journal.Call) error { return nil }

func (s *sink) Result(r journal.Result) error {
	s.result(r)
	return nil
}
