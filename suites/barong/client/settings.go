package client

import (
	"context"

	"authconform/harness/conform"
	"authconform/harness/contract"
	"authconform/harness/target"
	"authconform/harness/value"
)

// Names of settings.
const (
	prefix            = "prefix"
	mode              = "mode"
	appPrefix         = "app-prefix"
	authzPrefix       = "authz-prefix"
	directURL         = "direct-url"
	rulePrefix        = "rule-prefix"
	sessionCookie     = "session-cookie"
	csrfHeader        = "csrf-header"
	kidHeader         = "api-key-header"
	nonceHeader       = "nonce-header"
	signatureHeader   = "signature-header"
	uidPrefix         = "uid-prefix"
	servicePrefix     = "service-uid-prefix"
	Issuer            = "jwt-issuer"
	Audience          = "jwt-audience"
	phonePrefix       = "phone-prefix"
	Auth0Kid          = "auth0-kid"
	AddressHeader     = "client-address-header"
	signUpDomain      = "sign-up-domain"
	StorageTitles     = "data-storage-titles"
	RestrictedAddress = "restricted-addresses"
	WhitelinkTokens   = "whitelink-tokens"
	Auth0Key          = "auth0-key"
	JwtKey            = "jwt-key"
	documentedPrefix  = "/api/v2/auth"
	documentedRules   = "/api/v2/barong"
	gatewayMode       = "gateway"
	directMode        = "direct"
)

var Settings = map[string]target.Setting{
	prefix: {
		Text:    "path under which the gateway serves the documented operations: /api/v2/auth, /api/v2/barong or /api/v2",
		Default: documentedPrefix, Path: true,
	},
	mode: {
		Text: "gateway: a gateway asks Barong's AuthZ endpoint and adds the token; " +
			"direct: the harness asks it itself and forwards the Bearer token",
		Default: gatewayMode,
		Values:  []string{gatewayMode, directMode},
	},
	appPrefix: {
		Text: "path of Barong itself, behind the gateway, for mode direct and the clauses of feature direct", Default: "/api/v2", Path: true,
	},
	authzPrefix: {
		Text: "path of the AuthZ endpoint, for mode direct and the clauses of feature direct", Default: documentedPrefix, Path: true,
	},
	directURL: {
		Text: "URL of Barong itself where it is not served under url, for mode direct and the clauses of feature direct", URL: true,
	},
	rulePrefix: {
		Text:    "path by which the rules of the AuthZ endpoint name Barong's operations, whatever the gateway's prefix is",
		Default: documentedRules, Path: true,
	},
	sessionCookie:   {Text: "name of the session's cookie", Carries: true, Default: "_barong_session"},
	csrfHeader:      {Text: "header that carries the CSRF token", Carries: true, Default: "X-CSRF-Token"},
	kidHeader:       {Text: "header that names an API key", Carries: true, Default: "X-Auth-Apikey"},
	nonceHeader:     {Text: "header that carries the nonce of a signed request", Default: "X-Auth-Nonce"},
	signatureHeader: {Text: "header that carries the signature of a request", Carries: true, Default: "X-Auth-Signature"},
	uidPrefix:       {Text: "what the uids of users begin with", Default: "ID"},
	servicePrefix:   {Text: "what the uids of service accounts begin with", Default: "SI"},
	Issuer:          {Text: "issuer that tokens name (JWT_ISSUER)", Default: "barong"},
	Audience:        {Text: "audiences that tokens name (JWT_AUDIENCE), separated by commas", Default: "peatio,barong"},
	phonePrefix: {Text: "what made-up phone numbers begin with, where every code is right and no text is sent; six digits follow",
		Default: "+447501"},
	Auth0Kid: {Text: "kid that the Auth0 tenant's tokens name, for feature auth0; none: their header names no key"},
	AddressHeader: {
		Text: "header in which the deployment believes the address of a client, for feature client-address", Default: "X-Forwarded-For",
	},
	signUpDomain: {
		Text: "domain of the e-mail addresses that are signed up, whose mail reaches the inbox", Default: "conform.test",
	},
	StorageTitles: {
		Text: "titles that the data storage takes, separated by commas, for feature data-storage. " +
			"Reserved titles (document, label, profile, phone, user) are refused even where it lists them; name one of those too",
	},
	RestrictedAddress: {
		Text: "addresses with restrictions, for feature restrictions: ip=ADDRESS,subnet=ADDRESS,maintenance=ADDRESS,login=ADDRESS. " +
			"An administrator makes them before the run: making a blocklogin restriction ends every session",
	},
	WhitelinkTokens: {
		Text: "whitelink tokens that an administrator made, separated by commas, for feature whitelink; a run uses five", Secret: true,
	},
	Auth0Key: {
		Text: "Base64 of the PKCS#8 private key with which the Auth0 tenant signs, for feature auth0", Secret: true,
	},
	JwtKey: {
		Text: "Base64 of the PKCS#8 private key with which Barong signs its tokens, for feature jwt-key", Secret: true,
	},
	conform.Tolerance: {
		Text: "how many 30-second steps old a code may be, 0 or 1", Default: "1", Values: []string{"0", "1"},
	},
}

