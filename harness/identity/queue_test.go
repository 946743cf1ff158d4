package identity

import (
	"context"
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
