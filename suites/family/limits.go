package family

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Attempt is one request that counts, and who sends it.
type Attempt = conform.Attempt

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

// Vary changes each attempt, wrong and right: for what must not get around a limit.
func (l *Limit) Vary(change func(Attempt) Attempt) {
	wrong, right := l.Wrong, l.Right
	l.Wrong = func(i int) Attempt { return change(wrong(i)) }
	l.Right = func() Attempt { return change(right()) }
}

// LimitTest asserts how a limit begins, what it holds back, what it leaves alone
// and how it ends. Its authorities beside the exchange's documents are RFC 6585
// section 4 and RFC 4226 section 7.3.
type LimitTest struct{ S *conform.Context }

// Reach sends exactly as many wrong attempts as the limit allows, each of which
// must be answered as wrong, and one more, which must be limited. It returns
// the limited call.
func (t LimitTest) Reach(ctx context.Context, l Limit) *httpclient.Call {
	GinkgoHelper()
	t.Guess(ctx, l, l.Attempts)
	limited := t.send(ctx, l, l.Wrong(l.Attempts))
	t.S.Expect(limited, l.Operation, l.Limited)
	return limited
}

// Guess sends wrong attempts, each of which must be answered as wrong.
func (t LimitTest) Guess(ctx context.Context, l Limit, times int) {
	GinkgoHelper()
	for i := range times {
		t.S.Expect(t.send(ctx, l, l.Wrong(i)), l.Operation, l.Refused)
	}
}

// HoldsBackTheRight requires that even correct credentials are refused while
// the limit holds: otherwise it is decorative.
func (t LimitTest) HoldsBackTheRight(ctx context.Context, l Limit) {
	GinkgoHelper()
	t.S.Expect(t.send(ctx, l, l.Right()), l.Operation, l.Limited)
}

// Ends waits until the block is over and requires that the right attempt then
// succeeds.
func (t LimitTest) Ends(ctx context.Context, l Limit, after time.Duration) {
	GinkgoHelper()
	t.S.Wait(ctx, after, "the limit has to end")
	t.S.Expect(t.send(ctx, l, l.Right()), l.Operation, l.expected())
}

// Works requires that an attempt which must not be limited succeeds.
func (t LimitTest) Works(ctx context.Context, l Limit, a Attempt) {
	GinkgoHelper()
	t.S.Expect(t.send(ctx, l, a), l.Operation, l.expected())
}

// RetryAfter checks that a limited call says, in whole seconds, when to come
// back (RFC 9110 section 10.2.3), and that it is neither now nor later than the
// block lasts. It returns what the call says.
func (t LimitTest) RetryAfter(limited *httpclient.Call, l Limit) time.Duration {
	GinkgoHelper()
	value := limited.Header.Get("Retry-After")
	seconds, err := strconv.Atoi(value)
	wait := time.Duration(seconds) * time.Second
	t.S.Holds("Retry-After is a number of seconds, more than none and no more than the block lasts",
		err == nil && wait > 0 && wait <= l.Block, "Retry-After: "+strconv.Quote(value))
	return wait
}

// NotStorable checks that no cache may keep the limited answer: RFC 6585
// section 4 forbids it.
func (t LimitTest) NotStorable(limited *httpclient.Call) {
	GinkgoHelper()
	control := limited.Header.Get("Cache-Control")
	t.S.Holds("a cache is not told to keep the answer", !storable(limited.Header), "Cache-Control: "+strconv.Quote(control))
}

func storable(h http.Header) bool {
	for _, directive := range []string{"public", "max-age", "s-maxage"} {
		if containsDirective(h.Get("Cache-Control"), directive) {
			return true
		}
	}
	return h.Get("Expires") != ""
}

// containsDirective finds a cache directive by name, with or without argument
// (RFC 9111 section 5.2).
func containsDirective(cacheControl, name string) bool {
	for directive := range strings.SplitSeq(cacheControl, ",") {
		directive, _, _ = strings.Cut(strings.TrimSpace(directive), "=")
		if strings.EqualFold(directive, name) {
			return true
		}
	}
	return false
}

// Burst sends more wrong attempts at once than the limit allows and requires
// that no more of them than it allows are answered as wrong: parallel guessing
// must not get past the counter (RFC 4226 section 7.3).
func (t LimitTest) Burst(ctx context.Context, l Limit) {
	GinkgoHelper()
	attempts := make([]conform.Attempt, 3*l.Attempts)
	for i := range attempts {
		attempts[i] = l.Wrong(i)
	}
	refused := 0
	for _, call := range t.S.Together(ctx, l.Operation, attempts) {
		if t.S.Is(call, l.Operation, l.Refused) {
			refused++
			continue
		}
		t.S.Expect(call, l.Operation, l.Limited)
	}
	t.S.Holds("no more attempts of a burst are answered as wrong than the limit allows", refused <= l.Attempts,
		strconv.Itoa(refused)+" of "+strconv.Itoa(len(attempts))+" attempts were, and the limit allows "+strconv.Itoa(l.Attempts))
}

func (t LimitTest) send(ctx context.Context, l Limit, a Attempt) *httpclient.Call {
	GinkgoHelper()
	return t.S.Do(ctx, a.By, l.Operation, a.Request)
}

func (l Limit) expected() contract.Outcome { return cmp.Or(l.Expected, contract.OK) }
