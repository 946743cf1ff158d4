// Package client talks to the CoinRabbit partner API: it logs users of the partner
// in, switches their second factor on and off, has codes sent and reads them where
// they arrive. It holds no spec and no clause. Its source is the vendor's page
// (document 004); what that leaves open is a setting of the target file.
package client

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/identity"
	"authconform/harness/value"
)

// Client is a context with the operations of the API. A method that prepares a
// spec ends it as UNTESTABLE where the target does not answer as it should.
type Client struct {
	*conform.Context
	PartnerLogin, Login, SendCode, VerifyCode, CreateSecret, Activate, Deactivate *contract.Operation
}

// New makes a client of a context.
func New(s *conform.Context) *Client {
	op := s.Operation
	return &Client{
		Context:      s,
		PartnerLogin: op("partnerLogin"), Login: op("login"), SendCode: op("sendCode"), VerifyCode: op("verifyCode"),
		CreateSecret: op("createSecret"), Activate: op("activate"), Deactivate: op("deactivate"),
	}
}

// Headers are the two credentials of a request, the partner's key and the user's
// token; an empty one is not sent.
func Headers(key, token string) http.Header {
	h := http.Header{}
	if key != "" {
		h.Set("X-Api-Key", key)
	}
	if token != "" {
		h.Set("X-User-Token", token)
	}
	return h
}

// Partner is an actor with the partner's key alone.
func (p *Client) Partner() *conform.Actor {
	ginkgo.GinkgoHelper()
	return p.Actor("partner", nil, Headers(p.Known(PartnerKey), ""))
}

// MadeUp is a credential that nobody was given.
func (p *Client) MadeUp() string { return p.Nonce() + p.Nonce() }

// PartnerLoginRequest is the log-in of a user by the partner, which names the user
// by an id of its own.
func (p *Client) PartnerLoginRequest(who *identity.Identity) conform.Request {
	id := who.ID
	if id == "" {
		id = who.Login
	}
	return conform.Request{JSON: conform.Object{p.Setting(UserMember): id}}
}

// Send reads the user token of a log-in where the target puts it.
func Send(ctx context.Context, s *conform.Context, by *conform.Actor, op *contract.Operation, r conform.Request) (*httpclient.Call, error) {
	call, err := s.Send(ctx, by, op, r)
	name := s.Setting(TokenMember)
	if call == nil || name == standardToken || op.ID != "partnerLogin" && op.ID != "login" {
		return call, err
	}
	var answer map[string]any
	if json.Unmarshal(call.Body, &answer) == nil {
		if response, is := answer["response"].(map[string]any); is {
			response[standardToken] = response[name]
			call.Body, _ = json.Marshal(answer)
		}
	}
	return call, err
}

// standardToken is where the contract has the user token.
const standardToken = "token"

// LoginRequest is the log-in with a verification token.
func LoginRequest(token string) conform.Request {
	return conform.Request{JSON: conform.Object{"verification_token": token}}
}

// Given is what a success gives under a name, or "": the user token of a log-in, the
// secret that was created, a verification token.
func Given(call *httpclient.Call, name string) string {
	return value.Text(value.Of(call), "response", name)
}

// ExpectNoSuccess checks that an answer claims no success, whatever its status:
// neither by its result nor by what only a success gives.
func (p *Client) ExpectNoSuccess(call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	p.Holds("the answer claims no success", value.At(value.Of(call), "result") != true, "it claims one")
	p.Holds("the answer gives nothing that only a success gives", value.At(value.Of(call), "response") == nil, "it gives something")
}
