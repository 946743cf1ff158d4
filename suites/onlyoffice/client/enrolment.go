package client

import (
	"context"
	"slices"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// Window, in time steps, is wider than any target's: a code this far away is
// wrong.
const Window = 40

// Enrolled is an identity with an authenticator app and a session that passed
// both factors.
type Enrolled struct {
	Who     *identity.Identity
	ID      string // its user id
	Session *conform.Actor
	Codes   *otp.Kit
	Backup  []string // unused backup codes

	p *Client
}

// TakeBackup hands out one unused backup code: unlike an app's codes, these do
// not run out with the time step.
func (e *Enrolled) TakeBackup() string {
	ginkgo.GinkgoHelper()
	e.needBackup()
	code := e.Backup[0]
	e.Backup = e.Backup[1:]
	return code
}

func (e *Enrolled) needBackup() {
	ginkgo.GinkgoHelper()
	e.p.Only(e.p.BackupCodes)
	if len(e.Backup) == 0 {
		e.p.Untestable("the portal shows no unused backup code of %s", e.Who.Name)
	}
}

// Right is a right code that was not used before: a backup code where the portal
// hands them out, and one of the app otherwise.
func (e *Enrolled) Right(ctx context.Context) string {
	ginkgo.GinkgoHelper()
	if len(e.Backup) > 0 {
		return e.TakeBackup()
	}
	return e.p.Code(ctx, e.Codes)
}

// BackupInOtherCase is an unused backup code with the case of its letters
// changed; one without letters is no use for that.
func (e *Enrolled) BackupInOtherCase() string {
	ginkgo.GinkgoHelper()
	e.needBackup()
	for _, code := range e.Backup {
		if changed := SwapCase(code); changed != code {
			return changed
		}
	}
	return SwapCase(e.Backup[0]) + "A"
}

// WithApp leases an identity with an authenticator app for specs that need no more
// than its codes: one whose secret the target file gives needs no other operation
// for that, and any other is enrolled.
func (p *Client) WithApp(ctx context.Context) *Enrolled {
	ginkgo.GinkgoHelper()
	who := p.LeaseTOTP()
	if who.TOTPSecret == "" {
		return p.enrol(ctx, who)
	}
	e := &Enrolled{p: p, Who: who, Session: p.Anonymous(), Codes: p.Codes(who.TOTPSecret)}
	if !p.Has(p.BackupCodes) {
		return e
	}
	call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
	p.Require("sign in as "+who.Name+" with a code", call, p.LoginByCode, contract.OK)
	e.Session = p.Session(who, call)
	if call, err := p.Try(ctx, e.Session, p.BackupCodes, NoBody); err == nil && p.Is(call, p.BackupCodes, contract.OK) {
		e.Backup = p.UnusedCodes(call)
	}
	return e
}

// Enrol leases an identity that must pass a second factor, enrols it where it is
// not yet, and takes the enrolment away again when the spec ends.
func (p *Client) Enrol(ctx context.Context) *Enrolled {
	ginkgo.GinkgoHelper()
	return p.enrol(ctx, p.LeaseTOTP())
}

func (p *Client) enrol(ctx context.Context, who *identity.Identity) *Enrolled {
	ginkgo.GinkgoHelper()
	e := &Enrolled{p: p, Who: who}
	e.Codes = p.AppCodes(ctx, e.Who)
	call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
	p.Require("enrol "+e.Who.Name+" with a first code", call, p.LoginByCode, contract.OK)
	e.Session = p.Session(e.Who, call)
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.unenrol(ctx, e) })
	e.ID = p.ID(ctx, e.Session)
	e.Backup = p.ReadBackupCodes(ctx, e.Session)
	return e
}

