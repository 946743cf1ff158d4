package target

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// secrets records what Load registers.
type secrets map[string]string // label -> value

func exchanges() map[string]Exchange {
	return map[string]Exchange{
		"onlyoffice": {
			Profiles: []string{"documented", "3.7"},
			Settings: map[string]Setting{"path-prefix": {Text: "path before /api", Path: true},
				"mode": {Text: "road of requests", Values: []string{"gateway", "direct"}}, "partner-key": {Text: "key of the partner", Secret: true}},
			Features: map[string]string{"sms": "codes by text", "captcha": "captcha on log-in"},
			Roles: map[string]string{"owner": "", "admin": "", "room-admin": "", "user": "", "totp": "", "disabled": "", "phone": "",
				"no-phone": ""},
			Needs: []string{"password"},
		},
		"coinrabbit": {Profiles: []string{"documented"}},
	}
}

// load reads a file made of content, with the given other files and environment.
func load(t *testing.T, content string, files map[string]string, environ ...string) (*Target, secrets, error) {
	t.Helper()
	got := secrets{}
	tgt, err := Load("dir/t.yaml", Options{
		Exchanges: exchanges(),
		Secret:    func(label, value string) { got[label] = value },
		Environ:   environ,
		ReadFile: func(path string) ([]byte, error) {
			if path == "dir/t.yaml" {
				return []byte(content), nil
			}
			if c, ok := files[path]; ok {
				return []byte(c), nil
			}
			return nil, &os.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
		},
	})
	return tgt, got, err
}

const minimal = "version: 1\nexchange: onlyoffice\nurl: http://127.0.0.1:8080\n"

const full = `version: 1
exchange: onlyoffice
url: https://${HOST}/base/
profile: "3.7"
settings: {path-prefix: /x, partner-key: "${PARTNER}"}
features: {sms: true, captcha: false}
identities:
  - name: alice
    roles: [user, totp]
    login: alice@example.com
    password: pre-${ALICE}-$${x}
    id: 66faa6e4-f133-11ea-b126-00ffeec8b4ef
    phone: "+15550100"
    totp-secret: file:secrets.env#TOTP
  - {name: bob, roles: [user], login: bob@example.com, password: file:bob.txt}
inbox: {kind: exec, command: [fetch, "${HOST}"], sms-address: "{phone}@sms.invalid"}
captcha: {response: file:secrets.env#CAPTCHA}
clock: {advance-url: "http://127.0.0.1:1234/_reference/clock/advance"}
limits:
  password: {attempts: 5, window: 60s, block: 1m30s}
  second-factor: {attempts: 3, window: 500ms}
  pace: 30/m
  max-wait: 5m
  max-evidence: 1GiB
allow: {hosts: [Portal.Example.com, "10.0.0.7:8443", "[::1]:80"], production: false, disruptive: true}
http:
  timeout: 3s
  max-body: 512KiB
  ca-file: ca.pem
  client-cert-file: client.pem
  client-key-file: client.key
  proxy: http://127.0.0.1:3128
  headers: {x-gate: "${GATE}", X-Lang: en}
deviations:
  - {clause: onlyoffice.login.x, reason: known, owner: qa, link: https://t.example.com/1, expires: 2026-12-31}
`

var fullFiles = map[string]string{
	"dir/secrets.env": "# comment\n\nexport TOTP = \"JBSW Y3DP-ehpk3pxp\"\r\nCAPTCHA='open sesame'\nOTHER=unused value\n",
	"dir/bob.txt":     "bob's password\n",
	"dir/ca.pem":      "x", "dir/client.pem": "x",
	"dir/client.key": "-----BEGIN KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp\n-----END KEY-----\n",
}

var fullEnv = []string{"HOST=portal.example.com", "ALICE=s3cret${HOST}", "GATE=open", "PARTNER=pk-12345"}

