package onlyoffice

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func (p *portal) fail(login string, times int, options ...option) (last reply) {
	p.t.Helper()
	for range times {
		last = p.call("POST", authPath, object{"userName": login, "password": "wrong"}, options...)
	}
	return last
}

func TestPasswordLimit(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		want(t, p, "fifth wrong password", p.fail(who.Login, 5), 401, 401)
		blocked := p.login(who)
		want(t, p, "right password, sixth attempt", blocked, 429, 403)
		retry := map[bool]string{false: "60", true: ""}[p.policy.released]
		if got := blocked.header.Get("Retry-After"); got != retry {
			t.Errorf("Retry-After %q, want %q", got, retry)
		}
		want(t, p, "upper case", p.call("POST", authPath, object{"userName": "USER-001@portal.example", "password": who.Password}), 429, 403)
		want(t, p, "another user", p.login(p.who(roleUser, 1)), 200, 200)
		p.Clock.Advance(59 * time.Second)
		want(t, p, "still blocked", p.login(who), 429, 403)
		p.Clock.Advance(time.Second)
		want(t, p, "released", p.login(who), 200, 200)

		want(t, p, "unknown user", p.fail("nobody@portal.example", 6), 429, 403)
		want(t, p, "solved captcha", p.call("POST", authPath,
			object{"userName": "nobody@portal.example", "password": "x", "recaptchaResponse": p.CaptchaResponse()}), 429, 401)
	})
}

func TestSuccessTakesBackOnlyItself(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		p.fail(who.Login, 4)
		for range 10 {
			want(t, p, "right password", p.login(who), 200, 200)
		}
		p.fail(who.Login, 1)
		want(t, p, "after the fifth wrong one", p.login(who), 429, 403)
	})
}

func TestAddressesAClientClaims(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		p.fail(who.Login, 6)
		body := credentials(who)
		for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "request-x-real-ip"} {
			want(t, p, name, p.call("POST", authPath, body, header(name, "203.0.113.9")), 429, 403)
		}
		// The query parameter really is believed by the release (3.5).
		want(t, p, "query", p.call("POST", authPath+"?request-x-real-ip=203.0.113.9", body), 429, 200)
		if p.policy.released {
			got := p.call("POST", authPath+"?request-x-real-ip=203.0.113.9", body)
			if got.response()["tfa"] != true {
				t.Error("an address that is not trusted needs no second factor")
			}
		}
	})
}

func TestLoginSettings(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/security/loginsettings"
		admin, user := bearer(p.token(p.who(roleAdmin, 0))), bearer(p.token(p.who(roleUser, 0)))
		want(t, p, "anonymous", p.call("GET", path, nil), 401, 401)
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			want(t, p, method+" by a user", p.call(method, path, object{"attemptCount": 3, "blockTime": 1, "checkPeriod": 1}, user), 403, 403)
		}
		got := p.call("GET", path, nil, admin).response()
		if got["attemptCount"] != 5.0 || got["blockTime"] != 60.0 || got["checkPeriod"] != 60.0 || got["isDefault"] != true {
			t.Errorf("defaults %v", got)
		}
		for name, body := range map[string]object{
			"0":        {"attemptCount": 0, "blockTime": 1, "checkPeriod": 1},
			"10000":    {"attemptCount": 1, "blockTime": 10000, "checkPeriod": 1},
			"negative": {"attemptCount": 1, "blockTime": 1, "checkPeriod": -1},
			"omitted":  {"attemptCount": 1, "blockTime": 1},
			"fraction": {"attemptCount": 1.5, "blockTime": 1, "checkPeriod": 1},
			"null":     {"attemptCount": nil, "blockTime": 1, "checkPeriod": 1},
		} {
			want(t, p, name, p.call("PUT", path, body, admin), 400, 400)
		}
		want(t, p, "number as text", p.call("PUT", path, object{"attemptCount": "5", "blockTime": 60, "checkPeriod": 60}, admin), 400, 200)
		changed := p.call("PUT", path, object{"attemptCount": 2, "blockTime": 7, "checkPeriod": 60}, admin)
		if changed.response()["isDefault"] != false {
			t.Errorf("changed settings %v", changed.response())
		}
		who := p.who(roleUser, 1)
		want(t, p, "third attempt of two", p.fail(who.Login, 3), 429, 403)
		p.Clock.Advance(7 * time.Second)
		want(t, p, "after seven seconds", p.login(who), 200, 200)
		if got := p.call("DELETE", path, nil, admin).response(); got["isDefault"] != true {
			t.Errorf("reset settings %v", got)
		}
	})
}

