package conform_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// hangUp ends the connection instead of answering.
func hangUp(w http.ResponseWriter, _ *http.Request) bool {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
	return false
}

func TestNoResponseIsAnError(t *testing.T) {
	trial{backend: &backend{before: hangUp}, specs: func(s *conform.Context, o ops) {
		It("logs in", o.must("alone"), logsIn(s, o))
		It("logs in twice at once", o.must("together"), func(ctx SpecContext) {
			anyone := conform.Attempt{By: s.Anonymous(), Request: credentials(rightPassword)}
			s.Together(ctx, o.logIn, []conform.Attempt{anyone, anyone})
		})
	}}.run(t).ended(t, map[string]ending{
		"alone":    {verdict.Errored, "POST /login got no response", red},
		"together": {verdict.Errored, "one of 2 requests to POST /login at the same time got no response", red},
	})
}

// TestGivingUp: after three timeouts in a row nothing more is sent, so that a run
// against a target that hangs ends; an answer in between starts the count anew.
func TestGivingUp(t *testing.T) {
	for name, tc := range map[string]struct {
		silent string // which of the requests hang
		sent   int
	}{
		"three in a row":       {"hhhhh", 3},
		"an answer in between": {"hhaha", 5},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			n := 0
			b := &backend{before: func(_ http.ResponseWriter, r *http.Request) bool {
				mu.Lock()
				hangs := tc.silent[n] == 'h'
				n++
				mu.Unlock()
				if hangs {
					<-r.Context().Done()
				}
				return !hangs
			}}
			// A busy machine still answers in this time.
			impatient := target.Target{HTTP: target.HTTP{Timeout: time.Second}}
			f := trial{backend: b, target: impatient, specs: func(s *conform.Context, o ops) {
				for i := range tc.silent {
					It(fmt.Sprint("reads the profile, ", i), clause.Must(fmt.Sprint("ex.spec.n", i), o.profile, contract.OK), func(ctx SpecContext) {
						s.Expect(s.Do(ctx, s.Anonymous(), o.profile, conform.Request{}), o.profile, contract.OK)
					})
				}
			}}.run(t)
			if b.served != tc.sent {
				t.Errorf("%d requests were sent, want %d", b.served, tc.sent)
			}
			for i, kind := range tc.silent {
				r := f.results[fmt.Sprint("n", i)]
				want, says := verdict.Passed, ""
				if kind == 'h' {
					want, says = verdict.Errored, "got no response"
				}
				if i >= tc.sent {
					says = "no more are sent"
				}
				if r.State != want || !strings.Contains(r.Reason, says) {
					t.Errorf("spec %d: %s (%s), want %s with %q", i, r.State, r.Reason, want, says)
				}
			}
		})
	}
}

// TestBudget: a 429 that nobody provoked judges the run, not the promise; a spec
// that sets out to provoke it may judge it.
func TestBudget(t *testing.T) {
	limited := &backend{logIn: func(*backend, string) (int, string) { return http.StatusTooManyRequests, refusal }}
	trial{backend: limited, target: target.Target{Allow: target.Allow{Disruptive: true}}, specs: func(s *conform.Context, o ops) {
		isThrottled := func(ctx SpecContext) {
			s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(wrongPassword)), o.logIn, contract.Throttled)
		}
		It("logs in", o.must("unprovoked"), logsIn(s, o))
		It("would be throttled", clause.Must("ex.spec.hopes", o.logIn, contract.Throttled), isThrottled)
		It("is throttled", clause.Must("ex.spec.provoked", o.logIn, contract.Throttled, clause.Disrupts()), isThrottled)
	}}.run(t).ended(t, map[string]ending{
		"unprovoked": {verdict.Errored, "budget: POST /login", red},
		"hopes":      {verdict.Errored, "budget: POST /login", red},
		"provoked":   {verdict.Passed, "", green},
	})
}

