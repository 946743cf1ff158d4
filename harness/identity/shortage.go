package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Shortage says why a request is not granted.
type Shortage struct {
	Role  string
	Have  int       // identities of the role in the target file
	Need  int       // how many the request needs
	Until time.Time // when it could be; zero: never, with the accounts there are
	Why   string
}

func (s *Shortage) Error() string {
	return fmt.Sprintf("no identity with the role %s can be had: %s; the target file has %d, and the clause needs %d at a time", s.Role,
		s.Why, s.Have, s.Need)
}

// short is the shortage of a request that no wait can serve; nil when there is none.
func (b *Broker) short(t *ticket, now time.Time) *Shortage {
	var picks []*account
	for _, c := range t.Claims {
		i := slices.IndexFunc(b.accounts, func(a *account) bool {
			return (a.suits(c, t.Held) || b.standsIn(a, c, t.Held)) && !slices.Contains(picks, a)
		})
		if i < 0 {
			if b.sources.expected(c.Role) {
				return nil
			}
			return b.shortage(c.Role, now, time.Time{})
		}
		picks = append(picks, b.accounts[i])
	}
	return nil
}

func (b *Broker) shortage(role string, now, until time.Time) *Shortage {
	s := &Shortage{Role: role, Need: 1, Until: until}
	var retired []string
	leased, resting := 0, 0
	for _, a := range b.accounts {
		if !a.is(role) {
			continue
		}
		s.Have++
		switch {
		case a.Retired != "":
			retired = append(retired, a.Name+" ("+a.Retired+")")
		case a.holder != nil:
			leased++
		case a.counted() > 0:
			resting++
		}
	}
	var why []string
	say := func(n int, format string, args ...any) {
		if n > 0 {
			why = append(why, fmt.Sprintf(format, args...))
		}
	}
	say(leased, "%d in use", leased)
	say(resting, "%d have to rest after failed attempts", resting)
	say(len(retired), "retired: %s", strings.Join(retired, ", "))
	s.Need += leased
	s.Why = cmp.Or(strings.Join(why, ", "), "there is none")
	if refusal := b.sources.refusal(role); refusal != "" {
		s.Why += "; " + refusal
	}
	return s
}
