package onlyoffice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// Roles an identity can have. totp, phone, no-phone and disabled are plain users
// about whom something is special.
const (
	roleOwner     = "owner"      // of the portal; also an administrator
	roleAdmin     = "admin"      // DocSpace administrator
	roleRoomAdmin = "room-admin" // manages rooms, not the portal
	roleUser      = "user"       // no second factor from a trusted address
	roleTOTP      = "totp"       // must use an authenticator app, none enrolled yet
	roleDisabled  = "disabled"   // terminated account with a valid password
	rolePhone     = "phone"      // activated phone number
	roleNoPhone   = "no-phone"   // the identity's phone number is not activated yet
)

// roles fixes the order in which identities are made. A user has no second factor
// from a loopback address, a totp identity must use an authenticator app and has
// none enrolled yet, a disabled one is terminated but its password is right, a phone
// identity has an activated number, and the Phone of a no-phone one is to activate.
var roles = []string{roleOwner, roleAdmin, roleRoomAdmin, roleUser, roleTOTP, roleDisabled, rolePhone, roleNoPhone}

// defaultPool lets any one of four processes, each of which owns a quarter, run
// every spec of a role: Ginkgo deals specs out as processes come free, and an
// identity whose attempts failed rests for the rest of the run.
var defaultPool = map[string]int{
	roleOwner: 1, roleAdmin: 184, roleRoomAdmin: 8, roleUser: 240, roleTOTP: 320, roleDisabled: 32, rolePhone: 60, roleNoPhone: 32,
}

// groupSecondFactor is a group of the seeded portal's own: its members must
// pass the second factor, all others come from a trusted address.
const groupSecondFactor = "5b0c1d6e-2f5a-4c1b-9e57-1d1f6f0a7c42"

type user struct {
	id, email, name string
	role            string
	seeded          string // password of a new identity, until its verifier is needed
	password        string // verifier, see verifierOf
	passwordChanges int    // part of what a PasswordChange link is bound to

	phone       string // digits
	phoneActive bool

	secret      string // TOTP; "" until first needed
	enrolled    bool   // a first code has proven the secret
	backup      []backupCode
	generation  int            // of backup codes
	oldSecrets  []string       // kept for faults only
	oldBackups  [][]backupCode // kept for faults only
	portalOwner bool
}

func (u *user) admin() bool    { return u.portalOwner || u.role == roleAdmin }
func (u *user) disabled() bool { return u.role == roleDisabled }

// seed makes the pool and the settings that let users with and without a second
// factor live side by side: the app is on for everybody but the loopback
// addresses, and mandatory, from there too, for the totp users.
func (s *Server) seed(pool map[string]int) error {
	if pool == nil {
		pool = defaultPool
	}
	for role, n := range pool {
		if !slices.Contains(roles, role) {
			return fmt.Errorf("pool: unknown role %q; want one of %q", role, roles)
		}
		if n < 0 || role == roleOwner && n != 1 {
			return fmt.Errorf("pool: %d accounts of role %q; want 1 owner and no negative count", n, role)
		}
	}
	s.app = tfaSettings{enabled: true, trustedIPs: []string{"127.0.0.1", "::1"}, mandatoryGroups: []string{groupSecondFactor}}
	for _, role := range roles {
		count := pool[role]
		if role == roleOwner {
			count = 1 // a portal has an owner, named in the pool or not
		}
		for n := 1; n <= count; n++ {
			s.seedUser(role, n)
		}
	}
	s.owner = s.users[0]
	return nil
}

func (s *Server) seedUser(role string, n int) *user {
	identity := kit.Identity{
		Name:     fmt.Sprintf("%s-%03d", role, n),
		Roles:    []string{role},
		Password: "P" + kit.RandomString(19, kit.Alphanumeric) + "7",
		ID:       kit.RandomUUID(),
	}
	identity.Login = identity.Name + "@portal.example"
	u := &user{
		id: identity.ID, email: identity.Login, name: identity.Name, seeded: identity.Password,
		role: role, portalOwner: role == roleOwner,
	}
	if role == rolePhone || role == roleNoPhone {
		// Nine digits: longer numbers meet the masking defect of the release. The
		// leading ones keep numbers of two identities apart.
		identity.Phone = fmt.Sprintf("4%d%03d%s", len(role)%10, n%1000, kit.RandomString(4, kit.Decimal))
	}
	if role == rolePhone {
		u.phone, u.phoneActive = identity.Phone, true
	}
	s.users = append(s.users, u)
	s.AddIdentity(identity)
	return u
}

// verifier is what is stored of a password: the hash a client sends would be as
// good as the password if it were stored itself.
func (s *Server) verifier(userID, passwordHash string) string {
	return hex.EncodeToString(s.mac(userID + "\n" + passwordHash))
}

// verifierOf makes the verifier of a seeded password at its first use: hashing a
// whole pool at the start would cost seconds with the product's iterations.
func (s *Server) verifierOf(u *user) string {
	if u.password == "" {
		u.password = s.verifier(u.id, s.Hash(u.seeded, s.salt))
		u.seeded = ""
	}
	return u.password
}

func (s *Server) mac(text string) []byte {
	h := hmac.New(sha256.New, []byte(s.machineKey))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// sealedEmail stands for an address in a link (encemail).
func (s *Server) sealedEmail(email string) string {
	return base64.RawURLEncoding.EncodeToString(s.mac("encemail\n" + strings.ToLower(email)))
}

func (s *Server) userByID(id string) *user {
	return s.findUser(func(u *user) bool { return strings.EqualFold(u.id, id) })
}

func (s *Server) userByEmail(email string) *user {
	return s.findUser(func(u *user) bool { return strings.EqualFold(u.email, email) })
}

func (s *Server) findUser(is func(*user) bool) *user {
	if at := slices.IndexFunc(s.users, is); at >= 0 {
		return s.users[at]
	}
	return nil
}
