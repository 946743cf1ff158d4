package conform

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/httpclient"
	"authconform/harness/verdict"
)

// Wait lets time pass on the target. A target with a test clock (clock.advance-url
// of the target file) is moved ahead, if no other spec can be running; all
// others are really waited for, up to limits.max-wait.
func (s *Context) Wait(ctx context.Context, d time.Duration, why string) {
	ginkgo.GinkgoHelper()
	tooLong := d > s.env.Target.Limits.MaxWait
	if url := s.env.Target.Clock.AdvanceURL; s.canAdvance() && !(s.env.RealTime && tooLong) {
		d = (d + time.Second - 1).Truncate(time.Second) // the endpoint takes whole seconds
		if err := advance(ctx, url, d); err != nil {
			s.Error("cannot advance the target's clock by %s (%s): %v", d, why, err)
		}
		s.env.Clock.Advance(d)
		return
	}
	s.WillWait(d, why)
	if until := s.env.Accounts.Course().Until; !until.IsZero() && time.Now().Add(d).After(until) {
		s.stop(verdict.NotRun, fmt.Sprintf("it has to wait %s (%s), and limits.max-run of the target file ends before", d, why), nil)
	}
	timer, look := time.NewTimer(d), time.NewTicker(heed)
	defer timer.Stop()
	defer look.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-ctx.Done():
			s.stop(verdict.NotRun, fmt.Sprintf("interrupted while waiting %s (%s)", d, why), nil)
		case <-look.C:
			if over := s.env.Accounts.Course().Over; over != "" {
				s.stop(verdict.NotRun, over, nil)
			}
		}
	}
}

// WillWait makes the clause UNTESTABLE at once where Wait would only later, when the spec has
// done what it waits to be over.
func (s *Context) WillWait(d time.Duration, why string) {
	ginkgo.GinkgoHelper()
	tooLong := d > s.env.Target.Limits.MaxWait
	if tooLong && (s.env.RealTime || !s.canAdvance()) {
		s.Untestable("it has to wait %s (%s), longer than limits.max-wait (%s) of the target file", d, why, s.env.Target.Limits.MaxWait)
	}
}

// heed is how long after the end of a run a wait may go on.
const heed = time.Second

// canAdvance tells whether the target's clock can be moved now.
func (s *Context) canAdvance() bool {
	return s.env.Target.Clock.AdvanceURL != "" && (s.env.Processes == 1 || s.current().serial)
}

var clockClient = httpclient.Plain(10 * time.Second)

// advance asks a reference's control endpoint to move its clock. It goes past
// the recorded client: it is no call of the surface under test.
func advance(ctx context.Context, url string, d time.Duration) error {
	body := fmt.Sprintf(`{"seconds":%d}`, int64(d/time.Second))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := clockClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 200))
		return fmt.Errorf("it answered %s: %s", response.Status, text)
	}
	return nil
}

// Now is the target's time, as its Date headers and the waits so far tell.
func (s *Context) Now() time.Time { return s.env.Clock.Now() }
