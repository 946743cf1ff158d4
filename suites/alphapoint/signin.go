package alphapoint

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
)

// lease takes an identity that no earlier spec left a session for: where the
// bearer token carries the session, it is logged out when the spec ends.
func (v *Venue) lease(role string) *identity.Identity {
	GinkgoHelper()
	who := v.Lease(role)
	if who.ID == "" {
		v.Untestable("the target file gives %s no id: it is the UserId that is signed", who.Name)
	}
	if v.Setting(gatewaySetting) == "bearer" {
		DeferCleanup(func(ctx SpecContext) {
			if call, err := v.Try(ctx, v.caller(who), v.logOut, nothing); err != nil || !v.Is(call, v.logOut, contract.OK) {
				who.Retire("its session could not be ended")
			}
		})
	}
	return who
}

// nothing is the request of calls that take no members.
var nothing = conform.Request{JSON: conform.Object{}}

// gateway is what every call of an identity carries, session or not.
func (v *Venue) gateway(who *identity.Identity) http.Header {
	GinkgoHelper()
	switch way := v.Setting(gatewaySetting); way {
	case "api-key":
		if who.APIKey == "" {
			v.Untestable("the target file gives %s no api-key", who.Name)
		}
		return http.Header{"APIKey": {who.APIKey}}
	case "bearer":
		if who.Token == "" {
			v.Untestable("the target file gives %s no token, which every call carries", who.Name)
		}
		return bearer(who.Token)
	case "none":
		return http.Header{}
	default:
		v.Error("settings.gateway is %q: write api-key, bearer or none", way)
		return nil
	}
}

func bearer(token string) http.Header { return http.Header{"Authorization": {"Bearer " + token}} }

// caller is a client with the gateway's credential and no session.
func (v *Venue) caller(who *identity.Identity) *conform.Actor {
	GinkgoHelper()
	return v.Actor(who.Name, who, v.gateway(who))
}

// with is a client with one more header field.
func (v *Venue) with(who *identity.Identity, name, value string) *conform.Actor {
	GinkgoHelper()
	header := v.gateway(who)
	header[name] = []string{value}
	return v.Actor(who.Name, who, header)
}

// nonce is what practice takes: milliseconds, made unique.
func (v *Venue) nonce() string {
	return strconv.FormatInt(v.Now().UnixMilli(), 10) + strconv.FormatInt(time.Now().UnixNano()%1_000_000, 10)
}

// signed is the log-in by API key, signed anew.
func (v *Venue) signed(who *identity.Identity) conform.Request {
	GinkgoHelper()
	return v.signedWith(who, v.nonce())
}

func (v *Venue) signedWith(who *identity.Identity, nonce string) conform.Request {
	GinkgoHelper()
	if who.APIKey == "" || who.APISecret == "" {
		v.Untestable("the target file gives %s no api-key and api-secret", who.Name)
	}
	return conform.Request{JSON: conform.Object{
		"APIKey": who.APIKey, "Signature": v.Secret("signature", Sign(who.APISecret, nonce, who.ID, who.APIKey)),
		"UserId": who.ID, "UserName": who.Login, "Nonce": nonce,
	}}
}

// password is the log-in by password.
func password(who *identity.Identity) conform.Request {
	return conform.Request{JSON: conform.Object{"UserName": who.Login, "Password": who.Password}}
}

// signedActor carries the signature as headers, in place of a session.
func (v *Venue) signedActor(who *identity.Identity) *conform.Actor {
	GinkgoHelper()
	members := v.signed(who).JSON.(conform.Object)
	header := v.gateway(who)
	for _, name := range []string{"APIKey", "Signature", "UserId", "Nonce"} {
		header[name] = []string{members[name].(string)}
	}
	return v.Actor(who.Name, who, header)
}

func (v *Venue) basicActor(who *identity.Identity) *conform.Actor {
	GinkgoHelper()
	return v.basicWith(who, who.Password)
}

func (v *Venue) basicWith(who *identity.Identity, password string) *conform.Actor {
	GinkgoHelper()
	pair := base64.StdEncoding.EncodeToString([]byte(who.Login + ":" + password))
	return v.with(who, "Authorization", "Basic "+v.Secret("basic", pair))
}

// session is the client of an open session: the token of the log-in's answer in
// its header, or the gateway's bearer token where the answer has none.
func (v *Venue) session(who *identity.Identity, call *httpclient.Call) *conform.Actor {
	GinkgoHelper()
	issued := token(call)
	if issued == "" && v.Setting(gatewaySetting) != "bearer" {
		v.Untestable("the log-in of %s gives no session token, and no bearer token carries the session", who.Name)
	}
	if issued == "" {
		return v.caller(who)
	}
	return v.with(who, v.Setting(sessionSetting), v.Secret("session-token", issued))
}

