package onlyoffice

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// sessionCookie carries the session; the documents also take its value as the
// Authorization header.
const sessionCookie = "asc_auth_key"

// credentials are what the log-in takes of an identity.
func credentials(who *identity.Identity) conform.Object {
	return conform.Object{"userName": who.Login, "password": who.Password}
}

// byCode is the log-in by code. Document 003 puts the code into the path and
// the body; newer pages say that the one in the body is read.
func byCode(who *identity.Identity, code string) conform.Request {
	return conform.Request{JSON: credentials(who)}.With("code", code).WithPath("code", "code")
}

// cookie presents a token as the session cookie.
func cookie(token string) http.Header {
	return http.Header{"Cookie": {sessionCookie + "=" + token}}
}

// bearer presents a token as the Authorization header.
func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}

// token is the session token of a log-in's answer.
func token(call *httpclient.Call) string { return value.Text(value.Of(call), "response", "token") }

// signIn opens a session for an identity without a second factor.
func (p *portal) signIn(ctx context.Context, who *identity.Identity) *conform.Actor {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
	p.Require("sign in as "+who.Name, call, p.login, contract.OK)
	if token(call) == "" {
		p.Untestable("the log-in of %s gives no token", who.Name)
	}
	return p.Actor(who.Name, who, cookie(token(call)))
}

// signedIn leases an identity of the role and opens a session for it.
func (p *portal) signedIn(ctx context.Context, role string) (*identity.Identity, *conform.Actor) {
	GinkgoHelper()
	who := p.Lease(role)
	return who, p.signIn(ctx, who)
}

// id is the identity's user id: from the target file, or from its profile.
func (p *portal) id(ctx context.Context, me *conform.Actor) string {
	GinkgoHelper()
	if me.Who.ID != "" {
		return me.Who.ID
	}
	call := p.Do(ctx, me, p.profileByEmail, conform.Request{Query: query("email", me.Who.Login)})
	p.Require("read the profile of "+me.Who.Name, call, p.profileByEmail, contract.OK)
	return value.Text(value.Of(call), "response", "id")
}

// enrolled is an identity with an authenticator app and a session that passed
// both factors.
type enrolled struct {
	who    *identity.Identity
	id     string // its user id
	me     *conform.Actor
	codes  *otp.Kit
	backup []string // unused backup codes
}

// takeBackup hands out one unused backup code.
func (e *enrolled) takeBackup() string {
	code := e.backup[0]
	e.backup = e.backup[1:]
	return code
}

// enrol leases an identity that must pass a second factor, enrols it where it is
// not yet, and takes the enrolment away again when the spec ends.
func (p *portal) enrol(ctx context.Context) *enrolled {
	GinkgoHelper()
	e := &enrolled{who: p.Lease(totp)}
	e.codes = p.firstStep(ctx, e.who)
	call := p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(e.who, p.Code(ctx, e.codes)))
	p.Require("enrol "+e.who.Name+" with a first code", call, p.loginByCode, contract.OK)
	e.me = p.Actor(e.who.Name, e.who, cookie(token(call)))
	DeferCleanup(func(ctx SpecContext) { p.unenrol(ctx, e) })
	e.id = p.id(ctx, e.me)
	e.backup = p.readBackupCodes(ctx, e.me)
	return e
}

// firstStep signs in with the password alone, as an identity that must pass a
// second factor, and returns the code kit of its app.
func (p *portal) firstStep(ctx context.Context, who *identity.Identity) *otp.Kit {
	GinkgoHelper()
	call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)})
	if who.TOTPSecret != "" {
		p.Require("take the first step as "+who.Name, call, p.login, contract.SecondFactorRequired)
		return p.Codes(who.TOTPSecret)
	}
	p.Require("take the first step as "+who.Name, call, p.login, contract.EnrolmentRequired)
	key := p.Secret("totp-secret", value.Text(value.Of(call), "response", "tfaKey"))
	if key == "" {
		who.Retire("it is enrolled with a secret that the target file does not give")
		p.Untestable("the log-in of %s gives no tfaKey: if it is enrolled already, give its secret as totp-secret in the target file, or unlink its app", who.Name)
	}
	return p.Codes(key)
}

func (p *portal) readBackupCodes(ctx context.Context, me *conform.Actor) []string {
	GinkgoHelper()
	call := p.Do(ctx, me, p.backupCodes, conform.Request{})
	p.Require("read the backup codes of "+me.Who.Name, call, p.backupCodes, contract.OK)
	return p.unusedCodes(call)
}

func (p *portal) unusedCodes(call *httpclient.Call) []string {
	var unused []string
	for _, item := range value.List(value.Of(call), "response") {
		if !value.Flag(item, "isUsed") {
			unused = append(unused, p.Secret("backup-code", value.Text(item, "code")))
		}
	}
	return unused
}

// unenrol unlinks the app, so that the identity can be leased again. An
// identity that cannot be brought back is not handed out any more.
func (p *portal) unenrol(ctx context.Context, e *enrolled) {
	if e.who.TOTPSecret != "" {
		return // the target file holds its secret: it stays enrolled
	}
	unlinks := func(me *conform.Actor) bool {
		call, err := p.Try(ctx, me, p.unlink, conform.Request{JSON: conform.Object{"id": e.id}})
		return err == nil && p.Is(call, p.unlink, contract.OK)
	}
	opens := func(code string) bool {
		call, err := p.Try(ctx, p.Anonymous(), p.loginByCode, byCode(e.who, code))
		return err == nil && unlinks(p.Actor(e.who.Name, e.who, cookie(token(call))))
	}
	first, err := p.Try(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(e.who)})
	switch {
	case err == nil && value.Text(value.Of(first), "response", "tfaKey") != "": // the spec itself unlinked it
	case unlinks(e.me):
	case len(e.backup) > 0 && opens(e.takeBackup()):
	case opens(p.Code(ctx, e.codes)):
	default:
		e.who.Retire("its authenticator app could not be unlinked")
	}
}
