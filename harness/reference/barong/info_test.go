package barong

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// whitelisted sends a whitelink token from an address.
func (d *deployment) whitelisted(token, address string) reply {
	d.t.Helper()
	return d.call("POST", gate+"/identity/users/access", object{"whitelink_token": token}, from(address))
}

var infoScenarios = map[string]scenario{
	faultKYCAnswersObject: {see: func(d *deployment) string { return d.call("POST", gate+"/public/kyc", object{}).String() }},
	faultWhitelinkSpent: {see: func(d *deployment) string {
		token := d.whitelinkTokens[0]
		return statuses(d.whitelisted(token, "198.18.0.1"), d.whitelisted(token, "198.18.0.2"))
	}},
}

func TestConfigs(t *testing.T) {
	for _, row := range []struct {
		config         Config
		captcha, phone string
		id             bool // there is a captcha_id
		auth0          string
	}{
		{openConfig(), "none", "mock", false, auth0Domain},
		{guardedConfig(), "recaptcha", "twilio_sms", true, ""},
		{Config{Captcha: Geetest}, "geetest", "mock", false, ""},
	} {
		d := startWith(t, row.config)
		got := d.call("GET", gate+"/identity/configs", nil)
		if got.status != 200 || got.text("captcha_type") != row.captcha || got.text("phone_verification_type") != row.phone ||
			(got.text("captcha_id") != "") != row.id || got.member("session_expire_time") != 1800.0 ||
			got.member("password_min_entropy") != 14.0 || got.text("password_regexp") != passwordRegexp {
			t.Errorf("%s: %s", row.captcha, got)
		}
		d.want("public", d.call("GET", gate+"/public/configs", nil), got.String())
		auth0 := d.call("GET", gate+"/public/configs/auth0", nil)
		if auth0.text("auth0_domain") != row.auth0 || (auth0.text("auth0_client_id") != "") != (row.auth0 != "") {
			t.Errorf("%s: Auth0: %s", row.captcha, auth0)
		}
	}
}

func TestPublicInformation(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		at := d.Clock.Now().Unix()
		plain := fmt.Sprintf(`200 {"time":%d}`, at)
		identity := plain
		if profile == Release31 {
			identity = fmt.Sprintf(`200 {"time":%d,"time_ms":%d000}`, at, at)
		}
		d.want("identity/time", d.call("GET", gate+"/identity/time", nil), identity)
		d.want("public/time", d.call("GET", gate+"/public/time", nil), plain)
		version := d.call("GET", gate+"/identity/version", nil)
		for _, name := range []string{"git_tag", "git_sha", "build_date", "version"} {
			if version.text(name) == "" {
				t.Errorf("%s: no %s in the version", profile, name)
			}
		}
		d.want("public/version", d.call("GET", gate+"/public/version", nil), version.String())
		for _, area := range []string{"identity", "public"} {
			d.want(area, d.call("GET", gate+"/"+area+"/ping", nil), `200 {"ping":"pong"}`)
			d.want(area+", round the gateway", d.call("GET", "/api/v2/"+area+"/ping", nil), `200 {"ping":"pong"}`)
			d.want(area+", POST", d.call("POST", gate+"/"+area+"/ping", nil), `404 {"error":"Route is not found"}`)
		}
		d.want("no Geetest", d.call("GET", gate+"/identity/users/register_geetest", nil), `200 ""`)
		d = startWith(t, Config{Captcha: Geetest, Profile: profile})
		first, second := d.call("GET", gate+"/identity/users/register_geetest", nil), d.call("GET", gate+"/identity/users/register_geetest", nil)
		if first.text("gt") != geetestID || len(first.text("challenge")) != 32 || first.text("challenge") == second.text("challenge") {
			t.Errorf("%s: geetest: %s, then %s", profile, first, second)
		}
	}
}

func TestKYC(t *testing.T) {
	for _, profile := range profiles {
		ok := "200 200"
		if profile == Documented {
			ok = "201 200"
		}
		d := start(t, profile)
		d.want("call-back", d.call("POST", gate+"/public/kyc", object{"applicant_id": "x"}), ok)
		d.want("without members", d.call("POST", gate+"/public/kyc", nil), ok)
		local := startWith(t, Config{Profile: profile, KYC: LocalKYC})
		local.want("no provider", local.call("POST", gate+"/public/kyc", object{}), "422 422")
	}
}

func TestWhitelist(t *testing.T) {
	d := start(t, Release26)
	tokens := d.whitelinkTokens
	ping := func(address string) reply { return d.call("GET", gate+"/identity/ping", nil, from(address)) }
	path := gate + "/identity/users/access"
	d.want("nothing", d.call("POST", path, object{}), "422 identity.user.missing_whitelink_token identity.user.empty_whitelink_token")
	d.want("blank", d.whitelisted(" ", "198.18.0.1"), "422 identity.user.empty_whitelink_token")
	d.want("unknown", d.whitelisted("x", "198.18.0.1"), "422 identity.user.access.invalid_token")
	d.want("IPv6", d.whitelisted(tokens[0], "2001:db8::1"), "422 value.invalid")
	d.want("before", ping("198.51.100.66"), "401 authz.restrict.blacklist")
	d.want("let in", d.whitelisted(tokens[0], "198.51.100.66"), "201 1")
	d.want("after", ping("198.51.100.66"), `200 {"ping":"pong"}`)
	d.want("the token again", d.whitelisted(tokens[0], "198.18.0.1"), "201 1")
	d.want("the address again", d.whitelisted(tokens[1], "198.51.100.66"), "422 value.taken")
	d.want("the second token, elsewhere", d.whitelisted(tokens[1], "198.51.100.67"), "201 1")
	d.want("a neighbour", ping("203.0.113.9"), "403 authz.restrict.blacklist")
	documented := start(t, Documented)
	documented.want("documented", documented.whitelisted(documented.whitelinkTokens[0], "198.18.0.1"), "200 1")
	documented.want("documented", documented.call("POST", path, object{}),
		"400 identity.user.missing_whitelink_token identity.user.empty_whitelink_token")
}

