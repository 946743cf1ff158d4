package onlyoffice

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"

	"authconform/harness/reference/kit"
)

// Backup codes of the shipped configuration (2.1).
const (
	backupCount  = 5
	backupLength = 6
)

type backupCode struct {
	IsUsed bool   `json:"isUsed"`
	Code   string `json:"code"`
}

// codeResult is what became of a second-factor code.
type codeResult int

const (
	codeRight  codeResult = iota
	codeEnrols            // right, and the first one of a new secret
	codeWrong
	codeBlank
	codeThrottled
)

// secretOf returns a user's TOTP secret, made at first use. The release's has 80
// bits (ten characters of a hash), half of what RFC 4226 recommends.
func (s *Server) secretOf(u *user) string {
	if u.secret == "" {
		size := s.policy.secretLength
		if size == 0 || s.On(faultWeakSecret) {
			size = 10
		}
		u.secret = kit.NewTOTPSecret(size)
		if s.On(faultOddSecretsAlike) {
			u.secret = "JBSWY3DPEHPK" + u.secret[12:]
		}
	}
	return u.secret
}

// checkAppCode judges a code of the authenticator app or a backup code. The first
// right one enrols the user.
func (s *Server) checkAppCode(r *request, u *user, code codeText) (codeResult, time.Duration) {
	text := s.normalised(code.text)
	waved := s.wavedThrough(u, code)
	if text == "" && !waved {
		return codeBlank, 0
	}
	wait, allowed := s.takeCodeTry(r, "app/"+u.id, s.login.AttemptCount, time.Minute)
	if !allowed && !s.oddThrottled(r, u, text) {
		return codeThrottled, wait
	}
	if allowed && !waved && !s.codeMatches(r, u, text) && !s.oddWrongCode(r, u) {
		return codeWrong, 0
	}
	s.forgiveCodeTry("app/" + u.id)
	s.oddRightCode(r, u, u.enrolled)
	if u.enrolled {
		return codeRight, 0
	}
	u.enrolled = true
	s.newBackupCodes(u)
	return codeEnrols, 0
}

func (s *Server) normalised(text string) string {
	if s.policy.trimsCodes {
		text = strings.TrimSpace(text)
	}
	if s.On(faultSpacedCodeAccepted) {
		text = strings.Join(strings.Fields(text), "")
	}
	if s.On(faultFullWidthCodeAccepted) {
		text = kit.HalfWidth(text)
	}
	if s.On(faultLongCodeAccepted) && len(text) > 6 && len(kit.Digits(text)) == len(text) {
		text = text[:6]
	}
	return text
}

// wrongCodeType tells whether code has a JSON type the model refuses.
func (s *Server) wrongCodeType(code codeText) bool {
	switch code.kind {
	case "number":
		return !s.On(faultNumberCodeAccepted)
	case "array":
		return !s.On(faultArrayCodeAccepted)
	case "boolean":
		return !s.On(faultBooleanCodeAccepted)
	}
	return code.kind == "object"
}

// wavedThrough is where faults accept a code without looking at it.
func (s *Server) wavedThrough(u *user, code codeText) bool {
	switch {
	case code.kind == "array", code.kind == "boolean":
		return true // wrongCodeType let them pass
	case code.kind == "null":
		return s.On(faultNullCodeAccepted)
	case code.kind == "string" && code.text == "" && s.On(faultEmptyCodeAccepted):
		return true
	case code.text != "" && s.On(faultAnyCodeAccepted):
		return true
	case u.enrolled:
		return false
	case code.text == "":
		return s.On(faultEnrolmentWithoutCode)
	}
	return s.On(faultEnrolmentWithWrongCode)
}

func (s *Server) codeMatches(r *request, u *user, text string) bool {
	return s.backupMatches(r, u, text) || s.totpMatches(r, u, text) || s.oddMatches(r, u, text)
}

func (s *Server) totpMatches(r *request, u *user, text string) bool {
	window := s.policy.window
	if s.On(faultWindowFarTooWide) {
		window = 120
	}
	s.Note(s.secretOf(u))
	for _, secret := range s.secretsFor(u) {
		step, found := s.MatchTOTP(secret, text, r.Now, window)
		if !found {
			continue
		}
		// RFC 6238 section 5.2: a code must not be accepted a second time.
		if !s.policy.codesOnce || s.Spend(r.Call, fmt.Sprintf("totp/%s/%s/%d", u.id, secret, step)) || s.On(faultReplayedCodeAccepted) {
			return true
		}
	}
	return false
}

func (s *Server) secretsFor(u *user) []string {
	secrets := []string{s.secretOf(u)}
	if s.On(faultOldSecretAliveAfterUnlink) {
		secrets = append(secrets, u.oldSecrets...)
	}
	if s.On(faultForeignCodeAccepted) {
		for _, other := range s.users {
			if other != u && other.secret != "" {
				secrets = append(secrets, other.secret)
			}
		}
	}
	return secrets
}

// backupMatches compares exactly as issued, case included, and uses the code up.
func (s *Server) backupMatches(r *request, u *user, text string) bool {
	if s.useBackup(r, u, u.backup, u.generation, text) {
		return true
	}
	if s.On(faultOldBackupCodesAliveAfterRenewal) {
		for generation, codes := range u.oldBackups {
			if s.useBackup(r, u, codes, -generation-1, text) {
				return true
			}
		}
	}
	return false
}

func (s *Server) useBackup(r *request, u *user, codes []backupCode, generation int, text string) bool {
	for i := range codes {
		same := kit.SameSecret(codes[i].Code, text)
		if s.On(faultBackupCodesCaseFolded) {
			same = strings.EqualFold(codes[i].Code, text)
		}
		if !same {
			continue
		}
		first := s.Spend(r.Call, fmt.Sprintf("backup/%s/%d/%d", u.id, generation, i))
		if first {
			codes[i].IsUsed = true
		}
		return first || s.On(faultBackupCodeReusable)
	}
	return false
}

// newBackupCodes replaces the whole set.
func (s *Server) newBackupCodes(u *user) {
	s.retireBackupCodes(u)
	u.generation++
	for len(u.backup) < backupCount {
		code := cmp.Or(s.oddBackup(len(u.backup)), kit.RandomString(backupLength, kit.URLSafe))
		// Six digits would read as a code of the app, and a code without a letter
		// would have no other case.
		if strings.IndexFunc(code, unicode.IsLetter) >= 0 {
			u.backup = append(u.backup, backupCode{Code: code})
		}
	}
}

func (s *Server) retireBackupCodes(u *user) {
	if s.On(faultOldBackupCodesAliveAfterRenewal) && u.backup != nil {
		u.oldBackups = append(u.oldBackups, u.backup)
	}
	u.backup = nil
}

// forget drops a user's enrolment: the next secret and backup codes are new.
func (s *Server) forget(u *user) {
	if s.On(faultOddUnlinkKeepsBackup) {
		u.oldBackups = append(u.oldBackups, u.backup)
	}
	if s.On(faultOldSecretAliveAfterUnlink) && u.secret != "" {
		u.oldSecrets = append(u.oldSecrets, u.secret)
	}
	s.retireBackupCodes(u)
	u.secret, u.enrolled = "", false
}