func TestCookieSettings(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/cookiesettings"
		user, admin := p.token(p.who(roleUser, 0)), p.token(p.who(roleAdmin, 0))
		want(t, p, "user", p.call("GET", path, nil, bearer(user)), 403, 403)
		if got := p.call("GET", path, nil, bearer(admin)).response(); got["lifeTime"] != 1440.0 || got["enabled"] != false {
			t.Errorf("defaults %v", got)
		}
		changed := p.call("PUT", path, object{"lifeTime": 10, "enabled": true}, bearer(admin))
		want(t, p, "change", changed, 200, 200)
		fresh := changed.cookies[sessionCookie]
		if p.alive(user) || p.alive(admin) || !p.alive(fresh) {
			t.Error("want every old session dead and the caller's new one alive")
		}
		p.Clock.Advance(10 * time.Minute)
		if p.alive(fresh) {
			t.Error("a session outlived its ten minutes")
		}
		admin = p.token(p.who(roleAdmin, 0))
		p.call("PUT", path, object{"lifeTime": 99999, "enabled": false}, bearer(admin))
		if got := p.call("GET", path, nil, bearer(admin)).response()["lifeTime"]; got != 9999.0 {
			t.Errorf("lifeTime %v, want it clamped to 9999", got)
		}
	})
}

func TestConnections(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		base := prefix + "/security/activeconnections"
		who, other := p.who(roleUser, 0), p.who(roleUser, 1)
		first, second, foreign := p.token(who), p.token(who), p.token(other)
		admin := p.token(p.who(roleAdmin, 0))

		list := p.call("GET", base, nil, cookie(sessionCookie, first)).response()
		items, _ := list["items"].([]any)
		if len(items) != 2 || list["loginEvent"] != items[1].(object)["id"] {
			t.Fatalf("connections %v, want two and the older one as this", list)
		}
		if this := p.call("GET", base, nil, bearer(first)).response()["loginEvent"]; (this == 0.0) != p.policy.released {
			t.Errorf("this connection by header: %v", this)
		}
		logout := func(event int) string { return base + "/logout/" + strconv.Itoa(event) }
		event := int(items[0].(object)["id"].(float64))
		want(t, p, "foreign", p.call("PUT", logout(event), nil, bearer(foreign)), 403, 403)
		if got := p.call("PUT", logout(event+1000), nil, bearer(first)).body["response"]; got != false {
			t.Errorf("unknown connection: %v", got)
		}
		if got := p.call("PUT", logout(event), nil, bearer(first)).body["response"]; got != true || p.alive(second) {
			t.Errorf("own connection: %v, alive %v", got, p.alive(second))
		}

		second = p.token(who)
		want(t, p, "except this", p.call("PUT", base+"/logoutallexceptthis", nil, cookie(sessionCookie, first)), 200, 200)
		if !p.alive(first) || p.alive(second) {
			t.Error("want this session alive and the other dead")
		}
		p.call("PUT", base+"/logoutallexceptthis", nil, bearer(first))
		if p.alive(first) == p.policy.released {
			t.Error("by header: the release ends this session too, the documents spare it")
		}
		first = p.token(who)
		want(t, p, "all of another", p.call("PUT", base+"/logoutall/"+who.ID, nil, bearer(foreign)), 403, 403)
		want(t, p, "all by admin", p.call("PUT", base+"/logoutall/"+who.ID, nil, bearer(admin)), 200, 200)
		if p.alive(first) {
			t.Error("alive after an administrator ended all sessions")
		}
		got := p.call("PUT", base+"/logoutallchangepassword", nil, bearer(foreign))
		address, err := url.Parse(fmt.Sprint(got.body["response"]))
		if err != nil || p.alive(foreign) {
			t.Fatalf("link %v, alive %v", err, p.alive(foreign))
		}
		q := address.Query()
		link := confirm("type", q.Get("type"), "key", q.Get("key"), "uid", q.Get("uid"))
		want(t, p, "its link", p.changePassword(other, "another password", link), 200, 200)
	})
}

