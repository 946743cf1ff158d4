package barong

import (
	"context"
	"encoding/base64"
	"net/http"
	"slices"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/barong/client"
	"authconform/suites/family"
)

// entrance is how callers are told apart: by the session cookie and its CSRF token, by
// a bearer token, or by an API key's header fields.
func (p *api) entrance() family.Entrance {
	cookie := func(csrf bool) func(string) http.Header {
		return func(value string) http.Header {
			header := http.Header{"Cookie": {p.SessionCookie() + "=" + value}}
			if csrf {
				header.Set(p.CsrfHeader(), value)
			}
			return header
		}
	}
	return family.Entrance{
		Carriers: []family.Carrier{
			{Name: "the session cookie and its CSRF token", Present: cookie(true)},
			{Name: "the session cookie alone", Present: cookie(false)},
			{Name: "an API key's fields", Present: func(value string) http.Header {
				header := http.Header{}
				for _, name := range []string{p.KidHeader(), p.NonceHeader(), p.SignatureHeader()} {
					header.Set(name, value)
				}
				return header
			}},
			{Name: "a bearer token", Present: func(value string) http.Header { return http.Header{"Authorization": {"Bearer " + value}} }},
			{Name: "the password of Basic", Present: func(value string) http.Header {
				return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+value))}}
			}},
		},
		Outsider: func(context.Context) *conform.Actor { return p.Visitor() },
		Secrets: func(op *contract.Operation) []string {
			if op.Method == http.MethodGet {
				return []string{"Cookie"} // which needs no CSRF token beside it
			}
			return []string{"Cookie", p.CsrfHeader()}
		},
		Inside: p.GetCurrentUser, Request: func(*identity.Identity) conform.Request { return conform.Request{} },
	}
}

// issues are the secrets of apps, which the picture of a code holds, and the cookie of the
// anonymous session that follows the one that is ended.
func (p *api) issues() family.Issues {
	return family.Issues{p.GenerateQRCode.ID: {"*totp-secret", "otpauth"}, p.DeleteSession.ID: {"cookie-*"}}
}

// asksFor is a request for a mail to an account, and somebody who sends it.
func (p *api) asksFor(account func(context.Context) *client.Account) func(context.Context) (*conform.Actor, func() conform.Request,
	string, string) {
	return func(ctx context.Context) (*conform.Actor, func() conform.Request, string, string) {
		GinkgoHelper()
		a := account(ctx)
		return p.Visitor(), func() conform.Request { return p.ForAddress(a.Login) }, a.Login, p.Nobody()
	}
}

// attacks are the families that try to get in, or to get more.
func attacks(p *api, subjects []family.Subject) {
	described := p.descriptionSubjects() // which the application shows to everybody who comes past the gateway
	family.Intruders(p.Context, p.entrance(), slices.DeleteFunc(slices.Clone(subjects), func(subject family.Subject) bool {
		return slices.ContainsFunc(described, func(d family.Subject) bool { return d.Operation == subject.Operation })
	}))
	family.Passive(p.Context, p.entrance(), family.Subject{Operation: p.GetCurrentUser, Ready: p.asMember(conform.Request{})},
		p.SessionCookie, p.issues(),
		func(name string) bool { return name == p.SessionCookie() })
	family.Mails(p.Context, []family.Mailer{
		{Operation: p.RequestPasswordReset, Member: "email",
			Ready: p.asksFor(func(ctx context.Context) *client.Account { return p.Member(ctx).Account })},
		{Operation: p.RequestEmailConfirmation, Member: "email",
			Ready: p.asksFor(func(ctx context.Context) *client.Account { return p.Newcomer(ctx).Account })},
	})
	family.FirstSteps(p.Context, family.FirstStep{
		Subject: family.Subject{Operation: p.CreateSession, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			a := p.EnrolledAccount(ctx)
			return p.Visitor(), func() conform.Request { return p.Paced(ctx, a, p.Credentials(a, "")) }
		}},
		Required: contract.SecondFactorRequired, Entrance: p.entrance(), Name: "email",
		Paced: p.Profile() == client.Release31,
	})
}
