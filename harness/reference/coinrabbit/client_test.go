package coinrabbit

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"authconform/harness/reference/kit"
	"authconform/harness/reference/kit/kittest"
)

var both = []string{Documented, Strict}

// portal is a reference on a clock that stands still.
type portal struct {
	*Server
	t testing.TB
}

func start(t testing.TB, profile string, faults ...string) *portal {
	t.Helper()
	server, err := New(Config{
		Profile: profile, Faults: faults, Accounts: 80,
		Clock: kit.NewClock(func() time.Time { return time.Date(2026, 5, 4, 12, 0, 10, 0, time.UTC) }),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &portal{server, t}
}

type object = map[string]any

// reply is what a client sees.
type reply struct {
	status int
	header http.Header
	raw    string
	body   object
}

func (r reply) ok() bool { return r.status == http.StatusOK && r.body["result"] == true }

func (r reply) text(member string) string {
	response, _ := r.body["response"].(object)
	s, _ := response[member].(string)
	return s
}

// seen is what of a reply can differ from one server to another.
func (r reply) seen() string {
	word := "no"
	if r.ok() {
		word = "yes"
	}
	headers := ""
	for _, name := range []string{"WWW-Authenticate", "Allow", "Retry-After"} {
		headers += " " + r.header.Get(name)
	}
	return fmt.Sprint(word, " ", r.status, " ", r.body["result"], " ", r.body["response"] != nil, headers)
}

// who is one client: a user's session, or none.
type who struct{ key, token, address string }

func (p *portal) call(by who, method, path string, body any) reply {
	p.t.Helper()
	text := ""
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			p.t.Fatal(err)
		}
		text = string(raw)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(text))
	r.Header.Set("Content-Type", "application/json")
	for name, value := range map[string]string{"X-Api-Key": by.key, "X-User-Token": by.token, "X-Forwarded-For": by.address} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	out := reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	_ = json.Unmarshal(w.Body.Bytes(), &out.body) // a body that is no JSON has no members
	return out
}

func (p *portal) post(by who, path string, body any) reply { return p.call(by, "POST", path, body) }

// visitor is a user on the tour, with what it holds.
type visitor struct {
	p      *portal
	who    kit.Identity
	by     who
	secret string
	used   map[string]bool
}

// visitor logs the n-th user in.
func (p *portal) visitor(n int) *visitor {
	v := &visitor{p: p, who: p.Identities()[n], used: map[string]bool{}}
	v.by = who{key: p.key, token: p.partnerToken(n)}
	return v
}

func (p *portal) partnerToken(n int) string {
	return p.post(who{key: p.key}, p.policy.partnerPath, object{"external_id": p.Identities()[n].ID}).text("token")
}

func (v *visitor) create() reply {
	r := v.p.post(v.by, v.p.policy.createPath, nil)
	if s := r.text("secret"); s != "" {
		v.secret = s
	}
	return r
}

// code is a right code that was not used: of now, then of the step before, then
// of the one after.
func (v *visitor) code() string {
	for range 2 {
		for _, d := range []time.Duration{0, -30 * time.Second, 30 * time.Second} {
			code := codeAt(v.secret, v.p.Clock.Now().Add(d))
			if !v.used[v.secret+code] {
				v.used[v.secret+code] = true
				return code
			}
		}
		v.p.Clock.Advance(90 * time.Second)
	}
	return codeAt(v.secret, v.p.Clock.Now()) // of a secret that is none, all are the same
}

// codeAt is the code of a secret; one that is no secret has none.
func codeAt(secret string, at time.Time) string {
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		return "000000"
	}
	return code
}

func (v *visitor) recipient() string {
	if v.p.policy.bySMS {
		return v.who.Phone
	}
	return v.who.Login
}

func (v *visitor) request(kind string) object {
	return object{v.p.policy.typeMember: kind, v.p.policy.recipientMember: v.recipient()}
}

var sixDigits = regexp.MustCompile(`[0-9]{6}$`)

// newCode has a code sent and reads it in the outbox.
func (v *visitor) newCode(kind string) string {
	v.p.post(v.sender(kind), sendPath, v.request(kind))
	to := v.who.Login
	if v.p.policy.bySMS {
		to = kit.SMSAddress(v.who.Phone)
	}
	w := httptest.NewRecorder()
	v.p.Outbox.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/search?query="+strings.ReplaceAll(`to:"`+to+`"`, `"`, "%22"), nil))
	var page struct{ Messages []struct{ Snippet string } }
	_ = json.Unmarshal(w.Body.Bytes(), &page)
	if len(page.Messages) == 0 {
		return ""
	}
	return sixDigits.FindString(page.Messages[0].Snippet)
}

func (v *visitor) sender(kind string) who {
	if kind == typeLogin {
		return who{key: v.p.key}
	}
	return v.by
}

func (v *visitor) verify(kind, code string) reply {
	in := v.request(kind)
	in[v.p.policy.codeMember] = code
	return v.p.post(v.sender(kind), verifyPath, in)
}

func (v *visitor) verified(kind string) string {
	return v.verify(kind, v.newCode(kind)).text("verification_token")
}

// activation and deactivation are right requests.
func (v *visitor) activation() object {
	return object{"verification_token": v.verified(typeActivation), "secret_2fa": v.secret, "code_2fa": v.code()}
}

func (v *visitor) deactivation() object {
	return object{"verification_token": v.verified(typeDeactivation), "code_2fa": v.code()}
}

func with(in object, member string, value any) object {
	out := maps.Clone(in)
	if value == nil {
		delete(out, member)
	} else {
		out[member] = value
	}
	return out
}

// enrolled is a user whose factor is on.
func (p *portal) enrolled(n int) *visitor {
	v := p.visitor(n)
	v.create()
	p.post(v.by, activatePath, v.activation())
	return v
}

// atOnce sends one request several times at once and counts the successes.
func (p *portal) atOnce(times int, one func() reply) int {
	return kittest.Parallel(times, func() bool { return one().ok() })
}
