package alphapoint

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/identity"
	"authconform/suites/family"
)

// scheme is how a session is carried and ended. A made-up credential is made up
// wherever one may stand.
func (v *Venue) scheme() family.Scheme {
	return family.Scheme{
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
		End: func(ctx context.Context, by *conform.Actor) {
			GinkgoHelper()
			v.ends(ctx, by)
		},
	}
}

type ready = func(context.Context) (*conform.Actor, func() conform.Request)

// as is the Ready of calls that take the same request from any session.
func (v *Venue) as(request func(*identity.Identity) conform.Request) ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		who, me := v.signedIn(ctx, user)
		return me, always(request(who))
	}
}

// sessionSubjects are the calls that need a session.
func (v *Venue) sessionSubjects() []family.Subject {
	subjects := []family.Subject{{Operation: v.devices, Ready: v.as(v.ownDevices)}}
	if v.validate == nil {
		return subjects
	}
	return append(subjects,
		family.Subject{Operation: v.config, Ready: v.as(v.ownConfig)},
		family.Subject{Operation: v.validate, Ready: v.validateReady, SingleUse: true},
		family.Subject{Operation: v.register, Ready: v.registerReady, SingleUse: true},
		family.Subject{Operation: v.guarded, Ready: v.guardedReady, SingleUse: true})
}

// subjects are all calls that take members.
func (v *Venue) subjects() []family.Subject {
	subjects := append(v.sessionSubjects(),
		family.Subject{Operation: v.login, Ready: v.loginReady},
		family.Subject{Operation: v.second, Ready: v.secondReady, SingleUse: true})
	if v.activate != nil {
		subjects = append(subjects, family.Subject{Operation: v.activate, Ready: v.activateReady, SingleUse: true})
	}
	return subjects
}

// open are the calls that answer anybody.
func (v *Venue) open() []family.Subject {
	anybody := func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		return v.caller(v.lease(user)), always(nothing)
	}
	subjects := []family.Subject{{Operation: v.ping, Ready: anybody}, {Operation: v.logOut, Ready: anybody}}
	if v.required != nil {
		subjects = append(subjects, family.Subject{Operation: v.required, Ready: anybody})
	}
	return subjects
}

func (v *Venue) loginReady(context.Context) (*conform.Actor, func() conform.Request) {
	who := v.lease(user)
	return v.caller(who), func() conform.Request { return v.signed(who) }
}

func (v *Venue) secondReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	p := v.firstStep(ctx)
	return p.by, always(withCode(v.Code(ctx, p.codes)))
}

func (v *Venue) activateReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	p, me := v.unenrolledCase(ctx)
	return me, always(withCode(v.Code(ctx, p.codes)))
}

func (v *Venue) validateReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	p, me := v.bothSteps(ctx)
	return me, always(v.validation2FA(v.Code(ctx, p.codes)))
}

func (v *Venue) registerReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	_, me, code := v.deviceCase(ctx)
	return me, always(v.device(code))
}

func (v *Venue) guardedReady(ctx context.Context) (*conform.Actor, func() conform.Request) {
	p, me := v.bothSteps(ctx)
	names := v.requiredNames(ctx, me)
	return me, always(v.opened(ctx, p, me, names[0]))
}
