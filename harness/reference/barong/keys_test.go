package barong

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// key is an API key with its secret.
type key struct{ kid, secret string }

// makeKey makes an API key with a fresh code.
func (u user) makeKey() key {
	u.d.t.Helper()
	got := u.do("POST", "/resource/api_keys", object{"algorithm": "HS256", "totp_code": u.d.freshCode(u.who.TOTPSecret)})
	if got.status != 201 {
		u.d.t.Fatalf("no key: %s", got)
	}
	return key{got.text("kid"), got.text("secret")}
}

func (u user) makeServiceKey(service string) (key, reply) {
	u.d.t.Helper()
	got := u.do("POST", "/resource/service_accounts/api_keys",
		object{"service_account_uid": service, "algorithm": "HS256", "totp_code": u.d.freshCode(u.who.TOTPSecret)})
	return key{got.text("kid"), got.text("secret")}, got
}

// service is the uid of a user's first service account.
func (u user) service() string {
	u.d.t.Helper()
	rows, _ := u.do("GET", "/resource/service_accounts", nil).body.([]any)
	if len(rows) == 0 {
		u.d.t.Fatal("no service account")
	}
	return rows[0].(object)["uid"].(string)
}

func (d *deployment) nonce(after time.Duration) string {
	return strconv.FormatInt(d.Clock.Now().Add(after).UnixMilli(), 10)
}

func signed(k key, nonce, signature string) []option {
	return []option{header(keyHeaders[0], k.kid), header(keyHeaders[1], nonce), header(keyHeaders[2], signature)}
}

// signedMe calls users/me with an API key.
func (d *deployment) signedMe(k key, nonce string, more ...option) reply {
	d.t.Helper()
	return d.call("GET", mePath, nil, append(signed(k, nonce, signatureOf(k.secret, nonce+k.kid)), more...)...)
}

// withKey makes a key and uses it.
func withKey(use func(d *deployment, u user, k key) []reply) scenario {
	return scenario{see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		return statuses(use(d, u, u.makeKey())...)
	}}
}

func withNonce(nonce func(d *deployment) string) scenario {
	return withKey(func(d *deployment, _ user, k key) []reply { return []reply{d.signedMe(k, nonce(d))} })
}

func (u user) patchKey(k key, body object) reply {
	u.d.t.Helper()
	body["totp_code"] = u.d.freshCode(u.who.TOTPSecret)
	return u.do("PATCH", "/resource/api_keys/"+k.kid, body)
}

func (u user) switchOff() reply {
	u.d.t.Helper()
	return u.otp("disable", u.d.freshCode(u.who.TOTPSecret))
}

