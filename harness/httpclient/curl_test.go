package httpclient

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"authconform/harness/secret"

	"github.com/google/go-cmp/cmp"
)

func TestCurl(t *testing.T) {
	v := secret.New()
	v.Register("bob-password", `it's "a" secret`)
	cases := []struct {
		name string
		c    Call
		want string
	}{
		{"POST", Call{Method: "POST", URL: "https://h/a?token=abc&b=1",
			RequestHeader: http.Header{"User-Agent": {"u"}, "Accept": {"*/*"}, "Content-Type": {"application/json"},
				"Authorization": {"Bearer a", "Bearer b"}},
			RequestBody: []byte(`{"password":"it's \"a\" secret","note":"it's","otp":"1234"}`)},
			`curl -sS --path-as-is -X POST 'https://h/a?token=‹token›&b=1' -H 'Accept: */*' -H 'Authorization: Bearer ‹Authorization›' -H 'Authorization: Bearer ‹Authorization›' -H 'Content-Type: application/json' -H 'User-Agent: u' --data-raw '{"password":"‹bob-password›","note":"it'\''s","otp":"‹otp›"}'`},
		{"absent and empty headers", Call{Method: "GET", URL: "https://h/a[0]", RequestHeader: http.Header{"X-Empty": {""}}},
			`curl -sS --path-as-is -g -X GET 'https://h/a[0]' -H 'X-Empty;' -H Accept: -H Content-Type: -H User-Agent:`},
		{"HEAD", Call{Method: "HEAD", URL: "https://h/"}, `curl -sS --path-as-is --head https://h/ -H Accept: -H Content-Type: -H User-Agent:`},
		{"control characters", Call{Method: "PUT", URL: "https://h/", RequestBody: []byte("a'\n\\\x01\x7fé")},
			`curl -sS --path-as-is -X PUT https://h/ -H Accept: -H Content-Type: -H User-Agent: --data-raw $'a\'\n\\\x01\x7fé'`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := c.c.Curl(v)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(got, "\n") {
				t.Error("more than one line")
			}
			if c.c.Curl(v) != got {
				t.Error("not stable")
			}
		})
	}
}

func TestShellQuoteSurvivesTheShell(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatalf("bash is needed to check the quoting: %v", err)
	}
	for _, s := range []string{"", "plain", "it's", `$HOME "x" \ !`, "`id`", "a\nb\r\tc", "\x01\xff\x7fé漢'\\", "--x;y&z|*?"} {
		out, err := exec.Command(bash, "-c", "printf %s "+shellQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("%q came out as %q (%v)", s, out, err)
		}
	}
}
