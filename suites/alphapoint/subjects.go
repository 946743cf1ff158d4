package alphapoint

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/identity"
	"authconform/harness/probe"
	"authconform/harness/suite"
)

// scheme is how a session is carried and ended. A made-up credential is made up
// wherever one may stand.
func (v *Venue) scheme() probe.Scheme {
	return probe.Scheme{
		Present: func(token string) http.Header {
			header := http.Header{v.Setting(sessionSetting): {token}}
			switch v.Setting(gatewaySetting) {
			case "api-key":
				header["APIKey"] = []string{token}
			case "bearer":
				header["Authorization"] = []string{"Bearer " + token}
			}
			return header
		},
		End: func(ctx context.Context, by *suite.Actor) {
			GinkgoHelper()
			v.ends(ctx, by)
		},
	}
}

type ready = func(context.Context) (*suite.Actor, func() suite.Request)

// as is the Ready of calls that take the same request from any session.
func (v *Venue) as(request func(*identity.Identity) suite.Request) ready {
	return func(ctx context.Context) (*suite.Actor, func() suite.Request) {
		who, me := v.signedIn(ctx, user)
		return me, always(request(who))
	}
}

// sessionSubjects are the calls that need a session.
func (v *Venue) sessionSubjects() []probe.Subject {
	subjects := []probe.Subject{{Operation: v.devices, Ready: v.as(v.ownDevices)}}
	if v.validate == nil {
		return subjects
	}
	return append(subjects,
		probe.Subject{Operation: v.config, Ready: v.as(v.ownConfig)},
		probe.Subject{Operation: v.validate, Ready: v.validateReady, Spends: true},
		probe.Subject{Operation: v.register, Ready: v.registerReady, Spends: true},
		probe.Subject{Operation: v.guarded, Ready: v.guardedReady, Spends: true})
}

// subjects are all calls that take members.
func (v *Venue) subjects() []probe.Subject {
	subjects := append(v.sessionSubjects(),
		probe.Subject{Operation: v.login, Ready: v.loginReady},
		probe.Subject{Operation: v.second, Ready: v.secondReady, Spends: true})
	if v.activate != nil {
		subjects = append(subjects, probe.Subject{Operation: v.activate, Ready: v.activateReady, Spends: true})
	}
	return subjects
}

// open are the calls that answer anybody.
func (v *Venue) open() []probe.Subject {
	anybody := func(ctx context.Context) (*suite.Actor, func() suite.Request) {
		return v.caller(v.lease(user)), always(nothing)
	}
	subjects := []probe.Subject{{Operation: v.ping, Ready: anybody}, {Operation: v.logOut, Ready: anybody}}
	if v.required != nil {
		subjects = append(subjects, probe.Subject{Operation: v.required, Ready: anybody})
	}
	return subjects
}

func (v *Venue) loginReady(context.Context) (*suite.Actor, func() suite.Request) {
	who := v.lease(user)
	return v.caller(who), func() suite.Request { return v.signed(who) }
}

func (v *Venue) secondReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	p := v.firstStep(ctx)
	return p.by, always(withCode(v.Code(ctx, p.codes)))
}

func (v *Venue) activateReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	p, me := v.unenrolledCase(ctx)
	return me, always(withCode(v.Code(ctx, p.codes)))
}

func (v *Venue) validateReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	p, me := v.bothSteps(ctx)
	return me, always(v.validation2FA(v.Code(ctx, p.codes)))
}

func (v *Venue) registerReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	_, me, code := v.deviceCase(ctx)
	return me, always(v.device(code))
}

func (v *Venue) guardedReady(ctx context.Context) (*suite.Actor, func() suite.Request) {
	p, me := v.bothSteps(ctx)
	names := v.requiredNames(ctx, me)
	return me, always(v.opened(ctx, p, me, names[0]))
}
