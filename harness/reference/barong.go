package reference

import (
	"cmp"
	"strings"

	"authconform/harness/reference/barong"
	"authconform/harness/reference/kit"
)

// barongSettings is what differs between deployments of Barong. The usual one is
// open: no captcha, phone codes that are always right.
var barongSettings = []Setting{
	{"prefix", "where the gateway serves the API; /api/v2 leaves no way round it", []string{"/api/v2/auth", "/api/v2/barong", "/api/v2"}},
	{"sign-up", "whether users may sign up", []string{"open", "closed"}},
	{"first-user", "whether there is a user already: the first one becomes superadmin", []string{"exists", "absent"}},
	{"captcha", "what sign-up, log-in, password reset and e-mail confirmation ask for", []string{barong.NoCaptcha, barong.Recaptcha, barong.Geetest}},
	{"phones", "whether phone codes are sent and checked", []string{barong.MockPhones, barong.TwilioSMS}},
	{"storage-titles", "titles the data storage takes, separated by commas; empty: none", nil},
	{"documents-expire", "whether documents must say when they expire", []string{"no", "yes"}},
	{"kyc", "who checks identities", []string{barong.KYCAid, barong.LocalKYC}},
	{"auth0", "whether sessions are opened with Auth0's tokens too", []string{"on", "off"}},
	{"client-address", "whether X-Forwarded-For of a loopback peer is believed", []string{"on", "off"}},
}

// guarded is a deployment that is open in nothing: it shows what the usual one
// cannot.
var guarded = map[string]string{
	"captcha": barong.Recaptcha, "phones": barong.TwilioSMS, "storage-titles": "", "documents-expire": "yes", "kyc": barong.LocalKYC, "auth0": "off",
}

// barongPool lets any one of four processes, each of which owns a quarter, run
// every spec of a role. Where accounts are signed up, few are leased.
func barongPool(o Options, c barong.Config) map[string]int {
	pool := map[string]int{"active": 120, "totp": 64, "pending": 40, "banned": 24, "deleted": 24, "locked": 24, "sa-owner": 80, "phone": 48}
	if c.SignUpClosed || c.Captcha != "" && c.Captcha != barong.NoCaptcha {
		pool["active"], pool["totp"] = 960, 480
	}
	if o.Small {
		for role := range pool {
			pool[role] = max(12, pool[role]/8)
		}
	}
	return pool
}

func startBarong(o Options) (*Instance, error) {
	titles, set := o.Set["storage-titles"]
	if !set {
		titles = "company,settlement,document"
	}
	config := barong.Config{
		Profile: o.Profile, Faults: o.Faults, Prefix: o.Set["prefix"],
		SignUpClosed: o.Set["sign-up"] == "closed", NoFirstUser: o.Set["first-user"] == "absent",
		Captcha: o.Set["captcha"], Phones: o.Set["phones"], KYC: o.Set["kyc"],
		StorageTitles: strings.FieldsFunc(titles, func(r rune) bool { return r == ',' }),
		DocsExpire:    o.Set["documents-expire"] == "yes",
		Auth0:         o.Set["auth0"] != "off", ClientAddress: o.Set["client-address"] != "off",
	}
	config.Pool = barongPool(o, config)
	if o.Cheap {
		config.HashIterations = 1
	}
	server, err := barong.New(config)
	if err != nil {
		return nil, err
	}
	captcha := ""
	if cmp.Or(o.Set["captcha"], barong.NoCaptcha) != barong.NoCaptcha {
		captcha = server.CaptchaResponse()
	}
	instance := &Instance{
		Handler: server, Identities: server.Identities(), Captcha: captcha,
		Features: server.Features(), Settings: server.Settings(),
		MailpitPath: kit.ControlPrefix + "mailpit", SMSAddress: "{phone}@sms.invalid",
		AdvancePath: kit.ControlPrefix + "clock/advance",
	}
	if o.Profile == barong.Release31 {
		instance.PasswordLimit = barongLimit
	}
	return instance, nil
}
