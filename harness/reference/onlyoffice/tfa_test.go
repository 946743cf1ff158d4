package onlyoffice

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"

	"authconform/harness/reference/kit"
)

func TestEnrolmentByCodeLogin(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		first := p.login(who)
		secret := first.text("tfaKey")
		if first.text("token") != "" || first.response()["tfa"] != true ||
			!strings.Contains(first.text("confirmUrl"), "/confirm/TfaActivation?") {
			t.Errorf("first step: %v", first.response())
		}
		key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
		if size := map[bool]int{false: 20, true: 10}[p.policy.released]; err != nil || len(key) != size {
			t.Errorf("secret of %d bytes (error %v), want %d", len(key), err, size)
		}
		if again := p.login(who).text("tfaKey"); again != secret {
			t.Error("the secret changed before it was enrolled")
		}
		got := p.loginCode(who, "code", p.codeAt(secret, 0))
		want(t, p, "first code", got, 200, 200)
		if !p.alive(got.text("token")) || got.response()["tfa"] != true {
			t.Errorf("second step: %v", got.response())
		}
		later := p.login(who)
		if later.text("tfaKey") != "" || !strings.Contains(later.text("confirmUrl"), "/confirm/TfaAuth?") {
			t.Error("the secret is shown again, or the link is not TfaAuth")
		}
	})
}

func TestEnrolmentByLink(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		first := p.stepOne(who)
		setup := p.call("GET", prefix+"/settings/tfaapp/setup", nil, first...)
		secret := setup.text("manualEntryKey")
		if setup.text("account") != who.Login || !strings.HasPrefix(setup.text("qrCodeSetupImageUrl"), "data:image/png;base64,") {
			t.Error("set-up shows another account or no picture")
		}
		want(t, p, "wrong code", p.call("POST", validatePath, object{"code": p.codeAt(secret, 500)}, first...), 401, 400)
		want(t, p, "blank code", p.call("POST", validatePath, object{"code": ""}, first...), 400, 500)
		want(t, p, "no code", p.call("POST", validatePath, object{}, first...), 400, 400)
		want(t, p, "number", p.call("POST", validatePath, object{"code": 123456}, first...), 400, 400)

		got := p.call("POST", validatePath, object{"code": p.codeAt(secret, 0)}, first...)
		want(t, p, "right code", got, 200, 200)
		if got.body["response"] != true || !p.alive(got.cookies[sessionCookie]) {
			t.Error("activation is not true, or gives no session")
		}
		want(t, p, "set-up after enrolment", p.call("GET", prefix+"/settings/tfaapp/setup", nil, first...), 405, 403)

		second := p.validate(who, p.freshCode(secret))
		want(t, p, "verification", second, 200, 200)
		if second.body["response"] == p.policy.released {
			t.Errorf("verification answers %v", second.body["response"])
		}
		if !p.alive(second.cookies[sessionCookie]) {
			t.Error("verification gives no session")
		}
		want(t, p, "set-up by TfaAuth", p.call("GET", prefix+"/settings/tfaapp/setup", nil, p.stepOne(who)...), 403, 403)
	})
}

func TestSecondStepNeedsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		secret, token, _ := p.enrol(who)
		code := object{"code": p.freshCode(secret)}
		want(t, p, "nothing", p.call("POST", validatePath, code), 401, 401)
		want(t, p, "no key", p.call("POST", validatePath, code, confirm("type", "TfaAuth", "uid", who.ID)), 401, 401)
		want(t, p, "bad key", p.call("POST", validatePath, code, confirm("type", "TfaAuth", "uid", who.ID, "key", "1.X")), 401, 401)
		want(t, p, "signed in only", p.call("POST", validatePath, code, bearer(token)), 403, 403)
		first := p.stepOne(who)
		p.Clock.Advance(authLinkLifetime)
		want(t, p, "expired key", p.call("POST", validatePath, object{"code": p.codeAt(secret, 0)}, first...), 401, 401)
		want(t, p, "signed in with a link", p.call("POST", validatePath, object{"code": p.codeAt(secret, 0)},
			append(p.stepOne(who), bearer(token))...), 200, 401)
	})
}

