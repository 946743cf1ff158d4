package target

import (
	"encoding/base32"
	"net/netip"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// conversion checks of a text what a schema cannot, and turns it into the form in
// which Target's field of that kind is decoded.
type conversion struct {
	tag   string // of YAML
	parse func(string) (string, *wrong)
}

// conversions by the name of the schema's definition.
var conversions = map[string]conversion{
	"base-url": {"!!str", baseURL},
	"url":      {"!!str", anyURL},
	"host":     {"!!str", host},
	"duration": {"!!str", duration},
	"pace":     {"!!float", pace},
	"size":     {"!!int", size},
	"volume":   {"!!int", volume},
	"day":      {"!!timestamp", day},
}

// day is the last on which something holds; it becomes the moment it ends in UTC.
func day(s string) (string, *wrong) {
	start, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", &wrong{what: "is not a day"}
	}
	return start.AddDate(0, 0, 1).Format(time.RFC3339), nil
}

func duration(s string) (string, *wrong) {
	if d, err := time.ParseDuration(s); err != nil || d <= 0 {
		return "", &wrong{what: "is not a duration"}
	}
	return s, nil
}

// pace becomes requests per second.
func pace(s string) (string, *wrong) {
	number, unit, _ := strings.Cut(s, "/")
	n, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return "", &wrong{what: "is not a pace"}
	}
	if unit == "m" {
		n /= 60
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

// size becomes bytes. Bodies are held in memory, so it ends at 64 MiB.
func size(s string) (string, *wrong) {
	number, inMiB := strings.CutSuffix(s, "MiB")
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "KiB"), 10, 32)
	if inMiB {
		n <<= 10
	}
	if err != nil || n > 64<<10 {
		return "", &wrong{what: "is not a size"}
	}
	return strconv.FormatInt(n<<10, 10), nil
}

// volume becomes bytes. What keeps less than 16 MiB could not hold the reports themselves.
func volume(s string) (string, *wrong) {
	number, inGiB := strings.CutSuffix(s, "GiB")
	n, err := strconv.ParseInt(strings.TrimSuffix(number, "MiB"), 10, 32)
	if inGiB {
		n <<= 10
	}
	if err != nil || n < 16 || n > 1<<20 {
		return "", &wrong{what: "is not such a size"}
	}
	return strconv.FormatInt(n<<20, 10), nil
}

var identityName = regexp.MustCompile(`^[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

// baseURL has no trailing slash, so that paths can be put behind it.
func baseURL(s string) (string, *wrong) {
	s, w := anyURL(s)
	if w == nil && strings.Contains(s, "?") {
		w = &wrong{what: "has a query", do: "remove what follows the ?"}
	}
	return strings.TrimRight(s, "/"), w
}

func anyURL(s string) (string, *wrong) {
	_, w := checkURL(s)
	return s, w
}

// checkURL accepts what the harness is willing to connect to. Its texts never
// repeat the address, which may hold a password.
func checkURL(s string) (*url.URL, *wrong) {
	u, err := url.Parse(s)
	switch {
	case err != nil || strings.TrimSpace(s) != s || s == "":
		return nil, &wrong{what: "is not a URL", do: "correct it"}
	case u.User != nil:
		return nil, &wrong{what: "has a user or password before the host", do: "remove it; credentials belong to identities or http.headers"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &wrong{what: "is not an http or https URL", do: "correct the scheme"}
	case strings.Contains(s, "#"):
		return nil, &wrong{what: "has a fragment", do: "remove the # and what follows it"}
	}
	if _, w := hostName(u.Hostname()); w != nil {
		return nil, &wrong{what: "has no usable host: it " + w.what, want: w.want}
	}
	if port := u.Port(); (port != "" || strings.HasSuffix(u.Host, ":")) && !validPort(port) {
		return nil, &wrong{what: "has a port out of range", want: "1 to 65535"}
	}
	return u, nil
}

func validPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

var dnsName = regexp.MustCompile(`^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$`)

// hostName normalises a host without a port: lower case, no trailing dot.
func hostName(s string) (string, *wrong) {
	name := strings.TrimSuffix(strings.ToLower(s), ".")
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.String(), nil
	}
	if len(name) > 253 || !dnsName.MatchString(name) {
		return "", &wrong{what: "is not a host name", want: "an exact host such as portal.staging.example.com, in ASCII"}
	}
	return name, nil
}

// host normalises host or host:port, IPv6 with a port as [::1]:8080.
func host(s string) (string, *wrong) {
	bare := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	if _, err := netip.ParseAddr(bare); err != nil {
		if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.Contains(s, "/") {
			name, w := hostName(strings.TrimSuffix(strings.TrimPrefix(s[:i], "["), "]"))
			if w == nil && !validPort(s[i+1:]) {
				w = &wrong{what: "has a port out of range", want: "host or host:port, port 1 to 65535"}
			}
			return withPort(name, s[i+1:]), w
		}
	}
	return hostName(bare)
}

func withPort(name, port string) string {
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	return name + ":" + port
}

var headerToken = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 section 5.6.2

// suiteHeaders are set by the specs themselves: sending one with every request
// would make a request "without credentials" one that has some.
var suiteHeaders = []string{"Authorization", "Cookie", "Host", "Content-Type", "Content-Length",
	"Transfer-Encoding", "Connection", "User-Agent", "Authconform-Clause", "Authconform-Operation"}

func canonical(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }

func headerName(canonical string) *wrong {
	if !headerToken.MatchString(canonical) {
		return &wrong{what: "is not a header name", want: "a name as in RFC 9110, such as X-Staging-Gate", do: "correct it"}
	}
	if slices.Contains(suiteHeaders, canonical) {
		return &wrong{what: "belongs to the specs, which set or leave it out on purpose", want: "any other header", do: "remove it"}
	}
	return nil
}

// normalTOTP is the form authenticator apps use: upper case, no grouping.
func normalTOTP(s string) string {
	return strings.TrimRight(strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s)), "=")
}

func validTOTP(s string) bool {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(normalTOTP(s))
	return err == nil && len(key) > 0
}
