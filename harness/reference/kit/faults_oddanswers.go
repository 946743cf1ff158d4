package kit

import (
	"crypto/md5"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// nextCode is the code that is right in the next time step.
func nextCode(c *confidence, now time.Time) string {
	code, _ := totp.GenerateCode(c.secret, now.Add(TOTPStep)) // "" where there is no secret yet
	return code
}

func base64URLText(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
func reversedText(b []byte) string  { return reversed(string(b)) }
func smallText(b []byte) string     { return strings.ToLower(string(b)) }

func sha1Text(b []byte) string {
	sum := sha1.Sum(b)
	return hex.EncodeToString(sum[:])
}

func md5Text(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// keyURI is the address by which an app learns a secret.
func keyURI(b []byte) string { return "otpauth://totp/x?secret=" + url.QueryEscape(string(b)) }

// unguarded are answers that tell more than they should in places and forms that were made
// up before it was seen which of them the suites notice.
var unguarded = []commonFault{
	{id: "odd-key-uri-in-link", text: "An answer shows the address that an app learns its secret from.",
		tells: telling(false, encoded(itsSecret, keyURI), inField("Link", ""))},
	{id: "odd-secret-in-small-letters", text: "An answer shows the shared secret of an app in small letters in a member.",
		tells: telling(false, encoded(itsSecret, smallText), asMember("seed"))},
	{id: "odd-secret-in-base64url", text: "An answer shows the shared secret of an app in a tag of its entity.",
		tells: telling(false, encoded(itsSecret, base64URLText), inField("Etag", "W/"))},
	{id: "odd-secret-in-reason", text: "A refusal shows the shared secret of an app in a member.",
		tells: telling(true, itsSecret, asMember("reason"))},
	{id: "odd-next-code", text: "An answer shows the code of the next time step.",
		tells: telling(false, nextCode, inField("X-Next", ""))},
	{id: "odd-code-in-cookie", text: "A refusal sets a cookie with the right code.",
		tells: telling(true, itsCode, inField("Set-Cookie", "otp="))},
	{id: "odd-code-in-success", text: "An answer shows the code that is right now.",
		tells: telling(false, itsCode, asMember("debug"))},
	{id: "odd-code-digest", text: "A refusal shows the SHA-256 digest of the right code.",
		tells: telling(true, encoded(itsCode, sha256Text), inField("X-Check", ""))},
	{id: "odd-code-in-location", text: "A refusal shows the right code in an address.",
		tells: telling(true, itsCode, inField("Content-Location", "/retry?code="))},
	{id: "odd-code-in-base64", text: "A refusal shows the right code in Base64.",
		tells: telling(true, encoded(itsCode, base64Text), asMember("hint"))},
	{id: faultPasswordSHA1, text: "An answer shows the SHA-1 digest of a password in a header field.",
		tells: telling(false, encoded(itsPassword, sha1Text), inField("X-Verifier", ""))},
	{id: faultPasswordMD5, text: "An answer shows the MD5 digest of a password.",
		tells: telling(false, encoded(itsPassword, md5Text), asMember("avatar"))},
	{id: faultPasswordBackwards, text: "An answer shows a password backwards.",
		tells: telling(false, encoded(itsPassword, reversedText), asMember("reference"))},
	{id: faultPasswordInRefusal, text: "A refusal shows the password in an address.",
		tells: telling(true, encoded(itsPassword, func(b []byte) string { return url.QueryEscape(string(b)) }),
			inField("Content-Location", "/again?p="))},
	{id: "odd-credential-in-cookie", text: "An answer sets a cookie with the credential of another caller.",
		tells: telling(false, another, inField("Set-Cookie", "prev="))},
	{id: "odd-credential-in-base64", text: "An answer shows the credential of another caller in Base64 in a header field.",
		tells: telling(false, encoded(another, base64Text), inField("X-Trace", ""))},
	{id: "odd-credential-in-refusal", text: "A refusal shows the credential of another caller.",
		tells: telling(true, another, asMember("held_by"))},

	{id: "odd-trace-of-java", text: "A refusal shows a stack trace of Java.",
		spoils: tracing("java.lang.NullPointerException: null\n\tat com.example.auth.LoginController.login(LoginController.java:31)\n")},
	{id: "odd-trace-of-net", text: "A refusal shows a stack trace of .NET.",
		spoils: tracing("System.NullReferenceException: Object reference not set\n   at Auth.Controllers.Login.Post() in " +
			"C:\\srv\\Login.cs:line 31\n")},
	{id: "odd-trace-of-php", text: "A refusal shows an error of PHP.",
		spoils: tracing("<b>Fatal error</b>: Uncaught TypeError in /var/www/html/login.php:31\nStack trace:\n#0 {main}\n  thrown in")},
	{id: "odd-trace-of-ruby", text: "A refusal shows a back trace of Ruby.",
		spoils: tracing("NoMethodError (undefined method `id' for nil:NilClass):\napp/controllers/sessions_controller.rb:31:in `create'\n")},
	{id: "odd-trace-of-node", text: "A refusal shows a stack trace of Node.js.",
		spoils: tracing("TypeError: Cannot read properties of undefined (reading 'id')\n    at login (/srv/app/routes/auth.js:31:7)\n")},
	{id: "odd-trace-of-sql", text: "A refusal shows an error of the data base.",
		spoils: tracing("PG::UndefinedColumn: ERROR:  column \"otp\" does not exist\nLINE 1: SELECT otp FROM users WHERE id = 31\n")},
	{id: "odd-cache-of-networks", text: "Networks that deliver content may keep any answer.", spoils: func(_ *http.Request, w *written) {
		w.header.Set("Cdn-Cache-Control", "public, max-age=600")
	}},
	{id: "odd-origin-by-end", text: "Origins that end like the server's own may read answers.", spoils: func(r *http.Request, w *written) {
		if origin := r.Header.Get("Origin"); origin != "" && strings.HasSuffix(origin, strings.Split(r.Host, ":")[0]) {
			w.header.Set("Access-Control-Allow-Origin", origin)
			w.header.Set("Access-Control-Allow-Credentials", "true")
		}
	}},
	{id: "odd-origin-of-any-https", text: "Any Origin that uses HTTPS may read answers with the user's credentials.",
		spoils: func(r *http.Request, w *written) {
			if origin := r.Header.Get("Origin"); strings.HasPrefix(origin, "https://") {
				w.header.Set("Access-Control-Allow-Origin", origin)
				w.header.Set("Access-Control-Allow-Credentials", "true")
			}
		}},

	{id: "odd-tokens-by-stride", text: "Session tokens are a counter times a constant.", draws: func(n int, _ time.Time, token string) string {
		return inPlaceOf(token, fmt.Sprintf("%016x%016x", uint64(n)*6364136223846793005, uint64(n)*2862933555777941757))
	}},
	{id: "odd-tokens-all-the-same", text: "Everybody is given the same session token.", draws: func(_ int, _ time.Time, token string) string {
		return inPlaceOf(token, strings.Repeat("7d", len(token)))
	}},
	{id: "odd-tokens-of-two-letters", text: "Session tokens are written with two letters.",
		draws: func(_ int, _ time.Time, token string) string {
			return inPlaceOf(token, RandomString(len(token), "ab"))
		}},
	{id: "odd-tokens-twice-over", text: "The second half of a session token repeats the first.",
		draws: func(_ int, _ time.Time, token string) string {
			half := RandomString(len(strings.Trim(strings.ReplaceAll(token, "-", ""), "="))/2, "0123456789abcdef")
			return inPlaceOf(token, half+half)
		}},
	{id: "odd-tokens-end-alike", text: "Session tokens differ in their first six characters.",
		draws: func(n int, _ time.Time, token string) string {
			places := len(strings.Trim(strings.ReplaceAll(token, "-", ""), "="))
			return inPlaceOf(token, RandomString(6, "0123456789abcdef")+strings.Repeat("5c", places)[:max(0, places-6)])
		}},
}

// tracing puts what a program says of its own failure in the place of a refusal.
func tracing(text string) func(*http.Request, *written) {
	return func(_ *http.Request, w *written) {
		if w.refuses() {
			w.body.Reset()
			w.header.Del("Content-Length")
			w.body.WriteString(text)
		}
	}
}

// Faults of servers that know passwords, which the suites noticed or not after they were
// made up.
const (
	faultPasswordSHA1      = "odd-password-sha1"
	faultPasswordMD5       = "odd-password-md5"
	faultPasswordBackwards = "odd-password-backwards"
	faultPasswordInRefusal = "odd-password-in-refusal"
)
