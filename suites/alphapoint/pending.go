package alphapoint

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/suites/alphapoint/client"
)

// pending is about log-ins whose second factor is pending.
func (v specs) pending() {
	op, required := v.Login.Name(), contract.SecondFactorRequired
	It(op+" requires the second factor of an enrolled user who signs", clause.Graded(v.ID("pending.required"), v.Login, required),
		func(ctx SpecContext) { v.ExpectLogIn(ctx, v.Account(client.TOTP), required) })
	It(op+" issues no session token and no cookie before the second factor", clause.Graded(v.ID("pending.no-token"), v.Login, required),
		func(ctx SpecContext) {
			call := v.LogIn(ctx, v.Account(client.TOTP))
			issued := client.Token(call) != "" || call.SessionCookie() != ""
			v.Holds("no session token is issued before the second factor", !issued, "one is")
			v.Expect(call, v.Login, required)
		})
	It(op+" does not show an enrolled user the secret of the app",
		clause.Should(v.ID("pending.no-secret"), v.Login, required,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 14.2.6; checks#T21; alphapoint#4-doc-oddity")),
		func(ctx SpecContext) {
			who := v.Account(client.TOTP)
			call := v.LogIn(ctx, who)
			text := strings.ToUpper(string(call.Body))
			shown := strings.Contains(text, "OTPAUTH:") || who.TOTPSecret != "" && strings.Contains(text, strings.ToUpper(who.TOTPSecret))
			v.Holds("the secret of an enrolled app is not shown again", !shown, "it is")
			v.Expect(call, v.Login, required)
		})
	It(op+" requires the second factor of an enrolled user who sends a password",
		clause.Should(v.ID("pending.by-password"), v.Login, required, unpublished),
		func(ctx SpecContext) {
			who := v.Account(client.TOTP)
			v.ExpectAnswer(ctx, v.Caller(who), v.Login, v.PasswordLogin(who), required)
		})
	It(op+" requires the second factor even if the request says that none is needed",
		clause.Should(v.ID("pending.client-decides"), v.Login, required,
			clause.From(contract.Standard, "OWASP ASVS 5.0.0 8.3.1; checks#I19; checks#F08")),
		func(ctx SpecContext) {
			who := v.Account(client.TOTP)
			request := v.LoginRequest(who).With("requires2FA", false).With("Use2FA", false).With("Authenticated", true)
			call := v.Do(ctx, v.Caller(who), v.Login, request)
			if call.Status >= http.StatusBadRequest { // members that no document prints may be refused
				v.ExpectShut("members that no document prints", call, v.Login, required)
				v.ExpectLogIn(ctx, who, required)
				return
			}
			v.Expect(call, v.Login, required)
		})
	v.pendingOpensNothing()
	It(v.Devices.Name()+" rejects a client whose second factor is pending",
		clause.Graded(v.ID("pending.opens-nothing"), v.Devices, contract.Unauthenticated),
		func(ctx SpecContext) {
			p := v.FirstStep(ctx)
			v.ExpectNoSession(ctx, v.Caller(p.Who))
			v.ExpectNoSession(ctx, p.By)
			if p.Token != "" {
				v.ExpectNoSession(ctx, v.CallerWith(p.Who, v.Setting(client.SessionHeader), p.Token))
			}
			v.RequireAlive(ctx, v.SecondStepWith(ctx, p, v.Code(ctx, p.Codes)))
		})
}

// pendingOpensNothing puts what a first step gives to each other call that needs a session.
func (v specs) pendingOpensNothing() {
	if v.Validate == nil {
		return
	}
	type request = func(context.Context, *client.Pending) conform.Request
	conform.Table(func(ctx SpecContext, of conform.Row[request]) {
		p := v.FirstStep(ctx)
		callers := []*conform.Actor{p.By}
		if p.Token != "" {
			callers = append(callers, v.CallerWith(p.Who, v.Setting(client.SessionHeader), p.Token))
		}
		for _, by := range callers {
			v.ExpectRefusal(ctx, by, of.Clause.Operation, of.Given(ctx, p), contract.Unauthenticated)
		}
	}, rowsOf([]conform.Row[request]{
		{Text: v.Config.Name() + " rejects a client whose second factor is pending",
			Clause: clause.Graded(v.ID("pending.opens-no-configuration"), v.Config, contract.Unauthenticated),
			Given:  func(_ context.Context, p *client.Pending) conform.Request { return v.OwnConfig(p.Who) }},
		{Text: v.Validate.Name() + " rejects a client whose second factor is pending",
			Clause: clause.Graded(v.ID("pending.opens-no-validation"), v.Validate, contract.Unauthenticated),
			Given: func(ctx context.Context, p *client.Pending) conform.Request {
				return client.Validation(v.Code(ctx, p.Codes))
			}},
		{Text: v.Register.Name() + " rejects a client whose second factor is pending",
			Clause: clause.Graded(v.ID("pending.opens-no-registration"), v.Register, contract.Unauthenticated),
			Given:  func(context.Context, *client.Pending) conform.Request { return v.Device(v.MadeUpUUID()) }},
		{Text: v.Guarded.Name() + " rejects a client whose second factor is pending",
			Clause: clause.Graded(v.ID("pending.opens-no-guarded-call"), v.Guarded, contract.Unauthenticated),
			Given: func(ctx context.Context, p *client.Pending) conform.Request {
				name := v.RequiredNames(ctx, v.Anonymous())[0]
				if v.Profile() == client.Platform {
					return v.Wrapped(name, v.Code(ctx, p.Codes))
				}
				return v.Uncoded(name)
			}},
	}))
}

// rowsOf hands each row to its spec whole, with its clause.
func rowsOf[T any](rows []conform.Row[T]) []conform.Row[conform.Row[T]] {
	whole := make([]conform.Row[conform.Row[T]], len(rows))
	for i, row := range rows {
		whole[i] = conform.Row[conform.Row[T]]{Text: row.Text, Clause: row.Clause, Given: row}
	}
	return whole
}
