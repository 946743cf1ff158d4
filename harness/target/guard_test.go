package target

import (
	"strings"
	"testing"
)

func TestGuard(t *testing.T) {
	for _, c := range []struct {
		name, content, url string
		want               []wantProblem
	}{
		{"IPv4 loopback", "", "http://127.9.8.7:1", nil},
		{"IPv6 loopback", "", "http://[::1]:1", nil},
		{"localhost", "", "https://LocalHost", nil},
		{"not really localhost", "", "http://localhost.example.com",
			[]wantProblem{{3, "url", "add localhost.example.com (or localhost.example.com:80) to allow.hosts in dir/t.yaml"}}},
		{"short form of loopback", "", "http://127.1", []wantProblem{{3, "url", "127.1 is not allowed"}}},
		{"any address", "", "http://0.0.0.0:80", []wantProblem{{3, "url", "0.0.0.0"}}},
		{"not named", "", "https://x.example.com", []wantProblem{{3, "url", "add x.example.com (or x.example.com:443)"}}},
		{"named", "allow: {hosts: [X.example.com.]}\n", "https://x.EXAMPLE.com.:8443", nil},
		{"named with its port", "allow: {hosts: ['x.example.com:443']}\n", "https://x.example.com", nil},
		{"named with another port", "allow: {hosts: ['x.example.com:8443']}\n", "https://x.example.com",
			[]wantProblem{{3, "url", "not allowed"}}},
		{"parent named", "allow: {hosts: [example.com]}\n", "https://x.example.com", []wantProblem{{3, "url", "not allowed"}}},
		{"IPv6 named with its port", "allow: {hosts: ['[2001:DB8::1]:80']}\n", "http://[2001:db8:0::1]", nil},
		{"IPv6 not named", "", "http://[2001:db8::1]:8080", []wantProblem{{3, "url", "[2001:db8::1]:8080"}}},
		{"production", "allow: {hosts: [api.kiiex.com]}\n", "https://API.kiiex.com.", []wantProblem{{3, "url", "allow.production: true"}}},
		{"production not even named", "", "https://api.coinrabbit.io", []wantProblem{{3, "url", "not allowed"}}},
		{"production agreed to", "allow: {hosts: [api.kiiex.com], production: true}\n", "https://api.kiiex.com", nil},
		{"production agreed to, not named", "allow: {production: true}\n", "https://api.kiiex.com", []wantProblem{{3, "url", "not allowed"}}},
		{"another exchange's production", "allow: {hosts: [api.coinrabbit.io]}\n", "https://api.coinrabbit.io",
			[]wantProblem{{3, "url", "production system"}}},
		{"its own production", "allow: {hosts: [live.example.org]}\n", "https://live.example.org",
			[]wantProblem{{3, "url", "production system"}}},
		{"staging of the documents", "allow: {hosts: [apstage.proxy.kiiex.io]}\n", "https://apstage.proxy.kiiex.io", nil},
		{"every address", "inbox: {kind: mailpit, url: 'http://mail.example.com'}\nclock: {advance-url: 'http://clock.example.com'}\nhttp: " +
			"{proxy: 'http://proxy.example.com:3128'}\n", "http://localhost",
			[]wantProblem{{4, "inbox.url", "mail.example.com"}, {5, "clock.advance-url", "clock.example.com"},
				{6, "http.proxy", "proxy.example.com:3128"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := exchanges()
			office := known["onlyoffice"]
			office.ProductionHosts = []string{"live.example.org"}
			known["onlyoffice"] = office
			rabbit := known["coinrabbit"]
			rabbit.ProductionHosts = []string{"api.coinrabbit.io"}
			known["coinrabbit"] = rabbit
			text := "version: 1\nexchange: onlyoffice\nurl: '" + c.url + "'\n" + c.content
			tgt, err := Load("dir/t.yaml", Options{Exchanges: known, ProductionHosts: []string{"api.kiiex.com"},
				Secret: func(string, string) {}, ReadFile: func(string) ([]byte, error) { return []byte(text), nil }})
			if err != nil {
				t.Fatal(err)
			}
			err = tgt.Guard()
			if c.want == nil {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			wantProblems(t, err, c.want)
		})
	}
}

// A target made by hand has not been through Load's checks.
func TestGuardRefusesBadAddresses(t *testing.T) {
	for url, want := range map[string]string{
		"": "is not a URL", "localhost": "http or https", "file:///etc/passwd": "http or https",
		"http://me:hunter2@localhost": "user or password", "http://localhost#x": "fragment", "http://": "host",
	} {
		err := (&Target{File: "t.yaml", URL: url}).Guard()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want an error with %q and no password", url, err, want)
		}
	}
	if err := (&Target{URL: "http://localhost"}).Guard(); err != nil {
		t.Errorf("a loopback target made by hand is refused: %v", err)
	}
}
