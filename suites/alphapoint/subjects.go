package alphapoint

import (
	"context"
	"net/http"
	"sync"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// trial is an operation that is ready to be called correctly: by an account whose
// log-in and codes Pending holds.
type trial struct {
	*client.Pending
	by      *conform.Actor
	control func() conform.Request
	state   func() any // what a wrongly accepted request would change; nil for nothing
}

func (v specs) loginTrial(context.Context) trial {
	who := v.Account(client.User)
	return trial{&client.Pending{Who: who}, v.Caller(who), func() conform.Request { return v.LoginRequest(who) }, nil}
}

func (v specs) secondStepTrial(ctx context.Context) trial {
	p := v.FirstStep(ctx)
	return trial{p, p.By, v.withCode(ctx, p), nil}
}

func (v specs) activateTrial(ctx context.Context) trial {
	p, session := v.UnenrolledSession(ctx)
	opens := func() any { return v.Is(v.LogIn(ctx, p.Who), v.Login, contract.OK) }
	return trial{p, session, v.withCode(ctx, p), opens}
}

// withCode is a control whose code is made when it is first asked for: what a change needs
// of other accounts may be waited for longer than a code lives.
func (v specs) withCode(ctx context.Context, p *client.Pending) func() conform.Request {
	return sync.OnceValue(func() conform.Request { return client.WithCode(v.Code(ctx, p.Codes)) })
}

func (v specs) validateTrial(ctx context.Context) trial {
	p, session := v.BothSteps(ctx)
	return trial{p, session, client.Always(client.Validation(v.Code(ctx, p.Codes))), nil}
}

func (v specs) guardedTrial(ctx context.Context) trial {
	p, session := v.BothSteps(ctx)
	name := v.RequiredNames(ctx, session)[0]
	return trial{p, session, client.Always(v.Coded(ctx, p, session, name)), nil}
}

func (v specs) registerTrial(ctx context.Context) trial {
	session, code := v.NewDevice(ctx)
	return trial{&client.Pending{Who: session.Who}, session, client.Always(v.Device(code)), nil}
}

// sessionTrial is a call that takes the same request from any session.
func (v specs) sessionTrial(request func(*identity.Identity) conform.Request) func(context.Context) trial {
	return func(ctx context.Context) trial {
		who, session := v.SignedIn(ctx)
		return trial{&client.Pending{Who: who}, session, client.Always(request(who)), nil}
	}
}

func subject(op *contract.Operation, ready func(context.Context) trial) family.Subject {
	return family.Subject{Operation: op, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		t := ready(ctx)
		return t.by, t.control
	}}
}

// inTurn is a subject whose accounts are given back one by one.
func (v specs) inTurn(s family.Subject) family.Subject {
	s.Done = func(ctx context.Context, by *conform.Actor) { v.Done(ctx, by.Who) }
	return s
}

// singleUse is a subject whose correct request carries a single-use code.
func singleUse(op *contract.Operation, ready func(context.Context) trial) family.Subject {
	s := subject(op, ready)
	s.SingleUse = true
	return s
}

// scheme is how a session is carried and ended. A made-up credential is made up
// wherever one may be carried.
func (v specs) scheme() family.Scheme {
	return family.Scheme{
		Present: func(token string) http.Header {
			header := http.Header{v.Setting(client.SessionHeader): {token}}
			switch v.Setting(client.GatewaySetting) {
			case "api-key":
				header["APIKey"] = []string{token}
			case "bearer":
				header["Authorization"] = []string{"Bearer " + token}
			}
			return header
		},
		End: func(ctx context.Context, by *conform.Actor) {
			GinkgoHelper()
			v.SignOut(ctx, by)
		},
	}
}

// sessionSubjects are the calls that need a session.
func (v specs) sessionSubjects() []family.Subject {
	subjects := []family.Subject{subject(v.Devices, v.sessionTrial(v.OwnDevices))}
	if v.Validate == nil {
		return subjects
	}
	return append(subjects, subject(v.Config, v.sessionTrial(v.OwnConfig)), singleUse(v.Validate, v.validateTrial),
		singleUse(v.Register, v.registerTrial), singleUse(v.Guarded, v.guardedTrial))
}

// subjects are all calls that take members.
func (v specs) subjects() []family.Subject {
	second := singleUse(v.SecondStep, v.secondStepTrial)
	second.Bodiless = v.bodiless
	subjects := append(v.sessionSubjects(), subject(v.Login, v.loginTrial), second)
	if v.Activate != nil {
		subjects = append(subjects, singleUse(v.Activate, v.activateTrial))
	}
	return subjects
}

// bodiless says why a code comes in no body.
func (v specs) bodiless() string {
	if v.Setting(client.CodeMethod) == http.MethodGet {
		return "settings." + client.CodeMethod + " says that a code comes in the query of a GET"
	}
	return ""
}

// publicSubjects are the calls that need no session.
func (v specs) publicSubjects() []family.Subject {
	anybody := func(context.Context) trial {
		who := v.Account(client.User)
		return trial{&client.Pending{Who: who}, v.Caller(who), client.Always(client.Nothing), nil}
	}
	subjects := []family.Subject{subject(v.Ping, anybody), subject(v.LogOut, anybody)}
	if v.Required != nil {
		subjects = append(subjects, subject(v.Required, anybody))
	}
	return subjects
}
