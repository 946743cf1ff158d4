package onlyoffice

import (
	"context"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/otp"
	"authconform/suites/onlyoffice/client"
)

// Every promise on text messages needs them, and switches the whole portal to
// them.
var needsSMS, disruptsAll = clause.Needs("sms"), clause.Disrupts()

func asksForText(p *client.Client) {
	op := p.Login
	It("POST /authentication asks a user with a phone for a texted code and issues no token",
		clause.Must("onlyoffice.tfa-sms.first-step", op, client.SMSRequired, needsSMS, disruptsAll), func(ctx SpecContext) {
			call := p.LogIn(ctx, p.Texted(ctx).Who)
			p.Expect(call, op, client.SMSRequired)
			p.ExpectNoSession(call)
		})
	It("POST /authentication shows no more of the user's phone number than its ends",
		clause.Must("onlyoffice.tfa-sms.number-masked", op, client.SMSRequired, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			call := p.LogIn(ctx, x.Who)
			p.Expect(call, op, client.SMSRequired)
			number, shown := client.Digits(x.Who.Phone), client.Text(call, "phoneNoise")
			head, tail, _ := strings.Cut(shown, "*")
			p.Check("digits before the stars", number, HavePrefix(client.Digits(head)))
			p.Check("digits after the stars", number, HaveSuffix(client.Digits(tail)))
			p.Check("digits that are shown", len(client.Digits(shown)), BeNumerically("<", len(number)))
		})
	It("POST /authentication texts a code that opens a session",
		clause.Must("onlyoffice.tfa-sms.first-step-texts", op, client.SMSRequired, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			x.RequireCode(ctx) // after which the phone has no unused code, whatever went before
			p.Expect(p.LogIn(ctx, x.Who), op, client.SMSRequired)
			x.Code = x.PromisedCode(ctx)
			p.Expect(x.SendCode(ctx, x.TakeCode()), p.LoginByCode, client.SMSVerified)
		})
	It("POST /authentication asks a user without a phone to name one",
		clause.Must("onlyoffice.tfa-sms.phone-required", op, client.PhoneRequired, needsSMS, disruptsAll),
		func(ctx SpecContext) {
			p.Expect(p.LogIn(ctx, p.TextMode(ctx, client.NoPhone, 0)[0]), op, client.PhoneRequired)
		})
}

func textsCode(p *client.Client) {
	op := p.SendSMS
	It("POST /authentication/sendsms texts a code to the user",
		clause.Must("onlyoffice.tfa-sms.sends", op, contract.OK, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Untexted(ctx)
			p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(x.Who), contract.OK)
			x.Code = x.PromisedCode(ctx)
		})
	It("POST /authentication/sendsms texts a new code that opens a session",
		clause.Must("onlyoffice.tfa-sms.send", op, contract.OK, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			first := x.Code
			p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(x.Who), contract.OK)
			x.Code = x.NextCode(ctx)
			p.Holds("the code is another one", x.Code != first, "it is the same")
			p.Expect(x.SendCode(ctx, x.TakeCode()), p.LoginByCode, client.SMSVerified)
		})
	It("POST /authentication/sendsms returns the texted code neither in the body nor in a header field",
		clause.Should("onlyoffice.tfa-sms.not-told", op, contract.OK, clause.From(contract.Standard, "checks#F18"),
			needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			call := p.DoRequire(ctx, "have a code sent", p.Anonymous(), op, client.Credentials(x.Who), contract.OK)
			x.Code = x.NextCode(ctx)
			p.Holds("the code is not in the body", !strings.Contains(string(call.Body), x.Code), "it is")
			for name, values := range call.Header {
				p.Holds("the code is not in the header", !strings.Contains(strings.Join(values, "\n"), x.Code), "it is in "+name)
			}
		})
	It("POST /authentication/sendsms texts a code of six digits",
		clause.Should("onlyoffice.tfa-sms.six-digits", op, contract.OK, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2; checks#T29")), func(ctx SpecContext) {
			p.Check("the code", p.Texted(ctx).Code, MatchRegexp(`^[0-9]{6}$`))
		})
}

