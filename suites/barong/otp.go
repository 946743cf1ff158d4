package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/harness/value"
	"authconform/suites/family"
)

// secondFactor states what the four operations of the second factor promise when
// they are called as meant; otp_codes.go is about the codes, otp_machine.go about
// their order.
func secondFactor(p *api) {
	Describe("POST otp/generate_qrcode", func() { generates(p) })
	Describe("POST otp/enable", func() { enables(p) })
	Describe("POST otp/verify", func() { verifies(p) })
	Describe("POST otp/disable", func() { disables(p) })
	Describe("a code", func() { codesOf(p) })
	Describe("the second factor's states", func() { otpMachine(p) })
}

func (p *api) otpSubjects() []family.Subject {
	code := func(_ context.Context, _ *session, code string) conform.Request { return codeBody(code) }
	return []family.Subject{
		{Operation: p.verifyOTP, Ready: p.asEnrolledOnce(p.enrolled, code), SingleUse: true},
		{Operation: p.disableOTP, Ready: p.asEnrolledOnce(p.justEnrolled, code), SingleUse: true},
		{Operation: p.enableOTP, Ready: p.aboutToEnrol, SingleUse: true},
		{Operation: p.generateQRCode, Ready: p.asMember(conform.Request{})},
	}
}

// aboutToEnrol is the Ready of switching the second factor on.
func (p *api) aboutToEnrol(ctx context.Context) (*conform.Actor, func() conform.Request) {
	GinkgoHelper()
	me := p.member(ctx)
	codes := p.newSecret(ctx, me)
	p.offAgain(me, codes)
	return me.Actor, always(codeBody(p.LastingCode(ctx, codes)))
}

// offAgain brings a pooled account back to no second factor, should one have been
// switched on with the codes.
func (p *api) offAgain(me *session, codes *otp.Kit) {
	if me.account.pooled {
		DeferCleanup(func(ctx SpecContext) {
			me.account.codes = codes
			p.unenrol(ctx, me)
		})
	}
}

// factor is what GET resource/users/me tells of the second factor.
type factor struct {
	On    bool
	Label string // value of the private label otp
}

var (
	factorOn  = factor{On: true, Label: "enabled"}
	factorOff = factor{}
)

func (p *api) factor(ctx context.Context, me *session) factor {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.getCurrentUser, conform.Request{})
	p.Require("read the user", call, p.getCurrentUser, contract.OK)
	f := factor{On: value.Flag(value.Of(call), "otp")}
	for _, l := range value.List(value.Of(call), "labels") {
		if value.Text(l, "key") == "otp" && value.Text(l, "scope") == "private" {
			f.Label = value.Text(l, "value")
		}
	}
	return f
}

func (p *api) otpCall(ctx context.Context, me *session, op *contract.Operation, code string) *httpclient.Call {
	GinkgoHelper()
	return p.Do(ctx, me.Actor, op, codeBody(code))
}

// passwordOnly tries to log in without a code.
func (p *api) passwordOnly(ctx context.Context, a *account) *httpclient.Call {
	GinkgoHelper()
	return p.tryLogIn(ctx, a, p.credentials(a, ""))
}

