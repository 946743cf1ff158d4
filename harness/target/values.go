package target

import (
	"encoding/base32"
	"math"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// text resolves a text's references. It has reported the problem when ok is false.
func (r *reader) text(n *yaml.Node, field string) (value string, ok bool) {
	if !r.scalar(n, field, "text", "!!str") {
		return "", false
	}
	value, fromFile, ok := r.resolve(n, field)
	if ok && fromFile {
		// Whatever was worth keeping outside the target file is kept out of reports.
		r.register(field, value)
	}
	return value, ok
}

// parsed reads a text into a value of its own type.
func parsed[T any](r *reader, into *T, parse func(string) (T, *wrong)) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		text, ok := r.text(n, field)
		if !ok {
			return
		}
		value, w := parse(text)
		if w != nil {
			r.bad(n, field, w)
			return
		}
		*into = value
	}
}

// texts reads a list of texts.
func (r *reader) texts(into *[]string, parse func(string) (string, *wrong)) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		r.list(n, field, func(item *yaml.Node, field string) {
			var s string
			parsed(r, &s, parse)(item, field)
			*into = append(*into, s)
		})
	}
}

// choice reads one of the known names, or any name when open.
func (r *reader) choice(into *string, kind string, known []string, open bool) func(*yaml.Node, string) {
	return parsed(r, into, func(s string) (string, *wrong) {
		if open || slices.Contains(known, s) {
			return s, nil
		}
		return "", &wrong{"is not a known " + kind, "one of " + strings.Join(known, ", "), suggest(s, known)}
	})
}

func (r *reader) flag(into *bool) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if r.scalar(n, field, "true or false", "!!bool") {
			*into = strings.EqualFold(n.Value, "true")
		}
	}
}

func (r *reader) count(into *int) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		if !r.scalar(n, field, "a whole number from 1", "!!int") {
			return
		}
		number, err := strconv.Atoi(n.Value)
		if err != nil || number < 1 {
			r.bad(n, field, &wrong{"is out of range", "a whole number from 1", "correct it"})
			return
		}
		*into = number
	}
}

// date reads the last day something holds as the moment that day ends in UTC.
func (r *reader) date(into *time.Time) func(*yaml.Node, string) {
	return func(n *yaml.Node, field string) {
		const want = "a day as 2026-12-31"
		if n.ShortTag() == "!!str" {
			parsed(r, into, func(s string) (time.Time, *wrong) { return day(s, want) })(n, field)
			return
		}
		if !r.scalar(n, field, want, "!!timestamp") {
			return
		}
		end, w := day(n.Value, want)
		if w != nil {
			r.bad(n, field, w)
		}
		*into = end
	}
}

func day(s, want string) (time.Time, *wrong) {
	start, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, &wrong{"is not a day", want, "correct it"}
	}
	return start.AddDate(0, 0, 1), nil
}

func filled(s string) (string, *wrong) {
	if strings.TrimSpace(s) == "" {
		return "", &wrong{"is empty", "text", "fill it in, or remove the field"}
	}
	return s, nil
}

// parse checks what a file says of a setting.
func (s Setting) parse(text string) (string, *wrong) {
	switch {
	case len(s.Values) > 0 && !slices.Contains(s.Values, text):
		return "", &wrong{"is none of its values", "one of " + strings.Join(s.Values, ", "), suggest(text, s.Values)}
	case s.Path && (!strings.HasPrefix(text, "/") || strings.HasSuffix(text, "/") || strings.ContainsAny(text, "?# ")):
		return "", &wrong{"is not a path", "an absolute path without a slash at its end, such as /api/v2", "write the path alone; the URL of the target goes before it"}
	}
	return filled(text)
}

var identityName = regexp.MustCompile(`^[a-z0-9]+(?:[._-][a-z0-9]+)*$`)

func slug(s string) (string, *wrong) {
	if !identityName.MatchString(s) {
		return "", &wrong{"is not a plain name", "lower-case letters and digits, joined by - or _ or .", "rename it"}
	}
	return s, nil
}

func clauseID(s string) (string, *wrong) {
	if !identityName.MatchString(s) || !strings.Contains(s, ".") {
		return "", &wrong{"is not a clause id", "an id such as onlyoffice.login.wrong-password", "take it from `authconform list`"}
	}
	return s, nil
}

