package hostile_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"authconform/harness/conform"
	"authconform/harness/plain"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites/kiiexap"
	"authconform/suites/onlyoffice"
)

// secretive fits the members under which a request carries what no output may repeat.
var secretive = regexp.MustCompile(`(?i)(password|passwordhash|signature)$`)

// TestServersThatRepeatNearMisses: a server that says whatever it was sent, in several
// spellings, tells neither the passwords and signatures that are right nor those that a
// suite makes out of them: a password in another case or without its last character, a
// signature over the parts in another order or the first half of one.
func TestServersThatRepeatNearMisses(t *testing.T) {
	for _, c := range []struct {
		suite conform.Suite
		focus string
		least int // so many different values are sent
	}{
		{onlyoffice.Suite, "onlyoffice.login.password*", 5},
		{kiiexap.Suite, "kiiexap.signature.*", 15},
	} {
		t.Run(c.suite.Exchange, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "t.yaml")
			served, err := runner.ServeReference(c.suite, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file})
			if err != nil {
				t.Fatal(err)
			}
			defer served.Close()
			address, sent := parrot(t, served.URL)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, bytes.Replace(text, []byte("url: "+served.URL+"\n"), []byte("url: "+address+"\n"), 1), 0o600); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "out")
			report, err := runner.Run(t.Context(), c.suite, runner.Options{TargetFile: file, Out: out, Focus: c.focus, Version: "test", Seed: 1})
			if err != nil {
				t.Fatal(plain.Text(err.Error()))
			}
			values := sent()
			if len(values) < c.least || report.Counts[verdict.PASS] == 0 {
				t.Fatalf("%d values were sent, verdicts %v", len(values), report.Counts)
			}
			(&stand{secrets: values}).check(t, out, report, nil)
		})
	}
}

// parrot is a server before another that adds to each answer what its request held, and
// remembers the secretive texts of it.
func parrot(t *testing.T, backend string) (address string, sent func() []string) {
	t.Helper()
	to, err := url.Parse(backend)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]bool{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		var members map[string]any
		_ = json.Unmarshal([]byte(r.Request.Header.Get("X-Sent")), &members) // many requests have none
		for name, value := range members {
			value, isText := value.(string)
			if !isText || len(value) < 10 || !secretive.MatchString(name) {
				continue
			}
			mu.Lock()
			seen[value] = true
			mu.Unlock()
			r.Header.Add("X-Echo", base64.StdEncoding.EncodeToString([]byte(name+":"+value)))
			echo, err := json.Marshal([]string{"it was " + value, strings.ToUpper(value), backwards(value), hex.EncodeToString([]byte(value))})
			if err != nil {
				return err
			}
			text = bytes.Replace(text, []byte("{"), []byte(`{"echo of `+strings.ToLower(name)+`":`+string(echo)+`,`), 1)
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		r.Header.Del("Content-Length")
		return nil
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(text))
		r.Header.Set("X-Sent", strings.Join(strings.Fields(string(text)), " "))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() (list []string) {
		mu.Lock()
		defer mu.Unlock()
		for value := range seen {
			list = append(list, value)
		}
		return list
	}
}