func TestPasswordMail(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/people/password"
		who := p.who(roleUser, 0)
		ask := func(email string) object { return object{"email": email, "recaptchaResponse": p.CaptchaResponse()} }
		want(t, p, "no captcha", p.call("POST", path, object{"email": who.Login}), 403, 403)
		want(t, p, "no e-mail", p.call("POST", path, ask("x")), 400, 400)
		known, unknown := p.call("POST", path, ask(who.Login)), p.call("POST", path, ask("nobody@portal.example"))
		if known.status != 200 || known.raw != unknown.raw {
			t.Errorf("known %d %q, unknown %d %q", known.status, known.raw, unknown.status, unknown.raw)
		}
		for range 4 {
			p.call("POST", path, ask(who.Login))
		}
		want(t, p, "sixth in a minute", p.call("POST", path, ask(who.Login)), 429, 200)

		owner, admin, admin2 := p.who(roleOwner, 0), p.who(roleAdmin, 0), p.who(roleAdmin, 1)
		for _, test := range []struct {
			caller, of string
			status     int
		}{
			{who.Login, who.Login, 200}, {who.Login, p.who(roleUser, 1).Login, 403}, {admin.Login, who.Login, 200},
			{admin.Login, owner.Login, 403}, {admin.Login, admin2.Login, 403}, {owner.Login, admin.Login, 200},
		} {
			p.Clock.Advance(time.Minute)
			token := p.token(p.byLogin(test.caller))
			want(t, p, test.caller+" for "+test.of, p.call("POST", path, object{"email": test.of}, bearer(token)), test.status, test.status)
		}
	})
}

func TestPasswordChange(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who, other := p.who(roleUser, 0), p.who(roleUser, 1)
		token := p.token(who)
		link := p.passwordLink(who)
		path := prefix + "/people/" + who.ID + "/password"
		want(t, p, "no link", p.call("PUT", path, object{"password": "new password"}), 401, 401)
		want(t, p, "session only", p.call("PUT", path, object{"password": "new password"}, bearer(token)), 403, 403)
		want(t, p, "no password", p.call("PUT", path, object{}, link), 400, 400)
		want(t, p, "weak", p.changePassword(who, "short", link), 400, 400)
		want(t, p, "the old one", p.changePassword(who, who.Password, link), 400, 400)
		want(t, p, "another user", p.changePassword(other, "new password", link), 403, 403)
		want(t, p, "unknown user", p.call("PUT", prefix+"/people/nobody/password", object{"password": "new password"}, link), 404, 404)
		if !p.alive(token) {
			t.Fatal("a refused change ended the session")
		}
		want(t, p, "change", p.changePassword(who, "new password", link), 200, 200)
		if p.alive(token) {
			t.Error("the session outlived the password")
		}
		want(t, p, "old password", p.login(who), 401, 401)
		who.Password = " new password "
		want(t, p, "new password, trimmed", p.login(who), 200, 200)
		want(t, p, "link again", p.changePassword(who, "third password", link), 401, 401)
		link = p.passwordLink(who)
		p.Clock.Advance(mailLinkLifetime)
		want(t, p, "expired link", p.changePassword(who, "third password", link), 401, 401)
	})
}

func TestCheckConfirm(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		p.passwordLink(who)
		q := p.mailedLink(who.Login)
		body := object{"type": "PasswordChange", "key": q.Get("key"), "uiD": q.Get("uid")}
		path := authPath + "/confirm"
		result := func(body object) any { return p.call("POST", path, body).response()["result"] }
		if got := result(body); got != 0.0 {
			t.Errorf("valid link: %v", got)
		}
		if got := result(object{"type": "EmailChange", "key": q.Get("key"), "uiD": q.Get("uid")}); got != 1.0 {
			t.Errorf("link of another kind: %v", got)
		}
		p.Clock.Advance(mailLinkLifetime)
		if got := result(body); got != 2.0 {
			t.Errorf("expired link: %v", got)
		}
		want(t, p, "nothing", p.call("POST", path, object{}), 400, 400)
		want(t, p, "unknown type", p.call("POST", path, object{"type": "Pigeon", "key": "1.X"}), 400, 400)
	})
}

func TestEmailChange(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who, other := p.who(roleUser, 0), p.who(roleUser, 1)
		token := p.token(who)
		ask := func(body object) reply { return p.call("POST", prefix+"/people/email", body, bearer(token)) }
		want(t, p, "anonymous", p.call("POST", prefix+"/people/email", object{"email": "new@portal.example"}), 401, 401)
		want(t, p, "for another", ask(object{"userId": other.ID, "email": "new@portal.example"}), 403, 403)
		want(t, p, "no e-mail", ask(object{"userId": who.ID, "email": "x"}), 400, 400)
		want(t, p, "ask", ask(object{"userId": who.ID, "email": "new@portal.example"}), 200, 200)

		q := p.mailedLink("new@portal.example")
		link := confirm("type", q.Get("type"), "key", q.Get("key"), "uid", q.Get("uid"), "email", q.Get("email"))
		change := func(id, email string) reply {
			return p.call("PUT", prefix+"/people/"+id+"/email", object{"email": email}, link)
		}
		want(t, p, "another address", change(who.ID, "other@portal.example"), 403, 403)
		want(t, p, "another user", change(other.ID, "new@portal.example"), 403, 403)
		want(t, p, "change", change(who.ID, "new@portal.example"), 200, 200)
		want(t, p, "again", change(who.ID, "new@portal.example"), 401, 401)
		get := func(email string) reply {
			return p.call("GET", prefix+"/people/email?email="+url.QueryEscape(email), nil, bearer(token))
		}
		want(t, p, "new address", get("new@portal.example"), 200, 200)
		want(t, p, "old address", get(who.Login), 404, 404)
	})
}