func acceptsText(p *client.Client) {
	op := p.LoginByCode
	It("POST /authentication/{code} opens a session for a texted code",
		clause.Must("onlyoffice.tfa-sms.code", op, client.SMSVerified, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			call := x.SendCode(ctx, x.TakeCode())
			p.Expect(call, op, client.SMSVerified)
			p.ExpectAlive(ctx, p.Session(x.Who, call))
		})
	It("POST /authentication/{code} accepts the right texted code after a wrong one",
		clause.Must("onlyoffice.tfa-sms.wrong-then-right", op, client.SMSVerified, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Guessing(ctx, 1)
			p.Require("get a wrong code refused", x.SendCode(ctx, client.OtherDigits(x.Code)), op, contract.SecondFactorWrong)
			p.Expect(x.SendCode(ctx, x.TakeCode()), op, client.SMSVerified)
		})
	It("POST /authentication/{code} accepts an earlier texted code beside a newer one",
		clause.Note("onlyoffice.tfa-sms.earlier-code", op, client.SMSVerified, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2; checks#T30")), func(ctx SpecContext) {
			x := p.Texted(ctx)
			earlier := x.Code
			x.RequestCode(ctx)
			p.Expect(x.SendCode(ctx, earlier), op, client.SMSVerified)
			x.Code = "" // a log-in drops every code of the phone
		})
}

func refusesText(p *client.Client) {
	op, wrong := p.LoginByCode, contract.SecondFactorWrong
	for _, row := range []conform.Row[func(code string) []conform.Change]{
		{Text: "POST /authentication/{code} rejects a wrong code in place of a texted one",
			Clause: clause.Must("onlyoffice.tfa-sms.wrong", op, wrong, needsSMS, disruptsAll), Given: func(code string) []conform.Change {
				return []conform.Change{conform.Set("code", client.OtherDigits(code))}
			}},
		{Text: "POST /authentication/{code} rejects codes that resemble the texted one in most of their digits",
			Clause: clause.Must("onlyoffice.tfa-sms.near-miss", op, wrong, needsSMS, disruptsAll), Given: func(code string) []conform.Change {
				var changes []conform.Change
				for _, near := range otp.Near(code)[:wrongPerAccount] {
					changes = append(changes, conform.Set("code", near))
				}
				return changes
			}},
		{Text: "POST /authentication/{code} rejects a missing, empty or null code in place of a texted one",
			Clause: clause.Must("onlyoffice.tfa-sms.absent", op, wrong, needsSMS, disruptsAll), Given: func(string) []conform.Change {
				return []conform.Change{conform.Drop("code"), set("empty", "code", ""), set("null", "code", nil)}
			}},
		{Text: "POST /authentication/{code} rejects the right texted code with a wrong password",
			Clause: clause.Must("onlyoffice.tfa-sms.wrong-password", op, contract.BadCredentials, needsSMS, disruptsAll),
			Given:  func(string) []conform.Change { return []conform.Change{conform.Set("password", client.WrongPassword)} }},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			x := p.Guessing(ctx, guesses(row.Given("000000")))
			p.ExpectNoSession(p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: client.Always(client.ByCode(x.Who, x.Code)), Expected: client.SMSVerified,
				Changes: row.Given(x.Code), Outcome: row.Clause.Outcome, OnlyAfter: true,
			})...)
			x.Code = ""
		})
	}
	It("POST /authentication/{code} rejects a code that was texted to another user",
		clause.Must("onlyoffice.tfa-sms.foreign", op, wrong, needsSMS, disruptsAll), func(ctx SpecContext) {
			both := p.TextedUsers(ctx, 1, 0)
			p.Expect(both[0].SendCode(ctx, both[1].Code), op, wrong)
			both[0].RequireCode(ctx)
			both[1].RequireCode(ctx)
		})
	It("POST /authentication/{code} rejects a texted code that was used before",
		clause.Must("onlyoffice.tfa-sms.reused", op, wrong, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2; checks#T27")), func(ctx SpecContext) {
			x := p.Texted(ctx)
			used := x.Code
			x.RequireCode(ctx)
			p.Expect(x.SendCode(ctx, used), op, wrong)
			x.RequestCode(ctx)
			x.RequireCode(ctx)
		})
	It("POST /authentication/{code} rejects an earlier texted code once a newer one was used",
		clause.Must("onlyoffice.tfa-sms.dropped", op, wrong, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2")), func(ctx SpecContext) {
			x := p.Texted(ctx)
			earlier := x.Code
			x.RequestCode(ctx)
			x.RequireCode(ctx)
			p.Expect(x.SendCode(ctx, earlier), op, wrong)
		})
	It("POST /authentication/{code} rejects a texted code more than ten minutes old",
		clause.Should("onlyoffice.tfa-sms.expired", op, wrong, needsSMS, disruptsAll,
			clause.From(contract.Observed, "onlyoffice#2.2; checks#T26")), func(ctx SpecContext) {
			p.WillWait(client.TextedLife+time.Second, "the code has to expire")
			x := p.Guessing(ctx, 1)
			p.Wait(ctx, client.TextedLife+time.Second, "the code has to expire")
			p.Expect(x.SendCode(ctx, x.Code), op, wrong)
			x.RequestCode(ctx)
			x.RequireCode(ctx)
		})
}

