// Package client says how to talk to Barong: its accounts, sessions, one-time codes, keys, mail and settings, and the pace
// that its limits allow. It states no clause; the specs in suites/barong do.
package client

import (
	"context"
	"time"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Profiles of the contract.
const (
	Release26  = "2.6"
	Documented = "documented"
	Release31  = "3.1"
)

// Roles of identities.
const (
	RoleActive       = "active"
	RolePending      = "pending"
	RoleTOTP         = "totp"
	RoleBanned       = "banned"
	RoleDeleted      = "deleted"
	RoleLocked       = "locked"
	RoleServiceOwner = "sa-owner"
	RolePhone        = "phone"
)

// Leak names what in a refusal lets its reader in: the CSRF token of a session, or
// a Bearer token.
func Leak(call *httpclient.Call, outcome contract.Outcome) string {
	switch {
	case outcome == contract.OK:
		return ""
	case call.Header.Get("Authorization") != "":
		return "the header Authorization"
	case value.At(value.Of(call), "csrf_token") != nil:
		return "the member csrf_token"
	}
	return ""
}

// api is the context with the operations that specs name, in document order.
type Client struct {
	*conform.Context
	operations
	windows *windows
	network *network
	Links   *links
	debts   *debts

	placeholders *placeholders
}

func New(s *conform.Context) *Client {
	return &Client{Context: s, operations: newOperations(s), windows: newWindows(), network: newNetwork(), Links: &links{}, debts: &debts{},
		placeholders: &placeholders{at: map[string]time.Time{}}}
}

// Path is where a target has an operation: the documents print the prefix
// /api/v2/auth, and gateways are set up with others.
func Path(t *target.Target, op *contract.Operation) string {
	return NewRoads(t).GatewayPath(op)
}

// present makes a feature's Present of a question about the target.
func present(ask func(*Client, context.Context) bool) func(context.Context, *conform.Context) bool {
	return func(ctx context.Context, s *conform.Context) bool { return ask(New(s), ctx) }
}