// signIn opens a session for an identity without a second factor.
func (v *Venue) signIn(ctx context.Context, who *identity.Identity) *conform.Actor {
	GinkgoHelper()
	call := v.Do(ctx, v.caller(who), v.login, v.signed(who))
	v.Require("sign in as "+who.Name, call, v.login, contract.OK)
	return v.session(who, call)
}

func (v *Venue) signedIn(ctx context.Context, role string) (*identity.Identity, *conform.Actor) {
	GinkgoHelper()
	who := v.lease(role)
	return who, v.signIn(ctx, who)
}

// pending is a log-in whose first step is done.
type pending struct {
	who   *identity.Identity
	by    *conform.Actor // sends the second step
	token string         // of the pending log-in; "" where the gateway's credential carries it
	codes *otp.Kit
}

// firstStep leases an identity with an app and takes its first step.
func (v *Venue) firstStep(ctx context.Context) *pending {
	GinkgoHelper()
	who := v.lease(totp)
	if who.TOTPSecret == "" {
		v.Untestable("the target file gives %s no totp-secret", who.Name)
	}
	p := &pending{who: who, codes: v.Codes(who.TOTPSecret)}
	v.again(ctx, p)
	return p
}

// again takes the first step once more.
func (v *Venue) again(ctx context.Context, p *pending) {
	GinkgoHelper()
	call := v.Do(ctx, v.caller(p.who), v.login, v.signed(p.who))
	v.Require("take the first step as "+p.who.Name, call, v.login, contract.SecondFactorRequired)
	v.carry(p, call)
}

// carry reads who sends the second step out of the first one's answer.
func (v *Venue) carry(p *pending, call *httpclient.Call) {
	GinkgoHelper()
	p.by, p.token = v.caller(p.who), str(body(call), "Pending2FaToken", "pending2FaToken")
	if p.token != "" {
		p.by = v.with(p.who, v.Setting(pendingSetting), v.Secret("pending-token", p.token))
	}
}

func withCode(code any) conform.Request { return conform.Request{JSON: conform.Object{"Code": code}} }

// bothSteps signs in with both factors.
func (v *Venue) bothSteps(ctx context.Context) (*pending, *conform.Actor) {
	GinkgoHelper()
	p := v.firstStep(ctx)
	call := v.Do(ctx, p.by, v.second, withCode(v.Code(ctx, p.codes)))
	v.Require("take the second step as "+p.who.Name, call, v.second, contract.OK)
	return p, v.session(p.who, call)
}

// ownDevices lists the caller's own devices: the call that shows whether a session
// is one.
func (v *Venue) ownDevices(who *identity.Identity) conform.Request {
	GinkgoHelper()
	return conform.Request{JSON: conform.Object{"UserId": v.userID(who)}}
}

// userID is the number that calls take, and log-ins take as a text.
func (v *Venue) userID(who *identity.Identity) int {
	GinkgoHelper()
	id, err := strconv.Atoi(who.ID)
	if err != nil {
		v.Untestable("the id of %s in the target file is no number", who.Name)
	}
	return id
}

// works checks that a session opens a call, alive needs it, and closed checks that
// it does not.
func (v *Venue) works(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	v.Expect(v.Do(ctx, by, v.devices, v.ownDevices(by.Who)), v.devices, contract.OK)
}

func (v *Venue) alive(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	v.Require("use the session", v.Do(ctx, by, v.devices, v.ownDevices(by.Who)), v.devices, contract.OK)
}

func (v *Venue) closed(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	call := v.Do(ctx, by, v.devices, v.ownDevices(by.Who))
	v.Expect(call, v.devices, contract.Unauthenticated)
	v.Holds("the refusal lets nobody in", leak(call) == "", "it carries "+leak(call))
}

// ends logs a session out.
func (v *Venue) ends(ctx context.Context, by *conform.Actor) {
	GinkgoHelper()
	v.Require("log out", v.Do(ctx, by, v.logOut, nothing), v.logOut, contract.OK)
}

// nobody is a user name that no account has and no spec used before.
func (v *Venue) nobody() string { return "nobody-" + v.Nonce() + "@unknown.invalid" }

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= 'A' && r <= 'Z' {
			return r - 'A' + 'a'
		}
		return r
	}, s)
}
