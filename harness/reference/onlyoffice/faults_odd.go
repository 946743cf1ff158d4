package onlyoffice

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authconform/harness/reference/kit"
)

// Faults that were made up by kind, before it was seen which of them the suites notice:
// edges of the second factor, what a refusal leaves behind, sessions that outlive what ends
// them, limits that somebody resets, rights, secrets that can be guessed or are told.
const (
	faultOddThirdWrongCodeOpens    = "odd-third-wrong-code-opens"
	faultOddRefusedCodeOpens       = "odd-rejected-code-opens"
	faultOddRefusedLoginOpens      = "odd-rejected-log-in-opens"
	faultOddFirstStepCookie        = "odd-first-step-sets-session"
	faultOddForeignAtLink          = "odd-foreign-code-at-link"
	faultOddAnyAtLink              = "odd-any-code-at-link"
	faultOddLinkCodeForgotten      = "odd-code-of-link-counts-again"
	faultOddEnrolCodeForgotten     = "odd-code-of-enrolment-counts-again"
	faultOddForgottenByLogOut      = "odd-used-codes-forgotten-at-log-out"
	faultOddForgottenByBackup      = "odd-used-codes-forgotten-with-backup-codes"
	faultOddBackupRestored         = "odd-used-backup-codes-restored-at-log-out"
	faultOddBackupOfOther          = "odd-backup-code-of-another"
	faultOddBackupSpentByWrong     = "odd-wrong-code-spends-backup-code"
	faultOddBackupCountsUp         = "odd-backup-codes-count-up"
	faultOddBackupSame             = "odd-backup-codes-same-for-all"
	faultOddBackupAlike            = "odd-backup-codes-differ-in-one-place"
	faultOddRefusedUnlink          = "odd-rejected-unlink-counts"
	faultOddUnlinkKeepsBackup      = "odd-backup-codes-alive-after-unlink"
	faultOddLimitUnenrols          = "odd-limit-unlinks-app"
	faultOddLogOutOfNewest         = "odd-log-out-ends-newest"
	faultOddEndedInQuery           = "odd-ended-session-in-query"
	faultOddEndedReadsSettings     = "odd-ended-session-reads-settings"
	faultOddEndedRenewsCodes       = "odd-ended-session-renews-backup-codes"
	faultOddEndedUnlinks           = "odd-ended-session-unlinks"
	faultOddLoginRevives           = "odd-log-in-revives-sessions"
	faultOddPasswordEndsNewestOnly = "odd-password-change-ends-newest"
	faultOddLogoutOthersKeepsOne   = "odd-others-log-out-spares-oldest"
	faultOddRefusedLogoutCounts    = "odd-rejected-log-out-of-connection"
	faultOddRefusedSettings        = "odd-rejected-settings-saved"
	faultOddRefusedCookies         = "odd-rejected-lifetime-saved"
	faultOddRefusedTFA             = "odd-rejected-switch-counts"
	faultOddRoomAdminSettings      = "odd-room-admin-changes-settings"
	faultOddRoomAdminLogsOut       = "odd-room-admin-logs-others-out"
	faultOddResetOpenToUser        = "odd-reset-of-settings-open-to-user"
	faultOddReadsOpenToUser        = "odd-reading-limits-open-to-user"
	faultOddCodeLimitByWay         = "odd-code-limit-per-way"
	faultOddLinkUnlimited          = "odd-link-unlimited"
	faultOddCodeLimitBySession     = "odd-code-limit-reset-by-first-step"
	faultOddCodeLimitByAnybody     = "odd-code-limit-reset-by-anybody"
	faultOddRightPassesCodeLimit   = "odd-right-code-passes-limit"
	faultOddUnknownUnlimited       = "odd-unknown-user-unlimited"
	faultOddThirdAttemptTells      = "odd-third-attempt-tells"
	faultOddKnownGetsCookie        = "odd-known-user-gets-cookie"
	faultOddDisabledTold           = "odd-disabled-told-before-password"
	faultOddUnknownToldByCode      = "odd-unknown-user-told-by-code-log-in"
	faultOddUnknownToldBySMS       = "odd-unknown-user-told-by-sms"
	faultOddUnknownGetsMail        = "odd-password-mail-to-unknown"
	faultOddDisabledGetsMail       = "odd-password-mail-to-disabled"
	faultOddMailDespiteRefusal     = "odd-password-mail-despite-captcha"
	faultOddMailDespiteForbidden   = "odd-password-mail-despite-rejection"
	faultOddEmailMailDespite       = "odd-email-mail-despite-rejection"
	faultOddLinkInAnswer           = "odd-password-link-in-answer"
	faultOddOlderLink              = "odd-email-link-of-earlier-address"
	faultOddPasswordLinkForEmail   = "odd-password-link-changes-address"
	faultOddAuthLinkForPassword    = "odd-second-factor-link-changes-password"
	faultOddLinkDigest             = "odd-link-key-without-secret"
	faultOddLinkLivesLonger        = "odd-link-lives-twice-as-long"
	faultOddRefusedPasswordSaved   = "odd-rejected-password-saved"
	faultOddRefusedPasswordSpends  = "odd-rejected-password-spends-link"
	faultOddSMSCodeSame            = "odd-sms-code-same-each-time"
	faultOddSMSCodesCount          = "odd-sms-codes-count-up"
	faultOddSMSCodeOfOther         = "odd-sms-code-of-another"
	faultOddSMSLivesLonger         = "odd-sms-code-lives-for-an-hour"
	faultOddSMSUnlimited           = "odd-sms-codes-unlimited"
	faultOddSMSLimitByResend       = "odd-sms-limit-reset-by-resend"
	faultOddSMSInAnswer            = "odd-sms-code-in-answer"
	faultOddEventsShowTokens       = "odd-connections-show-tokens"
	faultOddSecretsAlike           = "odd-secrets-begin-alike"
)

