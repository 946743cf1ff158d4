package barong

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// observed are the rules that were recorded on a running release 2.6.49 (barong#10.1,
// barong#10.2, barong#10.3), each put to a deployment of its own: the reference is a
// second implementation of them. Of barong#10.2-21 there is none: it has no Vault.
var observed = []struct {
	rule, what string
	see        func(d *deployment) string
	want       string
}{
	{"10.1-error-body", "a refusal, an unknown route, a media type", func(d *deployment) string {
		u := d.user(roleActive, 0)
		return join(u.label("a.b", "thing"), u.do("GET", "/resource/nothing", nil),
			u.do("POST", labelsPath, "x", header("Content-Type", "text/plain")))
	}, `422 key.invalid; 404 {"error":"Route is not found"}; 415 {"error":"The provided content-type 'text/plain' is not supported."}`},
	{"10.1-no-405", "a wrong method, OPTIONS, HEAD, a preflight", func(d *deployment) string {
		preflight := d.call("OPTIONS", sessionPath, nil, header("Origin", "https://x"), header("Access-Control-Request-Method", "POST"))
		return join(d.call("PATCH", sessionPath, nil)) + fmt.Sprint(" ", d.call("OPTIONS", sessionPath, nil).status,
			d.call("HEAD", gate+"/identity/ping", nil).status, preflight.status)
	}, `404 {"error":"Route is not found"} 204 200 200`},
	{"10.1-no-429", "thirty wrong passwords, then the right one", func(d *deployment) string {
		return fmt.Sprint(d.fails(30, d.mail).status, d.login(d.who(roleActive, 0)).status)
	}, "401 200"},
	{"10.1-malformed-json", "bodies that are no JSON", func(d *deployment) string {
		var all []int
		for _, text := range []string{"{", "\ufeff{}", "NaN", "{'a':1}", "{} x", "\xff", strings.Repeat("[", 5000) + strings.Repeat("]", 5000)} {
			all = append(all, d.call("POST", sessionPath, text).status)
		}
		return fmt.Sprint(all)
	}, "[500 500 500 500 500 500 500]"},
	{"10.1-no-members", "bodies without members", func(d *deployment) string {
		var all []reply
		for _, text := range []string{"[]", "null", `"x"`, "5", ""} {
			all = append(all, d.call("POST", sessionPath, text))
		}
		return join(all...)
	}, strings.Join(slices.Repeat([]string{"422 identity.session.missing_email identity.session.missing_password"}, 5), "; ")},
	{"10.1-wrong-json-type", "numbers, booleans, lists and objects for text", func(d *deployment) string {
		u := d.user(roleActive, 0)
		send := func(value any) reply { return u.do("POST", labelsPath, object{"key": "some", "value": value}) }
		return send(12345).text("value") + " " + join(send([]any{"thing"}), send(object{"a": "thing"}))
	}, "12345 422 invalid; 422 invalid"},
	{"10.1-missing-and-empty", "an absent, a blank and a null parameter", func(d *deployment) string {
		u := d.user(roleActive, 0)
		send := func(body object) reply { return u.do("POST", labelsPath, body) }
		return join(send(object{"value": "thing"}), send(object{"key": "  ", "value": "thing"}), send(object{"key": nil, "value": "thing"}))
	}, "422 resource.label.missing_key resource.label.empty_key; 422 resource.label.empty_key; 422 resource.label.empty_key"},
	{"10.1-content-types", "a form, no media type, a query, and types that are not read", func(d *deployment) string {
		u := d.user(roleActive, 0)
		send := func(path, body, media string) int {
			return u.do("POST", labelsPath+path, body, header("Content-Type", media)).status
		}
		return fmt.Sprint(send("", "key=one&value=thing", "application/x-www-form-urlencoded"), send("", `{"key":"two","value":"thing"}`, ""),
			send("?key=three&value=thing", "", "application/json"), send("", "<a/>", "application/xml"), send("", "{}", "application/vnd.api+json"))
	}, "201 201 201 415 415"},
	{"10.1-scalar-bodies", "answers without an entity", func(d *deployment) string {
		u := d.user(roleActive, 0)
		return join(d.askReset("nobody@conform.test"), u.change(u.who.Password, newPassword), u.logout())
	}, "201 201; 201 201; 200 200"},
	{"10.1-order-of-checks", "a write without CSRF token, session or route", func(d *deployment) string {
		return join(d.call("POST", gate+"/resource/nothing", nil), d.call("POST", gate+"/resource/nothing", nil, header("X-CSRF-Token", "x")))
	}, "401 authz.missing_csrf_token; 401 authz.csrf_token_mismatch"},
	{"10.1-identity-unchecked", "a log-out without a CSRF token", func(d *deployment) string {
		return d.call("DELETE", sessionPath, nil, cookie(d.user(roleActive, 0).sid)).String()
	}, "200 200"},
	{"10.1-session-cookie", "its attributes", func(d *deployment) string {
		text := d.login(d.who(roleActive, 0)).header.Get("Set-Cookie")
		_, rest, _ := strings.Cut(text, "; ")
		return rest
	}, "path=/; expires=Tue, 05 May 2026 12:00:00 GMT; HttpOnly"},
	{"10.1-etag", "an answer asked for again", func(d *deployment) string {
		first := d.call("GET", gate+"/identity/configs", nil)
		again := d.call("GET", gate+"/identity/configs", nil, header("If-None-Match", first.header.Get("ETag")))
		return fmt.Sprint(again.status, strings.HasPrefix(first.header.Get("ETag"), `W/"`), first.header.Get("Vary"))
	}, "304 trueOrigin"},
	{"10.1-lists", "the header of a list", func(d *deployment) string {
		h := d.user(roleTOTP, 0).do("GET", "/resource/api_keys?limit=7", nil).header
		return fmt.Sprint(h.Get("Total"), h.Get("Per-Page"), h.Get("Page"))
	}, "071"},
	{"10.2-1", "who signs up is logged in and may act", func(d *deployment) string {
		got := d.signUp("new@conform.test")
		u := user{d: d, sid: got.sid, csrf: got.text("csrf_token")}
		return fmt.Sprint(got.text("state"), u.alive(), d.login(d.who(rolePending, 0)).status)
	}, "pendingtrue 200"},
	{"10.2-2", "letter case and blanks of addresses", func(d *deployment) string {
		who := d.who(roleActive, 0)
		login := func(email any) int { return d.login(who, "email", email).status }
		return join(d.signUp(strings.ToUpper(who.Login)), d.signUp(who.Login)) +
			fmt.Sprint(" ", login(strings.ToUpper(who.Login)), login(who.Login+"  "), login([]any{who.Login}))
	}, "500 server.internal_error; 422 email.taken 200 200 200"},
	{"10.2-3", "a short address, a long password", func(d *deployment) string {
		long := "Aa1!" + strings.Repeat("xQ7-vZ9_", 9)
		return fmt.Sprint(d.signUp("a@b").status, d.signUp("b@c", "password", long).keys())
	}, "201password.too_long"},
	{"10.2-4", "earlier mailed tokens, and unknown addresses", func(d *deployment) string {
		d.signUp("new@conform.test")
		first := d.mailedToken("new@conform.test")
		d.askConfirmation("new@conform.test")
		older := d.resetToken(d.who(roleActive, 0))
		d.resetToken(d.who(roleActive, 0))
		return join(d.confirmReset(older, newPassword), d.askReset("nobody@conform.test")) + fmt.Sprint(" ", d.confirm(first).status,
			len(d.mails("nobody@conform.test")))
	}, "422 identity.user.utilized_token; 201 201 201 0"},
	{"10.2-5", "words for mailed tokens", func(d *deployment) string {
		who := d.who(roleActive, 0)
		token := d.resetToken(who)
		answers := join(
			d.confirmReset("x", newPassword), d.confirmReset(forged(token), newPassword), d.confirm(token),
			d.confirmReset(resigned(token, "iss", "other"), newPassword), d.confirmReset(resigned(token, "aud", []any{"other"}), newPassword),
			d.confirmReset(resigned(token, "exp", d.Clock.Now().Unix()-1), newPassword))
		return strings.ReplaceAll(answers, "422 jwt.decode_and_verify.", "")
	}, `segments; raised; reset; other; ["other"]; expired`},
	{"10.2-6", "a wrong code twice, and after its time; a code spent on enable", func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		one, two := u.verify("123456"), u.verify("123456")
		d.Clock.Advance(95 * time.Second)
		later := u.verify("123456")
		other := d.user(roleActive, 0)
		code := d.freshCode(other.generate())
		other.otp("enable", code)
		return join(one, two, later, d.login(other.who, "otp_code", code))
	}, "422 resource.otp.invalid; 422 totp.error; 422 resource.otp.invalid; 422 totp.error"},
	{"10.2-7", "a log-in with the second factor on", func(d *deployment) string {
		who := d.who(roleTOTP, 0)
		code := d.freshCode(who.TOTPSecret)
		return join(d.login(who), d.login(who, "otp_code", d.wrongCode(who.TOTPSecret))) +
			fmt.Sprint(" ", parallel(10, 200, func() reply { return d.login(who, "otp_code", code) }))
	}, "401 identity.session.missing_otp; 403 identity.session.invalid_otp 1"},
	{"10.2-8", "answers of otp", func(d *deployment) string {
		u := d.user(roleActive, 0)
		never := u.otp("enable", "123456")
		off := u.verify("123456")
		u.generate()
		secret := u.generate()
		on := u.otp("enable", d.freshCode(secret))
		return join(never, off, on, u.verify(d.freshCode(secret)), u.otp("disable", d.freshCode(secret)))
	}, "422 resource.otp.invalid; 400 resource.otp.already_enabled; 201 200; 201 null; 200 200"},
	{"10.2-9", "what ends sessions and keys", func(d *deployment) string {
		u := d.user(roleActive, 0)
		other := d.session(u.who)
		secret := u.enrol()
		enabled := fmt.Sprint(u.alive(), other.alive())
		changer := d.user(roleActive, 1)
		changer.change(changer.who.Password, newPassword)
		changed := changer.alive()
		d.reset(changer.who, "An0ther-Passw0rd!")
		u.otp("disable", d.freshCode(secret))
		d.Clock.Advance(2 * time.Minute)
		return fmt.Sprint(enabled, changed, changer.alive(), u.otp("enable", d.freshCode(secret)).status)
	}, "true falsetrue false 201"},
	{"10.2-10", "API keys", func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		k := u.makeKey()
		nonce := d.nonce(0)
		upper := d.call("GET", mePath, nil, signed(k, nonce, strings.ToUpper(signatureOf(k.secret, nonce+k.kid)))...)
		d.Clock.Advance(2 * time.Minute)
		unknown := u.do("POST", "/resource/api_keys", object{"algorithm": "kek", "totp_code": d.freshCode(u.who.TOTPSecret)})
		nonce = d.nonce(0)
		return fmt.Sprint(d.signedMe(k, nonce).status, d.signedMe(k, nonce).status, " ") + join(upper,
			d.call("GET", mePath, nil, header(keyHeaders[0], k.kid)), unknown)
	}, "200 200 401 authz.invalid_signature; 422 authz.invalid_api_key_headers; 422 kid.blank algorithm.inclusion"},
	{"10.2-11", "another User-Agent", func(d *deployment) string {
		u := d.user(roleActive, 0)
		other := d.call("GET", mePath, nil, cookie(u.sid), agent("other"))
		return join(other, u.do("GET", "/resource/users/me", nil))
	}, "401 authz.client_session_mismatch; 401 authz.invalid_session"},
	{"10.2-11", "another network, and another address in it", func(d *deployment) string {
		got := d.call("POST", sessionPath, credentials(d.who(roleActive, 0)), from("198.18.1.1"))
		near := d.call("GET", mePath, nil, cookie(got.sid), from("198.18.2.2"))
		return fmt.Sprint(near.status, d.call("GET", mePath, nil, cookie(got.sid), from("198.19.1.1")).keys())
	}, "200authz.client_session_mismatch"},
	{"10.2-12", "the session's id at a log-in", func(d *deployment) string {
		u := d.user(roleActive, 0)
		again := d.call("POST", sessionPath, credentials(u.who), cookie(u.sid))
		madeUp := d.call("POST", sessionPath, credentials(u.who), cookie(strings.Repeat("a", 32)))
		return fmt.Sprint(again.sid == u.sid, again.text("csrf_token") == u.csrf, madeUp.sid == strings.Repeat("a", 32))
	}, "true false false"},
	{"10.2-13", "what AuthZ denies", func(d *deployment) string {
		u := d.user(roleActive, 0)
		return join(d.asked("GET", "/management/users"), d.asked("GET", "/admin/users", u.options(nil)...),
			d.asked("GET", "/other", u.options(nil)...),
			d.asked("GET", "/identity/ping", from("198.51.100.66")), d.asked("GET", "/identity/ping", from("203.0.113.9")))
	}, "401 authz.permission_denied; 401 authz.invalid_permission; 401 authz.invalid_permission; " +
		"401 authz.restrict.blacklist; 403 authz.restrict.blacklist"},
	{"10.2-14", "pages and limits of the log", func(d *deployment) string {
		u := d.user(roleActive, 0)
		return join(u.activity("otp"), u.activity("all?page=9"), u.activity("all?limit=0"), u.activity("all?limit=101")) +
			fmt.Sprint(" ", u.activity("all?limit=&page=").status)
	}, "422 resource.user.no_activity; 200 []; 422 invalid_limit; 422 invalid_limit 200"},
	{"10.2-15", "labels", func(d *deployment) string {
		u := d.user(roleActive, 0)
		made := u.label("MIXED", "thing")
		echoed := u.do("PATCH", labelsPath+"/mixed", object{"value": "a.b"})
		return made.text("key") + " " + echoed.text("value") + " " + u.do("GET", labelsPath+"/mixed", nil).text("value") + " " +
			u.do("GET", labelsPath+"?ordering=bad", nil).String()
	}, "mixed a.b thing 422 value"},
	{"10.2-16", "profiles", func(d *deployment) string {
		u := d.user(roleActive, 0)
		country := u.do("POST", profilesPath, object{"country": "XX"})
		made := u.do("POST", profilesPath, object{"last_name": "Lovelace", "confirm": true})
		return join(country, u.do("POST", profilesPath, object{}), u.do("PUT", profilesPath, object{})) + " " +
			fmt.Sprint(made.status, strings.Contains(made.text("last_name"), "*"))
	}, "422 country.must have alpha2 or alpha3 format; 422 state.exists; 404 resource.profile.doesnt_exist_or_not_editable 201 true"},
	{"10.2-17", "an upload outside a list", func(d *deployment) string {
		return d.user(roleActive, 0).form("/resource/documents", proofOfAddress("doc_type", "Passport", "doc_number", "AB123456"), "upload",
			"a.jpg").String()
	}, "500 server.internal_error"},
	{"10.2-17", "an eleventh document, one without a number, and an address without a date", func(d *deployment) string {
		u := d.user(roleActive, 0)
		many := u.upload("/resource/documents", passport(), pictures(11)...)
		expiring := startWith(d.t, Config{DocsExpire: true}).user(roleActive, 0)
		return fmt.Sprint(many.status, " ", expiring.upload(addressesPath, proofOfAddress(), "scan.jpg"))
	}, "400 422 doc_expire.blank"},
	{"10.2-18", "phones", func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.phone(freePhone)
		own := u.phone(freePhone)
		u.verifyPhone(freePhone, "any")
		return join(own, u.phone(freePhone))
	}, "400 resource.phone.exists; 400 resource.phone.number_exist"},
	{"10.2-19", "accounts that were ended", func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.remove(u.who.Password)
		wrong := func(role string) reply { return d.login(d.who(role, 0), "password", "wrong") }
		return join(d.login(u.who), d.signUp(u.who.Login), wrong(roleBanned), wrong(roleLocked))
	}, "401 identity.session.deleted; 422 email.taken; 401 identity.session.banned; 401 identity.session.not_active"},
	{"10.2-20", "ten equal labels at once", func(d *deployment) string {
		u := d.user(roleActive, 0)
		return fmt.Sprint(parallel(10, 201, func() reply { return u.label("some", "thing") }))
	}, "1"},
	{"10.2-22", "tokens that Barong itself takes", func(d *deployment) string {
		token := d.user(roleActive, 0).token()
		me := func(token string) int { return d.call("GET", directMe, nil, bearer(token)).status }
		return fmt.Sprint(me(resigned(token, "iss", "other")), me(resigned(token, "aud", []any{"other"})), me(resigned(token, "exp", nil)),
			me(resigned(token, "sub", "reset")))
	}, "200 200 200 401"},
	{"10.2-23", "what breaks", func(d *deployment) string {
		return join(d.call("POST", gate+"/identity/password/validate", object{"password": nil}),
			d.call("POST", sessionPath, object{"email": object{"a": 1}, "password": "x"}))
	}, "500 server.internal_error; 500 server.internal_error"},
	{"10.3-channel-list", "a channel of the wrong type, and one in a list", func(d *deployment) string {
		u := d.user(roleActive, 0)
		send := func(channel any) reply {
			return u.do("POST", phonesURL, object{"phone_number": freePhone, "channel": channel})
		}
		return join(send([]any{"fax"}), send(object{"a": 1}), send("fax"))
	}, "422 invalid resource.phone.invalid_channel; 422 invalid resource.phone.invalid_channel; 422 resource.phone.invalid_channel"},
	{"10.3-page-not-integer", "pages and limits that are no integers", func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		return join(u.activity("all?page=x"), u.do("GET", "/resource/api_keys?limit=1.5", nil))
	}, "422 non_integer_page non_positive_page; 422 non_integer_limit invalid_limit"},
	{"10.3-token-algorithm", "alg none without and with a third part", func(d *deployment) string {
		token := unsigned(d.resetToken(d.who(roleActive, 0)), `{"alg":"none"}`)
		return join(d.confirmReset(token, newPassword), d.confirmReset(token+"x", newPassword))
	}, "422 jwt.decode_and_verify.segments; 422 jwt.decode_and_verify.algorithm"},
	{"10.3-label-key", "the key of a private label", func(d *deployment) string {
		return fmt.Sprint(d.user(roleActive, 0).label("email", "thing").status)
	}, "201"},
	{"10.3-whitelist-token", "a token used twice", func(d *deployment) string {
		token := d.whitelinkTokens[0]
		return fmt.Sprint(d.whitelisted(token, "198.18.0.1").status, d.whitelisted(token, "198.18.0.2").status)
	}, "201 201"},
	{"10.3-named-description", "who may read the descriptions", func(d *deployment) string {
		u := d.user(roleActive, 0)
		origin := func(path string) string { return u.do("GET", path, nil).header.Get("Access-Control-Allow-Origin") }
		return origin("/resource/swagger_doc") + "," + origin("/resource/swagger_doc/users")
	}, "*,"},
	{"10.3-description-paths", "where the description begins", func(d *deployment) string {
		got := d.user(roleActive, 0).do("GET", "/resource/swagger_doc", nil)
		_, described := got.member("paths").(object)["/users/me"]
		return fmt.Sprint(described, got.text("basePath"))
	}, "true/api"},
	{"10.3-postcode", "a postcode of thirteen digits", func(d *deployment) string {
		return fmt.Sprint(d.user(roleActive, 0).do("POST", profilesPath, object{"postcode": strings.Repeat("1", 13)}).status)
	}, "201"},
	{"10.3-geetest-challenge", "a challenge where Geetest is not set up", func(d *deployment) string {
		return d.call(http.MethodGet, gate+"/identity/users/register_geetest", nil).String()
	}, `200 ""`},
}

func TestObservedRules(t *testing.T) {
	for _, row := range observed {
		t.Run(row.rule+" "+row.what, func(t *testing.T) {
			if got := row.see(start(t, Release26)); got != row.want {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
		})
	}
}
