package kit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestTellingFaults: each fault puts something into an answer that it does not hold
// otherwise, and into none of the other kind.
func TestTellingFaults(t *testing.T) {
	knows := func() *confidence {
		return &confidence{secret: NewTOTPSecret(20), password: "Str0ng-made-up-pass", other: "0f1e2d3c4b5a69788796a5b4c3d2e1f0"}
	}
	for _, f := range tellingFaults {
		if f.tells == nil {
			continue
		}
		said := 0
		for _, status := range []int{http.StatusOK, http.StatusUnauthorized} {
			w := &written{header: http.Header{}, status: status}
			w.body.WriteString(`{"a":1}`)
			f.tells(knows(), time.Unix(1_790_000_000, 0), w)
			if len(w.header) > 0 || w.body.String() != `{"a":1}` {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%s tells in %d of two answers, want one", f.id, said)
		}
	}
}

// TestMisledFaults: mails go astray for the request that a fault believes, once.
func TestMisledFaults(t *testing.T) {
	for _, c := range []struct{ fault, body, host, to, text string }{
		{"mail-links-to-claimed-host", `{"email":"kim@x.example"}`, "evil.example", "kim@x.example", "https://evil.example/r"},
		{"mail-to-second-of-list", `{"email":["kim@x.example","eve@x.example"]}`, "", "eve@x.example", "https://own.example/r"},
		{"mail-to-second-of-text", `{"email":"kim@x.example,eve@x.example"}`, "", "eve@x.example", "https://own.example/r"},
		{"mail-to-look-alike", "{\"email\":\"\u212aim@x.example\"}", "", "\u212aim@x.example", "https://own.example/r"},
	} {
		m := &misled{typed: map[string]string{}}
		r := httptest.NewRequest("POST", "/reset", strings.NewReader(c.body))
		r.Header.Set("X-Forwarded-Host", c.host)
		for _, f := range misledFaults {
			if f.id == c.fault {
				f.believes(m, r)
			}
		}
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != `{"email":"kim@x.example"}` {
			t.Errorf("%s leaves the body %q, %v", c.fault, body, err)
		}
		if to, text := m.turns("kim@x.example", "https://own.example/r"); to != c.to || text != c.text {
			t.Errorf("%s: a mail to %q says %q", c.fault, to, text)
		}
		if to, text := m.turns("kim@x.example", "https://own.example/r"); to != "kim@x.example" || text != "https://own.example/r" {
			t.Errorf("%s: the next mail goes astray too", c.fault)
		}
	}
}