// odd is what the faults of oddFaults remember.
type odd struct {
	wrong map[string]int // wrong codes in a row, and wrong passwords of unknown users, by who it is
	count int            // of what they let count up
}

// oddMatches tells whether a fault takes a code that is not the user's.
func (s *Server) oddMatches(r *request, u *user, text string) bool {
	others := func(has func(other *user) bool) bool {
		return slices.ContainsFunc(s.users, func(other *user) bool { return other != u && has(other) })
	}
	switch {
	case s.On(faultOddAnyAtLink) && r.op.id == opValidate:
		return len(text) == 6 && kit.Digits(text) == text
	case s.On(faultOddForeignAtLink) && r.op.id == opValidate:
		return others(func(other *user) bool {
			_, found := s.MatchTOTP(other.secret, text, r.Now, s.policy.window)
			return other.secret != "" && found
		})
	case s.On(faultOddBackupOfOther):
		return others(func(other *user) bool { return s.useBackup(r, other, other.backup, other.generation, text) })
	case s.On(faultOddUnlinkKeepsBackup):
		return slices.ContainsFunc(u.oldBackups, func(codes []backupCode) bool { return s.useBackup(r, u, codes, -1, text) })
	}
	return false
}

// oddWrongCode is what faults let a wrong code do; it tells whether it counts as a right one.
func (s *Server) oddWrongCode(r *request, u *user) bool {
	s.odd.wrong[u.id]++
	switch {
	case s.On(faultOddThirdWrongCodeOpens):
		return s.odd.wrong[u.id]%3 == 0
	case s.On(faultOddRefusedCodeOpens) && r.op.id == opValidate:
		s.open(r, u, false)
	case s.On(faultOddBackupSpentByWrong) && r.op.id == opCodeLogin:
		for i := range u.backup {
			if s.Spend(r.Call, fmt.Sprintf("backup/%s/%d/%d", u.id, u.generation, i)) {
				u.backup[i].IsUsed = true
				break
			}
		}
	}
	return false
}

// oddRightCode is what faults forget once a code was right.
func (s *Server) oddRightCode(r *request, u *user, enrolledBefore bool) {
	delete(s.odd.wrong, u.id)
	if s.On(faultOddLinkCodeForgotten) && r.op.id == opValidate || s.On(faultOddEnrolCodeForgotten) && !enrolledBefore {
		s.Unspend("totp/" + u.id)
	}
	if s.On(faultOddCodeLimitByAnybody) {
		clear(s.codeTries)
	}
}

// oddThrottled is what faults let a code do while the limit holds.
func (s *Server) oddThrottled(r *request, u *user, text string) bool {
	if s.On(faultOddLimitUnenrols) {
		s.forget(u)
	}
	return s.On(faultOddRightPassesCodeLimit) && s.codeMatches(r, u, text)
}

