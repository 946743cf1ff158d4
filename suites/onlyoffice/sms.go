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
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

// Outcomes of log-ins with codes by text message.
const (
	smsRequired   = contract.Outcome("sms-required")
	phoneRequired = contract.Outcome("phone-required")
	smsVerified   = contract.Outcome("sms-verified")
)

const (
	// textedLife is how long a texted code counts (sms:keystore as shipped).
	textedLife = 10 * time.Minute
	// textedMost is how many unused codes one phone can have (sms:keycount).
	textedMost = 6
)

func textMessages(p *portal) {
	Describe("a log-in with a code by text message", func() {
		asksForText(p)
		takesText(p)
		refusesText(p)
	})
	Describe("POST /api/2.0/authentication/sendsms", func() {
		sendsText(p)
		refusesToSend(p)
	})
	Describe("POST /api/2.0/authentication/setphone", func() {
		setsPhone(p)
		refusesPhone(p)
	})
}

// smsMust and smsShould state promises on text messages: every spec switches the
// whole portal to them.
func smsMust(id string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	return clause.Must("onlyoffice.tfa-sms."+id, op, outcome, append(options, clause.Needs("sms"), clause.Disrupts())...)
}

func smsShould(id string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	return clause.Should("onlyoffice.tfa-sms."+id, op, outcome, append(options, clause.Needs("sms"), clause.Disrupts())...)
}

func asksForText(p *portal) {
	It("asks a user with a phone for a code and gives no token", smsMust("first-step", p.login, smsRequired),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(x.who)})
			p.Expect(call, p.login, smsRequired)
			p.Holds("it sets no session cookie", setCookie(call, sessionCookie) == "", "it sets one")
		})
	It("shows no more of the number than its ends", smsMust("number-masked", p.login, smsRequired),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			call := p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(x.who)})
			p.Expect(call, p.login, smsRequired)
			number, shown := digits(x.who.Phone), value.Text(value.Of(call), "response", "phoneNoise")
			head, tail, _ := strings.Cut(shown, "*")
			p.Check("digits before the stars", number, HavePrefix(digits(head)))
			p.Check("digits after the stars", number, HaveSuffix(digits(tail)))
			p.Check("digits that are shown", len(digits(shown)), BeNumerically("<", len(number)))
		})
	It("does not tell the code to who asks for it",
		smsShould("not-told", p.sendSMS, contract.OK, clause.From(contract.Standard, "facts/auth-checks.md F18")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			call := p.Do(ctx, p.Anonymous(), p.sendSMS, conform.Request{JSON: credentials(x.who)})
			p.Require("have a code sent", call, p.sendSMS, contract.OK)
			x.code = x.next(ctx)
			p.Holds("the code is not in the body", !strings.Contains(string(call.Body), x.code), "it is")
			for name, values := range call.Header {
				p.Holds("the code is not in the header", !strings.Contains(strings.Join(values, "\n"), x.code), "it is in "+name)
			}
		})
	It("texts a code at the first step", smsMust("first-step-texts", p.login, smsRequired),
		func(ctx SpecContext) {
			x := &texted{p: p, who: p.textMode(ctx, phone, 1)[0]}
			DeferCleanup(x.drop)
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(x.who)}), p.login, smsRequired)
			x.code = x.next(ctx)
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(x.who, x.take())), p.loginByCode, smsVerified)
		})
	It("texts a code of six digits",
		smsShould("six-digits", p.sendSMS, contract.OK, clause.From(contract.Observed, "facts/onlyoffice.md 2.2; facts/auth-checks.md T29")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			p.Check("the code", x.code, MatchRegexp(`^[0-9]{6}$`))
		})
	It("asks a user without a phone to name one", smsMust("phone-required", p.login, phoneRequired),
		func(ctx SpecContext) {
			who := p.textMode(ctx, noPhone, 1)[0]
			p.Expect(p.Do(ctx, p.Anonymous(), p.login, conform.Request{JSON: credentials(who)}), p.login, phoneRequired)
		})
}

