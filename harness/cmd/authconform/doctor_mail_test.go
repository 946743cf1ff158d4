package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"authconform/harness/conform"
	"authconform/harness/doctor"
	"authconform/harness/runner"
	"authconform/harness/secret"
	"authconform/harness/target"
	"authconform/harness/verdict"
)

// mailed has the deployment of a target file send the one mail that doctor asks for, and
// shows its inbox through see.
func mailed(t *testing.T, exchange string, o runner.ServeOptions, see func(inbox string) string) (*conform.Delivery, *secret.Vault) {
	t.Helper()
	file, _ := servedOf(t, exchange, o)
	st, err := findSuite(exchange)
	if err != nil {
		t.Fatal(err)
	}
	c, err := runner.Contract(exchange)
	if err != nil {
		t.Fatal(err)
	}
	vault := secret.New()
	read, err := target.Load(file, target.Options{Exchanges: map[string]target.Exchange{exchange: runner.ExchangeOf(st, c)},
		Secret: vault.Register, Environ: os.Environ()})
	if err != nil {
		t.Fatal(err)
	}
	if see != nil {
		read.Inbox.URL = see(read.Inbox.URL)
	}
	read.Limits.MaxWait = time.Second
	d, err := runner.TryMail(t.Context(), runner.Plan{Version: runner.Version(), Profile: read.Profile}, st, c, read, vault)
	if err != nil {
		t.Fatal(err)
	}
	return d, vault
}

// through serves what another inbox shows, each answer changed.
func through(t *testing.T, change func(string) string) func(string) string {
	return func(inbox string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			resp, err := http.Get(inbox + r.URL.RequestURI())
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, change(string(body)))
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
}

// doctor has one mail sent and says what it found: which form it has, or that none came.
func TestDoctorTriesTheMail(t *testing.T) {
	t.Parallel()
	bare := strings.NewReplacer("https://", "", "http://", "")
	spoilt := strings.NewReplacer("type=", "kind=")
	for name, c := range map[string]struct {
		exchange string
		options  runner.ServeOptions
		see      func(string) string
		want     string
		readable bool
	}{
		"barong without a scheme": {exchange: "barong", see: through(t, bare.Replace), want: "in a link without a scheme (text part)",
			readable: true},
		"barong sends none": {exchange: "barong", options: runner.ServeOptions{Faults: []string{"no-mail"}}, want: "none arrived within 1s"},
		"onlyoffice, bare links": {exchange: "onlyoffice", see: through(t, bare.Replace), want: "in a link without a scheme",
			readable: true},
		"onlyoffice, other links": {exchange: "onlyoffice", see: through(t, spoilt.Replace),
			want: "1 arrived within 1s, and none holds what clauses read"},
		"coinrabbit, empty inbox": {exchange: "coinrabbit", see: through(t, func(string) string { return `{"messages":[]}` }),
			want: "none arrived within 1s"},
		"coinrabbit, no such inbox": {exchange: "coinrabbit", see: through(t, func(string) string { return `no` }), want: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			d, vault := mailed(t, c.exchange, c.options, c.see)
			if d == nil || !strings.Contains(d.Told, c.want) || d.Readable != c.readable {
				t.Fatalf("%+v, expected %q", d, c.want)
			}
			if vault.Redact(d.Told) != d.Told {
				t.Errorf("it tells a secret: %s", d.Told)
			}
		})
	}
}

// A deployment whose mails cannot be read is not ready.
func TestDoctorSaysWhatBecameOfTheMail(t *testing.T) {
	st, err := findSuite("barong")
	if err != nil {
		t.Fatal(err)
	}
	for _, readable := range []bool{true, false} {
		e := &doctor.Examination{Suite: st, Target: &target.Target{}, Mail: &conform.Delivery{Who: "alice", Operation: "POST /reset", Told: "so",
			Readable: readable}}
		var out bytes.Buffer
		ready := diagnose(&out, e, false) == nil
		if ready != readable || !strings.Contains(out.String(), "MAIL to alice by POST /reset: so\n") {
			t.Errorf("readable %t: exit %d or 0 for ready %t\n%s", readable, verdict.ExitIncomplete, ready, out.String())
		}
	}
}
