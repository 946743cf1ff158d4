package barong

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const directMe = "/api/v2/resource/users/me"

// asked calls AuthZ directly about a path of the gateway.
func (d *deployment) asked(method, path string, options ...option) reply {
	d.t.Helper()
	return d.call(method, authzRoot+"/"+ruleRoot+path, nil, options...)
}

// direct calls users/me of the application with a token made from a right one.
func direct(change func(d *deployment, token string) option) scenario {
	return scenario{see: func(d *deployment) string {
		return statuses(d.call("GET", directMe, nil, change(d, d.user(roleActive, 0).token())))
	}}
}

func (u user) claims() jwt.MapClaims {
	u.d.t.Helper()
	found := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(u.token(), found); err != nil {
		u.d.t.Fatal(err)
	}
	return found
}

func restrictedAt(address, method, path string) scenario {
	return scenario{see: func(d *deployment) string { return statuses(d.asked(method, path, from(address))) }}
}

var rightScenarios = map[string]scenario{
	faultBearerNotChecked: {see: func(d *deployment) string { return fmt.Sprint(d.call("GET", directMe, nil).status) }},
	faultBearerPayloadNotVerified: direct(func(d *deployment, token string) option {
		parts := strings.Split(token, ".")
		other := strings.Split(d.user(roleActive, 1).token(), ".")
		return bearer(parts[0] + "." + other[1] + "." + parts[2])
	}),
	faultBearerAnySubject: direct(func(d *deployment, _ string) option { return bearer(d.resetToken(d.who(roleActive, 0))) }),
	faultBearerExpiredAccepted: direct(func(d *deployment, token string) option {
		d.Clock.Advance(tokenLifetime)
		return bearer(token)
	}),
	faultBearerHs256Accepted: direct(func(d *deployment, _ string) option {
		c := d.claimsOf(d.Clock.Now(), d.byUID[d.who(roleActive, 0).ID])
		token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString([]byte{})
		if err != nil {
			d.t.Fatal(err)
		}
		return bearer(token)
	}),
	faultBearerLowerCaseType: direct(func(_ *deployment, token string) option { return header("Authorization", "bearer "+token) }),
	faultTokenRoleEscalated:  {see: func(d *deployment) string { return fmt.Sprint(d.user(roleActive, 0).claims()["role"]) }},
	faultTokenLifetimeDay: {see: func(d *deployment) string {
		c := d.user(roleActive, 0).claims()
		return fmt.Sprint(c["exp"].(float64) - c["iat"].(float64))
	}},
	faultAdminOpenToMember: {see: func(d *deployment) string {
		return statuses(d.asked("GET", "/admin/users", d.user(roleActive, 0).options(nil)...))
	}},
	faultManagementOpen: {see: func(d *deployment) string {
		return statuses(d.asked("GET", "/management/users", d.user(roleActive, 0).options(nil)...))
	}},
	faultPublicPathGetsToken: {see: func(d *deployment) string {
		return fmt.Sprint(d.asked("POST", "/identity/sessions").header.Get("Authorization") != "")
	}},
	faultRestrictionIgnored: restrictedAt("198.51.100.66", "GET", "/resource/users/me"),
	faultOptionsRefused:     {see: func(d *deployment) string { return statuses(d.asked("OPTIONS", "/resource/users/me")) }},
	faultUnauthenticatedAs403: {see: func(d *deployment) string {
		return statuses(d.asked("GET", "/resource/users/me"))
	}},
}

