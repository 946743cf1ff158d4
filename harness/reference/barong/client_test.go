package barong

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"authconform/harness/reference/kit"
)

var profiles = []string{Release26, Documented, Release31}

// deployment is a running reference on a clock that stands still.
type deployment struct {
	*Server
	t    testing.TB
	http *httptest.Server
}

// smallPool is enough for one test.
func smallPool() map[string]int {
	return map[string]int{
		roleActive: 4, rolePending: 2, roleTOTP: 3, roleBanned: 1, roleDeleted: 1, roleLocked: 1, roleOwner: 2, rolePhone: 2,
	}
}

// openConfig is a deployment with everything one can do without proving anything: no
// captcha, mock phones, Auth0.
func openConfig() Config {
	return Config{StorageTitles: []string{"company", "settlement", "document"}, Auth0: true, ClientAddress: true}
}

// guardedConfig is a deployment with captcha, text messages and documents that expire.
func guardedConfig() Config {
	return Config{Captcha: Recaptcha, Phones: TwilioSMS, DocsExpire: true, KYC: LocalKYC, ClientAddress: true}
}

// start runs the open deployment.
func start(t testing.TB, profile string, faults ...string) *deployment {
	t.Helper()
	config := openConfig()
	config.Profile, config.Faults = profile, faults
	return startWith(t, config)
}

func startWith(t testing.TB, config Config) *deployment {
	t.Helper()
	config.HashIterations, config.Pool = 1, smallPool()
	config.Clock = kit.NewClock(func() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) })
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	d := &deployment{Server: server, t: t, http: httptest.NewServer(server)}
	t.Cleanup(d.http.Close)
	return d
}

type (
	object = map[string]any
	option func(*http.Request)
)

type reply struct {
	status int
	header http.Header
	raw    string
	body   any
	sid    string // of Set-Cookie
}

// member is a member of an object body, nil where there is none.
func (r reply) member(name string) any {
	members, _ := r.body.(object)
	return members[name]
}

func (r reply) text(name string) string {
	value, _ := r.member(name).(string)
	return value
}

// keys are the error keys, joined.
func (r reply) keys() string {
	list, _ := r.member("errors").([]any)
	var keys []string
	for _, key := range list {
		keys = append(keys, key.(string))
	}
	return strings.Join(keys, " ")
}

// String is status and keys, or the whole body where there are no keys.
func (r reply) String() string {
	if keys := r.keys(); keys != "" {
		return strconv.Itoa(r.status) + " " + keys
	}
	return strconv.Itoa(r.status) + " " + r.raw
}

func header(name, value string) option { return func(r *http.Request) { r.Header.Set(name, value) } }
func bearer(token string) option       { return header("Authorization", "Bearer "+token) }
func agent(name string) option         { return header("User-Agent", name) }
func from(address string) option       { return header("X-Forwarded-For", address) }
func cookie(sid string) option         { return header("Cookie", sessionCookie+"="+sid) }