var unitDuration = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$`)

func duration(s string) (time.Duration, *wrong) {
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || !unitDuration.MatchString(s) {
		return 0, &wrong{"is not a duration", "a time above zero with its unit, such as 500ms, 90s or 1m30s", "correct it"}
	}
	return d, nil
}

var pacePattern = regexp.MustCompile(`^([1-9][0-9]*)/([sm])$`)

// pace is in requests per second.
func pace(s string) (float64, *wrong) {
	m := pacePattern.FindStringSubmatch(s)
	if m == nil || len(m[1]) > 9 {
		return 0, &wrong{"is not a pace", "requests per second or minute, such as 20/s or 300/m", "correct it"}
	}
	n, _ := strconv.ParseFloat(m[1], 64)
	if m[2] == "m" {
		n /= 60
	}
	return n, nil
}

var sizePattern = regexp.MustCompile(`^([1-9][0-9]*)(KiB|MiB)$`)

// size is in bytes. Bodies are held in memory, so it ends at 64 MiB.
func size(s string) (int64, *wrong) {
	w := &wrong{"is not a size", "1KiB to 64MiB, such as 512KiB or 4MiB", "correct it"}
	m := sizePattern.FindStringSubmatch(s)
	if m == nil {
		return 0, w
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	unit := map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20}[m[2]]
	if err != nil || n > math.MaxInt64/unit || n*unit > 64<<20 {
		return 0, w
	}
	return n * unit, nil
}

// baseURL has no trailing slash, so that paths can be put behind it.
func baseURL(s string) (string, *wrong) {
	s, w := anyURL(s)
	if w == nil && strings.Contains(s, "?") {
		w = &wrong{"has a query", "scheme, host and at most a path", "remove what follows the ?"}
	}
	return strings.TrimRight(s, "/"), w
}

func anyURL(s string) (string, *wrong) {
	_, w := checkURL(s)
	return s, w
}

// link is a web address nobody is asked to connect to, so any user part or
// fragment a tracker may need is fine.
func link(s string) (string, *wrong) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return "", &wrong{"is not a web address", "https://...", "link to where the deviation is tracked"}
	}
	return s, nil
}

// checkURL accepts what the harness is willing to connect to. Its texts never
// repeat the address, which may hold a password.
func checkURL(s string) (*url.URL, *wrong) {
	const want = "http:// or https:// with a host, such as https://portal.staging.example.com"
	u, err := url.Parse(s)
	switch {
	case err != nil || strings.TrimSpace(s) != s || s == "":
		return nil, &wrong{"is not a URL", want, "correct it"}
	case u.User != nil:
		return nil, &wrong{"has a user or password before the host", want, "remove it; credentials belong to identities or http.headers"}
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, &wrong{"is not an http or https URL", want, "correct the scheme"}
	case strings.Contains(s, "#"):
		return nil, &wrong{"has a fragment", want, "remove the # and what follows it"}
	}
	if _, w := hostName(u.Hostname()); w != nil {
		return nil, &wrong{"has no usable host: it " + w.what, w.want, w.do}
	}
	if port := u.Port(); (port != "" || strings.HasSuffix(u.Host, ":")) && !validPort(port) {
		return nil, &wrong{"has a port out of range", "1 to 65535", "correct the port"}
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
		return "", &wrong{"is not a host name", "an exact host such as portal.staging.example.com or 10.0.0.7, without scheme, path or *, in ASCII", "correct it"}
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
				w = &wrong{"has a port out of range", "host or host:port, port 1 to 65535", "correct the port"}
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

func smsAddress(s string) (string, *wrong) {
	if !strings.Contains(s, "{phone}") || !strings.Contains(s, "@") {
		return "", &wrong{"is not an address for texts", "an e-mail address with {phone} in it, such as {phone}@sms.invalid", "correct it"}
	}
	return s, nil
}

var headerToken = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$") // RFC 9110 section 5.6.2

// suiteHeaders are set by the specs themselves: sending one with every request
// would make a request "without credentials" one that has some.
var suiteHeaders = []string{"Authorization", "Cookie", "Host", "Content-Type", "Content-Length", "Transfer-Encoding", "Connection", "User-Agent", "Authconform-Clause", "Authconform-Operation"}

func headerName(canonical string) *wrong {
	if !headerToken.MatchString(canonical) {
		return &wrong{"is not a header name", "a name as in RFC 9110, such as X-Staging-Gate", "correct it"}
	}
	if slices.Contains(suiteHeaders, canonical) {
		return &wrong{"belongs to the specs, which set or leave it out on purpose", "any other header", "remove it"}
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
