package barong

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fails sends wrong passwords, each time from another address and with the
// e-mail address spelled by spell.
func (d *deployment) fails(n int, spell func(int) string, options ...option) reply {
	d.t.Helper()
	var last reply
	for i := range n {
		all := append([]option{from(fmt.Sprintf("198.18.7.%d", i))}, options...)
		last = d.call("POST", sessionPath, object{"email": spell(i), "password": "wrong"}, all...)
	}
	return last
}

func (d *deployment) mail(int) string { return d.who(roleActive, 0).Login }

// burst sends n wrong passwords and tells what the last one got.
func burst(n int, spell func(*deployment, int) string, options ...option) scenario {
	return scenario{see: func(d *deployment) string {
		got := d.fails(n, func(i int) string { return spell(d, i) }, options...)
		return fmt.Sprint(got.status, got.keys(), got.header.Get("Retry-After"), got.header.Get("Content-Type"))
	}}
}

func one(d *deployment, _ int) string    { return d.who(roleActive, 0).Login }
func others(_ *deployment, i int) string { return fmt.Sprintf("nobody%d@conform.test", i) }

var limiterScenarios = map[string]scenario{
	faultLimitNeverReached: burst(6, one),
	faultLimitOneTooMany:   burst(6, one),
	faultLimitOneTooFew:    burst(5, one),
	faultLimitNeverReleased: {see: func(d *deployment) string {
		d.fails(6, d.mail)
		d.Clock.Advance(limitWindow)
		return statuses(d.fails(1, d.mail))
	}},
	faultRightPasswordPasses: {see: func(d *deployment) string {
		d.fails(5, d.mail)
		return fmt.Sprint(d.login(d.who(roleActive, 0)).status)
	}},
	faultEmailKeyMissing:   burst(6, one),
	faultIPKeyMissing:      burst(6, others, from("198.18.8.8")),
	faultEmailCaseEscapes:  burst(6, func(d *deployment, i int) string { return strings.ToUpper(d.mail(i)[:i]) + d.mail(i)[i:] }),
	faultEmailBlanksEscape: burst(6, func(d *deployment, i int) string { return d.mail(i) + strings.Repeat(" ", i) }),
	faultTrustsXRealIP: {see: func(d *deployment) string {
		var last reply
		for i := range 6 {
			last = d.call("POST", sessionPath, object{"email": others(d, i), "password": "wrong"}, header("X-Real-IP", fmt.Sprint("198.18.9.", i)))
		}
		return statuses(last)
	}},
	faultCountsPerConnection: {see: func(d *deployment) string {
		d.fails(5, d.mail)
		d.client.HTTP().Transport.(*http.Transport).CloseIdleConnections()
		return statuses(d.fails(1, d.mail))
	}},
	faultParallelEscapes: {see: func(d *deployment) string {
		wrong := object{"email": d.who(roleActive, 0).Login, "password": "wrong"}
		refused := parallel(12, 429, func() reply { return d.call("POST", sessionPath, wrong) })
		return fmt.Sprint(refused == 7)
	}},
	faultThrottledAsJSON: burst(6, one),
	faultPasswordChangeUnlimited: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return statuses(u.times(6, "PUT", "/resource/users/password"))
	}},
	faultPhonesUnlimited: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return statuses(u.times(6, "POST", "/resource/phones"))
	}},
	faultPasswordLimitPerUser: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		other := d.session(u.who)
		u.times(6, "PUT", "/resource/users/password")
		return statuses(other.times(1, "PUT", "/resource/users/password"))
	}},
	faultLimitInOldRelease: burst(6, one),
}

// times calls an operation without members several times.
func (u user) times(n int, method, path string) reply {
	u.d.t.Helper()
	var last reply
	for range n {
		last = u.do(method, path, object{})
	}
	return last
}

