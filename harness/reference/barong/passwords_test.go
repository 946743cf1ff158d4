package barong

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authconform/harness/reference/kit"
)

const newPassword = "Xk7#pQ9vLm2$"

func (d *deployment) askReset(email string) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users/password/generate_code", object{"email": email})
}

func (d *deployment) askConfirmation(email string) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users/email/generate_code", object{"email": email})
}

func (d *deployment) confirmReset(token, password string) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users/password/confirm_code",
		object{"reset_password_token": token, "password": password, "confirm_password": password})
}

func (d *deployment) confirm(token string) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users/email/confirm_code", object{"token": token})
}

// resetToken asks for a reset mail and returns its token.
func (d *deployment) resetToken(who kit.Identity) string {
	d.t.Helper()
	d.askReset(who.Login)
	return d.mailedToken(who.Login)
}

func (d *deployment) reset(who kit.Identity, password string) reply {
	d.t.Helper()
	return d.confirmReset(d.resetToken(who), password)
}

func (u user) change(old, password string) reply {
	u.d.t.Helper()
	return u.do("PUT", "/resource/users/password", object{"old_password": old, "new_password": password, "confirm_password": password})
}

func (d *deployment) signUp(email string, more ...any) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users", credentials(kit.Identity{Login: email, Password: newPassword}, more...))
}

// unsigned is a token with another header and no signature.
func unsigned(token, header string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + strings.Split(token, ".")[1] + "."
}

// resigned is a token with another claim and a signature that fits.
func resigned(token, name string, value any) string {
	c, _ := segment(strings.Split(token, ".")[1])
	c[name] = value
	return sign(c)
}

func expiryOf(token string) string {
	c, _ := segment(strings.Split(token, ".")[1])
	return fmt.Sprint(c["exp"])
}

// forged changes the signature.
func forged(token string) string {
	at := strings.LastIndexByte(token, '.') + 5
	other := byte('A')
	if token[at] == other {
		other = 'B'
	}
	return token[:at] + string(other) + token[at+1:]
}

func tellsUnknown(ask func(*deployment, string) reply) scenario {
	return scenario{see: func(d *deployment) string {
		return join(ask(d, d.who(roleActive, 0).Login), ask(d, "nobody@conform.test"))
	}}
}

func wrongLogins(d *deployment) string {
	known := d.call("POST", sessionPath, object{"email": d.who(roleActive, 0).Login, "password": "wrong"})
	unknown := d.call("POST", sessionPath, object{"email": "nobody@conform.test", "password": "wrong"})
	return fmt.Sprint(join(known, unknown), len(known.raw) == len(unknown.raw), len(known.header) == len(unknown.header),
		known.header.Get("X-User-Found") == unknown.header.Get("X-User-Found"))
}

func loginOf(role string) scenario {
	return scenario{see: func(d *deployment) string { return statuses(d.login(d.who(role, 0))) }}
}

func loginWith(change func(kit.Identity) kit.Identity) scenario {
	return scenario{see: func(d *deployment) string { return statuses(d.login(change(d.who(roleActive, 0)))) }}
}

var credentialScenarios = map[string]scenario{
	faultUnknownEmailToldByKey:          {see: wrongLogins},
	faultUnknownEmailToldByStatus:       {see: wrongLogins},
	faultUnknownEmailToldByHeader:       {see: wrongLogins},
	faultUnknownEmailToldByHeaderValue:  {see: wrongLogins},
	faultUnknownEmailToldByLength:       {see: wrongLogins},
	faultBadCredentialsAs400:            {see: wrongLogins},
	faultBadCredentialsWith200:          {see: wrongLogins},
	faultErrorWith200:                   {see: wrongLogins},
	faultResetRequestTellsUnknown:       tellsUnknown((*deployment).askReset),
	faultConfirmationRequestTellsActive: tellsUnknown((*deployment).askConfirmation),
	faultAnyPasswordAccepted:            loginWith(func(who kit.Identity) kit.Identity { who.Password = "x"; return who }),
	faultPasswordTrimmed: loginWith(func(who kit.Identity) kit.Identity {
		who.Password += " "
		return who
	}),
	faultPasswordCaseFolded: loginWith(func(who kit.Identity) kit.Identity {
		who.Password = strings.ToUpper(who.Password)
		return who
	}),
	faultPasswordCutAtEight: loginWith(func(who kit.Identity) kit.Identity { who.Password = who.Password[:8]; return who }),
	faultEmailCaseMatters:   loginWith(func(who kit.Identity) kit.Identity { who.Login = strings.ToUpper(who.Login); return who }),
	faultBannedLetIn:        loginOf(roleBanned),
	faultDeletedLetIn:       loginOf(roleDeleted),
	faultLockedLetIn:        loginOf(roleLocked),
	faultPendingRefused:     loginOf(rolePending),
}

