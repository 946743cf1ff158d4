package otp

import (
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Clock tells the target's time from its Date headers. It is safe for concurrent use.
//
// A Date header has whole seconds (RFC 9110 section 5.6.7), so that one answer bounds the offset to the second plus the time the
// call took; every further answer narrows the bounds.
type Clock struct {
	now func() time.Time

	mu        sync.Mutex
	advanced  time.Duration
	seen      bool
	low, high time.Duration // the offset lies between
}

// NewClock returns a clock that believes now until Date headers tell otherwise.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Observe takes in the Date header of an answer and the local times between which it was made.
func (c *Clock) Observe(date string, sentAt, receivedAt time.Time) error {
	at, err := http.ParseTime(date)
	if err != nil {
		return fmt.Errorf("the Date header is missing or no HTTP-date: expected like Sun, 06 Nov 1994 08:49:37 GMT")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	low := at.Sub(receivedAt.Add(c.advanced))
	high := at.Add(time.Second).Sub(sentAt.Add(c.advanced))
	if low > high {
		return fmt.Errorf("the answer is older than its request: check the order of the two times")
	}
	if c.seen && low <= c.high && c.low <= high {
		low, high = max(low, c.low), min(high, c.high)
	}
	// Bounds that exclude the old ones mean that a clock was set, or that another server answered: the newest one counts.
	c.seen, c.low, c.high = true, low, high
	return nil
}

// Advance moves the clock ahead, together with a target whose clock was moved ahead.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advanced += d
}

// Now is the target's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.advanced + c.offset())
}

// Offset is how far the target's clock is ahead of the local one; 0 as long as that is possible.
func (c *Clock) Offset() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset()
}

func (c *Clock) offset() time.Duration {
	if c.agrees() {
		return 0
	}
	return c.low + (c.high-c.low)/2
}

// step is that of one-time codes (RFC 6238 section 4.1).
const step = 30 * time.Second

// Skew says in a sentence by how much the target's clock is off; "" when it is off by
// no more than the step of a one-time code.
func (c *Clock) Skew() string {
	offset := c.Offset()
	if offset.Abs() <= step {
		return ""
	}
	word := "ahead of"
	if offset < 0 {
		word = "behind"
	}
	return fmt.Sprintf("the target's clock, by its Date headers, is %s %s this machine's; one-time codes were made for the target's "+
		"clock: set both by NTP",
		offset.Abs().Round(time.Second), word)
}

// Uncertainty is how far Offset may be wrong; 0 when the clocks may agree, since most are synchronised.
func (c *Clock) Uncertainty() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.agrees() {
		return 0
	}
	return (c.high - c.low) / 2
}

func (c *Clock) agrees() bool { return !c.seen || c.low <= 0 && c.high >= 0 }
