package barong

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// odd is what the faults of oddFaults remember.
type odd struct {
	wrong     map[string]int      // wrong codes and passwords in a row, and attempts at unknown users, by who it is
	clients   map[string]bool     // that passed the second factor, with the user
	ended     map[string]*session // by log-out
	csrf      map[string]list     // earlier CSRF tokens, by session id
	passwords map[string]list     // hashes of earlier passwords, by uid
	count     int                 // of what they let count up
	// Of the call that is served: whose it is by its session or token, his password, and
	// his session that is spared.
	caller *account
	spared *session
	hash   string
	link   string // that was mailed last
}

func newOdd() odd {
	return odd{
		wrong: map[string]int{}, clients: map[string]bool{}, ended: map[string]*session{}, csrf: map[string]list{}, passwords: map[string]list{},
	}
}

// oddBefore notes what an operation may take away.
func (s *Server) oddBefore(r *request) {
	s.odd.caller, s.odd.hash, s.odd.spared = r.account, "", nil
	switch r.op.id {
	case "deleteSession":
		if found := s.cookieSession(r); found != nil {
			s.odd.caller, s.odd.ended[found.sid] = found.account, found
		}
	case "createSession":
		s.odd.caller = s.claimed(r)
	case "confirmPasswordReset":
		s.odd.caller = s.mailedTo(r.text("reset_password_token"))
	case "confirmEmail":
		s.odd.caller = s.mailedTo(r.text("token"))
	}
	if a := s.odd.caller; a != nil {
		if a.passwordHash == "" && a.password != "" {
			a.passwordHash, a.password = s.hash(a.password), ""
		}
		s.odd.hash, s.odd.spared = a.passwordHash, s.oddSpared(r, a)
	}
}

// mailedTo is whose token a text is, whether it counts or not.
func (s *Server) mailedTo(token string) *account {
	parts := strings.Split(token, ".")
	if len(parts) < 2 {
		return nil
	}
	payload, fine := segment(parts[1])
	if !fine {
		return nil
	}
	return s.tokenOwner(payload)
}

// oddAfter is what faults do once an operation has answered.
func (s *Server) oddAfter(r *request, a answer) answer {
	caller := s.odd.caller
	if a.status >= http.StatusBadRequest {
		if caller != nil {
			s.oddRejected(r, caller, a)
		}
		return a
	}
	if caller != nil {
		s.oddCodesForgotten(r, caller)
		s.oddSucceeded(r, caller)
	}
	s.oddTold(r, a)
	if listed, is := s.oddList(r); is {
		return listed
	}
	return a
}

// oddRejected is what is done although it was rejected.
func (s *Server) oddRejected(r *request, a *account, refused answer) {
	code := refused.status == http.StatusUnprocessableEntity
	switch r.op.id {
	case "generateQRCode":
		if s.On(faultOddRejectedGenerateReplaces) {
			a.totpSecret = newSecret(s, a, secretBytes)
		}
	case "disableOTP":
		if code && a.otp && s.On(faultOddRejectedSwitchOff) {
			s.switchOff(r, a)
		}
	case "enableOTP":
		if code && a.totpSecret != "" && s.On(faultOddRejectedSwitchOn) {
			a.otp = true
			s.setPrivate(a, "otp", "enabled", r.Now)
		}
	case "deleteCurrentUser":
		if a.otp && r.given("otp_code") && s.isPassword(r, a, "password") && s.On(faultOddRejectedDeletion) {
			s.setPrivate(a, "delete", "by-user", r.Now)
		}
	case "createSession":
		s.oddLogInRejected(r, a)
	default:
		s.oddKeyRejected(r, a, code)
		s.oddPasswordRejected(r, a)
	}
}

// oddPasswordRejected is what a rejected change or reset of a password does all the same.
func (s *Server) oddPasswordRejected(r *request, a *account) {
	switch {
	case r.op.id == "changePassword" && s.On(faultOddRejectedChangeSaves):
		a.setPassword(r, "new_password")
	case r.op.id != "confirmPasswordReset":
	case s.On(faultOddRejectedResetSaves):
		a.setPassword(r, "password")
	case s.On(faultOddRejectedResetEnds):
		s.endSessions(a, "")
	}
}

// oddLogInRejected is what a rejected log-in sets.
func (s *Server) oddLogInRejected(r *request, a *account) {
	if r.hashes["password"] == a.passwordHash {
		return
	}
	s.odd.wrong["password/"+a.uid]++
	switch {
	case s.On(faultOddRejectedPasswordOpens):
		s.open(r, a)
	case s.On(faultOddKnownGetsCookie):
		r.cookie = "last_try=1; path=/"
	case s.On(faultOddCodesForgottenByPassword):
		s.forgetCodes(a)
	}
}

// oddSucceeded is what a success does too much of.
func (s *Server) oddSucceeded(r *request, a *account) {
	switch r.op.id {
	case "confirmPasswordReset":
		s.oddReset(r, a)
	case "changePassword":
		s.odd.passwords[a.uid] = append(s.odd.passwords[a.uid], s.odd.hash)
		if a.otp && s.On(faultOddChangeEndsFactor) {
			s.switchOff(r, a)
		}
	case "confirmEmail":
		if s.On(faultOddConfirmUnbans) {
			s.setState(a, "active", r.Now)
		}
	case "createSession":
		delete(s.odd.wrong, "password/"+a.uid)
		s.oddLoggedIn(r, a)
	case "deleteSession":
		if s.On(faultOddLogOutOfNewest) {
			s.endNewest(r, a)
		}
	case "updateCurrentUser":
		s.oddObeys(r, a)
	}
}

