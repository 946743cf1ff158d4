package identity

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authconform/harness/target"

	"pgregory.net/rapid"
)

// clock is a time that moves only when told.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)} }

func users(n int, roles ...string) []target.Identity {
	if len(roles) == 0 {
		roles = []string{"user"}
	}
	var ids []target.Identity
	for i := range n {
		ids = append(ids, target.Identity{Name: fmt.Sprintf("%s-%d", roles[0], i), Roles: roles, Login: fmt.Sprintf("l%d", i), Password: "pw"})
	}
	return ids
}

func lease(t *testing.T, p *Pool, role string) *Identity {
	t.Helper()
	i, err := p.Lease(role)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func shortage(t *testing.T, p *Pool, role string) *Shortage {
	t.Helper()
	i, err := p.Lease(role)
	var s *Shortage
	if !errors.As(err, &s) {
		t.Fatalf("leased %v, error %v; want a *Shortage", i, err)
	}
	if i != nil {
		t.Fatalf("an identity comes with the error")
	}
	return s
}

func TestLeastRecentlyUsedFirst(t *testing.T) {
	p := NewPool(users(3), 1, 1, newClock().now, time.Minute)
	var order []string
	for range 6 {
		i := lease(t, p, "user")
		order = append(order, i.Name)
		p.Release(i)
	}
	if want := "user-0 user-1 user-2 user-0 user-1 user-2"; strings.Join(order, " ") != want {
		t.Errorf("order %v, want %s", order, want)
	}
}

func TestLeasedIsNotHandedOut(t *testing.T) {
	p := NewPool(users(2), 1, 1, newClock().now, time.Minute)
	a, b := lease(t, p, "user"), lease(t, p, "user")
	if a.Name == b.Name {
		t.Fatal("two holders of one identity")
	}
	s := shortage(t, p, "user")
	if s.Have != 2 || s.Need != 3 || !s.Until.IsZero() || !strings.Contains(s.Why, "2 in use") {
		t.Errorf("shortage %+v", s)
	}
	p.Release(a)
	if again := lease(t, p, "user"); again.Name != a.Name {
		t.Errorf("got %s, want the released %s", again.Name, a.Name)
	}
}

func TestSecondReleaseDoesNotEndANewLease(t *testing.T) {
	p := NewPool(users(1), 1, 1, newClock().now, time.Minute)
	old := lease(t, p, "user")
	p.Release(old)
	lease(t, p, "user")
	p.Release(old)
	shortage(t, p, "user")
	p.Release(nil)
	stranger := lease(t, NewPool(users(1), 1, 1, newClock().now, time.Minute), "user")
	p.Release(stranger)
	shortage(t, p, "user")
}

func TestFailedIdentityCools(t *testing.T) {
	c := newClock()
	p := NewPool(users(1), 1, 1, c.now, time.Minute)
	i := lease(t, p, "user")
	i.Failed()
	i.Failed()
	if i.Failures() != 2 {
		t.Errorf("failures %d, want 2", i.Failures())
	}
	released := c.t
	p.Release(i)
	c.t = c.t.Add(59 * time.Second)
	s := shortage(t, p, "user")
	if want := released.Add(time.Minute); !s.Until.Equal(want) || s.Need != 2 || !strings.Contains(s.Why, "cooling") {
		t.Errorf("shortage %+v, want until %v", s, want)
	}
	c.t = s.Until
	again := lease(t, p, "user")
	if again.Failures() != 0 {
		t.Errorf("failures %d after cooling, want 0", again.Failures())
	}
	if !again.LastUsed().Equal(released) {
		t.Errorf("last used %v, want %v", again.LastUsed(), released)
	}
}

func TestFreshBeforeCooling(t *testing.T) {
	p := NewPool(users(2), 1, 1, newClock().now, time.Minute)
	i := lease(t, p, "user")
	i.Failed()
	p.Release(i)
	for range 3 {
		next := lease(t, p, "user")
		if next.Name == i.Name {
			t.Fatal("a cooling identity was handed out")
		}
		p.Release(next)
	}
}

func TestSpoiledIsGone(t *testing.T) {
	p := NewPool(users(1), 1, 1, newClock().now, time.Minute)
	i := lease(t, p, "user")
	i.Retire("locked out")
	i.Retire("")
	p.Release(i)
	if s := shortage(t, p, "user"); !strings.Contains(s.Error(), "user-0 (locked out)") || !s.Until.IsZero() {
		t.Errorf("shortage %v", s)
	}
}

func TestUnknownRole(t *testing.T) {
	p := NewPool(users(1), 1, 2, newClock().now, time.Minute)
	if s := shortage(t, p, "owner"); s.Have != 0 || s.Need != 1 || s.Role != "owner" {
		t.Errorf("shortage %+v", s)
	}
}

func TestScarceRoleBelongsToProcessOne(t *testing.T) {
	ids := slices.Concat(users(4), users(1, "owner"), users(2, "admin"))
	for process := 1; process <= 3; process++ {
		p := NewPool(ids, process, 3, newClock().now, time.Minute)
		lease(t, p, "user")
		if process == 1 {
			lease(t, p, "owner")
			lease(t, p, "admin")
			lease(t, p, "admin")
			continue
		}
		if s := shortage(t, p, "admin"); s.Have != 2 || s.Need != 3 || !strings.Contains(s.Why, "process 1 has them all") {
			t.Errorf("shortage %+v", s)
		}
	}
	if _, scarce := deal(ids, 3); scarce["user"] || !scarce["owner"] || !scarce["admin"] {
		t.Errorf("scarce for three processes: %v", scarce)
	}
}

// The number an error asks for must do: with that many, one more can be leased.
func TestNeedIsEnough(t *testing.T) {
	for processes := 1; processes <= 4; processes++ {
		for have := 1; have <= 9; have++ {
			for process := 1; process <= processes; process++ {
				p := NewPool(users(have), process, processes, newClock().now, time.Minute)
				leased, need := drain(p)
				after, _ := drain(NewPool(users(need), process, processes, newClock().now, time.Minute))
				if after < leased+1 || need <= have {
					t.Errorf("process %d of %d: %d identities gave %d leases; %d, as asked for, give %d", process, processes, have, leased, need, after)
				}
			}
		}
	}
}

func drain(p *Pool) (leased, need int) {
	for {
		_, err := p.Lease("user")
		var s *Shortage
		if errors.As(err, &s) {
			return leased, s.Need
		}
		leased++
	}
}

func TestOutOfRangeProcesses(t *testing.T) {
	if _, err := NewPool(users(2), 1, 0, newClock().now, time.Minute).Lease("user"); err != nil {
		t.Errorf("no processes counts as one: %v", err)
	}
	shortage(t, NewPool(users(2), 5, 2, newClock().now, time.Minute), "user")
}

func TestPrintingHidesThePassword(t *testing.T) {
	ids := []target.Identity{{Name: "a", Roles: []string{"user"}, Password: "hunter2"}}
	i := lease(t, NewPool(ids, 1, 1, newClock().now, time.Minute), "user")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, i) + fmt.Sprintf(verb, *i); strings.Contains(s, "hunter2") {
			t.Errorf("%s prints %s", verb, s)
		}
	}
}

