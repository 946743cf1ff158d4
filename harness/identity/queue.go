package identity

import (
	"slices"
	"time"
)

// ticket is a request that waits.
type ticket struct {
	Request
	by     *holder
	since  time.Time
	grants []Grant
	err    error
	done   chan struct{}
}

// enqueue puts a request behind the older ones. Who has accounts already comes before all who
// have none: nobody else gets those until it has the one more that it waits for. It expects
// the lock to be held.
func (b *Broker) enqueue(t *ticket) {
	at := len(b.queue)
	if first := slices.IndexFunc(b.queue, func(q *ticket) bool { return len(q.Held) == 0 }); len(t.Held) > 0 && first >= 0 {
		at = first
	}
	b.queue = slices.Insert(b.queue, at, t)
}
