package secret

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestNearMissesAreKnownOnceSent: each place in which a request may carry one, and no
// output that repeats it afterwards.
func TestNearMissesAreKnownOnceSent(t *testing.T) {
	const jsonType, form = "application/json", "application/x-www-form-urlencoded"
	cut, swapped, signature := long[:len(long)-1], "tR0UB4DOR-AND/3+HORSES", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	for name, c := range map[string]struct {
		value             string
		header            http.Header
		values            url.Values
		contentType, body string
	}{
		"a member":                      {value: cut, contentType: jsonType, body: `{"email":"a@b.c","password":"` + cut + `"}`},
		"a member further down":         {value: cut, contentType: jsonType, body: `{"a":[{"secret":{"b":"` + cut + `"}}]}`},
		"the first half of a signature": {value: long[:11], contentType: jsonType, body: `{"signature":"` + long[:11] + `"}`},
		"another case":                  {value: swapped, contentType: jsonType, body: `{"password":"` + swapped + `"}`},
		"another beginning":             {value: "x" + long[1:], contentType: jsonType, body: `{"password":"x` + long[1:] + `"}`},
		"a signature":                   {value: signature, contentType: jsonType, body: `{"Signature":"` + signature + `"}`},
		"a form":                        {value: cut, contentType: form, body: "email=a&password=" + url.QueryEscape(cut)},
		"a part of a form": {value: cut, contentType: "multipart/form-data; boundary=b",
			body: "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + cut + "\r\n--b--"},
		"broken JSON":               {value: cut, contentType: jsonType, body: `{"password":"` + cut + `",`},
		"a header":                  {value: signature, header: http.Header{"X-Auth-Signature": {signature}}},
		"a cookie":                  {value: cut, header: http.Header{"Cookie": {"a=b; sid=" + cut}}},
		"a bearer":                  {value: cut, header: http.Header{"Authorization": {"Bearer " + cut}}},
		"a bare authorization":      {value: cut, header: http.Header{"Authorization": {cut}}},
		"basic credentials":         {value: cut, header: http.Header{"Authorization": {"Basic " + b64("user:"+cut)}}},
		"a confirmation":            {value: cut, header: http.Header{"Confirm": {"type=a&key=" + url.QueryEscape(cut)}}},
		"a query or a path's value": {value: cut, values: url.Values{"token": {cut}}},
	} {
		v := New()
		v.Register("pw", long)
		v.LearnSent(c.header, c.values, c.contentType, []byte(c.body))
		for _, spelt := range []string{c.value, strings.ToUpper(c.value), hex.EncodeToString([]byte(c.value)),
			base64.StdEncoding.EncodeToString([]byte("u:" + c.value)), turned(c.value)} {
			text := "before " + spelt + " after"
			clean, middle := v.Redact(text), spelt[len(spelt)/2-3:len(spelt)/2+3]
			if !strings.Contains(clean, "›") || strings.Contains(clean, middle) || len(v.Scan("x", []byte(text))) == 0 {
				t.Errorf("%s: %q became %q", name, text, clean)
			}
			for _, leak := range v.Scan("x", []byte(text)) {
				if !leak.Sent && c.value != swapped { // a secret in another case is the secret
					t.Errorf("%s: %q is said to tell a secret", name, spelt)
				}
			}
			if seen := v.See(text); len(seen) > 0 {
				t.Errorf("%s: %q is taken for a secret", name, spelt)
			}
		}
		v.Register("issued", c.value)
		if seen := v.See(c.value); len(seen) == 0 {
			t.Errorf("%s: once it is a secret it is not seen", name)
		}
	}
}

// TestWhatIsSentAndGivesNothingAway stays as it is: words that anybody tries, and what
// stands in other places.
func TestWhatIsSentAndGivesNothingAway(t *testing.T) {
	v := New()
	v.Register("pw", "Password-1234")
	v.Register("pw", "open-sesame")
	v.Register("session", "0f4c11d2a97be853c9d1aa4070b1e92f") // a test puts two words that it has used before together
	v.Register("label", "ключница")
	v.Register("link", "https://example.com/confirm/c0nfirm-me-1234")
	body := `{"password":"password","token":"https://example.com/a-page","session":"undefined","code":"12345678","otp":"passwords","sid":"0f4c11d2a97be853","session_id":"ключ","secret":"sesame","token":"made-up-token-0123456789","pin":"open sesam","email":"Password-12@b.c","key":""}`
	v.LearnSent(http.Header{"X-Note": {"Password-123"}, "Authorization": {"Bearer null"}}, url.Values{"page": {"Password-123"}},
		"application/json", []byte(body))
	for _, text := range []string{"password passwords undefined 12345678 sesame open sesam Bearer null", "Password-12@b.c Password-123",
		"0f4c11d2a97be853 made-up-token-0123456789 ключ https://example.com/a-page"} {
		if clean := v.Redact(text); clean != text {
			t.Errorf("%q became %q", text, clean)
		}
	}
	v.LearnSent(nil, nil, "application/json", []byte(`{"password":"oPEN-sESAME"}`))
	if clean := v.Redact("oPEN-sESAME"); clean != "‹password›" {
		t.Errorf("a password in another case became %q", clean)
	}
}
