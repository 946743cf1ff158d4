package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// easedBench is a broker whose limit for users is raised; turns tells how it is turned.
func easedBench(n int, fails func(raised bool) error) (b *Broker, c *clock, turns chan bool) {
	b, c = bench(n)
	turns = make(chan bool, 8)
	b.EaseBy(Ease{Attempts: 9999, Roles: []string{"user"}, Turn: func(raised bool) error {
		turns <- raised
		if fails != nil {
			return fails(raised)
		}
		return nil
	}})
	return b, c, turns
}

// asks leases in the background.
func asks(t *testing.T, b *Broker, r Request) <-chan error {
	t.Helper()
	granted := make(chan error, 1)
	go func() {
		_, err := b.Lease(context.Background(), r)
		granted <- err
	}()
	return granted
}

func turned(t *testing.T, turns <-chan bool, want bool) {
	t.Helper()
	select {
	case raised := <-turns:
		if raised != want {
			t.Fatalf("the limit was turned to raised=%t, want %t", raised, want)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("the limit was not turned to raised=%t", want)
	}
}

func granted(t *testing.T, lease <-chan error) {
	t.Helper()
	select {
	case err := <-lease:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was granted")
	}
}

// TestEasedAccountsNeedNoRest: under a raised limit an account fails as often as it
// likes, but what nothing raises is counted as ever, and so is another role.
func TestEasedAccountsNeedNoRest(t *testing.T) {
	b, c, _ := easedBench(1, nil)
	for range 5 {
		fail(b, lease(t, b, c, 9)[0], 9)
	}
	who := lease(t, b, c, 0)[0]
	for range 3 {
		who.Sent()
	}
	b.Return(who.Name, who.State())
	mails := Request{Claims: []Claim{{Role: "user", Fails: 2, Sends: 2}}, Now: c.t, AtOnce: true}
	shortage(t, b, mails)
	b.Return("user-0", lease(t, b, c, 9)[0].State())
	b.ease.Roles = nil
	shortage(t, b, Request{Claims: claims(1), Now: c.t, AtOnce: true})
}

// TestLimitIsPutBackForWhoLooksAtIt: a spec that fills the limit gets an account only
// once nobody has one under the raised limit and that was put back; afterwards it is
// raised again for the others, who wait meanwhile.
func TestLimitIsPutBackForWhoLooksAtIt(t *testing.T) {
	b, c, turns := easedBench(2, nil)
	held := lease(t, b, c, 1)[0]
	filler := asks(t, b, Request{Claims: claims(6), Now: c.t, Fills: true})
	select {
	case <-turns:
		t.Fatal("the limit was put back while an account was in use under the raised one")
	case <-filler:
		t.Fatal("a limit was to be filled that is raised")
	case <-time.After(50 * time.Millisecond):
	}
	b.Return(held.Name, held.State())
	turned(t, turns, false)
	granted(t, filler)
	other := asks(t, b, Request{Claims: claims(1), Now: c.t})
	select {
	case <-turns:
		t.Fatal("the limit was raised while a spec filled it")
	case <-time.After(50 * time.Millisecond):
	}
	second := asks(t, b, Request{Claims: claims(6), Now: c.t, Fills: true})
	granted(t, second)
	if len(turns) > 0 {
		t.Error("the limit was raised between two specs that look at it")
	}
	for _, a := range b.accounts {
		b.Return(a.Name, a.State)
	}
	turned(t, turns, true)
	granted(t, other)
	b.End("the run ended")
	if err := b.EndEase(); err != nil {
		t.Fatal(err)
	}
	turned(t, turns, false)
	if err := b.EndEase(); err != nil || len(turns) > 0 {
		t.Errorf("the limit was put back twice, error %v", err)
	}
}

// TestIndifferent: what makes no attempt that the limit counts is served while it stands
// either way, and keeps nobody from turning it.
func TestIndifferent(t *testing.T) {
	b, c, turns := easedBench(3, nil)
	filler := asks(t, b, Request{Claims: claims(6), Now: c.t, Fills: true})
	turned(t, turns, false)
	granted(t, filler)
	granted(t, asks(t, b, Request{Claims: []Claim{{Role: "user", Fails: 2, Sends: 2}}, Now: c.t}))
	other := asks(t, b, Request{Claims: claims(1), Now: c.t})
	if len(turns) > 0 || len(other) > 0 {
		t.Error("what fails is served beside a spec that looks at the limit")
	}
	i := slices.IndexFunc(b.accounts, func(a *account) bool { return a.fills })
	b.Return(b.accounts[i].Name, b.accounts[i].State)
	turned(t, turns, true) // although the one that sends still has its account
	granted(t, other)
}

// TestLimitThatCannotBePutBack ends the run: what is asked of it then would be asked of
// another limit.
func TestLimitThatCannotBePutBack(t *testing.T) {
	b, c, _ := easedBench(1, func(raised bool) error {
		if raised {
			return nil
		}
		return errors.New("status 503")
	})
	err := <-asks(t, b, Request{Claims: claims(6), Now: c.t, Fills: true})
	var ended *Ended
	if !errors.As(err, &ended) || !strings.Contains(ended.Why, "status 503") {
		t.Errorf("error %v; want the end of the run, with the reason", err)
	}
}

// TestLimitThatCannotBeRaisedAgain stays as the target has it, and accounts rest.
func TestLimitThatCannotBeRaisedAgain(t *testing.T) {
	b, c, turns := easedBench(1, func(raised bool) error {
		if raised {
			return errors.New("status 503")
		}
		return nil
	})
	filler := asks(t, b, Request{Claims: claims(0), Now: c.t, Fills: true})
	turned(t, turns, false)
	granted(t, filler)
	b.Return("user-0", b.accounts[0].State)
	other := asks(t, b, Request{Claims: claims(4), Now: c.t})
	turned(t, turns, true)
	granted(t, other)
	who := Leased(Grant{Identity: b.accounts[0].Identity, State: b.accounts[0].State}, c.now)
	fail(b, who, 4)
	shortage(t, b, Request{Claims: claims(1), Now: c.t, AtOnce: true})
}

// TestWhatAnotherLimitCounted: an account that failed where a spec looked at the limit as
// the target has it, or had set one, rests under the raised limit too.
func TestWhatAnotherLimitCounted(t *testing.T) {
	for name, r := range map[string]Request{"it fills a limit": {Fills: true}, "it sets a limit": {Sets: true}} {
		t.Run(name, func(t *testing.T) {
			b, c, _ := easedBench(1, nil)
			r.Claims, r.Now = claims(4), c.t
			granted(t, asks(t, b, r))
			who := Leased(Grant{Identity: b.accounts[0].Identity, State: b.accounts[0].State}, c.now)
			fail(b, who, 4)
			other := asks(t, b, Request{Claims: claims(1), Now: c.t})
			select {
			case <-other:
				t.Error("an account is lent under the raised limit that another limit may hold back")
			case <-time.After(50 * time.Millisecond):
			}
			b.End("the test is over")
			<-other
		})
	}
}

// TestWornUnderRaisedLimit: who fails nothing with an account that a raised limit let fail more
// often than the target's own does keeps that from being put back.
func TestWornUnderRaisedLimit(t *testing.T) {
	b, c, turns := easedBench(2, nil)
	fail(b, lease(t, b, c, 9)[0], 9)
	who := lease(t, b, c, 0)[0]
	if who.Name != "user-1" {
		b.Return(who.Name, who.State())
		t.Fatalf("%s is given, want one that nobody had", who.Name)
	}
	worn := lease(t, b, c, 0)[0]
	b.Return(who.Name, who.State())
	fills := asks(t, b, Request{Claims: claims(6), Now: c.t, Fills: true})
	for n := 0; n == 0; n, _ = b.Waiting() {
	}
	b.mu.Lock()
	if b.ease.turning || !b.ease.raised {
		t.Error("the limit is put back while a worn account is in use")
	}
	b.mu.Unlock()
	b.Return(worn.Name, worn.State())
	turned(t, turns, false)
	granted(t, fills)
}
