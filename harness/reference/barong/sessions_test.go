package barong

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

const labelsPath = "/resource/labels"

// csrf sends a write with a CSRF token of its own, or none.
func csrf(method, path string, token func(u user) string) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return statuses(u.do(method, path, object{"key": "some", "value": "thing"}, header("X-CSRF-Token", token(u))))
	}}
}

func noToken(user) string { return "" }

// alive does something to a session and tells whether it, and a second one of the
// same user, go on.
func alive(role string, do func(u, other user)) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(role, 0)
		other := d.session(u.who)
		do(u, other)
		return fmt.Sprint(u.alive(), other.alive())
	}}
}

// me calls users/me with the session but other options.
func me(options ...option) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		other := u.do("GET", "/resource/users/me", nil, options...)
		return fmt.Sprint(statuses(other, u.do("GET", "/resource/users/me", nil)))
	}}
}

func (u user) logout() reply { return u.do("DELETE", "/identity/sessions", nil) }

// setCookie is the Set-Cookie of a log-in.
func setCookie(has string) scenario {
	return scenario{see: func(d *deployment) string {
		return fmt.Sprint(strings.Contains(d.login(d.who(roleActive, 0)).header.Get("Set-Cookie"), has))
	}}
}

var sessionScenarios = map[string]scenario{
	faultSessionBeforeSecondFactor: {see: func(d *deployment) string {
		got := d.login(d.who(roleTOTP, 0))
		return statuses(d.call("GET", mePath, nil, cookie(got.sid)))
	}},
	faultSessionAliveAfterLogout: alive(roleActive, func(u, _ user) { u.logout() }),
	faultLogoutNeedsNothing:      {see: func(d *deployment) string { return d.call("DELETE", sessionPath, nil).String() }},
	faultLogoutKeepsSID: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		return fmt.Sprint(u.logout().sid == u.sid)
	}},
	faultLogoutKillsAll:           alive(roleActive, func(u, _ user) { u.logout() }),
	faultResetKeepsSessions:       alive(roleActive, func(u, _ user) { u.d.reset(u.who, newPassword) }),
	faultEnableKeepsOtherSessions: alive(roleActive, func(u, _ user) { u.enrol() }),
	faultEnableKillsOwnSession:    alive(roleActive, func(u, _ user) { u.enrol() }),
	faultChangeKillsSessions:      alive(roleActive, func(u, _ user) { u.change(u.who.Password, newPassword) }),
	faultDisableKillsSessions: alive(roleTOTP, func(u, _ user) {
		u.otp("disable", u.d.freshCode(u.who.TOTPSecret))
	}),
	faultSessionIgnoresUserAgent:  me(agent("other")),
	faultSessionSurvivesMismatch:  me(agent("other")),
	faultSessionIgnoresAddress:    me(from("198.18.1.1")),
	faultSessionBindsExactAddress: me(from("127.0.9.9")),
	faultSessionNeverExpires: alive(roleActive, func(u, _ user) {
		u.d.Clock.Advance(sessionLifetime)
	}),
	faultSessionDoesNotSlide: alive(roleActive, func(u, other user) {
		for range 2 {
			u.d.Clock.Advance(20 * time.Minute)
			u.alive()
			other.alive()
		}
	}),
	faultMadeUpSIDAdopted: {see: func(d *deployment) string {
		made := strings.Repeat("ab", 16)
		got := d.call("POST", sessionPath, credentials(d.who(roleActive, 0)), cookie(made))
		return fmt.Sprint(got.sid == made)
	}},
	faultCSRFNotChecked:       csrf("POST", labelsPath, noToken),
	faultCSRFBeginning:        csrf("POST", labelsPath, func(u user) string { return u.csrf[:8] }),
	faultCSRFLonger:           csrf("POST", labelsPath, func(u user) string { return u.csrf + "0" }),
	faultCSRFAnyCase:          csrf("POST", labelsPath, func(u user) string { return strings.ToUpper(u.csrf) }),
	faultCSRFAnyValue:         csrf("POST", labelsPath, func(user) string { return "x" }),
	faultCSRFSkippedForPut:    csrf("PUT", "/resource/users/password", noToken),
	faultCSRFSkippedForDelete: csrf("DELETE", labelsPath+"/x", noToken),
	faultCSRFSkippedForPatch:  csrf("PATCH", labelsPath+"/x", noToken),
	faultCSRFTokenOfOtherSession: csrf("POST", labelsPath, func(u user) string {
		return u.d.session(u.who).csrf
	}),
	faultCSRFTokenNotRenewed: {see: func(d *deployment) string {
		first := d.user(roleActive, 0)
		return fmt.Sprint(d.user(roleActive, 0).csrf == first.csrf)
	}},
	faultCookieReadableByScripts: setCookie("HttpOnly"),
	faultCookieNotSecure:         setCookie("secure"),
	faultDeletedUserKeepsSession: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		d.mu.Lock()
		d.setPrivate(d.byUID[u.who.ID], "delete", "test", d.Clock.Now())
		d.mu.Unlock()
		return statuses(u.do("GET", "/resource/users/me", nil))
	}},
}

func TestLoginAndLogout(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		who := d.who(roleActive, 0)
		got := d.login(who)
		if got.status != d.statusOf("createSession") || got.text("email") != who.Login || got.text("state") != "active" {
			t.Errorf("%s: log-in: %s", profile, got)
		}
		u := user{d: d, who: who, sid: got.sid, csrf: got.text("csrf_token")}
		if me := u.do("GET", "/resource/users/me", nil); me.status != 200 || me.member("csrf_token") != nil {
			t.Errorf("%s: users/me: %s", profile, me)
		}
		if out := u.logout(); out.status != d.statusOf("deleteSession") || out.sid == u.sid || out.sid == "" {
			t.Errorf("%s: log-out: %s", profile, out)
		}
		d.want("after log-out", u.do("GET", "/resource/users/me", nil), "401 authz.invalid_session")
		d.want("log-out again", u.logout(), "404 identity.session.not_found")
		d.want("write after log-out", u.do("POST", labelsPath, object{}), "401 authz.csrf_token_mismatch")
	}
}