func TestCodesByLogin(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		secret, _, backup := p.enrol(who)
		other, _, _ := p.enrol(p.who(roleTOTP, 1))
		used := p.freshCode(secret)
		want(t, p, "right code", p.loginCode(who, "code", used), 200, 200)

		spread := func(code string) string { return code[:3] + " " + code[3:] }
		tests := []struct {
			name                 string
			code                 any
			documented, released int
		}{
			{"used again", used, 401, 200},
			{"two steps away", p.codeAt(secret, 2), 401, 200},
			{"ten steps away", p.codeAt(secret, -10), 401, 200},
			{"eleven steps away", p.codeAt(secret, 11), 401, 401},
			{"another user's", p.codeAt(other, 0), 401, 401},
			{"spaces inside", spread(p.codeAt(secret, 1)), 401, 401},
			{"spaces outside", " " + p.codeAt(secret, 1) + " ", 401, 200},
			{"too long", p.codeAt(secret, 1) + "0", 401, 401},
			{"empty", "", 401, 401},
			{"null", nil, 401, 401},
			{"number", 123456, 400, 400},
			{"array", []string{backup[0]}, 400, 400},
			{"boolean", true, 400, 400},
			{"object", object{}, 400, 400},
			{"next step", p.codeAt(secret, 1), 200, 200},
			{"backup in other case", swapCase(backup[0]), 401, 401},
			{"backup", backup[0], 200, 200},
			{"backup again", backup[0], 401, 401},
		}
		for _, test := range tests {
			want(t, p, test.name, p.loginCode(who, "code", test.code), test.documented, test.released)
			p.mu.Lock()
			clear(p.codeTries) // the limit has its own test
			p.mu.Unlock()
		}
		want(t, p, "no member", p.loginCode(who), 401, 401)
		want(t, p, "no second factor", p.loginCode(p.who(roleUser, 0), "code", "123456"), 403, 401)
		want(t, p, "no credentials", p.call("POST", codePath, object{"code": used}), 400, 401)
		got := p.call("POST", prefix+"/authentication/"+p.freshCode(secret), credentials(who))
		want(t, p, "code in the path", got, 401, 401)
	})
}

func swapCase(text string) string {
	if upper := strings.ToUpper(text); upper != text {
		return upper
	}
	return strings.ToLower(text)
}

func TestEnrolledLoginsOpen(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		secret, _, _ := p.enrol(who)
		before := p.lastEvent
		got := p.loginCode(who, "code", p.freshCode(secret))
		opened := map[bool]int{false: 1, true: 2}[p.policy.released]
		if p.lastEvent-before != opened || len(got.header.Values("Set-Cookie")) != opened {
			t.Errorf("%d log-ins, %d cookies; want %d", p.lastEvent-before, len(got.header.Values("Set-Cookie")), opened)
		}
		if got.cookies[sessionCookie] != got.text("token") {
			t.Error("the last cookie is not the body's token")
		}
	})
}

func TestSecondFactorLimit(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		secret, _, _ := p.enrol(who)
		first := p.stepOne(who)
		for range 5 {
			want(t, p, "wrong code", p.loginCode(who, "code", p.codeAt(secret, 500)), 401, 401)
		}
		limited := p.loginCode(who, "code", p.codeAt(secret, 1))
		want(t, p, "right code after five wrong", limited, 429, 401)
		if got := limited.header.Get("Retry-After"); (got == "60") == p.policy.released {
			t.Errorf("Retry-After %q", got)
		}
		want(t, p, "by link", p.call("POST", validatePath, object{"code": p.codeAt(secret, 1)}, first...), 429, 403)
		p.Clock.Advance(time.Minute)
		want(t, p, "a minute later", p.loginCode(who, "code", p.codeAt(secret, 0)), 200, 200)
	})
}

