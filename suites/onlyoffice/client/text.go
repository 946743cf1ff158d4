package client

import (
	"context"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
)

const (
	// TextedLife is how long a texted code counts (sms:keystore as shipped).
	TextedLife = 10 * time.Minute
	// TextedMost is how many unused codes one phone can have (sms:keycount).
	TextedMost = 6
	// TextedTries is how many wrong codes of one phone are answered as wrong while its codes count (onlyoffice#2.2-tries).
	TextedTries = 5
)

// TextUser is a user whose second factor is a code by text message.
type TextUser struct {
	Who  *identity.Identity
	Code string // the newest unused code; "" when the phone has none
	p    *Client
}

// Texted switches the portal to codes by text message and has one sent. It asks
// for that outright: a first step sends none while another is unused.
func (p *Client) Texted(ctx context.Context) *TextUser {
	ginkgo.GinkgoHelper()
	return p.Guessing(ctx, 0)
}

// Guessing is Texted for a spec that then sends so many wrong codes.
func (p *Client) Guessing(ctx context.Context, wrong int) *TextUser {
	ginkgo.GinkgoHelper()
	return p.TextedUsers(ctx, wrong)[0]
}

// TextedUsers is Guessing for several users, each with its own number of wrong codes.
func (p *Client) TextedUsers(ctx context.Context, wrong ...int) []*TextUser {
	ginkgo.GinkgoHelper()
	all := p.textUsers(ctx, wrong...)
	for _, x := range all {
		x.RequestCode(ctx)
	}
	return all
}

// Untexted is a user to whom no code was sent yet.
func (p *Client) Untexted(ctx context.Context) *TextUser {
	ginkgo.GinkgoHelper()
	return p.textUsers(ctx, 0)[0]
}

func (p *Client) textUsers(ctx context.Context, wrong ...int) []*TextUser {
	ginkgo.GinkgoHelper()
	var all []*TextUser
	for _, who := range p.TextMode(ctx, Phone, wrong...) {
		x := &TextUser{Who: who, p: p}
		ginkgo.DeferCleanup(x.useUp)
		all = append(all, x)
	}
	return all
}

// TextMode switches the portal to codes by text message, mandatory for some identities of
// the role, each of which may then send so many wrong codes.
func (p *Client) TextMode(ctx context.Context, role string, wrong ...int) []*identity.Identity {
	ginkgo.GinkgoHelper()
	var all []*identity.Identity
	var ids []string
	for _, guesses := range wrong {
		who := p.guesser(role, guesses)
		session := p.SignIn(ctx, who)
		p.ForgetMail(ctx, p.textAddress(who))
		all, ids = append(all, who), append(ids, p.ID(ctx, session))
	}
	keeper, former := p.KeepTFA(ctx)
	p.SwitchTFA(ctx, keeper, former.With(TFASMS, ids...))
	return all
}

// NextCode waits for the next code to the user's phone.
func (x *TextUser) NextCode(ctx context.Context) string {
	ginkgo.GinkgoHelper()
	return x.nextCode(ctx, x.p.Mail)
}

// PromisedCode is NextCode for the clause that promises the text.
func (x *TextUser) PromisedCode(ctx context.Context) string {
	ginkgo.GinkgoHelper()
	return x.nextCode(ctx, x.p.PromisedMail)
}

func (x *TextUser) nextCode(ctx context.Context, text await) string {
	ginkgo.GinkgoHelper()
	code := ""
	text(ctx, x.p.textAddress(x.Who), func(m inbox.Message) bool {
		code = inbox.Code(m, 6, 8, 7, 5, 4)
		return code != ""
	})
	return x.p.Secret("sms-code", code)
}

// RequestCode has a new code sent, which becomes the newest.
func (x *TextUser) RequestCode(ctx context.Context) {
	ginkgo.GinkgoHelper()
	x.p.DoRequire(ctx, "have another code sent to "+x.Who.Name, x.p.Anonymous(), x.p.SendSMS, Credentials(x.Who), contract.OK)
	x.Code = x.NextCode(ctx)
}

