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

// captchas is about the four operations that a captcha may protect (barong#5.4
// 5.4). Each stands for itself: a deployment that protects three of them has
// forgotten one.
func captchas(p *api) {
	needs, signUp, geetest := clause.Needs(client.Captcha), clause.Needs(client.SignUp), clause.Needs(client.Geetest)
	without := refusedFor(client.CaptchaRequired, conform.Drop(captchaAnswer), conform.Set(captchaAnswer, ""))
	wrong := refusedFor(contract.CaptchaRefused, conform.Change{Name: "wrong answer", Of: p.wrongCaptcha})
	lacking := refusedFor(captchaFields, conform.Set(captchaAnswer, conform.Object{geetestMembers: "x"}))
	Describe(p.CreateUser.Method+" "+p.CreateUser.Path+" behind a captcha", func() {
		conform.Table(p.refusesCaptcha(p.CreateUser), []conform.Row[refused]{
			{Text: "POST /identity/users rejects a request without a captcha response",
				Clause: clause.Graded("barong.captcha.sign-up-captcha-required", p.CreateUser, client.CaptchaRequired, needs, signUp),
				Given:  without},
			{Text: "POST /identity/users rejects a captcha response that solves nothing",
				Clause: clause.Graded("barong.captcha.sign-up-captcha-refused", p.CreateUser, contract.CaptchaRefused, needs, signUp),
				Given:  wrong},
			{Text: "POST /identity/users rejects a Geetest response that lacks a member",
				Clause: clause.Graded("barong.captcha.sign-up-captcha-fields", p.CreateUser, captchaFields, needs, signUp, geetest),
				Given:  lacking},
		})
	})
	Describe(p.CreateSession.Method+" "+p.CreateSession.Path+" behind a captcha", func() {
		conform.Table(p.refusesCaptcha(p.CreateSession), []conform.Row[refused]{
			{Text: "POST /identity/sessions rejects a request without a captcha response",
				Clause: clause.Graded("barong.captcha.login-captcha-required", p.CreateSession, client.CaptchaRequired, needs),
				Given:  without},
			{Text: "POST /identity/sessions rejects a captcha response that solves nothing",
				Clause: clause.Graded("barong.captcha.login-captcha-refused", p.CreateSession, contract.CaptchaRefused, needs),
				Given:  wrong},
			{Text: "POST /identity/sessions rejects a Geetest response that lacks a member",
				Clause: clause.Graded("barong.captcha.login-captcha-fields", p.CreateSession, captchaFields, needs, geetest),
				Given:  lacking},
		})
	})
	Describe(p.RequestPasswordReset.Method+" "+p.RequestPasswordReset.Path+" behind a captcha", func() {
		conform.Table(p.refusesCaptcha(p.RequestPasswordReset), []conform.Row[refused]{
			{Text: "POST /identity/users/password/generate_code rejects a request without a captcha response",
				Clause: clause.Graded("barong.captcha.password-reset-captcha-required", p.RequestPasswordReset,
					client.CaptchaRequired, needs),
				Given: without},
			{Text: "POST /identity/users/password/generate_code rejects a captcha response that solves nothing",
				Clause: clause.Graded("barong.captcha.password-reset-captcha-refused", p.RequestPasswordReset,
					contract.CaptchaRefused, needs),
				Given: wrong},
			{Text: "POST /identity/users/password/generate_code rejects a Geetest response that lacks a member",
				Clause: clause.Graded("barong.captcha.password-reset-captcha-fields", p.RequestPasswordReset,
					captchaFields, needs, geetest),
				Given: lacking},
		})
	})
	Describe(p.RequestEmailConfirmation.Method+" "+p.RequestEmailConfirmation.Path+" behind a captcha", func() {
		conform.Table(p.refusesCaptcha(p.RequestEmailConfirmation), []conform.Row[refused]{
			{Text: "POST /identity/users/email/generate_code rejects a request without a captcha response",
				Clause: clause.Graded("barong.captcha.email-captcha-required", p.RequestEmailConfirmation, client.CaptchaRequired, needs),
				Given:  without},
			{Text: "POST /identity/users/email/generate_code rejects a captcha response that solves nothing",
				Clause: clause.Graded("barong.captcha.email-captcha-refused", p.RequestEmailConfirmation, contract.CaptchaRefused, needs),
				Given:  wrong},
			{Text: "POST /identity/users/email/generate_code rejects a Geetest response that lacks a member",
				Clause: clause.Graded("barong.captcha.email-captcha-fields", p.RequestEmailConfirmation, captchaFields, needs, geetest),
				Given:  lacking},
		})
	})
	captchaShape(p)
	captchaWithCode(p)
	mailsNothingUnsolved(p)
}

func (p *api) refusesCaptcha(op *contract.Operation) func(SpecContext, refused) {
	return func(ctx SpecContext, given refused) {
		control, leads := p.behindCaptcha(ctx, op)
		p.Refuses(ctx, conform.Refusal{
			Operation: op, By: p.Visitor(), Control: control, Expected: leads, Outcome: given.outcome, Changes: given.changes,
		})
	}
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
			clause.From(contract.Observed, "barong#7.2-3.x")), func(ctx SpecContext) {
			a := p.Leased(client.RoleTOTP)
			r := p.Credentials(a, p.Code(ctx, a.Codes)).Without(captchaAnswer)
			p.Expect(p.TryLogIn(ctx, a, r), p.CreateSession, contract.OK)
		})
}
