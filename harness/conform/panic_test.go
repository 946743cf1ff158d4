package conform_test

import (
	"strings"
	"sync/atomic"
	"testing"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/verdict"
)

// TestPanicsLeaveATrace: what breaks down in a spec, or in what records its calls, is an
// ERROR of that clause with a redacted trace; whichever goroutine it is in, the run goes
// on.
func TestPanicsLeaveATrace(t *testing.T) {
	f := trial{specs: func(s *conform.Context, o ops) {
		var none []string
		var broken atomic.Bool
		s.Watch(func(call *httpclient.Call) {
			if broken.Load() {
				_ = none[len(call.Body)]
			}
		})
		send := func(n int) func(ctx SpecContext) {
			return func(ctx SpecContext) {
				broken.Store(true)
				defer broken.Store(false)
				attempt := conform.Attempt{By: s.Anonymous(), Request: credentials(rightPassword)}
				s.Together(ctx, o.logIn, []conform.Attempt{attempt, attempt, attempt}[:n])
			}
		}
		Describe("one after the other", Ordered, ContinueOnFailure, func() {
			It("breaks down itself", o.must("spec"), func(SpecContext) { panic(s.Secret("made", madeUp)) })
			It("has its calls recorded by what breaks down", o.must("recorder"), send(1))
			It("has calls of several goroutines recorded by what breaks down", o.must("recorders"), send(3))
			It("runs after them", o.must("after"), func(ctx SpecContext) {
				s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(rightPassword)), o.logIn, contract.OK)
			})
		})
	}}.run(t)
	f.ended(t, map[string]ending{
		"spec": {verdict.Errored, "it panicked", panicked}, "recorder": {verdict.Errored, "index out of range", red},
		"recorders": {verdict.Errored, "index out of range", red}, "after": {verdict.Passed, "", green},
	})
	for _, name := range []string{"spec", "recorder", "recorders"} {
		if trace := f.results[name].Trace; !strings.Contains(trace, "panic_test.go:") {
			t.Errorf("%s: the trace does not lead to where it happened: %q", name, trace)
		}
	}
	holdsNoSecret(t, "the record", f.record(t))
}
