package barong

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"authconform/harness/reference/kit"
	"authconform/harness/reference/kit/kittest"
)

var profiles = []string{Release26, Documented, Release31}

// deployment is a running reference on a clock that stands still.
type deployment struct {
	*Server
	client *kittest.Client
	t      testing.TB
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
	config.Clock = kittest.StandingClock()
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return &deployment{Server: server, t: t, client: kittest.Serve(t, server, server.Clock)}
}

type (
	object = map[string]any
	option = kittest.Option
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

func header(name, value string) option { return kittest.Header(name, value) }
func bearer(token string) option       { return kittest.Bearer(token) }
func agent(name string) option         { return header("User-Agent", name) }
func from(address string) option       { return header("X-Forwarded-For", address) }
func cookie(sid string) option         { return header("Cookie", "_barong_session="+sid) }

// call sends body (text as it is, nil as none, anything else as JSON).
func (d *deployment) call(method, path string, body any, options ...option) reply {
	d.t.Helper()
	return read(d.client.Call(method, path, body, append([]option{agent("test")}, options...)...))
}

func read(r kittest.Reply) reply {
	out := reply{status: r.Status, header: r.Header, raw: r.Raw, body: r.Body}
	for _, value := range r.Cookies {
		out.sid = value
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

func (d *deployment) who(role string, n int) kit.Identity { return d.client.Who(role, n) }

func credentials(who kit.Identity, more ...any) object {
	return kittest.With(object{"email": who.Login, "password": who.Password}, more...)
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

func (d *deployment) codeAt(secret string, steps int) string { return d.client.CodeAt(secret, steps) }
func (d *deployment) freshCode(secret string) string         { return d.client.FreshCode(secret) }

// wrongCode is six digits that are right in none of the steps around now.
func (d *deployment) wrongCode(secret string) string {
	d.t.Helper()
	return d.codeAt(secret, 5000)
}

// mails are the texts mailed to an address, newest first.
func (d *deployment) mails(address string) []string { return d.client.Mails(address) }

var tokenPattern = regexp.MustCompile(`[\w-]+\.[\w-]+\.[\w-]+&lang`)

// mailedToken is the token in the newest mail to an address.
func (d *deployment) mailedToken(address string) string {
	d.t.Helper()
	return strings.TrimSuffix(tokenPattern.FindString(d.client.NewestMail(address)), "&lang")
}

// want fails unless the answer reads as it should.
func (d *deployment) want(what string, got reply, wanted string) {
	d.t.Helper()
	if got.String() != wanted {
		d.t.Errorf("%s: %s, want %s", what, got, wanted)
	}
}
