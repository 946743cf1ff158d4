package onlyoffice

import (
	"context"
	"encoding/base64"
	"net/http"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/otp"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// entrance is how callers are told apart: by a session's token as a cookie or header
// field, or by a confirmation link.
func entrance(p *client.Client) family.Entrance {
	return family.Entrance{
		Carriers: []family.Carrier{
			{Name: "the session cookie", Present: client.Cookie},
			{Name: "a bearer token", Present: client.Bearer},
			{Name: "Authorization", Present: func(v string) http.Header { return http.Header{"Authorization": {v}} }},
			{Name: "the password of Basic", Present: func(v string) http.Header {
				return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+v))}}
			}},
		},
		Outsider: func(context.Context) *conform.Actor { return p.Anonymous() },
		Secrets:  func(*contract.Operation) []string { return []string{"Cookie", "Authorization"} }, Inside: p.TFASettings,
		Request: func(*identity.Identity) conform.Request { return client.NoBody },
	}
}

// issues are the secrets that operations hand out and that no member of an answer is named
// after: the shared secret of an app that is enrolled, backup codes, a mailed link, and the
// sessions that the product renews.
var issues = family.Issues{
	"authenticateMe":                           {"*totp-secret"},
	"unlinkTfaApp":                             {"cookie-asc_*"},
	"getTfaAppCodes":                           {"*-code"},
	"updateTfaAppCodes":                        {"*-code"},
	"tfaAppGenerateSetupCode":                  {"tfaKey", "*totp-secret"},
	"updateCookieSettings":                     {"cookie-asc_*"},
	"updateTfaSettingsLink":                    {"cookie-asc_*"},
	"logOutAllActiveConnectionsChangePassword": {"link"},
	"getTfaConfirmData":                        {"cookie-asc_*"},
}

// attacks are the families that try to get in, or to get more.
func attacks(p *client.Client, subjects []family.Subject) {
	family.Intruders(p.Context, entrance(p), subjects)
	family.Passive(p.Context, entrance(p), family.Subject{Operation: p.TFASettings, Ready: p.As(client.User, client.NoBody)},
		func() string { return client.SessionCookie }, issues,
		func(name string) bool { return name == "token" || name == client.SessionCookie })
	family.Mails(p.Context, []family.Mailer{{
		Operation: p.SendPassword, Member: "email",
		Ready: func(context.Context) (*conform.Actor, func() conform.Request, string, string) {
			who := p.Lease(client.User)
			return p.Anonymous(), client.Always(p.PasswordMail(who.Login)), who.Login, p.NewAddress(who)
		},
	}})
	family.Replays(p.Context, []family.Spender[*client.Enrolled]{
		{Name: "log-in", Operation: p.LoginByCode, Accepted: contract.OK, Refused: contract.SecondFactorReplayed, Send: p.SendCode},
		{Name: "confirmation", Operation: p.ValidateCode, Accepted: client.Verified, Refused: contract.SecondFactorReplayed,
			Send: func(ctx context.Context, e *client.Enrolled, code string) *httpclient.Call {
				return p.Confirm(ctx, p.SecondStep(ctx, e), code)
			}},
	}, func(ctx context.Context) (*client.Enrolled, *otp.Kit) {
		e := p.WithApp(ctx)
		return e, e.Codes
	}, clause.Only(client.Documented))
	family.FirstSteps(p.Context, family.FirstStep{
		Subject: family.Subject{Operation: p.Login, Ready: func(ctx context.Context) (*conform.Actor, func() conform.Request) {
			return p.Anonymous(), client.Always(client.Credentials(p.Enrol(ctx).Who))
		}},
		Required: contract.SecondFactorRequired, Entrance: entrance(p), Name: "userName",
	})
}