func TestPasswordSettings(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/security/password"
		user, admin := bearer(p.token(p.who(roleUser, 0))), bearer(p.token(p.who(roleAdmin, 0)))
		want(t, p, "anonymous", p.call("GET", path, nil), 401, 401)
		want(t, p, "session", p.call("GET", path, nil, user), 200, 200)
		want(t, p, "link", p.call("GET", path, nil, p.passwordLink(p.who(roleUser, 0))), 200, 200)
		want(t, p, "user", p.call("PUT", path, object{"minLength": 9}, user), 403, 403)
		for _, length := range []int{7, 31} {
			want(t, p, "out of range", p.call("PUT", path, object{"minLength": length}, admin), 400, 400)
		}
		want(t, p, "in range", p.call("PUT", path, object{"minLength": 9, "digits": true}, admin), 200, 200)
		who := p.who(roleUser, 1)
		want(t, p, "no digit", p.changePassword(who, "new password", p.passwordLink(who)), 400, 400)
		want(t, p, "digit", p.changePassword(who, "new password 1", p.passwordLink(who)), 200, 200)
	})
}

func TestEmailActivationAndEvents(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/emailactivation"
		user, admin := bearer(p.token(p.who(roleUser, 0))), bearer(p.token(p.who(roleAdmin, 0)))
		want(t, p, "anonymous", p.call("PUT", path, object{"show": true}), 401, 401)
		want(t, p, "user", p.call("PUT", path, object{"show": true}, user), 403, 403)
		want(t, p, "admin", p.call("PUT", path, object{"show": true}, admin), 200, 200)
		want(t, p, "events, anonymous", p.call("GET", prefix+"/security/audit/login/last", nil), 401, 401)
		want(t, p, "events", p.call("GET", prefix+"/security/audit/login/filter", nil, admin), 200, 200)
	})
}

// newConnection is a client that shares no connection with another call.
func newConnection() *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

func TestLinksNameTheirUserInThreeWays(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		p.passwordLink(who)
		key := p.mailedLink(who.Login).Get("key")
		for name, body := range map[string]object{
			"uid":      {"type": "PasswordChange", "key": key, "uiD": who.ID},
			"email":    {"type": "PasswordChange", "key": key, "email": who.Login},
			"encemail": {"type": "PasswordChange", "key": key, "encEmail": p.sealedEmail(who.Login)},
		} {
			if got := p.call("POST", authPath+"/confirm", body).response()["result"]; got != 0.0 {
				t.Errorf("by %s: result %v, want 0", name, got)
			}
		}
		if got := p.call("POST", authPath+"/confirm", object{"type": "PasswordChange", "key": key}).response()["result"]; got != 1.0 {
			t.Errorf("naming nobody: result %v, want 1", got)
		}
	})
}

func TestOversizedBody(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		long := strings.Repeat("x", maxBody)
		want(t, p, "over the limit", p.call("POST", authPath, object{"userName": long, "password": "x"}), 413, 413)
		want(t, p, "long name", p.call("POST", authPath, object{"userName": long[:10_000], "password": "x"}), 401, 401)
	})
}

func TestLinkForTextMessages(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		admin := bearer(p.token(p.who(roleAdmin, 0)))
		got := p.call("PUT", prefix+"/settings/tfaappwithlink", object{"type": "Sms"}, admin)
		if address, _ := got.body["response"].(string); !strings.Contains(address, "/confirm/PhoneActivation?type=PhoneActivation&key=") {
			t.Errorf("status %d, link %q", got.status, address)
		}
	})
}

func TestUnlimitedSessions(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		admin := p.token(p.who(roleAdmin, 0))
		p.call("PUT", prefix+"/settings/cookiesettings", object{"lifeTime": -5, "enabled": true}, bearer(admin))
		got := p.login(p.who(roleUser, 0))
		if expires := got.text("expires"); (expires == "") == p.policy.released {
			t.Errorf("expires %q of an unlimited session", expires)
		}
		p.Clock.Advance(10 * sessionLifetime)
		if !p.alive(got.text("token")) {
			t.Error("an unlimited session ended")
		}
	})
}
