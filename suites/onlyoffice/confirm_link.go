package onlyoffice

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
	"authconform/harness/value"
)

// Types of confirmation links (ConfirmType).
const (
	tfaActivation   = "TfaActivation"
	tfaAuth         = "TfaAuth"
	phoneActivation = "PhoneActivation"
	passwordChange  = "PasswordChange"
	emailChange     = "EmailChange"
)

// link is a confirmation link: what proves that its bearer took an earlier step
// or owns a mailbox.
type link struct{ kind, key, uid, email, encEmail string }

// confirmHeader is the `confirm` header, in query-string syntax.
func (l link) confirmHeader() http.Header {
	values := url.Values{"type": {l.kind}}
	for name, value := range map[string]string{"key": l.key, "uid": l.uid, "email": l.email, "encemail": l.encEmail} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return http.Header{"Confirm": {values.Encode()}}
}

// holder makes an actor whose only credential is the link.
func (p *portal) holder(who *identity.Identity, l link) *conform.Actor {
	return p.Actor(who.Name+" by link", who, l.confirmHeader())
}

// stepLink is the link that the first step of a log-in leaves: its address in
// confirmUrl, its key there or in a cookie.
func (p *portal) stepLink(call *httpclient.Call) link {
	l := parseLink(value.Text(value.Of(call), "response", "confirmUrl"))
	if l.key == "" {
		l.key = setCookie(call, "asc_confirm_key_"+l.kind)
	}
	p.Secret("confirm-key", l.key)
	return l
}

// mailedLink waits for the newest mail to an address that holds a link of the
// kind.
func (p *portal) mailedLink(ctx context.Context, to, kind string) link {
	GinkgoHelper()
	var found link
	p.Mail(ctx, to, func(m inbox.Message) bool {
		for _, text := range inbox.Links(m.Text + "\n" + m.HTML) {
			if l := parseLink(text); l.kind == kind {
				found = l
				return true
			}
		}
		return false
	})
	p.Secret("confirm-key", found.key)
	return found
}

func parseLink(text string) link {
	u, err := url.Parse(strings.ReplaceAll(text, "&amp;", "&"))
	if err != nil {
		return link{}
	}
	q := u.Query()
	return link{kind: q.Get("type"), key: q.Get("key"), uid: q.Get("uid"), email: q.Get("email"), encEmail: q.Get("encemail")}
}

// setCookie is the last value that a response gives a cookie.
func setCookie(call *httpclient.Call, name string) string {
	value := ""
	for _, c := range (&http.Response{Header: call.Header}).Cookies() {
		if c.Name == name {
			value = c.Value
		}
	}
	return value
}

func query(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}
