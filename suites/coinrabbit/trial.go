package coinrabbit

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/coinrabbit/client"
	"authconform/suites/family"
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
	saysCode     = "coinrabbit#document-004-adding-code"
	saysToken    = "coinrabbit#document-004-adding-token"
	saysType     = "coinrabbit#document-004-message-types"
	saysSession  = "coinrabbit#document-004-login"
	saysDisarm   = "coinrabbit#document-004-deactivate-code"
	standardCode = "RFC 6238 section 5.2; checks#"
)

// standard is the source of a promise that the page does not make.
func standard(source string) clause.Option { return clause.From(contract.Standard, source) }

// trial is a request that is right, about to be made wrong in one thing.
type trial struct {
	*client.Account
	by      *conform.Actor
	request conform.Request
	right   conform.Request // the request as it was
	code    string          // right and unused, where the request carries one
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

	// One of these makes the request wrong: other credentials, of which an empty one is
	// not sent; a change of the request; or what needs the account.
	carries func(*trial) (key, userToken string)
	edits   func(conform.Request) conform.Request
	apply   func(context.Context, *trial)
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
	d.slug, d.says, d.rests = d.slug+"-answer", "", ""
	return d
}

// rejectsEffect states two things of each deviation: that the request does nothing,
// judged by the account and by an answer that claims no success; and that it is
// answered as a refusal.
func rejectsEffect(p *client.Client, s subject, deviations ...deviation) {
	for _, d := range deviations {
		text := s.operation.Name() + " " + s.effect + " for a request " + d.text
		conform.Table(try(p, s), []conform.Row[deviation]{{Text: text, Clause: s.clause(d), Given: d}})
		rejects(p, s, d.answer())
	}
}

// rejects states of each deviation how the request is answered.
func rejects(p *client.Client, s subject, deviations ...deviation) {
	var rows []conform.Row[deviation]
	for _, d := range deviations {
		d.answered = true
		rows = append(rows, conform.Row[deviation]{Text: s.operation.Name() + " rejects a request " + d.text, Clause: s.clause(d), Given: d})
	}
	conform.Table(try(p, s), rows)
}

