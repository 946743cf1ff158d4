package secret

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRedactBodyByStructure(t *testing.T) {
	const jsonType = "application/json; charset=utf-8"
	const form = "application/x-www-form-urlencoded"
	cases := []struct{ name, contentType, in, want string }{
		{"members", jsonType, `{"email":"a@b.c","Password":"x","passwordHash":"y"}`,
			`{"email":"a@b.c","Password":"‹Password›","passwordHash":"‹passwordHash›"}`},
		{"any depth and spacing", jsonType, "{ \"a\" : [ { \"access_token\" :\t\"x\" } ] }\n",
			"{ \"a\" : [ { \"access_token\" :\t\"‹access_token›\" } ] }\n"},
		{"types stay visible", jsonType, `{"token":null,"code":true,"otp":123456,"pin":-1.5e30,"secret":""}`,
			`{"token":null,"code":true,"otp":"‹otp:number›","pin":"‹pin:number›","secret":""}`},
		{"error numbers stay", jsonType, `{"code":401,"key":7}`, `{"code":401,"key":7}`},
		{"composite under a secret name", jsonType, `{"code":{"$ne":"a"},"codes":["111111",222222,null]}`,
			`{"code":{"$ne":"‹code›"},"codes":["‹codes›","‹codes:number›",null]}`},
		{"duplicate members", jsonType, `{"code":"1111","code":"2222"}`, `{"code":"‹code›","code":"‹code›"}`},
		{"escaped name", jsonType, `{"pass\u0077ord":"x"}`, `{"pass\u0077ord":"‹password›"}`},
		{"URL in a string", jsonType, `{"confirmUrl":"https://x/confirm/TfaAuth?type=TfaAuth&uid=7&key=abc%2Fd#k"}`,
			`{"confirmUrl":"https://x/confirm/TfaAuth?type=TfaAuth&uid=7&key=‹key›#k"}`},
		{"otpauth in a string", jsonType, `{"url":"otpauth://totp/B:a@b.c?secret=GEZDGNBV&issuer=B"}`,
			`{"url":"otpauth://totp/B:a@b.c?secret=‹secret›&issuer=B"}`},
		{"QR image", jsonType, `{"picture":"data:image/png;base64,iVBORw0KGgo="}`, `{"picture":"‹image›"}`},
		{"JSON in a string", jsonType, `{"o":"{\"SessionToken\":\"abc\",\"n\":1}"}`, `{"o":"{\"SessionToken\":\"‹SessionToken›\",\"n\":1}"}`},
		{"wrong content type", "text/html", `{"token":"x"}`, `{"token":"‹token›"}`},
		{"top-level string", jsonType, `"key=abc"`, `"key=‹key›"`},
		{"truncated", jsonType, `{"user":"u","password":"abc","token":"ab\"c`, `{"user":"u","password":"‹password›","token":"‹token›"`},
		{"single quotes", "text/plain", `{'token': 'x', 'a': 'b', 'code': 1234}`, `{'token': "‹token›", 'a': 'b', 'code': "‹code›"}`},
		{"form", form, `email=a%40b.c&password=x%26y&otp_code=&b`, `email=a%40b.c&password=‹password›&otp_code=&b`},
		{"form, nested name", form, `user%5Bpassword%5D=x`, `user%5Bpassword%5D=‹user-password-›`},
		{"multipart", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b--",
			"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n‹password›\r\n--b--"},
		{"xml", "application/xml", `<a><token>x</token><n>1</n></a>`, `<a><token>‹token›</token><n>1</n></a>`},
		{"text", "text/plain", `login failed: password="a b" token=xyz; n=1`, `login failed: password="‹password›" token=‹token›; n=1`},
		{"nothing secret", "text/html", `<p class="key">no</p>`, `<p class="key">no</p>`},
	}
	v := New()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := string(v.RedactBody(c.contentType, []byte(c.in)))
			if got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
			if json.Valid([]byte(c.in)) && !json.Valid([]byte(got)) {
				t.Errorf("no longer JSON: %s", got)
			}
			if again := string(v.RedactBody(c.contentType, []byte(got))); again != got {
				t.Errorf("not idempotent:\n%s\n%s", got, again)
			}
		})
	}
	if v.RedactBody("", nil) != nil {
		t.Error("an absent body must stay absent")
	}
}

