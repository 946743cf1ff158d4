package secret

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawSecret draws values full of what escapes differently from place to place.
func drawSecret(t *rapid.T, label string) string {
	alphabet := []rune("abcXYZ0189\"'\\/%+&=?#<>{}[]:;., \t\n\réß漢😀-_~!$")
	return string(rapid.SliceOfN(rapid.SampledFrom(alphabet), 8, 40).Draw(t, label))
}

func strong(s string) bool { return len(strings.TrimSpace(s)) >= shortValue && !allDigits(s) }

// survivors lists the spellings of a value that stand in text outside placeholders.
func survivors(v *Vault, value, text string) []string {
	bare := text
	for _, label := range []string{"one", "two", "secret", "cookie", "Authorization", "payload", "token", "password"} {
		bare = strings.ReplaceAll(bare, hidden(label), "\x00")
	}
	var left []string
	for _, f := range forms(value, false) {
		if strings.Contains(bare, f) {
			left = append(left, f)
		}
	}
	return left
}

// context embeds a secret the way a request, a response or a report would.
func context(t *rapid.T, secret string) (text string, redact func(*Vault, string) string) {
	before, after := rapid.StringN(0, 12, -1).Draw(t, "before"), rapid.StringN(0, 12, -1).Draw(t, "after")
	plain := (*Vault).Redact
	body := func(contentType string) func(*Vault, string) string {
		return func(v *Vault, s string) string { return string(v.RedactBody(contentType, []byte(s))) }
	}
	marshal := func(doc any) string {
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	doc := map[string]any{"a": []any{1, before + secret + after}, before: secret, "payload": secret, "password": secret}
	switch rapid.IntRange(0, 8).Draw(t, "context") {
	case 0:
		return before + secret + after, plain
	case 1:
		return marshal(doc), plain
	case 2:
		return marshal(doc), body("application/json")
	case 3:
		return marshal(marshal(doc)), body("application/json")
	case 4:
		return "https://h/" + url.PathEscape(secret) + "?q=" + url.QueryEscape(before+secret) + "&token=" + url.QueryEscape(secret),
			(*Vault).RedactURL
	case 5:
		return url.Values{"a": {before + secret}, "password": {secret}}.Encode(), body("application/x-www-form-urlencoded")
	case 6:
		return base64.StdEncoding.EncodeToString([]byte(before + secret + after)), plain
	case 7:
		return base64.RawURLEncoding.EncodeToString([]byte(before + secret + after)), body("text/plain")
	default:
		return before + secret + after, func(v *Vault, s string) string {
			h := v.RedactHeader(http.Header{"X-Any": {s}, "Authorization": {"Bearer " + s}, "Cookie": {"a=" + s}})
			return h["X-Any"][0] + "\n" + h["Authorization"][0] + "\n" + h["Cookie"][0]
		}
	}
}

func TestNoFormSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		one, two := drawSecret(t, "one"), drawSecret(t, "two")
		if rapid.Bool().Draw(t, "overlapping") {
			cut := rapid.IntRange(1, len(one)-1).Draw(t, "cut")
			two = one[cut:] + two
		}
		if !strong(one) || !strong(two) {
			t.Skip("too short")
		}
		v := New()
		v.Register("one", one)
		v.Register("two", two)
		text, redact := context(t, one+rapid.SampledFrom([]string{"", " ", two, two[len(two)/2:]}).Draw(t, "tail"))
		clean := redact(v, text)
		for _, value := range []string{one, two} {
			if left := survivors(v, value, clean); len(left) != 0 {
				t.Fatalf("%q survives as %q in %q (from %q)", value, left, clean, text)
			}
		}
		if leaks := v.Scan("x", []byte(clean)); len(leaks) != 0 {
			t.Fatalf("Scan finds %v in %q", leaks, clean)
		}
		if again := redact(v, clean); again != clean && !strings.Contains(clean, "\nBearer ") {
			t.Fatalf("not idempotent: %q then %q", clean, again)
		}
		if json.Valid([]byte(text)) && strings.HasPrefix(text, "{") && !json.Valid([]byte(string(v.RedactBody("", []byte(text))))) {
			t.Fatalf("no longer JSON: %q", clean)
		}
	})
}

func TestRedactIsIdempotentAndExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := New()
		values := rapid.SliceOfN(rapid.StringMatching(`[a-c1-3 .%-]{4,12}`), 1, 5).Draw(t, "values")
		for _, value := range values {
			v.Register(rapid.SampledFrom([]string{"one", "two"}).Draw(t, "label"), value)
		}
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(append(values, "abc", "1", " ", ".", "‹one›", "‹", "xyz"))).Draw(t, "text"), "")
		clean := v.Redact(text)
		if again := v.Redact(clean); again != clean {
			t.Fatalf("%q then %q", clean, again)
		}
		spans := v.index.find(text, v.placeholder)
		if (len(spans) == 0) != (clean == text) {
			t.Fatalf("changed %q to %q with %d finds", text, clean, len(spans))
		}
	})
}

func TestTextWithoutSecretsIsUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := New()
		v.Register("token", "\x01never\x02drawn\x03")
		text := rapid.String().Draw(t, "text")
		if strings.ContainsAny(text, "\x01\x02\x03") {
			t.Skip()
		}
		if got := v.Redact(text); got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestRedactBodyKeepsJSONThatHoldsNoSecret(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SampledFrom([]string{"id", "email", "état", "a b", "expires"})
		doc := rapid.MapOf(names, rapid.SliceOf(rapid.StringMatching(`[a-z0-9 \\"é\n<]{0,12}`))).Draw(t, "doc")
		b, err := json.MarshalIndent(doc, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if got := New().RedactBody("application/json", b); string(got) != string(b) {
			t.Fatalf("%s became %s", b, got)
		}
	})
}

func FuzzRedact(f *testing.F) {
	f.Add("application/json", `{"password":"hunter2hunter","a":["x",1,null]}`, "hunter2hunter")
	f.Add("application/x-www-form-urlencoded", `password=hunter2hunter&a=%`, "a%b+c\"d\n")
	f.Add("text/plain", `<token>‹password›</token> "code":"123456`, "123456")
	f.Add("application/json", `"\nabcdefgh"`, "nabcdefgh")
	f.Fuzz(func(t *testing.T, contentType, body, value string) {
		if strings.ContainsAny(value, open+close) {
			t.Skip("placeholders are not values")
		}
		v := New()
		v.Register("value", value)
		plain := v.Redact(body)
		if again := v.Redact(plain); again != plain {
			t.Fatalf("Redact is not idempotent: %q then %q", plain, again)
		}
		if leaks := v.Scan("x", []byte(plain)); len(leaks) != 0 {
			t.Fatalf("Redact leaves %v in %q", leaks, plain)
		}
		clean := v.RedactBody(contentType, []byte(body))
		if json.Valid([]byte(body)) && !json.Valid(clean) {
			t.Fatalf("%q became %q, which is not JSON", body, clean)
		}
		if leaks := v.Scan("x", clean); len(leaks) != 0 && !json.Valid([]byte(body)) {
			t.Fatalf("RedactBody leaves %v in %q", leaks, clean)
		}
		v.RedactURL(body)
		v.RedactHeader(http.Header{"Cookie": {body}, "Authorization": {body}, "Set-Cookie": {body}, "Confirm": {body}, "X": {body}})
		v.Learn(http.Header{"Set-Cookie": {body}}, []byte(body))
		v.LearnSent(http.Header{"Cookie": {body}, "Authorization": {body, "Basic " + body}, "Confirm": {body}}, url.Values{"token": {body}},
			contentType, []byte(body))
		if leaks := v.Scan("x", []byte(v.Redact(body))); len(leaks) != 0 {
			t.Fatalf("Redact leaves %v of what was sent in %q", leaks, body)
		}
	})
}