// withReset gets a reset token and uses it.
func withReset(use func(d *deployment, who kit.Identity, token string) []reply) scenario {
	return scenario{see: func(d *deployment) string {
		who := d.who(roleActive, 0)
		return statuses(use(d, who, d.resetToken(who))...)
	}}
}

func withConfirmation(use func(d *deployment, who kit.Identity, token string) []reply) scenario {
	return scenario{see: func(d *deployment) string {
		who := d.who(rolePending, 0)
		d.askConfirmation(who.Login)
		return statuses(use(d, who, d.mailedToken(who.Login))...)
	}}
}

func changed(old, password func(kit.Identity) string) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return u.change(old(u.who), password(u.who)).String()
	}}
}

func theirs(who kit.Identity) string { return who.Password }
func constant(password string) func(kit.Identity) string {
	return func(kit.Identity) string { return password }
}

func signedUp(more ...any) scenario {
	return scenario{see: func(d *deployment) string { return statuses(d.signUp("new@conform.test", more...)) }}
}

var mailScenarios = map[string]scenario{
	faultResetTokenReusable: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(token, newPassword), d.confirmReset(token, newPassword)}
	}),
	faultOlderResetLinkAlive: withReset(func(d *deployment, who kit.Identity, token string) []reply {
		return []reply{d.askReset(who.Login), d.confirmReset(token, newPassword)}
	}),
	faultResetTokenNeverExpires: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		d.Clock.Advance(tokenLifetime)
		return []reply{d.confirmReset(token, newPassword)}
	}),
	faultConfirmTokenNeverExpires: withConfirmation(func(d *deployment, _ kit.Identity, token string) []reply {
		d.Clock.Advance(tokenLifetime)
		return []reply{d.confirm(token)}
	}),
	faultResetTakesConfirmationToken: withConfirmation(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(token, newPassword)}
	}),
	faultConfirmTakesResetToken: {see: func(d *deployment) string {
		return statuses(d.confirm(d.resetToken(d.who(rolePending, 0))))
	}},
	faultTokenSignatureIgnored: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(forged(token), newPassword)}
	}),
	faultTokenAlgNoneAccepted: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(unsigned(token, `{"alg":"none"}`), newPassword)}
	}),
	faultNoMail: {see: func(d *deployment) string {
		who := d.who(roleActive, 0)
		d.askReset(who.Login)
		return fmt.Sprint(len(d.mails(who.Login)))
	}},
	faultSignUpObeysMembers: {see: func(d *deployment) string { return d.signUp("new@conform.test", "role", "superadmin").text("role") }},
	faultTokenAnyIssuer: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(resigned(token, "iss", "other"), newPassword)}
	}),
	faultTokenAnyAudience: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(resigned(token, "aud", []any{"other"}), newPassword)}
	}),
	faultMailedTokenForADay: {see: func(d *deployment) string { return expiryOf(d.resetToken(d.who(roleActive, 0))) }},
	faultMailedTokenForEver: {see: func(d *deployment) string { return expiryOf(d.resetToken(d.who(roleActive, 0))) }},
	faultTokenUnsignedReadsAlgorithm: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(unsigned(token, `{"alg":"none"}`), newPassword)}
	}),
	faultResetIgnoresMismatch: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.call("POST", gate+"/identity/users/password/confirm_code",
			object{"reset_password_token": token, "password": newPassword, "confirm_password": "other"})}
	}),
	faultResetWeakAccepted: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(token, "Passw0rd")}
	}),
	faultRefusedResetSpendsToken: withReset(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirmReset(token, "Passw0rd"), d.confirmReset(token, newPassword)}
	}),
	faultResetKeepsOldPassword: withReset(func(d *deployment, who kit.Identity, token string) []reply {
		d.confirmReset(token, newPassword)
		return []reply{d.login(who)}
	}),
	faultChangeKeepsOldPassword: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.change(u.who.Password, newPassword)
		return statuses(d.login(u.who))
	}},
	faultChangeWeakAccepted: changed(theirs, constant("Passw0rd")),
	faultChangeWithoutOld:   changed(constant("wrong"), constant(newPassword)),
	faultChangeSameAccepted: changed(theirs, theirs),
	faultSignupWeakAccepted: {see: func(d *deployment) string {
		return statuses(d.call("POST", gate+"/identity/users", object{"email": "new@conform.test", "password": "Passw0rd"}))
	}},
	faultConfirmTwiceOk: withConfirmation(func(d *deployment, _ kit.Identity, token string) []reply {
		return []reply{d.confirm(token), d.confirm(token)}
	}),
	faultConfirmDoesNotActivate: withConfirmation(func(d *deployment, who kit.Identity, token string) []reply {
		return []reply{{status: 1, body: object{"errors": []any{d.confirm(token).text("state")}}}}
	}),
	faultResentConfirmationRevokesFirst: withConfirmation(func(d *deployment, who kit.Identity, token string) []reply {
		return []reply{d.askConfirmation(who.Login), d.confirm(token)}
	}),
	faultMailToUnknown: {see: func(d *deployment) string {
		d.askReset("nobody@conform.test")
		return fmt.Sprint(len(d.mails("nobody@conform.test")))
	}},
	faultEmailTakenAccepted: {see: func(d *deployment) string { return statuses(d.signUp(d.who(roleActive, 0).Login)) }},
	faultUsernameBoundsRefused: {see: func(d *deployment) string {
		return statuses(d.signUp("shortest@conform.test", "username", "four"), d.signUp("longest@conform.test", "username", "twelveletter"))
	}},
	faultReferralNotChecked:  signedUp("refid", "ID0000000000"),
	faultDataTooLongAccepted: signedUp("data", `"`+strings.Repeat("x", dataLimit)+`"`),
}

