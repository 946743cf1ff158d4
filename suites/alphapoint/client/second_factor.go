package client

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/otp"
)

// Window is wider than any target's: a code this many time steps away is wrong.
const Window = 40

// Pending is a log-in whose first step is done.
type Pending struct {
	Who   *identity.Identity
	By    *conform.Actor // sends the second step
	Token string         // of the pending log-in; "" where the gateway's credential carries it
	Codes *otp.Kit
}

// Wrong is a code that is right at no time near now.
func (p *Pending) Wrong() string { return p.Codes.Wrong(Window) }

// Pending is an account with an app, no step of its log-in taken yet.
func (c *Client) Pending(role string) *Pending {
	ginkgo.GinkgoHelper()
	who := c.Account(role)
	if who.TOTPSecret == "" {
		c.Untestable("the target file gives %s no totp-secret", who.Name)
	}
	return &Pending{Who: who, Codes: c.Codes(who.TOTPSecret)}
}

// FirstStep leases an account with an app and takes its first step.
func (c *Client) FirstStep(ctx context.Context) *Pending {
	ginkgo.GinkgoHelper()
	p := c.Pending(TOTP)
	c.TakeFirstStep(ctx, p)
	return p
}

// TakeFirstStep takes the first step, or takes it once more.
func (c *Client) TakeFirstStep(ctx context.Context, p *Pending) {
	ginkgo.GinkgoHelper()
	call := c.LogIn(ctx, p.Who)
	c.Require("take the first step as "+p.Who.Name, call, c.Login, contract.SecondFactorRequired)
	c.ReadFirstStep(p, call)
}

// ReadFirstStep reads who sends the second step out of the first one's answer: with the
// token of the pending log-in, and with the cookies that a browser would bring.
func (c *Client) ReadFirstStep(p *Pending, call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	p.By, p.Token = c.Caller(p.Who), Text(Body(call), "Pending2FaToken", "pending2FaToken")
	if p.Token != "" {
		p.By = c.CallerWith(p.Who, c.Setting(PendingHeader), c.Secret("pending-token", p.Token))
	}
	for _, cookie := range (&http.Response{Header: call.Header}).Cookies() {
		p.By.Header.Add("Cookie", cookie.Name+"="+c.Secret("pending-cookie", cookie.Value))
	}
}

// WithCode is the request of Authenticate2FA and Activate2FA.
func WithCode(code any) conform.Request { return conform.Request{JSON: conform.Object{"Code": code}} }

// SecondStepWith takes the second step with a code and returns the session.
func (c *Client) SecondStepWith(ctx context.Context, p *Pending, code string) *conform.Actor {
	ginkgo.GinkgoHelper()
	return c.Session(p.Who, c.RequireOK(ctx, "take the second step as "+p.Who.Name, p.By, c.SecondStep, WithCode(code)))
}

// BothSteps signs in with both factors.
func (c *Client) BothSteps(ctx context.Context) (*Pending, *conform.Actor) {
	ginkgo.GinkgoHelper()
	p := c.FirstStep(ctx)
	return p, c.SecondStepWith(ctx, p, c.Code(ctx, p.Codes))
}

// UnenrolledSession is a session of a user whose app is set up and not active. No documented
// call takes a factor away: the account is afterwards one with an app, where it turns out to
// be that, and otherwise retired.
func (c *Client) UnenrolledSession(ctx context.Context) (*Pending, *conform.Actor) {
	ginkgo.GinkgoHelper()
	p := c.Pending(Unenrolled)
	session := c.SignIn(ctx, p.Who)
	ginkgo.DeferCleanup(func(ctx ginkgo.SpecContext) {
		code := c.CodeAtOnce(ctx, p.Codes)
		if code == "" || !c.takes(ctx, p, func() string { return code }) {
			p.Who.Retire("its app may be active now")
			return
		}
		p.Who.Become(TOTP)
	})
	return p, session
}

// Validation is the request of Validate2FA.
func Validation(code string) conform.Request {
	return conform.Request{JSON: conform.Object{"TFaType": "Google", "Code": code}}
}

