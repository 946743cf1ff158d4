package kit

import (
	"crypto/md5"
	"crypto/rand"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// commonFaults are the faults of every back end, by what they get wrong.
var commonFaults = []commonFault{
	// Credentials that are none.
	{
		id:   "credential-null-is-somebody",
		text: "A credential that is the word null is the caller who came last.",
		junk: is("null", "nil", "None"),
	},
	{
		id:   "credential-zero-is-somebody",
		text: "A credential of zeros is the caller who came last.",
		junk: func(v string) bool { return v != "" && strings.Trim(v, "0-") == "" },
	},
	{
		id:   "credential-true-is-somebody",
		text: "A credential that is the word true is the caller who came last.",
		junk: is("true", "True", "yes", "on"),
	},
	{
		id:   "credential-number-is-somebody",
		text: "A credential that is a number is the caller who came last.",
		junk: func(v string) bool { return v != "" && len(v) < 8 && strings.Trim(v, "0123456789-") == "" },
	},
	{
		id:   "credential-list-is-somebody",
		text: "A credential that is a list is the caller who came last.",
		junk: func(v string) bool { return strings.HasPrefix(v, "[") },
	},
	{
		id:   "credential-object-is-somebody",
		text: "A credential that is an object is the caller who came last.",
		junk: func(v string) bool { return strings.HasPrefix(v, "{") },
	},
	{
		id:   "credential-quoted-is-somebody",
		text: "A credential with a quote in it is the caller who came last.",
		junk: func(v string) bool { return strings.ContainsAny(v, `"'`) },
	},
	{
		id:   "credential-too-long-is-somebody",
		text: "A credential longer than 4 KiB is the caller who came last.",
		junk: func(v string) bool { return len(v) > 4096 },
	},
	{
		id:   "credential-not-ascii-is-somebody",
		text: "A credential with letters beyond ASCII is the caller who came last.",
		junk: func(v string) bool { return strings.ContainsFunc(v, func(r rune) bool { return r > 127 }) },
	},
	{
		id:   "credential-wildcard-is-somebody",
		text: "A credential with a wildcard in it is the caller who came last.",
		junk: func(v string) bool { return strings.ContainsAny(v, "*%") },
	},
	{
		id:   "credential-path-is-somebody",
		text: "A credential that is a path is the caller who came last.",
		junk: func(v string) bool { return strings.Contains(v, "../") },
	},
	// Credentials that are nearly right.
	{
		id:   "credential-by-first-half",
		text: "The first half of a credential is enough.",
		near: func(right, v string) bool { return len(v) >= len(right)/2-1 && strings.HasPrefix(right, v) },
	},
	{id: faultCredentialInAnyCase, text: "A credential is compared without regard to case.", near: strings.EqualFold},
	{
		id:   "credential-made-longer",
		text: "What follows a right credential does not matter.",
		near: func(right, v string) bool { return strings.HasPrefix(v, right) },
	},
	{id: "credential-last-character-ignored", text: "The last character of a credential is not compared.", near: func(right, v string) bool {
		last := len(strings.TrimRight(right, "=")) - 1
		return len(v) == len(right) && last > 0 && v[:last] == right[:last]
	}},
	{id: "credential-second-half-ignored", text: "The second half of a credential is not compared.", near: func(right, v string) bool {
		return len(v) == len(right) && v[:len(v)/2] == right[:len(right)/2]
	}},
	// Requests that need none.
	{id: "open-behind-slash", text: "A path with a slash at its end needs no session.", respelt: cut("/")},
	{id: "open-behind-semicolon", text: "A path with a parameter needs no session.", respelt: func(p string) (string, bool) {
		before, _, odd := strings.Cut(p, ";")
		return strings.TrimSuffix(before, "/"), odd && !strings.HasSuffix(before, "..")
	}},
	{id: "open-behind-two-slashes", text: "A path with two slashes needs no session.", respelt: func(p string) (string, bool) {
		return path.Clean(strings.ReplaceAll(p, "//", "/")), strings.Contains(p, "//")
	}},
	{id: "open-behind-dot-segments", text: "A path with dot segments needs no session.", respelt: func(p string) (string, bool) {
		return path.Clean(p), strings.Contains(p, "/../") || strings.Contains(p, "/./")
	}},
	{id: faultOpenInCapitals, text: "A path in capitals needs no session.", respelt: func(p string) (string, bool) {
		lower := strings.ToLower(p)
		return lower, p == strings.ToUpper(p) && lower != p
	}},
	{id: "open-with-suffix", text: "A path with the suffix of another format needs no session.", respelt: func(p string) (string, bool) {
		for _, suffix := range []string{".json", ".css", ".xml"} {
			if before, odd := strings.CutSuffix(p, suffix); odd {
				return before, true
			}
		}
		return p, false
	}},
	{id: "open-with-encoded-end", text: "A path with an encoded slash, blank or NUL at its end needs no session.",
		respelt: func(p string) (string, bool) {
			for _, suffix := range []string{"%2f", "%2F", "%20", "%00", "%09"} {
				if before, odd := strings.CutSuffix(p, suffix); odd {
					return before, true
				}
			}
			return p, false
		}},
	{
		id:    "open-by-rewritten-path",
		text:  "A request with a rewritten path needs no session.",
		dress: has("X-Rewrite-Url", "X-Forwarded-Uri"),
	},
	{
		id:    "open-by-overridden-method",
		text:  "A request that overrides its method needs no session.",
		dress: has("X-Http-Method", "X-Method-Override"),
	},
	{
		id:    "open-as-preflight",
		text:  "A request with the field of a CORS preflight needs no session, whatever its method.",
		dress: has("Access-Control-Request-Method"),
	},
	{
		id:    "open-to-named-user",
		text:  "A request whose user a field names needs no session.",
		dress: has("X-Remote-User", "Remote-User", "X-Authenticated-User"),
	},
	{id: "open-to-local-address", text: "A request that claims a local address needs no session.", dress: func(r *http.Request) bool {
		return strings.HasPrefix(r.Header.Get("X-Originating-Ip"), "10.") || r.Header.Get("Client-Ip") == "::1"
	}},
	{id: "open-to-health-checks", text: "A request of a health check needs no session.", dress: agent("kube-probe", "HealthChecker")},
	{
		id:    "open-to-local-host",
		text:  "A request to the host localhost needs no session.",
		dress: func(r *http.Request) bool { return r.Host == "localhost" },
	},
	{id: "open-in-debug-mode", text: "A request with a parameter of a debugger needs no session.", dress: asks("debug")},
	{
		id:    "open-to-marked-cookie",
		text:  "A request whose cookie says that it is authenticated needs no session.",
		dress: cookieSays("authenticated"),
	},
	// First steps that need no second.
	{
		id:     "second-factor-off-for-local-claim",
		text:   "Who claims the address ::1 needs no second factor.",
		waives: func(r *http.Request) bool { return r.Header.Get("X-Client-Ip") == "::1" },
	},
	{id: "second-factor-off-for-private-claim", text: "Who claims a private address needs no second factor.",
		waives: func(r *http.Request) bool {
			return strings.HasPrefix(r.Header.Get("X-Remote-Addr"), "192.168.") || strings.HasPrefix(r.Header.Get("Cf-Connecting-Ip"), "10.")
		}},
	{
		id:     "second-factor-off-for-cluster",
		text:   "Who comes by a cluster's address needs no second factor.",
		waives: has("X-Cluster-Client-Ip"),
	},
	{
		id:     "second-factor-off-for-trusted-device",
		text:   "Who claims a trusted device needs no second factor.",
		waives: has("X-Trusted-Device", "X-Device-Trusted"),
	},
	{
		id:     "second-factor-off-for-remembered-device",
		text:   "Who brings the cookie of a remembered device needs no second factor.",
		waives: cookieSays("remember_device"),
	},
	{
		id:     "second-factor-off-for-debugger",
		text:   "Who asks for debugging needs no second factor.",
		waives: has("Debug", "X-Dev", "X-Staging"),
	},
	{
		id:     "second-factor-off-for-old-client",
		text:   "An old client needs no second factor.",
		waives: has("X-Legacy-Client", "X-Client-Version"),
	},
	{id: "second-factor-off-for-mobile-client", text: "A mobile client needs no second factor.", waives: agent("okhttp", "iPhone")},
	{id: "second-factor-off-for-monitor", text: "A monitor needs no second factor.", waives: has("X-Monitoring", "X-Probe")},
	{
		id:     "second-factor-off-behind-gateway",
		text:   "Who says to be a gateway's user needs no second factor.",
		waives: has("X-Authenticated", "X-Forwarded-User"),
	},
	{id: "second-factor-off-by-parameter", text: "A parameter turns the second factor off.", waives: asks("skip_2fa")},
	{
		id:     "second-factor-off-for-origin",
		text:   "Who comes from the origin localhost needs no second factor.",
		waives: func(r *http.Request) bool { return strings.Contains(r.Header.Get("Origin"), "localhost") },
	},
	{
		id:     "second-factor-off-for-html",
		text:   "Who accepts HTML needs no second factor.",
		waives: func(r *http.Request) bool { return r.Header.Get("Accept") == "text/html" },
	},
	{
		id:     "second-factor-off-for-host",
		text:   "Who calls the host internal needs no second factor.",
		waives: func(r *http.Request) bool { return r.Host == "internal" },
	},
	// Limits that count by what a client chooses.
	{id: "limit-by-user-agent", text: "A limit is counted by the client's User-Agent.", varies: field("User-Agent")},
	{id: "limit-by-language", text: "A limit is counted by the client's language.", varies: field("Accept-Language")},
	{id: "limit-by-cookie", text: "A limit is counted by the client's cookies.", varies: func(r *http.Request) string {
		c, err := r.Cookie("visit")
		if err != nil {
			return ""
		}
		return c.Value
	}},
	{id: "limit-by-query", text: "A limit is counted by the query.", varies: func(r *http.Request) string { return r.URL.RawQuery }},
	{id: "limit-by-referer", text: "A limit is counted by the referer.", varies: field("Referer")},
	{id: "limit-by-origin", text: "A limit is counted by the origin.", varies: field("Origin")},
	{id: "limit-by-request-id", text: "A limit is counted by the id that the client gives a request.", varies: field("X-Request-Id")},
	{id: "limit-by-device-id", text: "A limit is counted by the device that the client names.", varies: field("X-Device-Id")},
	{
		id:     "limit-by-underscored-address",
		text:   "A limit is counted by the address in X_Forwarded_For.",
		varies: field("X_forwarded_for"),
	},
	{
		id:     "limit-by-cluster-address",
		text:   "A limit is counted by the address in X-Cluster-Client-IP.",
		varies: field("X-Cluster-Client-Ip"),
	},
	{id: "limit-by-accepted-type", text: "A limit is counted by the media type that the client accepts.", varies: field("Accept")},
	// Answers that tell too much.
	{id: "origin-reflected", text: "Any Origin may read answers with the user's credentials.", spoils: func(r *http.Request, w *written) {
		if origin := r.Header.Get("Origin"); origin != "" {
			w.header.Set("Access-Control-Allow-Origin", origin)
			w.header.Set("Access-Control-Allow-Credentials", "true")
		}
	}},
	{id: "trace-in-header", text: "A refusal shows a stack trace in a header field.", spoils: func(_ *http.Request, w *written) {
		if w.refuses() {
			w.header.Set("X-Error", "panic: goroutine 1 [running]: main.handler(0x1) /srv/app/handler.go:31")
		}
	}},
	{id: "refusal-is-trace", text: "A refusal is a stack trace.", spoils: func(_ *http.Request, w *written) {
		if w.refuses() {
			w.body.Reset()
			w.header.Del("Content-Length")
			w.body.WriteString("Traceback (most recent call last):\n  File \"/srv/app/views.py\", line 31, in dispatch\n")
		}
	}},
	{id: "request-echoed-in-refusal", text: "A refusal repeats the credentials of the request in a header field.",
		spoils: func(r *http.Request, w *written) {
			if !w.refuses() {
				return
			}
			for _, name := range []string{"Authorization", "Apikey", "X-Api-Key", "Cookie", "Aptoken", "X-User-Token"} {
				if value := r.Header.Get(name); value != "" {
					w.header.Set("X-Received", value)
				}
			}
		}},
	{id: "answers-cacheable", text: "Every cache may keep any answer.", spoils: func(_ *http.Request, w *written) {
		w.header.Set("Cache-Control", "public, max-age=3600")
	}},

	// Tokens that can be guessed.
	{id: "tokens-count-up", text: "Session tokens count up.", draws: func(n int, _ time.Time, token string) string {
		return inPlaceOf(token, fmt.Sprintf("%0*d", len(token), 1000+n))
	}},
	{id: "tokens-of-few-bits", text: "Session tokens differ in sixteen bits.", draws: func(_ int, _ time.Time, token string) string {
		var few [2]byte
		_, _ = rand.Read(few[:])
		return inPlaceOf(token, fmt.Sprintf("%0*x", len(token), few))
	}},
	{id: "tokens-hash-a-counter", text: "Session tokens are the hash of a counter.", draws: func(n int, _ time.Time, token string) string {
		return inPlaceOf(token, fmt.Sprintf("%x", md5.Sum([]byte(strconv.Itoa(n)))))
	}},
	{id: "tokens-by-the-clock", text: "Session tokens are the time in microseconds.", draws: func(_ int, now time.Time, token string) string {
		return inPlaceOf(token, fmt.Sprintf("%0*d", len(token), now.UnixMicro()))
	}},
}

// inPlaceOf puts digits in the place of the characters of a token, but for the hyphens of
// a UUID and the padding of Base64: the last of them where there are more, and zeros
// behind them where there are fewer.
func inPlaceOf(token, digits string) string {
	fixed := func(c rune) bool { return c == '-' || c == '=' }
	places := len(token) - strings.Count(token, "-") - strings.Count(token, "=")
	digits += strings.Repeat("0", max(0, places-len(digits)))
	digits = digits[len(digits)-places:]
	at := -1
	return strings.Map(func(c rune) rune {
		if fixed(c) {
			return c
		}
		at++
		return rune(digits[at])
	}, token)
}

func is(words ...string) func(string) bool {
	return func(v string) bool {
		for _, word := range words {
			if v == word {
				return true
			}
		}
		return false
	}
}

func has(names ...string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		for _, name := range names {
			if r.Header.Get(name) != "" {
				return true
			}
		}
		return false
	}
}

func agent(parts ...string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		for _, part := range parts {
			if strings.Contains(r.UserAgent(), part) {
				return true
			}
		}
		return false
	}
}

func asks(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Query().Get(name) != "" }
}

func cookieSays(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { _, err := r.Cookie(name); return err == nil }
}

func field(name string) func(*http.Request) string {
	return func(r *http.Request) string { return r.Header.Get(name) }
}

func cut(suffix string) func(string) (string, bool) {
	return func(p string) (string, bool) { return strings.CutSuffix(p, suffix) }
}
