package alphapoint

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// odd is what the faults of oddFaults remember.
type odd struct {
	ended   map[string]*session // by token
	graced  map[string]bool     // tokens that had one more call
	unknown map[string]int      // wrong passwords by user name
	count   int

	anyValidated bool
	ways         map[string]int // wrong log-ins by way and user
	lastFail     map[string]time.Time
	codes        map[*user][]string // mailed ones
}

func newOdd() odd {
	return odd{
		ended: map[string]*session{}, graced: map[string]bool{}, unknown: map[string]int{}, ways: map[string]int{},
		lastFail: map[string]time.Time{}, codes: map[*user][]string{},
	}
}

// oddWindow is how far codes may be away at one operation.
func (s *Server) oddWindow(op string, window int) int {
	if op == opValidate && s.On(faultOddWideAtValidation) || op == opActivate && s.On(faultOddWideAtActivation) {
		return 10
	}
	return window
}

func (s *Server) oddForeign(op string) bool {
	return op == opActivate && s.On(faultOddForeignAtActivation) || op == opValidate && s.On(faultOddForeignAtValidation)
}

// oddWrong is what a wrong code does; it tells whether the code counts after all.
func (s *Server) oddWrong(r *request, u *user, code string) bool {
	u.wrongCodes++
	switch {
	case s.On(faultOddThirdWrongCodeOpens) && r.op.id == opSecond && u.wrongCodes%3 == 0,
		s.On(faultOddAnyAtValidation) && r.op.id == opValidate,
		s.On(faultOddDeviceCodeLogsIn) && r.op.id == opValidate && code == u.deviceCode:
		return true
	case s.On(faultOddRefusedCodeOpens) && r.op.id == opSecond:
		r.note = s.open(r, u).token
	case s.On(faultOddRefusedValidationCounts) && r.op.id == opValidate:
		r.session.validated = true
	case s.On(faultOddRefusedActivationCounts) && r.op.id == opActivate:
		u.enrolled = true
	case s.On(faultOddWrongActivationUnenrols) && r.op.id == opActivate:
		u.enrolled = false
	}
	return false
}

// oddUnspent tells whether a fault takes a code without remembering it.
func (s *Server) oddUnspent(op string) bool {
	return op == opValidate && s.On(faultOddReplayAtSecond) || op == opActivate && s.On(faultOddReplayAfterActivation)
}

// oddKey is the key of a limit with what faults add to it, and whether there is a limit.
func (s *Server) oddKey(r *request, key string) (string, bool) {
	switch {
	case s.On(faultOddValidationUnlimited) && r.op.id == opValidate, s.On(faultOddActivationUnlimited) && r.op.id == opActivate,
		s.On(faultOddWrappedUnlimited) && r.op.id == opGuarded, s.On(faultOddBasicUnlimited) && r.op.id == opBasic,
		s.On(faultOddUnknownUnlimited) && strings.HasPrefix(key, "password/") && s.byLogin[strings.TrimPrefix(key, "password/")] == nil:
		return key, false
	case s.On(faultOddCodeLimitPerCall) && strings.HasPrefix(key, "code/"):
		return key + "/" + r.op.id, true
	}
	if in, refused := s.members(r); refused == nil && r.op.id == opLogin {
		for fault, member := range map[string]string{faultOddLimitByNonce: "Nonce", faultOddLimitByKey: "APIKey",
			faultOddLimitByPassword: "Password"} {
			if s.On(fault) {
				key += "/" + in[member].text
			}
		}
	}
	if _, password, sent := r.http.BasicAuth(); sent && s.On(faultOddLimitByPassword) {
		key += "/" + password
	}
	return key, true
}

// oddFailures is how many wrong log-ins count towards the lock with this one.
func (s *Server) oddFailures(r *request, u *user, way string) {
	id := way + u.idText()
	switch {
	case s.On(faultOddLockPerWay):
		s.odd.ways[id]++
		u.failed = s.odd.ways[id] - 1
	case s.On(faultOddLockForgetsInAMinute) && r.Now.Sub(s.odd.lastFail[id]) > time.Minute/2:
		u.failed = 0
	}
	s.odd.lastFail[id] = r.Now
}

// oddSuccess is what a right log-in does to others.
func (s *Server) oddSuccess(u *user) {
	if s.On(faultOddLockResetByAnybody) {
		for _, other := range s.users {
			other.failed = 0
		}
	}
	if s.On(faultOddLockPerWay) {
		clear(s.odd.ways)
	}
	if s.On(faultOddForgottenByFirstStep) {
		s.Unspend("totp/")
	}
	if s.On(faultOddLoginRevives) {
		for token, ended := range s.odd.ended {
			if ended.user == u {
				s.sessions[token] = ended
			}
		}
	}
}