func (s *Server) oddReset(r *request, a *account) {
	s.odd.passwords[a.uid] = append(s.odd.passwords[a.uid], s.odd.hash)
	switch {
	case s.On(faultOddResetEndsFactor) && a.otp:
		s.switchOff(r, a)
	case s.On(faultOddResetActivates) && a.state == "pending":
		s.setState(a, "active", r.Now)
	case s.On(faultOddResetOpens):
		s.open(r, a)
	}
}

func (s *Server) oddLoggedIn(r *request, a *account) {
	if !blank(r.text("otp_code")) {
		s.odd.clients[r.http.UserAgent()+"/"+a.uid] = true
	}
	if s.On(faultOddLogInRevives) {
		for sid, ended := range s.odd.ended {
			if ended.account == a {
				s.sessions[sid] = ended
			}
		}
	}
	if s.On(faultOddKeyBackByLogIn) {
		for _, k := range a.keys {
			k.state = "active"
		}
	}
	if s.On(faultOddLimitResetBySuccess) {
		clear(s.windows.counts)
	}
}

// oddObeys takes over members that nobody may send.
func (s *Server) oddObeys(r *request, a *account) {
	if email, sent := r.sent["email"].(string); sent && s.On(faultOddUserObeysEmail) {
		delete(s.byEmail, collated(a.email))
		a.email = email
		s.byEmail[collated(email)] = a
	}
	if factor, sent := r.sent["otp"].(bool); sent && s.On(faultOddUserObeysFactor) {
		a.otp = factor
	}
}

// oddTold are header fields that tell what they should not.
func (s *Server) oddTold(r *request, a answer) {
	switch r.op.id {
	case "requestPasswordReset", "requestEmailConfirmation":
		s.oddMailAsked(r)
	case "createPhone", "sendPhoneCode":
		if typed := parseNumber(r.text("phone_number")); typed != nil && s.On(faultOddPhoneCodeInAnswer) {
			r.header.Set("X-Sent", r.account.phone(typed.number).code)
		}
		if typed := parseNumber(r.text("phone_number")); typed != nil && r.op.id == "sendPhoneCode" && s.On(faultOddPhoneTriesByResend) {
			r.account.phone(typed.number).tries = 0
		}
	}
}

// oddUnknown is what an attempt at an unknown address tells the third time.
func (s *Server) oddUnknown(r *request) {
	name := "unknown/" + r.text("email")
	if s.odd.wrong[name]++; s.On(faultOddThirdAttemptTells) && s.odd.wrong[name]%3 == 0 {
		r.header.Set("X-Account", "none")
	}
}

// oddNumber is a number in the place of a random one.
func (s *Server) oddNumber(places int) string {
	s.odd.count++
	text := strconv.Itoa(s.odd.count + 10_000)
	return strings.Repeat("0", max(0, places-len(text))) + text
}

// oddList is a list with what is others'.
func (s *Server) oddList(r *request) (answer, bool) {
	switch {
	case r.op.id == "listPhones" && s.On(faultOddPhonesOfOthers):
		return s.ok(r, each(ofAll(s, func(a *account) []*phone { return a.phones }), s.phoneOf)), true
	case r.op.id == "listDocuments" && s.On(faultOddDocumentsOfOthers):
		return s.ok(r, each(ofAll(s, func(a *account) []*document { return a.documents }), s.documentOf)), true
	case r.op.id == "getProfiles" && s.On(faultOddProfilesOfOthers):
		return s.ok(r, each(ofAll(s, func(a *account) []*profile { return a.profiles }), s.profileOf)), true
	case r.op.id == "listKeys" && s.On(faultOddKeysOfOthers):
		return s.ok(r, each(ofAll(s, func(a *account) []*apiKey { return a.keys }), s.shownKey)), true
	}
	return answer{}, false
}

// ofAll is what all accounts have of a kind.
func ofAll[T any](s *Server, of func(*account) []T) []T {
	var all []T
	for _, a := range s.accounts {
		all = append(all, of(a)...)
	}
	return all
}

// endNewest ends the newest session of a user in the place of the caller's.
func (s *Server) endNewest(r *request, a *account) {
	if own := s.odd.ended[r.sid()]; own != nil {
		s.sessions[own.sid] = own
	}
	if known := s.byAge(a); len(known) > 0 {
		delete(s.sessions, known[len(known)-1].sid)
	}
}

// byAge are the sessions of a user, the oldest first.
func (s *Server) byAge(a *account) []*session {
	var own []*session
	for _, known := range s.sessions {
		if known.account == a {
			own = append(own, known)
		}
	}
	slices.SortFunc(own, func(a, b *session) int { return a.opened.Compare(b.opened) })
	return own
}

// half a minute and an hour are how long faults let things count.
const (
	oddNonce = 30 * time.Second
	oddGrace = time.Hour
)