func TestAuthZ(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	got := d.asked("GET", "/resource/users/me", u.options(nil)...)
	if got.status != 200 || got.raw != "" || !strings.HasPrefix(got.header.Get("Authorization"), "Bearer ey") ||
		got.header.Get("Content-Type") != htmlMedia {
		t.Errorf("granted: %d %q %v", got.status, got.raw, got.header)
	}
	c := u.claims()
	for _, name := range []string{"iat", "exp", "sub", "iss", "aud", "jti", "uid", "username", "email", "referral_id", "role", "level",
		"state"} {
		if _, named := c[name]; !named {
			t.Errorf("the token lacks %s", name)
		}
	}
	if len(c) != 13 || c["uid"] != u.who.ID || c["exp"].(float64)-c["iat"].(float64) != 3600 {
		t.Errorf("%d claims", len(c))
	}
	if got := d.asked("POST", "/identity/sessions"); got.status != 200 || got.header.Get("Authorization") != "" {
		t.Errorf("public path: %s", got)
	}
	for _, row := range []struct {
		what, method, path, address, want string
	}{
		{"management", "GET", "/management/users", "", "401 authz.permission_denied"},
		{"admin", "GET", "/admin/users", "", "401 authz.invalid_permission"},
		{"unknown module", "GET", "/other", "", "401 authz.invalid_permission"},
		{"blacklisted", "GET", "/resource/users/me", "198.51.100.66", "401 authz.restrict.blacklist"},
		{"blacklisted network", "GET", "/resource/users/me", "203.0.113.200", "403 authz.restrict.blacklist"},
		{"maintenance", "GET", "/identity/ping", "198.51.100.67", "471 authz.restrict.maintenance"},
		{"log-in blocked", "POST", "/identity/sessions", "198.51.100.68", "401 authz.restrict.blocklogin"},
		{"anything else there", "POST", "/identity/users", "198.51.100.68", "200 "},
		{"the way out", "POST", "/identity/users/access", "198.51.100.66", "200 "},
		{"preflight", "OPTIONS", "/resource/users/me", "198.18.0.9", "401 authz.client_session_mismatch"},
	} {
		options := d.user(roleActive, 1).options(nil)
		if row.address != "" {
			options = append(options, from(row.address))
		}
		d.want(row.what, d.asked(row.method, row.path, options...), row.want)
	}
	newer := start(t, Release31)
	newer.want("preflight", newer.asked("OPTIONS", "/resource/users/me"), "200 ")
}

func TestBearerTokens(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	token := u.token()
	parts := strings.Split(token, ".")
	if got := d.call("GET", directMe, nil, bearer(token)); got.text("email") != u.who.Login {
		t.Errorf("right token: %s", got)
	}
	now := d.Clock.Now()
	minted := func(change func(claims)) option {
		c := d.claimsOf(now, d.byUID[u.who.ID])
		change(c)
		return bearer(sign(c))
	}
	for what, option := range map[string]option{
		"none": header("X-Nothing", "1"), "basic": header("Authorization", "Basic "+token),
		"lower case": header("Authorization", "bearer "+token),
		"garbage":    bearer("garbage"), "two segments": bearer(parts[0] + "." + parts[1]), "forged": bearer(forged(token)),
		"alg none": bearer(unsigned(token, `{"alg":"none"}`)), "alg none, signed": bearer(unsigned(token, `{"alg":"none"}`) + parts[2]),
		"reset token": bearer(d.resetToken(u.who)),
		"no jti":      minted(func(c claims) { delete(c, "jti") }),
		"future":      minted(func(c claims) { c["iat"] = now.Add(time.Minute).Unix() }),
		"subject":     minted(func(c claims) { c["sub"] = "other" }),
	} {
		d.want(what, d.call("GET", directMe, nil, option), "401 jwt.decode_and_verify")
	}
	for what, option := range map[string]option{
		"other issuer": minted(func(c claims) { c["iss"], c["aud"] = "other", "other" }),
		"no expiry":    minted(func(c claims) { delete(c, "exp") }),
	} {
		if got := d.call("GET", directMe, nil, option); got.status != 200 {
			t.Errorf("%s: %s", what, got)
		}
	}
	d.want("no token, bad body", d.call("POST", "/api/v2/resource/api_keys", "{"), "401 jwt.decode_and_verify")
	d.want("no such route", d.call("GET", "/api/v2/resource/nothing", nil), `404 {"error":"Route is not found"}`)
	u.logout()
	if got := d.call("GET", directMe, nil, bearer(token)); got.status != 200 {
		t.Errorf("a token after log-out: %s", got)
	}
	d.Clock.Advance(tokenLifetime)
	d.want("expired", d.call("GET", directMe, nil, bearer(token)), "401 jwt.decode_and_verify")
}