// AppCodes takes the first step as an identity that must pass a second factor,
// and returns the code kit of its app.
func (p *Client) AppCodes(ctx context.Context, who *identity.Identity) *otp.Kit {
	ginkgo.GinkgoHelper()
	call := p.LogIn(ctx, who)
	if who.TOTPSecret != "" {
		p.Require("take the first step as "+who.Name, call, p.Login, contract.SecondFactorRequired)
		return p.Codes(who.TOTPSecret)
	}
	p.Require("take the first step as "+who.Name, call, p.Login, contract.EnrolmentRequired)
	key := p.TFAKey(call)
	if key == "" {
		who.Retire("it is enrolled with a secret that the target file does not give")
		p.Untestable("the log-in of %s gives no tfaKey: if it is enrolled already, give its secret as totp-secret in the target file, "+
			"or unlink its app", who.Name)
	}
	return p.Codes(key)
}

// TFAKey is the shared secret that a log-in's first step shows to who has yet to
// enrol.
func (p *Client) TFAKey(call *httpclient.Call) string {
	return p.Secret("totp-secret", Text(call, "tfaKey"))
}

// SendCode sends the credentials of an enrolled user with a code.
func (p *Client) SendCode(ctx context.Context, e *Enrolled, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.LoginByCode, ByCode(e.Who, code))
}

// UseCode uses a code up at the log-in by code and returns it.
func (p *Client) UseCode(ctx context.Context, e *Enrolled, code string) string {
	ginkgo.GinkgoHelper()
	p.Require("use the code once", p.SendCode(ctx, e, code), p.LoginByCode, contract.OK)
	return code
}

// SecondStepLink takes the first step and keeps the link that it leaves.
func (p *Client) SecondStepLink(ctx context.Context, e *Enrolled) Link {
	ginkgo.GinkgoHelper()
	call := p.LogIn(ctx, e.Who)
	p.Require("take the first step as "+e.Who.Name, call, p.Login, contract.SecondFactorRequired)
	return p.StepLinkOf(call, TFAAuth)
}

// SecondStep takes the first step and makes the actor who may take the second.
func (p *Client) SecondStep(ctx context.Context, e *Enrolled) *conform.Actor {
	ginkgo.GinkgoHelper()
	return p.Bearer(e.Who, p.SecondStepLink(ctx, e))
}

// Confirm confirms a log-in with a code.
func (p *Client) Confirm(ctx context.Context, by *conform.Actor, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, by, p.ValidateCode, Code(code))
}

// ConfirmCode uses a code up on the confirmation of a log-in and returns it.
func (p *Client) ConfirmCode(ctx context.Context, e *Enrolled, code string) string {
	ginkgo.GinkgoHelper()
	p.Require("use the code once", p.Confirm(ctx, p.SecondStep(ctx, e), code), p.ValidateCode, Verified)
	return code
}

// AskedFactor reads what a log-in's first step asks of a user, by the kind of its
// link: the state that unlinking an app changes.
func (p *Client) AskedFactor(ctx context.Context, e *Enrolled) func() any {
	return func() any {
		ginkgo.GinkgoHelper()
		return p.StepLink(p.LogIn(ctx, e.Who)).Kind
	}
}

// ReadBackupCodes reads the unused backup codes of a session's user.
func (p *Client) ReadBackupCodes(ctx context.Context, session *conform.Actor) []string {
	ginkgo.GinkgoHelper()
	what := "read the backup codes of " + session.Who.Name
	return p.UnusedCodes(p.DoRequire(ctx, what, session, p.BackupCodes, NoBody, contract.OK))
}

// UnusedCodes are the backup codes of an answer that are not marked as used.
func (p *Client) UnusedCodes(call *httpclient.Call) []string {
	var unused []string
	for _, item := range value.List(value.Of(call), "response") {
		if !value.Flag(item, "isUsed") {
			unused = append(unused, p.Secret("backup-code", value.Text(item, "code")))
		}
	}
	return unused
}

// Renew replaces the backup codes of an enrolled user.
func (p *Client) Renew(ctx context.Context, e *Enrolled) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, e.Session, p.RenewCodes, NoBody)
	if p.Is(call, p.RenewCodes, contract.OK) {
		e.Backup = p.UnusedCodes(call)
	}
	return call
}

