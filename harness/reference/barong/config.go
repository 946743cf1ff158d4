package barong

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"authconform/harness/reference/kit"
)

// Profiles.
const (
	Release26  = "2.6"        // release 2.6.49 as it serves (default)
	Documented = "documented" // the published description of the API
	Release31  = "3.1"        // with limiter, Secure cookie and phone limits
)

// Kinds of captcha and of phone verification.
const (
	NoCaptcha   = "none"
	Recaptcha   = "recaptcha"
	Geetest     = "geetest"
	MockPhones  = "mock"       // every verification code is right
	TwilioSMS   = "twilio_sms" // codes are sent as text messages
	KYCAid      = "kycaid"
	LocalKYC    = "local"
	defaultPath = "/api/v2/auth"
)

// What a deployment can choose among; the first is the default.
var (
	prefixes           = []string{defaultPath, "/api/v2/barong", "/api/v2"}
	captchas           = []string{NoCaptcha, Recaptcha, Geetest}
	phoneVerifications = []string{MockPhones, TwilioSMS}
	kycProviders       = []string{KYCAid, LocalKYC}
)

// Config says how the deployment is set up. The zero value is release 2.6 on the
// system clock as it comes out of the box, with nothing optional switched on.
type Config struct {
	Profile string     // Release26 (default), Documented or Release31
	Clock   *kit.Clock // nil: the system clock
	// Pool is the number of accounts per role; nil is a pool for a whole run. A
	// role that is left out has none.
	Pool   map[string]int
	Faults []string // ids of Faults() to switch on

	// Prefix is where the gateway shows the API: /api/v2/auth (default),
	// /api/v2/barong or /api/v2. With /api/v2 there is no way round the gateway.
	Prefix        string
	SignUpClosed  bool     // POST identity/users is no route
	NoFirstUser   bool     // the first sign-up becomes the superadmin
	Captcha       string   // NoCaptcha (default), Recaptcha or Geetest
	Phones        string   // MockPhones (default) or TwilioSMS
	StorageTitles []string // titles data storage takes; none: it refuses all
	DocsExpire    bool     // documents need a date of expiry
	KYC           string   // KYCAid (default) or LocalKYC
	Auth0         bool     // log-in by Auth0 is set up
	ClientAddress bool     // X-Forwarded-For of a loopback peer is believed
	SessionCookie string   // name of the session's cookie; _barong_session by default
	UIDPrefix     string   // of users' uids; ID by default

	// HashIterations is the PBKDF2 work of a password; 0 is 1000.
	HashIterations int
}

func (c *Config) complete() error {
	c.SessionCookie, c.UIDPrefix = orElse(c.SessionCookie, "_barong_session"), orElse(c.UIDPrefix, "ID")
	for _, field := range []struct {
		name  string
		value *string
		known []string // the first is the default
	}{
		{"profile", &c.Profile, []string{Release26, Documented, Release31}},
		{"prefix", &c.Prefix, prefixes},
		{"captcha", &c.Captcha, captchas},
		{"phone verification", &c.Phones, phoneVerifications},
		{"KYC provider", &c.KYC, kycProviders},
	} {
		if *field.value == "" {
			*field.value = field.known[0]
		}
		if !slices.Contains(field.known, *field.value) {
			return fmt.Errorf("unknown %s %q; want one of %s", field.name, *field.value, strings.Join(field.known, ", "))
		}
	}
	return nil
}

// Features is what a target file declares of this deployment.
func (s *Server) Features() map[string]bool {
	c := s.config
	return map[string]bool{
		"sign-up":                  !c.SignUpClosed,
		"captcha":                  c.Captcha != NoCaptcha,
		"geetest":                  c.Captcha == Geetest,
		"real-phones":              c.Phones != MockPhones,
		"mock-phones":              c.Phones == MockPhones,
		"data-storage":             len(c.StorageTitles) > 0,
		"documents-with-expiry":    c.DocsExpire,
		"documents-without-expiry": !c.DocsExpire,
		"kycaid":                   c.KYC == KYCAid,
		"kyc-local":                c.KYC == LocalKYC,
		"auth0":                    c.Auth0,
		"auth0-off":                !c.Auth0,
		"whitelink":                true,
		"restrictions":             c.ClientAddress,
		"client-address":           c.ClientAddress,
		"direct":                   c.Prefix != "/api/v2",
		"jwt-key":                  true,
	}
}

// Settings is what a target file says of this deployment; some values are
// secrets.
func (s *Server) Settings() map[string]string {
	settings := map[string]string{
		"prefix": s.config.Prefix, "mode": "gateway",
		"app-prefix": "/api/v2", "authz-prefix": "/api/v2/auth",
		"session-cookie": s.config.SessionCookie, "uid-prefix": s.config.UIDPrefix,
		"sign-up-domain":   signUpDomain,
		"whitelink-tokens": strings.Join(s.whitelinkTokens, ","),
		"jwt-key":          base64.StdEncoding.EncodeToString(pkcs8(processKey())),
	}
	if len(s.config.StorageTitles) > 0 {
		settings["data-storage-titles"] = strings.Join(s.config.StorageTitles, ",")
	}
	if s.config.ClientAddress {
		settings["client-address-header"] = "X-Forwarded-For"
		settings["restricted-addresses"] = restrictedAddresses
	}
	if s.config.Auth0 {
		settings["auth0-key"] = base64.StdEncoding.EncodeToString(pkcs8(auth0Key()))
	}
	return settings
}
