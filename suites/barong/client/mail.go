package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
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
	p.Mail(ctx, to, func(m inbox.Message) bool {
		found = TokenIn(m, kind)
		return found != ""
	})
	return p.Secret(kind+"-token", found)
}

func TokenIn(m inbox.Message, kind string) string {
	for _, link := range inbox.Links(m.Text + "\n" + m.HTML) {
		u, err := url.Parse(strings.ReplaceAll(link, "&amp;", "&"))
		if err != nil {
			continue
		}
		for _, values := range u.Query() {
			if value.Text(Claims(values[0]), "sub") == kind {
				return values[0]
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

// SetCookie is the last value that a response gives a cookie.
func SetCookie(call *httpclient.Call, name string) string {
	last := ""
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			last = c.Value
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