func TestLimiter(t *testing.T) {
	d := start(t, Release31)
	got := d.fails(6, d.mail)
	if got.status != 429 || got.header.Get("Content-Type") != "text/plain" || got.raw != `{"errors":["identity.session.rack_attack_limit"]}` {
		t.Errorf("sixth: %s", got)
	}
	if got.header.Get("Retry-After") != "" {
		t.Error("there is a Retry-After")
	}
	d.want("right password", d.login(d.who(roleActive, 0)), "429 identity.session.rack_attack_limit")
	if got := d.call("POST", sessionPath, credentials(d.who(roleActive, 1)), from("198.18.200.1")); got.status != 200 {
		t.Errorf("somebody else: %s", got)
	}
	d.Clock.Advance(59 * time.Second)
	d.want("within the window", d.login(d.who(roleActive, 0)), "429 identity.session.rack_attack_limit")
	d.Clock.Advance(time.Second)
	if got := d.login(d.who(roleActive, 0)); got.status != 200 {
		t.Errorf("in the next window: %s", got)
	}
	for range 8 {
		got = d.call("POST", "/api/v2/identity/sessions", object{"email": "x", "password": "x"}, from("198.18.201.1"))
	}
	d.want("round the gateway", got, "401 identity.session.invalid_params")
}

func TestNoLimitElsewhere(t *testing.T) {
	for _, profile := range []string{Release26, Documented} {
		d := start(t, profile)
		d.want(profile, d.fails(20, d.mail), "401 identity.session.invalid_params")
	}
}

// withCaptcha is a deployment that asks for one.
func withCaptcha(kind string) func(*Config) { return func(c *Config) { c.Captcha = kind } }

var captchaScenarios = map[string]scenario{
	faultCaptchaIgnored: {config: withCaptcha(Recaptcha), see: func(d *deployment) string {
		return statuses(d.login(d.who(roleActive, 0), "captcha_response", "x"))
	}},
	faultCaptchaSkippedWhenAbsent: {config: withCaptcha(Recaptcha), see: func(d *deployment) string {
		return statuses(d.login(d.who(roleActive, 0)))
	}},
	faultCaptchaNotOnReset: {config: withCaptcha(Recaptcha), see: func(d *deployment) string {
		return statuses(d.askReset(d.who(roleActive, 0).Login))
	}},
	faultCaptchaKeptWithCode: {config: withCaptcha(Recaptcha), see: func(d *deployment) string {
		who := d.who(roleTOTP, 0)
		return statuses(d.login(who, "otp_code", d.codeAt(who.TOTPSecret, 0)))
	}},
}

func TestCaptcha(t *testing.T) {
	d := startWith(t, guardedConfig())
	for what, ask := range map[string]func(members object) reply{
		"reset":   func(m object) reply { return d.call("POST", gate+"/identity/users/password/generate_code", m) },
		"confirm": func(m object) reply { return d.call("POST", gate+"/identity/users/email/generate_code", m) },
		"sign-up": func(m object) reply { return d.call("POST", gate+"/identity/users", m) },
		"log-in":  func(m object) reply { return d.call("POST", sessionPath, m) },
	} {
		members := object{"email": "new@conform.test", "password": newPassword}
		d.want(what+" without", ask(members), "400 identity.captcha.required")
		members["captcha_response"] = "x"
		d.want(what+" wrong", ask(members), "422 identity.captcha.verification_failed")
		members["captcha_response"] = d.CaptchaResponse()
		if got := ask(members); strings.Contains(got.keys(), "captcha") {
			t.Errorf("%s: %s", what, got)
		}
	}
	geetest := startWith(t, Config{Captcha: Geetest})
	who := geetest.who(roleActive, 0)
	geetest.want("text", geetest.login(who, "captcha_response", "x"), "400 identity.captcha.mandatory_fields")
	solved := object{"geetest_challenge": geetest.CaptchaResponse(), "geetest_validate": geetest.CaptchaResponse(),
		"geetest_seccode": geetest.CaptchaResponse()}
	if got := geetest.login(who, "captcha_response", solved); got.status != 200 {
		t.Errorf("geetest: %s", got)
	}
}
