package family

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
)

// Attempt is one request that counts, and who sends it.
type Attempt = conform.Attempt

// Limit is a limiter under test.
type Limit struct {
	Operation *contract.Operation
	Attempts  int           // wrong attempts that are answered as wrong; the next one is limited
	Block     time.Duration // how long the limit holds once reached
	Window    time.Duration // within which the attempts count; Block unless set
	Setting   string        // what declares all that, such as "limits.password of the target file"

	// Who, when not nil, is the account that the limit holds for: one whose limit an
	// earlier spec filled is not filled again.
	Who *identity.Identity

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
// must be answered as wrong, and one more, which must be limited. Where the limit
// is full already, it sends only that one. It returns the limited call.
func (t LimitTest) Reach(ctx context.Context, l Limit) *httpclient.Call {
	GinkgoHelper()
	filled := l.Who != nil && l.Who.FullFor(t.S.Now()) > 0
	if !filled {
		t.Guess(ctx, l, l.Attempts)
	}
	limited := t.send(ctx, l, l.Wrong(l.Attempts))
	if !t.S.Is(limited, l.Operation, l.Limited) { // whether it is worded otherwise, or does not hold at all
		right := t.send(ctx, l, l.Right())
		t.S.Holds(fmt.Sprintf("a right attempt is held back after %s", l.declared()), !t.S.Is(right, l.Operation, l.expected()), "it is accepted")
	}
	t.expect(limited, l, l.Limited)
	if l.Who != nil && !filled {
		l.Who.Fill(t.S.Now().Add(l.Block))
	}
	return limited
}

// WhateverVaries reaches the limit although each attempt differs from the others in
// everything that must not matter, and requires that the limit then holds back the
// right credentials more than once.
func (t LimitTest) WhateverVaries(ctx context.Context, l Limit) {
	GinkgoHelper()
	l.Vary(Unlike())
	t.Reach(ctx, l)
	for range 2 {
		t.HoldsBackTheRight(ctx, l)
	}
}

// Unlike makes each attempt differ from the one before in what must not matter.
func Unlike() func(Attempt) Attempt {
	n := 0
	return func(a Attempt) Attempt {
		n++
		for name, value := range unlike(n) {
			a.Request = a.Request.WithHeader(name, value)
		}
		a.Request.Query = withQuery(a.Request.Query, url.Values{"visit": {strconv.Itoa(n)}})
		a.Request.Blanks = n
		return a
	}
}

// unlike are header fields that a client may set as it likes, other ones each time.
func unlike(n int) map[string]string {
	number := strconv.Itoa(n)
	address := "198.51.100." + number
	return map[string]string{
		"User-Agent": "client/" + number, "Accept": "application/json, text/x" + number, "Cookie": "visit=" + number,
		"Accept-Language": []string{"de", "en", "fr", "ja"}[n%4] + ";q=0." + number, "Accept-Encoding": "identity;q=0." + number,
		"Referer": "https://page.invalid/" + number, "Origin": "https://page" + number + ".invalid", "X-Request-Id": number,
		"X-Correlation-Id": number, "X-Device-Id": number, "X-Session-Id": number, "X-Client-Id": number, "X-Trace-Id": number,
		"X_Forwarded_For": address, "X-Cluster-Client-Ip": address, "X-Originating-Ip": address, "X-Remote-Ip": address,
		"Client-Ip": address, "Fastly-Client-Ip": address, "X-Remote-Addr": address, "Via": "1.1 proxy" + number,
		"Pragma": "p" + number, "X-Api-Version": number, "X-Real-Ip": address, "X-Client-Ip": address, "True-Client-Ip": address,
		"Cf-Connecting-Ip": address, "X-Forwarded-Host": "host" + number + ".invalid", "Cache-Control": "max-age=" + number,
		"If-None-Match": `"` + number + `"`, "Idempotency-Key": number, "X-Idempotency-Key": number, "X-Client-Version": number,
		"X-App-Version": number, "X-Fingerprint": number, "X-Device-Fingerprint": number, "X-Platform": "p" + number, "X-Timezone": number,
		"Traceparent":     "00-" + strings.Repeat("0", 31) + strconv.Itoa(n%9+1) + "-0000000000000001-00",
		"X-Amzn-Trace-Id": number, "Dnt": strconv.Itoa(n % 2),
		"Accept-Charset": "utf-8;q=0." + number, "From": "from" + number + "@page.invalid", "Sec-Ch-Ua": "ua" + number,
	}
}

// LastsToItsEnd reaches the limit and requires that it still holds two seconds before
// its end, and that it answers right and wrong attempts alike: with one status, body
// and set of header fields, but for numbers that tell the time.
func (t LimitTest) LastsToItsEnd(ctx context.Context, l Limit) {
	GinkgoHelper()
	wrong := t.Reach(ctx, l)
	right := t.send(ctx, l, l.Right())
	t.expect(right, l, l.Limited)
	t.S.Holds("a right attempt is answered as a wrong one is while the limit holds", seen(right) == seen(wrong), "the answers differ")
	t.S.Wait(ctx, l.Block-3*time.Second, "the limit is near its end")
	t.HoldsBackTheRight(ctx, l)
}

// WhateverOthersDo reaches the limit while others send wrong attempts and a right one in
// between, and requires that the limit holds back the right one all the same, then and after
// another attempt of the others.
func (t LimitTest) WhateverOthersDo(ctx context.Context, l, other Limit, success func()) {
	GinkgoHelper()
	t.Guess(ctx, l, l.Attempts-1)
	t.expect(t.send(ctx, other, other.Wrong(0)), other, other.Refused)
	success()
	t.expect(t.send(ctx, l, l.Wrong(l.Attempts-1)), l, l.Refused)
	t.HoldsBackTheRight(ctx, l)
	t.expect(t.send(ctx, other, other.Wrong(1)), other, other.Refused)
	t.HoldsBackTheRight(ctx, l)
}

// CountsToTheEndOfItsWindow sends the attempts that the limit allows at the ends of its
// window, and requires that the limit then holds back the right one.
func (t LimitTest) CountsToTheEndOfItsWindow(ctx context.Context, l Limit) {
	GinkgoHelper()
	t.Guess(ctx, l, l.Attempts-1)
	t.S.Wait(ctx, cmp.Or(l.Window, l.Block)*4/5, "the window of the limit is near its end")
	t.expect(t.send(ctx, l, l.Wrong(l.Attempts-1)), l, l.Refused)
	t.HoldsBackTheRight(ctx, l)
}

var numbers = regexp.MustCompile(`[0-9a-f]*[0-9]+[0-9a-f]*`)

// seen is what tells one answer from another, without numbers, ids and clocks.
func seen(call *httpclient.Call) string {
	text := strconv.Itoa(call.Status) + "\n" + numbers.ReplaceAllString(Wording(call), "#")
	for _, field := range call.Fields() {
		name, _, _ := strings.Cut(field, ":")
		if !slices.Contains([]string{"Date", "Content-Length", "Retry-After", "Set-Cookie"}, name) {
			text += "\n" + field
		}
	}
	return text
}

// Guess sends wrong attempts, each of which must be answered as wrong.
func (t LimitTest) Guess(ctx context.Context, l Limit, times int) {
	GinkgoHelper()
	for i := range times {
		t.expect(t.send(ctx, l, l.Wrong(i)), l, l.Refused)
	}
}

// HoldsBackTheRight requires that even correct credentials are refused while
// the limit holds: otherwise it is decorative.
func (t LimitTest) HoldsBackTheRight(ctx context.Context, l Limit) {
	GinkgoHelper()
	call := t.send(ctx, l, l.Right())
	t.S.Holds(fmt.Sprintf("a right attempt is held back after %s", l.declared()), !t.S.Is(call, l.Operation, l.expected()), "it is accepted")
	t.expect(call, l, l.Limited)
}

// Ends waits until the block is over and requires that the right attempt then
// succeeds.
func (t LimitTest) Ends(ctx context.Context, l Limit, after time.Duration) {
	GinkgoHelper()
	t.S.Wait(ctx, after, "the limit has to end")
	call := t.send(ctx, l, l.Right())
	t.S.Holds(fmt.Sprintf("a right attempt is accepted again %s after %s", after, l.declared()),
		!t.S.Is(call, l.Operation, l.Limited), "it is held back still")
	t.expect(call, l, l.expected())
	if l.Who != nil {
		l.Who.Recovered()
	}
}

// declared says which limit a check relies on.
func (l Limit) declared() string {
	return fmt.Sprintf("%d wrong ones; %s", l.Attempts, l.Declared())
}

// Declared is the setting that declares the limit, with both of its durations.
func (l Limit) Declared() string {
	return fmt.Sprintf("%s: %d within %s, and then held back for %s", l.Setting, l.Attempts, cmp.Or(l.Window, l.Block), l.Block)
}

// expect is the context's, with a word on the limit that the check relies on. Beyond the
// limit, the status that the target file declares for it is as good as the contract's.
func (t LimitTest) expect(call *httpclient.Call, l Limit, outcome contract.Outcome) {
	GinkgoHelper()
	if outcome == l.Limited && t.limitedAsDeclared(call, l) {
		return
	}
	t.S.ExpectBy(l.Declared(), call, l.Operation, outcome)
}

// Works requires that an attempt which must not be limited succeeds.
func (t LimitTest) Works(ctx context.Context, l Limit, a Attempt) {
	GinkgoHelper()
	t.expect(t.send(ctx, l, a), l, l.expected())
}

// RetryAfter checks that a limited call says, in whole seconds or with a date, when to come
// back (RFC 9110 section 10.2.3), and that it is neither now nor later than the
// block lasts. It returns what the call says.
func (t LimitTest) RetryAfter(limited *httpclient.Call, l Limit) time.Duration {
	GinkgoHelper()
	value := limited.Header.Get("Retry-After")
	seconds, err := strconv.Atoi(value)
	wait := time.Duration(seconds) * time.Second
	if at, ofDate := http.ParseTime(value); ofDate == nil {
		wait, err = at.Sub(t.S.Now()), nil
	}
	t.S.Holds("Retry-After is a number of seconds or a date, later than now and no later than the block lasts",
		err == nil && wait > 0 && wait <= l.Block,
		fmt.Sprintf("Retry-After: %q after %s", value, l.declared()))
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
	if containsDirective(h.Get("Cache-Control"), "no-store") { // RFC 9111 section 5.2.2.5: whatever else it says
		return false
	}
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

func (t LimitTest) send(ctx context.Context, l Limit, a Attempt) *httpclient.Call {
	GinkgoHelper()
	return t.S.Do(ctx, a.By, l.Operation, a.Request)
}

func (l Limit) expected() contract.Outcome { return cmp.Or(l.Expected, contract.OK) }
