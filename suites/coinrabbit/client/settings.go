package client

import (
	"strings"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
)

// Names of the settings of a target file; Settings says what each means.
const (
	PartnerKey       = "partner-key"
	PartnerPath      = "partner-login-path"
	CreatePath       = "create-secret-path"
	CreateKey        = "create-secret-api-key"
	DeactivatePath   = "deactivate-path"
	LoginPath        = "login-path"
	SendPath         = "send-code-path"
	VerifyPath       = "verify-code-path"
	TypeActivation   = "message-type-activation"
	TypeDeactivation = "message-type-deactivation"
	TypeLogin        = "message-type-login"
	TypeMember       = "message-type-member"
	RecipientMember  = "recipient-member"
	CodeMember       = "code-member"
	UserMember       = "user-member"
	TokenMember      = "user-token-member"
	Delivery         = "code-delivery"
	NewUser          = "new-user"
)

// User is the one role of an identity.
const User = "user"

// Roles says what a user has to be.
var Roles = map[string]string{
	User: "a user of the partner without a second factor; id is the external_id by which the partner names the user " +
		"(the login where left out), login the e-mail address and phone the number at which its codes arrive; no password is used",
}

// Needs names the settings without which an operation cannot be called.
var Needs = map[string][]string{
	"partnerLogin": {PartnerKey},
	"login":        {PartnerKey, SendPath, TypeLogin, LoginPath},
	"sendCode":     {PartnerKey, SendPath},
	"verifyCode":   {PartnerKey, SendPath},
	"createSecret": {PartnerKey},
	"activate":     {PartnerKey, SendPath},
	"deactivate":   {PartnerKey, SendPath, DeactivatePath},
}

// Settings are what a target file may set.
var Settings = map[string]target.Setting{
	PartnerKey: {
		Text: "the partner's x-api-key", Secret: true,
		Ask: "for an x-api-key of a test environment, and for its host: the page names no test environment",
	},
	PartnerPath: {
		Text:    "path of the log-in of partners; the page prints /auth/partners, every public client calls /auth/partner",
		Default: "/v2/auth/partner",
		Ask:     "is it /v2/auth/partner or /v2/auth/partners?",
	},
	CreatePath: {
		Text:    "path of the creation of a secret; the page prints that of the activation, from which it then differs by having no body",
		Default: "/v2/auth/2fa/activate",
		Ask:     "does the creation of a 2FA secret share the path of the activation, as printed, or has it a path of its own?",
	},
	CreateKey: {
		Text: "whether the creation of a secret wants x-api-key, yes or no; the page prints x-user-token alone", Default: "no",
		Values: []string{"yes", "no"},
		Ask:    "does the creation of a 2FA secret want x-api-key, as its two siblings do?",
	},
	DeactivatePath: {
		Text: "path of the deactivation; the page leaves it blank",
		Ask:  "what is the path of the deactivation of 2FA? The page prints curl --location ''",
	},
	LoginPath: {
		Text: "path of the log-in with a verification token; the page only says \"Log in\"",
		Ask:  "what is the path of the log-in with a verification_token, and does it take that member alone?",
	},
	SendPath: {
		Text: "path that sends a verification code; the page only says \"Send verification code to user\"",
		Ask:  "what is the path that sends a verification code, and which members does its body have?",
	},
	VerifyPath: {
		Text:    "path that verifies a code; the page prints its end, /utils/verification-code/verify",
		Default: "/v2/utils/verification-code/verify",
		Ask:     "does /utils/verification-code/verify lie under /v2?",
	},
	TypeActivation: {
		Text: "message type of codes for switching the factor on", Default: "TFA_ACTIVATION",
	},
	TypeDeactivation: {
		Text: "message type of codes for switching the factor off", Default: "TFA_DEACTIVATION",
	},
	TypeLogin: {
		Text: "message type of codes for the log-in; the page names those of the second factor only",
		Ask:  "which message types are there, and which one is for the log-in?",
	},
	TypeMember: {
		Text: "member of the body that holds the message type; not public", Default: "type",
		Ask: askMembers,
	},
	RecipientMember: {
		Text: "member of the body that holds the address or number a code goes to; not public", Default: "email",
		Ask: askMembers,
	},
	CodeMember: {
		Text: "member of the body that holds the code to verify; not public", Carries: true, Default: "code",
		Ask: askMembers,
	},
	UserMember: {
		Text: "member of the partner's log-in that names the user; public clients send external_id", Default: "external_id",
		Ask: "which members have the log-in of partners and its answer?",
	},
	TokenMember: {
		Text: "member of a log-in's response that holds the x-user-token", Carries: true, Default: "token",
		Ask: "which members have the log-in of partners and its answer?",
	},
	Delivery: {
		Text: "where codes are delivered, email or sms: to the login or to the phone of an identity, in the file's inbox", Default: "email",
		Values: []string{"email", "sms"},
		Ask:    "where are verification codes delivered, and how can a test read them?",
	},
	NewUser: {
		Text: "an e-mail address with {n} in it, such as qa+{n}@example.com: where the partner's log-in makes a user of each such external_id, " +
			"whose codes reach the inbox, a run makes as many users as it needs; the page has no call that removes them",
		Form: `[^\s{}]*\{n\}[^\s{}]*@[^\s{}]+`,
	},
	conform.Tolerance: {
		Text:   "how many 30-second steps old an app's code may be, 0 or 1; where this is not set, a run tries it first",
		Values: []string{"0", "1"},
	},
}

// Provide makes a user out of its name: the partner's log-in creates whom it does not
// know.
func Provide(t *target.Target, _, n string) (target.Identity, bool) {
	address := strings.ReplaceAll(t.Settings[NewUser], "{n}", n)
	return target.Identity{Login: address, ID: address}, address != "" && t.Settings[Delivery] != "sms"
}

const askMembers = "what are the members of sending and verifying a code called: the message type, the recipient, the code?"

// Path is where a target has an operation. Where the page leaves that open, a
// setting decides; "" means that the target file does not say.
func Path(t *target.Target, op *contract.Operation) string {
	name, open := map[string]string{
		"partnerLogin": PartnerPath, "login": LoginPath, "sendCode": SendPath, "verifyCode": VerifyPath,
		"createSecret": CreatePath, "deactivate": DeactivatePath,
	}[op.ID]
	if !open {
		return op.Path
	}
	return conform.Suite{Settings: Settings}.Setting(t, name)
}
