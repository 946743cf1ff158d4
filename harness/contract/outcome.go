package contract

import (
	"regexp"
	"slices"
)

// Outcome is what a request should lead to, whatever status an exchange
// expresses it with. A contract may use any kebab-case name beside these.
type Outcome string

const (
	OK        Outcome = "ok"
	Anonymous Outcome = "anonymous" // accepted, and told apart from a session

	Malformed        Outcome = "malformed"    // the body is not of its media type's syntax
	Invalid          Outcome = "invalid"      // well-formed, but a value is missing or out of range
	InvalidType      Outcome = "invalid-type" // a member of the wrong JSON type
	MediaTypeRefused Outcome = "media-type-refused"
	MethodRefused    Outcome = "method-refused"
	NotFound         Outcome = "not-found"
	Unavailable      Outcome = "unavailable" // the feature is off or not set up for this user

	Unauthenticated Outcome = "unauthenticated" // no credential, or one that is not (any more) good
	Forbidden       Outcome = "forbidden"       // signed in, without the right
	BadCredentials  Outcome = "bad-credentials"
	AccountDisabled Outcome = "account-disabled"
	CaptchaRefused  Outcome = "captcha-refused"
	Throttled       Outcome = "throttled"

	SecondFactorRequired    Outcome = "second-factor-required"
	SecondFactorWrong       Outcome = "second-factor-wrong"
	SecondFactorReplayed    Outcome = "second-factor-replayed"
	SecondFactorUnavailable Outcome = "second-factor-unavailable"
	SecondFactorThrottled   Outcome = "second-factor-throttled"
	EnrolmentRequired       Outcome = "enrolment-required"
)

// Provenance says how it is known that an answer is promised.
type Provenance string

const (
	Documented Provenance = "documented" // a document of the vendor says so
	Tested     Provenance = "tested"     // a test of the vendor asserts it
	Observed   Provenance = "observed"   // read in, or seen on, exactly this release
	Standard   Provenance = "standard"   // an RFC or a catalogue such as OWASP ASVS asks it
	Inferred   Provenance = "inferred"   // follows from the framework; never seen
)

// SupportsMust tells whether a clause resting on p may be of level MUST. What
// the vendor neither wrote nor does cannot be held against a deployment as more
// than a SHOULD.
func (p Provenance) SupportsMust() bool {
	return p == Documented || p == Tested || p == Observed
}

// BodyKind says what is promised of a body as a whole.
type BodyKind string

const (
	JSONBody  BodyKind = "json"  // matches Answer.Schema
	EmptyBody BodyKind = "empty" // not a byte
	AnyBody   BodyKind = "any"   // nothing is promised
)

// Presence of a header or cookie in an answer.
const (
	Required = "required"
	Optional = "optional"
	Absent   = "absent"
)

// HeaderRule is what is promised of one response header. Pattern, when set,
// must match at least one value of a header that is present: a response may
// set further cookies or offer further challenges.
type HeaderRule struct {
	Presence string
	Pattern  *regexp.Regexp
}

// Check tells what a response's values of the header lack, "" for nothing. It
// never repeats a value.
func (r HeaderRule) Check(values []string) string {
	switch {
	case r.Presence == Absent && len(values) > 0:
		return "absent"
	case r.Presence == Required && len(values) == 0:
		return "present"
	case r.Pattern != nil && len(values) > 0 && !slices.ContainsFunc(values, r.Pattern.MatchString):
		return "matching " + r.Pattern.String()
	}
	return ""
}
