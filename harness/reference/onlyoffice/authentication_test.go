package onlyoffice

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"authconform/harness/reference/kit"
)

// each runs a test in both profiles.
func each(t *testing.T, test func(*testing.T, *portal)) {
	for _, profile := range both {
		t.Run(profile, func(t *testing.T) { test(t, start(t, profile)) })
	}
}

func TestLoginGivesAToken(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		got := p.login(who)
		want(t, p, "right password", got, 200, 200)
		token := got.text("token")
		if got.cookies[sessionCookie] != token || !p.alive(token) {
			t.Error("the token is not the cookie's, or does not count")
		}
		if got.body["count"] != 1.0 || got.body["status"] != 0.0 || got.body["statusCode"] != 200.0 {
			t.Errorf("envelope %v", got.body)
		}
		for name, use := range map[string]option{
			"raw header": header("Authorization", token), "cookie": cookie(sessionCookie, token),
			"Bearer": bearer(token),
		} {
			if p.call("GET", authPath, nil, use).body["response"] != true {
				t.Errorf("token by %s is not accepted", name)
			}
		}
		if p.call("GET", authPath, nil, cookie(sessionCookie, "dead"), bearer(token)).body["response"] != false {
			t.Error("the header won over the cookie")
		}
	})
}

func TestLoginByPasswordHash(t *testing.T) {
	for _, profile := range both {
		server, err := New(Config{Profile: profile, HashIterations: 100_000, Pool: map[string]int{roleUser: 1}})
		if err != nil {
			t.Fatal(err)
		}
		recorder := send(server, "GET", prefix+"/settings", "")
		var settings struct {
			Response struct {
				PasswordHash struct {
					Size, Iterations int
					Salt             string
				}
			}
		}
		if err := json.Unmarshal(recorder.Body.Bytes(), &settings); err != nil {
			t.Fatal(err)
		}
		hash := settings.Response.PasswordHash
		if hash.Iterations != 100_000 || hash.Size != 256 {
			t.Errorf("%s: %d iterations, %d bits", profile, hash.Iterations, hash.Size)
		}
		who := server.Identities()[1]
		body := `{"userName":"` + who.Login + `","passwordHash":"` + kit.HashPassword(who.Password, hash.Salt, hash.Iterations) + `"}`
		if got := send(server, "POST", authPath, body).Code; got != 200 {
			t.Errorf("%s: the right hash answers %d", profile, got)
		}
	}
}

func TestLoginRefusals(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		tests := []struct {
			name                 string
			body                 any
			documented, released int
		}{
			{"no members", object{}, 400, 401},
			{"no password", object{"userName": who.Login}, 400, 401},
			{"empty user", object{"userName": "", "password": "x"}, 400, 401},
			{"wrong password", object{"userName": who.Login, "password": "x"}, 401, 401},
			{"unknown user", object{"userName": "nobody@portal.example", "password": "x"}, 401, 401},
			{"provider", object{"userName": who.Login, "password": who.Password, "provider": "google"}, 401, 401},
			{"disabled", credentials(p.who(roleDisabled, 0)), 401, 403},
			{"wrong captcha", credentials(who, "recaptchaResponse", "x"), 403, 403},
			{"wrong link", object{"confirmData": object{"email": who.Login, "key": "1.X"}}, 404, 404},
			{"link without key", object{"confirmData": object{"email": who.Login, "key": nil}}, 400, 401},
			{"link without e-mail", object{"confirmData": object{"email": "x", "key": "1.X"}}, 400, 400},
			{"not JSON", `{"userName":`, 400, 400},
			{"number as user", object{"userName": 1, "password": "x"}, 400, 400},
			{"null as flag", credentials(who, "session", nil), 400, 400},
			{"captcha type by name", credentials(who, "recaptchaType", "hCaptcha"), 200, 400},
		}
		for _, test := range tests {
			want(t, p, test.name, p.call("POST", authPath, test.body), test.documented, test.released)
		}
		plain := p.call("POST", authPath, "userName=a", header("Content-Type", "application/x-www-form-urlencoded"))
		want(t, p, "form", plain, 415, 415)
	})
}

