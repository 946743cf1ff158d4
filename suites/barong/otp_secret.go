package barong

import (
	"bytes"
	"context"
	"encoding/base64"
	"image/png"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/harness/value"
)

// What Vault's engine hands out unless it is told otherwise (facts/barong.md 1.8).
const (
	secretBytes = 20
	qrPixels    = 300
)

func generates(p *api) {
	op := p.generateQRCode
	qr := func(ctx context.Context, me *session) *httpclient.Call {
		GinkgoHelper()
		call := p.Do(ctx, me.Actor, op, conform.Request{})
		p.Expect(call, op, contract.OK)
		return call
	}
	It("hands out a secret of twenty bytes for an app, by an otpauth URI that keeps its format", clause.Graded("barong.otp.uri", op, contract.OK),
		func(ctx SpecContext) {
			me := p.member(ctx)
			uri := p.provisioning(qr(ctx, me))
			p.Check("the account that the URI names", uri.Account, Equal(me.account.Login))
			p.Check("bytes of the secret", uri.Secret.Len(), BeNumerically(">=", secretBytes))
			p.Check("the codes' parameters", uri.Params, Equal(otp.Params{Algorithm: otp.SHA1, Digits: 6, Period: step}))
			p.Check("the issuer", uri.Issuer, Not(BeEmpty()))
		})
	It("draws the URI as a PNG of 300 pixels", clause.Graded("barong.otp.png", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 1.8")),
		func(ctx SpecContext) {
			text, err := base64.StdEncoding.DecodeString(value.Text(value.Of(qr(ctx, p.member(ctx))), "data", "barcode"))
			p.Holds("the barcode is Base64 (RFC 4648 section 4)", err == nil, "it is not")
			picture, err := png.Decode(bytes.NewReader(text))
			p.Holds("the barcode is a PNG that can be drawn", err == nil, "it cannot")
			p.Check("its width and height", []int{picture.Bounds().Dx(), picture.Bounds().Dy()}, Equal([]int{qrPixels, qrPixels}))
		})
	It("makes another secret each time, and for each user", clause.Graded("barong.otp.secret-fresh", op, contract.OK, clause.From(contract.Observed, "facts/barong-observed.md 8; facts/auth-checks.md T03")),
		func(ctx SpecContext) {
			one, two := p.member(ctx), p.member(ctx)
			secrets := map[string]bool{}
			for _, me := range []*session{one, two, one, two} {
				secrets[p.provisioning(qr(ctx, me)).Secret.Base32()] = true
			}
			p.Check("different secrets of four", len(secrets), Equal(4))
		})
	It("makes the codes of the secret before worthless", clause.Graded("barong.otp.secret-replaced", p.enableOTP, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.member(ctx)
			old := p.newSecret(ctx, me)
			codes := p.newSecret(ctx, me)
			p.offAgain(me, codes)
			p.Expect(p.otpCall(ctx, me, p.enableOTP, p.Code(ctx, old)), p.enableOTP, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOff))
			p.Expect(p.otpCall(ctx, me, p.enableOTP, p.Code(ctx, codes)), p.enableOTP, contract.OK)
		})
	It("asks for no code at log-in until a first one was accepted", clause.Graded("barong.otp.secret-inert", op, contract.OK, clause.From(contract.Observed, "facts/barong.md 4; facts/auth-checks.md T18")),
		func(ctx SpecContext) {
			me := p.member(ctx)
			qr(ctx, me)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOff))
			p.Expect(p.passwordOnly(ctx, me.account), p.createSession, contract.OK)
		})
	It("neither shows nor replaces the secret while the second factor is on", clause.Graded("barong.otp.secret-kept", op, alreadyEnabled),
		func(ctx SpecContext) {
			me := p.enrolled(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, conform.Request{}), op, alreadyEnabled)
			p.Check("what users/me tells of the second factor", p.factor(ctx, me), Equal(factorOn))
			p.Expect(p.otpCall(ctx, me, p.verifyOTP, p.Code(ctx, me.account.codes)), p.verifyOTP, contract.OK)
		})
}

// provisioning reads the otpauth URI of a QR code's answer, which has to keep the
// rules of its format.
func (p *api) provisioning(call *httpclient.Call) otp.URI {
	GinkgoHelper()
	text := p.Secret("otpauth", value.Text(value.Of(call), "data", "url"))
	p.Secret("totp-secret", queryValue(text, "secret"))
	uri, findings, err := otp.ParseURI(text)
	var broken []string
	for _, f := range findings {
		if f.Level != otp.Info {
			broken = append(broken, f.String())
		}
	}
	p.Check("rules of the Key URI Format that the URI breaks", broken, BeEmpty())
	p.Holds("the URI can be used", err == nil, "it cannot")
	return uri
}
