package kit

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/pquerna/otp/totp"
)

// confidence is what a server knows and has to keep to itself, for faults that tell it.
type confidence struct {
	mu       sync.Mutex
	secret   string // of the authenticator app that was last asked for
	password string // that was last sent
	other    string // a credential of somebody else than the caller
}

// Note remembers whose one-time codes the server just worked out: faults tell of them.
func (s *Server) Note(secret string) {
	if len(s.common) == 0 || secret == "" {
		return
	}
	s.knows.mu.Lock()
	defer s.knows.mu.Unlock()
	s.knows.secret = secret
}

// see remembers a credential of another caller.
func (c *confidence) see(other string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.other = other
}

// sentPassword fits the members of a body that hold a password.
var sentPassword = regexp.MustCompile(`(?i)"password"\s*:\s*"([^"\\]{8,})"`)

// overhear takes the password out of a request's body, which it leaves as it was.
func (c *confidence) overhear(r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), r.Body))
	if err != nil {
		return
	}
	if found := sentPassword.FindSubmatch(body); found != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.password = string(found[1])
	}
}

// telling is something that a fault puts where it does not belong; refusals says in which
// answers.
func telling(refusals bool, what func(c *confidence, now time.Time) string, put func(w *written, text string)) func(*confidence,
	time.Time, *written) {
	return func(c *confidence, now time.Time, w *written) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if text := what(c, now); text != "" && w.refuses() == refusals {
			put(w, text)
		}
	}
}

func itsSecret(c *confidence, _ time.Time) string   { return c.secret }
func itsPassword(c *confidence, _ time.Time) string { return c.password }
func another(c *confidence, _ time.Time) string     { return c.other }

// itsCode is the code that is right now.
func itsCode(c *confidence, now time.Time) string {
	code, _ := totp.GenerateCode(c.secret, now) // "" where there is no secret yet
	return code
}

func encoded(what func(*confidence, time.Time) string, encode func([]byte) string) func(*confidence, time.Time) string {
	return func(c *confidence, now time.Time) string {
		if text := what(c, now); text != "" {
			return encode([]byte(text))
		}
		return ""
	}
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func sha256Text(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// inField puts a text into a header field, with something before it.
func inField(name, before string) func(*written, string) {
	return func(w *written, text string) { w.header.Add(name, before+text) }
}

// asMember puts a text into a member of a JSON object, and behind any other body.
func asMember(name string) func(*written, string) {
	return func(w *written, text string) {
		member, _ := json.Marshal(map[string]string{name: text}) // of texts only
		w.header.Del("Content-Length")
		if body := bytes.TrimSpace(w.body.Bytes()); len(body) > 2 && body[0] == '{' {
			rest := bytes.Clone(body[1:])
			w.body.Reset()
			w.body.Write(member[:len(member)-1])
			w.body.WriteByte(',')
			w.body.Write(rest)
			return
		}
		w.header.Add("X-"+name, text)
	}
}

// tellingFaults are the ways in which a server can tell what it has to keep, or give what
// it has to withhold.
var tellingFaults = []commonFault{
	{id: "secret-in-header", text: "An answer shows the shared secret of an app in a header field.",
		tells: telling(false, itsSecret, inField("X-Debug", "seed "))},
	{id: "secret-in-cookie", text: "An answer shows the shared secret of an app in hexadecimal digits in a cookie.",
		tells: telling(false, encoded(itsSecret, hex.EncodeToString), inField("Set-Cookie", "hint="))},
	{id: "secret-in-member", text: "An answer shows the shared secret of an app in Base64 in a member.",
		tells: telling(false, encoded(itsSecret, base64Text), asMember("note"))},
	{id: "secret-in-refusal", text: "A refusal shows the shared secret of an app in an address.",
		tells: telling(true, itsSecret, inField("Link", "</setup?k="))},
	{id: "right-code-in-refusal", text: "A refusal names the right code in a header field.",
		tells: telling(true, itsCode, inField("X-Expected", ""))},
	{id: "right-code-in-member", text: "A refusal names the right code in a member.",
		tells: telling(true, itsCode, asMember("expected"))},
	{id: faultPasswordInMember, text: "An answer shows a password.",
		tells: telling(false, itsPassword, asMember("login_hint"))},
	{id: faultPasswordInHeader, text: "An answer shows a password in Base64 in a header field.",
		tells: telling(false, encoded(itsPassword, base64Text), inField("X-Replay", "basic "))},
	{id: faultPasswordDigest, text: "An answer shows the SHA-256 digest of a password.",
		tells: telling(false, encoded(itsPassword, sha256Text), asMember("fingerprint"))},
	{id: "stored-password-in-member", text: "An answer shows a password as it is stored.",
		tells: telling(false, stored, asMember("crypted"))},
	{id: "unknown-secret-in-member", text: "An answer shows a secret that it gave nobody before.",
		tells: telling(false, drawnSecret, asMember("otp_secret"))},
	{id: "refusal-gives-ticket", text: "A refusal sets a cookie whose value opens a session.", tickets: true},
	{id: "credential-of-another", text: "An answer shows the credential of another caller.",
		tells: telling(false, another, asMember("previous"))},
}

// allCommon are the faults of every back end.
func allCommon() []commonFault {
	return slices.Concat(commonFaults, tellingFaults, misledFaults, oddFaults, unguarded, nearFaults(), codeFaults, passwordFaults,
		proofFaults)
}

// Faults of servers that know passwords.
const (
	faultPasswordInMember = "password-in-member"
	faultPasswordInHeader = "password-in-header"
	faultPasswordDigest   = "password-digest-in-member"
)

// stored is a password as bcrypt stores it; no password fits it.
func stored(*confidence, time.Time) string {
	return "$2a$10$" + RandomString(53, Alphanumeric)
}

func drawnSecret(*confidence, time.Time) string { return NewTOTPSecret(20) }