func TestUnknownUserLooksLikeWrongPassword(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		wrong := p.call("POST", authPath, object{"userName": who.Login, "password": "x"})
		unknown := p.call("POST", authPath, object{"userName": "nobody@portal.example", "password": "x"})
		if wrong.raw != unknown.raw || len(wrong.header) != len(unknown.header) {
			t.Errorf("bodies %q and %q, %d and %d headers", wrong.raw, unknown.raw, len(wrong.header), len(unknown.header))
		}
	})
}

func TestErrorShapes(t *testing.T) {
	documented, released := start(t, Documented), start(t, Released)

	got := documented.call("GET", prefix+"/settings/tfaapp", nil)
	if got.message() == "" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer realm=") {
		t.Errorf("documented 401: body %q, challenge %q", got.raw, got.header.Get("WWW-Authenticate"))
	}
	got = released.call("GET", prefix+"/settings/tfaapp", nil)
	if got.raw != "" || got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("released 401: body %q, challenge %q; want neither", got.raw, got.header.Get("WWW-Authenticate"))
	}

	user := released.token(released.who(roleUser, 0))
	got = released.call("GET", prefix+"/settings/cookiesettings", nil, bearer(user))
	detail, _ := got.body["error"].(object)
	if got.message() != "Access denied" || detail["type"] == nil || detail["stack"] == nil {
		t.Errorf("released 403: %q", got.raw)
	}
	got = released.call("POST", authPath, object{"userName": 1})
	if got.header.Get("Content-Type") != problemType || got.body["status"] != 1.0 || got.response()["errors"] == nil {
		t.Errorf("released validation: %s %q", got.header.Get("Content-Type"), got.raw)
	}
	got = released.call("POST", authPath, "x", header("Content-Type", "text/plain"))
	if got.status != 415 || got.body["status"] != 0.0 || got.body["statusCode"] != 200.0 {
		t.Errorf("released 415: %d %q", got.status, got.raw)
	}
	got = documented.call("POST", authPath, object{"userName": 1})
	if got.body["statusCode"] != 400.0 || !strings.Contains(got.message(), "$.userName") {
		t.Errorf("documented wrong type: %q", got.raw)
	}
}

func TestMethodsAndPaths(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		tests := []struct {
			method, path string
			status       int
			allow        string
		}{
			{"PUT", "/authentication", 405, "GET, POST"},
			{"GET", "/authentication/logout", 405, "POST"},
			{"PATCH", "/settings/security/loginsettings", 405, "DELETE, GET, PUT"},
			{"GET", "/nothing", 404, ""},
			{"GET", "/Capabilities.json", 200, ""},
		}
		for _, test := range tests {
			got := p.call(test.method, prefix+test.path, nil)
			if got.status != test.status || got.header.Get("Allow") != test.allow {
				t.Errorf("%s %s: %d Allow %q, want %d %q", test.method, test.path, got.status, got.header.Get("Allow"), test.status, test.allow)
			}
			if empty := got.raw == ""; got.status != 200 && empty != p.policy.released {
				t.Errorf("%s %s: body %q", test.method, test.path, got.raw)
			}
		}
	})
}

func TestFieldsFilter(t *testing.T) {
	p := start(t, Documented)
	got := p.call("GET", prefix+"/settings?fields=passwordHash.salt&fields=culture", nil).response()
	hash, _ := got["passwordHash"].(object)
	if len(got) != 2 || len(hash) != 1 || hash["salt"] == "" {
		t.Errorf("response %v, want culture and passwordHash.salt only", got)
	}
}

func TestRateLimitHeadersOn200(t *testing.T) {
	for profile, wanted := range map[string]string{Documented: "1500", Released: ""} {
		if got := start(t, profile).call("GET", authPath, nil).header.Get("X-RateLimit-Limit"); got != wanted {
			t.Errorf("%s: X-RateLimit-Limit %q, want %q", profile, got, wanted)
		}
	}
}