// guesses is how many of the changes send a wrong code, which counts as a guess.
func guesses(changes []conform.Change) (n int) {
	for _, change := range changes {
		members, _ := change.Of(client.JSON(conform.Object{"code": "right"})).JSON.(conform.Object)
		if code, _ := members["code"].(string); code != "" && code != "right" {
			n++
		}
	}
	return n
}

func refusesToText(p *client.Client) {
	op := p.SendSMS
	for _, row := range []conform.Row[[]conform.Change]{
		{Text: "POST /authentication/sendsms rejects a wrong password",
			Clause: clause.Must("onlyoffice.tfa-sms.send-wrong-password", op, contract.BadCredentials, needsSMS, disruptsAll),
			Given:  []conform.Change{conform.Set("password", client.WrongPassword)}},
		{Text: "POST /authentication/sendsms rejects an unknown user name",
			Clause: clause.Must("onlyoffice.tfa-sms.send-unknown-user", op, contract.BadCredentials, needsSMS, disruptsAll),
			Given:  []conform.Change{unknownUser(p)}},
		{Text: "POST /authentication/sendsms rejects a missing or empty user name",
			Clause: clause.Must("onlyoffice.tfa-sms.send-no-user-name", op, contract.Invalid, needsSMS, disruptsAll),
			Given:  []conform.Change{conform.Drop("userName"), set("empty", "userName", "")}},
		{Text: "POST /authentication/sendsms rejects a missing or empty password",
			Clause: clause.Must("onlyoffice.tfa-sms.send-no-password", op, contract.Invalid, needsSMS, disruptsAll),
			Given:  []conform.Change{conform.Drop("password"), set("empty", "password", "")}},
		{Text: "POST /authentication/sendsms rejects a log-in link with a key that was never issued",
			Clause: clause.Must("onlyoffice.tfa-sms.send-link-wrong-key", op, contract.NotFound, needsSMS, disruptsAll),
			Given:  []conform.Change{wrongLogInLink(p)}},
		{Text: "POST /authentication/sendsms rejects a wrong captcha answer",
			Clause: clause.Must("onlyoffice.tfa-sms.send-captcha-wrong", op, contract.CaptchaRefused, clause.Needs("captcha"), needsSMS,
				disruptsAll),
			Given: []conform.Change{conform.Set("recaptchaResponse", "wrong-captcha-answer")}},
	} {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			x := p.Texted(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: client.Always(client.Credentials(x.Who)),
				Changes: row.Given, Outcome: row.Clause.Outcome, OnlyAfter: true,
			})
			x.Code = x.NextCode(ctx)
		})
	}
	refuses := func(ctx context.Context, role string, outcome contract.Outcome) {
		GinkgoHelper()
		x, who := p.Texted(ctx), p.Lease(role)
		p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(who), outcome)
		x.RequestCode(ctx)
	}
	It("POST /authentication/sendsms rejects the credentials of a disabled account",
		clause.Should("onlyoffice.tfa-sms.send-disabled", op, contract.AccountDisabled, needsSMS, disruptsAll),
		func(ctx SpecContext) { refuses(ctx, client.Disabled, contract.AccountDisabled) })
	It("POST /authentication/sendsms rejects a user who needs no code by text message",
		clause.Should("onlyoffice.tfa-sms.send-unavailable", op, contract.SecondFactorUnavailable, needsSMS, disruptsAll),
		func(ctx SpecContext) { refuses(ctx, client.User, contract.SecondFactorUnavailable) })
	It("POST /authentication/sendsms rejects a user with a phone who needs no code by text message",
		clause.Should("onlyoffice.tfa-sms.send-not-bound", op, contract.SecondFactorUnavailable, needsSMS, disruptsAll),
		func(ctx SpecContext) { refuses(ctx, client.Phone, contract.SecondFactorUnavailable) })
	It("POST /authentication/sendsms rejects a user who has named no phone",
		clause.Should("onlyoffice.tfa-sms.send-no-phone", op, contract.SecondFactorUnavailable, needsSMS, disruptsAll),
		func(ctx SpecContext) {
			x := p.Phoneless(ctx)
			p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(x.Who), contract.SecondFactorUnavailable)
			x.RequireNumber(ctx)
		})
	It("POST /authentication/sendsms rejects a user whose phone has six unused codes",
		clause.Must("onlyoffice.tfa-sms.send-too-many", op, contract.SecondFactorThrottled, needsSMS, disruptsAll), func(ctx SpecContext) {
			x := p.Texted(ctx)
			for range client.TextedMost - 1 {
				x.RequestCode(ctx)
			}
			p.DoExpect(ctx, p.Anonymous(), op, client.Credentials(x.Who), contract.SecondFactorThrottled)
			x.RequireCode(ctx)
			x.RequestCode(ctx)
		})
}
