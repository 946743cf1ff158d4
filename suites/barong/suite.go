// Package barong puts the promises of Barong, the account service of OpenDAX,
// to a target: the 58 operations of document 002 and the AuthZ endpoint that
// stands behind its gateway.
package barong

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/httpclient"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Profiles of the contract.
const (
	release26  = "2.6"
	documented = "documented"
	release31  = "3.1"
)

// Roles of identities.
const (
	active   = "active"
	pending  = "pending"
	totp     = "totp"
	banned   = "banned"
	deleted  = "deleted"
	locked   = "locked"
	saOwner  = "sa-owner"
	withText = "phone"
)

// Suite is the Barong suite.
var Suite = conform.Suite{
	Exchange: "barong",
	Specs:    specs,
	Roles: map[string]string{
		active:   "a member with a confirmed e-mail address and no second factor",
		pending:  "a user whose e-mail address is not confirmed yet; its password is right",
		totp:     "an active member with the second factor on; totp-secret is its secret",
		banned:   "a banned user; its password is right",
		deleted:  "a deleted user; its password is right",
		locked:   "a locked user; its password is right",
		saOwner:  "an active member with the second factor on (totp-secret) who owns a service account",
		withText: "an active member; phone is a number that no account has yet and whose texts reach the inbox",
	},
	Settings: settings,
	Features: features,
	Path:     path,
	Send:     send,
	Leak:     leak,
}

// leak names what in a refusal lets its reader in: the CSRF token of a session, or
// a Bearer token.
func leak(call *httpclient.Call, outcome contract.Outcome) string {
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
type api struct {
	*conform.Context
	operations
	windows *windows
	network *network
	links   *links
}

func newAPI(s *conform.Context) *api {
	return &api{Context: s, operations: newOperations(s), windows: newWindows(), network: newNetwork(), links: &links{}}
}

// specs builds the tree, one file for each area.
func specs(s *conform.Context) {
	p := newAPI(s)
	for _, area := range []func(*api){
		families,
		logIns, logOuts, sessions, auth0LogIns, authz, bearerTokens, restricted, throttling,
		signUps, emailConfirmations, passwordResets, passwordChanges, passwordStrength, captchas, whitelists, information,
		phones, documents, profiles, labels, accounts, activityLog, storage, callbacks, apiDescriptions, drifts,
		secondFactor, apiKeys, serviceAccounts,
	} {
		area(p)
	}
}

// path is where a target has an operation: the documents print the prefix
// /api/v2/auth, and gateways are set up with others.
func path(t *target.Target, op *contract.Operation) string {
	return newRoads(t).gatewayPath(op)
}

// present makes a feature's Present of a question about the target.
func present(ask func(*api, context.Context) bool) func(context.Context, *conform.Context) bool {
	return func(ctx context.Context, s *conform.Context) bool { return ask(newAPI(s), ctx) }
}
