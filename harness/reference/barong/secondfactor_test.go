package barong

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// verify sends a code to otp/verify.
func (u user) verify(code string) reply {
	u.d.t.Helper()
	return u.do("POST", "/resource/otp/verify", object{"code": code})
}

func (u user) otp(action, code string) reply {
	u.d.t.Helper()
	return u.do("POST", "/resource/otp/"+action, object{"code": code})
}

// generate asks for a QR code and returns its secret.
func (u user) generate() string {
	u.d.t.Helper()
	data, _ := u.do("POST", "/resource/otp/generate_qrcode", nil).member("data").(object)
	link, err := url.Parse(fmt.Sprint(data["url"]))
	if err != nil {
		u.d.t.Fatal(err)
	}
	return link.Query().Get("secret")
}

// enrol switches the second factor on.
func (u user) enrol() (secret string) {
	u.d.t.Helper()
	secret = u.generate()
	if got := u.otp("enable", u.d.freshCode(secret)); got.raw != "200" {
		u.d.t.Fatalf("enable: %s", got)
	}
	return secret
}

func join(replies ...reply) string {
	var all []string
	for _, r := range replies {
		all = append(all, r.String())
	}
	return strings.Join(all, "; ")
}

// statuses of a few answers, where bodies differ from run to run.
func statuses(replies ...reply) string {
	var all []string
	for _, r := range replies {
		all = append(all, fmt.Sprint(r.status, r.keys()))
	}
	return strings.Join(all, "; ")
}

// verified sends codes made from the secret of somebody enrolled.
func verified(codes func(d *deployment, secret string) []string) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		d.Clock.Advance(10 * time.Minute)
		var all []reply
		for _, code := range codes(d, u.who.TOTPSecret) {
			all = append(all, u.verify(code))
		}
		return join(all...)
	}}
}

// loggedIn sends codes of somebody enrolled to log-in.
func loggedIn(more ...any) scenario {
	return scenario{see: func(d *deployment) string { return statuses(d.login(d.who(roleTOTP, 0), more...)) }}
}

// parallel sends one call n times at once and counts the answers with a status.
func parallel(n, status int, one func() reply) int {
	var all sync.WaitGroup
	var mu sync.Mutex
	found := 0
	for range n {
		all.Go(func() {
			got := one().status
			mu.Lock()
			defer mu.Unlock()
			if got == status {
				found++
			}
		})
	}
	all.Wait()
	return found
}

