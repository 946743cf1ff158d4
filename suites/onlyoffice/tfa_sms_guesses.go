package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/onlyoffice/client"
)

// textTellsNothing is loginTellsNothing of the sending of codes.
func textTellsNothing(p *client.Client) {
	op, enumeration := p.SendSMS, clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#E02")
	conform.Table(likeUnknown(p, op), []conform.Row[string]{
		{Text: "POST /authentication/sendsms answers a wrong password of a user as one of an unknown user",
			Clause: clause.Should("onlyoffice.tfa-sms.same-answer", op, contract.BadCredentials, enumeration), Given: client.User},
		{Text: "POST /authentication/sendsms answers a wrong password of a disabled account as one of an unknown user",
			Clause: clause.Should("onlyoffice.tfa-sms.disabled-not-told", op, contract.BadCredentials, enumeration), Given: client.Disabled},
	}, Serial)
}

// limitsTexts fills the limit of texted codes, which ends when the codes do.
func limitsTexts(p *client.Client) {
	op := p.LoginByCode
	It("POST /authentication/{code} rejects the right texted code after five wrong ones, and after a code that was texted anew",
		clause.Should("onlyoffice.tfa-sms.guesses-limited", op, contract.SecondFactorThrottled, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2-tries; onlyoffice#1.1-A3-throttled; checks#R01")), func(ctx SpecContext) {
			p.WillWait(client.TextedLife, "the limit has to end")
			x := p.Guessing(ctx, client.TextedTries-1)
			for i := range client.TextedTries {
				if i == client.TextedTries-1 {
					x.RequestCode(ctx) // which must not bring new guesses
				}
				p.Expect(x.SendCode(ctx, client.OtherDigits(x.Code)), op, contract.SecondFactorWrong)
			}
			p.ExpectShut("the right code", x.SendCode(ctx, x.Code), op, contract.SecondFactorThrottled)
			x.Who.Fill(p.Now().Add(client.TextedLife))
			p.Wait(ctx, client.TextedLife, "the limit has to end")
			x.Who.Recovered()
			x.RequestCode(ctx)
			x.RequireCode(ctx)
		})
}
