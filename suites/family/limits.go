// Package family is the 429 kit: it fills a declared limit with wrong
// attempts on an identity of its own, and asserts how the limit begins, what it
// holds back, what it leaves alone, and how it ends. RFC 6585 section 4 and
// RFC 4226 section 7.3 are its authorities beside the exchange's documents.
package family

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Attempt is one request that counts, and who sends it.
type Attempt struct {
	By      *conform.Actor
	Request conform.Request
}

// Limit is a limiter under test.
type Limit struct {
	Operation *contract.Operation
	Attempts  int           // wrong attempts that are answered as wrong; the next one is limited
	Block     time.Duration // how long the limit holds once reached

	Wrong    func(i int) Attempt // the i-th wrong attempt, from 0
	Right    func() Attempt      // what succeeds while no limit holds
	Refused  contract.Outcome    // what a wrong attempt leads to below the limit
	Limited  contract.Outcome    // what any attempt leads to above it
	Expected contract.Outcome    // what the right attempt leads to; OK unless set
}

// Kit runs limits against a target.
type Kit struct{ S *conform.Context }

// Reach sends exactly as many wrong attempts as the limit allows, each of which
// must be answered as wrong, and one more, which must be limited. It returns
// the limited call.
func (k Kit) Reach(ctx context.Context, l Limit) *httpclient.Call {
	GinkgoHelper()
	for i := range l.Attempts {
		k.S.Expect(k.send(ctx, l, l.Wrong(i)), l.Operation, l.Refused)
	}
	limited := k.send(ctx, l, l.Wrong(l.Attempts))
	k.S.Expect(limited, l.Operation, l.Limited)
	return limited
}

// HoldsBackTheRight requires that even correct credentials are refused while
// the limit holds: otherwise it is decorative.
func (k Kit) HoldsBackTheRight(ctx context.Context, l Limit) {
	GinkgoHelper()
	k.S.Expect(k.send(ctx, l, l.Right()), l.Operation, l.Limited)
}

// Ends waits until the block is over and requires that the right attempt then
// succeeds.
func (k Kit) Ends(ctx context.Context, l Limit, after time.Duration) {
	GinkgoHelper()
	k.S.Wait(ctx, after, "the limit has to end")
	k.S.Expect(k.send(ctx, l, l.Right()), l.Operation, l.expected())
}

// Works requires that an attempt which must not be limited succeeds.
func (k Kit) Works(ctx context.Context, l Limit, a Attempt) {
	GinkgoHelper()
	k.S.Expect(k.send(ctx, l, a), l.Operation, l.expected())
}

// RetryAfter checks that a limited call says, in whole seconds, when to come
// back (RFC 9110 section 10.2.3), and that it is neither now nor later than the
// block lasts. It returns what the call says.
func (k Kit) RetryAfter(limited *httpclient.Call, l Limit) time.Duration {
	GinkgoHelper()
	value := limited.Header.Get("Retry-After")
	seconds, err := strconv.Atoi(value)
	wait := time.Duration(seconds) * time.Second
	k.S.Holds("Retry-After is a number of seconds, more than none and no more than the block lasts",
		err == nil && wait > 0 && wait <= l.Block, "Retry-After: "+strconv.Quote(value))
	return wait
}

// NotStorable checks that no cache may keep the limited answer: RFC 6585
// section 4 forbids it.
func (k Kit) NotStorable(limited *httpclient.Call) {
	GinkgoHelper()
	control := limited.Header.Get("Cache-Control")
	k.S.Holds("a cache is not told to keep the answer", !storable(limited.Header), "Cache-Control: "+strconv.Quote(control))
}

func storable(h http.Header) bool {
	for _, directive := range []string{"public", "max-age", "s-maxage"} {
		if containsDirective(h.Get("Cache-Control"), directive) {
			return true
		}
	}
	return h.Get("Expires") != ""
}

// Burst sends more wrong attempts at once than the limit allows and requires
// that no more of them than it allows are answered as wrong: parallel guessing
// must not get past the counter (RFC 4226 section 7.3).
func (k Kit) Burst(ctx context.Context, l Limit) {
	GinkgoHelper()
	total := 3 * l.Attempts
	calls := make([]*httpclient.Call, total)
	errs := make([]error, total)
	var group sync.WaitGroup
	for i := range total {
		attempt := l.Wrong(i)
		group.Go(func() {
			calls[i], errs[i] = k.S.Try(ctx, attempt.By, l.Operation, attempt.Request)
		})
	}
	group.Wait()
	refused := 0
	for i, call := range calls {
		if errs[i] != nil {
			k.S.Error("an attempt of the burst got no response: %v", errs[i])
		}
		if k.S.Is(call, l.Operation, l.Refused) {
			refused++
			continue
		}
		k.S.Expect(call, l.Operation, l.Limited)
	}
	k.S.Holds("no more attempts of a burst are answered as wrong than the limit allows", refused <= l.Attempts,
		strconv.Itoa(refused)+" of "+strconv.Itoa(total)+" attempts were, and the limit allows "+strconv.Itoa(l.Attempts))
}

func (k Kit) send(ctx context.Context, l Limit, a Attempt) *httpclient.Call {
	GinkgoHelper()
	return k.S.Do(ctx, a.By, l.Operation, a.Request)
}

func (l Limit) expected() contract.Outcome {
	if l.Expected == "" {
		return contract.OK
	}
	return l.Expected
}