func takesText(p *portal) {
	op := p.loginByCode
	It("opens a session for the code that was texted", smsMust("code", op, smsVerified),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			call := p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take()))
			p.Expect(call, op, smsVerified)
			p.works(ctx, p.Actor(x.who.Name, x.who, cookie(token(call))))
		})
	It("takes the right code after a wrong one", smsMust("wrong-then-right", op, smsVerified),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			p.Require("get a wrong code refused", p.Do(ctx, p.Anonymous(), op, byCode(x.who, otherDigits(x.code))), op, contract.SecondFactorWrong)
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take())), op, smsVerified)
		})
	It("keeps an earlier code good beside a newer one",
		clause.Note("onlyoffice.tfa-sms.earlier-code", op, smsVerified, clause.Needs("sms"), clause.Disrupts(), clause.From(contract.Observed, "facts/onlyoffice.md 2.2; facts/auth-checks.md T30")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			earlier := x.code
			x.another(ctx)
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, earlier)), op, smsVerified)
			x.code = "" // a log-in drops every code of the phone
		})
}

func refusesText(p *portal) {
	op, wrong := p.loginByCode, contract.SecondFactorWrong
	refuses := func(text string, c clause.Clause, changes func(SpecContext, *texted) []conform.Change) {
		It(text, c, func(ctx SpecContext) {
			x := p.texted(ctx)
			pair := conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: always(byCode(x.who, x.code)), Expected: smsVerified,
				Changes: changes(ctx, x), Outcome: c.Outcome, OnlyAfter: true,
			}
			p.opensNothing(p.Refuses(ctx, pair))
			x.code = ""
		})
	}
	refuses("refuses a wrong code", smsMust("wrong", op, wrong),
		func(_ SpecContext, x *texted) []conform.Change {
			return []conform.Change{conform.Set("code", otherDigits(x.code))}
		})
	refuses("refuses a request without a code, with an empty one or with null", smsMust("absent", op, wrong),
		func(SpecContext, *texted) []conform.Change {
			return []conform.Change{conform.Drop("code"), renamed("empty", conform.Set("code", "")), renamed("null", conform.Set("code", nil))}
		})
	refuses("refuses the right code with a wrong password", smsMust("wrong-password", op, contract.BadCredentials),
		func(SpecContext, *texted) []conform.Change {
			return []conform.Change{conform.Set("password", "wrong-Password-1")}
		})
	It("refuses a code that was texted to another user", smsMust("foreign", op, wrong),
		func(ctx SpecContext) {
			both := p.textedUsers(ctx, 2)
			x, other := both[0], both[1]
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, other.code)), op, wrong)
			p.Require("get the user's own code accepted", p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take())), op, smsVerified)
			p.Require("get the code accepted from its owner", p.Do(ctx, p.Anonymous(), op, byCode(other.who, other.take())), op, smsVerified)
		})
	It("refuses a code that was used before",
		smsMust("reused", op, wrong, clause.From(contract.Observed, "facts/onlyoffice.md 2.2; facts/auth-checks.md T27")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			used := x.take()
			p.Require("use the code once", p.Do(ctx, p.Anonymous(), op, byCode(x.who, used)), op, smsVerified)
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, used)), op, wrong)
			x.another(ctx)
			p.Require("get a new code accepted", p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take())), op, smsVerified)
		})
	It("refuses an earlier code once a newer one was used",
		smsMust("dropped", op, wrong, clause.From(contract.Observed, "facts/onlyoffice.md 2.2")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			earlier := x.code
			x.another(ctx)
			p.Require("use the newer code", p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take())), op, smsVerified)
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, earlier)), op, wrong)
		})
	It("refuses a code more than ten minutes old",
		smsShould("expired", op, wrong, clause.From(contract.Observed, "facts/onlyoffice.md 2.2; facts/auth-checks.md T26")),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			p.Wait(ctx, textedLife+time.Second, "the code has to expire")
			p.Expect(p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.code)), op, wrong)
			x.another(ctx)
			p.Require("get a new code accepted", p.Do(ctx, p.Anonymous(), op, byCode(x.who, x.take())), op, smsVerified)
		})
}

