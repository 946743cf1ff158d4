// Package alien holds a second back end for each thin document, written from the
// document's text alone: neither from the contract, nor from the reference, nor from
// what a product does. Where a document leaves something open, an alien answers
// differently from the reference: other member orders, extra members and headers,
// other words. A suite that fails one asks for more than its document promises.
// Each alien can be given one bug at a time, which its suite has to notice.
package alien

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"authconform/harness/target"
)

// Alien is one back end.
type Alien struct {
	http.Handler
	// Target describes it as its operator would; the address is still missing.
	Target target.Target
}

// ClockPath takes POST {"seconds": n} and moves an alien's clock ahead.
const ClockPath = "/test/clock"

// base is what the aliens have in common: a clock, a lock, the bug that is on and the
// habits.
type base struct {
	bug    string
	habits wanted

	mu      sync.Mutex // held while a request is served
	ahead   time.Duration
	refused map[string][]time.Time // failures, by whom they count for
}

func (b *base) now() time.Time { return time.Now().Add(b.ahead) }

// serve wraps a handler into what any server has around it.
func (b *base) serve(handler http.HandlerFunc) http.Handler {
	b.refused = map[string][]time.Time{}
	if b.has(SkewedClock) {
		b.ahead = 20 * time.Second
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if r.URL.Path == ClockPath {
			var move struct{ Seconds int }
			_ = json.NewDecoder(r.Body).Decode(&move) // a body that is no JSON moves nothing
			b.ahead += time.Duration(move.Seconds) * time.Second
			return
		}
		answer := &reply{header: http.Header{}, accepts: r.Header.Get("Accept-Encoding")}
		h := answer.header
		h.Set("Date", b.now().UTC().Format(http.TimeFormat))
		h.Set("Server", "alien/0.9")
		h.Set("X-Request-Id", random())
		h.Set("X-RateLimit-Limit", "1000")
		h.Set("Cache-Control", "no-store, max-age=0")
		h.Set("Strict-Transport-Security", "max-age=63072000")
		if r.Method == http.MethodOptions && b.has(Crossing) {
			h.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
			answer.WriteHeader(http.StatusNoContent)
		} else if path := strings.TrimRight(r.URL.Path, "/"); b.has(Redirects) && path != "" && path != r.URL.Path {
			h.Set("Location", path)
			answer.WriteHeader(http.StatusPermanentRedirect)
		} else {
			handler(answer, r)
		}
		b.dress(w, answer)
	})
}

// fail counts a failure of somebody; limited tells whether more than the limit were
// counted within the window.
func (b *base) fail(who string) { b.refused[who] = append(b.refused[who], b.now()) }

func (b *base) limited(who string, attempts int, window time.Duration) bool {
	recent := 0
	for _, at := range b.refused[who] {
		if b.now().Sub(at) < window {
			recent++
		}
	}
	return recent >= attempts
}

// body reads a JSON object; ok is false for anything else.
func body(r *http.Request) (members map[string]any, ok bool) {
	d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	if d.Decode(&members) != nil || members == nil {
		return nil, false
	}
	_, err := d.Token()
	return members, err == io.EOF
}

// isJSON tells whether a request says that its body is JSON.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && (strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "+json"))
}

// text is a member that is a text; typed is false when it is there as anything else.
func text(members map[string]any, name string) (value string, typed bool) {
	v, there := members[name]
	if !there || v == nil {
		return "", true
	}
	value, typed = v.(string)
	return value, typed
}

// token is what lets its holder in.
func (b *base) token(who string) string {
	switch {
	case b.has(JWTTokens):
		encode := base64.RawURLEncoding.EncodeToString
		claims := fmt.Sprintf(`{"sub":%q,"jti":%q,"iat":%d,"exp":%d}`, who, random(), b.now().Unix(), b.now().Add(8*time.Hour).Unix())
		return encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(claims)) + "." + encode([]byte(random()))
	case b.has(ShortTokens):
		drawn := random()
		return drawn[:8] + "-" + drawn[8:12] + "-4" + drawn[13:16] + "-a" + drawn[17:20] + "-" + drawn[20:]
	}
	return random() + random()
}

// answer writes a body as it stands.
func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // a client that went away is its own affair
}

// quoted is a text as JSON.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a text always can be
	return string(b)
}

// fits checks a TOTP code and tells the time step that it belongs to.
func (b *base) fits(secret, code string, steps int) (step int64, ok bool) {
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return 0, false
	}
	for n := -steps; n <= steps; n++ {
		at := b.now().Add(time.Duration(n) * 30 * time.Second)
		right, err := totp.GenerateCodeCustom(secret, at, totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
		if err == nil && right == code {
			return at.Unix() / 30, true
		}
	}
	return 0, false
}

// newSecret is the secret of an authenticator app.
func newSecret() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])
}

func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
