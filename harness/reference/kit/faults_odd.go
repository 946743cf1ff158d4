package kit

import (
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// oddFaults are variations of the kinds above, made up before it was seen which of them the
// suites notice.
var oddFaults = []commonFault{
	{id: "odd-first-character-ignored", text: "The first character of a credential is not compared.", near: func(right, v string) bool {
		return len(v) == len(right) && v[1:] == right[1:]
	}},
	{id: "odd-beginning-of-eight", text: "The first eight characters of a credential are enough.", near: func(right, v string) bool {
		return len(v) >= 8 && strings.HasPrefix(right, v[:8])
	}},
	{id: "odd-end-of-eight", text: "The last eight characters of a credential are enough.", near: func(right, v string) bool {
		return len(v) >= 8 && strings.HasSuffix(right, v[len(v)-8:])
	}},
	{id: "odd-credential-twice", text: "A credential written twice is right.", near: func(right, v string) bool { return v == right+right }},
	{id: "odd-undefined", text: "A credential that is the word undefined is the caller who came last.", junk: is("undefined")},
	{id: "odd-minus-one", text: "A credential that is -1 is the caller who came last.", junk: is("-1")},
	{id: "odd-nan", text: "A credential that is NaN is the caller who came last.", junk: is("NaN")},
	{id: "odd-default-credential", text: "A credential that is the word admin is the caller who came last.", junk: is("admin")},
	{id: "odd-suffix-html", text: "A path with the suffix .html needs no session.", respelt: cut(".html")},
	{id: "odd-encoded-fragment", text: "A path with an encoded number sign at its end needs no session.", respelt: cut("%23")},
	{id: "odd-encoded-backslash", text: "A path with an encoded backslash needs no session.", respelt: func(p string) (string, bool) {
		return strings.Replace(p, "%5c", "", 1), strings.Contains(p, "%5c")
	}},
	{id: "odd-original-uri", text: "A request that claims another address needs no session.", dress: has("X-Original-Uri")},
	{id: "odd-default-password", text: "The user admin with the password admin needs no session.", dress: func(r *http.Request) bool {
		user, password, ok := r.BasicAuth()
		return ok && user == "admin" && password == "admin"
	}},
	{id: "odd-mapped-address", text: "A request that claims the mapped address of a local one needs no session.",
		dress: func(r *http.Request) bool {
			return r.Header.Get("X-Forwarded-For") == "::ffff:127.0.0.1"
		}},
	{id: "odd-service-field", text: "A request of another service needs no session.", dress: has("X-Service")},
	{id: "odd-android", text: "An application on Android needs no second factor.", waives: agent("Android")},
	{id: "odd-mapped-address-waives", text: "Who claims the mapped address of a local one needs no second factor.",
		waives: func(r *http.Request) bool {
			return strings.HasPrefix(r.Header.Get("X-Real-Ip"), "::ffff:")
		}},
	{id: "odd-referer-waives", text: "Who comes from a page of administrators needs no second factor.", waives: func(r *http.Request) bool {
		return strings.Contains(r.Header.Get("Referer"), "admin")
	}},
	{id: "odd-limit-by-length", text: "A limit is counted by the length of the body.", varies: func(r *http.Request) string {
		return strconv.FormatInt(r.ContentLength, 10)
	}},
	{id: "odd-limit-by-real-address", text: "A limit is counted by the address in X-Real-IP.", varies: field("X-Real-Ip")},
	{id: "odd-limit-by-trace", text: "A limit is counted by the trace that a client names.", varies: field("X-Trace-Id")},
	{id: "odd-limit-by-idempotency", text: "A limit is counted by the idempotency key of a request.", varies: field("Idempotency-Key")},
	{id: "odd-limit-by-version", text: "A limit is counted by the version that a client claims.", varies: field("X-Client-Version")},
	{id: "odd-limit-by-fingerprint", text: "A limit is counted by the fingerprint that a client claims.", varies: field("X-Fingerprint")},
	{id: "odd-limit-by-host", text: "A limit is counted by the host that a client claims.", varies: field("X-Forwarded-Host")},
	{id: "odd-limit-by-true-client", text: "A limit is counted by the address in True-Client-IP.", varies: field("True-Client-Ip")},
	{id: "odd-limit-by-connecting-address", text: "A limit is counted by the address in CF-Connecting-IP.", varies: field("Cf-Connecting-Ip")},
	{id: "odd-limit-by-condition", text: "A limit is counted by the condition of a request.", varies: field("If-None-Match")},
	{id: "odd-limit-by-cache", text: "A limit is counted by what a request says of caches.", varies: field("Cache-Control")},
	{id: "odd-limit-by-platform", text: "A limit is counted by the platform that a client claims.", varies: field("X-Platform")},
	{id: "odd-limit-by-correlation", text: "A limit is counted by the correlation id of a request.", varies: field("X-Correlation-Id")},
	{id: "odd-limit-by-sender", text: "A limit is counted by the field From.", varies: field("From")},
	{id: "odd-limit-by-proxy", text: "A limit is counted by the proxies that a request names.", varies: field("Via")},
	{id: "odd-limit-by-encoding", text: "A limit is counted by the encodings that a client accepts.", varies: field("Accept-Encoding")},
	{id: "odd-origin-null", text: "Pages without an origin may read answers with the user's credentials.",
		spoils: func(r *http.Request, w *written) {
			if r.Header.Get("Origin") == "null" {
				w.header.Set("Access-Control-Allow-Origin", "null")
				w.header.Set("Access-Control-Allow-Credentials", "true")
			}
		}},
	{id: "odd-origin-by-beginning", text: "Origins that begin like the server's own may read answers.",
		spoils: func(r *http.Request, w *written) {
			if origin := r.Header.Get("Origin"); strings.HasPrefix(origin, "http://"+strings.Split(r.Host, ":")[0]) {
				w.header.Set("Access-Control-Allow-Origin", origin)
				w.header.Set("Access-Control-Allow-Credentials", "true")
			}
		}},
	{id: "odd-expires", text: "Every cache may keep any answer for an hour, says Expires.", spoils: func(_ *http.Request, w *written) {
		w.header.Del("Cache-Control")
		w.header.Set("Expires", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	}},
	{id: "odd-tokens-hash-the-clock", text: "Session tokens are the hash of the second.",
		draws: func(_ int, now time.Time, token string) string {
			sum := sha1.Sum([]byte(strconv.FormatInt(now.Unix(), 10)))
			return inPlaceOf(token, hex.EncodeToString(sum[:]))
		}},
}
