package runner_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/conform"
	"authconform/harness/runner"
	"authconform/harness/verdict"
	"authconform/suites/kiiex"
	"authconform/suites/onlyoffice"
)

// gated serves the reference of a suite behind a gateway that changes its answers, and
// returns the target file of both.
func gated(t *testing.T, st conform.Suite, change func(*http.Response)) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "t.yaml")
	served, err := runner.ServeReference(st, runner.ServeOptions{Addr: "127.0.0.1:0", TargetOut: file})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(served.Close)
	behind, err := url.Parse(served.URL)
	if err != nil {
		t.Fatal(err)
	}
	gate := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(behind)
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		},
		ModifyResponse: func(r *http.Response) error {
			change(r)
			return nil
		},
	})
	t.Cleanup(gate.Close)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "url: "+served.URL+"\n", "url: "+gate.URL+"\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestWrappedRefusals: a content delivery network that shows pages of its own in place of
// refusals, and adds header fields, turns the clauses about shapes red and no other: none
// where no document says how a refusal looks.
func TestWrappedRefusals(t *testing.T) {
	for _, c := range []struct {
		st       conform.Suite
		exit     int
		most     int // clauses that are red
		ofCauses int
	}{
		{kiiex.Suite, verdict.ExitConformant, 0, 0},
		{onlyoffice.Suite, verdict.ExitNotConformant, 200, 50},
	} {
		st := c.st
		t.Run(st.Exchange, func(t *testing.T) {
			file := gated(t, st, func(r *http.Response) {
				for i := range 10 {
					r.Header.Set("X-Edge-"+strconv.Itoa(i), "yes")
				}
				if r.StatusCode < http.StatusBadRequest || strings.HasPrefix(r.Request.URL.Path, "/_reference") {
					return
				}
				page := fmt.Sprintf("<html><h1>%d</h1></html>", r.StatusCode)
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(page))), int64(len(page))
				r.Header.Set("Content-Length", strconv.Itoa(len(page)))
				r.Header.Set("Content-Type", "text/html")
			})
			report, err := runner.Run(t.Context(), st, runner.Options{TargetFile: file, Out: filepath.Join(t.TempDir(), "out"), Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			shapes := 0
			for _, v := range report.Verdicts {
				switch {
				case v.Verdict == verdict.PASS || v.Verdict == verdict.NOT_APPLICABLE:
				case strings.HasPrefix(v.ID, st.Exchange+".shape."):
					shapes++
				default:
					t.Errorf("%s %s: %s", v.Verdict, v.ID, v.Reason)
				}
			}
			if report.ExitCode != c.exit || shapes > c.most || len(report.Causes) > c.ofCauses ||
				(shapes > 0) != (c.exit != verdict.ExitConformant) {
				t.Errorf("exit code %d, want %d: %d clauses about shapes are red, of %d causes", report.ExitCode, c.exit, shapes, len(report.Causes))
			}
		})
	}
}