// Enrolment is an identity between the first step of a log-in and the first code
// of a new app.
type Enrolment struct {
	*Enrolled
	Key    string // the shared secret, as the first step shows it
	Link   Link
	Bearer *conform.Actor // has the link and no other credential
}

// StartEnrolment takes the first step as an identity without an app. Whatever the
// spec makes of it is taken back when the spec ends. It passes over identities
// whose app the target file knows: they have to stay enrolled.
func (p *Client) StartEnrolment(ctx context.Context) *Enrolment {
	ginkgo.GinkgoHelper()
	p.Only(p.Login) // its first step is what shows the key of a new app
	who := p.LeaseTOTP()
	for who.TOTPSecret != "" {
		who = p.LeaseTOTP()
	}
	call := p.LogIn(ctx, who)
	p.Require("take the first step as "+who.Name, call, p.Login, contract.EnrolmentRequired)
	key, l := p.TFAKey(call), p.StepLinkOf(call, TFAActivation)
	e := &Enrolled{p: p, Who: who, ID: l.UID, Session: p.Anonymous(), Codes: p.Codes(key)}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.unenrol(ctx, e) })
	return &Enrolment{Enrolled: e, Key: key, Link: l, Bearer: p.Bearer(who, l)}
}

// FinishEnrolment enrols at the log-in by code.
func (p *Client) FinishEnrolment(ctx context.Context, n *Enrolment) {
	ginkgo.GinkgoHelper()
	call := p.SendCode(ctx, n.Enrolled, p.Code(ctx, n.Codes))
	p.Require("enrol "+n.Who.Name+" with a first code", call, p.LoginByCode, contract.OK)
	n.Session = p.Session(n.Who, call)
	n.Backup = p.ReadBackupCodes(ctx, n.Session)
}

// EnrolNew is an enrolled identity whose app may be unlinked: the target file
// does not know its secret.
func (p *Client) EnrolNew(ctx context.Context) *Enrolment {
	ginkgo.GinkgoHelper()
	n := p.StartEnrolment(ctx)
	p.FinishEnrolment(ctx, n)
	return n
}

// Activate enrols by link. The session that this opens becomes the identity's.
func (p *Client) Activate(ctx context.Context, n *Enrolment, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Confirm(ctx, n.Bearer, code)
	if p.Is(call, p.ValidateCode, Activated) {
		n.Session = p.CookieSession(n.Who, call)
	}
	return call
}

// ReadSetup reads what an authenticator app needs.
func (p *Client) ReadSetup(ctx context.Context, n *Enrolment) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.DoRequire(ctx, "read what the app needs", n.Bearer, p.TFASetup, NoBody, contract.OK)
}

// SetupKey is the shared secret in what an authenticator app needs.
func (p *Client) SetupKey(call *httpclient.Call) string {
	ginkgo.GinkgoHelper()
	key := p.Secret("totp-secret", Text(call, "manualEntryKey"))
	if len(key) < 16 { // the least the contract promises
		p.Untestable("what the app needs holds no usable manualEntryKey")
	}
	return key
}

// Unlink is the request to unlink the app of a user.
func Unlink(id string) conform.Request { return JSON(conform.Object{"id": id}) }

// UnlinkOwn unlinks the identity's app. The fresh session that this opens becomes
// the identity's.
func (p *Client) UnlinkOwn(ctx context.Context, e *Enrolled) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := p.Do(ctx, e.Session, p.UnlinkApp, Unlink(e.ID))
	if p.Is(call, p.UnlinkApp, contract.OK) {
		e.Session = p.CookieSession(e.Who, call)
	}
	return call
}

