package alphapoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"authconform/harness/reference/kit"
	"authconform/harness/reference/kit/kittest"
)

// venue is a running reference on a clock that stands still.
type venue struct {
	*Server
	client *kittest.Client
	t      testing.TB
}

func start(t testing.TB, surface, profile string, faults ...string) *venue {
	t.Helper()
	server, err := New(Config{
		Surface: surface, Profile: profile, Faults: faults, HashIterations: 1,
		Clock: kittest.StandingClock(),
		Pool:  map[string]int{roleUser: 2, roleTOTP: 2, roleUnenrolled: 1, roleLocked: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &venue{Server: server, t: t, client: kittest.Serve(t, server, server.Clock)}
}

func (v *venue) who(role string) kit.Identity { return v.nth(role, 0) }

// nth is the n-th identity of a role, from 0.
func (v *venue) nth(role string, n int) kit.Identity { return v.client.Who(role, n) }

type reply struct {
	status int
	header http.Header
	raw    string
	body   map[string]any
}

func (r reply) text(name string) string {
	text, _ := r.body[name].(string)
	return text
}

func (v *venue) call(path string, body any, header http.Header) reply {
	v.t.Helper()
	return v.read(v.client.Call("POST", path, body, kittest.Headers(header), kittest.Header("Content-Type", "application/json")))
}

func (v *venue) send(method, path, media string, body []byte, header http.Header) reply {
	v.t.Helper()
	return v.read(v.client.Call(method, path, string(body), kittest.Headers(header), kittest.Header("Content-Type", media)))
}

func (v *venue) read(r kittest.Reply) reply {
	return reply{status: r.Status, header: r.Header, raw: r.Raw, body: r.Members()}
}

// drawn is what differs from one venue to the next: tokens, secrets, keys.
var drawn = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Z2-7]{32}`)

// seen is all of some replies that a client can tell apart.
func seen(replies ...reply) string {
	var all []string
	for _, r := range replies {
		line := strconv.Itoa(r.status) + " " + drawn.ReplaceAllString(r.raw, "*")
		for _, name := range []string{"Www-Authenticate", "Allow", "Retry-After", "Cache-Control", "Content-Type", "Content-Length",
			"X-Reason", "X-Second-Factor"} {
			line += " " + r.header.Get(name)
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

// path spells a call as the surface does.
func (v *venue) path(call string) string {
	if v.surface == Legacy {
		return "/" + strings.ToLower(call)
	}
	return "/ap/" + call
}

func (v *venue) gateway(who kit.Identity) http.Header {
	switch v.Gateway() {
	case "api-key":
		return http.Header{"Apikey": {who.APIKey}}
	case "bearer":
		return http.Header{"Authorization": {"Bearer " + who.Token}}
	}
	return http.Header{}
}

const fixedNonce = "1746360000000"

func macOf(secret, message string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(message))
	return hex.EncodeToString(mac.Sum(nil))
}

func signedBody(who kit.Identity) map[string]any {
	return map[string]any{
		"APIKey": who.APIKey, "Signature": macOf(who.APISecret, fixedNonce+who.ID+who.APIKey),
		"UserId": who.ID, "UserName": who.Login, "Nonce": fixedNonce,
	}
}

func signedHeader(who kit.Identity) http.Header {
	header := http.Header{}
	for _, name := range []string{"APIKey", "Signature", "UserId", "Nonce"} {
		header.Set(name, signedBody(who)[name].(string))
	}
	return header
}

// login signs in, by pairs of members with changes: a nil value leaves one out.
func (v *venue) login(who kit.Identity, changes ...any) reply {
	v.t.Helper()
	body := signedBody(who)
	for change := range slices.Chunk(changes, 2) {
		if body[change[0].(string)] = change[1]; change[1] == nil {
			delete(body, change[0].(string))
		}
	}
	return v.call(v.path("AuthenticateUser"), body, v.gateway(who))
}

func (v *venue) password(by kit.Identity, login, password string) reply {
	v.t.Helper()
	return v.call(v.path("AuthenticateUser"), map[string]any{"UserName": login, "Password": password}, v.gateway(by))
}

// fail sends wrong log-ins.
func (v *venue) fail(who kit.Identity, times int) (last reply) {
	v.t.Helper()
	for range times {
		last = v.login(who, "Signature", strings.Repeat("0", 64))
	}
	return last
}

// lock sends wrong log-ins no faster than the limit of attempts lets them through.
func (v *venue) lock(who kit.Identity, times int) {
	v.t.Helper()
	for i := range times {
		v.fail(who, 1)
		if (i+1)%attemptRule.Attempts == 0 {
			v.Clock.Advance(attemptRule.Block + time.Second)
		}
	}
	v.Clock.Advance(attemptRule.Block + time.Second)
}

// session is what a caller carries after a log-in that answered r.
func (v *venue) session(who kit.Identity, r reply) http.Header {
	header := v.gateway(who)
	if token := r.text("SessionToken"); token != "" {
		header.Set(sessionHeader, token)
	}
	return header
}

func (v *venue) signIn(who kit.Identity) http.Header { return v.session(who, v.login(who)) }

// firstStep is what carries a pending log-in.
func (v *venue) firstStep(who kit.Identity) http.Header {
	v.t.Helper()
	header := v.gateway(who)
	if pending := v.login(who).text("Pending2FaToken"); pending != "" {
		header.Set(pendingHeader, pending)
	}
	return header
}

func (v *venue) second(header http.Header, code any) reply {
	v.t.Helper()
	return v.call(v.path("Authenticate2FA"), map[string]any{"Code": code}, header)
}

// bothSteps signs in with the current code and moves on to the next one.
func (v *venue) bothSteps(who kit.Identity) http.Header {
	v.t.Helper()
	header := v.session(who, v.second(v.firstStep(who), v.code(who, 0)))
	v.Clock.Advance(kit.TOTPStep)
	return header
}

// code is the code some time steps from now.
func (v *venue) code(who kit.Identity, steps int) string {
	v.t.Helper()
	return v.client.CodeAt(who.TOTPSecret, steps)
}

// numeral is the current code once it is one that a JSON number can be.
func (v *venue) numeral(who kit.Identity) json.Number {
	for v.code(who, 0)[0] == '0' {
		v.Clock.Advance(kit.TOTPStep)
	}
	return json.Number(v.code(who, 0))
}

func (v *venue) devices(header http.Header, of kit.Identity) reply {
	v.t.Helper()
	return v.call(v.path("GetUserDevices"), map[string]any{"UserId": json.Number(of.ID)}, header)
}

// alive tells whether a session opens a call.
func (v *venue) alive(header http.Header, of kit.Identity) string {
	return fmt.Sprint(strings.HasPrefix(v.devices(header, of).raw, "["))
}

func (v *venue) logOutOf(header http.Header) reply {
	return v.call(v.path("LogOut"), map[string]any{}, header)
}
