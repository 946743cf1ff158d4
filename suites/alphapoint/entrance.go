package alphapoint

import (
	"context"
	"encoding/base64"
	"net/http"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/otp"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// entrance is how callers are told apart: by a session token, beside the credential of
// the gateway.
func (v specs) entrance() family.Entrance {
	field := func(name string) family.Carrier {
		return family.Carrier{Name: name, Present: func(value string) http.Header { return http.Header{name: {value}} }}
	}
	carriers := []family.Carrier{
		{Name: "the session token", Present: func(value string) http.Header { return http.Header{v.Setting(client.SessionHeader): {value}} }},
		{Name: "the token of a pending log-in",
			Present: func(value string) http.Header { return http.Header{v.Setting(client.PendingHeader): {value}} }},
		{Name: "a cookie", Present: func(value string) http.Header {
			return http.Header{"Cookie": {v.Setting(client.SessionHeader) + "=" + value + "; SessionToken=" + value + "; session=" + value}}
		}},
		{Name: "every credential at once", Present: func(value string) http.Header {
			return http.Header{"APIKey": {value}, "Authorization": {"Bearer " + value}, v.Setting(client.SessionHeader): {value}}
		}},
		{Name: "the password of Basic", Present: func(value string) http.Header {
			return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+value))}}
		}},
		field("X-Session-Token"), field("Authorization"),
	}
	return family.Entrance{
		Carriers: carriers, Secrets: func(*contract.Operation) []string {
			return []string{v.Setting(client.SessionHeader), "APIKey", "Authorization"}
		}, Inside: v.Devices, Request: v.OwnDevices,
		Outsider: func(context.Context) *conform.Actor { return v.Caller(v.Account(client.User)) },
	}
}

// replays puts codes that were used to each operation that takes one.
func (v specs) replays() {
	spenders := []family.Spender[*client.Pending]{{
		Name: "second step", Operation: v.SecondStep, Accepted: contract.OK, Refused: contract.SecondFactorReplayed,
		Send: func(ctx context.Context, p *client.Pending, code string) *httpclient.Call {
			v.TakeFirstStep(ctx, p)
			return v.Do(ctx, p.By, v.SecondStep, client.WithCode(code))
		},
	}}
	ready := func(context.Context) (*client.Pending, *otp.Kit) {
		p := v.Pending(client.TOTP)
		return p, p.Codes
	}
	family.Replays(v.Context, spenders, ready)
	family.Forgetful(v.Context, spenders, ready, []family.Interlude[*client.Pending]{{
		Slug: "log-out", Text: "the log-out of the session that it opened", Needs: []*contract.Operation{v.LogOut},
		Do: func(ctx context.Context, p *client.Pending, used *httpclient.Call) {
			v.SignOut(ctx, v.Session(p.Who, used))
		},
	}})
}

// attacks are the families that try to get in, or to get more.
func (v specs) attacks() {
	family.Intruders(v.Context, v.entrance(), v.sessionSubjects())
	devices := v.inTurn(subject(v.Devices, v.sessionTrial(v.OwnDevices)))
	family.Passive(v.Context, v.entrance(), devices, nil, nil, func(name string) bool { return contract.SameName(name, "SessionToken") })
	v.replays()
	first := func(way string, op *contract.Operation, ready func(ctx context.Context) (*conform.Actor, func() conform.Request),
		features ...string) {
		family.FirstSteps(v.Context, family.FirstStep{
			Subject: family.Subject{Operation: op, Ready: ready, Features: features}, Way: way,
			Required: contract.SecondFactorRequired, Entrance: v.entrance(), Name: "UserName",
		})
	}
	first("signature", v.Login, func(context.Context) (*conform.Actor, func() conform.Request) {
		who := v.Account(client.TOTP)
		return v.Caller(who), func() conform.Request { return v.SignedLogin(who) }
	})
	first("password", v.Login, func(context.Context) (*conform.Actor, func() conform.Request) {
		who := v.Account(client.TOTP)
		return v.Caller(who), client.Always(v.PasswordLogin(who))
	})
	if v.Basic != nil {
		first("basic", v.Basic, func(context.Context) (*conform.Actor, func() conform.Request) {
			GinkgoHelper()
			who := v.Account(client.TOTP)
			return v.BasicCaller(who, who.Password), client.Always(conform.Request{})
		}, "basic")
	}
}
