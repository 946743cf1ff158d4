package onlyoffice

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authconform/harness/reference/kit"
	"authconform/harness/reference/kit/kittest"
)

var both = []string{Documented, Released}

// portal is a running reference on a clock that stands still.
type portal struct {
	*Server
	client *kittest.Client
	t      testing.TB
}

func start(t testing.TB, profile string, faults ...string) *portal {
	t.Helper()
	server, err := New(Config{
		Profile: profile, Faults: faults, HashIterations: 1,
		Clock: kittest.StandingClock(),
		Pool: map[string]int{roleOwner: 1, roleAdmin: 2, roleRoomAdmin: 1, roleUser: 3, roleTOTP: 3, roleDisabled: 1, rolePhone: 2,
			roleNoPhone: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &portal{Server: server, t: t, client: kittest.Serve(t, server, server.Clock)}
}

type (
	object = map[string]any
	option = kittest.Option
)

type reply struct {
	status  int
	header  http.Header
	raw     string
	body    object
	cookies map[string]string
}

func bearer(token string) option       { return kittest.Bearer(token) }
func cookie(name, value string) option { return kittest.Cookie(name, value) }
func header(name, value string) option { return kittest.Header(name, value) }

func confirm(values ...string) option {
	q := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		q.Set(values[i], values[i+1])
	}
	return header("confirm", q.Encode())
}

// call sends body (text as it is, nil as none, anything else as JSON).
func (p *portal) call(method, path string, body any, options ...option) reply {
	p.t.Helper()
	return read(p.client.Call(method, path, body, options...))
}

func (p *portal) callWith(client *http.Client, method, path string, body any, options ...option) reply {
	p.t.Helper()
	return read(p.client.CallWith(client, method, path, body, options...))
}

func read(r kittest.Reply) reply {
	return reply{status: r.Status, header: r.Header, raw: r.Raw, body: r.Members(), cookies: r.Cookies}
}

// response is the member response as an object, empty when it is none.
func (r reply) response() object {
	inner, _ := r.body["response"].(object)
	return inner
}

func (r reply) text(member string) string {
	value, _ := r.response()[member].(string)
	return value
}

func (r reply) message() string {
	detail, _ := r.body["error"].(object)
	text, _ := detail["message"].(string)
	return text
}

func (p *portal) who(role string, n int) kit.Identity { return p.client.Who(role, n) }

func (p *portal) byLogin(login string) kit.Identity {
	p.t.Helper()
	for _, identity := range p.Identities() {
		if identity.Login == login {
			return identity
		}
	}
	p.t.Fatalf("no identity %s", login)
	return kit.Identity{}
}

const (
	authPath = prefix + "/authentication"
	codePath = prefix + "/authentication/x"
)

func credentials(who kit.Identity, more ...any) object {
	return kittest.With(object{"userName": who.Login, "password": who.Password}, more...)
}

func (p *portal) login(who kit.Identity, more ...any) reply {
	p.t.Helper()
	return p.call("POST", authPath, credentials(who, more...))
}

func (p *portal) loginCode(who kit.Identity, more ...any) reply {
	p.t.Helper()
	return p.call("POST", codePath, credentials(who, more...))
}

// token logs in somebody who needs no second factor.
func (p *portal) token(who kit.Identity) string {
	p.t.Helper()
	token := p.login(who).text("token")
	if token == "" {
		p.t.Fatalf("%s got no token", who)
	}
	return token
}

func (p *portal) alive(token string) bool {
	p.t.Helper()
	return p.call("GET", authPath, nil, bearer(token)).body["response"] == true
}

func (p *portal) codeAt(secret string, steps int) string { return p.client.CodeAt(secret, steps) }
func (p *portal) freshCode(secret string) string         { return p.client.FreshCode(secret) }

// enrol takes a totp identity through its first log-in.
func (p *portal) enrol(who kit.Identity) (secret, token string, backup []string) {
	p.t.Helper()
	secret = p.login(who).text("tfaKey")
	token = p.loginCode(who, "code", p.freshCode(secret)).text("token")
	if token == "" {
		p.t.Fatalf("%s could not be enrolled", who)
	}
	return secret, token, p.backupCodes(token)
}

func (p *portal) backupCodes(token string) []string {
	p.t.Helper()
	list, _ := p.call("GET", prefix+"/settings/tfaappcodes", nil, bearer(token)).body["response"].([]any)
	var codes []string
	for _, item := range list {
		entry := item.(object)
		codes = append(codes, entry["code"].(string))
	}
	if len(codes) != backupCount {
		p.t.Fatalf("%d backup codes, want %d", len(codes), backupCount)
	}
	return codes
}

const validatePath = prefix + "/settings/tfaapp/validate"

// stepOne logs in and returns what a browser needs for the second step by link.
func (p *portal) stepOne(who kit.Identity) []option {
	p.t.Helper()
	first := p.login(who)
	for _, kind := range []string{"TfaActivation", "TfaAuth"} {
		if key := first.cookies[linkCookie(kind)]; key != "" {
			return []option{confirm("type", kind, "uid", who.ID), cookie(linkCookie(kind), key)}
		}
	}
	p.t.Fatal("the first step set no link cookie")
	return nil
}

func (p *portal) validate(who kit.Identity, code any) reply {
	p.t.Helper()
	return p.call("POST", validatePath, object{"code": code}, p.stepOne(who)...)
}

// mailedLink returns the parameters of the newest link mailed to an address.
func (p *portal) mailedLink(address string) url.Values {
	p.t.Helper()
	text := p.newestMail(address)
	link, err := url.Parse(text[strings.Index(text, "http"):])
	if err != nil {
		p.t.Fatal(err)
	}
	return link.Query()
}

func (p *portal) newestMail(address string) string { return p.client.NewestMail(address) }

func (p *portal) smsCode(phone string) string {
	p.t.Helper()
	return kit.Digits(p.newestMail(kit.SMSAddress(phone)))
}

// passwordLink asks for a password mail and returns the header of its link.
func (p *portal) passwordLink(who kit.Identity) option {
	p.t.Helper()
	p.call("POST", prefix+"/people/password", object{"email": who.Login, "recaptchaResponse": p.CaptchaResponse()})
	link := p.mailedLink(who.Login)
	return confirm("type", link.Get("type"), "key", link.Get("key"), "uid", link.Get("uid"))
}

func (p *portal) changePassword(who kit.Identity, password string, link option) reply {
	p.t.Helper()
	return p.call("PUT", prefix+"/people/"+who.ID+"/password", object{"password": password}, link)
}

// want fails unless got is the status of the profile.
func want(t testing.TB, p *portal, what string, got reply, documented, released int) {
	t.Helper()
	wanted := documented
	if p.policy.released {
		wanted = released
	}
	if got.status != wanted {
		t.Errorf("%s: status %d, want %d; message %q", what, got.status, wanted, got.message())
	}
}

func (p *portal) setAttemptCount(n int) {
	p.t.Helper()
	admin := p.token(p.who(roleAdmin, 0))
	got := p.call("PUT", prefix+"/settings/security/loginsettings", object{"attemptCount": n, "blockTime": 60, "checkPeriod": 60},
		bearer(admin))
	if got.status != 200 {
		p.t.Fatalf("login settings answer %d", got.status)
	}
}
