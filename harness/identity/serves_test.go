package identity

import (
	"testing"
	"time"

	"authconform/harness/target"
)

// serving is a broker of one user and one account that may be locked, which fills in for a
// user.
func serving() (*Broker, *clock) {
	c := newClock()
	ids := append(users(1, "user"), users(1, "lockable")...)
	return NewBroker(ids, Terms{Attempts: 5, Window: time.Minute, Patience: 2 * time.Minute,
		Serves: map[string]string{"lockable": "user"}}, c.now), c
}

// TestServes: an account fills in for another role where those of that role would keep a
// lease waiting, and not before; nobody fills its own role.
func TestServes(t *testing.T) {
	b, c := serving()
	who := lease(t, b, c, 2)[0]
	fail(b, who, 2)
	if again := lease(t, b, c, 2)[0]; again.Name != "user-0" {
		t.Errorf("%s is given where the user itself has room", again.Name)
	} else {
		fail(b, again, 2)
	}
	other := lease(t, b, c, 1)[0]
	if other.Name != "lockable-0" {
		t.Errorf("%s is given; want the account that fills in", other.Name)
	}
	fail(b, other, 4)
	c.t = c.t.Add(30 * time.Second)
	s := shortage(t, b, Request{Claims: claims(1), Now: c.t, AtOnce: true})
	if want := c.t.Add(32 * time.Second); !s.Until.Equal(want) {
		t.Errorf("an account can be had at %s, want %s", s.Until, want)
	}
	if s := shortage(t, b, Request{Claims: []Claim{{Role: "lockable"}, {Role: "lockable"}}, Now: c.t}); s.Have != 1 || !s.Until.IsZero() {
		t.Errorf("shortage %+v; want never, as a user is no account that may be locked", s)
	}
}

// TestFullInAnotherRole: an account whose limit was filled where it stood in for another role
// is not full for who looks for one of its own, and the other way round.
func TestFullInAnotherRole(t *testing.T) {
	b, c := serving()
	fail(b, lease(t, b, c, 4)[0], 4)
	filled := lease(t, b, c, 6)[0]
	if filled.Name != "lockable-0" {
		t.Fatalf("%s is given; want the account that fills in", filled.Name)
	}
	filled.Fill(c.t.Add(time.Minute))
	b.Return(filled.Name, filled.State())
	looks := func(role string) Request {
		return Request{Claims: []Claim{{Role: role, Fails: 6, Full: true}}, Now: c.t, AtOnce: true}
	}
	shortage(t, b, looks("lockable"))
	grants, err := b.Lease(t.Context(), looks("user"))
	if err != nil || grants[0].Identity.Name != "lockable-0" {
		t.Fatalf("grants %v, error %v; want the account that is full in this role", grants, err)
	}
}

// TestServesNotForEver: an account that is locked for good does not fill in, and keeps nobody
// from waiting for the others.
func TestServesNotForEver(t *testing.T) {
	b, c := serving()
	b.terms.Patience = time.Minute
	grants, err := b.Lease(t.Context(), Request{Claims: []Claim{{Role: "lockable"}}, Now: c.t, AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	locked := Leased(grants[0], c.now)
	locked.Fill(c.t.Add(1000 * time.Hour))
	b.Return(locked.Name, locked.State())
	who := lease(t, b, c, 0)[0]
	older := &ticket{Request: Request{Claims: claims(6), Now: c.t}, by: own, done: make(chan struct{})}
	b.queue = []*ticket{older, {Request: Request{Claims: claims(6), Now: c.t}, by: own, done: make(chan struct{})}}
	b.assign()
	if len(b.queue) != 2 {
		t.Errorf("%d of 2 requests wait for the account that %s comes back with; error %v", len(b.queue), who.Name, older.err)
	}
}

// TestServesForWantOfOthers: whoever fills in serves where nobody else is left.
func TestServesForWantOfOthers(t *testing.T) {
	b, c := serving()
	both := lease(t, b, c, 0, 0)
	both[0].Retire("its password is unknown")
	for _, who := range both {
		b.Return(who.Name, who.State())
	}
	if who := lease(t, b, c, 1)[0]; who.Name != "lockable-0" {
		t.Errorf("%s is given", who.Name)
	}
}

// TestBecome: an account that was given another role has no other, and is listed as changed.
func TestBecome(t *testing.T) {
	b, c := serving()
	both := lease(t, b, c, 0, 0)
	both[1].Become("totp")
	for _, who := range both {
		b.Return(who.Name, who.State())
	}
	request := Request{Claims: []Claim{{Role: "totp", Fails: 1}}, Now: c.t, AtOnce: true}
	if s := shortage(t, b, request); !s.Until.Equal(c.t.Add(62 * time.Second)) {
		t.Errorf("it can be had at %s, want a whole window and two seconds later", s.Until)
	}
	c.t = c.t.Add(62 * time.Second)
	request.Now = c.t
	grants, err := b.Lease(t.Context(), request)
	if err != nil || grants[0].Identity.Name != "lockable-0" {
		t.Fatalf("grants %v, error %v; want the account that became one of that role", grants, err)
	}
	if s := shortage(t, b, Request{Claims: []Claim{{Role: "lockable"}}, Now: c.t}); !s.Until.IsZero() {
		t.Errorf("shortage %+v; want never", s)
	}
	if s := shortage(t, b, Request{Claims: claims(0, 0), Now: c.t}); !s.Until.IsZero() {
		t.Errorf("shortage %+v; it fills in no more", s)
	}
	if changed := b.Changed(); changed["lockable-0"] != "it has the role totp now" {
		t.Errorf("changed %v", changed)
	}
}

// TestSettle: an account whose last attempts failed tells so once it has rested.
func TestSettle(t *testing.T) {
	c := newClock()
	who := Leased(Grant{Identity: target.Identity{Name: "ann"}}, c.now)
	if who.Rested() {
		t.Error("nothing failed yet")
	}
	who.Failed()
	who.Settle(false)
	if who.Rested() {
		t.Error("a target still counts the failure")
	}
	who.Recovered()
	if !who.Rested() {
		t.Error("nothing is counted any more, and no right attempt followed the wrong one")
	}
	who.Settle(true)
	if who.Rested() {
		t.Error("a right attempt followed")
	}
}
