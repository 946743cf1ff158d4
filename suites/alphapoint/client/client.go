// Package client talks to KIIEX's two surfaces, which both run on AlphaPoint: how a
// call is authenticated and signed, how a user signs in with one factor or two,
// which accounts and settings a target file holds, and how an answer is read. It
// states no promise.
package client

import (
	"context"
	"net/http"
	"slices"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
)

// Profiles of both contracts: KIIEX's own documents, and the platform behind them.
const (
	Documented = "documented"
	Platform   = "alphapoint"
)

// Outcomes that only these exchanges have.
const (
	Complete        = contract.Outcome("complete")          // every member that the documents publish
	Incomplete      = contract.Outcome("incomplete")        // a member of the log-in is missing
	SignatureUnfit  = contract.Outcome("signature-unfit")   // the signature has not the form of one, or is nearly right
	AccountLocked   = contract.Outcome("account-locked")    // the account is locked
	NotPending      = contract.Outcome("not-pending")       // no log-in waits for its second factor
	DeviceCodeWrong = contract.Outcome("device-code-wrong") // the mailed code is wrong
	CodeRequired    = contract.Outcome("code-required")     // the call carries no code
	Challenged      = contract.Outcome("challenged")        // refused with WWW-Authenticate
)

// Client is the context of a run with the operations of a surface. Those that the
// surface lacks are nil.
type Client struct {
	*conform.Context

	Login, SecondStep, LogOut, Devices, Ping *contract.Operation // both surfaces

	// Only the legacy surface has these. Guarded stands for each call that needs a
	// code; Required lists their names.
	Activate, Validate, Required, Guarded, Register, Config *contract.Operation

	Basic *contract.Operation // only /ap: the log-in by Basic authentication
}

// New is the client of the surface whose contract the context has.
func New(s *conform.Context) *Client {
	op := func(id string) *contract.Operation {
		all := s.Operations()
		if i := slices.IndexFunc(all, func(o *contract.Operation) bool { return o.ID == id }); i >= 0 {
			return all[i]
		}
		return nil
	}
	return &Client{
		Context: s, Login: op("AuthenticateUser"), SecondStep: op("Authenticate2fa"), LogOut: op("LogOut"),
		Devices: op("GetUserDevices"), Ping: op("Ping"), Activate: op("Activate2fa"), Validate: op("Validate2fa"),
		Required: op("GetValidate2faRequiredEndpoints"), Guarded: op("RequiredEndpoint"), Register: op("RegisterNewDevice"),
		Config: op("GetUserConfig"), Basic: op("Authenticate"),
	}
}

// Nothing is the request of calls that take no members.
var Nothing = conform.Request{JSON: conform.Object{}}

// Always is the control of a request that stays right however often it is sent.
func Always(r conform.Request) func() conform.Request { return func() conform.Request { return r } }

// ExpectAnswer sends a request, checks its outcome, and returns the call.
func (c *Client) ExpectAnswer(ctx context.Context, by *conform.Actor, op *contract.Operation, r conform.Request,
	outcome contract.Outcome) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := c.Do(ctx, by, op, r)
	c.Expect(call, op, outcome)
	return call
}

// ExpectRefusal is ExpectAnswer for an answer that may not grant access, whatever
// its outcome is called.
func (c *Client) ExpectRefusal(ctx context.Context, by *conform.Actor, op *contract.Operation, r conform.Request,
	outcome contract.Outcome) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := c.ExpectAnswer(ctx, by, op, r, outcome)
	c.GrantsNothing(call)
	return call
}

// Refuses is conform's, and checks that no refused answer grants access.
func (c *Client) Refuses(ctx context.Context, r conform.Refusal) []*httpclient.Call {
	ginkgo.GinkgoHelper()
	refused := c.Context.Refuses(ctx, r)
	for _, call := range refused {
		c.GrantsNothing(call)
	}
	return refused
}

// GrantsNothing checks that an answer grants no access.
func (c *Client) GrantsNothing(call *httpclient.Call) {
	ginkgo.GinkgoHelper()
	found := Grants(call)
	c.Holds("the refusal grants no access", found == "", "it carries "+found)
}

// RequireOK sends a request that a spec needs to succeed: what says what for.
func (c *Client) RequireOK(ctx context.Context, what string, by *conform.Actor, op *contract.Operation,
	r conform.Request) *httpclient.Call {
	ginkgo.GinkgoHelper()
	call := c.Do(ctx, by, op, r)
	c.Require(what, call, op, contract.OK)
	return call
}

// SignedHeaders is the feature of calls that carry a signature in place of a
// session.
func SignedHeaders() conform.Feature {
	return conform.Feature{
		Text: "calls may carry Nonce, APIKey, Signature and UserId as headers in place of a session",
		Present: func(ctx context.Context, s *conform.Context) bool {
			c := New(s)
			who := c.Account(User)
			return c.Is(c.Do(ctx, c.SignedCaller(who), c.Devices, c.OwnDevices(who)), c.Devices, contract.OK)
		},
	}
}

// BasicAuthentication is the feature of a log-in by Basic authentication.
func BasicAuthentication() conform.Feature {
	return conform.Feature{
		Text: "Authenticate takes user name and password as Basic authentication",
		Present: func(ctx context.Context, s *conform.Context) bool {
			c := New(s)
			who := c.Account(User)
			call := c.Do(ctx, c.BasicCaller(who, who.Password), c.Basic, conform.Request{})
			return call.Status == http.StatusOK && Grants(call) != ""
		},
	}
}
