package barong

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// Roles of the pool: active (no second factor), pending, totp (second factor on),
// banned, deleted, locked (the password of all three is right), sa-owner (second
// factor on, owns a service account), phone (Phone is a number that is on no
// account yet).
const (
	roleActive  = "active"
	rolePending = "pending"
	roleTOTP    = "totp"
	roleBanned  = "banned"
	roleDeleted = "deleted"
	roleLocked  = "locked"
	roleOwner   = "sa-owner"
	rolePhone   = "phone"
)

// wholeRun is a pool for a whole run.
func wholeRun() map[string]int {
	return map[string]int{
		roleActive: 60, rolePending: 8, roleTOTP: 24, roleBanned: 4, roleDeleted: 4, roleLocked: 4, roleOwner: 6, rolePhone: 8,
	}
}

// whitelinks is how many whitelist links are seeded.
const whitelinks = 16

// seed makes the pool, the whitelist links and the restrictions.
func (s *Server) seed() error {
	pool := s.config.Pool
	if pool == nil {
		pool = wholeRun()
	}
	for _, role := range slices.Sorted(maps.Keys(pool)) {
		if _, known := wholeRun()[role]; !known {
			return fmt.Errorf("unknown pool role %q; want one of %v", role, slices.Sorted(maps.Keys(wholeRun())))
		}
		for n := range pool[role] {
			s.AddIdentity(s.seedAccount(role, n))
		}
	}
	for range whitelinks {
		token := randomHex(16)
		s.whitelinkTokens = append(s.whitelinkTokens, token)
		s.whitelinks[token] = true
	}
	if s.config.ClientAddress {
		s.restrictions = seededRestrictions()
	}
	return nil
}

func (s *Server) seedAccount(role string, n int) kit.Identity {
	now := s.Clock.Now()
	name := fmt.Sprintf("%s-%03d", role, n)
	a := s.addAccount(fmt.Sprintf("%s-%s@%s", name, randomHex(4), signUpDomain), now)
	a.password = seededPassword()
	if role != rolePending {
		s.setPrivate(a, "email", "verified", now)
	}
	identity := kit.Identity{Name: name, Roles: []string{role}, Login: a.email, Password: a.password, ID: a.uid}
	switch role {
	case roleTOTP, roleOwner:
		a.totpSecret, a.otp, a.otpAtFirst = kit.NewTOTPSecret(secretBytes), true, true
		s.setPrivate(a, "otp", "enabled", now)
		identity.TOTPSecret = a.totpSecret
	case roleBanned:
		s.setPrivate(a, "ban", "seeded", now)
	case roleDeleted:
		s.setPrivate(a, "delete", "seeded", now)
	case roleLocked:
		s.setPrivate(a, "lock", "seeded", now)
	case rolePhone:
		identity.Phone = fmt.Sprintf("4474180%05d", n+1)
	}
	if role == roleOwner {
		s.seedService(a, now)
	}
	return identity
}

func (s *Server) seedService(owner *account, now time.Time) {
	service := &serviceAccount{
		id: s.nextID(), uid: newUID("SI"), role: "sa_maker", level: owner.level, state: "active",
		owner: owner, created: now, updated: now,
	}
	service.email = service.uid + "@" + signUpDomain
	owner.services = append(owner.services, service)
	s.byService[service.uid] = service
}

// seededPassword has sixteen different characters of four classes.
func seededPassword() string {
	const alphabet = "bcdfghjkmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ23456789#$%&*+-?@"
	for {
		password := ""
		for len(password) < 16 {
			if c := kit.RandomString(1, alphabet); !strings.Contains(password, c) {
				password += c
			}
		}
		if passwordPattern(password) {
			return password
		}
	}
}
