package barong

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/barong/client"
)

// codesStaySpent states that nothing that happens later makes a used code count again. What
// may happen does so in a row, with one code.
func codesStaySpent(p *api) {
	replayed := contract.SecondFactorReplayed
	It("POST /identity/sessions rejects a used TOTP code of another client, after a wrong code, after a wrong password and after a log-out",
		clause.Should("barong.otp.stays-spent", p.CreateSession, replayed,
			clause.From(contract.Standard, "RFC 6238 section 5.2; OWASP ASVS 5.0.0 6.5.1; checks#T10")), func(ctx SpecContext) {
			a := p.EnrolledAccount(ctx)
			code := p.Code(ctx, a.Codes)
			send := func(r conform.Request) *httpclient.Call {
				GinkgoHelper()
				return p.TryLogIn(ctx, a, r)
			}
			stale := func(after string, r conform.Request) {
				GinkgoHelper()
				p.ExpectShut("the used code, "+after, send(r), p.CreateSession, replayed)
			}
			used := send(p.Credentials(a, code))
			p.Require("use the code once", used, p.CreateSession, contract.OK)
			stale("of another client", p.Credentials(a, code).WithHeader("User-Agent", "another/1"))
			p.Require("get a wrong code refused", send(p.Credentials(a, a.Codes.Wrong(client.Skew))), p.CreateSession, contract.SecondFactorWrong)
			stale("after a wrong one", p.Credentials(a, code))
			wrong := p.Credentials(a, "").With("password", p.Secret("password", client.NewPassword()))
			p.Require("get a wrong password refused", send(wrong), p.CreateSession, contract.BadCredentials)
			stale("after a wrong password", p.Credentials(a, code))
			p.Require("log out", p.Do(ctx, p.Opened(used, a).Actor, p.DeleteSession, conform.Request{}), p.DeleteSession, contract.OK)
			stale("after a log-out", p.Credentials(a, code))
			p.rightCode(ctx, a, p.Code(ctx, a.Codes))
		})
	It("POST /resource/otp/enable rejects the TOTP code that switched the second factor off, and the one that switched it on before",
		clause.Graded("barong.otp.spent-at-disabling", p.EnableOTP, replayed), func(ctx SpecContext) {
			me := p.Member(ctx)
			on := p.Enrol(ctx, me)
			off := p.Code(ctx, me.Account.Codes)
			p.Require("switch the second factor off", p.PutCode(ctx, me, p.DisableOTP, off), p.DisableOTP, contract.OK)
			for _, code := range []string{off, on} {
				p.Expect(p.PutCode(ctx, me, p.EnableOTP, code), p.EnableOTP, replayed)
			}
			p.Check("what users/me tells of the second factor", p.Factor(ctx, me), Equal(factorOff))
		})
}

// alikeAtMost is how many of the 32 characters of four secrets may all be alike: random ones
// have one such place once in a thousand runs, and six once in 10^18.
const alikeAtMost = 5

// secretsUnlike states that secrets share no part.
func secretsUnlike(p *api) {
	It("POST /resource/otp/generate_qrcode draws every character of a secret anew",
		clause.Should("barong.otp.secret-random", p.GenerateQRCode, contract.OK,
			clause.From(contract.Standard, "RFC 6238 section 3 R5; checks#T03")), func(ctx SpecContext) {
			var secrets []string
			for _, me := range []*client.Session{p.Member(ctx), p.Member(ctx)} {
				for range 2 {
					secrets = append(secrets, p.secretText(ctx, me))
				}
			}
			alike := 0
			for at := range secrets[0] {
				same := true
				for _, other := range secrets[1:] {
					same = same && at < len(other) && other[at] == secrets[0][at]
				}
				if same {
					alike++
				}
			}
			p.Check("characters that all of four secrets have in one place", alike, BeNumerically("<=", alikeAtMost))
		})
}

func (p *api) secretText(ctx context.Context, me *client.Session) string {
	GinkgoHelper()
	call := p.Do(ctx, me.Actor, p.GenerateQRCode, conform.Request{})
	p.Expect(call, p.GenerateQRCode, contract.OK)
	return p.provisioning(call).Secret.Base32()
}
