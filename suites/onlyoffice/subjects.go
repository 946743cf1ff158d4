package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/family"
)

// sessions is how a session is carried and ended; log-out ends it by cookie in
// every profile.
func (p *portal) sessions() family.Scheme {
	return family.Scheme{
		Present: cookie,
		End: func(ctx context.Context, me *conform.Actor) {
			GinkgoHelper()
			p.Require("log out", p.Do(ctx, me, p.logout, conform.Request{}), p.logout, contract.OK)
		},
	}
}

// always makes a control of a request that is right each time.
func always(r conform.Request) func() conform.Request {
	return func() conform.Request { return r }
}

// as is the Ready of operations that take the same request from any session of
// a role.
func (p *portal) as(role string, r conform.Request) func(context.Context) (*conform.Actor, func() conform.Request) {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		_, me := p.signedIn(ctx, role)
		return me, always(r)
	}
}

// anonymously is the Ready of operations that need no session.
func (p *portal) anonymously(r conform.Request) func(context.Context) (*conform.Actor, func() conform.Request) {
	return func(context.Context) (*conform.Actor, func() conform.Request) { return p.Anonymous(), always(r) }
}

// resigned is the Ready of operations whose success ends the caller's session:
// the control signs in anew each time.
func (p *portal) resigned(role string, request func(context.Context, *conform.Actor) conform.Request) func(context.Context) (*conform.Actor, func() conform.Request) {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, me := p.signedIn(ctx, role)
		return me, func() conform.Request {
			me.Header = p.signIn(ctx, who).Header
			return request(ctx, me)
		}
	}
}

// subjects are the operations that the families of probes are put to.
func (p *portal) subjects() []family.Subject {
	none := conform.Request{}
	return []family.Subject{
		{Operation: p.isAuthentificated, Ready: p.as(user, none)},
		{Operation: p.login, Ready: p.loginReady},
		{Operation: p.loginByCode, Ready: p.loginByCodeReady, SingleUse: true},
		{Operation: p.logout, Ready: p.as(user, none)},
		{Operation: p.checkConfirm, Ready: p.anonymously(unknownLink), Expected: confirmInvalid},
		{Operation: p.tfaSettings, Ready: p.as(user, none)},
		{Operation: p.updateTFA, Ready: p.resigned(admin, p.sameTFA), Disrupts: true},
		{Operation: p.updateTFALink, Ready: p.switchOffReady, Expected: disabledOK, Disrupts: true},
		{Operation: p.tfaConfirm, Ready: p.as(user, none)},
		{Operation: p.backupCodes, Ready: p.enrolledReady(none)},
		{Operation: p.renewCodes, Ready: p.enrolledReady(none)},
		{Operation: p.unlink, Ready: p.unlinkReady, SingleUse: true},
		{Operation: p.loginSettings, Ready: p.as(admin, none)},
		{Operation: p.updateLoginSettings, Ready: p.resigned(admin, p.sameLoginSettings), Disrupts: true},
		{Operation: p.resetLoginSettings, Ready: p.resetReady, Disrupts: true},
		{Operation: p.cookieSettings, Ready: p.as(admin, none)},
		{Operation: p.updateCookieSettings, Ready: p.resigned(admin, p.sameCookieSettings), Disrupts: true},
		{Operation: p.connections, Ready: p.as(user, none)},
		{Operation: p.logoutAllChangePassword, Ready: p.resigned(user, p.nothing)},
		{Operation: p.logoutAllForUser, Ready: p.resigned(user, p.ownConnections)},
		{Operation: p.logoutAllExceptThis, Ready: p.as(user, none)},
		{Operation: p.logoutConnection, Ready: p.resigned(user, p.ownConnection)},
		{Operation: p.sendPassword, Ready: p.sendPasswordReady},
		{Operation: p.sendEmailChange, Ready: p.sendEmailChangeReady},
		{Operation: p.profileByEmail, Ready: p.profileReady},
		{Operation: p.emailActivation, Ready: p.as(admin, conform.Request{JSON: conform.Object{"show": true}})},
		{Operation: p.passwordSettings, Ready: p.as(user, none)},
		{Operation: p.updatePasswordSettings, Ready: p.resigned(admin, p.samePasswordSettings)},
		{Operation: p.capabilities, Ready: p.anonymously(none)},
		{Operation: p.capabilitiesJSON, Ready: p.anonymously(none)},
		{Operation: p.settings, Ready: p.anonymously(none)},
	}
}

// linkSubjects are the operations that are not opened by a session: by a
// confirmation link, or only while the portal texts its codes.
func (p *portal) linkSubjects() []family.Subject {
	return []family.Subject{
		{Operation: p.validateCode, Ready: p.validateReady, Expected: verified, SingleUse: true},
		{Operation: p.tfaSetup, Ready: p.setupReady},
		{Operation: p.setPhone, Ready: p.setPhoneReady, Disrupts: true, Features: []string{"sms"}},
		{Operation: p.sendSMS, Ready: p.sendSMSReady, Disrupts: true, Features: []string{"sms"}},
	}
}

func (p *portal) validateReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.enrol(ctx)
	return p.holder(e.who, p.secondStepLink(ctx, e)), always(conform.Request{JSON: conform.Object{"code": e.takeBackup()}})
}

func (p *portal) setupReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.startEnrolment(ctx).by, always(conform.Request{})
}

func (p *portal) setPhoneReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	x := p.phoneless(ctx)
	return x.by, x.number
}

func (p *portal) sendSMSReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	return p.Anonymous(), always(conform.Request{JSON: credentials(p.texted(ctx).who)})
}

func (p *portal) nothing(context.Context, *conform.Actor) conform.Request { return conform.Request{} }

func (p *portal) loginReady(context.Context) (*conform.Actor, func() conform.Request) {
	return p.Anonymous(), always(conform.Request{JSON: credentials(p.Lease(user))})
}

// loginByCodeReady spends a backup code: unlike an app's codes, these do not run
// out with the time step.
func (p *portal) loginByCodeReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.enrol(ctx)
	return p.Anonymous(), always(byCode(e.who, e.takeBackup()))
}

func (p *portal) enrolledReady(r conform.Request) func(context.Context) (*conform.Actor, func() conform.Request) {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) { return p.enrol(ctx).me, always(r) }
}

func (p *portal) unlinkReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	e := p.enrol(ctx)
	return e.me, always(conform.Request{JSON: conform.Object{"id": p.id(ctx, e.me)}})
}
