package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"authconform/harness/target"
)

// clock is a time that moves only when told.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func users(n int, role string) []target.Identity {
	var ids []target.Identity
	for i := range n {
		ids = append(ids, target.Identity{Name: fmt.Sprintf("%s-%d", role, i), Roles: []string{role}, Login: fmt.Sprintf("l%d", i),
			Password: "pw"})
	}
	return ids
}

// bench is a broker of a few accounts, five attempts a minute each.
func bench(n int) (*Broker, *clock) {
	c := newClock()
	return NewBroker(users(n, "user"), Terms{Attempts: 5, Window: time.Minute, Patience: 2 * time.Minute}, c.now), c
}

func claims(fails ...int) []Claim {
	var all []Claim
	for _, n := range fails {
		all = append(all, Claim{Role: "user", Fails: n})
	}
	return all
}

// lease asks at once.
func lease(t *testing.T, b *Broker, c *clock, fails ...int) []*Identity {
	t.Helper()
	grants, err := b.Lease(t.Context(), Request{Claims: claims(fails...), Now: c.t, AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	var all []*Identity
	for _, g := range grants {
		all = append(all, Leased(g, c.now))
	}
	return all
}

func shortage(t *testing.T, b *Broker, r Request) *Shortage {
	t.Helper()
	grants, err := b.Lease(t.Context(), r)
	var s *Shortage
	if !errors.As(err, &s) {
		t.Fatalf("granted %v, error %v; want a *Shortage", grants, err)
	}
	return s
}

// fail returns an account after so many failed attempts.
func fail(b *Broker, who *Identity, times int) {
	for range times {
		who.Failed()
	}
	b.Return(who.Name, who.State())
}

// TestRoom: an account serves as many failures as its limit takes and still lets a
// right attempt in, then rests for a whole window after the last of them: who
// fails nothing may have it meanwhile, and prolongs nothing.
func TestRoom(t *testing.T) {
	b, c := bench(1)
	fail(b, lease(t, b, c, 2)[0], 2)
	fail(b, lease(t, b, c, 2)[0], 2)
	c.t = c.t.Add(30 * time.Second)
	b.Return("user-0", lease(t, b, c, 0)[0].State())
	s := shortage(t, b, Request{Claims: claims(1), Now: c.t, AtOnce: true})
	if want := c.t.Add(32 * time.Second); !s.Until.Equal(want) {
		t.Errorf("it can be had at %s, want %s: a window and two seconds after its last failure", s.Until, want)
	}
	c.t = s.Until
	if who := lease(t, b, c, 6)[0]; who.State().Failed != 0 {
		t.Errorf("%d failures are left after a window", who.State().Failed)
	}
}

// TestRenewed: where right attempts renew what is counted, they prolong the rest, until
// nothing is counted any more.
func TestRenewed(t *testing.T) {
	c := newClock()
	b := NewBroker(users(1, "user"), Terms{Attempts: 5, Window: time.Minute, Patience: 2 * time.Minute, Renewed: true}, c.now)
	fail(b, lease(t, b, c, 4)[0], 4)
	who := lease(t, b, c, 0)[0]
	c.t = c.t.Add(30 * time.Second)
	who.Tried()
	b.Return(who.Name, who.State())
	if s := shortage(t, b, Request{Claims: claims(1), Now: c.t, AtOnce: true}); !s.Until.Equal(c.t.Add(62 * time.Second)) {
		t.Errorf("it can be had at %s, want a whole window and two seconds after the right attempt", s.Until)
	}
	who = lease(t, b, c, 0)[0]
	c.t = c.t.Add(62 * time.Second)
	who.Tried()
	if who.State().Failed != 0 {
		t.Error("a right attempt after a whole rest renews what is counted no more")
	}
}

// TestWholeLimit: what fills the limit needs an account of which nothing is counted,
// and small failures leave the others to it.
func TestWholeLimit(t *testing.T) {
	b, c := bench(2)
	for range 2 { // both were leased once, so that neither is new
		both := lease(t, b, c, 0, 0)
		fail(b, both[0], 0)
		fail(b, both[1], 0)
	}
	first := lease(t, b, c, 1)[0]
	fail(b, first, 1)
	second := lease(t, b, c, 1)[0]
	fail(b, second, 1)
	if first.Name != second.Name {
		t.Error("two small failures wear two accounts")
	}
	if whole := lease(t, b, c, 6)[0]; whole.Name == first.Name {
		t.Error("an account with failures is given to who fills the limit")
	}
}

// TestFull: one episode of a full limit serves all who look at it, as long as it
// holds for long enough.
func TestFull(t *testing.T) {
	b, c := bench(1)
	looks := Request{Claims: []Claim{{Role: "user", Fails: 7, Full: true}}, AtOnce: true}
	who := lease(t, b, c, 6)[0]
	who.Fill(c.t.Add(time.Minute))
	b.Return(who.Name, who.State())
	looks.Now = c.t
	grants, err := b.Lease(t.Context(), looks)
	if err != nil || Leased(grants[0], time.Now).FullFor(c.t) != time.Minute {
		t.Fatalf("grants %v, error %v; want the full account", grants, err)
	}
	b.Return(grants[0].Identity.Name, grants[0].State)
	shortage(t, b, Request{Claims: claims(0), Now: c.t, AtOnce: true})
	c.t = c.t.Add(50 * time.Second)
	looks.Now = c.t
	shortage(t, b, looks)
	c.t = c.t.Add(time.Minute)
	if who := lease(t, b, c, 0)[0]; who.FullFor(c.t) != 0 {
		t.Error("the limit is thought to hold after its end")
	}
}

// TestAllOrNothing: a request is granted whole or not at all, and what can never be
// granted is refused at once.
func TestAllOrNothing(t *testing.T) {
	b, c := bench(2)
	one := lease(t, b, c, 0)[0]
	if s := shortage(t, b, Request{Claims: claims(0, 0), Now: c.t, AtOnce: true}); s.Until.IsZero() {
		t.Error("two accounts are said never to be had while one of them is in use")
	}
	b.Return(one.Name, one.State())
	lease(t, b, c, 0, 0)
	s := shortage(t, b, Request{Claims: claims(0), Held: []string{"user-0", "user-1"}, Now: c.t})
	if !s.Until.IsZero() || s.Have != 2 || s.Need != 3 {
		t.Errorf("shortage %+v; want never, 2 there and 3 needed", s)
	}
	if s := shortage(t, b, Request{Claims: []Claim{{Role: "king"}}, Now: c.t}); s.Have != 0 || s.Why != "there is none" {
		t.Errorf("shortage %+v of a role that nobody has", s)
	}
}

// TestRetired: an account that is retired is handed out no more, and is listed.
func TestRetired(t *testing.T) {
	b, c := bench(1)
	who := lease(t, b, c, 0)[0]
	who.Retire("its password is unknown")
	who.Retire("a second reason")
	b.Return(who.Name, who.State())
	if s := shortage(t, b, Request{Claims: claims(0), Now: c.t}); !strings.Contains(s.Why, "user-0 (its password is unknown)") {
		t.Errorf("shortage %+v", s)
	}
	if changed := b.Changed(); len(changed) != 1 || changed["user-0"] != "its password is unknown" {
		t.Errorf("changed %v", changed)
	}
}

// TestWaits: a lease waits for an account that is in use and for one that rests, the
// oldest request is served first, and the end of the run ends all waits.
func TestWaits(t *testing.T) {
	b := NewBroker(users(1, "user"), Terms{Attempts: 2, Window: 50*time.Millisecond - margin, Patience: time.Minute}, time.Now)
	get := func() *Identity {
		grants, err := b.Lease(context.Background(), Request{Claims: claims(1), Now: time.Now()})
		if err != nil {
			t.Error(err)
			return Fresh(target.Identity{})
		}
		return Leased(grants[0], time.Now)
	}
	who := get()
	var order []int
	var group sync.WaitGroup
	for i := range 2 {
		group.Go(func() {
			mine := get()
			order = append(order, i) // the account guards it
			mine.Failed()
			b.Return(mine.Name, mine.State())
		})
		for waiting := 0; waiting <= i; waiting, _ = b.Waiting() {
			time.Sleep(time.Millisecond)
		}
	}
	started := time.Now()
	b.Return(who.Name, who.State())
	group.Wait()
	if fmt.Sprint(order) != "[0 1]" || time.Since(started) < 50*time.Millisecond {
		t.Errorf("served %v in %s; want the oldest first and a rest of 50ms", order, time.Since(started))
	}
	ended := make(chan error)
	get()
	go func() {
		_, err := b.Lease(context.Background(), Request{Claims: claims(1), Now: time.Now()})
		ended <- err
	}()
	b.End("enough")
	var over *Ended
	if err := <-ended; !errors.As(err, &over) || over.Why != "enough" {
		t.Errorf("error %v, want an *Ended with its reason", err)
	}
}

// TestDoor: processes share one broker; what one of them had when it died is out of
// use and listed, and the others go on.
func TestDoor(t *testing.T) {
	b := NewBroker(users(2, "user"), Terms{Patience: time.Minute}, time.Now)
	door, err := Open(b)
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	dial := func() *Remote {
		r, err := Dial(door.Address)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	dies, lives := dial(), dial()
	request := Request{Claims: claims(0), Now: time.Now()}
	lost, err := dies.Lease(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	mine, err := lives.Lease(t.Context(), request)
	if err != nil || mine[0].Identity.Name == lost[0].Identity.Name || mine[0].Identity.Password != "pw" {
		t.Fatalf("grants %v and %v, error %v", lost, mine, err)
	}
	who := Leased(mine[0], time.Now)
	who.Keep("factor", "left on")
	who.Use("secret", []string{"123456"})
	dies.Close()
	for len(b.Changed()) == 0 {
		time.Sleep(time.Millisecond)
	}
	lives.Return(who.Name, who.State())
	again, err := lives.Lease(t.Context(), request)
	if err != nil || Leased(again[0], time.Now).Kept("factor") != "left on" || again[0].State.Used["secret"][0] != "123456" {
		t.Errorf("grants %v, error %v; want the account with what was left on it", again, err)
	}
	var s *Shortage
	if _, err := lives.Lease(t.Context(), Request{Claims: claims(0, 0)}); !errors.As(err, &s) ||
		!strings.Contains(s.Why, "its process ended") {
		t.Errorf("error %v; want a shortage that tells of the lost account", err)
	}
}

// TestConcurrentLeases: no account has two holders at a time.
func TestConcurrentLeases(t *testing.T) {
	b := NewBroker(users(3, "user"), Terms{Attempts: 100, Window: time.Minute, Patience: time.Minute}, time.Now)
	var mu sync.Mutex
	holders := map[string]int{}
	count := func(g Grant, by int) int {
		mu.Lock()
		defer mu.Unlock()
		holders[g.Identity.Name] += by
		return holders[g.Identity.Name]
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 50 {
				grants, err := b.Lease(context.Background(), Request{Claims: claims(0, 0), Now: time.Now()})
				if err != nil {
					t.Error(err)
					return
				}
				for _, g := range grants {
					if count(g, 1) > 1 {
						t.Errorf("%s has two holders", g.Identity.Name)
					}
				}
				for _, g := range grants {
					count(g, -1)
					b.Return(g.Identity.Name, g.State)
				}
			}
		})
	}
	group.Wait()
}

// TestProvider: accounts that the target file lacks are made, and one that cannot be
// made is told.
func TestProvider(t *testing.T) {
	b, c := bench(0)
	b.ProvideBy(maker{})
	grants, err := b.Lease(t.Context(), Request{Claims: claims(0, 0), Now: c.t})
	if err != nil || grants[0].Identity.Name == grants[1].Identity.Name {
		t.Fatalf("grants %v, error %v", grants, err)
	}
	if s := shortage(t, b, Request{Claims: []Claim{{Role: "king"}}, Now: c.t}); !strings.Contains(s.Why, "nobody makes kings") {
		t.Errorf("shortage %+v", s)
	}
}

type maker struct{}

var (
	making sync.Mutex
	made   int
)

func (maker) Provide(role string) (target.Identity, error) {
	if role == "king" {
		return target.Identity{}, errors.New("nobody makes kings")
	}
	making.Lock()
	defer making.Unlock()
	made++
	return target.Identity{Name: fmt.Sprintf("made-%d", made), Roles: []string{role}}, nil
}

// TestPrintingHidesSecrets: no way of printing a lease shows what it must not.
func TestPrintingHidesSecrets(t *testing.T) {
	who := Leased(Grant{target.Identity{Name: "ann", Password: "s3cret"},
		State{Kept: map[string]string{"totp": "s3cret"}, Used: map[string][]string{"s3cret": {"s3cret"}}}, 0}, time.Now)
	for _, text := range []string{fmt.Sprintf("%v", who), fmt.Sprintf("%+v", who), fmt.Sprintf("%#v", who), fmt.Sprint(who.State())} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("printed %s", text)
		}
	}
}
