package barong

import (
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"authconform/harness/reference/kit"
)

// dataLimit is the length of a user's own data, in characters.
const dataLimit = 1024

// opened is the answer of an operation that opens a session.
func (s *Server) opened(r *request, a *account) answer {
	token := s.open(r, a)
	entity := s.userWithFullInfo(a)
	entity.CSRFToken = token
	return s.ok(r, entity)
}

// createUser signs up: captcha, referral, model, mail; the session is open before
// the e-mail address is confirmed.
func (s *Server) createUser(r *request) answer {
	if refused := s.checkCaptcha(r); refused != nil {
		return *refused
	}
	referral, refused := s.referral(r)
	if refused != nil {
		return *refused
	}
	if problems := s.signUpProblems(r); len(problems) > 0 {
		return unprocessable(problems...)
	}
	email := r.text("email")
	if other := s.holderOf(email); other != nil && !s.On(faultEmailTakenAccepted) {
		return internalError() // the model compares letter by letter, the unique index does not
	}
	a := s.addAccount(email, r.Now)
	a.setPassword(r, "password")
	s.oddSignedUp(r, a)
	if s.On(faultSignUpObeysMembers) {
		a.obey(r.sent)
	}
	a.referralUID, a.data = referral, r.optionalText("data")
	if name := r.optionalText("username"); name != nil {
		folded := strings.ToLower(*name)
		a.username = &folded
	}
	if !s.On(faultActivityWithoutSignUp) {
		s.record(r, a, topicAccount, "signup", succeed, nil)
	}
	if !s.signedUp {
		a.role = "superadmin"
		s.setPrivate(a, "email", "verified", r.Now)
	} else {
		s.mailConfirmation(r, a)
	}
	s.signedUp = true
	return s.opened(r, a)
}

var uidTail = regexp.MustCompile(`\A\w{10}\z`)

func (s *Server) referral(r *request) (*string, *answer) {
	uid := r.optionalText("refid")
	tail, prefixed := strings.CutPrefix(r.text("refid"), s.config.UIDPrefix)
	switch {
	case uid == nil || blank(*uid), s.On(faultReferralNotChecked):
		return nil, nil
	case !prefixed || !uidTail.MatchString(tail):
		return nil, refusal(http.StatusUnprocessableEntity, "identity.user.invalid_referral_format")
	case s.byUID[*uid] == nil:
		return nil, refusal(http.StatusUnprocessableEntity, "identity.user.referral_doesnt_exist")
	}
	return uid, nil
}

// signUpProblems are the keys of everything the model refuses.
func (s *Server) signUpProblems(r *request) []string {
	var keys []string
	email := r.text("email")
	if !validEmail(email) {
		keys = append(keys, "email.invalid")
	}
	if other := s.holderOf(email); other != nil && other.email == email && !s.On(faultEmailTakenAccepted) {
		keys = append(keys, "email.taken")
	}
	if name := r.optionalText("username"); name != nil {
		keys = append(keys, s.usernameProblems(*name)...)
	}
	if problem := passwordProblem(r.text("password")); problem != "" && !s.On(faultSignupWeakAccepted) {
		keys = append(keys, problem)
	}
	return append(keys, s.dataProblems(r.text("data"), dataLimit)...)
}

func (s *Server) usernameProblems(name string) []string {
	var keys []string
	shortest, longest := 4, 12
	if s.On(faultUsernameBoundsRefused) {
		shortest, longest = 5, 11
	}
	switch length := utf8.RuneCountInString(name); {
	case length < shortest:
		keys = append(keys, "username.too_short")
	case length > longest:
		keys = append(keys, "username.too_long")
	}
	if name == "" || len(strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789")) > 0 {
		keys = append(keys, "username.invalid")
	}
	for _, other := range s.accounts {
		if other.username != nil && *other.username == strings.ToLower(name) {
			return append(keys, "username.taken")
		}
	}
	return keys
}