// RequiredNames reads the names of the calls that need a code; none makes the
// clause UNTESTABLE.
func (c *Client) RequiredNames(ctx context.Context, by *conform.Actor) []string {
	ginkgo.GinkgoHelper()
	call := c.RequireOK(ctx, "list the calls that need a code", by, c.Required, Nothing)
	var names []string
	for _, name := range List(call) {
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	if len(names) == 0 {
		c.Untestable("the target names no call that needs a code")
	}
	return names
}

// Uncoded is a call that needs a code, without one.
func (c *Client) Uncoded(name string) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{JSON: c.payload()}.WithPath("endpoint", name)
}

// Wrapped is a call that needs a code, with one in the members in which the
// platform's calls carry it. The casing is that of live venues, unlike the TFaType
// of Validate2FA.
func (c *Client) Wrapped(name string, code any) conform.Request {
	ginkgo.GinkgoHelper()
	payload, err := json.Marshal(c.payload())
	if err != nil {
		c.Error("settings.%s cannot be written as JSON: %v", payloadSetting, err)
	}
	wrapper := conform.Object{"TfaType": "Google", "TFaCode": code, "Payload": string(payload)}
	return conform.Request{JSON: wrapper}.WithPath("endpoint", name)
}

// Coded is the same call made right: the platform's carries a code, that of
// KIIEX's documents has one validated before it.
func (c *Client) Coded(ctx context.Context, p *Pending, session *conform.Actor, name string) conform.Request {
	ginkgo.GinkgoHelper()
	code := c.Code(ctx, p.Codes)
	if c.Profile() == Platform {
		return c.Wrapped(name, code)
	}
	c.RequireOK(ctx, "validate a code", session, c.Validate, Validation(code))
	return c.Uncoded(name)
}

// OwnConfig reads the caller's own configuration.
func (c *Client) OwnConfig(who *identity.Identity) conform.Request {
	ginkgo.GinkgoHelper()
	return conform.Request{JSON: conform.Object{"userId": c.UserID(who), "userName": who.Login}}
}

const uuid = `[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`

var (
	namedCode = regexp.MustCompile(`:\s*(` + uuid + `|[0-9]{6,10})\b`)
	anyUUID   = regexp.MustCompile(`\b(` + uuid + `)\b`)
)

// deviceCode is the code in the mail about a new device: what stands behind a colon, any
// UUID, or a number that stands alone.
func deviceCode(m inbox.Message) string {
	for _, form := range []*regexp.Regexp{namedCode, anyUUID} {
		for _, text := range inbox.Readings(m) {
			if found := form.FindStringSubmatch(text); found != nil {
				return found[1]
			}
		}
	}
	return inbox.Code(m, 6, 8, 7, 9, 10)
}

// NewDevice is a session with the code that was mailed when it was opened.
func (c *Client) NewDevice(ctx context.Context) (session *conform.Actor, code string) {
	ginkgo.GinkgoHelper()
	who := c.Account(User)
	return c.MailedDevice(ctx, who, func() *conform.Actor { return c.SignIn(ctx, who) })
}

// MailedDevice is the session that open opens, with the code that is mailed for it.
func (c *Client) MailedDevice(ctx context.Context, who *identity.Identity, open func() *conform.Actor) (session *conform.Actor,
	code string) {
	ginkgo.GinkgoHelper()
	c.ForgetMail(ctx, who.Login)
	session = open()
	c.Mail(ctx, who.Login, func(m inbox.Message) bool {
		code = deviceCode(m)
		return code != ""
	})
	return session, c.Secret("device-code", code)
}

// Device is the request that registers a new device with a mailed code.
func (c *Client) Device(code string) conform.Request {
	hash, _ := strconv.ParseUint(c.Nonce()[:7], 16, 32)
	return conform.Request{JSON: conform.Object{"HashCode": strconv.FormatUint(hash, 10), "PendingEmailCode": code}}
}

// MadeUpUUID has the form of a mailed code or a session token, and was never issued.
func (c *Client) MadeUpUUID() string { return "00000000-0000-4000-8000-" + c.Nonce()[:12] }
