package barong

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

// Subjects of the tokens that Barong mails.
const (
	confirmation = "confirmation"
	reset        = "reset"
)

// mailedToken waits for the newest mail to an address with a token of the kind. It
// is told by what the token says of itself, not by the link it stands in: each
// deployment words and links its mails its own way.
func (p *api) mailedToken(ctx context.Context, to, kind string) string {
	GinkgoHelper()
	var found string
	p.Mail(ctx, to, func(m inbox.Message) bool {
		found = tokenIn(m, kind)
		return found != ""
	})
	return p.Secret(kind+"-token", found)
}

func tokenIn(m inbox.Message, kind string) string {
	for _, link := range inbox.Links(m.Text + "\n" + m.HTML) {
		u, err := url.Parse(strings.ReplaceAll(link, "&amp;", "&"))
		if err != nil {
			continue
		}
		for _, values := range u.Query() {
			if value.Text(claims(values[0]), "sub") == kind {
				return values[0]
			}
		}
	}
	return ""
}

// claims reads a JWT's claims without verifying it; nil where it is none.
func claims(token string) any { return jwtPart(token, 1) }

func jwtPart(token string, n int) any {
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

// setCookie is the last value that a response gives a cookie.
func setCookie(call *httpclient.Call, name string) string {
	last := ""
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			last = c.Value
		}
	}
	return last
}

func queryValue(link, name string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get(name)
}

// solved adds the solved captcha where the target wants one.
func (p *api) solved(body conform.Object) conform.Object {
	GinkgoHelper()
	if p.Target().Features[captcha] {
		body["captcha_response"] = p.captchaResponse()
	}
	return body
}

// captchaResponse is the answer that the target's captcha accepts, in the shape
// that its kind of captcha has.
func (p *api) captchaResponse() any {
	GinkgoHelper()
	response := p.Target().Captcha.Response
	if response == "" {
		p.Untestable("it needs a solved captcha, and the target file gives no captcha.response")
	}
	if p.Target().Features[geetest] {
		return conform.Object{"geetest_challenge": response, "geetest_validate": response, "geetest_seccode": response}
	}
	return response
}
