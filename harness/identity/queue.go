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

// reach is pick for a request that waits its turn: where it is out of reach only because of
// what older requests keep, it waits as they do, and keeps nothing itself.
func (b *Broker) reach(t *ticket, kept map[*account]time.Time, now time.Time) (picks []*account, ready time.Time) {
	picks, ready = b.pick(t, kept, now)
	if ready.Sub(now) > b.terms.Patience {
		if _, later := b.pick(t, nil, now); later.Sub(now) <= b.terms.Patience {
			return make([]*account, len(t.Claims)), later
		}
	}
	return picks, ready
}
