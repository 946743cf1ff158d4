package main

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/runner"
	"authconform/harness/verdict"
)

// barongNames are what this gateway and this deployment call otherwise, by setting.
var barongNames = map[string]string{
	"csrf-header": "X-Xsrf", "api-key-header": "X-Key", "nonce-header": "X-Time", "signature-header": "X-Sign",
	"session-cookie": "portal.sid", "uid-prefix": "USR", "rule-prefix": "/api/v2/users",
}

// gatewayHeaders are what a gateway adds of its own to each answer.
var gatewayHeaders = map[string]string{
	"Server": "edge", "Via": "1.1 edge", "X-Cache": "MISS", "Age": "0", "Strict-Transport-Security": "max-age=1", "X-Frame-Options": "DENY",
	"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "RateLimit": `"default";r=999`, "Retry-After": "0", "Allow": "GET, POST",
	"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff", "Content-Language": "en",
}

// gatewayBefore serves the documented paths of a reference and nothing else, under
// names of its own. Where the reference fails, it shows a page of its own.
func gatewayBefore(t *testing.T, reference string) string {
	behind, err := url.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(behind)
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			renamed(r.Out)
		},
		ModifyResponse: func(response *http.Response) error {
			for name, value := range gatewayHeaders {
				if response.Header.Get(name) == "" {
					response.Header.Set(name, value)
				}
			}
			response.Header.Add("Set-Cookie", "edge=af; Path=/")
			if response.StatusCode >= http.StatusInternalServerError {
				page := []byte("<!doctype html><title>502 Bad Gateway</title>")
				response.StatusCode, response.Body = http.StatusBadGateway, io.NopCloser(bytes.NewReader(page))
				response.Header.Set("Content-Type", "text/html")
				response.Header.Set("Content-Length", strconv.Itoa(len(page)))
				response.ContentLength = int64(len(page))
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v2/auth/") || strings.HasPrefix(r.URL.Path, "/api/v2/auth/api/") {
			http.NotFound(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// renamed gives a request the names that the reference knows.
func renamed(r *http.Request) {
	for setting, name := range map[string]string{
		"csrf-header": "X-CSRF-Token", "api-key-header": "X-Auth-Apikey", "nonce-header": "X-Auth-Nonce", "signature-header": "X-Auth-Signature",
	} {
		if values := r.Header.Values(barongNames[setting]); len(values) > 0 {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	r.URL.Path = strings.Replace(r.URL.Path, "/api/v2/users/", "/api/v2/barong/", 1)
}

// backBefore is the way past the gateway: the names are the deployment's there too.
func backBefore(t *testing.T, reference string) string {
	behind, err := url.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		renamed(r.Out)
	}})
	t.Cleanup(server.Close)
	return server.URL
}

// TestBarongByOtherNames: what a deployment calls its cookie, its headers, its paths
// and its users, what a gateway adds, and what a CDN shows in place of a failure
// change no verdict.
func TestBarongByOtherNames(t *testing.T) {
	plain := barongVerdicts(t, "2.6", false)
	for id, v := range barongVerdicts(t, "2.6", true) {
		if plain[id] != v {
			t.Errorf("%s is %s, and %s by other names", id, plain[id], v)
		}
	}
}

func barongVerdicts(t *testing.T, profile string, other bool) map[string]verdict.Verdict {
	t.Helper()
	options, env := runner.ServeOptions{Profile: profile}, []string(nil)
	if other {
		options.Set = map[string]string{"session-cookie": barongNames["session-cookie"], "uid-prefix": barongNames["uid-prefix"]}
	}
	file, served := servedOf(t, "barong", options)
	if other {
		names := maps.Clone(barongNames)
		names["direct-url"] = backBefore(t, served.URL)
		env = []string{"AUTHCONFORM_BARONG_URL=" + gatewayBefore(t, served.URL)}
		for name, value := range names {
			env = append(env, "AUTHCONFORM_BARONG_SETTINGS_"+strings.ToUpper(strings.ReplaceAll(name, "-", "_"))+"="+value)
		}
	}
	out := t.TempDir() + "/out"
	got := run(t, env, "run", "barong", "--target", file, "--out", out)
	if got.code != verdict.ExitConformant {
		t.Errorf("exit %d\n%s", got.code, got)
	}
	verdicts := map[string]verdict.Verdict{}
	for _, v := range report(t, out).Verdicts {
		verdicts[v.ID] = v.Verdict
	}
	return verdicts
}