// oddTry tells whether a fault does not count an attempt, and else by what it counts it.
func (s *Server) oddTry(r *request, key string) (string, bool) {
	switch {
	case s.On(faultOddLinkUnlimited) && r.op.id == opValidate, s.On(faultOddSMSUnlimited) && strings.HasPrefix(key, "sms/"):
		return key, true
	case s.On(faultOddCodeLimitByWay):
		return key + "/" + r.op.id, false
	}
	return key, false
}

// oddBackup is a backup code that can be guessed; "" where no fault makes one.
func (s *Server) oddBackup(at int) string {
	switch {
	case s.On(faultOddBackupCountsUp):
		s.odd.count++
		return fmt.Sprintf("a%05d", s.odd.count)
	case s.On(faultOddBackupSame):
		return []string{"kQ7_zA", "Bx3-pL", "m9TsWe", "Zr40vC", "hY_2uN"}[at]
	case s.On(faultOddBackupAlike):
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		s.odd.count++
		return "kQ7_z" + letters[(at+7*s.odd.count)%len(letters):][:1]
	}
	return ""
}

// oddSMSCode is a texted code that can be guessed; "" where no fault makes one.
func (s *Server) oddSMSCode(u *user) string {
	switch {
	case s.On(faultOddSMSCodeSame):
		sum := sha256.Sum256([]byte(u.phone))
		return fmt.Sprintf("%06d", 100_000+(int(sum[0])<<8+int(sum[1])))
	case s.On(faultOddSMSCodesCount):
		s.odd.count++
		return fmt.Sprintf("%06d", 100_000+s.odd.count)
	}
	return ""
}

// oddSent is what faults let the sending of a code do.
func (s *Server) oddSent(r *request, u *user, sent *smsCode) {
	switch {
	case s.On(faultOddSMSLivesLonger):
		sent.until = r.Now.Add(time.Hour)
	case s.On(faultOddSMSLimitByResend):
		delete(s.codeTries, "sms/"+u.phone)
	case s.On(faultOddSMSInAnswer):
		r.cookies = append(r.cookies, &http.Cookie{Name: "sent", Value: sent.code, Path: "/"})
	}
}

// oddSMS tells whether a fault takes a code that was sent to another phone.
func (s *Server) oddSMS(r *request, u *user, text string) bool {
	if !s.On(faultOddSMSCodeOfOther) {
		return false
	}
	for phone := range s.smsCodes {
		if phone != u.phone && slices.ContainsFunc(s.outstanding(r, phone), func(c smsCode) bool { return c.code == text }) {
			return true
		}
	}
	return false
}

// oddRefused is what faults make of wrong credentials.
func (s *Server) oddRefused(r *request, u *user, name string, why *refusal) {
	told := s.On(faultOddUnknownToldByCode) && r.op.id == opCodeLogin || s.On(faultOddUnknownToldBySMS) && r.op.id == opSendSMS
	if u == nil {
		s.odd.wrong[name]++
	}
	switch {
	case u == nil && told, u == nil && s.On(faultOddThirdAttemptTells) && s.odd.wrong[name]%3 == 0:
		why.header = http.Header{"X-Account": {"none"}}
	case u == nil:
	case s.On(faultOddRefusedLoginOpens) && r.op.id == opLogin:
		s.open(r, u, false)
	case s.On(faultOddKnownGetsCookie):
		r.cookies = append(r.cookies, &http.Cookie{Name: "last_try", Value: "1", Path: "/"})
	case s.On(faultOddDisabledTold) && u.disabled():
		*why = refusal{status: 403, message: "User disabled"}
	}
}

// oddSession is the session that a fault still takes for open.
func (s *Server) oddSession(r *request, presented string) *session {
	switch {
	case s.On(faultOddEndedInQuery) && presented == "":
		return s.ended[r.http.URL.Query().Get(sessionCookie)]
	case s.On(faultOddEndedReadsSettings) && r.op.id == "getTfaSettings",
		s.On(faultOddEndedRenewsCodes) && r.op.id == opNewCodes, s.On(faultOddEndedUnlinks) && r.op.id == opUnlink:
		return s.ended[presented]
	}
	return nil
}