func enables(p *api) {
	op := p.enableOTP
	It("switches the second factor on with a first code of the app", clause.Graded("barong.otp.enable", op, contract.OK),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
			p.Check("users/me.otp, in the same session", p.factor(ctx, me).On, BeTrue())
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.SecondFactorRequired)
			p.Expect(p.tryLogIn(ctx, me.account, p.credentials(me.account, p.Code(ctx, codes))), p.createSession, contract.OK)
		})
	It("gives the user the private label otp", clause.Graded("barong.otp.label", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 1.7")),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
		})
	It("refuses a wrong code and leaves the second factor off", clause.Graded("barong.otp.enable-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			p.Expect(p.otpCall(ctx, me, op, codes.Wrong(skew)), op, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOff))
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.OK)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
		})
	It("refuses any code of a user who never got a secret", clause.Graded("barong.otp.enable-without-secret", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.member(ctx), p.enrolled(ctx)
			p.Expect(p.otpCall(ctx, me, op, p.anyCode()), op, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, other.account.codes)), op, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOff))
			p.enrol(ctx, me)
		})
	It("refuses the code of another user's app", clause.Graded("barong.otp.enable-foreign", op, contract.SecondFactorWrong, clause.From(contract.Observed, "facts/barong.md 1.8; facts/auth-checks.md T19, F06")),
		func(ctx SpecContext) {
			me, other := p.member(ctx), p.enrolled(ctx)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: me.Actor, Control: always(codeBody(p.LastingCode(ctx, codes))), OnlyAfter: true,
				Changes: []conform.Change{{Name: "another user's code", Of: func(conform.Request) conform.Request {
					return codeBody(p.Code(ctx, other.account.codes))
				}}},
				Outcome: contract.SecondFactorWrong, State: func() any { return p.factor(ctx, me) },
			})
		})
	It("refuses a code that was refused before, and says so", clause.Graded("barong.otp.enable-repeated", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			wrong := codes.Wrong(skew)
			p.Expect(p.otpCall(ctx, me, op, wrong), op, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, op, wrong), op, contract.SecondFactorReplayed)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, codes)), op, contract.OK)
		})
	It("refuses to switch it on twice, and does not spend the code", clause.Graded("barong.otp.enable-twice", op, alreadyEnabled),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			right := p.LastingCode(ctx, me.account.codes)
			p.Expect(p.otpCall(ctx, me, op, right), op, alreadyEnabled)
			p.Expect(p.otpCall(ctx, me, op, me.account.codes.Wrong(skew)), op, alreadyEnabled)
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, right), p.verifyOTP, contract.OK)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
		})
}

func verifies(p *api) {
	op := p.verifyOTP
	It("accepts a right code and changes nothing", clause.Graded("barong.otp.verify", op, contract.OK),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, me.account.codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.SecondFactorRequired)
		})
	It("refuses a wrong code, and takes a right one afterwards", clause.Graded("barong.otp.verify-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			p.Expect(p.otpCall(ctx, me, op, me.account.codes.Wrong(skew)), op, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, op, me.account.codes.Wrong(skew)), op, contract.SecondFactorWrong)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, me.account.codes)), op, contract.OK)
		})
	It("is not available while the second factor is off, and spends no code", clause.Graded("barong.otp.verify-off", op, notEnabled),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			right := p.LastingCode(ctx, codes)
			p.Expect(p.otpCall(ctx, me, op, right), op, notEnabled)
			p.switchOn(ctx, me, codes, right)
		})
}

func disables(p *api) {
	op := p.disableOTP
	It("switches the second factor off with a code of the app", clause.Graded("barong.otp.disable", op, contract.OK),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, me.account.codes)), op, contract.OK)
			p.Check("what users/me tells of the second factor, in the same session", p.factor(ctx, me), Equal(factorOff))
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.OK)
		})
	It("refuses a wrong code and another user's code, and leaves it on", clause.Graded("barong.otp.disable-wrong", op, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me, other := p.justEnrolled(ctx), p.enrolled(ctx)
			for _, code := range []string{me.account.codes.Wrong(skew), p.Code(ctx, other.account.codes)} {
				p.Expect(p.otpCall(ctx, me, op, code), op, contract.SecondFactorWrong)
			}
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.SecondFactorRequired)
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, me.account.codes)), op, contract.OK)
		})
	It("refuses a spent code and leaves it on", clause.Graded("barong.otp.disable-replayed", op, contract.SecondFactorReplayed),
		func(ctx SpecContext) {
			me := p.justEnrolled(ctx)
			p.Expect(p.otpCall(ctx, me, op, p.spent(ctx, me)), op, contract.SecondFactorReplayed)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
			p.Expect(p.otpCall(ctx, me, op, p.Code(ctx, me.account.codes)), op, contract.OK)
		})
	It("is not available while the second factor is off, and spends no code", clause.Graded("barong.otp.disable-off", op, notEnabled),
		func(ctx SpecContext) {
			me := p.member(ctx)
			codes := p.newSecret(ctx, me)
			right := p.LastingCode(ctx, codes)
			p.Expect(p.otpCall(ctx, me, op, right), op, notEnabled)
			p.switchOn(ctx, me, codes, right)
		})
}
