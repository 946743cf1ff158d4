package target

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// written writes a target and reads it back.
func written(t interface{ Fatal(...any) }, dir string, want *Target) (*Target, secrets) {
	path := filepath.Join(dir, "t.yaml")
	if err := want.Write(path, "partner-key"); err != nil {
		t.Fatal(err)
	}
	registered := secrets{}
	got, err := Load(path, Options{Exchanges: exchanges(), Secret: func(label, value string) { registered[label] = value }})
	if err != nil {
		t.Fatal(err)
	}
	return got, registered
}

func TestWriteRoundTrip(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca.pem", "client.pem", "client.key"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// An older file, readable by all, must not lend its mode to the new one.
	if err := os.WriteFile(filepath.Join(dir, "t.secrets.env"), []byte("OLD=1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	want := &Target{
		File: filepath.Join(dir, "t.yaml"), Exchange: "onlyoffice", URL: "http://127.0.0.1:8080/a", Profile: "3.7",
		Settings: map[string]string{"path-prefix": "/${literally}", "partner-key": "pk-secret"},
		Features: map[string]bool{"sms": true, "captcha": false},
		Identities: []Identity{
			{Name: "alice-1", Roles: []string{"user", "totp"}, Login: "file:odd", Password: " p\"a's ${x} \n#=€ ", ID: "0123", Phone: "012",
				TOTPSecret: "JBSWY3DPEHPK3PXP", APIKey: "key-of-alice", APISecret: "signs-for-alice", Token: "issued.to.alice"},
			{Name: "1alice", Roles: []string{"user"}, Login: "yes2", Password: "third-secret"},
			{Name: "alice.1", Roles: []string{"user"}, Login: "yes", Password: "second-secret"},
		},
		Inbox:   &Inbox{Kind: "mailpit", URL: "http://127.0.0.1:8081", SMSAddress: "{phone}@sms.invalid"},
		Captcha: Captcha{"captcha-secret"},
		Clock:   Clock{"http://127.0.0.1:8082/x"},
		Limits: Limits{&Limit{5, time.Minute, 1500 * time.Millisecond}, &Limit{3, time.Hour, 0}, 0.5, 90 * time.Second, 10 * time.Minute,
			500, 2 << 30, 64 << 20},
		Allow: Allow{Hosts: []string{"a.example.com", "[::1]:80"}, Disruptive: true},
		HTTP: HTTP{1500 * time.Millisecond, 3 << 10, 256 << 10, 50, 4000, filepath.Join(dir, "ca.pem"),
			filepath.Join(dir, "client.pem"), filepath.Join(dir, "client.key"), "http://127.0.0.1:3128", http.Header{"X-Gate": {"gate-secret"}},
			&Basic{"gate", "basic-secret"}},
		Deviations: []Deviation{{Clause: "onlyoffice.a", Reason: "${no} reference", Owner: "qa", Link: "https://t",
			Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}},
	}
	got, registered := written(t, dir, want)
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Target{}), cmpopts.IgnoreFields(Deviation{}, "Line")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	file, err := os.ReadFile(want.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"alice-1 password", "alice.1 password", "alice-1 totp-secret", "alice-1 api-key", "alice-1 api-secret",
		"alice-1 token", "captcha response", "header X-Gate", "basic password", "setting partner-key"} {
		if registered[label] == "" || strings.Contains(string(file), registered[label]) {
			t.Errorf("%s (%q) was not kept out of the target file:\n%s", label, registered[label], file)
		}
	}
	for _, name := range []string{"t.yaml", "t.secrets.env"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, error %v, want 0600", name, info.Mode(), err)
		}
	}
	for engine, valid := range validators(t)(t, string(file)) {
		if !valid {
			t.Errorf("%s rejects what Write wrote:\n%s", engine, file)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriteSmallest(t *testing.T) {
	dir := t.TempDir()
	got, _ := written(t, dir, &Target{Exchange: "onlyoffice", URL: "http://127.0.0.1:1"})
	if got.URL != "http://127.0.0.1:1" || got.Limits.MaxWait != DefaultMaxWait || len(got.Identities) != 0 {
		t.Errorf("got %+v %+v", got, got.Limits)
	}
	if _, err := os.Stat(filepath.Join(dir, "t.secrets.env")); !os.IsNotExist(err) {
		t.Errorf("a secrets file was written without secrets (%v)", err)
	}
}

// What takes more than one file may hold is spread over several, none of which is longer.
func TestWriteManySecrets(t *testing.T) {
	dir := t.TempDir()
	want := &Target{Exchange: "onlyoffice", URL: "http://127.0.0.1:1"}
	for i := range 2000 {
		want.Identities = append(want.Identities, Identity{Name: fmt.Sprintf("user-%d", i), Roles: []string{"user"},
			Login: fmt.Sprintf("user-%d@example.com", i), Password: fmt.Sprintf("%064d", i)})
	}
	got, registered := written(t, dir, want)
	if len(registered) != len(want.Identities) || !slices.EqualFunc(want.Identities, got.Identities,
		func(a, b Identity) bool { return a.Password == b.Password }) {
		t.Errorf("%d passwords came back of %d", len(registered), len(want.Identities))
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.secrets.env"))
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Size() > maxNamed || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want at most %d bytes and mode 0600", file, info, err, maxNamed)
		}
	}
	if len(files) != 4 {
		t.Errorf("%d files of secrets (%v), want 4", len(files), files)
	}
}

func TestWriteNowhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "t.yaml")
	err := (&Target{Exchange: "onlyoffice", URL: "http://127.0.0.1:1", Captcha: Captcha{"hunter2hunter2"}}).Write(path)
	if err == nil || !strings.Contains(err.Error(), "no such file") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestUnitsReadBack(t *testing.T) {
	for _, d := range []time.Duration{time.Nanosecond, 500 * time.Microsecond, 1500 * time.Millisecond, time.Hour} {
		got, w := duration(durationText(d))
		if back, err := time.ParseDuration(got); w != nil || err != nil || back != d {
			t.Errorf("%v is written %q and read %v", d, durationText(d), got)
		}
	}
	for _, p := range []float64{0.5, 1, 20, 1.0 / 60} {
		got, w := pace(paceText(p))
		if back, err := strconv.ParseFloat(got, 64); w != nil || err != nil || back != p {
			t.Errorf("%v is written %q and read %v", p, paceText(p), got)
		}
	}
	for _, n := range []int64{1 << 10, 3 << 10, 4 << 20, 64 << 20} {
		if got, w := size(sizeText(n)); w != nil || got != strconv.FormatInt(n, 10) {
			t.Errorf("%v is written %q and read %v", n, sizeText(n), got)
		}
	}
}

// Whatever a secret or a login is made of, Load reads back what Write wrote.
func TestWriteAnyText(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~äЖ€]*[!-~][ -~äЖ€]*|file:.{1,5}|\$*\{?[A-Z]*\}?x`)
		want := Identity{Name: "a", Roles: []string{"user"}, Login: text.Draw(t, "login"), Password: text.Draw(t, "password") + "-12345678",
			ID: text.Draw(t, "id")}
		got, _ := written(t, dir, &Target{Exchange: "onlyoffice", URL: "http://127.0.0.1:1", Identities: []Identity{want}})
		if diff := cmp.Diff(want, got.Identities[0]); diff != "" {
			t.Fatal(diff)
		}
	})
}