// try is the spec of a deviation.
func try(p *client.Client, s subject) func(SpecContext, deviation) {
	return func(ctx SpecContext, d deviation) {
		t := s.ready(ctx)
		t.right = t.request
		switch {
		case d.carries != nil:
			t.carry(p, d.carries)
		case d.edits != nil:
			t.request = d.edits(t.request)
		default:
			d.apply(ctx, t)
		}
		t.renew(ctx, p)
		call := send(ctx, p, s, t)
		if d.answered {
			p.Expect(call, s.operation, d.outcome)
		}
		p.ExpectNoSuccess(call)
		s.after(ctx, t)
	}
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

// without leaves a member out of the request.
func without(member string) func(conform.Request) conform.Request { return conform.Drop(member).Of }

// with changes a member of the request to a value made from the account.
func with[T any](member string, of func(context.Context, *trial) T) func(context.Context, *trial) {
	return func(ctx context.Context, t *trial) { t.request = t.request.With(member, of(ctx, t)) }
}

// renew makes a new code for a request that carries the right one and has waited for a mail
// for longer than that lives: it would be refused for its age.
func (t *trial) renew(ctx context.Context, p *client.Client) {
	GinkgoHelper()
	members, is := t.request.JSON.(conform.Object)
	if !is || t.code == "" || members["code_2fa"] != t.code || t.Codes.Right(t.code, 1) {
		return
	}
	t.code = p.Code(ctx, t.Codes)
	t.request = t.request.With("code_2fa", t.code)
}

// carry gives the request other credentials.
func (t *trial) carry(p *client.Client, of func(*trial) (key, userToken string)) {
	t.by = p.Actor(t.Who.Name+" with other credentials", t.Who, client.Headers(of(t)))
}

// expectRightAfterWrong checks that a wrong code does not hold back a right one.
func expectRightAfterWrong(ctx context.Context, p *client.Client, a *client.Account, op *contract.Operation) {
	GinkgoHelper()
	a.Who.Failed()
	wrong := p.Switch(ctx, a, op, p.SwitchRequest(ctx, a, op, a.Codes.Wrong(farAway)))
	p.Holds("a wrong code is not confirmed", !p.Is(wrong, op, contract.OK), "it is")
	p.Expect(p.SwitchByCode(ctx, a, op), op, contract.OK)
}

// expectSilentRejection sends a wrong code and checks that the refusal repeats none
// of the named members of the request, and shows no place in the program.
func expectSilentRejection(ctx context.Context, p *client.Client, s subject, members ...string) {
	GinkgoHelper()
	t := s.ready(ctx)
	t.request = t.request.With("code_2fa", t.Codes.Wrong(farAway))
	call := send(ctx, p, s, t)
	p.Expect(call, s.operation, contract.SecondFactorWrong)
	expectMembersHidden(p, call, t.request, members...)
	family.ExpectNoInternals(p.Context, call)
}

// expectMembersHidden checks that an answer repeats none of the named members of its
// request.
func expectMembersHidden(p *client.Client, call *httpclient.Call, r conform.Request, members ...string) {
	GinkgoHelper()
	for _, member := range members {
		family.ExpectHidden(p.Context, call, member, r.JSON.(conform.Object)[member].(string))
	}
}

// expectOnce checks that one of four requests at the same time is accepted.
func expectOnce(ctx context.Context, p *client.Client, by *conform.Actor, op *contract.Operation, r conform.Request) {
	GinkgoHelper()
	family.ExpectOneAccepted(ctx, p.Context, op, slices.Repeat([]conform.Attempt{{By: by, Request: r}}, 4))
}

// farAway is how many steps from now a code is right in no window.
const farAway = 40

// expectSession checks that a log-in gives a user token that counts.
func expectSession(ctx context.Context, p *client.Client, a *client.Account, op *contract.Operation, r conform.Request) {
	GinkgoHelper()
	call := p.Do(ctx, p.Partner(), op, r)
	p.Expect(call, op, contract.OK)
	p.TakeSession(a, call)
	p.Holds("the token counts: a secret is created", p.Is(p.TryCreate(ctx, a), p.CreateSecret, contract.OK), "none is")
}

// wrongCodes are TOTP codes that neither activate nor deactivate. says is where the
// page asks for one.
func wrongCodes(p *client.Client, says string) []deviation {
	const factor, wrongType = contract.SecondFactorWrong, contract.InvalidType
	wrong := func(t *trial) string { return t.Codes.Wrong(farAway) }
	made := func(of func(*trial) any) func(context.Context, *trial) {
		return with("code_2fa", func(_ context.Context, t *trial) any { return of(t) })
	}
	return []deviation{
		{slug: "wrong-code", text: "with a wrong TOTP code", outcome: factor, says: says,
			apply: made(func(t *trial) any { return wrong(t) })},
		{slug: "no-code", text: "without a TOTP code", outcome: contract.Invalid, says: says, edits: without("code_2fa")},
		{slug: "null-code", text: "with null in place of a TOTP code", outcome: contract.Invalid, says: says,
			edits: conform.Set("code_2fa", nil).Of},
		{slug: "empty-code", text: "with an empty TOTP code", outcome: contract.Invalid, says: says, edits: conform.Set("code_2fa", "").Of},
		{slug: "foreign-code", text: "with a valid TOTP code of another user", outcome: factor, says: says,
			apply: with("code_2fa", func(ctx context.Context, _ *trial) any { return p.Code(ctx, p.Enrolled(ctx).Codes) })},
		{slug: "old-code", text: "with a TOTP code from 40 time steps ago", outcome: factor, rests: standardCode + "T08",
			apply: made(func(t *trial) any { return t.Codes.Past(farAway) })},
		{slug: "future-code", text: "with a TOTP code from 40 time steps ahead", outcome: factor, rests: "RFC 6238 6; checks#T09",
			apply: made(func(t *trial) any { return t.Codes.Future(farAway) })},
		{slug: "code-two-steps-old", text: "with a TOTP code from two time steps ago", outcome: factor, rests: standardCode + "T08",
			apply: made(func(t *trial) any { return t.Codes.Past(2) })},
		{slug: "code-two-steps-ahead", text: "with a TOTP code from two time steps ahead", outcome: factor, rests: "RFC 6238 6; checks#T09",
			apply: made(func(t *trial) any { return p.CodeAhead(t.Codes, 2) })},
		{slug: "long-code", text: "with a valid TOTP code followed by another digit", outcome: factor, rests: "checks#I12",
			apply: made(func(t *trial) any { return t.code + "0" })},
		{slug: "spaced-code", text: "with a valid TOTP code that has a space inside", outcome: factor, rests: "checks#I10",
			apply: made(func(t *trial) any { return t.code[:3] + " " + t.code[3:] })},
		{slug: "joined-codes", text: "with a wrong and a valid TOTP code in one string", outcome: factor, rests: "checks#I14",
			apply: made(func(t *trial) any { return wrong(t) + "," + t.code })},
		{slug: "number-code", text: "with a valid TOTP code as a JSON number", outcome: wrongType, rests: "checks#I05; checks#I06",
			apply: made(func(t *trial) any { return json.Number(strings.TrimLeft(t.code, "0")) })},
		{slug: "code-list", text: "with a JSON array of a wrong and a valid TOTP code", outcome: wrongType, rests: "checks#I07",
			apply: made(func(t *trial) any { return []string{wrong(t), t.code} })},
		{slug: "code-object", text: "with a query operator in place of a TOTP code", outcome: wrongType, rests: "checks#I08",
			edits: conform.Set("code_2fa", map[string]any{"$ne": ""}).Of},
	}
}

// mailedCode is the code that was sent to the user, where the app's belongs.
func mailedCode(p *client.Client, s subject) deviation {
	return deviation{
		slug: "mailed-code", text: "with the code that was sent to the user in place of a TOTP code", outcome: contract.SecondFactorWrong,
		rests: "OWASP ASVS 5.0.0 6.6.2; checks#T28",
		apply: with("code_2fa", func(ctx context.Context, t *trial) string {
			return p.NewCode(ctx, t.Account, p.MessageType(s.operation))
		}),
	}
}

// wrongVerifications are verification tokens that prove nothing to an operation. use
// spends the trial's token on what it is for, and brings the account back to where it
// was.
func wrongVerifications(p *client.Client, s subject, use func(context.Context, *trial)) []deviation {
	own, other := p.MessageType(s.operation), client.TypeActivation
	if own == other {
		other = client.TypeDeactivation
	}
	const refused = verificationRefused
	verified := func(messageType string) func(context.Context, *trial) {
		return with("verification_token", func(ctx context.Context, t *trial) string { return p.Verified(ctx, t.Account, messageType) })
	}
	return []deviation{
		{slug: "no-verification", text: "without a verification token", outcome: contract.Invalid, says: saysToken,
			edits: without("verification_token")},
		{slug: "empty-verification", text: "with an empty verification token", outcome: contract.Invalid, says: saysToken,
			edits: conform.Set("verification_token", "").Of},
		{slug: "made-up-verification", text: "with a made-up verification token", outcome: refused, says: saysToken,
			apply: with("verification_token", func(context.Context, *trial) string { return p.MadeUp() })},
		{slug: "verification-of-other-type", text: "with a verification token of the opposite message type", outcome: refused, says: saysType,
			apply: verified(other)},
		{slug: "verification-of-log-in", text: "with a verification token of the message type for log-ins", outcome: refused, says: saysType,
			apply: verified(client.TypeLogin)},
		{slug: "foreign-verification", text: "with a verification token of another user", outcome: refused,
			rests: "OWASP ASVS 5.0.0 6.6.2; checks#T28",
			apply: with("verification_token", func(ctx context.Context, _ *trial) string { return p.Verified(ctx, p.SignedIn(ctx), own) })},
		{slug: "used-verification", text: "with a verification token that was used before", outcome: refused,
			rests: "OWASP ASVS 5.0.0 6.5.1; checks#T27", apply: use},
	}
}

// expiredVerification is a verification token that is older than it may count.
func expiredVerification(p *client.Client) deviation {
	return deviation{
		slug: "expired-verification", text: "with a verification token that is more than ten minutes old", outcome: verificationRefused,
		rests: "OWASP ASVS 5.0.0 6.5.5; checks#T26", disrupts: true,
		apply: func(ctx context.Context, t *trial) {
			p.Wait(ctx, outOfBand, "the verification token has to expire")
			t.code = p.Code(ctx, t.Codes)
			t.request = t.request.With("code_2fa", t.code)
		},
	}
}

// wrongHeaders is the matrix of x-api-key and x-user-token (checks#B07,
// B08, K08, H19). It has the key only where an operation requires it.
func wrongHeaders(p *client.Client, keyRequired bool) []deviation {
	const matrix = "RFC 9110 11.4; checks#B07"
	key := func() string { return p.Known(client.PartnerKey) }
	deviations := []deviation{
		{slug: "no-headers", text: "without x-api-key and x-user-token", says: saysSession,
			carries: func(*trial) (string, string) { return "", "" }},
		{slug: "key-alone", text: "with x-api-key alone", says: saysSession, carries: func(*trial) (string, string) { return key(), "" }},
		{slug: "made-up-user-token", text: "with a made-up x-user-token", says: saysSession,
			carries: func(*trial) (string, string) { return key(), p.MadeUp() }},
		{slug: "swapped", text: "with the two credentials in each other's header", rests: matrix,
			carries: func(t *trial) (string, string) { return t.Token, key() }},
		{slug: "key-for-user-token", text: "with the partner's key in x-user-token", rests: "checks#K08",
			carries: func(*trial) (string, string) { return key(), key() }},
		{slug: "verification-for-user-token", text: "with a verification token in x-user-token",
			rests: "OWASP ASVS 5.0.0 9.2.2; checks#J09",
			apply: func(ctx context.Context, t *trial) {
				token := p.Verified(ctx, t.Account, client.TypeActivation)
				t.carry(p, func(*trial) (string, string) { return key(), token })
			}},
		{slug: "user-token-in-query", text: "with the user token in the query instead of its header",
			rests: "OWASP ASVS 5.0.0 14.2.1; checks#H19",
			apply: func(_ context.Context, t *trial) {
				t.carry(p, func(*trial) (string, string) { return key(), "" })
				t.request.Query = url.Values{"x-user-token": {t.Token}}
			}},
	}
	if keyRequired {
		deviations = append(deviations,
			deviation{slug: "user-token-alone", text: "with x-user-token alone", rests: matrix,
				carries: func(t *trial) (string, string) { return "", t.Token }},
			deviation{slug: "made-up-key", text: "with a made-up x-api-key", rests: matrix,
				carries: func(t *trial) (string, string) { return p.MadeUp(), t.Token }},
		)
	}
	for i := range deviations {
		deviations[i].outcome = contract.Unauthenticated
	}
	return deviations
}

// unchallenged is RFC 9110 section 15.5.2: a 401 must say how to authenticate,
// whatever header an API reads.
func unchallenged(p *client.Client) deviation {
	return deviation{
		slug: "challenge", text: "without credentials and sends a WWW-Authenticate challenge", outcome: challenged,
		apply: func(_ context.Context, t *trial) { t.by = p.Anonymous() },
	}
}
