package coinrabbit

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/coinrabbit/client"
)

// Outcomes that this contract has beside the common ones.
const (
	verificationRefused = contract.Outcome("verification-refused")
	secretRefused       = contract.Outcome("secret-refused")
	alreadyActive       = contract.Outcome("already-active")
	codeWrong           = contract.Outcome("code-wrong")
	challenged          = contract.Outcome("challenged")
)

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

// trial is a request that is right, about to be made wrong in one thing.
type trial struct {
	*client.Account
	by      *conform.Actor
	request conform.Request
	right   conform.Request // the request as it was
	code    string          // right and unused, where the request carries a TOTP code
}

// subject is an operation that deviations are put to.
type subject struct {
	operation *contract.Operation
	effect    string // what a rejected request does, or rather does not: "returns no secret"
	counts    bool   // a rejected request may count towards a limit, so that the identity rests afterwards
	ready     func(context.Context) *trial
	// after checks that a rejected request did nothing, and requires that a right
	// one still succeeds.
	after func(context.Context, *trial)
	// clause makes the clause of a deviation, in the file of its area.
	clause func(deviation) clause.Clause
}

// deviation is one thing that makes a request wrong.
type deviation struct {
	slug, text string // text completes "a request"
	outcome    contract.Outcome
	// says is where the page asks for the thing: that a wrong request does nothing is
	// then a MUST. Otherwise rests is the standard that asks for it.
	says, rests string
	answered    bool // the spec judges how the request is answered as well
	disrupts    bool
	apply       func(context.Context, *trial)
}

// grade makes a clause as strong as what it rests on, and names that as its source.
func (d deviation) grade(c *clause.Clause) {
	switch {
	case d.says != "":
		c.Level, c.Provenance, c.Source = clause.MUST, contract.Documented, d.says
	case d.rests != "":
		c.Provenance, c.Source = contract.Standard, d.rests
	}
	c.Disrupts = d.disrupts
}

// answer is the same deviation, judged by its answer: the vendor leaves refusals
// undocumented, so that it is no more than a SHOULD.
func (d deviation) answer() deviation {
	d.slug, d.says, d.rests, d.answered = d.slug+"-answer", "", "", true
	return d
}

// rejectsEffect states two things of each deviation: that the request does nothing,
// judged by the account and by an answer that claims no success; and that it is
// answered as a refusal.
func rejectsEffect(p *client.Client, s subject, deviations ...deviation) {
	for _, d := range deviations {
		rejects(p, s, d, d.answer())
	}
}

// rejects states one thing of each deviation.
func rejects(p *client.Client, s subject, deviations ...deviation) {
	var rows []conform.Row[deviation]
	for _, d := range deviations {
		text := s.effect + " for a request " + d.text
		if d.answered {
			text = "rejects a request " + d.text
		}
		rows = append(rows, conform.Row[deviation]{Text: s.operation.Name() + " " + text, Clause: s.clause(d), Given: d})
	}
	conform.Table(func(ctx SpecContext, d deviation) {
		t := s.ready(ctx)
		t.right = t.request
		d.apply(ctx, t)
		call := send(ctx, p, s, t)
		if d.answered {
			p.Expect(call, s.operation, d.outcome)
		}
		p.ExpectNoSuccess(call)
		s.after(ctx, t)
	}, rows)
}

// send sends the request of a trial.
func send(ctx context.Context, p *client.Client, s subject, t *trial) *httpclient.Call {
	GinkgoHelper()
	call := p.Do(ctx, t.by, s.operation, t.request)
	t.On = t.On || s.operation == p.Activate && p.Is(call, p.Activate, contract.OK)
	if s.counts {
		t.Who.Failed()
	}
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

// code changes the TOTP code to one made from the account.
func code(of func(context.Context, *trial) any) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.request = t.request.With("code_2fa", of(ctx, t)) }
}

// token changes the verification token.
func token(of func(context.Context, *trial) string) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.request = t.request.With("verification_token", of(ctx, t)) }
}