func TestSignUpAndConfirm(t *testing.T) {
	d := start(t, Release26)
	got := d.signUp("New@conform.test", "username", "NewUser", "data", `{"a":1}`, "refid", d.who(roleActive, 0).ID)
	if got.status != 201 || got.text("state") != "pending" || got.text("username") != "newuser" || got.text("data") != `{"a":1}` ||
		got.text("email") != "New@conform.test" || got.member("level") != float64(0) || got.text("referral_uid") == "" {
		t.Errorf("sign-up: %s", got)
	}
	u := user{d: d, sid: got.sid, csrf: got.text("csrf_token")}
	if !u.alive() {
		t.Error("sign-up opens no session")
	}
	token := d.mailedToken("New@conform.test")
	d.want("forged", d.confirm(forged(token)), "422 jwt.decode_and_verify.raised")
	d.want("garbage", d.confirm("x"), "422 jwt.decode_and_verify.segments")
	d.want("undecodable", d.confirm("a.b.c"), "422 jwt.decode_and_verify.encoding")
	d.want("alg none", d.confirm(unsigned(token, `{"alg":"none"}`)), "422 jwt.decode_and_verify.segments")
	d.want("alg none, signed", d.confirm(unsigned(token, `{"alg":"none"}`)+"x"), "422 jwt.decode_and_verify.algorithm")
	d.want("other issuer", d.confirm(resigned(token, "iss", "other")), "422 jwt.decode_and_verify.other")
	d.want("other audience", d.confirm(resigned(token, "aud", []any{"other"})), `422 jwt.decode_and_verify.["other"]`)
	d.want("reset token", d.confirm(d.resetToken(kit.Identity{Login: "New@conform.test"})), "422 jwt.decode_and_verify.reset")
	confirmed := d.confirm(token)
	if confirmed.status != 201 || confirmed.text("state") != "active" || confirmed.member("level") != float64(1) ||
		confirmed.text("csrf_token") == "" {
		t.Errorf("confirmation: %s", confirmed)
	}
	d.want("again", d.confirm(token), "422 identity.user.active_or_doesnt_exist")
	before := len(d.mails("New@conform.test"))
	d.want("mail to an active user", d.askConfirmation("New@conform.test"), "201 201")
	if len(d.mails("New@conform.test")) != before {
		t.Error("an active user was mailed")
	}
}

