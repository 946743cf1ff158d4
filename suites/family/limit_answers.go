package family

import (
	"context"
	"fmt"
	"strconv"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
)

// limitedAsDeclared tells whether a call has the status that the target file declares for a
// limit in place of the contract's, and then requires that it lets nobody in.
func (t LimitTest) limitedAsDeclared(call *httpclient.Call, l Limit) bool {
	GinkgoHelper()
	if strconv.Itoa(call.Status) != t.S.Setting(conform.LimitStatus) || t.S.Is(call, l.Operation, l.Limited) {
		return false
	}
	t.S.ExpectShut("beyond the limit, with the status of settings."+conform.LimitStatus, call, l.Operation, l.Limited)
	return true
}

// Burst sends more wrong attempts at once than the limit allows and requires that no
// more of them than it allows are answered as wrong: parallel guessing must not get past
// the counter (RFC 4226 section 7.3). Where what is beyond the limit has the status of a
// wrong attempt, the words of the two tell them apart, if they are others; and in any
// case the limit holds back the right attempt, until it ends.
func (t LimitTest) Burst(ctx context.Context, l Limit) {
	GinkgoHelper()
	attempts := make([]conform.Attempt, 3*l.Attempts)
	for i := range attempts {
		attempts[i] = l.Wrong(i)
	}
	var refused []*httpclient.Call
	for _, call := range t.S.Together(ctx, l.Operation, attempts) {
		if t.S.Is(call, l.Operation, l.Refused) {
			refused = append(refused, call)
			continue
		}
		t.expect(call, l, l.Limited)
	}
	judged := len(refused)
	if judged > l.Attempts {
		beyond := t.send(ctx, l, l.Wrong(len(attempts)))
		if alike := t.S.Is(beyond, l.Operation, l.Refused); alike {
			judged = worded(refused, beyond)
			t.holdsBackUntilItEnds(ctx, l)
		}
	}
	t.S.Holds("no more attempts of a burst are answered as wrong than the limit allows", judged <= l.Attempts,
		fmt.Sprintf("%d of %d attempts were; the declared limit is %s", judged, len(attempts), l.declared()))
}

// worded counts the calls whose words are others than those of a call beyond the limit:
// none where there are more than two wordings, as an answer is then worded anew each time.
func worded(calls []*httpclient.Call, beyond *httpclient.Call) int {
	wordings := map[string]int{}
	for _, call := range calls {
		wordings[seen(call)]++
	}
	same := wordings[seen(beyond)]
	if len(wordings) != 2 || same == 0 {
		return 0
	}
	return len(calls) - same
}

// holdsBackUntilItEnds requires of a limit whose answers do not show it that the right
// attempt is refused while it holds, and accepted when it has ended.
func (t LimitTest) holdsBackUntilItEnds(ctx context.Context, l Limit) {
	GinkgoHelper()
	right := t.send(ctx, l, l.Right())
	t.S.Holds(fmt.Sprintf("a right attempt is held back after %s", l.declared()), !t.S.Is(right, l.Operation, l.expected()), "it is accepted")
	t.Ends(ctx, l, l.Block+time.Second)
}