func sendsText(p *portal) {
	It("texts a code to a user who asks for one", smsMust("sends", p.sendSMS, contract.OK),
		func(ctx SpecContext) {
			x := &texted{p: p, who: p.textMode(ctx, phone, 1)[0]}
			DeferCleanup(x.drop)
			p.Expect(p.Do(ctx, p.Anonymous(), p.sendSMS, conform.Request{JSON: credentials(x.who)}), p.sendSMS, contract.OK)
			x.code = x.next(ctx)
			p.Holds("a code arrives", x.code != "", "the text holds none")
		})
	It("texts another code that opens a session", smsMust("send", p.sendSMS, contract.OK),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			first := x.code
			p.Expect(p.Do(ctx, p.Anonymous(), p.sendSMS, conform.Request{JSON: credentials(x.who)}), p.sendSMS, contract.OK)
			x.code = x.next(ctx)
			p.Holds("the code is another one", x.code != first, "it is the same")
			p.Expect(p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(x.who, x.take())), p.loginByCode, smsVerified)
		})
}

func refusesToSend(p *portal) {
	op := p.sendSMS
	refuses := func(text string, c clause.Clause, changes ...conform.Change) {
		It(text, c, func(ctx SpecContext) {
			x := p.texted(ctx)
			p.Refuses(ctx, conform.Refusal{
				Operation: op, By: p.Anonymous(), Control: always(conform.Request{JSON: credentials(x.who)}),
				Changes: changes, Outcome: c.Outcome, OnlyAfter: true,
			})
			x.code = x.next(ctx)
		})
	}
	refuses("refuses a wrong password", smsMust("send-wrong-password", op, contract.BadCredentials),
		conform.Set("password", "wrong-Password-1"))
	refuses("refuses an unknown user name", smsMust("send-unknown-user", op, contract.BadCredentials),
		conform.Change{Name: "unknown user", Of: func(r conform.Request) conform.Request { return r.With("userName", p.nobody()) }})
	refuses("refuses a request without a user name", smsMust("send-no-user-name", op, contract.Invalid),
		conform.Drop("userName"), renamed("empty", conform.Set("userName", "")))
	refuses("refuses a request without a password", smsMust("send-no-password", op, contract.Invalid),
		conform.Drop("password"), renamed("empty", conform.Set("password", "")))
	refuses("refuses a log-in link with a wrong key", smsMust("send-link-wrong-key", op, contract.NotFound),
		conform.Change{Name: "wrong key", Of: func(r conform.Request) conform.Request {
			r.JSON = conform.Object{"confirmData": map[string]any{"email": p.nobody(), "key": "1.WRONGKEY"}}
			return r
		}})
	It("texts no code to a disabled account", smsShould("send-disabled", op, contract.AccountDisabled),
		func(ctx SpecContext) {
			x, who := p.texted(ctx), p.Lease(disabled)
			p.Expect(p.Do(ctx, p.Anonymous(), op, conform.Request{JSON: credentials(who)}), op, contract.AccountDisabled)
			x.another(ctx)
		})
	It("refuses a user who needs no code by text message",
		smsShould("send-unavailable", op, contract.SecondFactorUnavailable),
		func(ctx SpecContext) {
			x, plain := p.texted(ctx), p.Lease(user)
			p.Expect(p.Do(ctx, p.Anonymous(), op, conform.Request{JSON: credentials(plain)}), op, contract.SecondFactorUnavailable)
			x.another(ctx)
		})
	It("refuses to text more codes than a phone can have", smsMust("send-too-many", op, contract.SecondFactorThrottled),
		func(ctx SpecContext) {
			x := p.texted(ctx)
			for range textedMost - 1 {
				x.another(ctx)
			}
			p.Expect(p.Do(ctx, p.Anonymous(), op, conform.Request{JSON: credentials(x.who)}), op, contract.SecondFactorThrottled)
			p.Require("use the last code", p.Do(ctx, p.Anonymous(), p.loginByCode, byCode(x.who, x.take())), p.loginByCode, smsVerified)
			x.another(ctx)
		})
}