func TestSignUpRefusals(t *testing.T) {
	d := start(t, Release26)
	taken := d.who(roleActive, 0).Login
	d.signUp("first@conform.test", "username", "first")
	for want, got := range map[string]reply{
		"422 email.taken":                           d.signUp(taken),
		"500 server.internal_error":                 d.signUp(strings.ToUpper(taken)),
		"422 username.too_short":                    d.signUp("a@b", "username", "abc"),
		"422 username.too_short username.invalid":   d.signUp("a@b", "username", ""),
		"422 username.too_long":                     d.signUp("a@b", "username", "abcdefghijklm"),
		"422 username.invalid":                      d.signUp("a@b", "username", "ab-cd"),
		"422 username.taken":                        d.signUp("a@b", "username", "FIRST"),
		"422 identity.user.invalid_referral_format": d.signUp("a@b", "refid", "XX"),
		"422 identity.user.referral_doesnt_exist":   d.signUp("a@b", "refid", "ID0000000000"),
		"422 data.invalid_format":                   d.signUp("a@b", "data", "{"),
		"422 data.too_long":                         d.signUp("a@b", "data", `"`+strings.Repeat("x", 1024)+`"`),
		"422 email.invalid password.requirements":   d.call("POST", gate+"/identity/users", object{"email": "x", "password": "x"}),
		"422 identity.user.missing_email identity.user.empty_email identity.user.empty_password": d.call("POST", gate+"/identity/users",
			object{"password": " "}),
	} {
		d.want("sign-up", got, want)
	}
}

func TestPasswordReset(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		who := d.who(roleActive, 0)
		first, second := d.resetToken(who), d.resetToken(who)
		d.want("older token", d.confirmReset(first, newPassword), "422 identity.user.utilized_token")
		d.want("weak", d.confirmReset(second, "Passw0rd"), "422 password.weak")
		d.want("reset", d.confirmReset(second, newPassword), "201 201")
		d.want("second use", d.confirmReset(second, newPassword), "422 identity.user.utilized_token")
		d.want("old password", d.login(who), "401 identity.session.invalid_params")
		who.Password = newPassword
		if got := d.login(who); got.text("csrf_token") == "" {
			t.Errorf("new password: %s", got)
		}
		unknown := "201 201"
		if profile == Documented {
			unknown = "404 identity.password.user_doesnt_exist"
		}
		d.want("unknown", d.askReset("nobody@conform.test"), unknown)
	}
}

func TestPasswordChange(t *testing.T) {
	d := start(t, Documented)
	u := d.user(roleActive, 0)
	path := "/resource/users/password"
	d.want("nothing", u.do("PUT", path, object{"old_password": "x", "new_password": "y"}),
		"400 resource.user.missing_confirm_password resource.user.empty_confirm_password")
	d.want("two passwords", u.do("PUT", path, object{"old_password": "x", "new_password": "y", "confirm_password": "z"}),
		"422 resource.password.doesnt_match")
	d.want("wrong old", u.change("x", newPassword), "400 resource.password.prev_pass_not_correct")
	d.want("no change", u.change(u.who.Password, u.who.Password), "400 resource.password.no_change_provided")
	d.want("weak", u.change(u.who.Password, "password"), "422 password.requirements")
	d.want("change", u.change(u.who.Password, newPassword), "201 201")
}

