package secret

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRedactKnowsEverySpelling(t *testing.T) {
	const value = `p"ä+s/w%o rd<&'!\` + "\n"
	v := New()
	v.Register("pw", value)
	goJSON, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := json.Marshal(string(goJSON))
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := template.Must(template.New("").Parse(`<b title="{{.}}">{{.}}</b>`)).Execute(&page, value); err != nil {
		t.Fatal(err)
	}
	spellings := map[string]string{
		"raw":           value,
		"query":         url.QueryEscape(value),
		"query lower":   strings.ToLower(url.QueryEscape(value)),
		"path":          url.PathEscape(value),
		"go json":       string(goJSON),
		"json in json":  string(twice),
		"dotnet json":   `p\u0022\u00E4\u002Bs/w%o rd\u003C\u0026\u0027!\\\n`,
		"python json":   `p\"\u00e4+s/w%o rd<&'!\\\n`,
		"php json":      `p\"ä+s\/w%o rd<&'!\\\n`,
		"go quote":      fmt.Sprintf("%q", value),
		"html":          page.String(),
		"base64":        base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 url":    base64.RawURLEncoding.EncodeToString([]byte(value)),
		"basic":         base64.StdEncoding.EncodeToString([]byte("bob:" + value)),
		"basic shifted": base64.StdEncoding.EncodeToString([]byte("bobb:" + value + "tail")),
		"hex":           fmt.Sprintf("%x", value),
		"HEX":           fmt.Sprintf("%X", value),
	}
	for name, spelling := range spellings {
		t.Run(name, func(t *testing.T) {
			clean := v.Redact("before " + spelling + " after")
			if !strings.Contains(clean, "‹pw›") {
				t.Fatalf("not redacted: %s", clean)
			}
			if len(v.Scan("x", []byte(spelling))) == 0 {
				t.Error("Scan found nothing in it")
			}
			if leaks := v.Scan("x", []byte(clean)); len(leaks) != 0 {
				t.Errorf("still there after Redact: %v", leaks)
			}
		})
	}
}

func TestRedactValues(t *testing.T) {
	cases := []struct {
		name   string
		values []string // label=value
		in     string
		want   string
	}{
		{"plain", []string{"password=correct horse"}, "x correct horse y", "x ‹password› y"},
		{"none", []string{"password=correct horse"}, "nothing here", "nothing here"},
		{"longest first", []string{"a=abcdefgh", "b=abcdefghijkl"}, "abcdefghijkl", "‹b›"},
		{"overlap leaves no fragment", []string{"a=abcdefghij", "b=ghijklmnop"}, "<abcdefghijklmnop>", "<‹a›>"},
		{"contained", []string{"a=abcdefghijklmnop", "b=ghijklmn"}, "abcdefghijklmnop ghijklmn", "‹a› ‹b›"},
		{"neighbours", []string{"a=abcdefgh", "b=ijklmnop"}, "abcdefghijklmnop", "‹a›‹b›"},
		{"code as a word", []string{"otp=123456"}, `{"code":"123456","n":123456}`, `{"code":"‹otp›","n":‹otp›}`},
		{"code in a longer number", []string{"otp=123456"}, "91234567 x123456 123456x", "91234567 x123456 123456x"},
		{"code in a fraction", []string{"otp=123456"}, "2026-01-02T03:04:05.123456Z", "2026-01-02T03:04:05.123456Z"},
		{"code ends a sentence", []string{"otp=123456"}, "Your code is 123456.", "Your code is ‹otp›."},
		{"code in a path", []string{"otp=123456"}, "/authentication/123456?x", "/authentication/‹otp›?x"},
		{"code after an escape", []string{"otp=123456"}, `%22123456%22 \n123456\n \u0022123456\u0022`, `%22‹otp›%22 \n‹otp›\n \u0022‹otp›\u0022`},
		{"nine digits are no code", []string{"pin=123456789"}, "x123456789x", "x‹pin›x"},
		{"short in a word", []string{"pw=sesame"}, "sesames open, sesame!", "sesames open, ‹pw›!"},
		{"short behind a long one", []string{"pw=hunter2hunter", "otp=123456"}, "hunter2hunter123456", "‹pw›‹otp›"},
		{"password called password", []string{"password=password"}, "password", "‹password›"},
		{"file newline", []string{"key=from-a-file\n"}, "[from-a-file]", "[‹key›]"},
		{"too short to tell", []string{"pw=abc"}, "abc", "abc"},
		{"first label stays", []string{"a=abcdefgh", "b=abcdefgh"}, "abcdefgh", "‹a›"},
		{"label is made harmless", []string{`a "b" <c>=abcdefgh`}, "abcdefgh", "‹a--b---c-›"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := New()
			for _, pair := range c.values {
				label, value, _ := strings.Cut(pair, "=")
				v.Register(label, value)
			}
			got := v.Redact(c.in)
			if got != c.want {
				t.Errorf("Redact(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
			if again := v.Redact(got); again != got {
				t.Errorf("not idempotent: %q then %q", got, again)
			}
			if b := string(v.RedactBytes([]byte(c.in))); b != c.want {
				t.Errorf("RedactBytes gives %q", b)
			}
		})
	}
}

func TestScan(t *testing.T) {
	v := New()
	v.Register("token", "tok-0123456789abcdef")
	v.Register("otp", "123456")
	v.Register("pw", "sesame1")
	data := "at 123456 a tok-0123456789abcdef, " + base64.StdEncoding.EncodeToString([]byte("tok-0123456789abcdef")) + " sesame1 ‹token›"
	want := []Leak{{"calls.har", "token", 12, false}, {"calls.har", "token", 34, false}, {"calls.har", "pw", 63, false}}
	if diff := cmp.Diff(want, v.Scan("calls.har", []byte(data))); diff != "" {
		t.Errorf("leaks (-want +got):\n%s", diff)
	}
	if got := want[0].String(); got != "calls.har: token at byte 12" {
		t.Errorf("Leak prints as %q", got)
	}
}

func TestVaultPrintsNoValue(t *testing.T) {
	v := New()
	v.Register("password", "correct horse")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, v); strings.Contains(text, "horse") || !strings.Contains(text, "1 values") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}