var keyScenarios = map[string]scenario{
	faultKeySignatureIgnored: withKey(func(d *deployment, _ user, k key) []reply {
		return []reply{d.call("GET", mePath, nil, signed(k, d.nonce(0), "00")...)}
	}),
	faultKeySignatureOfKid: withKey(func(d *deployment, _ user, k key) []reply {
		return []reply{d.call("GET", mePath, nil, signed(k, d.nonce(0), signatureOf(k.secret, k.kid))...)}
	}),
	faultKeySignatureUpperCaseAccepted: withKey(func(d *deployment, _ user, k key) []reply {
		nonce := d.nonce(0)
		return []reply{d.call("GET", mePath, nil, signed(k, nonce, strings.ToUpper(signatureOf(k.secret, nonce+k.kid)))...)}
	}),
	faultKeyNonceStaleAccepted:      withNonce(func(d *deployment) string { return d.nonce(-nonceLifetime) }),
	faultKeyNonceFutureAccepted:     withNonce(func(d *deployment) string { return d.nonce(nonceLifetime) }),
	faultKeyNonceNotCheckedAsNumber: withNonce(func(*deployment) string { return "soon" }),
	faultKeyMissingHeaderFallsBack: withKey(func(_ *deployment, u user, k key) []reply {
		return []reply{u.do("GET", "/resource/users/me", nil, header(keyHeaders[0], k.kid))}
	}),
	faultKeyOfOtherSecret: withKey(func(d *deployment, u user, k key) []reply {
		return []reply{d.signedMe(key{k.kid, u.makeKey().secret}, d.nonce(0))}
	}),
	faultKeyInactiveAccepted: withKey(func(d *deployment, u user, k key) []reply {
		u.patchKey(k, object{"state": "whatever"})
		return []reply{d.signedMe(k, d.nonce(0))}
	}),
	faultKeyAliveAfterDisable: withKey(func(d *deployment, u user, k key) []reply {
		u.switchOff()
		return []reply{d.signedMe(k, d.nonce(0))}
	}),
	faultKeyBackAfterEnable: withKey(func(d *deployment, u user, k key) []reply {
		u.switchOff()
		u.otp("enable", d.freshCode(u.who.TOTPSecret))
		return []reply{d.signedMe(k, d.nonce(0))}
	}),
	faultKeyAliveAfterDelete: withKey(func(d *deployment, u user, k key) []reply {
		u.do("DELETE", "/resource/api_keys/"+k.kid+"?totp_code="+d.freshCode(u.who.TOTPSecret), nil)
		return []reply{d.signedMe(k, d.nonce(0))}
	}),
	faultKeyWithout2fa: {see: func(d *deployment) string {
		return statuses(d.user(roleActive, 0).do("POST", "/resource/api_keys", object{"algorithm": "HS256", "totp_code": "135790"}))
	}},
	faultKeyWithoutCode: withKey(func(_ *deployment, u user, k key) []reply {
		return []reply{u.do("PATCH", "/resource/api_keys/"+k.kid, object{"state": "x"})}
	}),
	faultKeySecretListed: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		u.makeKey()
		return fmt.Sprint(strings.Contains(u.do("GET", "/resource/api_keys", nil).raw, "secret"))
	}},
	faultKeyForeignEditable: withKey(func(d *deployment, _ user, k key) []reply {
		return []reply{d.user(roleTOTP, 1).patchKey(k, object{"state": "x"})}
	}),
	faultKeyPendingOwner: {see: func(d *deployment) string {
		u := d.user(rolePending, 0)
		u.who.TOTPSecret = u.enrol()
		return statuses(u.do("POST", "/resource/api_keys", object{"algorithm": "HS256", "totp_code": d.freshCode(u.who.TOTPSecret)}))
	}},
	faultKeyBadAlgorithmSaved: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		u.do("POST", "/resource/api_keys", object{"algorithm": "kek", "totp_code": d.freshCode(u.who.TOTPSecret)})
		return u.do("GET", "/resource/api_keys", nil).header.Get("Total")
	}},
	faultServiceKeyForeignAccount: {see: func(d *deployment) string {
		_, got := d.user(roleOwner, 1).makeServiceKey(d.user(roleOwner, 0).service())
		return statuses(got)
	}},
	faultServiceKeyAliveAfterDisable: {see: func(d *deployment) string {
		u := d.user(roleOwner, 0)
		k, _ := u.makeServiceKey(u.service())
		u.switchOff()
		return statuses(d.signedMe(k, d.nonce(0)))
	}},
	faultKeyWrongNotSpent: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		code := d.freshCode(u.who.TOTPSecret)
		u.do("POST", "/resource/api_keys", object{"algorithm": "kek", "totp_code": code})
		return u.verify(code).String()
	}},
}