// oddSession is a session that only a fault finds.
func (s *Server) oddSession(r *request, token string) *session {
	ended := s.odd.ended[token]
	pending := s.pending[cmp.Or(r.http.Header.Get(pendingHeader), token, r.carrier)]
	at := map[string][2]string{
		opConfig: {faultOddEndedReadsConfig, faultOddPendingReadsConfig}, opValidate: {faultOddEndedValidates, faultOddPendingValidates},
		opRegister: {faultOddEndedRegisters, faultOddPendingRegisters}, opGuarded: {faultOddEndedGuarded, faultOddPendingGuarded},
	}[r.op.id]
	if cookie, err := r.http.Cookie(sessionHeader); err == nil && s.On(faultOddEndedInCookie) && s.odd.ended[cookie.Value] != nil {
		return s.odd.ended[cookie.Value]
	}
	if found := s.odd.ended[r.http.URL.Query().Get(sessionHeader)]; found != nil && s.On(faultOddEndedInQuery) {
		return found
	}
	switch {
	case ended != nil && s.On(at[0]):
		return ended
	case ended != nil && s.On(faultOddLogOutGrace) && !s.odd.graced[token]:
		s.odd.graced[token] = true
		return ended
	case pending != nil && s.On(at[1]):
		return &session{user: pending.user, opened: r.Now, used: r.Now}
	}
	return nil
}

// oddSubject is another user whom a fault lets a call speak of.
func (s *Server) oddSubject(r *request, in map[string]member, id int) *user {
	switch {
	case r.op.id == opDevices && s.On(faultOddDevicesOfName) && in["userName"].text != "":
		return s.byLogin[strings.ToLower(in["userName"].text)]
	case id == 0 && r.op.id == opDevices && s.On(faultOddDevicesOfZero):
		return s.users[0]
	case id < 0 && r.op.id == opDevices && s.On(faultOddDevicesOfNegative):
		return s.userByID(strconv.Itoa(-id))
	}
	return nil
}

// oddDeviceCode is a code for a new device that can be guessed; "" where no fault makes one.
func (s *Server) oddDeviceCode() string {
	s.odd.count++
	if s.On(faultOddDeviceCodesCount) {
		return fmt.Sprintf("%08d-0000-4000-8000-000000000000", s.odd.count)
	}
	return ""
}

// oddDeviceCodeRight tells whether a fault takes a code for a new device.
func (s *Server) oddDeviceCodeRight(r *request, u *user, code string) bool {
	if _, right := kit.MatchTOTP(u.totp, code, r.Now, 1); right && s.On(faultOddDeviceCodeOfApp) {
		return true
	}
	for _, older := range s.odd.codes[u] {
		if older == code && s.On(faultOddOlderDeviceCode) {
			return true
		}
	}
	return false
}

// oddSigned tells whether a fault takes a signature.
func (s *Server) oddSigned(in signed, u *user) bool {
	message := in.nonce + in.userID + in.key
	for fault, made := range map[string]string{
		faultOddSignedByKey: hmacText(in.key, message), faultOddSignedByNothing: hmacText("", message),
		faultOddSignedByID:     hmacText(in.userID, message),
		faultOddSignedByDigest: sha256Hex(message), faultOddSignedNonceAlone: hmacText(u.secret, in.nonce),
	} {
		if s.On(fault) && made == in.signature {
			return true
		}
	}
	if s.On(faultOddSignedByOther) {
		for _, other := range s.users {
			if hmacText(other.secret, message) == in.signature {
				return true
			}
		}
	}
	return false
}

// oddPassword tells whether a fault takes a password for a user's.
func (s *Server) oddPassword(u *user, password string) bool {
	if s.On(faultOddPasswordIsLogin) && strings.EqualFold(password, u.login) {
		return true
	}
	if s.On(faultOddPasswordOfOther) {
		for _, other := range s.users {
			if other.seeded == password {
				return true
			}
		}
	}
	return false
}

// oddTold is what a rejected log-in tells besides.
func (s *Server) oddTold(r *request, key string, a answer) answer {
	way, name, _ := strings.Cut(key, "/")
	if way == "key" {
		in, refused := s.members(r)
		if refused != nil {
			return a
		}
		if s.byKey[in["APIKey"].text] == nil && s.On(faultOddUnknownKeyTold) {
			a.header = withHeader(a.header, "X-Key", "unknown")
		}
		if s.userByID(name) == nil && s.On(faultOddUnknownIDTold) {
			a.body = withMember(a.body, "errormsg", "No such user")
		}
		return a
	}
	u := s.byLogin[strings.ToLower(name)]
	s.odd.unknown[name]++
	switch {
	case u != nil && u.locked && s.On(faultOddLockedToldByField):
		a.header = withHeader(a.header, "X-State", "locked")
	case u != nil && s.On(faultOddKnownGetsCookie):
		a.header = withHeader(a.header, "Set-Cookie", "seen=1; Path=/")
	case u == nil && s.On(faultOddThirdAttemptTells) && s.odd.unknown[name] == 3:
		a.header = withHeader(a.header, "X-Attempts", "3")
	case u != nil && s.On(faultOddRefusedLoginOpens):
		r.note = s.open(r, u).token
	}
	return a
}

func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