func TestEntropy(t *testing.T) {
	for _, row := range []struct {
		password, problem string
	}{
		{"Conf0rmance!", ""}, {"eeC2BiCucxWEQ", ""}, {newPassword, ""}, {"Passw0rd", "password.weak"}, {"Qwerty123", "password.weak"},
		{"Aa345678", "password.weak"}, {"password", "password.requirements"}, {"Simple", "password.requirements"},
		{"Aa1" + strings.Repeat("x", 77), "password.weak"}, {"Aa1" + strings.Repeat("x", 78), "password.requirements"},
		{"Aa1bcdefghijklmnopqrstuvwyz" + strings.Repeat("ÄÖÜß", 12), "password.too_long"}, {"x\n" + newPassword, ""},
	} {
		if got := passwordProblem(row.password); got != row.problem {
			t.Errorf("%q: %q with entropy %v, want %q", row.password, got, entropy(row.password), row.problem)
		}
	}
	d := start(t, Release26)
	for _, path := range []string{"/identity", "/public"} {
		d.want("measured", d.call("POST", gate+path+"/password/validate", object{"password": "Conf0rmance!"}), `201 {"entropy":20.75}`)
		d.want("empty", d.call("POST", gate+path+"/password/validate", object{"password": ""}), `201 {"entropy":-2}`)
		d.want("null", d.call("POST", gate+path+"/password/validate", object{"password": nil}), "500 server.internal_error")
	}
	d.want("missing", d.call("POST", gate+"/public/password/validate", object{}), "422 public.general.missing_password")
}

func TestAuth0(t *testing.T) {
	token := func(d *deployment, email string, verified bool) object {
		now := d.Clock.Now()
		signed, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
			"iss": "https://" + auth0Domain + "/", "aud": auth0ClientID, "exp": now.Add(time.Minute).Unix(), "email": email,
			"email_verified": verified,
		}).SignedString(auth0Key())
		if err != nil {
			t.Fatal(err)
		}
		return object{"id_token": signed}
	}
	const path = gate + "/identity/sessions/auth0"
	for _, profile := range profiles {
		d := start(t, profile)
		if got := d.call("POST", path, token(d, "fresh@conform.test", true)); got.status != d.statusOf("createSessionByAuth0") ||
			got.text("state") != "active" {
			t.Errorf("%s: %s", profile, got)
		}
		d.want("unverified", d.call("POST", path, token(d, "other@conform.test", false)), "401 identity.session.auth0.invalid_params")
		d.want("garbage", d.call("POST", path, object{"id_token": "x"}), "422 identity.session.auth0.invalid_params")
		known := d.call("POST", path, token(d, d.who(roleTOTP, 0).Login, true))
		if refused := known.status == 401; refused != (profile == Documented) {
			t.Errorf("%s: user with a second factor: %s", profile, known)
		}
	}
	d := startWith(t, Config{Profile: Release31})
	d.want("switched off", d.call("POST", path, token(d, "fresh@conform.test", true)), "422 identity.session.endpoint_not_enabled")
}

func TestFirstUser(t *testing.T) {
	d := startWith(t, Config{NoFirstUser: true})
	first, second := d.signUp("first@conform.test"), d.signUp("second@conform.test")
	if first.text("role") != "superadmin" || first.text("state") != "active" || first.member("level") != float64(1) ||
		len(d.mails("first@conform.test")) != 0 {
		t.Errorf("first: %s", first)
	}
	if second.text("role") != "member" {
		t.Errorf("second: %s", second)
	}
}

func TestSignUpClosed(t *testing.T) {
	d := startWith(t, Config{SignUpClosed: true})
	d.want("gateway", d.signUp("new@conform.test"), `404 {"error":"Route is not found"}`)
	d.want("application", d.call("POST", "/api/v2/identity/users", object{}), `404 {"error":"Route is not found"}`)
}
