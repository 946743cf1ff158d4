package alphapoint

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/identity"
)

// gateways states what the documents ask of every call: the APIKey header of the
// legacy pages, the JWT of the Trading API.
func (v *Venue) gateways() {
	for _, step := range []struct {
		op    *contract.Operation
		slug  string
		ready func(context.Context) (*identity.Identity, *conform.Actor, func() conform.Request)
		once  bool
	}{
		{v.login, "login", v.loginCase, false},
		{v.second, "second-factor", v.secondCase, true},
	} {
		refuses := func(text, slug string, outcome contract.Outcome, headers func(who *identity.Identity) []http.Header) {
			It(text, v.promise("gateway."+step.slug+"-"+slug, step.op, outcome, clause.Only(documented)), func(ctx SpecContext) {
				v.needsGateway()
				who, by, control := step.ready(ctx)
				for _, header := range headers(who) {
					v.Expect(v.Do(ctx, v.Actor("changed", who, header), step.op, control()), step.op, outcome)
				}
				v.Require("get the control accepted after the refusal", v.Do(ctx, by, step.op, control()), step.op, contract.OK)
			})
		}
		refuses("refuses "+step.op.ID+" without the credential that every call carries", "absent", contract.Unauthenticated,
			func(*identity.Identity) []http.Header { return []http.Header{{}} })
		refuses("tells a caller of "+step.op.ID+" without a credential how to authenticate", "challenge", challenged,
			func(*identity.Identity) []http.Header { return []http.Header{{}} })
		refuses("refuses "+step.op.ID+" with a credential that is none", "junk", contract.Unauthenticated, v.junk)
		if v.basic != nil { // the surface whose credential is a JWT
			refuses("refuses "+step.op.ID+" with a forged JWT", "forged", contract.Unauthenticated, v.forgedTokens)
		}
	}
	It("refuses the credential of one user with the log-in of another",
		v.promise("gateway.foreign", v.login, contract.BadCredentials, clause.Only(documented), clause.From(contract.Inferred, "facts/kiiex.md 7.3; facts/auth-checks.md B09")),
		func(ctx SpecContext) {
			v.needsGateway()
			who, other := v.lease(user), v.lease(user)
			v.Refuses(ctx, conform.Refusal{
				Operation: v.login, By: v.caller(who), Control: func() conform.Request { return v.signed(who) },
				ChangedBy: v.caller(other), Outcome: contract.BadCredentials,
			})
		})
	v.headersInPlaceOfASession()
}

// headersInPlaceOfASession signs single calls.
func (v *Venue) headersInPlaceOfASession() {
	signed := clause.Needs("signed-headers")
	It("opens a call to signed headers, without a session",
		v.promise("signed-headers.right", v.devices, contract.OK, signed),
		func(ctx SpecContext) {
			who := v.lease(user)
			v.Expect(v.Do(ctx, v.signedActor(who), v.devices, v.ownDevices(who)), v.devices, contract.OK)
		})
	It("refuses a call whose headers are signed wrongly",
		v.promise("signed-headers.wrong", v.devices, contract.Unauthenticated, signed),
		func(ctx SpecContext) {
			who := v.lease(user)
			by := v.signedActor(who)
			v.Require("make a call with signed headers", v.Do(ctx, by, v.devices, v.ownDevices(who)), v.devices, contract.OK)
			for _, signature := range []string{Sign("made-up", "1", who.ID, who.APIKey), strings.ToUpper(by.Header["Signature"][0]), ""} {
				header := by.Header.Clone()
				header["Signature"] = []string{signature}
				v.Expect(v.Do(ctx, v.Actor("forged", who, header), v.devices, v.ownDevices(who)), v.devices, contract.Unauthenticated)
			}
		})
}

// needsGateway keeps the specs on the gateway's credential from a target that has
// none.
func (v *Venue) needsGateway() {
	GinkgoHelper()
	if v.Setting(gatewaySetting) == "none" {
		v.Untestable("settings.gateway is none: calls carry no credential beside their session")
	}
}

func (v *Venue) loginCase(context.Context) (*identity.Identity, *conform.Actor, func() conform.Request) {
	who := v.lease(user)
	return who, v.caller(who), func() conform.Request { return v.signed(who) }
}

func (v *Venue) secondCase(ctx context.Context) (*identity.Identity, *conform.Actor, func() conform.Request) {
	p := v.firstStep(ctx)
	return p.who, p.by, always(withCode(v.Code(ctx, p.codes)))
}

// junk are credentials of no meaning (facts/auth-checks.md B08), and right ones in
// the wrong place.
func (v *Venue) junk(who *identity.Identity) []http.Header {
	var headers []http.Header
	for _, text := range []string{"x", "null", "undefined", "0", strings.Repeat("QUJD", 2048)} {
		header := http.Header{}
		for name, values := range v.gateway(who) {
			scheme, _, hasScheme := strings.Cut(values[0], " ")
			if hasScheme {
				text = scheme + " " + text
			}
			header[name] = []string{text}
		}
		headers = append(headers, header)
	}
	return append(headers, http.Header{v.Setting(sessionSetting): {v.gatewayValue(who)}})
}

func (v *Venue) gatewayValue(who *identity.Identity) string {
	for _, values := range v.gateway(who) {
		return values[0]
	}
	return ""
}

// forgedTokens are made from the identity's JWT: unsigned, signed by somebody
// else, changed after signing, cut (facts/auth-checks.md J01-J04).
func (v *Venue) forgedTokens(who *identity.Identity) []http.Header {
	GinkgoHelper()
	parts := strings.Split(who.Token, ".")
	if len(parts) != 3 {
		v.Untestable("the token of %s is no JWT", who.Name)
	}
	encode := base64.RawURLEncoding.EncodeToString
	unsigned := encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
	foreign := parts[0] + "." + parts[1] + "." + encode([]byte(mac("made-up", parts[0]+"."+parts[1])[:32]))
	changed := parts[0] + "." + encode(laterExpiry(parts[1])) + "." + parts[2]
	var headers []http.Header
	for _, token := range []string{unsigned, foreign, changed, parts[0] + "." + parts[1], who.Token[:len(who.Token)-2]} {
		headers = append(headers, bearer(v.Secret("forged-token", token)))
	}
	return headers
}

// laterExpiry changes one claim, so that the signature no longer covers it.
func laterExpiry(part string) []byte {
	claims := map[string]any{}
	if raw, err := base64.RawURLEncoding.DecodeString(part); err == nil {
		_ = json.Unmarshal(raw, &claims) // what is no object gets one claim
	}
	claims["exp"] = 4102444800
	text, _ := json.Marshal(claims)
	return text
}
