package barong

import (
	"strings"
	"testing"
)

const storagePath = "/resource/data_storage"

// remove deletes the account; more are further members.
func (u user) remove(password string, more ...any) reply {
	u.d.t.Helper()
	body := object{"password": password}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return u.do("DELETE", "/resource/users/me", body)
}

var accountScenarios = map[string]scenario{
	faultUserObeysMembers: {see: func(d *deployment) string {
		return d.user(roleActive, 0).do("PUT", "/resource/users/me", object{"data": "{}", "role": "superadmin"}).text("role")
	}},
	faultDeleteWithoutPassword: {see: func(d *deployment) string { return statuses(d.user(roleActive, 0).remove("wrong")) }},
	faultDeleteWithoutCode: {see: func(d *deployment) string {
		u := d.user(roleTOTP, 0)
		return statuses(u.remove(u.who.Password))
	}},
	faultDeleteDoesNothing: {see: func(d *deployment) string {
		u := d.user(roleActive, 0)
		u.remove(u.who.Password)
		return statuses(d.login(u.who))
	}},
	faultDeletedEmailFree: {see: func(d *deployment) string { return statuses(d.signUp(d.who(roleDeleted, 0).Login)) }},
	faultStorageAnyTitle: {see: func(d *deployment) string {
		return statuses(d.user(roleActive, 0).do("POST", storagePath, object{"title": "other", "data": "{}"}))
	}},
}

func TestUserData(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	if u.me().member("data") != nil {
		t.Errorf("at first: %s", u.me())
	}
	put := func(data any) reply { return u.do("PUT", "/resource/users/me", object{"data": data}) }
	longest := `"` + strings.Repeat("é", dataLimit-2) + `"`
	for what, data := range map[string]string{"object": `{"a":1}`, "longest": longest} {
		if got := put(data); got.status != 200 || got.text("data") != data || got.member("csrf_token") != nil {
			t.Errorf("%s: %d", what, got.status)
		}
		if got := u.me(); got.text("data") != data {
			t.Errorf("%s is not kept", what)
		}
	}
	d.want("no JSON", put("{"), "422 data.invalid_format")
	d.want("too long", put(longest[:1]+"x"+longest[1:]), "422 data.too_long")
	d.want("both", put(strings.Repeat("x", dataLimit+1)), "422 data.invalid_format data.too_long")
	d.want("an object", put(object{"a": 1}), "422 invalid")
}

func TestDeleteAccount(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		u := d.user(roleActive, 0)
		ok := "200 200"
		if profile == Documented {
			ok = "204 "
		}
		d.want("wrong password", u.remove("wrong"), "422 resource.user.invalid_password")
		d.want("blank code", u.remove(u.who.Password, "otp_code", " "), "422 resource.user.empty_otp_code")
		d.want("right password", u.remove(u.who.Password), ok)
		d.want("session", u.me(), "401 authz.user_not_active")
		d.want("log-in", d.login(u.who), "401 identity.session.deleted")
		d.want("sign-up", d.signUp(u.who.Login), "422 email.taken")

		other := d.user(roleActive, 1)
		query := "/resource/users/me?password=" + strings.NewReplacer("%", "%25", "#", "%23", "&", "%26", "+", "%2B").Replace(other.who.Password)
		d.want("password in the query", other.do("DELETE", query, nil), ok)
	}
}

func TestDeleteAccountWithSecondFactor(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleTOTP, 0)
	k := u.makeKey()
	wrong := d.wrongCode(u.who.TOTPSecret)
	d.want("wrong password, right code", u.remove("wrong", "otp_code", d.codeAt(u.who.TOTPSecret, 1)), "422 resource.user.invalid_password")
	d.want("no code", u.remove(u.who.Password), "422 resource.user.missing_otp_code")
	d.want("null", u.remove(u.who.Password, "otp_code", nil), "422 resource.user.empty_otp_code")
	d.want("wrong code", u.remove(u.who.Password, "otp_code", wrong), "422 resource.user.invalid_otp")
	d.want("wrong code again", u.remove(u.who.Password, "otp_code", wrong), "422 totp.error")
	if got := d.signedMe(k, d.nonce(0)); got.status != 200 {
		t.Errorf("key before: %s", got)
	}
	d.want("right code", u.remove(u.who.Password, "otp_code", d.freshCode(u.who.TOTPSecret)), "200 200")
	d.want("key after", d.signedMe(k, d.nonce(0)), "401 authz.apikey_not_active")
}

func TestDataStorage(t *testing.T) {
	d := start(t, Release26)
	u := d.user(roleActive, 0)
	keep := func(title, data string) reply { return u.do("POST", storagePath, object{"title": title, "data": data}) }
	d.want("kept", keep("company", `{"a":1}`), "201 201")
	shown, _ := u.me().member("data_storages").([]any)
	if len(shown) != 1 || shown[0].(object)["title"] != "company" || shown[0].(object)["data"] != `{"a":1}` {
		t.Errorf("users/me shows %v", shown)
	}
	if got := u.do("GET", labelsPath+"/company", nil); got.text("value") != "recorded" || got.text("scope") != "private" {
		t.Errorf("label: %s", got)
	}
	longest := `"` + strings.Repeat("é", storageLimit-2) + `"`
	d.want("title again", keep("company", "{}"), "422 title.taken")
	d.want("unknown title", keep("other", "{}"), "422 title.inclusion")
	d.want("reserved title that is set up", keep("document", "{}"), "422 title.exclusion")
	d.want("reserved title that is not", keep("user", "{}"), "422 title.inclusion title.exclusion")
	d.want("no JSON", keep("settlement", "{"), "422 data.invalid_format")
	d.want("too long", keep("settlement", longest[:1]+"x"+longest[1:]), "422 data.too_long")
	d.want("longest", keep("settlement", longest), "201 201")
	none := startWith(t, Config{}).user(roleActive, 0)
	none.d.want("no titles", none.do("POST", storagePath, object{"title": "company", "data": "{}"}), "422 title.inclusion")
}
