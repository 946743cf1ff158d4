// Package coinrabbit puts the promises of the CoinRabbit partner API about its
// second factor and the log-ins around it to a target. The vendor's page
// (document 004) contradicts itself and prints no refusal: what it leaves open is
// a setting, a refusal is judged first by what it did to the account, and the
// standards' statuses are asked only in profile "strict". No spec calls anything
// that moves money.
package coinrabbit

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
)

// Profiles of the contract.
const (
	documented = "documented"
	strict     = "strict"
)

// Names of settings.
const (
	partnerKey         = "partner-key"
	partnerPath        = "partner-login-path"
	createPath         = "create-secret-path"
	createKey          = "create-secret-api-key"
	deactivatePath     = "deactivate-path"
	loginPath          = "login-path"
	sendPath           = "send-code-path"
	verifyPath         = "verify-code-path"
	typeActivation     = "message-type-activation"
	typeDeactivation   = "message-type-deactivation"
	typeLogin          = "message-type-login"
	typeMember         = "message-type-member"
	recipientMember    = "recipient-member"
	codeMember         = "code-member"
	delivery           = "code-delivery"
	documentedPartners = "/v2/auth/partners"
)

// user is the one role.
const user = "user"

// jwtFeature is the feature of user tokens that are JWTs.
const jwtFeature = "jwt"

// Suite is the CoinRabbit suite.
var Suite = conform.Suite{
	Exchange: "coinrabbit",
	Specs:    specs,
	Roles: map[string]string{
		user: "a user of the partner without a second factor; id is the external_id by which the partner names the user (the login where left out), login the e-mail address and phone the number at which its codes arrive; no password is used",
	},
	Settings: settings,
	Features: map[string]conform.Feature{
		jwtFeature: {Text: "x-user-token is a JWT, as public clients read it; the page does not say what it is", Present: jwtPresent},
	},
	Path: path,
	Needs: map[string][]string{
		"partnerLogin": {partnerKey},
		"login":        {partnerKey, sendPath, typeLogin, loginPath},
		"sendCode":     {partnerKey, sendPath},
		"verifyCode":   {partnerKey, sendPath},
		"createSecret": {partnerKey},
		"activate":     {partnerKey, sendPath},
		"deactivate":   {partnerKey, sendPath, deactivatePath},
	},
}

var settings = map[string]target.Setting{
	partnerKey: {
		Text: "the partner's x-api-key", Secret: true,
		Ask: "for an x-api-key of a test environment, and for its host: the page names no test environment",
	},
	partnerPath: {
		Text: "path of the log-in of partners; the page prints /auth/partners, every public client calls /auth/partner", Default: "/v2/auth/partner",
		Ask: "is it /v2/auth/partner or /v2/auth/partners?",
	},
	createPath: {
		Text: "path of the creation of a secret; the page prints that of the activation, from which it then differs by having no body", Default: "/v2/auth/2fa/activate",
		Ask: "does the creation of a 2FA secret share the path of the activation, as printed, or has it a path of its own?",
	},
	createKey: {
		Text: "whether the creation of a secret wants x-api-key, yes or no; the page prints x-user-token alone", Default: "no",
		Ask: "does the creation of a 2FA secret want x-api-key, as its two siblings do?",
	},
	deactivatePath: {
		Text: "path of the deactivation; the page leaves it blank",
		Ask:  "what is the path of the deactivation of 2FA? The page prints curl --location ''",
	},
	loginPath: {
		Text: "path of the log-in with a verification token; the page only says \"Log in\"",
		Ask:  "what is the path of the log-in with a verification_token, and does it take that member alone?",
	},
	sendPath: {
		Text: "path that sends a verification code; the page only says \"Send verification code to user\"",
		Ask:  "what is the path that sends a verification code, and which members does its body have?",
	},
	verifyPath: {
		Text: "path that verifies a code; the page prints its end, /utils/verification-code/verify", Default: "/v2/utils/verification-code/verify",
		Ask: "does /utils/verification-code/verify lie under /v2?",
	},
	typeActivation: {
		Text: "message type of codes for switching the factor on", Default: "TFA_ACTIVATION",
	},
	typeDeactivation: {
		Text: "message type of codes for switching the factor off", Default: "TFA_DEACTIVATION",
	},
	typeLogin: {
		Text: "message type of codes for the log-in; the page names those of the second factor only",
		Ask:  "which message types are there, and which one is for the log-in?",
	},
	typeMember: {
		Text: "member of the body that holds the message type; not public", Default: "type",
		Ask: "what are the members of sending and verifying a code called: the message type, the recipient, the code?",
	},
	recipientMember: {
		Text: "member of the body that holds the address or number a code goes to; not public", Default: "email",
		Ask: "what are the members of sending and verifying a code called: the message type, the recipient, the code?",
	},
	codeMember: {
		Text: "member of the body that holds the code to verify; not public", Default: "code",
		Ask: "what are the members of sending and verifying a code called: the message type, the recipient, the code?",
	},
	delivery: {
		Text: "where codes are delivered, email or sms: to the login or to the phone of an identity, in the file's inbox", Default: "email",
		Ask: "where are verification codes delivered, and how can a test read them?",
	},
	conform.Tolerance: {
		Text: "how many 30-second steps old an app's code may be, 0 or 1", Default: "1",
	},
}

// path is where a target has an operation; a setting decides where the page does
// not.
func path(t *target.Target, op *contract.Operation) string {
	name, open := map[string]string{
		"partnerLogin": partnerPath, "login": loginPath, "sendCode": sendPath, "verifyCode": verifyPath,
		"createSecret": createPath, "deactivate": deactivatePath,
	}[op.ID]
	if !open {
		return op.Path
	}
	return conform.Suite{Settings: settings}.Setting(t, name)
}

// api is the context with the operations that specs name.
type api struct {
	*conform.Context
	partnerLogin, login, sendCode, verifyCode, createSecret, activate, deactivate *contract.Operation

	// left are factors that a spec of this process could not switch off again.
	left map[string]*account
}

func newAPI(s *conform.Context) *api {
	op := s.Operation
	return &api{
		Context:      s,
		partnerLogin: op("partnerLogin"), login: op("login"), sendCode: op("sendCode"), verifyCode: op("verifyCode"),
		createSecret: op("createSecret"), activate: op("activate"), deactivate: op("deactivate"),
		left: map[string]*account{},
	}
}

// jwtPresent asks the log-in of a partner for a token of three parts.
func jwtPresent(ctx context.Context, s *conform.Context) bool {
	return isJWT(newAPI(s).signedIn(ctx).token)
}

// specs builds the tree, one file for each area.
func specs(s *conform.Context) {
	p := newAPI(s)
	secrets(p)
	activations(p)
	deactivations(p)
	credentials(p)
	userTokens(p)
	brokenBodies(p)
	verificationCodes(p)
	logIns(p)
	throttling(p)
}
