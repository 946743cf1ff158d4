package onlyoffice

import (
	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/suites/family"
	"authconform/suites/onlyoffice/client"
)

// codeTellsNothing is loginTellsNothing of the log-in by code.
func codeTellsNothing(p *client.Client) {
	op, enumeration := p.LoginByCode, clause.From(contract.Standard, "OWASP ASVS 5.0.0 6.3.8; checks#E02")
	conform.Table(likeUnknown(p, op), []conform.Row[string]{
		{Text: "POST /authentication/{code} answers a wrong password of a user as one of an unknown user",
			Clause: clause.Should("onlyoffice.code.same-answer", op, contract.BadCredentials, enumeration), Given: client.User},
		{Text: "POST /authentication/{code} answers a wrong password of a disabled account as one of an unknown user",
			Clause: clause.Should("onlyoffice.code.disabled-not-told", op, contract.BadCredentials, enumeration), Given: client.Disabled},
	}, Serial)
}

// likeUnknown compares the refusal of a wrong password of a role's account with that of an
// unknown user's.
func likeUnknown(p *client.Client, op *contract.Operation) func(SpecContext, string) {
	return func(ctx SpecContext, role string) {
		send := func(login string) *httpclient.Call {
			request := client.Password(login, client.WrongPassword)
			if op == p.LoginByCode {
				request = request.With("code", "123456")
			}
			return p.Do(ctx, p.Anonymous(), op, request)
		}
		known := send(p.Lease(role).Login)
		p.Expect(known, op, contract.BadCredentials)
		family.ExpectSameAnswer(p.Context, known, send(p.Nobody()))
	}
}
