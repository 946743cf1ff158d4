package barong

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"strings"
	"testing"
)

func TestNewRefusesWhatItDoesNotKnow(t *testing.T) {
	for what, config := range map[string]Config{
		"profile": {Profile: "1.0"}, "prefix": {Prefix: "/api"}, "captcha": {Captcha: "yes"}, "phones": {Phones: "twilio"},
		"KYC": {KYC: "x"}, "pool": {Pool: map[string]int{"king": 1}}, "fault": {Faults: []string{"x"}},
		"fault of another profile": {Faults: []string{faultLimitOneTooMany}}, "iterations": {HashIterations: -1},
	} {
		if _, err := New(config); err == nil || !strings.HasPrefix(err.Error(), "barong: ") {
			t.Errorf("%s: error %v", what, err)
		}
	}
}

func TestIdentitiesCanBeUsed(t *testing.T) {
	d := start(t, Release26)
	for _, row := range []struct {
		role, state string
		level       float64
	}{{roleActive, "active", 1}, {rolePending, "pending", 0}, {roleTOTP, "active", 1}, {roleOwner, "active", 1}, {rolePhone, "active", 1}} {
		u := d.user(row.role, 0)
		got := u.do("GET", "/resource/users/me", nil)
		if got.text("state") != row.state || got.member("level") != row.level || got.text("uid") != u.who.ID ||
			got.member("otp") != (u.who.TOTPSecret != "") {
			t.Errorf("%s: %s", row.role, got)
		}
	}
	if phone := d.who(rolePhone, 1).Phone; len(phone) != 12 {
		t.Errorf("phone %q", phone)
	}
}

func TestSettingsSayWhatIsThere(t *testing.T) {
	for name, config := range map[string]Config{"open": openConfig(), "guarded": guardedConfig()} {
		d := startWith(t, config)
		settings, features := d.Settings(), d.Features()
		if features["auth0"] != (settings["auth0-key"] != "") || features["data-storage"] != (settings["data-storage-titles"] != "") ||
			settings["jwt-key"] == "" || settings["whitelink-tokens"] == "" || settings["restricted-addresses"] == "" {
			t.Errorf("%s: settings do not fit the features", name)
		}
		for _, pair := range [][2]string{
			{"real-phones", "mock-phones"}, {"documents-with-expiry", "documents-without-expiry"}, {"kycaid", "kyc-local"},
		} {
			if features[pair[0]] == features[pair[1]] {
				t.Errorf("%s: %s and %s exclude each other", name, pair[0], pair[1])
			}
		}
	}
}

// The gateway adds the token of AuthZ and nothing the client says of itself.
func TestGatewayTakesNoTokenFromOutside(t *testing.T) {
	d := start(t, Release26)
	token := d.user(roleActive, 0).token()
	d.want("bearer", d.call("GET", mePath, nil, bearer(token)), "401 authz.invalid_session")
	other := d.user(roleActive, 1)
	if got := other.do("GET", "/resource/users/me", nil, bearer(token)); got.text("email") != other.who.Login {
		t.Error("the client's token counts at the gateway")
	}
}

func TestClientAddress(t *testing.T) {
	d := start(t, Release26)
	seen := func(options ...option) string {
		d.call("POST", sessionPath, object{"email": d.who(roleActive, 0).Login, "password": "x"}, options...)
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.activities[len(d.activities)-1].address
	}
	for want, options := range map[string][]option{
		"198.18.0.1": {from("198.18.0.7, 198.18.0.1")}, "127.0.0.1": {header("X-Real-IP", "198.18.0.2")}, "2001:db8::1": {from("2001:db8::1")},
	} {
		if got := seen(options...); got != want {
			t.Errorf("client address %s, want %s", got, want)
		}
	}
}

func TestMalformedBodies(t *testing.T) {
	for _, profile := range profiles {
		d := start(t, profile)
		want := "500 server.internal_error"
		if profile == Documented {
			want = "400 request.malformed"
		}
		for _, body := range []string{
			`{"a":`, `{"a":1,}`, `{a:1}`, `<html></html>`, `[`, `{}x`, "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}", `{'a':1}`, `{"a":NaN}`,
			strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200),
		} {
			d.want(fmt.Sprintf("%s: %.12q", profile, body), d.call("POST", gate+"/identity/users", body), want)
		}
	}
}

func TestQRCode(t *testing.T) {
	d := start(t, Documented)
	u := d.user(roleActive, 0)
	got := u.do("POST", "/resource/otp/generate_qrcode", nil)
	data, _ := got.member("data").(object)
	link := fmt.Sprint(data["url"])
	start := "otpauth://totp/Barong:" + u.who.Login + "?algorithm=SHA1&digits=6&issuer=Barong&period=30&secret="
	if got.status != 200 || !strings.HasPrefix(link, start) || len(link) != len(start)+32 {
		t.Errorf("%d, URI of %d characters", got.status, len(link))
	}
	raw, err := base64.StdEncoding.DecodeString(fmt.Sprint(data["barcode"]))
	if err != nil {
		t.Fatal(err)
	}
	image, err := png.Decode(bytes.NewReader(raw))
	if err != nil || image.Bounds().Dx() != qrPixels || image.Bounds().Dy() != qrPixels {
		t.Errorf("the barcode is no PNG of %d pixels: %v", qrPixels, err)
	}
}

// Starting costs next to nothing: a proof starts hundreds.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Config{}); err != nil {
			b.Fatal(err)
		}
	}
}