func TestPrefixes(t *testing.T) {
	for _, row := range []struct{ prefix, gateway, direct, authz string }{
		{"/api/v2/auth", "/api/v2/auth", "/api/v2", "/api/v2/auth/api/v2/barong"},
		{"/api/v2/barong", "/api/v2/barong", "/api/v2", "/api/v2/auth/api/v2/barong"},
		{"/api/v2", "/api/v2", "", "/api/v2/auth/api/v2/barong"},
	} {
		d := startWith(t, Config{Prefix: row.prefix})
		got := d.call("POST", row.gateway+"/identity/sessions", credentials(d.who(roleActive, 0)))
		u := user{d: d, who: d.who(roleActive, 0), sid: got.sid, csrf: got.text("csrf_token")}
		for _, prefix := range []string{row.gateway, "/api/v2/barong"} {
			if got := d.call("GET", prefix+"/resource//users/me/", nil, u.options(nil)...); got.status != 200 {
				t.Errorf("%s: gateway at %s: %s", row.prefix, prefix, got)
			}
		}
		if got := d.call("GET", row.authz+"/resource/users/me", nil, u.options(nil)...); got.header.Get("Authorization") == "" {
			t.Errorf("%s: AuthZ: %s", row.prefix, got)
		}
		if row.direct != "" {
			d.want(row.prefix+" direct", d.call("GET", row.direct+"/resource/users/me", nil, u.options(nil)...), "401 jwt.decode_and_verify")
		}
		d.want("outside", d.call("GET", "/api/v2/nothing", nil), `404 {"error":"Route is not found"}`)
		if has := d.Features()["direct"]; has != (row.direct != "") || d.Settings()["prefix"] != row.prefix {
			t.Errorf("%s: direct declared: %t", row.prefix, has)
		}
	}
}

func TestOptions(t *testing.T) {
	d := start(t, Release26)
	got := d.call("OPTIONS", gate+"/identity/sessions", nil)
	if got.status != 204 || got.header.Get("Allow") != "DELETE, OPTIONS, POST" {
		t.Errorf("OPTIONS: %d %q", got.status, got.header.Get("Allow"))
	}
	got = d.call("OPTIONS", mePath, nil, header("Origin", "https://x"), header("Access-Control-Request-Method", "GET"))
	if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("preflight: %d", got.status)
	}
	if got := d.call("HEAD", mePath, nil, d.user(roleActive, 0).options(nil)...); got.status != 200 || got.raw != "" {
		t.Errorf("HEAD: %s", got)
	}
}

func TestNotModified(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	tag := u.do("GET", "/resource/users/me", nil).header.Get("ETag")
	if got := u.do("GET", "/resource/users/me", nil, header("If-None-Match", tag)); got.status != 304 || !strings.HasPrefix(tag, `W/"`) {
		t.Errorf("%d for %s", got.status, tag)
	}
}

// Without a gateway the client asks AuthZ itself and takes the token to the
// application, with the cookie, so that the application knows whose session it is.
func TestDirectRoad(t *testing.T) {
	d := start(t, Release26)
	login := d.call("POST", "/api/v2/identity/sessions", credentials(d.who(roleActive, 0)))
	u := user{d: d, who: d.who(roleActive, 0), sid: login.sid, csrf: login.text("csrf_token")}
	other := d.session(u.who)
	do := func(method, path string, body any) reply {
		granted := d.asked(method, path, u.options(nil)...)
		if granted.status != 200 {
			return granted
		}
		return d.call(method, "/api/v2"+path, body, header("Authorization", granted.header.Get("Authorization")), cookie(u.sid))
	}
	secret := u.generate()
	d.want("enable", do("POST", "/resource/otp/enable", object{"code": d.codeAt(secret, 0)}), "201 200")
	if got := do("GET", "/resource/users/me", nil); got.member("otp") != true || other.alive() {
		t.Errorf("after enabling: %s, other session alive: %t", got, other.alive())
	}
	d.want("trace without token", d.asked("TRACE", "/resource/labels", cookie(u.sid)), "401 authz.missing_csrf_token")
	if got := d.asked("TRACE", "/resource/labels", u.options(nil)...); got.status != 200 {
		t.Errorf("trace: %s", got)
	}
}