func TestBackupCodesAndUnlink(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(roleTOTP, 0)
		secret, token, backup := p.enrol(who)
		renewed := p.call("PUT", prefix+"/settings/tfaappnewcodes", nil, bearer(token))
		want(t, p, "renewal", renewed, 200, 200)
		want(t, p, "old backup code", p.loginCode(who, "code", backup[0]), 401, 401)
		newCodes := p.backupCodes(token)
		want(t, p, "new backup code", p.loginCode(who, "code", newCodes[0]), 200, 200)

		admin, owner := p.token(p.who(roleAdmin, 0)), p.token(p.who(roleOwner, 0))
		unlink := prefix + "/settings/tfaappnewapp"
		want(t, p, "codes without a factor", p.call("GET", prefix+"/settings/tfaappcodes", nil, bearer(admin)), 405, 403)
		want(t, p, "unlink by admin", p.call("PUT", unlink, object{"id": who.ID}, bearer(admin)), 403, 403)
		want(t, p, "unlink without id", p.call("PUT", unlink, object{}, bearer(token)), 403, 403)
		want(t, p, "unlink with a bad id", p.call("PUT", unlink, object{"id": "x"}, bearer(token)), 400, 400)

		gone := p.call("PUT", unlink, object{"id": who.ID}, bearer(token))
		want(t, p, "unlink", gone, 200, 200)
		if p.alive(token) || !p.alive(gone.cookies[sessionCookie]) {
			t.Error("the old session lives, or the caller has no new one")
		}
		if address, _ := gone.body["response"].(string); !strings.Contains(address, "/confirm/TfaActivation?") {
			t.Errorf("unlink answers %v", gone.body["response"])
		}
		if next := p.login(who).text("tfaKey"); next == secret || next == "" {
			t.Error("the next secret is not a new one")
		}
		want(t, p, "old secret", p.loginCode(who, "code", p.freshCode(secret)), 401, 401)
		want(t, p, "dead backup code", p.loginCode(who, "code", newCodes[1]), 401, 401)

		p.Clock.Advance(time.Minute)
		p.enrol(who)
		byOwner := p.call("PUT", unlink, object{"id": who.ID}, bearer(owner))
		want(t, p, "unlink by owner", byOwner, 200, 200)
		if byOwner.body["response"] != "" {
			t.Errorf("unlink by owner answers %v, want an empty text", byOwner.body["response"])
		}
		want(t, p, "not enrolled", p.call("PUT", unlink, object{"id": who.ID}, bearer(owner)), 405, 403)
	})
}

func TestTFASettings(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/tfaapp"
		want(t, p, "anonymous", p.call("PUT", path, object{"type": "App"}), 401, 401)
		for _, role := range []string{roleUser, roleRoomAdmin} {
			token := p.token(p.who(role, 0))
			want(t, p, role, p.call("PUT", path, object{"type": "App"}, bearer(token)), 403, 403)
			want(t, p, role+" reads", p.call("GET", path, nil, bearer(token)), 200, 200)
		}
		admin := p.token(p.who(roleAdmin, 0))
		want(t, p, "admin touches owner", p.call("PUT", path, object{"type": "App", "mandatoryUsers": []string{p.owner.id}}, bearer(admin)),
			403, 403)
		want(t, p, "unknown type", p.call("PUT", path, object{"type": "Pigeon"}, bearer(admin)), 400, 400)

		off := p.call("PUT", path, object{"type": 0}, bearer(admin))
		want(t, p, "off", off, 200, 200)
		if off.body["response"] == p.policy.released || !p.alive(admin) {
			t.Errorf("off answers %v; the session lives: %v", off.body["response"], p.alive(admin))
		}
		want(t, p, "factor is off", p.login(p.who(roleTOTP, 0)), 200, 200)
		if p.login(p.who(roleTOTP, 0)).text("token") == "" {
			t.Error("no token while the factor is off")
		}
		want(t, p, "on, trusting the caller", p.call("PUT", prefix+"/settings/tfaappwithlink",
			object{"type": "App", "trustedIps": []string{"127.0.0.0/8"}}, bearer(admin)), 200, 500)
		if p.alive(admin) {
			t.Error("the caller's session outlived switching the factor on")
		}
		admin = p.token(p.who(roleAdmin, 0))
		link := p.call("PUT", prefix+"/settings/tfaappwithlink", object{"type": "App"}, bearer(admin))
		if address, _ := link.body["response"].(string); !strings.Contains(address, "/confirm/TfaActivation?") {
			t.Errorf("link answers %v", link.body["response"])
		}
	})
}

func TestConfirmData(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		path := prefix + "/settings/tfaapp/confirm"
		if _, present := p.call("GET", path, nil, bearer(p.token(p.who(roleUser, 0)))).body["response"]; present {
			t.Error("confirmation data for a user without a factor")
		}
		_, token, _ := p.enrol(p.who(roleTOTP, 0))
		got := p.call("GET", path, nil, bearer(token))
		if got.text("cookieName") != "asc_confirm_key_TfaAuth" || got.text("url") == "" || got.text("cookieValue") == "" {
			t.Error("confirmation data lacks url, cookieName or cookieValue")
		}
	})
}

