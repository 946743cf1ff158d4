package onlyoffice

// Profiles.
const (
	Documented = "documented"
	Released   = "3.7"
)

// policy is every decision on which the profiles differ. Sections are those of
// the fact file.
type policy struct {
	released bool // error bodies of 4.2 and 4.3 instead of ErrorApiResponse

	// Log-in and limits (1.1, 3.1, 3.2, 3.3).
	emptyCredentials     refusal
	linkKeyNull          refusal
	disabledAccount      refusal
	loginThrottled       refusal
	codeUnavailable      refusal // A3 for a user without a second factor
	codeThrottledLogin   refusal // A3
	codeThrottledLink    refusal // T4
	captchaSkipsLimit    bool
	limitsPasswordMail   bool
	addressFromQuery     bool // request-x-real-ip names the client (3.5)
	numbersAsText        bool // "5" is read as 5 (1.0)
	captchaTypeNames     bool // recaptchaType may be a name (6.B8)
	absentBodyIsEmpty    bool // no body and no Content-Type counts as {}
	requestCountsInReply bool // X-RateLimit-* on 200 (1.0)
	uncached             bool // Cache-Control: no-store (OWASP ASVS 5.0.0 14.3.2)

	// Codes (2.1).
	window          int  // steps accepted on each side of now
	codesOnce       bool // a code counts once (RFC 6238 section 5.2)
	trimsCodes      bool
	secretLength    int // bytes; 0: the released ten ASCII characters
	wrongCodeLink   refusal
	blankCodeLink   refusal
	verifiedAnswer  bool // T4 for a code that did not enrol
	switchedOff     bool // T2 answer to None (6.B14)
	twoLogins       bool // A3 by an enrolled user logs in twice (6.B17)
	tfaUnavailable  refusal
	linkForNoFactor *refusal // T3 when the caller ends up without a factor
	linkSignedIn    bool     // a TfaAuth link still counts for a signed-in caller

	// Text messages (2.2).
	phoneRefused   refusal
	smsNotOn       refusal
	smsTooMany     refusal
	longPhoneFails bool // the masking defect on ten and more digits

	// unknownUserID refuses an administrator who asks for an e-mail change of a
	// user that there is not (documented as 404).
	unknownUserID refusal

	// Sessions (5, 1.4, 1.5).
	headerIsThis   bool // header tokens are "this" connection and can log out
	pendingExpires bool // expires is present while no token is issued
}

func policyOf(profile string) (policy, bool) {
	switch profile {
	case Documented:
		return documentedPolicy(), true
	case Released:
		return releasedPolicy(), true
	}
	return policy{}, false
}

func documentedPolicy() policy {
	return policy{
		emptyCredentials:     argument("userName, password or passwordHash is empty"),
		linkKeyNull:          argument("confirmData.key is empty"),
		disabledAccount:      badCredentials(), // ASVS 6.3.8: tell accounts apart by nothing
		loginThrottled:       refusal{status: 429, message: "Too many login attempts. Please try again later"},
		codeUnavailable:      refusal{status: 403, message: "Auth code is not available"},
		codeThrottledLogin:   refusal{status: 429, message: "Too many attempts. Please try again later"},
		codeThrottledLink:    refusal{status: 429, message: "Too many attempts. Please try again later"},
		limitsPasswordMail:   true,
		captchaTypeNames:     true,
		absentBodyIsEmpty:    true,
		requestCountsInReply: true,
		uncached:             true,
		unknownUserID:        notFound(),

		window:         1, // RFC 6238 section 5.2 recommends at most one step
		codesOnce:      true,
		secretLength:   20, // RFC 4226 section 4, R6
		wrongCodeLink:  refusal{status: 401, message: "Incorrect code"},
		blankCodeLink:  argument("code is empty"),
		verifiedAnswer: true,
		switchedOff:    true,
		tfaUnavailable: refusal{status: 405, message: "TFA app is not available"},
		linkSignedIn:   true,

		phoneRefused: argument("Mobile phone is empty or already activated"),
		smsNotOn:     refusal{status: 403, message: "SMS authentication is not available"},
		smsTooMany:   refusal{status: 429, message: "Too many text messages. Please try again later"},

		headerIsThis: true,
	}
}

func releasedPolicy() policy {
	noLink := failure("System.NullReferenceException", "Object reference not set to an instance of an object.")
	return policy{
		unknownUserID: accessDenied(),
		released:      true,

		emptyCredentials:   badCredentials(),
		linkKeyNull:        badCredentials(),
		disabledAccount:    refusal{status: 403, message: "User disabled", exception: "System.InvalidOperationException"},
		loginThrottled:     refusal{status: 403, message: "Too many login attempts. Please try again later"},
		codeUnavailable:    badCredentials(),
		codeThrottledLogin: badCredentials(),
		codeThrottledLink:  refusal{status: 403, message: "Too many text messages. Please try again later"},
		captchaSkipsLimit:  true,
		addressFromQuery:   true,
		numbersAsText:      true,

		window:          10,
		trimsCodes:      true,
		wrongCodeLink:   argument("Incorrect code"),
		blankCodeLink:   failure("System.Exception", "Code is empty"),
		twoLogins:       true,
		tfaUnavailable:  accessDenied(),
		linkForNoFactor: &noLink,

		phoneRefused:   failure("System.Exception", "Mobile phone is empty or already activated"),
		smsNotOn:       failure("System.MethodAccessException", "Attempt to access the method failed."),
		smsTooMany:     failure("System.Exception", "Too many text messages. Please try again later"),
		longPhoneFails: true,

		pendingExpires: true,
	}
}
