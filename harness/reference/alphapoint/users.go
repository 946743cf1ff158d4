package alphapoint

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"authconform/harness/reference/kit"
)

const (
	roleUser       = "user"
	roleTOTP       = "totp"
	roleUnenrolled = "unenrolled"
	roleLocked     = "locked"
	roleLockable   = "lockable"
)

// roles: user (no second factor), totp (an authenticator app is enrolled),
// unenrolled (its app is set up but not activated), locked (locked from the start),
// lockable (as user, for whoever wants to see one locked). Each identity has one
// role and an API key, and a JWT on the surface that wants one.
var roles = []string{roleUser, roleTOTP, roleUnenrolled, roleLocked, roleLockable}

var defaultPool = map[string]int{roleUser: 240, roleTOTP: 320, roleUnenrolled: 48, roleLocked: 8, roleLockable: 48}

type user struct {
	id       int
	login    string // also the e-mail address
	seeded   string // password of a new identity, until its verifier is needed
	password string // verifier

	key, secret string // API key
	jwtID       string

	locked   bool
	lockedAt time.Time // zero for one that was locked from the start
	failed   int       // wrong log-ins since the last right one

	totp     string // secret; enrolled says whether it counts
	enrolled bool

	wrongCodes int  // counted for faults only
	validated  bool // in any session, for faults only

	deviceCode string // mailed, not yet used
	devices    []device
}

func (u *user) idText() string { return strconv.Itoa(u.id) }

func (s *Server) seed(pool map[string]int) error {
	if pool == nil {
		pool = defaultPool
	}
	for role, n := range pool {
		if !slices.Contains(roles, role) || n < 0 {
			return fmt.Errorf("pool: %d accounts of role %q; want one of %q and no negative count", n, role, roles)
		}
	}
	for _, role := range roles {
		if role == roleUnenrolled && s.surface == Trading {
			continue // it has no call that activates an app
		}
		for n := 1; n <= pool[role]; n++ {
			s.seedUser(role, n)
		}
	}
	return nil
}

func (s *Server) seedUser(role string, n int) {
	u := &user{
		id: 1000 + len(s.users) + 1, locked: role == roleLocked, seeded: "P" + randomHex(10) + "x7",
		key: randomHex(16), secret: randomHex(32), jwtID: randomHex(12),
	}
	u.login = fmt.Sprintf("%s-%03d@kiiex.example", role, n)
	identity := kit.Identity{
		Name: fmt.Sprintf("%s-%03d", role, n), Roles: []string{role}, Login: u.login, Password: u.seeded,
		ID: u.idText(), APIKey: u.key, APISecret: u.secret,
	}
	if role == roleTOTP || role == roleUnenrolled {
		u.totp = kit.NewTOTPSecret(20)
		u.enrolled = role == roleTOTP
		identity.TOTPSecret = u.totp
	}
	if s.policy.gateway == "bearer" {
		identity.Token = s.newJWT(u)
	}
	u.devices = []device{{
		HashCode: int64(u.id) * 7919, DeviceName: "first device", IpAddress: "127.0.0.1", UserId: u.id,
		IsTrusted: true, ExpirationTime: ticks(s.Clock.Now().Add(deviceLifetime)),
	}}
	s.users = append(s.users, u)
	s.byLogin[u.login], s.byKey[u.key] = u, u
	s.AddIdentity(identity)
}

// verifierOf hashes a seeded password at its first use: hashing a whole pool at
// the start would cost a second.
func (s *Server) verifierOf(u *user) string {
	if u.password == "" {
		u.password = s.Hash(u.seeded, u.login)
	}
	return u.password
}

func (s *Server) userByID(id string) *user {
	n, err := strconv.Atoi(id)
	if err != nil || n <= 1000 || n > 1000+len(s.users) || strconv.Itoa(n) != id {
		return nil
	}
	return s.users[n-1001]
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
