// Package alphapoint holds what KIIEX's two surfaces share, because both run on
// AlphaPoint: the signature, the standard response with its table of codes, the
// ways a call is authenticated, and the promises that both make in the same words.
package alphapoint

import (
	"context"
	"net/http"
	"slices"

	"authconform/harness/clause"
	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
	"authconform/suites/family"
)

// Profiles of both contracts.
const (
	documented = "documented"
	platform   = "alphapoint"
)

// Roles of identities in a target file.
const (
	user       = "user"
	totp       = "totp"
	unenrolled = "unenrolled"
	locked     = "locked"
	lockable   = "lockable"
)

// Outcomes that only these exchanges have.
const (
	complete        = contract.Outcome("complete")
	incomplete      = contract.Outcome("incomplete")
	accountLocked   = contract.Outcome("account-locked")
	notPending      = contract.Outcome("not-pending")
	deviceCodeWrong = contract.Outcome("device-code-wrong")
	codeRequired    = contract.Outcome("code-required")
	challenged      = contract.Outcome("challenged")
)

// Roles explains the roles.
func Roles() map[string]string {
	return map[string]string{
		user:       "a user without a second factor, with an API key; id is the UserId",
		totp:       "a user whose authenticator app is enrolled; totp-secret is its secret",
		unenrolled: "a user whose app is set up but not activated; totp-secret is its secret. A spec that activates it uses it up",
		locked:     "a user who is locked, with the right password and API key",
		lockable:   "a user as in role user whom the suite may lock, for good: no documented call unlocks an account",
	}
}

// Settings are what a target of either surface may set; paths maps each operation
// that is known by name only to its path. gateway is the default of the setting.
func Settings(gateway string, paths map[string]string) map[string]target.Setting {
	settings := map[string]target.Setting{
		conform.Tolerance: {Text: "how many 30-second steps old an app's code may be, 0 or 1; 1 unless set"},
		gatewaySetting: {Text: "what every call carries: api-key (header APIKey), bearer (the identity's token) or none", Default: gateway,
			Ask: "Which credential does every call carry beside its session, and who issues it?"},
		sessionSetting: {Text: "header that carries a session token", Default: "APToken",
			Ask: "Which header carries a session token, and does AuthenticateUser return one?"},
		pendingSetting: {Text: "header that carries the token of a log-in whose second factor is pending", Default: "Pending2FaToken",
			Ask: "How is the second step of a log-in tied to its first?"},
		lockSetting: {Text: "how many wrong log-ins in a row lock an account until an administrator unlocks it",
			Ask: "How many wrong log-ins in a row lock an account? The documents say that it happens and not when."},
	}
	for id, path := range paths {
		settings[pathSetting(id)] = target.Setting{
			Text: "path of " + id + ", which the documents only name", Default: path,
			Ask: "Which paths have the calls that the documents only name?",
		}
	}
	return settings
}

const (
	gatewaySetting = "gateway"
	sessionSetting = "session-header"
	pendingSetting = "pending-header"
	lockSetting    = "lock-after"
	payloadSetting = "required-payload"
)

// RequiredPayload is the setting of a surface that has calls which need a code.
func RequiredPayload() (string, target.Setting) {
	return payloadSetting, target.Setting{
		Text: "JSON object that the calls of GetValidate2FARequiredEndpoints are sent: one that the first of them takes, and that moves nothing", Default: "{}",
		Ask: "Which request to the calls that need a code succeeds and has no effect?",
	}
}

func pathSetting(id string) string { return "path-" + clause.Slug(id) }

// Path says where an operation lives: the documents' path, or for one that they
// only name that of the target file.
func Path(t *target.Target, op *contract.Operation) string {
	if path := t.Settings[pathSetting(op.ID)]; path != "" && op.NamedOnly {
		return path
	}
	return op.Path
}

// SignedHeaders is the feature of calls that carry a signature in place of a
// session.
func SignedHeaders() conform.Feature {
	return conform.Feature{
		Text: "calls may carry Nonce, APIKey, Signature and UserId as headers in place of a session",
		Present: func(ctx context.Context, s *conform.Context) bool {
			v := newVenue(s)
			who := v.lease(user)
			return v.Is(v.Do(ctx, v.signedActor(who), v.devices, v.ownDevices(who)), v.devices, contract.OK)
		},
	}
}

// Basic is the feature of a log-in by Basic authentication.
func Basic() conform.Feature {
	return conform.Feature{
		Text: "Authenticate takes user name and password as Basic authentication",
		Present: func(ctx context.Context, s *conform.Context) bool {
			v := newVenue(s)
			call := v.Do(ctx, v.basicActor(v.lease(user)), v.basic, conform.Request{})
			return call.Status == http.StatusOK && leak(call) != ""
		},
	}
}

// Venue is the context with the operations that specs name. Those that a surface
// lacks are nil.
type Venue struct {
	*conform.Context

	login, second, logOut, devices, ping                    *contract.Operation
	activate, validate, required, guarded, register, config *contract.Operation // legacy
	basic                                                   *contract.Operation // /ap
}

func newVenue(s *conform.Context) *Venue {
	op := func(id string) *contract.Operation {
		all := s.Operations()
		if i := slices.IndexFunc(all, func(o *contract.Operation) bool { return o.ID == id }); i >= 0 {
			return all[i]
		}
		return nil
	}
	return &Venue{
		Context: s, login: op("AuthenticateUser"), second: op("Authenticate2fa"), logOut: op("LogOut"),
		devices: op("GetUserDevices"), ping: op("Ping"), activate: op("Activate2fa"), validate: op("Validate2fa"),
		required: op("GetValidate2faRequiredEndpoints"), guarded: op("RequiredEndpoint"), register: op("RegisterNewDevice"),
		config: op("GetUserConfig"), basic: op("Authenticate"),
	}
}

// promise states a clause as strongly as the sources of its answers allow: 401 on
// a page of KIIEX is a MUST, 403 and 429 never are.
func (v *Venue) promise(slug string, op *contract.Operation, outcome contract.Outcome, options ...clause.Option) clause.Clause {
	c := clause.Must(v.Exchange()+"."+slug, op, outcome, options...)
	if c.Provenance != "" {
		if !c.Provenance.SupportsMust() {
			c.Level = clause.SHOULD
		}
		return c
	}
	for _, answer := range op.Answers(outcome) {
		applies := func(profile string) bool { return len(c.Only) == 0 || slices.Contains(c.Only, profile) }
		if slices.ContainsFunc(answer.Profiles, applies) && !answer.Provenance.SupportsMust() {
			c.Level = clause.SHOULD
		}
	}
	return c
}

// Specs builds the tree of either surface.
func Specs(s *conform.Context) {
	v := newVenue(s)
	subjects := v.subjects()
	family.Credentials(s, v.scheme(), v.sessionSubjects())
	family.Bodies(s, subjects)
	family.Methods(s, append(subjects, v.open()...))

	v.signatures()
	v.passwords()
	v.locking()
	v.gateways()
	v.secondFactor()
	v.hostileCodes()
	v.sessions()
	v.deviceLists()
	v.failOpen()
	v.publicCalls()
	v.throttling()
	if v.basic != nil {
		v.basicLogin()
	}
	if v.validate != nil {
		v.activation()
		v.validation()
		v.wrappers()
		v.failOpenElsewhere()
		v.newDevices()
	}
}
