package kit

import (
	"sync"
	"time"
)

// Clock is the only source of time of a reference. It runs as its source does
// and can be moved forward, so that blocks, links and tokens expire without
// anybody waiting. It is safe for concurrent use.
type Clock struct {
	source func() time.Time

	mu     sync.Mutex
	offset time.Duration
}

// NewClock returns a clock that follows source; nil means the system clock. A
// source that always returns the same instant gives a clock that stands still
// until it is advanced.
func NewClock(source func() time.Time) *Clock {
	if source == nil {
		source = time.Now
	}
	return &Clock{source: source}
}

// Now is the current time in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source().Add(c.offset).UTC()
}

// Advance moves the clock forward by d. A negative d is ignored: expiry
// bookkeeping of a reference relies on time that never runs backwards.
func (c *Clock) Advance(d time.Duration) {
	if d < 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}