// smsPortal switches codes by text message on for the phone identities only.
func smsPortal(p *portal) {
	p.t.Helper()
	var mandatory []string
	for _, who := range p.Identities() {
		if who.Phone != "" {
			mandatory = append(mandatory, who.ID)
		}
	}
	body := object{"type": "Sms", "trustedIps": []string{"127.0.0.1", "::1"}, "mandatoryUsers": mandatory}
	if got := p.call("PUT", prefix+"/settings/tfaapp", body, bearer(p.token(p.who(roleAdmin, 0)))); got.status != 200 {
		p.t.Fatalf("switching text messages on answers %d", got.status)
	}
}

func TestLoginBySMS(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		who := p.who(rolePhone, 0)
		sendSMS := prefix + "/authentication/sendsms"
		want(t, p, "not on", p.call("POST", sendSMS, credentials(who)), 403, 500)
		smsPortal(p)

		first := p.login(who)
		noise := "+" + who.Phone[:4] + "*" + who.Phone[5:]
		if first.response()["sms"] != true || first.text("phoneNoise") != noise ||
			!strings.Contains(first.text("confirmUrl"), "/confirm/PhoneAuth?") {
			t.Errorf("first step: %v", first.response())
		}
		code := p.smsCode(who.Phone)
		want(t, p, "wrong code", p.loginCode(who, "code", "000000"), 401, 401)
		want(t, p, "right code", p.loginCode(who, "code", code), 200, 200)
		want(t, p, "used code", p.loginCode(who, "code", code), 401, 401)

		want(t, p, "no password", p.call("POST", sendSMS, object{}), 400, 401)
		for range smsOutstanding {
			want(t, p, "another code", p.call("POST", sendSMS, credentials(who)), 200, 200)
		}
		want(t, p, "too many codes", p.call("POST", sendSMS, credentials(who)), 429, 500)
		code = p.smsCode(who.Phone)
		p.Clock.Advance(smsLifetime)
		want(t, p, "expired code", p.loginCode(who, "code", code), 401, 401)
	})
}

func TestPhoneActivation(t *testing.T) {
	each(t, func(t *testing.T, p *portal) {
		smsPortal(p)
		who := p.who(roleNoPhone, 0)
		setPhone := prefix + "/authentication/setphone"
		address := p.login(who).text("confirmUrl")
		query := address[strings.Index(address, "?")+1:]
		link := header("confirm", query)
		want(t, p, "no link", p.call("POST", setPhone, object{"mobilePhone": who.Phone}), 401, 401)
		want(t, p, "wrong role", p.call("POST", setPhone, object{"mobilePhone": who.Phone}, p.passwordLink(who)), 403, 403)
		want(t, p, "empty phone", p.call("POST", setPhone, object{"mobilePhone": "-"}, link), 400, 500)
		want(t, p, "phone", p.call("POST", setPhone, object{"mobilePhone": who.Phone}, link), 200, 200)
		want(t, p, "code", p.loginCode(who, "code", p.smsCode(who.Phone)), 200, 200)
		want(t, p, "again", p.call("POST", setPhone, object{"mobilePhone": who.Phone}, link), 400, 500)
		if noise := p.login(who).text("phoneNoise"); noise == "" {
			t.Error("the phone is not activated by its first code")
		}
	})
}

func TestPhoneNoise(t *testing.T) {
	for profile, wanted := range map[string]map[string]string{
		Documented: {"123456789": "+1234*6789", "1234567890": "+1234**7890", "1234567": "+*****67", "1": "+1"},
		Released:   {"123456789": "+1234*6789", "1234567890": "refused", "1234567": "1234567"},
	} {
		p := start(t, profile)
		for phone, noise := range wanted {
			got, refused := p.phoneNoise(phone)
			if refused != nil {
				got = "refused"
			}
			if got != noise {
				t.Errorf("%s: %s is shown as %s, want %s", profile, phone, got, noise)
			}
		}
	}
}

func TestSeededPhonesHaveNineDigits(t *testing.T) {
	seen := map[string]bool{}
	for _, who := range start(t, Documented).Identities() {
		if who.Phone == "" {
			continue
		}
		if len(who.Phone) != 9 || kit.Digits(who.Phone) != who.Phone || seen[who.Phone] {
			t.Errorf("%s: phone of %d characters, or not unique", who, len(who.Phone))
		}
		seen[who.Phone] = true
	}
}
