package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/inbox"
)

// Kinds of confirmation links (ConfirmType).
const (
	TFAActivation   = "TfaActivation"
	TFAAuth         = "TfaAuth"
	PhoneActivation = "PhoneActivation"
	PhoneAuth       = "PhoneAuth"
	PasswordChange  = "PasswordChange"
	EmailChange     = "EmailChange"
)

// How long links count (email:validinterval and auth:validinterval as shipped).
const (
	MailLinkLife = 7 * 24 * time.Hour
	StepLinkLife = time.Hour
)

// ConfirmCookie begins the name of the cookie with the key of a link.
const ConfirmCookie = "asc_confirm_key_"

// Link is a confirmation link: what proves that its bearer took an earlier step
// or owns a mailbox.
type Link struct{ Kind, Key, UID, Email, EncEmail string }

// Header is the `confirm` header, in query-string syntax.
func (l Link) Header() http.Header {
	values := url.Values{"type": {l.Kind}}
	for name, value := range map[string]string{"key": l.Key, "uid": l.UID, "email": l.Email, "encemail": l.EncEmail} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return http.Header{"Confirm": {values.Encode()}}
}

// Request is the link as the body of a request that asks whether it counts.
func (l Link) Request() conform.Request {
	body := conform.Object{"type": l.Kind, "key": l.Key}
	for name, value := range map[string]string{"uiD": l.UID, "email": l.Email, "encEmail": l.EncEmail} {
		if value != "" {
			body[name] = value
		}
	}
	return JSON(body)
}

// WithKey is the link with another key, WithKind with another kind.
func (l Link) WithKey(key string) Link   { l.Key = key; return l }
func (l Link) WithKind(kind string) Link { l.Kind = kind; return l }

// Tampered changes one thing in the key each time: a character at either end, its
// length, and the moment of issue that stands before the dot, which would
// lengthen its life.
func (l Link) Tampered() []Link {
	key, last := l.Key, len(l.Key)-1
	forged := []Link{
		l.WithKey(OtherCharacter(key[:1]) + key[1:]), l.WithKey(key[:last] + OtherCharacter(key[last:])),
		l.WithKey(key[:last]), l.WithKey(key + "A"),
	}
	issued, hash, dotted := strings.Cut(key, ".")
	if ms, err := strconv.ParseInt(issued, 10, 64); dotted && err == nil {
		later := strconv.FormatInt(ms+MailLinkLife.Milliseconds(), 10)
		forged = append(forged, l.WithKey(later+"."+hash), l.WithKey(issued+"."))
	}
	return forged
}

// OtherCharacter is a character of a key that is not the given one in either case.
func OtherCharacter(character string) string {
	if character == "7" {
		return "8"
	}
	return "7"
}

// Bearer makes an actor whose only credential is the link.
func (p *Client) Bearer(who *identity.Identity, l Link) *conform.Actor {
	return p.Actor(who.Name+" by link", who, l.Header())
}

// Bearers makes an actor for each of several links.
func (p *Client) Bearers(who *identity.Identity, links ...Link) []*conform.Actor {
	var all []*conform.Actor
	for _, l := range links {
		all = append(all, p.Bearer(who, l))
	}
	return all
}

// ParseLink reads a link out of its address.
func ParseLink(text string) Link {
	u, err := url.Parse(strings.ReplaceAll(text, "&amp;", "&"))
	if err != nil {
		return Link{}
	}
	q := u.Query()
	return Link{Kind: q.Get("type"), Key: q.Get("key"), UID: q.Get("uid"), Email: q.Get("email"), EncEmail: q.Get("encemail")}
}

// StepLink is the link that the first step of a log-in leaves: its address in
// confirmUrl, its key there or in a cookie.
func (p *Client) StepLink(call *httpclient.Call) Link {
	l := ParseLink(Text(call, "confirmUrl"))
	if l.Key == "" {
		l.Key = SetCookie(call, ConfirmCookie+l.Kind)
	}
	p.Secret("confirm-key", l.Key)
	return l
}

// StepLinkOf is StepLink for a link that has to be of a kind.
func (p *Client) StepLinkOf(call *httpclient.Call, kind string) Link {
	ginkgo.GinkgoHelper()
	l := p.StepLink(call)
	if l.Kind != kind || l.Key == "" {
		p.Untestable("the log-in's first step leaves no %s link with a key: wanted is a member confirmUrl with type=%s in its query, "+
			"and the key in its query as key=, or in the cookie %s%s", kind, kind, ConfirmCookie, kind)
	}
	return l
}

// MailedLink waits for the newest mail to an address that holds a link of the
// kind.
func (p *Client) MailedLink(ctx context.Context, to, kind string) Link {
	ginkgo.GinkgoHelper()
	return p.mailedLink(ctx, p.Mail, to, kind)
}

// PromisedLink is MailedLink for the clause that promises the mail.
func (p *Client) PromisedLink(ctx context.Context, to, kind string) Link {
	ginkgo.GinkgoHelper()
	return p.mailedLink(ctx, p.PromisedMail, to, kind)
}

// await waits for a message as Mail or PromisedMail does.
type await func(ctx context.Context, to string, match func(inbox.Message) bool) inbox.Message

func (p *Client) mailedLink(ctx context.Context, mail await, to, kind string) Link {
	ginkgo.GinkgoHelper()
	var found Link
	mail(ctx, to, func(m inbox.Message) bool {
		found = LinkIn(m, kind)
		return found.Kind == kind
	})
	p.Secret("confirm-key", found.Key)
	return found
}

// LinkIn is the first link of a kind in a mail, with a scheme or without one, in a link of
// whoever counts clicks, or with its query behind a "#".
func LinkIn(m inbox.Message, kind string) Link {
	for _, query := range inbox.Queries(m, "type="+kind) {
		if l := ParseLink("?" + query); l.Kind == kind && l.Key != "" {
			return l
		}
	}
	return Link{}
}

// PasswordLink is a link to change the password of a session's user, got without
// a mail. It costs all sessions of the user.
func (p *Client) PasswordLink(ctx context.Context, session *conform.Actor) Link {
	ginkgo.GinkgoHelper()
	what := "get a link to change the password of " + session.Who.Name
	l := ParseLink(Text(p.DoRequire(ctx, what, session, p.LogoutAllChangePassword, NoBody, contract.OK)))
	if l.Kind != PasswordChange || l.Key == "" || l.UID == "" {
		p.Untestable("the link to change a password names no type, key or user")
	}
	p.Secret("confirm-key", l.Key)
	return l
}

// CheckLink asks, without a session, whether a link counts.
func (p *Client) CheckLink(ctx context.Context, l Link) *httpclient.Call {
	ginkgo.GinkgoHelper()
	return p.Do(ctx, p.Anonymous(), p.CheckConfirm, l.Request())
}

// RequireLink makes the clause UNTESTABLE where a link does not count.
func (p *Client) RequireLink(ctx context.Context, l Link) {
	ginkgo.GinkgoHelper()
	p.Require("get the link accepted", p.CheckLink(ctx, l), p.CheckConfirm, contract.OK)
}

// SwapCase changes the case of every letter.
func SwapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