// TestTogether: all requests are in flight before one is answered, and the calls
// come back in the order of their attempts.
func TestTogether(t *testing.T) {
	const n = 4
	var arrived sync.WaitGroup
	arrived.Add(n)
	b := &backend{before: func(http.ResponseWriter, *http.Request) bool {
		arrived.Done()
		all := make(chan struct{})
		go func() { arrived.Wait(); close(all) }()
		select {
		case <-all:
			return true
		case <-time.After(5 * time.Second):
			return false // an empty answer, which no attempt expects
		}
	}}
	tr := trial{backend: b}
	tr.specs = func(s *conform.Context, o ops) {
		It("logs in", o.must("together"), func(ctx SpecContext) {
			var attempts []conform.Attempt
			for i := range n {
				password := rightPassword
				if i%2 == 1 {
					password = wrongPassword
				}
				attempts = append(attempts, conform.Attempt{By: s.Anonymous(), Request: credentials(password)})
			}
			for i, call := range s.Together(ctx, o.logIn, attempts) {
				s.Holds("the calls come in the order of their attempts",
					len(call.Body) > 0 && (call.Status == http.StatusOK) == (i%2 == 0), fmt.Sprint(i, ": ", call.Status))
			}
		})
	}
	result := tr.run(t).results["together"]
	if result.State != verdict.Passed || result.Checks != n || len(result.Calls) != n {
		t.Errorf("%s (%s) with %d checks and %d calls, want a pass with %d of each",
			result.State, result.Reason, result.Checks, len(result.Calls), n)
	}
}

// TestCallable: what the target file does not say keeps an operation from being
// called at all, however it is called.
func TestCallable(t *testing.T) {
	setting := map[string]target.Setting{"base-path": {Text: "where the API lives", Ask: "Where does it live?"}}
	nowhere := func(*target.Target, *contract.Operation) string { return "" }
	for name, tc := range map[string]struct {
		suite conform.Suite
		given map[string]string
		want  ending
	}{
		"a setting without a value": {conform.Suite{Settings: setting, Needs: map[string][]string{"logIn": {"base-path"}}}, nil,
			ending{verdict.Untestable, "ask the vendor: Where does it live?", red}},
		"a setting that is set": {conform.Suite{Settings: setting, Needs: map[string][]string{"logIn": {"base-path"}}},
			map[string]string{"base-path": "/"}, ending{verdict.Passed, "", green}},
		"another operation's setting": {conform.Suite{Settings: setting, Needs: map[string][]string{"readProfile": {"base-path"}}}, nil,
			ending{verdict.Passed, "", green}},
		"no path": {conform.Suite{Path: nowhere}, nil, ending{verdict.Untestable, "does not say where logIn lives", red}},
	} {
		t.Run(name, func(t *testing.T) {
			b := &backend{}
			f := trial{backend: b, suite: tc.suite, target: target.Target{Settings: tc.given}, specs: func(s *conform.Context, o ops) {
				It("logs in", o.must("do"), logsIn(s, o))
				It("logs in at once", o.must("together"), func(ctx SpecContext) {
					s.Together(ctx, o.logIn, []conform.Attempt{{By: s.Anonymous(), Request: credentials(rightPassword)}})
					s.Holds("it was called", true, "")
				})
			}}.run(t)
			f.ended(t, map[string]ending{"do": tc.want, "together": tc.want})
			if called := b.served > 0; called != (tc.want.state == verdict.Passed) {
				t.Errorf("%d requests were sent", b.served)
			}
		})
	}
}

// TestSendGoesThroughTheSuite: an exchange's own way to send is asked for every
// request, and may still send it as it is.
func TestSendGoesThroughTheSuite(t *testing.T) {
	sent := 0
	var st conform.Suite
	st.Send = func(
		ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request,
	) (*httpclient.Call, error) {
		sent++
		return s.Send(ctx, by, op, r.With("password", rightPassword))
	}
	b := &backend{}
	f := trial{backend: b, suite: st, specs: func(s *conform.Context, o ops) {
		It("logs in", o.must("sent"), func(ctx SpecContext) {
			s.Expect(s.Do(ctx, s.Anonymous(), o.logIn, credentials(wrongPassword)), o.logIn, contract.OK)
		})
	}}.run(t)
	if f.results["sent"].State != verdict.Passed || sent != 1 || b.passwords[0] != rightPassword {
		t.Errorf("%s, %d requests through the suite, passwords %q", f.results["sent"].State, sent, b.passwords)
	}
}
