package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// What is wrong with a target file, and shows only when the deployment is asked, ends a
// run before its first clause: with one sentence that names the line to change.
func TestPreflight(t *testing.T) {
	for name, c := range map[string]struct {
		exchange string
		options  runner.ServeOptions
		change   func(t *testing.T, file string)
		want     []string
	}{
		"wrong password": {"onlyoffice", runner.ServeOptions{}, secrets("_PASSWORD="),
			[]string{"t.yaml:12: ", "refuses owner-001", "identities[0].password"}},
		"wrong token":  {"kiiexap", runner.ServeOptions{}, secrets("_TOKEN="), []string{"refuses user-001", "identities[0].token"}},
		"wrong secret": {"kiiex", runner.ServeOptions{}, secrets("_API_SECRET="), []string{"refuses user-001", "identities[0].api-secret"}},
		"wrong key":    {"coinrabbit", runner.ServeOptions{}, secrets("_PARTNER_KEY="), []string{"refuses user-001", "settings.partner-key"}},
		"wrong password behind a captcha": {"barong", runner.ServeOptions{Set: map[string]string{"captcha": "recaptcha"}}, secrets("_PASSWORD="),
			[]string{"refuses active-000", "identities[0].password"}},
		"wrong password in release 3.1": {"barong", runner.ServeOptions{Profile: "3.1"}, secrets("_PASSWORD="),
			[]string{"refuses active-000", "identities[0].password"}},
		"repeated prefix of 3.1": {"barong", runner.ServeOptions{Profile: "3.1"}, line("url:", "/api/v2/auth"),
			[]string{"t.yaml:3: url ends with /api/v2/auth", "take it off"}},
		"repeated prefix": {"kiiexap", runner.ServeOptions{}, line("url:", "/ap"), []string{"t.yaml:3: url ends with /ap",
			"POST /ap/ap/AuthenticateUser answers 404", "take it off"}},
		"https on an http port": {"onlyoffice", runner.ServeOptions{},
			func(t *testing.T, file string) { edit(t, file, "url: http:", "url: https:") },
			[]string{"t.yaml:3: url begins with https://", "speaks http: write http://"}},
	} {
		t.Run(name, func(t *testing.T) {
			file, _ := servedOf(t, c.exchange, c.options)
			c.change(t, file)
			want(t, run(t, nil, "run", c.exchange, "--target", file, "--out", filepath.Join(t.TempDir(), "out")), c.want...)
		})
	}
}

// A deployment behind TLS, or behind a gateway that asks for Basic credentials.
func TestPreflightOfGateways(t *testing.T) {
	file, _ := served(t, runner.ServeOptions{})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "url: ")
	address, _, _ := strings.Cut(rest, "\n")
	behind, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	point := func(t *testing.T, to string) string {
		moved := filepath.Join(filepath.Dir(file), strings.ReplaceAll(t.Name(), "/", "-")+".yaml")
		if err := os.WriteFile(moved, []byte(strings.Replace(string(text), "url: "+address, "url: "+to, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		return moved
	}
	t.Run("http on an https port", func(t *testing.T) {
		gate := httptest.NewTLSServer(proxy)
		defer gate.Close()
		moved := point(t, strings.Replace(gate.URL, "https:", "http:", 1))
		want(t, run(t, nil, "run", "onlyoffice", "--target", moved), ":3: url begins with http://", "speaks https: write https://")
	})
	gate := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "gate" || password != "open-sesame" {
			rw.Header().Set("WWW-Authenticate", `Basic realm="staging"`)
			http.Error(rw, "who are you?", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(rw, r)
	}))
	defer gate.Close()
	t.Run("no Basic credentials", func(t *testing.T) {
		want(t, run(t, nil, "run", "onlyoffice", "--target", point(t, gate.URL)), ":3: the deployment asks for Basic credentials", "add basic:")
	})
	t.Run("wrong Basic credentials", func(t *testing.T) {
		moved := point(t, gate.URL)
		edit(t, moved, "\nhttp:\n", "\nhttp:\n    basic: {user: gate, password: \"${GATE}\"}\n")
		want(t, run(t, []string{"GATE=close-sesame"}, "run", "onlyoffice", "--target", moved), "refuses the Basic credentials of http.basic")
	})
	t.Run("right Basic credentials", func(t *testing.T) {
		moved, out := point(t, gate.URL), filepath.Join(t.TempDir(), "out")
		edit(t, moved, "\nhttp:\n", "\nhttp:\n    basic: {user: gate, password: \"${GATE}\"}\n")
		got := run(t, []string{"GATE=open-sesame"}, "run", "onlyoffice", "--target", moved, "--focus", quick, "--out", out)
		// One clause sends a bearer token in the header that the gateway reads; with it goes the shape of the answer.
		if got.code != verdict.ExitIncomplete || strings.Contains(got.stdout, "FAIL") || !strings.Contains(got.stdout, "1 cause, 2 clauses") {
			t.Errorf("want exit 3 for one clause\n%s", got)
		}
		calls, err := os.ReadFile(filepath.Join(out, "calls.har"))
		if err != nil || strings.Contains(string(calls), "Z2F0ZTpvcGVuLXNlc2FtZQ") {
			t.Errorf("the Basic credentials stand in the calls (%v)", err)
		}
	})
}

// What is right is let through, second factors and all.
func TestPreflightLetsThrough(t *testing.T) {
	for exchange, focus := range map[string]string{"barong": "barong.get-auth0-configs.*", "kiiexap": "kiiexap.log-out.*"} {
		t.Run(exchange, func(t *testing.T) {
			file, _ := servedOf(t, exchange, runner.ServeOptions{})
			got := run(t, nil, "run", exchange, "--target", file, "--focus", focus, "--out", filepath.Join(t.TempDir(), "out"))
			if got.code != verdict.ExitConformant {
				t.Errorf("want exit 0\n%s", got)
			}
		})
	}
}

func want(t *testing.T, got result, texts ...string) {
	t.Helper()
	if got.code != verdict.ExitUsage {
		t.Fatalf("want exit 2\n%s", got)
	}
	for _, text := range texts {
		if !strings.Contains(got.stderr, text) {
			t.Errorf("the message lacks %q\n%s", text, got)
		}
	}
}

// secrets spoils the secrets of a kind in the files beside the target file.
func secrets(kind string) func(*testing.T, string) {
	return func(t *testing.T, file string) {
		for _, beside := range secretsOf(t, file) {
			text, err := os.ReadFile(beside)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(beside, []byte(strings.ReplaceAll(string(text), kind+`"`, kind+`"not`)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// line adds to the end of the first line that begins so.
func line(begins, more string) func(*testing.T, string) {
	return func(t *testing.T, file string) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "\n"+begins)
		old, _, _ := strings.Cut(rest, "\n")
		edit(t, file, begins+old, begins+old+more)
	}
}
