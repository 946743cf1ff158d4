package client

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
)

// Roles of accounts in a target file.
const (
	User       = "user"
	TOTP       = "totp"
	Unenrolled = "unenrolled"
	Locked     = "locked"
	Lockable   = "lockable"
)

// Roles explains the roles.
func Roles() map[string]string {
	return map[string]string{
		User:       "a user without a second factor, with an API key; id is the UserId",
		TOTP:       "a user whose authenticator app is enrolled; totp-secret is its secret",
		Unenrolled: "a user whose app is set up but not activated; totp-secret is its secret. A spec that activates it uses it up",
		Locked:     "a user who is locked, with the right password and API key",
		Lockable:   "a user as in role user whom the suite may lock, for good: no documented call unlocks an account",
	}
}

// Names of the settings that specs read.
const (
	GatewaySetting = "gateway"
	SessionHeader  = "session-header"
	PendingHeader  = "pending-header"
	KeyHeader      = "key-header"

	LoginSetting     = "log-in"
	SignatureSetting = "signature"
	CodeMethod       = "code-method"
	Prefix           = "prefix"

	lockSetting    = "lock-after"
	payloadSetting = "required-payload"
)

// Settings are what a target of either surface may set; paths maps each operation
// to its path behind the prefix. gateway is the default of the setting.
func Settings(gateway, prefix string, paths map[string]string) map[string]target.Setting {
	settings := map[string]target.Setting{
		KeyHeader: {Text: "header that carries the API key where gateway is api-key", Carries: true, Default: "APIKey"},
		LoginSetting: {
			Text: "what log-ins carry: signature, password, or both where an account may use either", Default: "both",
			Values: []string{"both", "signature", "password"},
		},
		SignatureSetting: {
			Text: "how log-ins are signed: HMAC-SHA256, HMAC-SHA384 or HMAC-SHA512 of what, in hex or base64", Default: platformSignature,
			Form: signatureForm.String(),
			Ask:  "How is a Signature made?",
		},
		CodeMethod: {
			Text: "POST where Authenticate2FA takes the code as document 000 prints it, GET where it takes ?Code= as public clients of " +
				"AlphaPoint's venues send it (alphapoint#8.9)", Default: "POST", Values: []string{"POST", "GET"},
		},
		conform.LimitStatus: {
			Text: "status of an answer beyond a limit; it may be that of a wrong attempt, as what becomes of the right one shows whether " +
				"the limit holds", Default: "429", Form: "4[0-9][0-9]",
			Ask: "With which status is an attempt beyond a limit answered?",
		},
		Prefix: {Text: "what all paths begin with; its case matters", Default: prefix, Path: true},
		conform.Tolerance: {Text: "how many 30-second steps old an app's code may be, 0 or 1; where this is not set, a run tries it first",
			Values: []string{"0", "1"}},
		GatewaySetting: {
			Text:    "what every call carries: api-key (header APIKey), bearer (the identity's token) or none",
			Default: gateway, Values: []string{"api-key", "bearer", "none"},
			Ask: "Which credential does every call carry beside its session, and who issues it?",
		},
		SessionHeader: {
			Text: "header that carries a session token", Carries: true, Default: "APToken",
			Ask: "Which header carries a session token, and does AuthenticateUser return one?",
		},
		PendingHeader: {
			Text: "header that carries the token of a log-in whose second factor is pending", Carries: true, Default: "Pending2FaToken",
			Ask: "How is the second step of a log-in tied to its first?",
		},
		lockSetting: {
			Text: "how many wrong log-ins in a row lock an account until an administrator unlocks it, or never", Form: "never|[1-9][0-9]*",
			Ask: "How many wrong log-ins in a row lock an account? The documents say that it happens and not when.",
		},
	}
	for id, path := range paths {
		settings[pathSetting(id)] = target.Setting{
			Text: "path of " + id + ", behind the prefix", Default: path, Path: true,
			Ask: "Which paths have the calls that the documents only name?",
		}
	}
	return settings
}

// RequiredPayload is the setting of a surface that has calls which need a code.
func RequiredPayload() (string, target.Setting) {
	return payloadSetting, target.Setting{
		Text: "JSON object that the calls of GetValidate2FARequiredEndpoints are sent: " +
			"one that the first of them takes, and that moves nothing",
		Default: "{}",
		Ask:     "Which request to the calls that need a code succeeds and has no effect?",
	}
}

func pathSetting(id string) string { return "path-" + clause.Slug(id) }

// Pathed is a suite's Path: an operation's path is a setting, and the prefix goes
// before it.
func Pathed(settings map[string]target.Setting) func(*target.Target, *contract.Operation) string {
	return func(t *target.Target, op *contract.Operation) string {
		of := conform.Suite{Settings: settings}.Setting
		prefix, path := of(t, Prefix), of(t, pathSetting(op.ID))
		if strings.HasPrefix(path, prefix+"/") {
			return path
		}
		return prefix + path
	}
}

// payload is the setting required-payload; one that is not a JSON object is an
// ERROR.
func (c *Client) payload() conform.Object {
	ginkgo.GinkgoHelper()
	members := conform.Object{}
	if err := json.Unmarshal([]byte(c.Setting(payloadSetting)), &members); err != nil || members == nil {
		c.Error("settings.%s is no JSON object", payloadSetting)
	}
	return members
}

// LockAfter is how many wrong log-ins in a row lock an account. A target that does
// not say so makes the clause UNTESTABLE.
func (c *Client) LockAfter() int {
	ginkgo.GinkgoHelper()
	n, err := strconv.Atoi(c.Known(lockSetting))
	if err != nil || n < 2 {
		c.Error("settings.%s is %q: write a whole number from 2", lockSetting, c.Setting(lockSetting))
	}
	return n
}

// RequireLocks ends the spec where wrong log-ins never lock an account and the target
// file gives none of the role that is locked.
func (c *Client) RequireLocks(role string) {
	ginkgo.GinkgoHelper()
	given := slices.ContainsFunc(c.Target().Identities, func(i target.Identity) bool { return slices.Contains(i.Roles, role) })
	if c.Setting(lockSetting) == "never" && !given {
		c.Inapplicable("settings.%s says that no account is locked", lockSetting)
	}
}

// PerAccount is how many wrong attempts one account may make before its limit
// could be what rejects them.
const PerAccount = 4

// WrongInARow is how many wrong log-ins a spec that wants no lock may send to one
// account between two right ones.
func (c *Client) WrongInARow() int {
	if n, err := strconv.Atoi(c.Setting(lockSetting)); err == nil && n > 1 {
		return min(PerAccount, n-1)
	}
	return PerAccount
}

// RequireGateway makes the clause UNTESTABLE on a target whose calls carry no
// credential beside their session.
func (c *Client) RequireGateway() {
	ginkgo.GinkgoHelper()
	if c.Setting(GatewaySetting) == "none" {
		c.Untestable("settings.gateway is none: calls carry no credential beside their session")
	}
}

// DeclaredLimit is a limit of the target file, by its name there; one that is not
// declared makes the clause UNTESTABLE.
func (c *Client) DeclaredLimit(limit *target.Limit, name string) target.Limit {
	ginkgo.GinkgoHelper()
	if limit == nil || limit.Attempts == 0 {
		c.Untestable("the target file declares no limits.%s, and KIIEX documents none", name)
	}
	return *limit
}