// texted is a user whose second factor is a code by text message, and who was
// sent one.
type texted struct {
	p    *portal
	who  *identity.Identity
	code string // the newest unused code; "" when the phone has none
}

// texted switches the portal to codes by text message and has one sent. It asks
// for that outright: a first step sends none while another is unused.
func (p *portal) texted(ctx context.Context) *texted {
	GinkgoHelper()
	return p.textedUsers(ctx, 1)[0]
}

func (p *portal) textedUsers(ctx context.Context, n int) []*texted {
	GinkgoHelper()
	var all []*texted
	for _, who := range p.textMode(ctx, phone, n) {
		x := &texted{p: p, who: who}
		x.another(ctx)
		DeferCleanup(x.drop)
		all = append(all, x)
	}
	return all
}

// textMode switches the portal to codes by text message, mandatory for some
// identities of the role.
func (p *portal) textMode(ctx context.Context, role string, n int) []*identity.Identity {
	GinkgoHelper()
	var all []*identity.Identity
	var ids []string
	for range n {
		who, me := p.signedIn(ctx, role)
		p.ForgetMail(ctx, p.textAddress(who))
		all, ids = append(all, who), append(ids, p.id(ctx, me))
	}
	keeper, former := p.keepTFA(ctx)
	p.switchTFA(ctx, keeper, former.with(tfaSMS, ids...))
	return all
}

// next waits for the next code to the user's phone.
func (x *texted) next(ctx context.Context) string {
	GinkgoHelper()
	code := ""
	x.p.Mail(ctx, x.p.textAddress(x.who), func(m inbox.Message) bool {
		code = codeIn(m.Text + "\n" + m.HTML)
		return code != ""
	})
	return x.p.Secret("sms-code", code)
}

// textAddress is where texts to the identity's phone land in the inbox.
func (p *portal) textAddress(who *identity.Identity) string {
	GinkgoHelper()
	box := p.Target().Inbox
	if box == nil || box.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive (inbox.sms-address)")
	}
	number := digits(who.Phone)
	if number == "" {
		p.Untestable("it sends texts to the phone of %s, and the target file gives none", who.Name)
	}
	return strings.ReplaceAll(box.SMSAddress, "{phone}", number)
}

// codeIn finds a code: six digits if there are any, else the number that stands
// where they should.
func codeIn(text string) string {
	for _, length := range []int{6, 8, 7, 5, 4} {
		if codes := inbox.Codes(text, length); len(codes) > 0 {
			return codes[0]
		}
	}
	return ""
}

// another has a new code sent, which becomes the newest.
func (x *texted) another(ctx context.Context) {
	GinkgoHelper()
	call := x.p.Do(ctx, x.p.Anonymous(), x.p.sendSMS, conform.Request{JSON: credentials(x.who)})
	x.p.Require("have another code sent to "+x.who.Name, call, x.p.sendSMS, contract.OK)
	x.code = x.next(ctx)
}

// take hands out the newest code, which the spec then spends.
func (x *texted) take() string {
	code := x.code
	x.code = ""
	return code
}

// drop spends the code that is left: a phone with an unused one is texted none
// at its next log-in.
func (x *texted) drop(ctx SpecContext) {
	if x.code == "" {
		return
	}
	call, err := x.p.Try(ctx, x.p.Anonymous(), x.p.loginByCode, byCode(x.who, x.take()))
	if err != nil || !x.p.Is(call, x.p.loginByCode, smsVerified) {
		x.who.Retire("it was left with a texted code that could not be used")
	}
}

// otherDigits is a wrong code of the same length.
func otherDigits(code string) string {
	last := code[len(code)-1:]
	return code[:len(code)-1] + other(last)
}

// digits are the ASCII digits of a phone number.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