// Every identity belongs to exactly one process; a role that is not serial can
// be leased in each, and one that is serial belongs to process 1 whole.
func TestDealProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roles := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"user", "admin", "totp", "phone"}), 1, 3, rapid.ID[string])
		var ids []target.Identity
		for i := range rapid.IntRange(0, 14).Draw(t, "identities") {
			ids = append(ids, target.Identity{Name: fmt.Sprint(i), Roles: roles.Draw(t, "roles")})
		}
		processes := rapid.IntRange(1, 5).Draw(t, "processes")
		_, scarce := deal(ids, processes)
		owner := map[string]int{}
		var pools []*Pool
		for process := 1; process <= processes; process++ {
			p := NewPool(ids, process, processes, newClock().now, time.Minute)
			pools = append(pools, p)
			for _, a := range p.accounts {
				if owner[a.Name] != 0 {
					t.Fatalf("identity %s belongs to processes %d and %d", a.Name, owner[a.Name], process)
				}
				owner[a.Name] = process
			}
		}
		for _, id := range ids {
			if owner[id.Name] == 0 {
				t.Fatalf("identity %s belongs to no process", id.Name)
			}
			for _, role := range id.Roles {
				if scarce[role] && owner[id.Name] != 1 {
					t.Fatalf("identity %s of scarce role %s belongs to process %d", id.Name, role, owner[id.Name])
				}
			}
		}
		for role := range pools[0].total {
			for n, p := range pools {
				if !scarce[role] {
					i, err := p.Lease(role)
					if err != nil {
						t.Fatalf("process %d: %v", n+1, err)
					}
					p.Release(i)
				}
			}
		}
	})
}

