package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// trial is a call that is right, about to be made wrong in one thing.
type trial struct {
	*account
	by      *conform.Actor
	request conform.Request
	code    string // right and unused
}

// subject is an operation of the second factor that trials are put to.
type subject struct {
	operation *contract.Operation
	slug      string
	does      string // what a refused call must not do
	ready     func(context.Context) *trial
	// holds requires that a refused call did nothing, and that a right one still
	// succeeds.
	holds func(context.Context, *trial)
}

func (p *api) creating() subject {
	return subject{
		operation: p.createSecret, slug: "secret", does: "creates no secret",
		ready: func(ctx context.Context) *trial {
			a := p.created(ctx)
			return &trial{account: a, by: p.creator(a), request: creation}
		},
		holds: func(ctx context.Context, t *trial) { p.create(ctx, t.account) },
	}
}

func (p *api) activating() subject {
	return subject{
		operation: p.activate, slug: "activate", does: "switches no factor on",
		ready: func(ctx context.Context) *trial {
			a := p.created(ctx)
			code := p.Code(ctx, a.codes)
			return &trial{account: a, by: a.me, request: p.activation(ctx, a, code), code: code}
		},
		holds: func(ctx context.Context, t *trial) {
			p.isOff(ctx, t.account)
			p.enrolsAgain(ctx, t.account)
		},
	}
}

func (p *api) deactivating() subject {
	return subject{
		operation: p.deactivate, slug: "deactivate", does: "leaves the factor on",
		ready: func(ctx context.Context) *trial {
			a := p.enrolled(ctx)
			code := p.Code(ctx, a.codes)
			return &trial{account: a, by: a.me, request: p.deactivation(ctx, a, code), code: code}
		},
		holds: func(ctx context.Context, t *trial) { p.isOn(ctx, t.account, t.code) },
	}
}

// wrong is one thing that makes a call wrong.
type wrong struct {
	slug, text string
	outcome    contract.Outcome
	// says is where the page says that the thing is needed: what the call does is
	// then a MUST. Otherwise rests is the standard.
	says, rests string
	change      func(context.Context, *trial)
}

// The page's sentences that refusals rest on.
const (
	page         = "documents/004_68e4f9ae4ac01dba.txt "
	saysCode     = page + `auth: "Verify adding 2fa by providing code from Google Authenticator"`
	saysToken    = page + `auth: "and verification_token after verifying user code"`
	saysType     = page + `2FA: "token received after successfully verifying code [...] for message types TFA_ACTIVATION", TFA_DEACTIVATION`
	saysSession  = page + `auth: "Log in to get x-user-token"`
	saysDisarm   = page + `2FA Deactivate 2fa: the request carries code_2fa`
	standardCode = "RFC 6238 5.2; facts/auth-checks.md "
)

// refuses states two things of each wrong call: that it does nothing, judged by
// the account and by the answer not claiming a success; and that it is answered
// as a refusal, which the vendor leaves undocumented and so is a SHOULD.
func (p *api) refuses(s subject, cases ...wrong) {
	for _, w := range cases {
		id := "coinrabbit." + s.slug + "." + w.slug
		level, from := clause.Should, clause.From(contract.Standard, w.rests)
		if w.says != "" {
			level, from = clause.Must, clause.From(contract.Documented, w.says)
		}
		It(s.does+" for "+w.text, level(id, s.operation, w.outcome, from), func(ctx SpecContext) {
			t := s.ready(ctx)
			w.change(ctx, t)
			call := p.send(ctx, t, s.operation)
			p.Holds("the answer claims no success", !claims(call), "it claims one")
			s.holds(ctx, t)
		})
		It("answers "+w.text+" with a refusal", clause.Should(id+"-answer", s.operation, w.outcome), func(ctx SpecContext) {
			t := s.ready(ctx)
			w.change(ctx, t)
			p.Expect(p.send(ctx, t, s.operation), s.operation, w.outcome)
			s.holds(ctx, t)
		})
	}
}

// send sends a trial; the identity rests afterwards, since a wrong code may count
// towards a limit.
func (p *api) send(ctx context.Context, t *trial, op *contract.Operation) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, t.by, op, t.request)
	if op == p.activate && p.Is(call, op, contract.OK) {
		t.on = true
	}
	t.who.Failed()
	return call
}

// set changes one member of the body to a value that is known beforehand.
func set(member string, value any) func(context.Context, *trial) {
	return func(_ context.Context, t *trial) { t.request = t.request.With(member, value) }
}

// drop leaves one member out.
func drop(member string) func(context.Context, *trial) {
	return func(_ context.Context, t *trial) { t.request = t.request.Without(member) }
}

// code changes the code to one made from the account.
func code(of func(context.Context, *trial) any) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.request = t.request.With("code_2fa", of(ctx, t)) }
}

// token changes the verification token.
func token(of func(context.Context, *trial) string) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.request = t.request.With("verification_token", of(ctx, t)) }
}
