package onlyoffice

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/contract"
	"authconform/harness/probe"
	"authconform/harness/suite"
)

// sessions is how a session is carried and ended; log-out ends it by cookie in
// every profile.
func (p *portal) sessions() probe.Scheme {
	return probe.Scheme{
		Present: cookie,
		End: func(ctx context.Context, me *suite.Actor) {
			GinkgoHelper()
			p.Need("log out", p.Do(ctx, me, p.logout, suite.Request{}), p.logout, contract.OK)
		},
	}
}

// always makes a control of a request that is right each time.
func always(r suite.Request) func() suite.Request {
	return func() suite.Request { return r }
}

// as is the Ready of operations that take the same request from any session of
// a role.
func (p *portal) as(role string, r suite.Request) func(context.Context) (*suite.Actor, func() suite.Request) {
	return func(ctx context.Context) (*suite.Actor, func() suite.Request) {
		_, me := p.signedIn(ctx, role)
		return me, always(r)
	}
}

// anonymously is the Ready of operations that need no session.
func (p *portal) anonymously(r suite.Request) func(context.Context) (*suite.Actor, func() suite.Request) {
	return func(context.Context) (*suite.Actor, func() suite.Request) { return p.Anonymous(), always(r) }
}

// resigned is the Ready of operations whose success ends the caller's session:
// the control signs in anew each time.
func (p *portal) resigned(role string, request func(context.Context, *suite.Actor) suite.Request) func(context.Context) (*suite.Actor, func() suite.Request) {
	return func(ctx context.Context) (*suite.Actor, func() suite.Request) {
		who, me := p.signedIn(ctx, role)
		return me, func() suite.Request {
			me.Header = p.signIn(ctx, who).Header
			return request(ctx, me)
		}
	}
}

// subjects are the operations that the families of probes are put to.
func (p *portal) subjects() []probe.Subject {
	none := suite.Request{}
	return []probe.Subject{
		{Operation: p.isAuthentificated, Ready: p.as(user, none)},
		{Operation: p.login, Ready: p.loginReady},
		{Operation: p.loginByCode, Ready: p.loginByCodeReady, Spends: true},
		{Operation: p.logout, Ready: p.as(user, none)},
		{Operation: p.checkConfirm, Ready: p.anonymously(unknownLink), Leads: confirmInvalid},
		{Operation: p.tfaSettings, Ready: p.as(user, none)},
		{Operation: p.updateTFA, Ready: p.resigned(admin, p.sameTFA), Disrupts: true},
		{Operation: p.updateTFALink, Ready: p.switchOffReady, Leads: disabledOK, Disrupts: true},
		{Operation: p.tfaConfirm, Ready: p.as(user, none)},
		{Operation: p.backupCodes, Ready: p.enrolledReady(none)},
		{Operation: p.renewCodes, Ready: p.enrolledReady(none)},
		{Operation: p.unlink, Ready: p.unlinkReady, Spends: true},
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
		{Operation: p.emailActivation, Ready: p.as(admin, suite.Request{JSON: suite.Object{"show": true}})},
		{Operation: p.passwordSettings, Ready: p.as(user, none)},
		{Operation: p.updatePasswordSettings, Ready: p.resigned(admin, p.samePasswordSettings)},
		{Operation: p.capabilities, Ready: p.anonymously(none)},
		{Operation: p.capabilitiesJSON, Ready: p.anonymously(none)},
		{Operation: p.settings, Ready: p.anonymously(none)},
	}
}

// linkSubjects are the operations that are not opened by a session: by a
// confirmation link, or only while the portal texts its codes.
func (p *portal) linkSubjects() []probe.Subject {
	return []probe.Subject{
		{Operation: p.validateCode, Ready: p.validateReady, Leads: verified, Spends: true},
		{Operation: p.tfaSetup, Ready: p.setupReady},
		{Operation: p.setPhone, Ready: p.setPhoneReady, Disrupts: true, Features: []string{"sms"}},
		{Operation: p.sendSMS, Ready: p.sendSMSReady, Disrupts: true, Features: []string{"sms"}},
	}
}

func (p *portal) validateReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	e := p.enrol(ctx)
	return p.holder(e.who, p.secondStepLink(ctx, e)), always(suite.Request{JSON: suite.Object{"code": e.takeBackup()}})
}

func (p *portal) setupReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	return p.startEnrolment(ctx).by, always(suite.Request{})
}

func (p *portal) setPhoneReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	x := p.phoneless(ctx)
	return x.by, x.number
}

func (p *portal) sendSMSReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	return p.Anonymous(), always(suite.Request{JSON: credentials(p.texted(ctx).who)})
}

func (p *portal) nothing(context.Context, *suite.Actor) suite.Request { return suite.Request{} }

func (p *portal) loginReady(context.Context) (*suite.Actor, func() suite.Request) {
	return p.Anonymous(), always(suite.Request{JSON: credentials(p.Lease(user))})
}

// loginByCodeReady spends a backup code: unlike an app's codes, these do not run
// out with the time step.
func (p *portal) loginByCodeReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	e := p.enrol(ctx)
	return p.Anonymous(), always(byCode(e.who, e.takeBackup()))
}

func (p *portal) enrolledReady(r suite.Request) func(context.Context) (*suite.Actor, func() suite.Request) {
	return func(ctx context.Context) (*suite.Actor, func() suite.Request) { return p.enrol(ctx).me, always(r) }
}

func (p *portal) unlinkReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	e := p.enrol(ctx)
	return e.me, always(suite.Request{JSON: suite.Object{"id": p.id(ctx, e.me)}})
}