func TestLogout(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		want(t, p, "anonymous", p.call("POST", authPath+"/logout", nil), 200, 200)
		who := p.who(roleUser, 0)

		byCookie := p.token(who)
		got := p.call("POST", authPath+"/logout", nil, cookie(sessionCookie, byCookie))
		if _, cleared := got.cookies[sessionCookie]; !cleared || got.body["count"] != 0.0 {
			t.Errorf("cookie not cleared, or a count: %q", got.raw)
		}
		if p.alive(byCookie) {
			t.Error("the token is alive after log-out by cookie")
		}
		byHeader := p.token(who)
		p.call("POST", authPath+"/logout", nil, bearer(byHeader))
		if got := p.alive(byHeader); got != p.policy.released {
			t.Errorf("token alive after log-out by header: %v", got)
		}
	})
}

func TestTokenExpires(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		token := p.token(p.who(roleUser, 0))
		p.Clock.Advance(sessionLifetime - time.Second)
		if !p.alive(token) {
			t.Error("the token died before its year was over")
		}
		p.Clock.Advance(time.Second)
		if p.alive(token) {
			t.Error("the token outlived its year")
		}
	})
}

func TestExpiresMember(t *testing.T) {
	documented, released := start(t, Documented), start(t, Released)
	if got, present := documented.login(documented.who(roleTOTP, 0)).response()["expires"]; present {
		t.Errorf("documented, pending: expires %v", got)
	}
	if got := released.login(released.who(roleTOTP, 0)).text("expires"); got != noExpiry {
		t.Errorf("released, pending: expires %q", got)
	}
	if got := documented.login(documented.who(roleUser, 0), "session", true).text("expires"); got != "2027-05-04T12:00:00Z" {
		t.Errorf("documented: expires %q", got)
	}
	if got := released.login(released.who(roleUser, 0)).text("expires"); got != "2027-05-04T12:00:00.0000000Z" {
		t.Errorf("released: expires %q", got)
	}
	if got := released.login(released.who(roleUser, 0), "session", true).text("expires"); got != noExpiry {
		t.Errorf("released, browser session: expires %q", got)
	}
}

func TestLoginByAuthLink(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleUser, 0)
		p.mu.Lock()
		key := p.newKey(p.Clock.Now(), "Auth", p.userByID(who.ID), "")
		p.mu.Unlock()
		body := object{"confirmData": object{"email": who.Login, "key": key}}
		want(t, p, "link", p.call("POST", authPath, body), 200, 200)
		want(t, p, "used link", p.call("POST", authPath, body), 404, 404)
	})
}

func TestSecureCookieOnlyOverTLS(t *testing.T) {
	p := start(t, Documented)
	got := p.login(p.who(roleUser, 0)).header.Get("Set-Cookie")
	if !strings.Contains(got, "HttpOnly") || !strings.Contains(got, "SameSite=Strict") || strings.Contains(got, "Secure") {
		t.Error("session cookie over plain HTTP: want HttpOnly, SameSite=Strict and no Secure")
	}
}

func TestNewRefusesBadConfig(t *testing.T) {
	for name, config := range map[string]Config{
		"unknown profile": {Profile: "4.0"},
		"unknown role":    {Pool: map[string]int{"king": 1}},
		"unknown fault":   {Faults: []string{"nothing"}},
		"hash iterations": {HashIterations: -1},
		"1 owner":         {Pool: map[string]int{roleOwner: 2}},
	} {
		if _, err := New(config); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one that says %q", err, name)
		}
	}
}

func TestPortalIsAnHTTPHandler(t *testing.T) {
	var _ http.Handler = (*Server)(nil)
	server, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, identity := range server.Identities() {
		count[identity.Roles[0]]++
	}
	for role, n := range defaultPool {
		if count[role] != n {
			t.Errorf("%d identities of role %s, want %d", count[role], role, n)
		}
	}
}
