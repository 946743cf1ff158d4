package client

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/target"
)

// Release 3.1 takes five log-ins a minute of one address and of one e-mail
// address, right or wrong. Specs that are not about that stay below it.
const (
	Window   = time.Minute
	InWindow = 5
	margin   = 2 * time.Second // Date headers have whole seconds
)

// windows remembers what this process sent that the limiter counts.
type windows struct {
	mu   sync.Mutex
	once sync.Once
	sent map[string][]time.Time // by what it is counted by
}

// knocked notes, as if it were just now, what the preflight may have sent before this
// process began: one log-in of an account of the file, and all from one address where the
// target believes no header.
func (w *windows) knocked(now time.Time, ids []target.Identity, oneAddress bool) {
	w.once.Do(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, who := range ids {
			w.sent["email "+who.Login] = []time.Time{now}
		}
		if oneAddress {
			w.sent["address "] = slices.Repeat([]time.Time{now}, len(signsIn))
		}
	})
}

func newWindows() *windows { return &windows{sent: map[string][]time.Time{}} }

// note counts one more request and tells how long it must wait before it is sent:
// no window of the limiter, wherever it begins, may see more than it takes.
func (w *windows) note(now time.Time, keys []string) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait := time.Duration(0)
	for _, key := range keys {
		if sent := w.sent[key]; len(sent) >= InWindow {
			wait = max(wait, sent[len(sent)-InWindow].Add(Window+margin).Sub(now))
		}
	}
	for _, key := range keys {
		w.sent[key] = append(w.sent[key], now.Add(wait))
	}
	return wait
}

// room tells how long to wait until n more requests can be sent at once.
func (w *windows) room(now time.Time, keys []string, n int) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait := time.Duration(0)
	for _, key := range keys {
		if sent := w.sent[key]; len(sent)+n > InWindow {
			wait = max(wait, sent[len(sent)+n-InWindow-1].Add(Window+margin).Sub(now))
		}
	}
	return wait
}

// Turns waits until n log-ins of an account, at most five, can be sent with no wait
// between them: before a code is made that they bring, for it would grow stale.
func (p *Client) Turns(ctx context.Context, a *Account, n int) {
	ginkgo.GinkgoHelper()
	if p.Profile() != Release31 {
		return
	}
	p.afterKnocks()
	if wait := p.windows.room(p.Now(), limitedBy(a), n); wait > 0 {
		p.Wait(ctx, wait, "the limiter takes five log-ins a minute")
	}
}

// limitedBy is what the limiter counts an account's log-ins by.
func limitedBy(a *Account) []string { return []string{"email " + a.Login, "address " + a.Address} }

// Pace waits until one more request counted by the keys stays below the limiter.
func (p *Client) Pace(ctx context.Context, keys ...string) {
	ginkgo.GinkgoHelper()
	if p.Profile() != Release31 {
		return
	}
	p.afterKnocks()
	if wait := p.windows.note(p.Now(), keys); wait > 0 {
		p.Wait(ctx, wait, "the limiter takes five log-ins a minute")
	}
}

func (p *Client) afterKnocks() {
	p.windows.knocked(p.Now(), p.Target().Identities, p.from("198.51.100.1").Get(p.Setting(AddressHeader)) == "")
}

// network hands out client addresses: each account has one that no other has, of
// the range for benchmarks (RFC 2544), whatever the process.
type network struct {
	mu   sync.Mutex
	next int
}

const (
	addresses  = 1 << 17 // of 198.18.0.0/15
	perProcess = addresses / 16
)

func newNetwork() *network { return &network{next: Below(perProcess)} }

// NewAddress is an address that no account of this run has; "" where the target
// believes no header.
func (p *Client) NewAddress() string {
	if !p.Target().Features[ClientAddress] {
		return ""
	}
	p.network.mu.Lock()
	defer p.network.mu.Unlock()
	p.network.next++
	return address((p.Process()-1)*perProcess%addresses + p.network.next%perProcess)
}

func address(n int) string {
	first := netip.MustParseAddr("198.18.0.0").As4()
	return fmt.Sprintf("%d.%d.%d.%d", first[0], int(first[1])+n>>16, n>>8&0xff, n&0xff)
}

// Alone tells whether one process has to run all specs: the limiter of release 3.1
// counts log-ins by address and by account, and only one process can stay below it
// where all share the address, or accounts come from the target file.
func Alone(t *target.Target, profile string) bool {
	return profile == Release31 && !(t.Features[ClientAddress] && t.Features[SignUp])
}
