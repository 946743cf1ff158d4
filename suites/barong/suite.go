// Package barong puts the promises of Barong, the account service of OpenDAX,
// to a target: the 58 operations of document 002 and the AuthZ endpoint that
// stands behind its gateway.
package barong

import (
	"authconform/harness/conform"
	"authconform/suites/barong/client"
)

// api is the client with what only specs need.
type api struct{ *client.Client }

// Suite is the Barong suite.
var Suite = conform.Suite{
	Exchange: "barong",
	Specs:    specs,
	Roles: map[string]string{
		client.RoleActive:       "a member with a confirmed e-mail address and no second factor",
		client.RolePending:      "a user whose e-mail address is not confirmed yet; its password is right",
		client.RoleTOTP:         "an active member with the second factor on; totp-secret is its secret",
		client.RoleBanned:       "a banned user; its password is right",
		client.RoleDeleted:      "a deleted user; its password is right",
		client.RoleLocked:       "a locked user; its password is right",
		client.RoleServiceOwner: "an active member with the second factor on (totp-secret) who owns a service account",
		client.RolePhone:        "an active member; phone is a number that no account has yet and whose texts reach the inbox",
	},
	Makes:    client.Makes,
	Settings: client.Settings,
	Features: client.Features,
	Path:     client.Path,
	Send:     client.Send,
	Leak:     client.Leak,
	Alone:    client.Alone,
	Knock:    client.Knock,
	Letter:   client.Letter,
	PutBack:  client.PutBack,
}

// specs builds the tree, one file for each area.
func specs(s *conform.Context) {
	p := &api{client.New(s)}
	for _, area := range []func(*api){
		families, nearlyRight, csrfOfNoOther,
		logIns, logOuts, sessions, auth0LogIns, authz, bearerTokens, restricted, throttling,
		signUps, emailConfirmations, passwordResets, passwordChanges, passwordStrength, captchas, whitelists, information,
		phones, documents, profiles, labels, accounts, activityLog, storage, callbacks, apiDescriptions, drifts,
		secondFactor, apiKeys, serviceAccounts,
	} {
		area(p)
	}
}