var secondFactorScenarios = map[string]scenario{
	faultOTPAnyCodeAccepted:   verified(func(d *deployment, secret string) []string { return []string{d.wrongCode(secret)} }),
	faultOTPSkippedWhenAbsent: loggedIn(),
	faultOTPBlankSkips:        loggedIn("otp_code", " "),
	faultOTPReplayAccepted: verified(func(d *deployment, secret string) []string {
		return []string{d.codeAt(secret, 0), d.codeAt(secret, 0)}
	}),
	faultOTPEnableCodeReusableAtLogin: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		secret := u.enrol()
		return statuses(d.login(u.who, "otp_code", d.codeAt(secret, 0)))
	}},
	faultOTPWrongNotRemembered: verified(func(d *deployment, secret string) []string {
		return []string{d.wrongCode(secret), d.wrongCode(secret)}
	}),
	faultOTPMemoryForever: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		code := d.wrongCode(u.who.TOTPSecret)
		first := u.verify(code)
		d.Clock.Advance(codeMemoryTime)
		return join(first, u.verify(code))
	}},
	faultOTPMemoryShort: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		code := d.wrongCode(u.who.TOTPSecret)
		first := u.verify(code)
		d.Clock.Advance(31 * time.Second)
		return join(first, u.verify(code))
	}},
	faultOTPMemoryPerOperation: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		return u.verify(d.codeAt(u.who.TOTPSecret, 0)).String()
	}},
	faultOTPOnlyLastRemembered: verified(func(d *deployment, secret string) []string {
		return []string{d.codeAt(secret, -1), d.codeAt(secret, 0), d.codeAt(secret, -1)}
	}),
	faultOTPLogInCodeNotSpent: {see: func(d *deployment) string {
		who := d.who(roleTOTP, 0)
		code := d.codeAt(who.TOTPSecret, 0)
		return statuses(d.login(who, "otp_code", code), d.login(who, "otp_code", code))
	}},
	faultOTPKeyCodeNotSpent: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		code := d.codeAt(u.who.TOTPSecret, -1)
		key := func() reply {
			return u.do("POST", "/resource/api_keys", object{"algorithm": "HS256", "totp_code": code})
		}
		return statuses(key(), key())
	}},
	faultOTPPaddedReplay: verified(func(d *deployment, secret string) []string {
		return []string{d.codeAt(secret, 0), " " + d.codeAt(secret, 0)}
	}),
	faultOTPForeignCode: verified(func(d *deployment, _ string) []string {
		return []string{d.codeAt(d.who(roleTOTP, 1).TOTPSecret, 0)}
	}),
	faultOTPWindowTenSteps: verified(func(d *deployment, secret string) []string {
		return []string{d.codeAt(secret, -2), d.codeAt(secret, 2)}
	}),
	faultOTPWindowCurrentOnly: verified(func(d *deployment, secret string) []string {
		return []string{d.codeAt(secret, -1), d.codeAt(secret, 1)}
	}),
	faultOTPFirstSixDigits: verified(func(d *deployment, secret string) []string { return []string{d.codeAt(secret, 0) + "0"} }),
	faultOTPFullWidthDigits: verified(func(d *deployment, secret string) []string {
		return []string{strings.Map(func(c rune) rune { return c - '0' + '０' }, d.codeAt(secret, 0))}
	}),
	faultOTPParallelAllAccepted: {see: func(d *deployment) string {
		who := d.who(roleTOTP, 0)
		code := d.codeAt(who.TOTPSecret, 0)
		ok := parallel(5, d.statusOf("createSession"), func() reply { return d.login(who, "otp_code", code) })
		return fmt.Sprint(ok == 1)
	}},
	faultOTPEnableWithoutKey: {see: func(d *deployment) string { return d.user(roleActive, 0).otp("enable", "135790").String() }},
	faultOTPEnableWithWrongCode: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return u.otp("enable", d.wrongCode(u.generate())).String()
	}},
	faultOTPGenerateWhileOn: {see: func(d *deployment) string {
		return statuses(d.user(roleTOTP, 0).do("POST", "/resource/otp/generate_qrcode", nil))
	}},
	faultOTPGenerateKeepsSecret: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		first := u.generate()
		return fmt.Sprint(u.generate() == first)
	}},
	faultOTPOldSecretAlive: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		old := u.generate()
		u.generate()
		return u.otp("enable", d.codeAt(old, 0)).String()
	}},
	faultOTPWeakSecret: {see: func(d *deployment) string { return fmt.Sprint(len(d.user(roleActive, 0).generate())) }},
	faultOTPURLOfOtherUser: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return fmt.Sprint(strings.Contains(u.do("POST", "/resource/otp/generate_qrcode", nil).raw, u.who.Login))
	}},
	faultOTPVerifyDisables: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		u.verify(d.freshCode(u.who.TOTPSecret))
		return fmt.Sprint(u.do("GET", "/resource/users/me", nil).member("otp"))
	}},
	faultOTPVerifyWhenOffOk: {see: func(d *deployment) string { return d.user(roleActive, 0).verify("135790").String() }},
	faultOTPDisableWithoutCode: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		return u.otp("disable", d.wrongCode(u.who.TOTPSecret)).String()
	}},
	faultOTPDisableDeletesSecret: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		u.otp("disable", d.freshCode(u.who.TOTPSecret))
		return u.otp("enable", d.freshCode(u.who.TOTPSecret)).String()
	}},
	faultOTPFlagUnchanged: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.enrol()
		return fmt.Sprint(u.do("GET", "/resource/users/me", nil).member("otp"))
	}},
	faultOTPLabelMissing: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.enrol()
		return fmt.Sprint(strings.Contains(u.do("GET", "/resource/users/me", nil).raw, `"key":"otp","value":"enabled","scope":"private"`))
	}},
	faultOTPWrongReadsReplayed: verified(func(d *deployment, secret string) []string { return []string{d.wrongCode(secret)} }),
	faultOTPCheckedBeforePassword: {see: func(d *deployment) string {
		return statuses(d.call("POST", sessionPath, object{"email": d.who(roleTOTP, 0).Login, "password": "wrong"}))
	}},
	faultSecondFactorWrongAs401: {see: func(d *deployment) string {
		who := d.who(roleTOTP, 0)
		return statuses(d.login(who, "otp_code", d.wrongCode(who.TOTPSecret)))
	}},
}

