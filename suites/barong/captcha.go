package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
)

const (
	captchaFields  = contract.Outcome("captcha-fields")
	captchaFormat  = contract.Outcome("captcha-format")
	captchaAnswer  = "captcha_response"
	geetestMembers = "geetest_challenge"
)

// captchas is about the four operations that a captcha may protect (facts/barong.md
// 5.4). Each stands for itself: a deployment that protects three of them has
// forgotten one.
func captchas(p *api) {
	for _, op := range []*contract.Operation{p.CreateUser, p.CreateSession, p.RequestPasswordReset, p.RequestEmailConfirmation} {
		needs := []string{client.Captcha}
		if op == p.CreateUser {
			needs = append(needs, client.SignUp)
		}
		Describe(op.Method+" "+op.Path+" behind a captcha", func() {
			p.captchaPair(op, client.CaptchaRequired, "rejects a request without a captcha response", needs, conform.Drop(captchaAnswer), conform.Set(captchaAnswer, ""))
			p.captchaPair(op, contract.CaptchaRefused, "rejects a captcha response that solves nothing", needs, conform.Change{Name: "wrong answer", Of: p.wrongCaptcha})
			p.captchaPair(op, captchaFields, "rejects a Geetest response that lacks a member", append(needs, client.Geetest),
				conform.Set(captchaAnswer, conform.Object{geetestMembers: "x"}))
		})
	}
	captchaShape(p)
	captchaWithCode(p)
}

func (p *api) captchaPair(op *contract.Operation, outcome contract.Outcome, promise string, needs []string, changes ...conform.Change) {
	It(op.Name()+" "+promise, clause.Graded("barong.captcha."+slugOf(op)+"-"+string(outcome), op, outcome, clause.Needs(needs...)), func(ctx SpecContext) {
		control, leads := p.behindCaptcha(ctx, op)
		p.Refuses(ctx, conform.Refusal{Operation: op, By: p.Visitor(), Control: control, Expected: leads, Outcome: outcome, Changes: changes})
	})
}

func slugOf(op *contract.Operation) string {
	return map[string]string{
		"createUser": "sign-up", "createSession": "login", "requestPasswordReset": "password-reset", "requestEmailConfirmation": "email",
	}[op.ID]
}

// behindCaptcha is a request of an operation that a solved captcha lets through.
func (p *api) behindCaptcha(ctx context.Context, op *contract.Operation) (control func() conform.Request, leads contract.Outcome) {
	GinkgoHelper()
	if op == p.CreateUser {
		return p.NewSignUp, contract.OK
	}
	a := p.Leased(client.RoleActive)
	switch op {
	case p.CreateSession:
		return func() conform.Request { return p.Credentials(a, "") }, contract.OK
	case p.RequestEmailConfirmation:
		return func() conform.Request { return p.ForAddress(a.Login) }, alreadyActive
	}
	return func() conform.Request { return p.ForAddress(a.Login) }, contract.OK
}

// wrongCaptcha puts an answer of the right shape in place of the solved one.
func (p *api) wrongCaptcha(r conform.Request) conform.Request {
	body, _ := r.JSON.(conform.Object)
	solved, isObject := body[captchaAnswer].(conform.Object)
	if !isObject {
		return r.With(captchaAnswer, "not-"+p.Nonce())
	}
	wrong := conform.Object{}
	for name := range solved {
		wrong[name] = "not-" + p.Nonce()
	}
	return r.With(captchaAnswer, wrong)
}

func captchaShape(p *api) {
	It("POST /identity/sessions rejects a captcha response that is a list, whether a captcha is required or not",
		clause.Graded("barong.captcha.login-list", p.CreateSession, captchaFormat), func(ctx SpecContext) {
			a := p.Member(ctx).Account
			p.Refuses(ctx, conform.Refusal{
				Operation: p.CreateSession, By: p.VisitorAt(a.Address), Outcome: captchaFormat,
				Control: func() conform.Request { return p.Credentials(a, "") },
				Changes: []conform.Change{conform.Set(captchaAnswer, []string{"x"})},
			})
		})
}

// captchaWithCode is release 3.1 alone: a code says more of a client than a captcha.
func captchaWithCode(p *api) {
	It("POST /identity/sessions requires no captcha of a log-in that brings a TOTP code",
		clause.Must("barong.captcha.login-with-code", p.CreateSession, contract.OK, clause.Only(client.Release31), clause.Needs(client.Captcha),
			clause.From(contract.Observed, "facts/barong.md 7.2")), func(ctx SpecContext) {
			a := p.Leased(client.RoleTOTP)
			r := p.Credentials(a, p.Code(ctx, a.Codes)).Without(captchaAnswer)
			p.Expect(p.TryLogIn(ctx, a, r), p.CreateSession, contract.OK)
		})
}