func TestAPIKeys(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleTOTP, 0)
	path := "/resource/api_keys"
	d.want("no members", u.do("POST", path, object{}),
		"422 resource.apikey.missing_algorithm resource.apikey.empty_algorithm resource.api_key.missing_totp resource.apikey.empty_totp_code")
	d.want("blank scope", u.do("POST", path, object{"algorithm": "HS256", "scope": "", "totp_code": "1"}), "422 resource.apikey.empty_scope")
	d.want("wrong code", u.do("POST", path, object{"algorithm": "HS256", "totp_code": "1"}), "422 resource.api_key.invalid_totp")
	d.want("unknown algorithm", u.do("POST", path, object{"algorithm": "kek", "totp_code": d.freshCode(u.who.TOTPSecret)}),
		"422 kid.blank algorithm.inclusion")
	d.want("other algorithm", u.do("POST", path, object{"algorithm": "HS512", "totp_code": d.freshCode(u.who.TOTPSecret)}),
		"422 algorithm.inclusion")

	k := u.makeKey()
	got := d.signedMe(k, d.nonce(0))
	if got.status != 200 || got.text("email") != u.who.Login || got.sid != "" {
		t.Errorf("signed call: %s", got)
	}
	if again := d.signedMe(k, d.nonce(0)); again.status != 200 {
		t.Errorf("the same nonce again: %s", again)
	}
	other := d.user(roleTOTP, 1)
	if got := d.signedMe(k, d.nonce(0), other.options(nil)...); got.text("email") != u.who.Login {
		t.Error("a cookie wins over the key")
	}
	d.want("stale", d.signedMe(k, d.nonce(-10*time.Second)), "401 authz.nonce_expired")
	d.want("future", d.signedMe(k, d.nonce(10*time.Second)), "401 authz.nonce_expired")
	d.want("no number", d.signedMe(k, "soon"), "401 authz.nonce_not_valid_timestamp")
	d.want("unknown", d.signedMe(key{"0123456789abcdef", "x"}, d.nonce(0)), "401 authz.unexistent_apikey")
	d.want("wrong secret", d.signedMe(key{k.kid, "x"}, d.nonce(0)), "401 authz.invalid_signature")
	d.want("header missing", d.call("GET", mePath, nil, header(keyHeaders[0], k.kid)), "422 authz.invalid_api_key_headers")

	if got := u.patchKey(k, object{"scope": "trade, read", "state": "frozen"}); !strings.Contains(got.raw,
		`"scope":["trade","read"],"state":"frozen"`) {
		t.Errorf("patch: %s", got)
	}
	d.want("frozen", d.signedMe(k, d.nonce(0)), "401 authz.apikey_not_active")
	if got := u.patchKey(k, object{"state": "active"}); !strings.Contains(got.raw, `"scope":[]`) || strings.Contains(got.raw, "secret") {
		t.Errorf("patch without scope: %s", got)
	}
	d.want("foreign", other.patchKey(k, object{}), "404 record.not_found")
	list := u.do("GET", path+"?limit=1&page=1&ordering=desc", nil)
	if list.header.Get("Total") != "1" || list.header.Get("Per-Page") != "1" || list.header.Get("Page") != "1" ||
		list.header.Get("Link") != "" {
		t.Errorf("list: %v", list.header)
	}
	d.want("bad ordering", u.do("GET", path+"?ordering=up&page=x&limit=0", nil),
		"422 resource.api_key.invalid_ordering non_integer_page non_positive_page invalid_limit")
	d.want("delete", u.do("DELETE", path+"/"+k.kid, object{"totp_code": d.freshCode(u.who.TOTPSecret)}), "204 ")
	d.want("deleted", d.signedMe(k, d.nonce(0)), "401 authz.unexistent_apikey")
}

