package schema

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xeipuuv/gojsonschema"
)

// formats are the only ones a schema may name: the engine's own accept far too
// much (a bare date as date-time, spaces in a URI) and pass unknown names.
var formats = map[string]func(string) bool{
	"base32":    isBase32,
	"date-time": isDateTime,
	"email":     isEmail,
	"hostname":  isHostname,
	"jwt":       isJWT,
	"otp-code":  isOTPCode,
	"uri":       isURI,
	"uuid":      isUUID,
}

// Formats names the formats a schema may use, sorted.
func Formats() []string { return slices.Sorted(maps.Keys(formats)) }

// IsFormat tells whether text has the named format; an unknown name is false.
func IsFormat(name, text string) bool {
	check, ok := formats[name]
	return ok && check(text)
}

type formatChecker func(string) bool

// IsFormat ignores what is not a string, as draft-07 (validation 7.1) asks.
func (f formatChecker) IsFormat(input any) bool {
	text, ok := input.(string)
	return !ok || f(text)
}

// The engine's chain of formats is global: it is filled here, before any
// goroutine can look into it.
func init() {
	for name, check := range formats {
		gojsonschema.FormatCheckers.Add(name, formatChecker(check))
	}
}

var dateTimePattern = regexp.MustCompile(
	`^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$`)

// isDateTime is date-time of RFC 3339 5.6, with the limits of 5.7: a 60th
// second only where one can be inserted, at 23:59 UTC.
func isDateTime(text string) bool {
	m := dateTimePattern.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	number := func(i int) int { n, _ := strconv.Atoi(m[i]); return n }
	year, month, day := number(1), number(2), number(3)
	hour, minute, second := number(4), number(5), number(6)
	offsetHour, offsetMinute := number(8), number(9)
	if month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return false
	}
	if hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59 {
		return false
	}
	if second < 60 {
		return true
	}
	offset := offsetHour*60 + offsetMinute
	if m[7] == "-" {
		offset = -offset
	}
	const day24 = 24 * 60
	return (hour*60+minute-offset+day24)%day24 == 23*60+59
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// isUUID is the text form of RFC 9562 4.
func isUUID(text string) bool { return uuidPattern.MatchString(text) }

var emailLocalPattern = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")

// isEmail is Mailbox of RFC 5321 4.1.2 with a dot-string before the @ and a
// host name after it: no display name, no quotes, no address literal.
func isEmail(text string) bool {
	local, domain, ok := strings.Cut(text, "@")
	return ok && len(text) <= 254 && len(local) <= 64 && emailLocalPattern.MatchString(local) && isHostname(domain)
}

var hostnamePattern = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$`)

// isHostname is a host name of RFC 1123 2.1.
func isHostname(text string) bool {
	return len(text) <= 253 && hostnamePattern.MatchString(text)
}

var (
	uriCharacters = regexp.MustCompile(`^(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$`)
	uriScheme     = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
)

// isURI is URI of RFC 3986 3: a scheme is required, and only the characters
// that grammar knows.
func isURI(text string) bool {
	if !uriCharacters.MatchString(text) || !uriScheme.MatchString(text) || strings.Count(text, "#") > 1 {
		return false
	}
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	if strings.ContainsAny(u.EscapedPath()+u.RawQuery+u.EscapedFragment(), "[]") {
		return false
	}
	return u.Opaque != "" || u.Host != "" || u.Path != "" || u.RawQuery != ""
}

var base32Pattern = regexp.MustCompile(`^[A-Z2-7]+$`)

// isBase32 is base32 of RFC 4648 6, padded to a multiple of eight or, as
// authenticator secrets are written, not padded at all.
func isBase32(text string) bool {
	bare := strings.TrimRight(text, "=")
	if !base32Pattern.MatchString(bare) {
		return false
	}
	padding, want := len(text)-len(bare), map[int]int{0: 0, 2: 6, 4: 4, 5: 3, 7: 1}
	full, ok := want[len(bare)%8]
	return ok && (padding == 0 || padding == full)
}

// isJWT is the compact form of a signed token (RFC 7515 7.1) whose header and
// claims are JSON objects and whose header names an algorithm.
func isJWT(text string) bool {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return false
	}
	header, ok := jwtObject(parts[0])
	if !ok {
		return false
	}
	if algorithm, isText := header["alg"].(string); !isText || algorithm == "" {
		return false
	}
	if _, ok = jwtObject(parts[1]); !ok {
		return false
	}
	_, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	return err == nil
}

func jwtObject(part string) (map[string]any, bool) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, false
	}
	var object map[string]any
	err = json.Unmarshal(text, &object)
	return object, err == nil && object != nil
}

var otpCodePattern = regexp.MustCompile(`^([0-9]{6}|[0-9]{8})$`)

// isOTPCode is a code as authenticator apps show it: 6 or 8 ASCII digits.
func isOTPCode(text string) bool { return otpCodePattern.MatchString(text) }
