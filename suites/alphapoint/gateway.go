package alphapoint

import (
	"context"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
	"authconform/suites/alphapoint/client"
	"authconform/suites/family"
)

// gateway states what the documents ask of every call: the APIKey header of the
// legacy pages, the JWT of the Trading API.
func (v specs) gateway() {
	v.gatewayOf("login", v.Login, v.loginTrial)
	v.gatewayOf("second-factor", v.SecondStep, v.secondStepTrial)
	It(v.Login.Name()+" rejects the gateway's credential of one user with the log-in of another",
		clause.Should(v.ID("gateway.foreign"), v.Login, contract.BadCredentials, clause.Only(client.Documented),
			clause.From(contract.Inferred, "alphapoint#7.3; checks#B09")),
		func(ctx SpecContext) {
			v.RequireGateway()
			t, other := v.loginTrial(ctx), v.Account(client.User)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.Login, By: t.by, Control: t.control, ChangedBy: v.Caller(other), Outcome: contract.BadCredentials,
			})
		})
}

// credentials are what a spec sends in place of an account's own.
type credentials = func(who *identity.Identity) []http.Header

// gatewayOf states the same of each step of a log-in; step names it in the ids.
func (v specs) gatewayOf(step string, op *contract.Operation, ready func(context.Context) trial) {
	only := clause.Only(client.Documented)
	none := func(*identity.Identity) []http.Header { return []http.Header{{}} }
	rows := []conform.Row[credentials]{
		{Text: op.Name() + " rejects a request without the gateway's credential", Given: none,
			Clause: clause.Graded(v.ID("gateway."+step+"-absent"), op, contract.Unauthenticated, only)},
		{Text: op.Name() + " answers a request without the gateway's credential with WWW-Authenticate", Given: none,
			Clause: clause.Graded(v.ID("gateway."+step+"-challenge"), op, client.Challenged, only)},
		{Text: op.Name() + " rejects a made-up credential in place of the gateway's, and a valid one in the session's header", Given: v.junk,
			Clause: clause.Graded(v.ID("gateway."+step+"-junk"), op, contract.Unauthenticated, only)},
	}
	if v.Basic != nil { // the surface whose credential is a JWT
		rows = append(rows, conform.Row[credentials]{
			Text: op.Name() + " rejects a JWT that is unsigned, signed with another key, altered or cut short", Given: v.forgedTokens,
			Clause: clause.Graded(v.ID("gateway."+step+"-forged"), op, contract.Unauthenticated, only),
		})
	}
	for _, row := range rows {
		It(row.Text, row.Clause, func(ctx SpecContext) {
			v.RequireGateway()
			t := ready(ctx)
			for _, header := range row.Given(t.Who) {
				// The sender is nobody: without the gateway's credential, only a name in the body tells a target whose attempt it is.
				v.ExpectAnswer(ctx, v.Actor("changed", nil, header), op, t.control(), row.Clause.Outcome)
			}
			v.RequireOK(ctx, "get the control accepted after the refusal", t.by, op, t.control())
		})
	}
}

// junk are credentials of no meaning (checks#I04; checks#I09; checks#I10; checks#I11; checks#I12; checks#I13;
// checks#I14; checks#I15; checks#T08; checks#T10; checks#T12 B08), and a right one in
// the wrong place.
func (v specs) junk(who *identity.Identity) []http.Header {
	var headers []http.Header
	right := ""
	for _, text := range []string{"x", "null", "undefined", "0", strings.Repeat("QUJD", 1024)} {
		header := http.Header{}
		for name, values := range v.Gateway(who) {
			right = values[0]
			if scheme, _, hasScheme := strings.Cut(right, " "); hasScheme {
				text = scheme + " " + text
			}
			header[name] = []string{text}
		}
		headers = append(headers, header)
	}
	return append(headers, http.Header{v.Setting(client.SessionHeader): {right}})
}

// forgedTokens are made from the account's JWT: unsigned, signed by somebody else,
// changed after signing, cut (checks#J01; checks#J02; checks#J03; checks#J04).
func (v specs) forgedTokens(who *identity.Identity) []http.Header {
	GinkgoHelper()
	token, ok := family.ParseJWT(who.Token)
	if !ok {
		v.Untestable("the token of %s is no JWT", who.Name)
	}
	foreign := family.JWT{Signature: family.Encode(family.RandomSecret())}
	var headers []http.Header
	for _, forged := range []string{
		token.AlgNone("none"), token.WithSignatureOf(foreign), token.Altered("exp", 4102444800),
		token.Header + "." + token.Payload, token.Truncated(),
		token.SignedHMAC(nil, family.RandomSecret()), token.SignedHMAC(nil, nil), token.SignedHMAC(nil, []byte("secret")),
	} {
		headers = append(headers, client.Bearer(v.Secret("forged-token", forged)))
	}
	return headers
}