// Names of features.
const (
	SignUp           = "sign-up"
	Captcha          = "captcha"
	Geetest          = "geetest"
	MockPhones       = "mock-phones"
	RealPhones       = "real-phones"
	DataStorage      = "data-storage"
	WithExpiry       = "documents-with-expiry"
	WithoutExpiry    = "documents-without-expiry"
	Kycaid           = "kycaid"
	KycLocal         = "kyc-local"
	Auth0            = "auth0"
	Auth0Off         = "auth0-off"
	Whitelink        = "whitelink"
	Restrictions     = "restrictions"
	ClientAddress    = "client-address"
	Direct           = "direct"
	KnownKey         = "jwt-key"
	captchaNone      = "none"
	captchaGeetest   = "geetest"
	phonesMock       = "mock"
	memberCaptcha    = "captcha_type"
	memberPhonesType = "phone_verification_type"
)

var Features = map[string]conform.Feature{
	SignUp: {Text: "users may sign up, and the confirmation mail reaches the inbox", Present: present((*Client).signsUp)},
	Captcha: {Text: "sign-up, log-in, password reset and e-mail confirmation want a solved captcha",
		Present: configured(memberCaptcha, func(v string) bool { return v != captchaNone })},
	Geetest: {Text: "the captcha is Geetest's, whose answer has three members",
		Present: configured(memberCaptcha, func(v string) bool { return v == captchaGeetest })},
	MockPhones: {Text: "every phone code is right", Present: configured(memberPhonesType, func(v string) bool { return v == phonesMock })},
	RealPhones: {Text: "phone codes are sent and checked",
		Present: configured(memberPhonesType, func(v string) bool { return v != phonesMock })},
	DataStorage:   {Text: "the data storage takes the titles of setting data-storage-titles", Present: never},
	WithExpiry:    {Text: "documents need a date of expiry, and addresses cannot succeed", Present: present((*Client).wantsExpiry)},
	WithoutExpiry: {Text: "documents need no date of expiry", Present: present((*Client).needsNoExpiry)},
	Kycaid:        {Text: "KYCAID is the provider of KYC, and its callback is taken", Present: present((*Client).takesKYC)},
	KycLocal:      {Text: "KYC is done by hand, and the callback is refused", Present: present((*Client).refusesKYC)},
	Auth0:         {Text: "sessions are opened with Auth0's tokens too", Present: present((*Client).hasAuth0)},
	Auth0Off:      {Text: "no session is opened with Auth0's tokens", Present: present((*Client).lacksAuth0)},
	Whitelink:     {Text: "whitelink tokens of setting whitelink-tokens let an address in", Present: never},
	Restrictions:  {Text: "the addresses of setting restricted-addresses are restricted", Present: never},
	ClientAddress: {Text: "the header of setting client-address-header is believed", Present: never},
	Direct: {Text: "the AuthZ endpoint and Barong itself can be reached beside the gateway",
		Present: present((*Client).answersDirectly)},
	KnownKey: {Text: "setting jwt-key is the key that signs tokens", Present: never},
}

// never is the Present of what only a setting could show.
func never(context.Context, *conform.Context) bool { return false }

// configured asks the deployment's own configuration.
func configured(member string, is func(string) bool) func(context.Context, *conform.Context) bool {
	return present(func(p *Client, ctx context.Context) bool {
		v := value.Text(value.Of(p.Configs(ctx)), member)
		return v != "" && is(v)
	})
}

func (p *Client) hasAuth0(ctx context.Context) bool {
	call := p.Do(ctx, p.Visitor(), p.GetAuth0Configs, conform.Request{})
	return value.Text(value.Of(call), "auth0_domain") != ""
}

func (p *Client) lacksAuth0(ctx context.Context) bool {
	call := p.Do(ctx, p.Visitor(), p.GetAuth0Configs, conform.Request{})
	return p.Is(call, p.GetAuth0Configs, contract.OK) && value.Text(value.Of(call), "auth0_domain") == ""
}

// answersDirectly asks the AuthZ endpoint about a path that needs no session, which
// it lets pass with an empty answer, and Barong itself for a user without a token: a
// gateway under the same path would refuse that for want of a session.
func (p *Client) answersDirectly(ctx context.Context) bool {
	passed := p.Do(ctx, p.Visitor(), p.AuthorizePublic, conform.Request{})
	refused := p.Do(ctx, p.Visitor(), p.GetCurrentUser, conform.Request{Template: NewRoads(p.Target()).AppPath(p.GetCurrentUser)})
	return p.Is(passed, p.AuthorizePublic, contract.OK) && p.Exactly(refused, p.GetCurrentUser, TokenRefused)
}
