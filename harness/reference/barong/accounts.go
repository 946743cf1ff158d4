package barong

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"
)

// signUpDomain is the e-mail domain whose mails reach the outbox. All do; it is
// what a target file says.
const signUpDomain = "conform.test"

// collated is how the database compares e-mail addresses: without regard to case
// and trailing blanks.
func collated(email string) string { return strings.ToLower(strings.TrimRight(email, " ")) }

func newUID(prefix string) string {
	var value [5]byte
	_, _ = rand.Read(value[:])
	return prefix + strings.ToUpper(hex.EncodeToString(value[:]))
}

// addAccount makes a pending member.
func (s *Server) addAccount(email string, now time.Time) *account {
	a := &account{
		id: s.nextID(), uid: newUID(s.config.UIDPrefix), email: email, role: "member", state: "pending",
		created: now, updated: now, usedTokens: map[string]bool{},
	}
	s.accounts = append(s.accounts, a)
	s.byUID[a.uid], s.byEmail[collated(email)] = a, a
	return a
}

// accountByEmail finds a user as the database does.
func (s *Server) accountByEmail(email string) *account {
	found := s.byEmail[collated(email)]
	if found != nil && s.On(faultEmailCaseMatters) && found.email != email {
		return nil
	}
	return found
}
