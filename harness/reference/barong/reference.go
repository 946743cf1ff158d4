package barong

import (
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// Reference is what the harness is told of this back end.
var Reference = kit.Reference{
	Exchange: "barong", Start: startReference, Faults: allFaults, Settings: settings,
	Deployments: []kit.Deployment{{Name: "guarded", Set: guardedSettings}},
}

// settings is what differs between deployments of Barong. The usual one is open:
// no captcha, phone codes that are always right.
var settings = []kit.Setting{
	{Name: "prefix", Text: "where the gateway serves the API; /api/v2 leaves no way round it", Values: prefixes},
	{Name: "sign-up", Text: "whether users may sign up", Values: []string{"open", "closed"}},
	{
		Name: "first-user", Text: "whether there is a user already: the first one becomes superadmin",
		Values: []string{"exists", "absent"},
	},
	{Name: "captcha", Text: "what sign-up, log-in, password reset and e-mail confirmation ask for", Values: captchas},
	{Name: "phones", Text: "whether phone codes are sent and checked", Values: phoneVerifications},
	{Name: "storage-titles", Text: "titles the data storage takes, separated by commas; empty: none"},
	{Name: "documents-expire", Text: "whether documents must say when they expire", Values: []string{"no", "yes"}},
	{Name: "kyc", Text: "who checks identities", Values: kycProviders},
	{Name: "auth0", Text: "whether sessions are opened with Auth0's tokens too", Values: []string{"on", "off"}},
	{Name: "session-cookie", Text: "name of the session's cookie; empty: _barong_session"},
	{Name: "uid-prefix", Text: "what the uids of users begin with; empty: ID"},
	{Name: "client-address", Text: "whether X-Forwarded-For of a loopback peer is believed", Values: []string{"on", "off"}},
}

// guardedSettings are a deployment that is open in nothing: it shows what the
// usual one cannot.
var guardedSettings = map[string]string{
	"captcha": Geetest, "phones": TwilioSMS, "storage-titles": "", "documents-expire": "yes", "kyc": LocalKYC, "auth0": "off",
}

// usualTitles are what the data storage takes where the setting says nothing.
const usualTitles = "company,settlement,document"

// poolOf lets any one of four processes, each of which owns a quarter, run every
// spec of a role. Where accounts are signed up, few are leased.
func poolOf(o kit.Options, c Config) map[string]int {
	pool := map[string]int{
		roleActive: 120, roleTOTP: 64, rolePending: 40, roleBanned: 24, roleDeleted: 24, roleLocked: 24, roleOwner: 80, rolePhone: 48,
	}
	if c.SignUpClosed || c.Captcha != "" && c.Captcha != NoCaptcha {
		pool[roleActive], pool[roleTOTP] = 960, 480
	}
	if o.Small {
		for role := range pool {
			pool[role] = max(12, pool[role]/8)
		}
	}
	return pool
}

func configOf(o kit.Options) Config {
	titles, set := o.Set["storage-titles"]
	if !set {
		titles = usualTitles
	}
	config := Config{
		Profile: o.Profile, Faults: o.Faults, HashIterations: o.HashIterations(), Prefix: o.Set["prefix"],
		SignUpClosed: o.Set["sign-up"] == "closed", NoFirstUser: o.Set["first-user"] == "absent",
		Captcha: o.Set["captcha"], Phones: o.Set["phones"], KYC: o.Set["kyc"],
		StorageTitles: strings.FieldsFunc(titles, func(r rune) bool { return r == ',' }),
		DocsExpire:    o.Set["documents-expire"] == "yes",
		SessionCookie: o.Set["session-cookie"], UIDPrefix: o.Set["uid-prefix"],
		Auth0: o.Set["auth0"] != "off", ClientAddress: o.Set["client-address"] != "off",
	}
	config.Pool = poolOf(o, config)
	return config
}

func startReference(o kit.Options) (*kit.Instance, error) {
	server, err := New(configOf(o))
	if err != nil {
		return nil, err
	}
	instance := server.Instance()
	instance.Features, instance.Settings = server.Features(), server.Settings()
	instance.SMSAddress = kit.TextMessages
	if server.config.Captcha != NoCaptcha {
		instance.Captcha = server.CaptchaResponse()
	}
	if o.Profile == Release31 {
		instance.PasswordLimit = kit.Limit{Attempts: limitRequests, Window: limitWindow}
	}
	return instance, nil
}

// surface is what the faults that every back end can have need to know.
var surface = kit.Surface{
	Credentials: list{"Cookie", "X-Csrf-Token", "Authorization", "X-Auth-Apikey", "X-Auth-Nonce", "X-Auth-Signature"},
	Companions:  list{"X-Forwarded-For", "User-Agent"},
	Digits:      true,
	Guarded:     list{"/resource/users", "/resource/otp", "/resource/labels", "/resource/phones"},
	Opaque:      true,
	Unguarded:   true,
	Inside:      list{"getCurrentUser", "generateQRCode", "listLabels", "listPhones", "changePassword"}, FirstSteps: list{"createSession"},
	Codings: list{"createSession", "verifyOTP"}, Passwords: list{"createSession"}, Sent: list{"verifyPhone"}, SentWrong: list{"code-wrong"},
	Proofs: list{"listLabels", "getCurrentUser", "createLabel", "listKeys"}, Unproven: list{"signature-wrong", "csrf-mismatch"},
	Mails: list{"requestPasswordReset", "requestEmailConfirmation"}, Limited: list{"createSession"}, Profiles: only31,
}

// allFaults are the faults of this back end's own and those of every one.
func allFaults() []kit.Fault { return slices.Concat(Faults(), oddFaults(), kit.CommonFaults(surface)) }