// TakeCode hands out the newest code, which the spec then uses up.
func (x *TextUser) TakeCode() string {
	code := x.Code
	x.Code = ""
	return code
}

// SendCode sends the user's credentials with a code.
func (x *TextUser) SendCode(ctx context.Context, code string) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return x.p.Do(ctx, x.p.Anonymous(), x.p.LoginByCode, ByCode(x.Who, code))
}

// RequireCode makes the clause UNTESTABLE where the newest code is refused.
func (x *TextUser) RequireCode(ctx context.Context) {
	ginkgo.GinkgoHelper()
	x.p.Require("get the user's own code accepted", x.SendCode(ctx, x.TakeCode()), x.p.LoginByCode, SMSVerified)
}

// useUp uses the code that is left: a phone with an unused one is texted none at
// its next log-in.
func (x *TextUser) useUp(ctx ginkgo.SpecContext) {
	if x.Code == "" {
		return
	}
	call, err := x.p.Try(ctx, x.p.Anonymous(), x.p.LoginByCode, ByCode(x.Who, x.TakeCode()))
	if err != nil || !x.p.Is(call, x.p.LoginByCode, SMSVerified) {
		x.Who.Retire("it was left with a texted code that could not be used")
	}
}

// PhonelessUser is a user who still has to name a phone, after the first step.
type PhonelessUser struct {
	TextUser
	Link   Link
	Bearer *conform.Actor // has the link and no other credential
}

// Phoneless switches the portal to codes by text message and takes the first step
// as a user without a phone.
func (p *Client) Phoneless(ctx context.Context) *PhonelessUser {
	ginkgo.GinkgoHelper()
	return p.PhonelessUsers(ctx, 1)[0]
}

// PhonelessUsers is Phoneless for several users.
func (p *Client) PhonelessUsers(ctx context.Context, n int) []*PhonelessUser {
	ginkgo.GinkgoHelper()
	var all []*PhonelessUser
	for _, who := range p.TextMode(ctx, NoPhone, make([]int, n)...) {
		call := p.LogIn(ctx, who)
		p.Require("take the first step as "+who.Name, call, p.Login, PhoneRequired)
		l := p.StepLinkOf(call, PhoneActivation)
		all = append(all, &PhonelessUser{TextUser: TextUser{Who: who, p: p}, Link: l, Bearer: p.Bearer(who, l)})
	}
	return all
}

// Number names the user's phone.
func (x *PhonelessUser) Number() conform.Request {
	return JSON(conform.Object{"mobilePhone": x.Who.Phone})
}

// RequireNumber names the phone with the right link and takes the code sent to it.
func (x *PhonelessUser) RequireNumber(ctx context.Context) string {
	ginkgo.GinkgoHelper()
	x.p.DoRequire(ctx, "name the phone", x.Bearer, x.p.SetPhone, x.Number(), contract.OK)
	return x.NextCode(ctx)
}

// Activate names the phone and logs in with the code sent to it. No call of this
// surface undoes that.
func (x *PhonelessUser) Activate(ctx context.Context) {
	ginkgo.GinkgoHelper()
	code := x.RequireNumber(ctx)
	x.Who.Retire("its phone was activated")
	x.p.Require("activate the phone by the code sent to it", x.SendCode(ctx, code), x.p.LoginByCode, SMSVerified)
}

// textAddress is where texts to the identity's phone land in the inbox.
func (p *Client) textAddress(who *identity.Identity) string {
	ginkgo.GinkgoHelper()
	box := p.Target().Inbox
	if box == nil || box.SMSAddress == "" {
		p.Untestable("it reads a code out of a text message, and the target file does not say under which address texts arrive " +
			"(inbox.sms-address)")
	}
	number := Digits(who.Phone)
	if number == "" {
		p.Untestable("it sends texts to the phone of %s, and the target file gives none", who.Name)
	}
	return strings.ReplaceAll(box.SMSAddress, "{phone}", number)
}

// OtherDigits is a wrong code of the same length.
func OtherDigits(code string) string {
	last := code[len(code)-1:]
	return code[:len(code)-1] + OtherCharacter(last)
}

// Digits are the ASCII digits of a phone number.
func Digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