func TestServiceAccountKeys(t *testing.T) {
	d := start(t, Documented)
	u := d.user(roleOwner, 0)
	service, path := u.service(), "/resource/service_accounts/api_keys"
	k, made := u.makeServiceKey(service)
	if made.status != 201 || len(k.secret) != 32 {
		t.Fatalf("create: %d %s", made.status, made.keys())
	}
	d.want("a service account is no user", d.signedMe(k, d.nonce(0)), "404 record.not_found")
	d.want("unknown account", u.do("GET", path+"?service_account_uid=SI0000000000", nil), "404 resource.service_account.doesnt_exist")
	d.want("no account", u.do("GET", path, nil), "422 resource.serviceaccount.missing_service_account_uid")
	d.want("no code", u.do("POST", path, object{"service_account_uid": service, "algorithm": "HS256"}),
		"400 resource.service_accounts.missing_totp resource.serviceaccount.empty_totp_code")
	d.want("no algorithm", u.do("POST", path, object{"service_account_uid": service, "totp_code": "1"}),
		"422 resource.serviceaccount.missing_algorithm resource.serviceaccount.empty_algorithm")
	d.want("account of a wrong type", u.do("PUT", path+"/"+k.kid, object{"service_account_uid": object{"a": 1}, "totp_code": "1"}),
		"422 resource.service_account.non_string_service_account_uid")
	d.want("wrong code", u.do("PUT", path+"/"+k.kid, object{"service_account_uid": service, "totp_code": "1"}),
		"422 resource.service_accounts.invalid_totp")
	changed := u.do("PUT", path+"/"+k.kid, object{"service_account_uid": service, "state": "off", "totp_code": d.freshCode(u.who.TOTPSecret)})
	if changed.status != 200 || changed.text("state") != "off" {
		t.Errorf("change: %s", changed)
	}
	d.want("delete", u.do("DELETE", path+"/"+k.kid+"?service_account_uid="+service+"&totp_code="+d.freshCode(u.who.TOTPSecret), nil), "204 ")
	d.want("foreign", d.user(roleOwner, 1).do("GET", path+"?service_account_uid="+service, nil), "404 resource.service_account.doesnt_exist")
}

func TestSignatureVector(t *testing.T) {
	got := signatureOf("2d0b4979c7fe6986daa8e21d1dc0644f", "158452400514361d025b8573501c2")
	if want := "bd42b945e095880e28d046846dbecf655fdf09d95a396a24fe6fe1df42f15d13"; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestKeyOrder(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleTOTP, 0)
	first, second := u.makeKey(), u.makeKey()
	u.patchKey(first, object{"scope": "b", "state": "x"})
	u.patchKey(second, object{"scope": "a", "state": "y"})
	up, down := first.kid+" "+second.kid, second.kid+" "+first.kid
	byKID := up
	if first.kid > second.kid {
		byKID = down
	}
	for query, want := range map[string]string{
		"": up, "ordering=desc": down, "order_by=id&ordering=asc": up, "order_by=kid": byKID, "order_by=scope": down, "order_by=state": up,
		"order_by=created_at&ordering=desc": down, "order_by=updated_at": up, "order_by=algorithm&ordering=desc": up,
	} {
		if got := u.do("GET", "/resource/api_keys?"+query, nil); got.column("kid") != want {
			t.Errorf("%s: %s, want %s", query, got.column("kid"), want)
		}
	}
	d.want("unknown column", u.do("GET", "/resource/api_keys?order_by=x", nil), "422 resource.api_key.invalid_attribute")
}

// Keys of service accounts are found under their own account only.
func TestServiceKeysStayApart(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleOwner, 0)
	service, path := u.service(), "/resource/service_accounts/api_keys"
	of, own := u.makeServiceKey(service)
	mine := u.makeKey()
	if got := u.do("GET", path+"?service_account_uid="+service, nil); got.column("kid") != of.kid || own.status != 201 {
		t.Errorf("list: %s", got)
	}
	for _, method := range []string{"PUT", "DELETE"} {
		body := object{"service_account_uid": service, "totp_code": d.freshCode(u.who.TOTPSecret)}
		d.want(method+" of the owner's", u.do(method, path+"/"+mine.kid, body), "404 record.not_found")
	}
	body := object{"totp_code": d.freshCode(u.who.TOTPSecret)}
	d.want("the service account's, as one's own", u.do("DELETE", "/resource/api_keys/"+of.kid, body), "404 record.not_found")
}
