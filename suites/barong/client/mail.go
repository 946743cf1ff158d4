package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

// Subjects of the tokens that Barong mails.
const (
	Confirmation = "confirmation"
	Reset        = "reset"
)

// MailedToken waits for the newest mail to an address with a token of the kind. It
// is told by what the token says of itself, not by the link it stands in: each
// deployment words and links its mails its own way.
func (p *Client) MailedToken(ctx context.Context, to, kind string) string {
	ginkgo.GinkgoHelper()
	var found string
	p.Mail(ctx, to, tokenOf(kind, &found))
	return p.Secret(kind+"-token", found)
}

// PromisedToken is MailedToken for the clause that promises the mail.
func (p *Client) PromisedToken(ctx context.Context, to, kind string) string {
	ginkgo.GinkgoHelper()
	var found string
	p.PromisedMail(ctx, to, tokenOf(kind, &found))
	return p.Secret(kind+"-token", found)
}

func tokenOf(kind string, found *string) func(inbox.Message) bool {
	return func(m inbox.Message) bool {
		*found = TokenIn(m, kind)
		return *found != ""
	}
}

// jsonWebToken is a JWT in any text: the header and the claims are JSON objects, whose
// Base64 begins with ey.
var jsonWebToken = regexp.MustCompile(`ey[\w-]+\.ey[\w-]+\.[\w-]+`)

// TokenIn is the first token of a kind in a mail, whatever it stands in: a link with
// a scheme or without one, a path, a link in a link, or bare text.
func TokenIn(m inbox.Message, kind string) string {
	for _, text := range inbox.Readings(m) {
		for _, token := range jsonWebToken.FindAllString(text, -1) {
			if value.Text(Claims(token), "sub") == kind {
				return token
			}
		}
	}
	return ""
}

// Claims reads a JWT's claims without verifying it; nil where it is none.
func Claims(token string) any { return JwtPart(token, 1) }

func JwtPart(token string, n int) any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[n])
	var v any
	if err != nil || json.Unmarshal(text, &v) != nil {
		return nil
	}
	return v
}

// CookieOf is the last value that a response gives the session's cookie.
func (p *Client) CookieOf(call *httpclient.Call) string {
	if c := p.SetCookie(call); c != nil {
		return c.Value
	}
	return ""
}

// SetCookie is the session's cookie as a response sets it last; nil where it does not.
func (p *Client) SetCookie(call *httpclient.Call) *http.Cookie {
	var last *http.Cookie
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == p.SessionCookie() {
			last = c
		}
	}
	return last
}

func QueryValue(link, name string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

// Solved adds the solved captcha where the target wants one.
func (p *Client) Solved(body conform.Object) conform.Object {
	ginkgo.GinkgoHelper()
	if p.Target().Features[Captcha] {
		body["captcha_response"] = p.captchaResponse()
	}
	return body
}

// captchaResponse is the answer that the target's captcha accepts, in the shape
// that its kind of captcha has.
func (p *Client) captchaResponse() any {
	ginkgo.GinkgoHelper()
	response := p.Target().Captcha.Response
	if response == "" {
		p.Untestable("it needs a solved captcha, and the target file gives no captcha.response")
	}
	if p.Target().Features[Geetest] {
		return conform.Object{"geetest_challenge": response, "geetest_validate": response, "geetest_seccode": response}
	}
	return response
}