func TestOneRoleGoesRound(t *testing.T) {
	owners, _ := deal(users(7), 3)
	if want := []int{1, 2, 3, 1, 2, 3, 1}; !slices.Equal(owners, want) {
		t.Errorf("owners %v, want %v", owners, want)
	}
}

// Whatever holders do, and in whatever order, no identity has two of them.
func TestLeaseProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		p := NewPool(slices.Concat(users(3), users(2, "totp", "user")), 1, 1, c.now, time.Minute)
		held, gone, cool := map[string]*Identity{}, map[string]bool{}, map[string]time.Time{}
		var past []*Identity
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0, 1:
				role := rapid.SampledFrom([]string{"user", "totp"}).Draw(t, "role")
				i, err := p.Lease(role)
				if err != nil {
					continue
				}
				if held[i.Name] != nil || gone[i.Name] || c.t.Before(cool[i.Name]) || !slices.Contains(i.Roles, role) {
					t.Fatalf("%s handed out: held %v, spoiled %v, cooling until %v, roles %v for %s", i.Name, held[i.Name], gone[i.Name], cool[i.Name], i.Roles, role)
				}
				held[i.Name] = i
				past = append(past, i)
			case 2:
				if len(past) > 0 {
					i := rapid.SampledFrom(past).Draw(t, "release") // may be over already
					p.Release(i)
					if held[i.Name] == i {
						delete(held, i.Name)
					}
				}
			case 3:
				for _, name := range sortedNames(held) {
					held[name].Failed()
					cool[name] = c.t.Add(time.Minute)
					break
				}
			case 4:
				c.t = c.t.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "seconds")) * time.Second)
			case 5:
				if names := sortedNames(held); len(names) > 3 {
					held[names[0]].Retire("test")
					gone[names[0]] = true
				}
			}
		}
	})
}

func sortedNames(m map[string]*Identity) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestConcurrentLeases(t *testing.T) {
	p := NewPool(users(4), 1, 1, time.Now, time.Hour)
	holders := map[string]*atomic.Int32{}
	for i := range 4 {
		holders[fmt.Sprintf("user-%d", i)] = &atomic.Int32{}
	}
	var group sync.WaitGroup
	var leases atomic.Int32
	for range 8 {
		group.Go(func() {
			for range 200 {
				i, err := p.Lease("user")
				if err != nil {
					continue
				}
				leases.Add(1)
				if holders[i.Name].Add(1) != 1 {
					t.Errorf("two holders of %s", i.Name)
				}
				i.Failures()
				i.LastUsed()
				holders[i.Name].Add(-1)
				p.Release(i)
			}
		})
	}
	group.Wait()
	if leases.Load() == 0 {
		t.Error("nothing was leased")
	}
}