// call sends body (text as it is, nil as none, anything else as JSON).
func (d *deployment) call(method, path string, body any, options ...option) reply {
	d.t.Helper()
	var content io.Reader
	switch value := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(value)
	default:
		encoded, err := json.Marshal(value)
		if err != nil {
			d.t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequest(method, d.http.URL+path, content)
	if err != nil {
		d.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("User-Agent", "test")
	for _, set := range options {
		set(r)
	}
	return d.send(r)
}

func (d *deployment) send(r *http.Request) reply {
	d.t.Helper()
	response, err := d.http.Client().Do(r)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	out := reply{status: response.StatusCode, header: response.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &out.body) // an empty body stays nil
	for _, c := range response.Cookies() {
		out.sid = c.Value
	}
	return out
}

const (
	gate        = "/api/v2/auth"
	sessionPath = gate + "/identity/sessions"
	mePath      = gate + "/resource/users/me"
)

// user is somebody with a session.
type user struct {
	d         *deployment
	who       kit.Identity
	sid, csrf string
}

func (u user) options(more []option) []option {
	return append([]option{cookie(u.sid), header("X-CSRF-Token", u.csrf)}, more...)
}

// do calls a path of the gateway with cookie and CSRF token.
func (u user) do(method, path string, body any, more ...option) reply {
	u.d.t.Helper()
	return u.d.call(method, gate+path, body, u.options(more)...)
}

func (u user) alive() bool { return u.do("GET", "/resource/users/me", nil).status == http.StatusOK }

func (d *deployment) who(role string, n int) kit.Identity {
	d.t.Helper()
	for _, identity := range d.Identities() {
		if identity.Roles[0] == role {
			if n--; n < 0 {
				return identity
			}
		}
	}
	d.t.Fatalf("no identity of role %q left", role)
	return kit.Identity{}
}

func credentials(who kit.Identity, more ...any) object {
	body := object{"email": who.Login, "password": who.Password}
	for i := 0; i+1 < len(more); i += 2 {
		body[more[i].(string)] = more[i+1]
	}
	return body
}

// login logs in with the gateway; more are further members of the body.
func (d *deployment) login(who kit.Identity, more ...any) reply {
	d.t.Helper()
	return d.call("POST", sessionPath, credentials(who, more...))
}

// user logs in, with a fresh code where one is needed.
func (d *deployment) user(role string, n int) user {
	d.t.Helper()
	return d.session(d.who(role, n))
}

func (d *deployment) session(who kit.Identity) user {
	d.t.Helper()
	got := d.login(who)
	if who.TOTPSecret != "" {
		got = d.login(who, "otp_code", d.freshCode(who.TOTPSecret))
	}
	if got.text("csrf_token") == "" {
		d.t.Fatalf("%s cannot log in: %s", who, got)
	}
	return user{d: d, who: who, sid: got.sid, csrf: got.text("csrf_token")}
}

// token asks AuthZ for a bearer token.
func (u user) token() string {
	u.d.t.Helper()
	got := u.d.call("GET", authzRoot+"/"+ruleRoot+"/resource/users/me", nil, u.options(nil)...)
	return strings.TrimPrefix(got.header.Get("Authorization"), "Bearer ")
}

func (d *deployment) codeAt(secret string, steps int) string {
	d.t.Helper()
	code, err := totp.GenerateCode(secret, d.Clock.Now().Add(time.Duration(steps)*kit.TOTPStep))
	if err != nil {
		d.t.Fatal(err)
	}
	return code
}

// freshCode moves to the next time step and returns its code.
func (d *deployment) freshCode(secret string) string {
	d.t.Helper()
	d.Clock.Advance(kit.TOTPStep)
	return d.codeAt(secret, 0)
}

// wrongCode is six digits that are right in none of the steps around now.
func (d *deployment) wrongCode(secret string) string {
	d.t.Helper()
	return d.codeAt(secret, 5000)
}

// mails are the texts mailed to an address, newest first.
func (d *deployment) mails(address string) []string {
	d.t.Helper()
	api := kit.ControlPrefix + "mailpit/api/v1"
	found := d.call("GET", api+"/search?query="+url.QueryEscape(`to:"`+address+`"`), nil)
	list, _ := found.member("messages").([]any)
	var texts []string
	for _, one := range list {
		id := one.(object)["ID"].(string)
		texts = append(texts, d.call("GET", api+"/message/"+id, nil).text("Text"))
	}
	return texts
}

var tokenPattern = regexp.MustCompile(`[\w-]+\.[\w-]+\.[\w-]+&lang`)

// mailedToken is the token in the newest mail to an address.
func (d *deployment) mailedToken(address string) string {
	d.t.Helper()
	mails := d.mails(address)
	if len(mails) == 0 {
		d.t.Fatalf("no mail to %s", address)
	}
	return strings.TrimSuffix(tokenPattern.FindString(mails[0]), "&lang")
}

// want fails unless the answer reads as it should.
func (d *deployment) want(what string, got reply, wanted string) {
	d.t.Helper()
	if got.String() != wanted {
		d.t.Errorf("%s: %s, want %s", what, got, wanted)
	}
}
