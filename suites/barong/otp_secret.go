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
	"authconform/suites/barong/client"
)

// What Vault's engine hands out unless it is told otherwise (barong#1.8).
const (
	secretBytes = 20
	qrPixels    = 300
)

func generates(p *api) {
	op := p.GenerateQRCode
	qr := func(ctx context.Context, me *client.Session) *httpclient.Call {
		GinkgoHelper()
		call := p.Do(ctx, me.Actor, op, conform.Request{})
		p.Expect(call, op, contract.OK)
		return call
	}
	It("POST /resource/otp/generate_qrcode returns a 20-byte secret in a well-formed otpauth URI",
		clause.Graded("barong.otp.uri", op, contract.OK),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			uri := p.provisioning(qr(ctx, me))
			p.Check("the account that the URI names", uri.Account, Equal(me.Account.Login))
			p.Check("bytes of the secret", uri.Secret.Len(), BeNumerically(">=", secretBytes))
			p.Check("the codes' parameters", uri.Params, Equal(otp.Params{Algorithm: otp.SHA1, Digits: 6, Period: client.Step}))
			p.Check("the issuer", uri.Issuer, Not(BeEmpty()))
		})
	It("POST /resource/otp/generate_qrcode returns the QR code as a PNG of 300 pixels",
		clause.Graded("barong.otp.png", op, contract.OK, clause.From(contract.Observed, "barong#1.8")),
		func(ctx SpecContext) {
			text, err := base64.StdEncoding.DecodeString(value.Text(value.Of(qr(ctx, p.Member(ctx))), "data", "barcode"))
			p.Holds("the barcode is Base64 (RFC 4648 section 4)", err == nil, "it is not")
			picture, err := png.Decode(bytes.NewReader(text))
			p.Holds("the barcode is a PNG that can be drawn", err == nil, "it cannot")
			p.Check("its width and height", []int{picture.Bounds().Dx(), picture.Bounds().Dy()}, Equal([]int{qrPixels, qrPixels}))
		})
	It("POST /resource/otp/generate_qrcode creates a new secret each time and for each user",
		clause.Graded("barong.otp.secret-fresh", op, contract.OK, clause.From(contract.Observed, "barong#10.2-8; checks#T03")),
		func(ctx SpecContext) {
			one, two := p.Member(ctx), p.Member(ctx)
			secrets := map[string]bool{}
			for _, me := range []*client.Session{one, two, one, two} {
				secrets[p.provisioning(qr(ctx, me)).Secret.Base32()] = true
			}
			p.Check("different secrets of four", len(secrets), Equal(4))
		})
	It("POST /resource/otp/enable rejects TOTP codes of a replaced secret",
		clause.Graded("barong.otp.secret-replaced", p.EnableOTP, contract.SecondFactorWrong),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			old := p.NewSecret(ctx, me)
			codes := p.NewSecret(ctx, me)
			p.OffAgain(me, codes)
			p.Expect(p.PutCode(ctx, me, p.EnableOTP, p.Code(ctx, old)), p.EnableOTP, contract.SecondFactorWrong)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOff))
			p.Expect(p.PutCode(ctx, me, p.EnableOTP, p.Code(ctx, codes)), p.EnableOTP, contract.OK)
		})
	It("POST /resource/otp/generate_qrcode leaves the second factor off until a first TOTP code is accepted",
		clause.Graded("barong.otp.secret-inert", op, contract.OK, clause.From(contract.Observed, "barong#4; checks#T18")),
		func(ctx SpecContext) {
			me := p.Member(ctx)
			qr(ctx, me)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOff))
			p.Expect(p.PasswordOnly(ctx, me.Account), p.CreateSession, contract.OK)
		})
	It("POST /resource/otp/generate_qrcode neither returns nor replaces the secret while the second factor is on",
		clause.Graded("barong.otp.secret-kept", op, client.AlreadyEnabled),
		func(ctx SpecContext) {
			me := p.Enrolled(ctx)
			p.Expect(p.Do(ctx, me.Actor, op, conform.Request{}), op, client.AlreadyEnabled)
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOn))
			p.Expect(p.PutCode(ctx, me, p.VerifyOTP, p.Code(ctx, me.Account.Codes)), p.VerifyOTP, contract.OK)
		})
}

// provisioning reads the otpauth URI of a QR code's answer, which has to keep the
// rules of its format.
func (p *api) provisioning(call *httpclient.Call) otp.URI {
	GinkgoHelper()
	text := p.Secret("otpauth", value.Text(value.Of(call), "data", "url"))
	p.Secret("totp-secret", client.QueryValue(text, "secret"))
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
