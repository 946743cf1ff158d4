package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// secondFactor states what the four operations of the second factor promise when
// they are called as meant; otp_codes.go is about the codes, otp_machine.go about
// their order.
func secondFactor(p *api) {
	Describe("POST otp/generate_qrcode", func() { generates(p); secretsUnlike(p) })
	Describe("POST otp/enable", func() { enables(p) })
	Describe("POST otp/verify", func() { verifies(p) })
	Describe("POST otp/disable", func() { disables(p) })
	Describe("a code", func() { codesOf(p) })
	Describe("the second factor's states", func() { otpMachine(p) })
}

func (p *api) otpSubjects() []family.Subject {
	code := func(_ context.Context, _ *client.Session, code string) conform.Request { return client.CodeBody(code) }
	return []family.Subject{
		{Operation: p.VerifyOTP, Ready: p.asEnrolledOnce(p.Enrolled, code), SingleUse: true},
		{Operation: p.DisableOTP, Ready: p.asEnrolledOnce(p.JustEnrolled, code), SingleUse: true},
		{Operation: p.EnableOTP, Ready: p.aboutToEnrol, SingleUse: true},
		{Operation: p.GenerateQRCode, Ready: p.asMember(conform.Request{})},
	}
}

// aboutToEnrol is the Ready of switching the second factor on.
func (p *api) aboutToEnrol(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	me := p.Member(ctx)
	codes := p.NewSecret(ctx, me)
	p.OffAgain(me, codes)
	return me.Actor, always(client.CodeBody(p.LastingCode(ctx, codes)))
}

var (
	factorOn  = client.Factor{On: true, Label: "enabled"}
	factorOff = client.Factor{}
)

func enables(p *api) {
	op := p.EnableOTP
	It("POST /resource/otp/enable enables the second factor with a first valid TOTP code", clause.Graded("barong.otp.enable", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
			p.Check("users/me.otp, in the same session", p.Factor(ctx, me).On, BeTrue())
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.SecondFactorRequired)
			p.Expect(p.TryLogIn(ctx, me.Account, p.Credentials(me.Account, p.Code(ctx, codes))), p.CreateSession, contract.OK)
		})
	It("POST /resource/otp/enable gives the user the private label otp",
		clause.Graded("barong.otp.label", op, contract.OK, clause.From(contract.Observed, "barong#1.7-otp-label")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
		})
	It("POST /resource/otp/enable rejects a wrong TOTP code and leaves the second factor off",
		clause.Graded("barong.otp.enable-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			p.Expect(p.PutCode(ctx, me, op, codes.Wrong(client.Skew)), op, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOff))
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.OK)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
		})
	It("POST /resource/otp/enable rejects any TOTP code of a user without a secret",
		clause.Graded("barong.otp.enable-without-secret", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Enrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, p.AnyCode()), op, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, other.Account.Codes)), op, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOff))
			p.Enrol(ctx, me)
		})
	It("POST /resource/otp/enable rejects the TOTP code of another user",
		clause.Graded("barong.otp.enable-foreign", op, contract.SecondFactorWrong,
			clause.From(contract.Observed, "barong#1.8; checks#T19; checks#F06")),
		func(ctx SpecContext) {
			me, other := p.Member(ctx), p.Enrolled(ctx)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, Control: always(client.CodeBody(p.LastingCode(ctx, codes))), OnlyAfter: true,
				Changes: []conform.Change{{Name: "another user's code", Of: func(conform.Request) conform.Request {
					return client.CodeBody(p.Code(ctx, other.Account.Codes))
				}}},
				Outcome: contract.SecondFactorWrong, State: func() any { return p.Factor(ctx, me) },
			})
		})
	It("POST /resource/otp/enable rejects a repeated wrong TOTP code as a replay",
		clause.Graded("barong.otp.enable-repeated", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			wrong := codes.Wrong(client.Skew)
			p.Expect(p.PutCode(ctx, me, op, wrong), op, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, op, wrong), op, contract.SecondFactorReplayed)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
		})
	It("POST /resource/otp/enable rejects enabling twice and does not use the TOTP code up",
		clause.Graded("barong.otp.enable-twice", op, client.AlreadyEnabled),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			right := p.LastingCode(ctx, me.Account.Codes)
			p.Expect(p.PutCode(ctx, me, op, right), op, client.AlreadyEnabled)
			p.Expect(p.PutCode(ctx, me, op, me.Account.Codes.Wrong(client.Skew)), op, client.AlreadyEnabled)
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, right), p.VerifyOTP, contract.OK)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
		})
}

func verifies(p *api) {
	op := p.VerifyOTP
	It("POST /resource/otp/verify accepts a valid TOTP code and changes nothing", clause.Graded("barong.otp.verify", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.SecondFactorRequired)
		})
	It("POST /resource/otp/verify rejects a wrong TOTP code and accepts a valid one afterwards",
		clause.Graded("barong.otp.verify-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, me.Account.Codes.Wrong(client.Skew)), op, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, op, me.Account.Codes.Wrong(client.Skew)), op, contract.SecondFactorWrong)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
		})
	It("POST /resource/otp/verify is unavailable while the second factor is off and does not use the TOTP code up",
		clause.Graded("barong.otp.verify-off", op, client.NotEnabled),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			right := p.LastingCode(ctx, codes)
			p.Expect(p.PutCode(ctx, me, op, right), op, client.NotEnabled)
			p.SwitchOn(ctx, me, codes, right)
		})
}

func disables(p *api) {
	op := p.DisableOTP
	It("POST /resource/otp/disable disables the second factor with a valid TOTP code", clause.Graded("barong.otp.disable", op, contract.OK),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor, in the same session", p.Factor(ctx, me), Equal(factorOff))
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.OK)
		})
	It("POST /resource/otp/disable rejects a wrong TOTP code and another user's, and leaves the second factor on",
		clause.Graded("barong.otp.disable-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.JustEnrolled(ctx), p.Enrolled(ctx)
			for _, code := range []string{me.Account.Codes.Wrong(client.Skew), p.Code(ctx, other.Account.Codes)} {
				p.Expect(p.PutCode(ctx, me, op, code), op, contract.SecondFactorWrong)
			}
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.SecondFactorRequired)
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
		})
	It("POST /resource/otp/disable rejects a used TOTP code and leaves the second factor on",
		clause.Graded("barong.otp.disable-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.JustEnrolled(ctx)
			p.Expect(p.PutCode(ctx, me, op, p.Spent(ctx, me)), op, contract.SecondFactorReplayed)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
			p.Expect(p.PutCode(ctx, me, op, p.Code(ctx, me.Account.Codes)), op, contract.OK)
		})
	It("POST /resource/otp/disable is unavailable while the second factor is off and does not use the TOTP code up",
		clause.Graded("barong.otp.disable-off", op, client.NotEnabled),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			codes := p.NewSecret(ctx, me)
			right := p.LastingCode(ctx, codes)
			p.Expect(p.PutCode(ctx, me, op, right), op, client.NotEnabled)
			p.SwitchOn(ctx, me, codes, right)
		})
}
