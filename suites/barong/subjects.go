package barong

import (
	"context"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// ready is the Ready of a probe's subject.
type ready = func(context.Context) (*conform.Actor, func() conform.Request)

// subjects are the operations that the families of probes are put to; each area
// lists its own beside its specs.
func (p *api) subjects() []family.Subject {
	var all []family.Subject
	for _, area := range [][]family.Subject{
		p.logInSubjects(), p.auth0Subjects(), p.authzSubjects(),
		p.signUpSubjects(), p.emailSubjects(), p.passwordResetSubjects(), p.passwordChangeSubjects(), p.passwordStrengthSubjects(),
		p.whitelistSubjects(), p.infoSubjects(),
		p.phoneSubjects(), p.documentSubjects(), p.profileSubjects(), p.labelSubjects(), p.accountSubjects(), p.activitySubjects(),
		p.storageSubjects(), p.kycSubjects(), p.descriptionSubjects(),
		p.otpSubjects(), p.keySubjects(), p.serviceSubjects(),
	} {
		all = append(all, area...)
	}
	for i := range all {
		all[i].Lenient = true // Barong reads JSON that is no object as one without members
	}
	return all
}

// families puts to each operation the refusals that hold for all alike.
func families(p *api) {
	subjects := p.subjects()
	family.Credentials(p.Context, p.cookies(), subjects)
	family.Bodies(p.Context, subjects)
	family.Methods(p.Context, subjects)
	members(p, subjects)
	csrf(p, subjects)
	bearers(p, subjects)
	attacks(p, subjects)
}

// cookies is how a session is carried and ended. A made-up cookie comes with a
// CSRF token, so that it is the session that is refused.
func (p *api) cookies() family.Scheme {
	return family.Scheme{
		Present: func(token string) http.Header {
			a := &client.Account{Identity: p.NewAccount().Identity, Address: p.NewAddress()}
			return p.With(a, hexOf(token, 32), hexOf(token, 20)).Header
		},
		End: func(ctx context.Context, by *conform.Actor) {
			GinkgoHelper()
			p.Require("log out", p.Do(ctx, by, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
		},
		Dead: client.DeadSession,
	}
}

// hexOf makes n hexadecimal digits of a text.
func hexOf(text string, n int) string {
	const digits = "0123456789abcdef"
	out := make([]byte, n)
	for i := range out {
		out[i] = digits[text[i%len(text)]%16]
	}
	return string(out)
}

// always makes a control of a request that is right each time.
func always(r conform.Request) func() conform.Request {
	return func() conform.Request { return r }
}

// asMember is the Ready of operations that take the same request from any member.
func (p *api) asMember(r conform.Request) ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		GinkgoHelper()
		return p.Member(ctx).Actor, always(r)
	}
}

// asVisitor is the Ready of operations that need no session.
func (p *api) asVisitor(r func() conform.Request) ready {
	return func(context.Context) (*conform.Actor, func() conform.Request) { return p.Visitor(), r }
}

// asEnrolledOnce is the Ready of operations that take a request with a code from a
// member with a second factor. Its subjects spend the code, so that it is sent
// once, after the requests that are refused before a code is looked at.
func (p *api) asEnrolledOnce(open func(context.Context) *client.Session,
	request func(ctx context.Context, me *client.Session, code string) conform.Request) ready {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request) {
		GinkgoHelper()
		me := open(ctx)
		code := p.LastingCode(ctx, me.Account.Codes)
		return me.Actor, always(request(ctx, me, code))
	}
}