// statusOf is the success of an operation in the deployment's profile.
func (d *deployment) statusOf(id string) int {
	for _, op := range operations() {
		if op.id == id {
			return d.success(&op)
		}
	}
	d.t.Fatalf("no operation %s", id)
	return 0
}

// The whole life of a second factor, edge by edge (facts 4).
func TestSecondFactorLife(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	other := d.session(u.who)
	d.want("enable before a QR code", u.otp("enable", "135790"), "422 resource.otp.invalid")
	d.want("the same again, as nothing was judged", u.otp("enable", "135790"), "422 resource.otp.invalid")
	d.want("verify while off", u.verify("135790"), "400 resource.otp.already_enabled")
	d.want("disable while off", u.otp("disable", "135790"), "400 resource.otp.not_enabled")
	d.want("no code", u.do("POST", "/resource/otp/enable", object{}), "422 resource.otp.missing_code resource.otp.empty_code")
	d.want("blank code", u.otp("enable", "  "), "422 resource.otp.empty_code")

	old := u.generate()
	secret := u.generate()
	d.want("a code of the replaced secret", u.otp("enable", d.codeAt(old, 0)), "422 resource.otp.invalid")
	d.want("wrong code", u.otp("enable", d.wrongCode(secret)), "422 resource.otp.invalid")
	d.want("wrong code again", u.otp("enable", d.wrongCode(secret)), "422 totp.error")
	d.want("right code", u.otp("enable", d.codeAt(secret, 0)), "201 200")
	if !u.alive() || other.alive() {
		t.Error("enabling must end the other session and only that")
	}
	d.want("generate while on", u.do("POST", "/resource/otp/generate_qrcode", nil), "400 resource.otp.already_enabled")
	d.want("enable while on", u.otp("enable", d.codeAt(secret, 1)), "400 resource.otp.already_enabled")
	d.want("log-in without code", d.login(u.who), "401 identity.session.missing_otp")
	d.want("log-in with the code that enabled", d.login(u.who, "otp_code", d.codeAt(secret, 0)), "422 totp.error")
	d.want("log-in with a wrong code", d.login(u.who, "otp_code", "12345"), "403 identity.session.invalid_otp")
	if got := d.login(u.who, "otp_code", d.codeAt(secret, 1)); got.status != 200 {
		t.Errorf("log-in with the next step's code: %s", got)
	}
	d.Clock.Advance(5 * time.Minute)
	d.want("verify", u.verify(d.codeAt(secret, -1)), "201 null")
	d.want("two steps back", u.verify(d.codeAt(secret, -2)), "422 resource.otp.invalid")
	d.want("disable", u.otp("disable", d.codeAt(secret, 0)), "200 200")
	if got := d.login(u.who); got.status != 200 {
		t.Errorf("log-in without second factor: %s", got)
	}
	d.want("enable with the old secret", u.otp("enable", d.codeAt(secret, 1)), "201 200")
}

func TestParallelLoginsWithOneCode(t *testing.T) {
	d := start(t, Release26)
	who := d.who(roleTOTP, 0)
	code := d.codeAt(who.TOTPSecret, 0)
	if ok := parallel(10, 200, func() reply { return d.login(who, "otp_code", code) }); ok != 1 {
		t.Errorf("%d of 10 log-ins with one code succeeded, want 1", ok)
	}
}