// keepsEnded tells that a fault takes ended sessions for open.
func (s *Server) keepsEnded() bool {
	return slices.ContainsFunc([]string{
		faultEndedSessionAliveInHeader, faultOddEndedInQuery, faultOddEndedReadsSettings, faultOddEndedRenewsCodes, faultOddEndedUnlinks,
		faultOddLoginRevives,
	}, s.On)
}

// oddOpened is what faults let the opening of a session do.
func (s *Server) oddOpened(r *request, u *user) {
	if s.On(faultOddLoginRevives) && (r.op.id == opLogin || r.op.id == opCodeLogin) {
		for token, ended := range s.ended {
			if ended.user == u {
				s.sessions[token] = ended
			}
		}
	}
}

// byAge are the open sessions of a user, the oldest first.
func (s *Server) byAge(u *user) []*session {
	var own []*session
	for _, known := range s.sessions {
		if known.user == u {
			own = append(own, known)
		}
	}
	slices.SortFunc(own, func(a, b *session) int { return cmp.Compare(a.event, b.event) })
	return own
}

// oddEnds are the sessions that a fault ends in the place of others; nil where none does.
func (s *Server) oddEnds(r *request, u *user) []*session {
	own := s.byAge(u)
	switch newest := len(own) - 1; {
	case newest < 0:
	case s.On(faultOddLogOutOfNewest) && r.op.id == opLogout, s.On(faultOddPasswordEndsNewestOnly) && r.op.id == opPassword:
		return own[newest:]
	case s.On(faultOddLogoutOthersKeepsOne) && r.op.id == opLogoutOthers:
		return slices.DeleteFunc(own[1:], func(known *session) bool { return known == r.session })
	}
	return nil
}

// oddRight tells whether a fault lets a caller do what he may not.
func (s *Server) oddRight(r *request) bool {
	roomAdmin := r.caller.role == roleRoomAdmin
	switch r.op.id {
	case opSetLimits, opSetTFA, opSetCookies:
		return roomAdmin && s.On(faultOddRoomAdminSettings)
	case opLogoutUser:
		return roomAdmin && s.On(faultOddRoomAdminLogsOut)
	case opResetLimits:
		return s.On(faultOddResetOpenToUser)
	case opGetLimits, opGetCookies:
		return s.On(faultOddReadsOpenToUser)
	}
	return false
}

// oddRole tells whether a fault lets a link of one kind do the work of another.
func (s *Server) oddRole(r *request, kind string) bool {
	return s.On(faultOddPasswordLinkForEmail) && r.op.id == opEmail && kind == "PasswordChange" ||
		s.On(faultOddAuthLinkForPassword) && r.op.id == opPassword && strings.HasPrefix(kind, "Tfa")
}

// oddMail is what faults mail although they should not.
func (s *Server) oddMail(r *request, u *user, typed string, refused *refusal) {
	send := func(to string, u *user) {
		s.Outbox.Send(to, "Change of password", "Change your password: "+s.passwordLink(r, u))
	}
	switch {
	case refused != nil:
		if u != nil && (s.On(faultOddMailDespiteRefusal) && r.session == nil || s.On(faultOddMailDespiteForbidden) && r.session != nil) {
			send(u.email, u)
		}
	case u == nil && s.On(faultOddUnknownGetsMail):
		send(typed, &user{id: kit.RandomUUID()})
	case u != nil && u.disabled() && s.On(faultOddDisabledGetsMail):
		send(u.email, u)
	case u != nil && s.On(faultOddLinkInAnswer):
		r.cookies = append(r.cookies, &http.Cookie{Name: "next", Value: url.QueryEscape(s.passwordLink(r, u)), Path: "/"})
	}
}

// oddKey is the digest of a link's time, which a fault makes its key; "" where none does.
func (s *Server) oddKey(ms string) string {
	if !s.On(faultOddLinkDigest) {
		return ""
	}
	return ms + "." + strings.ToUpper(fmt.Sprintf("%x", sha256.Sum256([]byte(ms))))
}

// oddLoggedOut is what faults forget at a log-out.
func (s *Server) oddLoggedOut(u *user) {
	if s.On(faultOddForgottenByLogOut) {
		s.Unspend("totp/" + u.id)
	}
	if s.On(faultOddBackupRestored) {
		s.Unspend("backup/" + u.id)
	}
}

// oddPage is what a list of connections shows of a session.
func (s *Server) oddPage(known *session) string {
	if s.On(faultOddEventsShowTokens) {
		return "/?t=" + known.token
	}
	return "/"
}