func TestLearn(t *testing.T) {
	v := New()
	h := http.Header{"Set-Cookie": {"asc_auth_key=abcdef0123456789/+==; Path=/; HttpOnly", "lang=en-GB"}}
	v.Learn(h, []byte(`{"response":{"token":"tok_0123456789abcdef","tfa":true,"nested":[{"manualEntryKey":"GEZDGNBVGY3TQOJQ"}],
		"code":"some_error_code_2fa_key","token_hint":"invalid_token","data":{"url":"otpauth://totp/B:a?secret=JBSWY3DPEHPK3PXP&issuer=B"}}}`))
	for _, secret := range []string{"JBSWY3DPEHPK3PXP", "abcdef0123456789/+==", "tok_0123456789abcdef", "GEZDGNBVGY3TQOJQ"} {
		if got := v.Redact(secret); strings.Contains(got, secret) {
			t.Errorf("%s was not learnt", secret)
		}
	}
	for _, evidence := range []string{"some_error_code_2fa_key", "invalid_token", "en-GB"} {
		if got := v.Redact(evidence); got != evidence {
			t.Errorf("%s is no credential but became %s", evidence, got)
		}
	}
	v.Learn(nil, nil)
	v.Learn(nil, []byte("{broken"))
}

// TestLearnSignedTokens: a signed token is known by its form, whatever the name under which it
// is given, in a body of any kind.
func TestLearnSignedTokens(t *testing.T) {
	const head = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0."
	for name, learn := range map[string]func(v *Vault, token string){
		"a header field": func(v *Vault, token string) { v.Learn(http.Header{"X-Note": {"for you: " + token}}, nil) },
		"a member":       func(v *Vault, token string) { v.Learn(nil, []byte(`{"note":"`+token+`"}`)) },
		"a text": func(v *Vault, token string) {
			v.Learn(http.Header{"Content-Type": {"text/plain"}}, []byte("see "+token))
		},
		"one of many values": func(v *Vault, token string) { v.Learn(nil, []byte(strings.Repeat("eyJx ", 999)+token)) },
	} {
		for _, token := range []string{head + "c2lnbmF0dXJlLW9mLWE", head} {
			v := New()
			learn(v, token)
			if got := v.Redact("<" + token + ">"); got != "<‹"+Signed+"›>" {
				t.Errorf("%s: %q became %q", name, token, got)
			}
		}
	}
	v := New()
	v.Learn(nil, []byte(`{"note":"eyJub3RoaW5n.and.more"}`))
	if got := v.Redact("eyJub3RoaW5n.and.more"); got != "eyJub3RoaW5n.and.more" {
		t.Errorf("what is no token became %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	v := New()
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 50 {
				value := fmt.Sprintf("value-%02d-%04d", g, i)
				v.Register("v", value)
				if got := v.Redact("x " + value); got != "x ‹v›" {
					t.Errorf("Redact gave %q", got)
				}
				v.RedactBody("application/json", []byte(`{"a":"`+value+`"}`))
				v.Scan("x", []byte(value))
			}
		})
	}
	wg.Wait()
}

func BenchmarkRedact(b *testing.B) {
	for _, count := range []int{10, 1000} {
		v := New()
		for i := range count {
			v.Register("token", fmt.Sprintf("eyJhbGciOiJIUzI1NiJ9.%08x.S1gn/tur+%06d", i*2654435761, i))
		}
		body := []byte(`{"items":[` + strings.Repeat(`{"uid":"ID873B710D88","email":"user@example.org","level":3,"state":"active"},`, 52) +
			`{}],"token":"` + "eyJhbGciOiJIUzI1NiJ9.00000000.S1gn/tur+000000" + `"}`)
		b.Run(fmt.Sprintf("value/%d/%dB", count, len(body)), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				v.RedactBytes(body)
			}
		})
		b.Run(fmt.Sprintf("body/%d/%dB", count, len(body)), func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				v.RedactBody("application/json", body)
			}
		})
	}
}

func BenchmarkRegister(b *testing.B) {
	v := New()
	i := 0
	for b.Loop() {
		i++
		v.Register("token", fmt.Sprintf("eyJhbGciOiJIUzI1NiJ9.%08x", i))
	}
}