func TestLoginRefusals(t *testing.T) {
	d := start(t, Release26)
	active := d.who(roleActive, 0)
	for _, row := range []struct {
		what string
		body any
		want string
	}{
		{"nothing", object{}, "422 identity.session.missing_email identity.session.missing_password"},
		{"a list", "[]", "422 identity.session.missing_email identity.session.missing_password"},
		{"malformed", `{"email":`, "500 server.internal_error"},
		{"wrong password", object{"email": active.Login, "password": "x"}, "401 identity.session.invalid_params"},
		{"unknown", object{"email": "nobody@conform.test", "password": "x"}, "401 identity.session.invalid_params"},
		{"blank", object{"email": "", "password": nil}, "401 identity.session.invalid_params"},
		{"object", object{"email": object{"a": 1}, "password": "x"}, "500 server.internal_error"},
		{"banned", object{"email": d.who(roleBanned, 0).Login, "password": "x"}, "401 identity.session.banned"},
		{"deleted", object{"email": d.who(roleDeleted, 0).Login, "password": "x"}, "401 identity.session.deleted"},
		{"locked", object{"email": d.who(roleLocked, 0).Login, "password": "x"}, "401 identity.session.not_active"},
		{"code of a wrong type", credentials(active, "otp_code", []string{"1"}), "422 invalid"},
		{"captcha as a list", credentials(active, "captcha_response", []string{"1"}), "422 identity.session.invalid_captcha_format"},
	} {
		d.want(row.what, d.call("POST", sessionPath, row.body), row.want)
	}
	for what, email := range map[string]any{
		"other case": strings.ToUpper(active.Login), "trailing blank": active.Login + " ", "a list": []string{active.Login},
	} {
		if got := d.call("POST", sessionPath, object{"email": email, "password": active.Password}); got.status != 200 {
			t.Errorf("log-in with the address in %s: %s", what, got)
		}
	}
	form := "email=" + active.Login + "&password=x"
	d.want("form", d.call("POST", sessionPath, form, header("Content-Type", "application/x-www-form-urlencoded")),
		"401 identity.session.invalid_params")
	d.want("text", d.call("POST", sessionPath, "x", header("Content-Type", "text/plain")),
		`415 {"error":"The provided content-type 'text/plain' is not supported."}`)
	d.want("wrong method", d.call("PATCH", sessionPath, nil), `404 {"error":"Route is not found"}`)
}

func TestMismatchEndsTheSession(t *testing.T) {
	for what, change := range map[string]option{"User-Agent": agent("tesT"), "network": from("10.1.2.3")} {
		d := start(t, Release26)
		u := d.user(roleActive, 0)
		d.want(what, u.do("GET", "/resource/users/me", nil, change), "401 authz.client_session_mismatch")
		d.want(what+", then the right one", u.do("GET", "/resource/users/me", nil), "401 authz.invalid_session")
	}
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	if got := u.do("GET", "/resource/users/me", nil, from("127.0.255.255")); got.status != 200 {
		t.Errorf("another address of the network: %s", got)
	}
	d.Clock.Advance(sessionLifetime)
	d.want("expired", u.do("GET", "/resource/users/me", nil), "401 authz.client_session_mismatch")
}

func TestCSRFComesFirst(t *testing.T) {
	d := start(t, Release26)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		d.want(method, d.call(method, gate+labelsPath, object{}), "401 authz.missing_csrf_token")
		d.want(method, d.call(method, gate+labelsPath, object{}, header("X-CSRF-Token", "x")), "401 authz.csrf_token_mismatch")
	}
	got := d.call("GET", mePath, nil)
	d.want("no session", got, "401 authz.invalid_session")
	if got.header.Get("Content-Type") != htmlMedia {
		t.Errorf("AuthZ answers as %s", got.header.Get("Content-Type"))
	}
}

func TestCookieIsAsDocumented(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		raw := d.login(d.who(roleActive, 0)).header.Get("Set-Cookie")
		c, err := http.ParseSetCookie(raw)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Value) != 32 || c.Path != "/" || !c.HttpOnly || c.Secure != (profile == Release31) ||
			!c.Expires.Equal(d.Clock.Now().Add(24*time.Hour)) || c.SameSite != 0 {
			t.Errorf("%s: %s", profile, strings.Replace(raw, c.Value, "SID", 1))
		}
	}
}

// A second log-in on a live cookie keeps the id and binds it to the new user.
func TestSecondLoginOnOneCookie(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	other := d.who(roleActive, 1)
	got := d.call("POST", sessionPath, credentials(other), cookie(u.sid))
	if got.sid != u.sid || got.text("csrf_token") == u.csrf {
		t.Errorf("sid kept: %t, token kept: %t; want true, false", got.sid == u.sid, got.text("csrf_token") == u.csrf)
	}
	if me := u.do("GET", "/resource/users/me", nil); me.text("email") != other.Login {
		t.Errorf("the session is not the second user's")
	}
}

func TestLogoutMethodOfNewerRelease(t *testing.T) {
	d := start(t, Release31)
	u := d.user(roleActive, 0)
	d.want("unknown method", u.do("DELETE", "/identity/sessions?auth_method=x", nil), "422 identity.session.invalid_auth_method")
	d.want("known method", u.do("DELETE", "/identity/sessions?auth_method=password", nil), "200 200")
}
