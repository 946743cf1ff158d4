package identity

import (
	"context"
	"slices"
	"testing"
	"time"
)

// TestHolderFirst: who has an account and needs one more is served before an older request
// that wants both: that would keep the one for itself and wait for the other for ever.
func TestHolderFirst(t *testing.T) {
	b := NewBroker(users(2, "user"), Terms{Attempts: 5, Window: time.Minute, Patience: 5 * time.Second}, time.Now)
	first, err := b.Lease(t.Context(), Request{Claims: claims(1), Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	both := make(chan error, 1)
	go func() {
		_, err := b.Lease(context.Background(), Request{Claims: claims(1, 1), Now: time.Now()})
		both <- err
	}()
	for n := 0; n == 0; n, _ = b.Waiting() {
	}
	second, err := b.Lease(t.Context(), Request{Claims: claims(0), Held: []string{first[0].Identity.Name}, Now: time.Now(), AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range append(first, second...) {
		b.Return(g.Identity.Name, g.State)
	}
	if err := <-both; err != nil {
		t.Errorf("the older request: %v", err)
	}
}

// TestKeptIsNotForEver: who finds an account that rests for longer than anybody waits, and
// beside it none but what an older request keeps, waits as that does and keeps nothing.
func TestKeptIsNotForEver(t *testing.T) {
	b, c := bench(2)
	both := lease(t, b, c, 4, 4)
	both[0].Fill(c.t.Add(time.Hour))
	b.Return(both[0].Name, both[0].State())
	fail(b, both[1], 4)
	request, kept := &ticket{Request: Request{Claims: claims(4)}}, map[*account]time.Time{b.accounts[1]: c.t.Add(time.Minute)}
	picks, ready := b.reach(request, kept, c.t)
	if slices.ContainsFunc(picks, func(a *account) bool { return a != nil }) || ready.Sub(c.t) > b.terms.Patience {
		t.Errorf("it is given %v in %s", picks, ready.Sub(c.t))
	}
	b.accounts[1].Retired = "gone"
	if _, ready := b.reach(request, kept, c.t); ready.Sub(c.t) <= b.terms.Patience {
		t.Errorf("an account that is full for an hour can be had in %s", ready.Sub(c.t))
	}
}
