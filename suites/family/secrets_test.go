package family

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/secret"
)

const (
	aSecret   = "KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD"
	aPassword = "Str0ng-made-up-pass"
	aToken    = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
)

func teller() *tellTale {
	v := secret.New()
	v.Register("totp-secret", aSecret)
	v.Register("alice-password", aPassword)
	v.Register("cookie-sid", aToken)
	return &tellTale{
		see: v.See, isRight: func(code string) bool { return code == "123456" || code == "654321" }, told: func(string) string { return "" },
		codes:  map[string]bool{},
		issues: Issues{"enrol": {"*totp-secret", "secret"}, "logIn": {"cookie-*"}}.Allow,
	}
}

// TestTellTaleFindsWhatIsTold: each place and spelling in which an answer can tell a secret.
func TestTellTaleFindsWhatIsTold(t *testing.T) {
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	for name, call := range map[string]*httpclient.Call{
		"the secret in a body":           {Body: []byte(`{"note":"` + aSecret + `"}`)},
		"the secret in Base64":           {Body: []byte(base64.StdEncoding.EncodeToString([]byte(aSecret)))},
		"the secret in a cookie, in hex": {Header: header("Set-Cookie", "hint="+hex.EncodeToString([]byte(aSecret)))},
		"the secret in a redirect":       {Header: header("Location", "/setup?secret="+aSecret)},
		"a password in a header":         {Header: header("X-Debug", aPassword)},
		"a digest of the password":       {Body: []byte(`{"x":"` + digestOf(aPassword) + `"}`)},
		"a stored password":              {Body: []byte(`{"x":"$2a$10$` + strings.Repeat("a", 53) + `"}`)},
		"another session in a list":      {Operation: "sessions", Body: []byte(`[{"id":"` + aToken + `"}]`)},
		"what a refusal may not issue":   {Operation: "enrol", Status: 403, Body: []byte(aSecret)},
		"a member that nobody declared":  {Body: []byte(`{"otp_secret":"ABCD2345EFGH"}`)},
		"a new session with a refusal":   {Operation: "logIn", Status: 401, Header: header("Set-Cookie", "sid="+aToken)},
		"the cookie of somebody else anew": {Operation: "me", Header: header("Set-Cookie", "sid="+aToken),
			RequestHeader: header("Cookie", "sid=other")},
	} {
		if shown := teller().look(call); shown == "" {
			t.Errorf("%s is not seen", name)
		} else if strings.Contains(shown, aSecret) || strings.Contains(shown, aPassword) || strings.Contains(shown, aToken) {
			t.Errorf("%s: the finding tells it too", name)
		}
	}
}

func TestTellTaleLeavesWhatIsIssued(t *testing.T) {
	for name, call := range map[string]*httpclient.Call{
		"the secret that is enrolled": {Operation: "enrol", Status: 200, Body: []byte(`{"secret":"` + aSecret + `"}`)},
		"a session that is opened":    {Operation: "logIn", Status: 200, Header: http.Header{"Set-Cookie": {"sid=" + aToken + "; Path=/"}}},
		"a cookie that is renewed": {Operation: "me", Status: 422, Header: http.Header{"Set-Cookie": {"sid=" + aToken}},
			RequestHeader: http.Header{"Cookie": {"sid=" + aToken}}},
		"an address that is repeated": {URL: "/login?password=" + aPassword, Body: []byte(`{"href":"/login?password=` + aPassword + `"}`)},
		"an error that names members": {Status: 422, Body: []byte(`{"errors":{"password":"too_short","token":"identity.token.missing"}}`)},
		"a masked member":             {Body: []byte(`{"api_secret":"********"}`)},
	} {
		if shown := teller().look(call); shown != "" {
			t.Errorf("%s is taken for a disclosure: %s", name, shown)
		}
	}
}

// TestTellTaleKnowsRightCodes: one number that equals a right code may be chance, and a
// code that the request names is the client's own.
func TestTellTaleKnowsRightCodes(t *testing.T) {
	tell := teller()
	answer := func(code string) *httpclient.Call {
		return &httpclient.Call{Status: 401, Body: []byte(fmt.Sprintf(`{"expected":"%s"}`, code))}
	}
	own := answer("654321")
	own.RequestBody = []byte(`{"code":"654321"}`)
	for _, call := range []*httpclient.Call{answer("111111"), answer("123456"), own} {
		if shown := tell.look(call); shown != "" {
			t.Error(shown)
		}
	}
	if tell.look(answer("654321")) == "" {
		t.Error("the second right code is not seen")
	}
}

// TestTellTaleComparesMails: what a mail proves must not have been in an answer before.
func TestTellTaleComparesMails(t *testing.T) {
	const link = "https://x.example/reset?token=Zm9vYmFyYmF6cXV4MTIzNDU2"
	for name, c := range map[string]struct {
		body, mail string
		told       bool
	}{
		"a mailed token":            {`{"debug":"Zm9vYmFyYmF6cXV4MTIzNDU2"}`, link, true},
		"a texted code":             {`{"sent":"73915"}`, "Your code is 73915.", true},
		"nothing of the mail":       {`{"sent":true,"id":48213}`, "Your code is 73915. " + link, false},
		"the password in the mail":  {``, "Your password is " + aPassword, true},
		"a port that equals a code": {`{"href":"http://127.0.0.1:73915/x"}`, "Your code is 73915.", false},
	} {
		tell := teller()
		tell.look(&httpclient.Call{Status: 200, Body: []byte(c.body)})
		if _, shown := tell.mail(inbox.Message{Text: c.mail}); (shown != "") != c.told {
			t.Errorf("%s: %q", name, shown)
		}
	}
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// BenchmarkTellTale is what the check costs each answer of a run with thousands of secrets.
func BenchmarkTellTale(b *testing.B) {
	v := secret.New()
	for i := range 5000 {
		v.Register("token", fmt.Sprintf("token-%d-%032x", i, i*7919))
	}
	tell := &tellTale{see: v.See, isRight: func(string) bool { return false }, told: func(string) string { return "" },
		codes: map[string]bool{}}
	call := &httpclient.Call{
		Operation: "me", Status: 200, URL: "https://x.example/me",
		Header: http.Header{"Content-Type": {"application/json"}, "Date": {"Sat, 28 Nov 2026 16:00:00 GMT"}},
		Body:   []byte(`{"uid":"ID1234567890","email":"alice@example.com","level":1,"data":{"name":"` + strings.Repeat("x", 800) + `"}}`),
	}
	b.SetBytes(int64(len(call.Body)))
	for b.Loop() {
		if tell.look(call) != "" {
			b.Fatal("the answer tells nothing")
		}
	}
}