func TestRedactBodyPrefersTheRegisteredLabel(t *testing.T) {
	v := New()
	v.Register("alice-password", "S3cret&Pass")
	v.Register("alice-otp", "123456")
	cases := []struct{ contentType, in, want string }{
		{"application/json", `{"password":"S3cret&Pass"}`, `{"password":"‹alice-password›"}`},
		{"application/json", `{"password":"S3cret\u0026Pass","n":123456}`, `{"password":"‹alice-password›","n":"‹alice-otp:number›"}`},
		{"application/json", `{"echo":"you sent password=S3cret&Pass (bad)"}`, `{"echo":"you sent password=‹alice-password› (bad)"}`},
		{"application/x-www-form-urlencoded", `x=S3cret%26P%61ss`, `x=‹alice-password›`},
		{"text/plain", `you sent S3cret&Pass`, `you sent ‹alice-password›`},
	}
	for _, c := range cases {
		if got := string(v.RedactBody(c.contentType, []byte(c.in))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestRedactHeader(t *testing.T) {
	v := New()
	v.AddNames("X-House-Key")
	v.Register("bob-token", "tok-0123456789abcdef")
	in := http.Header{
		"Authorization":       {"Bearer tok-0123456789abcdef", "Basic dTpw", "rawtoken", "Bearer"},
		"Proxy-Authorization": {"Digest username=\"a\", response=\"b\""},
		"Cookie":              {"asc_auth_key=abc==; lang=en; gone="},
		"Set-Cookie":          {"asc_auth_key=abc; Path=/; HttpOnly; SameSite=Strict", "gone=; Max-Age=0", "bare"},
		"X-Api-Key":           {"k1"},
		"X-User-Token":        {"tok-0123456789abcdef"},
		"X-Auth-Nonce":        {"1"},
		"X-Csrf-Token":        {"c"},
		"Confirm":             {"type=TfaAuth&key=abc&uid=7", "opaque"},
		"Location":            {"https://u:pw@h/cb?a=1&code=xyz#access_token=t&b=2"},
		"Www-Authenticate":    {`Bearer realm="x", error="invalid_token"`},
		"Retry-After":         {"30"},
		"X-House-Key":         {"h"},
		"X-Echo":              {"was tok-0123456789abcdef"},
	}
	want := http.Header{
		"Authorization":       {"Bearer ‹bob-token›", "Basic ‹Authorization›", "‹Authorization›", "Bearer"},
		"Proxy-Authorization": {"Digest ‹Proxy-Authorization›"},
		"Cookie":              {"asc_auth_key=‹cookie›; lang=‹cookie›; gone="},
		"Set-Cookie":          {"asc_auth_key=‹cookie›; Path=/; HttpOnly; SameSite=Strict", "gone=; Max-Age=0", "‹cookie›"},
		"X-Api-Key":           {"‹X-Api-Key›"},
		"X-User-Token":        {"‹bob-token›"},
		"X-Auth-Nonce":        {"‹X-Auth-Nonce›"},
		"X-Csrf-Token":        {"‹X-Csrf-Token›"},
		"Confirm":             {"type=TfaAuth&key=‹key›&uid=7", "‹Confirm›"},
		"Location":            {"https://u:‹password›@h/cb?a=1&code=‹code›#access_token=‹access_token›&b=2"},
		"Www-Authenticate":    {`Bearer realm="x", error="invalid_token"`},
		"Retry-After":         {"30"},
		"X-House-Key":         {"‹X-House-Key›"},
		"X-Echo":              {"was ‹bob-token›"},
	}
	before := in.Clone()
	got := v.RedactHeader(in)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(got, v.RedactHeader(got)); diff != "" {
		t.Errorf("not idempotent:\n%s", diff)
	}
	if diff := cmp.Diff(before, in); diff != "" {
		t.Errorf("the argument was changed:\n%s", diff)
	}
	if v.RedactHeader(nil) != nil {
		t.Error("nil must stay nil")
	}
}

func TestRedactURL(t *testing.T) {
	v := New()
	v.Register("otp", "123456")
	v.Register("path-token", "a/b+c d%e")
	cases := []struct{ in, want string }{
		{"https://h/api/2.0/authentication/123456", "https://h/api/2.0/authentication/‹otp›"},
		{"https://h/%31%323456/x", "https://h/‹otp›/x"},
		{"/t/a%2Fb%2bc%20d%25e/x?y=a%2Fb%2Bc+d%25e", "/t/‹path-token›/x?y=‹path-token›"},
		{"/x?TOKEN=1&a=&key&b=2", "/x?TOKEN=‹TOKEN›&a=&key&b=2"},
		{"/x?next=%2Fcb%3Fcode%3Dabc", "/x?next=%2Fcb%3Fcode=‹code›"},
		{"/plain%20path?a=%7B", "/plain%20path?a=%7B"},
		{"", ""},
	}
	for _, c := range cases {
		got := v.RedactURL(c.in)
		if got != c.want {
			t.Errorf("RedactURL(%q)\n got %s\nwant %s", c.in, got, c.want)
		}
		if again := v.RedactURL(got); again != got {
			t.Errorf("not idempotent: %s then %s", got, again)
		}
	}
}

func TestSensitive(t *testing.T) {
	v := New()
	for _, name := range []string{"password", "PASSWORD", "new_password", "accessToken", "ACCESS-TOKEN", "verification_token",
		"TwoFAToken", "user[password]",
		"secret_2fa", "x-api-key", "APIKey", "Signature", "recaptchaResponse", "X-Auth-Apikey", "asc_confirm_key_TfaAuth", "refresh_token"} {
		if !v.Sensitive(name) {
			t.Errorf("%s must be hidden", name)
		}
	}
	for _, name := range []string{"email", "statusCode", "errorcode", "tokenType", "expires", "userId", "Content-Type", "encode",
		"monkey", "state", strings.Repeat("x", 80) + "token"} {
		if v.Sensitive(name) {
			t.Errorf("%s must stay visible", name)
		}
	}
}

// TestNamesOfATargetsOwn: what a target issues under a name that only its file knows is
// known by value before the answer is written, and wherever it is repeated.
func TestNamesOfATargetsOwn(t *testing.T) {
	const body, value = `{"data":{"Entry-Ticket":"k3v9Qm27Zx81Lp40"}}`, "k3v9Qm27Zx81Lp40"
	for _, c := range []struct {
		names []string
		known bool
	}{{[]string{"", "entry_ticket"}, true}, {[]string{"ticket_of_others"}, false}} {
		v := New()
		v.AddNames(c.names...)
		v.Learn(http.Header{"Content-Type": {"application/json"}}, []byte(body))
		if hidden := v.Redact("it was "+value) != "it was "+value; hidden != c.known {
			t.Errorf("names %q: hidden by value: %v", c.names, hidden)
		}
		if hidden := !strings.Contains(string(v.RedactBody("application/json", []byte(body))), value); hidden != c.known {
			t.Errorf("names %q: hidden in the answer: %v", c.names, hidden)
		}
	}
}