// ReplaceApp unlinks the app, enrols another, and returns the old app's codes.
func (p *Client) ReplaceApp(ctx context.Context, n *Enrolment) *otp.Kit {
	ginkgo.GinkgoHelper()
	old := n.Codes
	p.Require("unlink the app", p.UnlinkOwn(ctx, n.Enrolled), p.UnlinkApp, contract.OK)
	n.Codes = p.AppCodes(ctx, n.Who)
	p.FinishEnrolment(ctx, n)
	return old
}

// EnrolOwner makes the second factor mandatory for the owner and enrols the
// owner. Both are taken back when the spec ends.
func (p *Client) EnrolOwner(ctx context.Context) *Enrolment {
	ginkgo.GinkgoHelper()
	who, session := p.SignedIn(ctx, Owner)
	id := p.ID(ctx, session)
	_, former := p.KeepTFA(ctx)
	p.DoRequire(ctx, "make the second factor mandatory for the owner", session, p.UpdateTFA, former.With(TFAApp, id).Request(), contract.OK)
	e := &Enrolled{p: p, Who: who, ID: id, Session: p.Anonymous(), Codes: p.AppCodes(ctx, who)}
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) { p.unenrol(ctx, e) })
	n := &Enrolment{Enrolled: e}
	p.FinishEnrolment(ctx, n)
	return n
}

// unenrol unlinks the app, so that the identity can be leased again. An identity
// that cannot be restored is not leased any more.
func (p *Client) unenrol(ctx context.Context, e *Enrolled) {
	if e.Who.TOTPSecret != "" {
		return // the target file holds its secret: it stays enrolled
	}
	unlinks := func(session *conform.Actor) bool {
		call, err := p.Try(ctx, session, p.UnlinkApp, Unlink(e.ID))
		return err == nil && p.Is(call, p.UnlinkApp, contract.OK)
	}
	opens := func(code string) bool {
		call, err := p.Try(ctx, p.Anonymous(), p.LoginByCode, ByCode(e.Who, code))
		return err == nil && unlinks(p.Session(e.Who, call))
	}
	first, err := p.Try(ctx, p.Anonymous(), p.Login, Credentials(e.Who))
	switch {
	case err == nil && Text(first, "tfaKey") != "": // the spec itself unlinked it
	case unlinks(e.Session):
	case len(e.Backup) > 0 && opens(e.TakeBackup()):
	default:
		code := p.CodeAtOnce(ctx, e.Codes)
		switch {
		case code == "":
			p.KeepFactor(e.Who, identity.FactorLeftOn, e.Codes)
		case !opens(code):
			e.Who.Retire("its authenticator app could not be unlinked")
		}
	}
}

// LeaseTOTP leases an identity that must pass a second factor, and unlinks the app
// that an earlier clean-up had to leave for want of a code.
func (p *Client) LeaseTOTP() *identity.Identity {
	ginkgo.GinkgoHelper()
	who := p.Lease(TOTP)
	PutBack(context.Background(), p.Context, who)
	return who
}

// PutBack unlinks the app of an identity that a clean-up had to leave.
func PutBack(ctx context.Context, s *conform.Context, who *identity.Identity) {
	ginkgo.GinkgoHelper()
	p, left := New(s), who.Kept(identity.FactorLeftOn)
	if left == "" {
		return
	}
	e := &Enrolled{p: p, Who: who, Codes: p.Codes(left)}
	call := p.SendCode(ctx, e, p.Code(ctx, e.Codes))
	p.Require("sign in as "+who.Name+", whose app an earlier clause left linked", call, p.LoginByCode, contract.OK)
	e.Session = p.Session(who, call)
	e.ID = p.ID(ctx, e.Session)
	p.Require("unlink the app that an earlier clause left", p.UnlinkOwn(ctx, e), p.UnlinkApp, contract.OK)
	p.KeepFactor(who, identity.FactorLeftOn, nil)
}

// SharedCodes are the codes that are in both sets.
func SharedCodes(one, two []string) []string {
	return slices.DeleteFunc(slices.Clone(one), func(code string) bool { return !slices.Contains(two, code) })
}