// described is method, path and names of parameters of every operation in a
// description.
func described(r reply) map[string]string {
	found := map[string]string{}
	paths, _ := r.member("paths").(object)
	for path, methods := range paths {
		for method, one := range methods.(object) {
			var names []string
			for _, p := range one.(object)["parameters"].([]any) {
				names = append(names, p.(object)["name"].(string))
			}
			found[method+" "+path] = strings.Join(names, " ")
		}
	}
	return found
}

// The description is made of the routes: it has all of the resource module but
// itself.
func TestDescription(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	whole := u.do("GET", "/resource/swagger_doc", nil)
	if whole.status != 200 || whole.text("swagger") != "2.0" || whole.text("basePath") != "/api" ||
		whole.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("%d %v", whole.status, whole.header)
	}
	got, known := described(whole), 0
	for _, op := range operations() {
		names := []string{}
		for _, p := range op.params {
			names = append(names, p.name)
		}
		shown, found := got[strings.ToLower(op.method)+" "+strings.TrimPrefix(op.path, "/resource")]
		expected := strings.HasPrefix(op.path, "/resource/") && !strings.HasPrefix(op.path, "/resource/swagger_doc")
		if expected {
			known++
		}
		if found != expected || found && shown != strings.Join(names, " ") {
			t.Errorf("%s: described: %t, with %s", op.id, found, shown)
		}
	}
	if len(got) != known {
		t.Errorf("%d operations are described, want %d", len(got), known)
	}

	named := u.do("GET", "/resource/swagger_doc/labels?locale=en", nil)
	labels := described(named)
	if len(labels) != 5 || labels["patch /labels/{key}"] != "key value" || named.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("labels: %v", labels)
	}
	names := []string{
		"users", "labels", "profiles", "documents", "phones", "otp", "api_keys", "data_storage", "service_accounts", "addresses",
	}
	if groups := d.describedGroups(); len(groups) != len(names) ||
		slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(groups, n) }) {
		t.Errorf("groups: %v", groups)
	}
	for _, name := range []string{"nothing", "swagger_doc"} {
		d.want(name, u.do("GET", "/resource/swagger_doc/"+name, nil), `400 {"error":"named resource not exist"}`)
	}
	d.want("without session", d.call("GET", gate+"/resource/swagger_doc", nil), "401 authz.invalid_session")
	if got := d.call("GET", "/api/v2/resource/swagger_doc", nil); got.status != 200 {
		t.Errorf("without token, round the gateway: %s", got)
	}
}

// The token check steps aside for any path with the word swagger in it, which the
// operations behind it do not expect.
func TestSwaggerInAPath(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	for what, got := range map[string]reply{
		"gateway": u.do("GET", labelsPath+"/swagger", nil), "application": d.call("GET", "/api/v2/resource/labels/swagger", nil,
			bearer(u.token())),
	} {
		d.want(what, got, "500 server.internal_error")
	}
	d.want("activity", d.call("GET", "/api/v2/resource/users/activity/swagger", nil), "422 resource.user.wrong_topic")
}

func TestOptionsOfResources(t *testing.T) {
	const path = "/resource/labels/x"
	for _, profile := range profiles {
		d := start(t, profile)
		u := d.user(roleActive, 0)
		refused := "401 authz.invalid_session"
		if profile == Release31 {
			refused = "401 jwt.decode_and_verify" // AuthZ lets OPTIONS pass and hands out no token
		}
		d.want(profile+": without session", d.call(http.MethodOptions, gate+path, nil), refused)
		d.want(profile+": without token", d.call(http.MethodOptions, "/api/v2"+path, nil), "401 jwt.decode_and_verify")
		got := d.call(http.MethodOptions, "/api/v2"+path, nil, bearer(u.token()))
		if got.status != 204 || got.header.Get("Allow") != "DELETE, GET, HEAD, OPTIONS, PATCH" || got.raw != "" {
			t.Errorf("%s: %s %s", profile, got, got.header.Get("Allow"))
		}
		d.want(profile+": no route", d.call(http.MethodOptions, gate+"/identity/nothing", nil), `404 {"error":"Route is not found"}`)
		for _, where := range []string{gate + path, "/api/v2" + path, gate + "/identity/ping"} {
			got := d.call(http.MethodOptions, where, nil, header("Origin", "https://x"), header("Access-Control-Request-Method", "DELETE"))
			if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "*" || got.header.Get("Access-Control-Max-Age") != "3600" ||
				!strings.Contains(got.header.Get("Access-Control-Allow-Methods"), "DELETE") {
				t.Errorf("%s: preflight of %s: %d %v", profile, where, got.status, got.header)
			}
		}
	}
}