// dataProblems judges a member that holds JSON text of limited length.
func (s *Server) dataProblems(data string, limit int) []string {
	var keys []string
	if !isJSONText(data) {
		keys = append(keys, "data.invalid_format")
	}
	if utf8.RuneCountInString(data) > limit && !s.On(faultDataTooLongAccepted) {
		keys = append(keys, "data.too_long")
	}
	return keys
}

// validEmail is the strict rule of the original's validator. Blanks around the
// address are forgiven; a domain needs no dot.
func validEmail(email string) bool {
	local, domain, found := strings.Cut(strings.Trim(email, " "), "@")
	if !found || len(local) > 64 || !dotted(local) || !dotted(domain) {
		return false
	}
	for _, c := range local {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~.", c) {
			return false
		}
	}
	for label := range strings.SplitSeq(domain, ".") {
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		for _, c := range label {
			if !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

// dotted tells a text whose parts between dots are all there.
func dotted(text string) bool {
	return text != "" && !strings.HasPrefix(text, ".") && !strings.HasSuffix(text, ".") && !strings.Contains(text, "..")
}

// requestConfirmation mails another confirmation link, and tells nobody whether
// it did.
func (s *Server) requestConfirmation(r *request) answer {
	if refused := s.checkCaptcha(r); refused != nil {
		return *refused
	}
	a := s.accountByEmail(r.text("email"))
	if a != nil && a.state != "active" {
		s.mailConfirmation(r, a)
	} else if s.On(faultConfirmationRequestTellsActive) {
		return unprocessable("identity.user.active_or_doesnt_exist")
	}
	return s.ok(r, http.StatusCreated)
}

// confirmEmail takes the token of a confirmation mail and opens a session.
func (s *Server) confirmEmail(r *request) answer {
	token, problem := s.verifyToken(r.Now, r.text("token"), tokenRules{
		subject: "confirmation", issued: true,
		anySubject: s.On(faultConfirmTakesResetToken), expiredToo: s.On(faultConfirmTokenNeverExpires),
	})
	if problem != "" {
		return unprocessable("jwt.decode_and_verify." + problem)
	}
	a, id := s.oddOwner(r, s.tokenOwner(token)), token["jti"].(string)
	switch {
	case a == nil || a.state == "active" && !s.On(faultConfirmTwiceOk):
		return unprocessable("identity.user.active_or_doesnt_exist")
	case a.usedTokens[id] && !s.On(faultConfirmTwiceOk),
		a.confirmID != id && s.On(faultResentConfirmationRevokesFirst):
		return unprocessable("identity.user.utilized_token")
	}
	a.usedTokens[id] = true
	if !s.On(faultConfirmDoesNotActivate) {
		s.setPrivate(a, "email", "verified", r.Now)
	}
	return s.opened(r, a)
}

func (s *Server) tokenOwner(token claims) *account {
	if uid, _ := token["uid"].(string); uid != "" {
		return s.byUID[uid]
	}
	email, _ := token["email"].(string)
	return s.accountByEmail(email)
}

// checkCaptcha guards the four operations a robot would like.
func (s *Server) checkCaptcha(r *request) *answer {
	response, sent := r.params["captcha_response"]
	switch {
	case s.config.Captcha == NoCaptcha, s.On(faultCaptchaIgnored),
		!sent && s.On(faultCaptchaSkippedWhenAbsent),
		r.op.id == "requestPasswordReset" && s.On(faultCaptchaNotOnReset):
		return nil
	case blank(response):
		return refusal(http.StatusBadRequest, "identity.captcha.required")
	}
	given := []any{response}
	if s.config.Captcha == Geetest {
		members, _ := response.(map[string]any)
		given = nil
		for _, name := range []string{"geetest_challenge", "geetest_validate", "geetest_seccode"} {
			value, isText := members[name].(string)
			if !isText {
				return refusal(http.StatusBadRequest, "identity.captcha.mandatory_fields")
			}
			given = append(given, value)
		}
	}
	for _, one := range given {
		if solved, _ := one.(string); !kit.SameSecret(solved, s.captcha) {
			return refusal(http.StatusUnprocessableEntity, "identity.captcha.verification_failed")
		}
	}
	return nil
}