func TestLoadFull(t *testing.T) {
	got, registered, err := load(t, full, fullFiles, fullEnv...)
	if err != nil {
		t.Fatal(err)
	}
	want := &Target{
		File: "dir/t.yaml", Exchange: "onlyoffice", URL: "https://portal.example.com/base", Profile: "3.7",
		Settings: map[string]string{"path-prefix": "/x", "partner-key": "pk-12345"},
		Features: map[string]bool{"sms": true, "captcha": false},
		Identities: []Identity{
			{Name: "alice", Roles: []string{"user", "totp"}, Login: "alice@example.com", Password: "pre-s3cret${HOST}-${x}",
				ID: "66faa6e4-f133-11ea-b126-00ffeec8b4ef", Phone: "+15550100", TOTPSecret: "JBSW Y3DP-ehpk3pxp"},
			{Name: "bob", Roles: []string{"user"}, Login: "bob@example.com", Password: "bob's password"},
		},
		Inbox:   &Inbox{Kind: "exec", Command: []string{"fetch", "portal.example.com"}, SMSAddress: "{phone}@sms.invalid"},
		Captcha: Captcha{"open sesame"},
		Clock:   Clock{"http://127.0.0.1:1234/_reference/clock/advance"},
		Limits: Limits{Password: &Limit{5, time.Minute, 90 * time.Second}, SecondFactor: &Limit{Attempts: 3, Window: 500 * time.Millisecond},
			Pace: 0.5, MaxWait: 5 * time.Minute,
			MaxRun: DefaultMaxRun, MaxCalls: DefaultMaxCalls, MaxEvidence: 1 << 30, MaxMemory: DefaultMaxMemory},
		Allow: Allow{Hosts: []string{"portal.example.com", "10.0.0.7:8443", "[::1]:80"}, Disruptive: true},
		HTTP: HTTP{3 * time.Second, 512 << 10, 0, 0, 0, "dir/ca.pem", "dir/client.pem", "dir/client.key", "http://127.0.0.1:3128",
			http.Header{"X-Gate": {"open"}, "X-Lang": {"en"}}, nil},
		Deviations: []Deviation{{"onlyoffice.login.x", "known", "https://t.example.com/1", "qa", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
			35}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Target{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	wantSecrets := secrets{
		"alice password": "pre-s3cret${HOST}-${x}", "alice totp-secret": "JBSWY3DPEHPK3PXP", "bob password": "bob's password",
		"captcha response": "open sesame", "header X-Gate": "open", "setting partner-key": "pk-12345",
		"client key": "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp",
	}
	if diff := cmp.Diff(wantSecrets, registered); diff != "" {
		t.Errorf("registered (-want +got)\n%s", diff)
	}
	if present, declared := got.Feature("captcha"); present || !declared || !got.Disruptive() || got.Setting("path-prefix") != "/x" {
		t.Error("accessors disagree with the fields")
	}
	if _, declared := got.Feature("tfa"); declared {
		t.Error("an unmentioned feature counts as declared")
	}
}

func TestDefaults(t *testing.T) {
	got, _, err := load(t, minimal, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Profile != "documented" || got.HTTP.Timeout != DefaultTimeout || got.HTTP.MaxBody != DefaultMaxBody ||
		got.Limits.MaxWait != DefaultMaxWait ||
		got.Limits.MaxRun != DefaultMaxRun || got.Limits.MaxCalls != DefaultMaxCalls ||
		got.Limits.MaxEvidence != DefaultMaxEvidence || got.Limits.MaxMemory != DefaultMaxMemory ||
		got.Inbox != nil || got.Limits.Password != nil || got.Allow.Disruptive || got.Allow.Production {
		t.Errorf("defaults: %#v %+v %+v", got, got.HTTP, got.Limits)
	}
}

func TestPrintingHidesSecrets(t *testing.T) {
	got, registered, err := load(t, full, fullFiles, fullEnv...)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		printed := fmt.Sprintf(verb+verb+verb+verb+verb, got, got.Identities, got.Captcha, got.HTTP, got.Identities[0])
		for label, value := range registered {
			if strings.Contains(printed, value) {
				t.Errorf("%s prints the secret %q", verb, label)
			}
		}
	}
}

func TestOverrides(t *testing.T) {
	values := map[string]string{
		"url": "http://localhost:1", "profile": "3.7", "inbox.kind": "mailpit", "inbox.url": "http://localhost:2",
		"inbox.sms-address": "{phone}@x.invalid",
		"captcha.response":  "file:${not}-a-reference", "clock.advance-url": "http://localhost:3", "limits.password.attempts": "7",
		"limits.password.window": "7s",
		"limits.password.block":  "8s", "limits.second-factor.attempts": "9", "limits.second-factor.window": "9s",
		"limits.second-factor.block": "10s",
		"limits.pace":                "11/s", "limits.max-wait": "12s", "limits.max-run": "20m",
		"limits.max-calls": "300", "limits.max-evidence": "300MiB", "limits.max-memory": "64MiB",
		"allow.hosts": "a.example.com, b.example.com:81", "allow.production": "true", "allow.disruptive": "TRUE",
		"http.timeout": "13s", "http.max-body": "1MiB", "http.max-header": "2KiB", "http.max-depth": "14", "http.max-values": "150",
		"http.proxy": "http://localhost:4", "http.ca-file": "ca.pem", "http.client-cert-file": "client.pem",
		"http.client-key-file": "client.key",
		"http.basic.user":      "gate", "http.basic.password": "basic-from-env",
		"features.sms": "false", "settings.path-prefix": "/env", "settings.partner-key": "partner-from-env",
	}
	var environ []string
	for field, value := range values {
		environ = append(environ, variable("onlyoffice", field)+"="+value)
	}
	office := exchanges()["onlyoffice"]
	known, err := newRules(sorted(exchanges()), &office)
	if err != nil {
		t.Fatal(err)
	}
	for field := range known.overridable() {
		if field != "features.captcha" && field != "settings.mode" && values[field] == "" {
			t.Errorf("the test does not set %s", field)
		}
	}
	files := map[string]string{"dir/ca.pem": "x", "dir/client.pem": "x", "dir/client.key": "k"}
	for _, content := range []string{minimal, minimal +
		"features: {sms: true}\nlimits: {pace: 1/s, password: {attempts: 1, window: 1s}}\nallow: {disruptive: false}\n"} {
		got, registered, err := load(t, content, files, environ...)
		if err != nil {
			t.Fatal(err)
		}
		want := &Target{
			File: "dir/t.yaml", Exchange: "onlyoffice", URL: "http://localhost:1", Profile: "3.7",
			Settings: map[string]string{"path-prefix": "/env", "partner-key": "partner-from-env"}, Features: map[string]bool{"sms": false},
			Inbox:   &Inbox{Kind: "mailpit", URL: "http://localhost:2", SMSAddress: "{phone}@x.invalid"},
			Captcha: Captcha{"file:${not}-a-reference"}, Clock: Clock{"http://localhost:3"},
			Limits: Limits{&Limit{7, 7 * time.Second, 8 * time.Second}, &Limit{9, 9 * time.Second, 10 * time.Second}, 11, 12 * time.Second,
				20 * time.Minute, 300, 300 << 20, 64 << 20},
			Allow: Allow{[]string{"a.example.com", "b.example.com:81"}, true, true},
			HTTP: HTTP{13 * time.Second, 1 << 20, 2 << 10, 14, 150, "dir/ca.pem", "dir/client.pem", "dir/client.key", "http://localhost:4",
				nil, &Basic{"gate", "basic-from-env"}},
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Target{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if registered["captcha response"] != "file:${not}-a-reference" {
			t.Error("a secret from an override was not registered")
		}
	}
	names := map[string]bool{}
	for field := range known.overridable() {
		names[variable("onlyoffice", field)] = true
	}
	if len(names) != len(known.overridable()) {
		t.Error("two fields share an environment variable")
	}
}

func TestOverrideProblems(t *testing.T) {
	_, _, err := load(t, minimal+"captcha: {response: \"${AUTHCONFORM_ONLYOFFICE_MY_OWN}\"}\n", nil,
		"AUTHCONFORM_ONLYOFFICE_MY_OWN=mine-and-long", // referred to by the file: no typo
		"AUTHCONFORM_COINRABBIT_URL=not looked at",    // another exchange's
		"AUTHCONFORM_ONLYOFFICE_ALLOW_DISRUPTIV=true",
		"AUTHCONFORM_ONLYOFFICE_ALLOW_PRODUCTION=yes",
		"AUTHCONFORM_ONLYOFFICE_LIMITS_MAX_WAIT=hunter2",
		"AUTHCONFORM_ONLYOFFICE_INBOX_KIND=mailpit",
		"AUTHCONFORM_ONLYOFFICE_ALLOW_HOSTS=ok.example.com,http://bad")
	wantProblems(t, err, []wantProblem{
		{0, "", "did you mean AUTHCONFORM_ONLYOFFICE_ALLOW_DISRUPTIVE?"},
		{0, "allow.production", "AUTHCONFORM_ONLYOFFICE_ALLOW_PRODUCTION: allow.production: the value is text"},
		{0, "limits.max-wait", "is not a duration"},
		{0, "inbox.url", "is missing"},
		{0, "allow.hosts[1]", "AUTHCONFORM_ONLYOFFICE_ALLOW_HOSTS"},
	})
	if strings.Contains(err.Error(), "hunter2") {
		t.Error("the value of a variable is repeated")
	}
}

type wantProblem struct {
	line  int
	field string
	text  string // somewhere in the printed problem
}

// wantProblems compares without regard to order; order has a test of its own.
func wantProblems(t *testing.T, err error, want []wantProblem) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	left := slices.Clone(e.Problems)
	for _, w := range want {
		i := slices.IndexFunc(left, func(p Problem) bool {
			return p.Line == w.line && p.Field == w.field && strings.Contains(p.String(), w.text)
		})
		if i < 0 {
			t.Errorf("no problem at line %d, field %q, with %q in:\n%v", w.line, w.field, w.text, err)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, p := range left {
		t.Errorf("unexpected problem: %v", p)
	}
	for _, p := range e.Problems {
		if p.What == "" || p.Do == "" || p.File == "" {
			t.Errorf("problem does not say what, where and what to do: %v", p)
		}
	}
}

func TestSecretNeedsCallback(t *testing.T) {
	if _, err := Load("t.yaml", Options{}); err == nil || !strings.Contains(err.Error(), "Options.Secret") {
		t.Errorf("got %v, want an error naming Options.Secret", err)
	}
}

func TestMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.yaml")
	_, err := Load(path, Options{Exchanges: exchanges(), Secret: func(string, string) {}})
	wantProblems(t, err, []wantProblem{{0, "", path + ": cannot be read: no such file"}})
}

func TestSecretIsRegisteredBeforeAnythingCanFail(t *testing.T) {
	content := minimal + "profile: tops3cret-a\nidentities:\n" +
		"  - {name: a, roles: [user, tops3cret-a], login: \"tops3cret-a@x\", password: \"${A}\", totp-secret: \"${B}\", id: 5}\n" +
		"  - {name: b, roles: [user], login: b, password: tops3cret-c, tops3cret-a: x}\n" +
		"http: {headers: {\"tops3cret-a b\": x, X-Gate: \"${A}\\n\"}, max-body: tops3cret-a}\n"
	_, registered, err := load(t, content, nil, "A=tops3cret-a", "B=tops3cret-b!")
	if err == nil {
		t.Fatal("no error")
	}
	for label, value := range map[string]string{"a password": "tops3cret-a", "a totp-secret": "TOPS3CRETB!", "b password": "tops3cret-c",
		"header X-Gate": "tops3cret-a\n"} {
		if registered[label] != value {
			t.Errorf("%s was registered as %q", label, registered[label])
		}
	}
	if strings.Contains(strings.ToLower(err.Error()), "tops3cret") {
		t.Errorf("a secret shows:\n%v", err)
	}
}
