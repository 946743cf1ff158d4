package conform

import (
	"context"
	"sync"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Attempt is one of several requests that are sent at the same time.
type Attempt struct {
	By      *Actor
	Request Request
}

// Together sends all attempts at the same time and returns their calls in the
// order of the attempts, once each was answered: for promises about what counts
// once however many ask for it at once. No response to one of them is an ERROR.
func (s *Context) Together(ctx context.Context, op *contract.Operation, attempts []Attempt) []*httpclient.Call {
	ginkgo.GinkgoHelper()
	s.Callable(op)
	calls, errs := make([]*httpclient.Call, len(attempts)), make([]error, len(attempts))
	var group sync.WaitGroup
	for i, attempt := range attempts {
		group.Go(func() { calls[i], errs[i] = s.Try(ctx, attempt.By, op, attempt.Request) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			s.Error("one of %d requests to %s %s at the same time got no response: %v", len(attempts), op.Method, op.Path, err)
		}
	}
	return calls
}
