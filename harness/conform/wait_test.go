package conform_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// TestWait: time passes really, up to limits.max-wait; what would take longer is
// not begun.
func TestWait(t *testing.T) {
	const short, long = 50 * time.Millisecond, 3 * time.Second
	took := map[string]time.Duration{}
	trial{target: target.Target{Limits: target.Limits{MaxWait: time.Second}}, specs: func(s *conform.Context, o ops) {
		wait := func(name string, d time.Duration, done bool) {
			It("waits "+name, o.must(name), func(ctx SpecContext) {
				started := time.Now()
				defer func() { took[name] = time.Since(started) }()
				until, cancel := context.WithCancel(ctx)
				defer cancel()
				if done {
					cancel()
				}
				s.Wait(until, d, "a window has to pass")
				s.Holds("the wait is over", true, "")
			})
		}
		wait("briefly", short, false)
		wait("forever", long, false)
		wait("interrupted", time.Second, true)
	}}.run(t).ended(t, map[string]ending{
		"briefly":     {verdict.Passed, "", green},
		"forever":     {verdict.Untestable, "it has to wait 3s (a window has to pass), longer than limits.max-wait (1s)", red},
		"interrupted": {verdict.NotRun, "interrupted while waiting", red},
	})
	if took["briefly"] < short {
		t.Errorf("a wait of %s took %s", short, took["briefly"])
	}
}

// TestWaitByTheTestClock: a target with a test clock is moved ahead, in whole
// seconds, where no other spec can be running beside; else time really passes.
func TestWaitByTheTestClock(t *testing.T) {
	for name, tc := range map[string]struct {
		processes int
		serial    bool
		status    int
		moved     []string
		want      ending
	}{
		"one process":                        {1, false, 200, []string{`{"seconds":4}`}, ending{verdict.Passed, "", green}},
		"a serial spec of several processes": {2, true, 200, []string{`{"seconds":4}`}, ending{verdict.Passed, "", green}},
		"other specs may be running":         {2, false, 200, nil, ending{verdict.Untestable, "longer than limits.max-wait", red}},
		"the clock does not move": {
			1, false, 500, []string{`{"seconds":4}`}, ending{verdict.Errored, "cannot advance the target's clock", red},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var moved []string
			clock := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				moved = append(moved, string(body))
				w.WriteHeader(tc.status)
			}))
			defer clock.Close()
			at := target.Target{Clock: target.Clock{AdvanceURL: clock.URL}, Limits: target.Limits{MaxWait: time.Second}}
			trial{target: at, processes: tc.processes, specs: func(s *conform.Context, o ops) {
				args := []any{o.must("waits"), func(ctx SpecContext) {
					before := s.Now()
					s.Wait(ctx, 3*time.Second+time.Millisecond, "a window has to pass")
					s.Holds("the harness's idea of the target's time moved along", s.Now().Sub(before) > 3*time.Second, "it did not")
				}}
				if tc.serial {
					args = append(args, Serial)
				}
				It("waits three seconds", args...)
			}}.run(t).ended(t, map[string]ending{"waits": tc.want})
			if !slices.Equal(moved, tc.moved) {
				t.Errorf("the clock was moved by %q, want %q", moved, tc.moved)
			}
		})
	}
}
